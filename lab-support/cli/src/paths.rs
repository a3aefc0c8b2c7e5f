use std::env;
use std::path::{Path, PathBuf};

use jupyter_protocol::MediaType;
use nbformat::v4::Output;

/// Folders of this machine, and what stands for them in a notebook that others read.
pub struct Paths(Vec<(String, &'static str)>);

impl Paths {
    pub fn of_this_machine(root: &Path) -> Paths {
        let variable = |name| env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        let folders = [
            (variable("FASHION_MNIST_DIR"), "FASHION_MNIST_DIR"),
            (variable("LAB_OUTPUT"), "LAB_OUTPUT"),
            (Some(root.into()), "."),
            (variable("CARGO_HOME"), "CARGO_HOME"),
            (variable("HOME"), "~"),
        ];
        let folders = folders.into_iter().filter_map(|(folder, name)| Some((folder?, name)));
        let absolute = folders.filter(|(folder, _)| folder.is_absolute() && folder.parent().is_some());
        Paths(absolute.map(|(folder, name)| (folder.display().to_string(), name)).collect())
    }

    /// The first of these folders that the text of an output names.
    pub fn find(&self, outputs: &[Output]) -> Option<&str> {
        let texts: Vec<&str> = outputs.iter().flat_map(texts).collect();
        let folders = self.0.iter().map(|(folder, _)| folder.as_str());
        folders.into_iter().find(|folder| texts.iter().any(|text| text.contains(folder)))
    }

    /// Takes the folders out of what a cell shows.
    pub fn remove(&self, outputs: &mut [Output]) {
        for output in outputs {
            match output {
                Output::Stream { text, .. } => text.0 = self.replaced(&text.0),
                Output::ExecuteResult(result) => self.remove_from_media(&mut result.data.content),
                Output::DisplayData(display) => self.remove_from_media(&mut display.data.content),
                Output::Error(_) => (),
            }
        }
    }

    fn remove_from_media(&self, media: &mut [MediaType]) {
        for media in media {
            if let MediaType::Plain(text) | MediaType::Html(text) | MediaType::Markdown(text) = media {
                *text = self.replaced(text);
            }
        }
    }

    fn replaced(&self, text: &str) -> String {
        self.0.iter().fold(text.to_string(), |text, (folder, name)| text.replace(folder, name))
    }
}

/// What can be read in an output; not pictures.
fn texts(output: &Output) -> Vec<&str> {
    let media = match output {
        Output::Stream { text, .. } => return vec![&text.0],
        Output::ExecuteResult(result) => &result.data.content,
        Output::DisplayData(display) => &display.data.content,
        Output::Error(error) => return vec![&error.evalue],
    };
    media.iter().filter_map(text_of).collect()
}

fn text_of(media: &MediaType) -> Option<&str> {
    match media {
        MediaType::Plain(text) | MediaType::Html(text) | MediaType::Markdown(text) => Some(text),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use nbformat::v4::MultilineString;

    use super::*;

    #[test]
    fn folders_of_this_machine_are_replaced() {
        let paths = Paths(vec![("/home/me/lab".into(), "."), ("/home/me".into(), "~")]);
        let text = MultilineString("saved /home/me/lab/data/models, read /home/me/x\n".into());
        let mut outputs = [Output::Stream { name: "stdout".into(), text }];
        assert_eq!(paths.find(&outputs), Some("/home/me/lab"));
        paths.remove(&mut outputs);
        let Output::Stream { text, .. } = &outputs[0] else { panic!("a stream stays one") };
        assert_eq!(text.0, "saved ./data/models, read ~/x\n");
        assert_eq!(paths.find(&outputs), None);
    }
}

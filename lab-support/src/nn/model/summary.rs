use std::collections::HashMap;
use std::fmt;

use lab_base::Error;

use crate::nn::layers::Parameter;
use crate::nn::model::sequential::Sequential;
use crate::notebook::display::thousands;

/// A network as Keras's table: layer, output shape, parameters.
///
/// ```
/// # use lab_support::prelude::*;
/// let model = Sequential::new([28, 28]).flatten().dense(128, Relu).dense(10, Linear);
/// assert!(model.summary().to_string().contains("101,770"));
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Summary {
    rows: Vec<LayerRow>,
    params: usize,
    trainable: usize,
    mistake: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct LayerRow {
    layer: String,
    shape: String,
    params: usize,
}

impl Sequential {
    /// The layers with their output shapes and parameters, as Keras prints them.
    pub fn summary(&self) -> Summary {
        let rows = self
            .layers
            .iter()
            .zip(self.layer_names())
            .map(|(layer, name)| LayerRow {
                layer: format!("{name} ({})", layer.spec().kind()),
                shape: with_batch(layer.output_shape()),
                params: layer.parameters().iter().map(Parameter::count).sum(),
            })
            .collect();
        let mistake = self.check().err().map(|e| e.to_string());
        Summary { rows, params: self.params(), trainable: self.trainable_params(), mistake }
    }

    /// What the summary calls each layer: `flatten`, `dense`, `dense_1` ...
    pub(crate) fn layer_names(&self) -> Vec<String> {
        let mut seen = HashMap::new();
        self.layers.iter().map(|layer| numbered(layer.spec().kind(), &mut seen)).collect()
    }

    /// The place of the layer that the summary calls `layer`.
    pub(crate) fn layer_index(&self, layer: &str, doing: &str) -> Result<usize, Error> {
        self.check()?;
        let names = self.layer_names();
        names.iter().position(|name| name == layer).ok_or_else(|| {
            let found = format!("\"{layer}\"");
            let advice = "show the network with model.summary() and take a name from there";
            Error::new(doing, format!("the name of one of its layers, {}", names.join(", ")), found, advice)
        })
    }

    /// Shows the summary in a notebook.
    pub fn evcxr_display(&self) {
        self.summary().evcxr_display();
    }
}

/// `dense`, `dense_1`, `dense_2` ...
fn numbered(kind: &'static str, seen: &mut HashMap<&'static str, usize>) -> String {
    let count = seen.entry(kind).or_default();
    *count += 1;
    match *count {
        1 => snake_case(kind),
        n => format!("{}_{}", snake_case(kind), n - 1),
    }
}

/// `BatchNormalization` as `batch_normalization`, and `ReLU` as `relu`: a capital letter between small ones
/// begins a word.
fn snake_case(kind: &str) -> String {
    let mut name = String::new();
    for (i, letter) in kind.char_indices() {
        let small = |part: Option<char>| part.is_some_and(char::is_lowercase);
        if letter.is_uppercase() && small(kind[..i].chars().last()) && small(kind[i..].chars().nth(1)) {
            name.push('_');
        }
        name.push(letter.to_ascii_lowercase());
    }
    name
}

/// `(None, 784)`: any number of images, 784 numbers each.
fn with_batch(shape: &[usize]) -> String {
    let sizes: Vec<String> = shape.iter().map(usize::to_string).collect();
    format!("(None, {})", sizes.join(", "))
}

/// The memory of `params` numbers of four bytes: `397.54 KB`.
fn size(params: usize) -> String {
    let bytes = (4 * params) as f64;
    match bytes {
        b if b < 1024.0 => format!("{b:.2} B"),
        b if b < 1024.0 * 1024.0 => format!("{:.2} KB", b / 1024.0),
        b => format!("{:.2} MB", b / 1024.0 / 1024.0),
    }
}

const HEADINGS: [&str; 3] = ["Layer (type)", "Output Shape", "Param #"];

crate::notebook::shows_as_text!(Summary);

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        // As narrow as can be: a table that is wider than the page is no table.
        let cells =
            self.rows.iter().map(|row| [row.layer.len(), row.shape.len(), thousands(row.params).len()]);
        let widths = cells.fold(HEADINGS.map(str::len), |widest, row| {
            std::array::from_fn(|column| widest[column].max(row[column]))
        });
        let line = |left: &str, fill: &str, middle: &str, right: &str| {
            let parts = widths.map(|w| fill.repeat(w + 2));
            format!("{left}{}{right}", parts.join(middle))
        };
        let [a, b, c] = widths;
        if let Some(mistake) = &self.mistake {
            writeln!(f, "{mistake}\n")?;
        }
        writeln!(f, "Model: \"sequential\"")?;
        writeln!(f, "{}", line("┏", "━", "┳", "┓"))?;
        writeln!(f, "┃ {:<a$} ┃ {:<b$} ┃ {:>c$} ┃", HEADINGS[0], HEADINGS[1], HEADINGS[2])?;
        writeln!(f, "{}", line("┡", "━", "╇", "┩"))?;
        for (i, row) in self.rows.iter().enumerate() {
            if i > 0 {
                writeln!(f, "{}", line("├", "─", "┼", "┤"))?;
            }
            writeln!(f, "│ {:<a$} │ {:<b$} │ {:>c$} │", row.layer, row.shape, thousands(row.params))?;
        }
        writeln!(f, "{}", line("└", "─", "┴", "┘"))?;
        let numbers = |n: usize| format!("{} ({})", thousands(n), size(n));
        writeln!(f, " Total params: {}", numbers(self.params))?;
        writeln!(f, " Trainable params: {}", numbers(self.trainable))?;
        write!(f, " Non-trainable params: {}", numbers(self.params - self.trainable))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::Activation::{Linear, Relu};

    #[test]
    fn the_baseline_has_the_labs_numbers() {
        let model = Sequential::new([28, 28]).flatten().dense(128, Relu).dense(10, Linear);
        let text = model.summary().to_string();
        for expected in [
            "flatten (Flatten)",
            "(None, 784)",
            "dense (Dense)",
            "100,480",
            "dense_1 (Dense)",
            "1,290",
            "Total params: 101,770 (397.54 KB)",
            "Non-trainable params: 0 (0.00 B)",
        ] {
            assert!(text.contains(expected), "{expected} in\n{text}");
        }
        let widths: Vec<usize> = text.lines().skip(1).take(9).map(|l| l.chars().count()).collect();
        assert!(widths.iter().all(|w| *w == widths[0]), "the table's lines are equally long:\n{text}");
        assert!(widths[0] <= 50, "it fits a narrow page:\n{text}");
    }

    #[test]
    fn the_second_lineage_has_266_610_parameters() {
        let model = Sequential::new([28, 28]).flatten().dense(300, Relu).dense(100, Relu).dense(10, Linear);
        assert_eq!(model.params(), 235_500 + 30_100 + 1_010);
        assert_eq!(model.architecture(), "784-300-100-10");
    }

    #[test]
    fn running_means_and_variances_are_not_trainable() {
        let model = Sequential::new([28, 28]).flatten().dense(100, Relu).batch_norm().dropout(0.5);
        let text = model.dense(10, Linear).summary().to_string();
        let expected = [
            "batch_normalization (BatchNormalization)",
            "Total params: 79,910",
            "Trainable params: 79,710",
            "Non-trainable params: 200 (800.00 B)",
        ];
        for words in expected {
            assert!(text.contains(words), "{words} in\n{text}");
        }
        let table = text.lines().skip(1).take_while(|line| !line.starts_with(' '));
        let widths: Vec<usize> = table.map(|line| line.chars().count()).collect();
        assert!(widths.iter().all(|w| *w == widths[0]), "the table's lines are equally long:\n{text}");
    }

    #[test]
    fn layers_are_named_as_in_keras() {
        let names = ["Dense", "BatchNormalization", "Conv2D", "MaxPooling2D", "ReLU"].map(snake_case);
        assert_eq!(names, ["dense", "batch_normalization", "conv2d", "max_pooling2d", "relu"]);
    }

    #[test]
    fn a_mistake_is_told() {
        let text = Sequential::new([28, 28]).dense(10, Linear).summary().to_string();
        assert!(text.contains("write .flatten() before it"), "{text}");
    }
}

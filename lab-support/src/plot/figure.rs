use std::path::Path;
use std::sync::Arc;

use lab_base::{Error, files};
use plotters::drawing::IntoDrawingArea;

use crate::data::Source;
use crate::notebook::display;
use crate::plot::canvas::Canvas;
use crate::plot::encode::encode;
use crate::plot::raster::Raster;
use crate::plot::shape::Drawing;
use crate::plot::style::{Area, Drawn, FADED, INK, MARGIN, RED, bold, px, text};
use crate::plot::svg;

/// A picture with its meaning in words: shown inline in a notebook, as a PNG that is sharp on displays of up to two pixels
/// for one, and saved as PNG or SVG. A sentence stands for it where pictures don't show.
///
/// ```
/// # use lab_support::prelude::*;
/// # let folder = tempfile::tempdir().unwrap();
/// # let file = |name: &str| folder.path().join(name);
/// let losses = plot(&[0.9, 0.5, 0.4]).named("loss").figure()?;
/// assert!(losses.alt().contains("loss"));
/// losses.save(file("losses.png"))?;
/// losses.save(file("losses.svg"))?;
/// # Ok::<(), lab_support::Error>(())
/// ```
#[derive(Clone)]
pub struct Figure {
    drawing: Arc<Drawing>,
    png: Vec<u8>,
    title: String,
    alt: String,
}

/// What surrounds the drawing of a figure.
pub(crate) struct Frame<'a> {
    pub title: &'a str,
    /// How to read the figure: a line under the title, or nothing.
    pub note: &'a str,
    /// Width and height of the drawing, in pixels; title, note and notice add to the height.
    pub size: (i32, i32),
    pub source: Source,
    /// What the figure shows, with its main numbers.
    pub alt: String,
}

/// Heights of a figure's title, note and notice, in pixels.
const TITLE: i32 = 34;
const NOTE: i32 = 22;
const NOTICE: i32 = 28;

impl Figure {
    /// Draws title and note, then the drawing below them, and the notice where the data call for one.
    pub(crate) fn draw(frame: Frame, draw: impl FnOnce(&Area) -> Drawn) -> Result<Figure, Error> {
        let (above, below) = frame.margins();
        let size = (px(frame.size.0) as u32, px(above + frame.size.1 + below) as u32);
        let mut drawing = Drawing { size, ..Drawing::default() };
        let page = Canvas::new(&mut drawing).into_drawing_area();
        let middle = page.margin(px(above), px(below), 0, 0);
        frame.draw_words(&page).and_then(|()| draw(&middle)).map_err(|e| failed(frame.title, &e))?;
        drop((page, middle));
        let png = encode(&Raster::of(&drawing)).map_err(|e| failed(frame.title, &e))?;
        Ok(Figure { drawing: Arc::new(drawing), png, title: frame.title.into(), alt: frame.described() })
    }

    /// The bytes of a PNG file, of two pixels each way for one on a page.
    pub fn png(&self) -> &[u8] {
        &self.png
    }

    /// What the figure shows, in words.
    pub fn alt(&self) -> &str {
        &self.alt
    }

    /// Width and height on a page, in pixels.
    pub fn size(&self) -> (u32, u32) {
        (self.drawing.size.0 / 2, self.drawing.size.1 / 2)
    }

    /// The text of an SVG file: sharp at any size. Letters are drawn as outlines, so that they look the same everywhere;
    /// `title` and `desc` say what it shows.
    ///
    /// # Errors
    /// When an image in it can't be encoded.
    pub fn svg(&self) -> Result<String, Error> {
        svg::svg(&self.drawing, &self.title, &self.alt).map_err(|e| failed(&self.title, &e))
    }

    /// Writes the figure to `path`: as SVG where that ends in `.svg`, as PNG where it ends in `.png` or has no ending.
    ///
    /// # Errors
    /// When it has another ending, its folder is not there, or the file can't be written.
    pub fn save(&self, path: impl AsRef<Path>) -> Result<(), Error> {
        let path = path.as_ref();
        let saving = || Error::doing(format!("saving a figure to {}", path.display()));
        let ending = path.extension().unwrap_or_default().to_string_lossy().to_lowercase();
        let svg = match &*ending {
            "svg" => Some(self.svg()?),
            "png" | "" => None,
            other => {
                let expected = saving().expected("a name that ends in .png or .svg");
                return Err(expected.found(format!(".{other}")).advice("change the ending"));
            }
        };
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        if let Some(folder) = folder.filter(|folder| !folder.is_dir()) {
            let found = format!("no folder {}", folder.display());
            return Err(saving()
                .expected("a folder that is there")
                .found(found)
                .advice("make it, or name another"));
        }
        files::write_atomically(path, svg.as_ref().map_or(&self.png[..], |svg| svg.as_bytes()))
    }

    /// Shows the figure in a notebook, also in the middle of a cell: a cell shows as many figures as it likes,
    /// each at once, above what is printed after it. evcxr's own kernel shows the last one, when the cell
    /// ends.
    ///
    /// ```no_run
    /// # use lab_support::prelude::*;
    /// # let data = FashionMnist::load()?;
    /// for i in 0..3 {
    ///     data.train.show(i)?.display();
    /// }
    /// # Ok::<(), lab_support::Error>(())
    /// ```
    pub fn display(&self) {
        self.evcxr_display();
    }

    /// What a notebook calls for a figure that is the last expression of a cell.
    pub fn evcxr_display(&self) {
        display::show_picture(&self.png, self.size().0, &self.alt);
    }
}

fn failed(title: &str, e: &dyn std::fmt::Display) -> Error {
    let drawing = Error::doing(format!("drawing the figure \"{title}\""));
    drawing.expected("a picture").found(e).advice("draw fewer things at once")
}

impl std::fmt::Debug for Figure {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        write!(f, "Figure({:?}, {} bytes)", self.alt, self.png.len())
    }
}

impl Frame<'_> {
    /// Room above and below the drawing, in pixels.
    fn margins(&self) -> (i32, i32) {
        let note = if self.note.is_empty() { 0 } else { NOTE };
        let notice = if self.source.notice().is_some() { NOTICE } else { 0 };
        (MARGIN + TITLE + note, MARGIN + notice)
    }

    fn draw_words(&self, page: &Area) -> Drawn {
        page.draw_text(self.title, &bold(19, INK), (px(MARGIN), px(MARGIN + 18)))?;
        page.draw_text(self.note, &text(14, FADED), (px(MARGIN), px(MARGIN + TITLE + 6)))?;
        let bottom = page.dim_in_pixel().1 as i32;
        let notice = self.source.notice().unwrap_or_default();
        page.draw_text(notice, &bold(14, RED), (px(MARGIN), bottom - px(MARGIN)))
    }

    fn described(&self) -> String {
        match self.source.notice() {
            None => self.alt.clone(),
            Some(notice) => format!("{} [{notice}]", self.alt),
        }
    }
}

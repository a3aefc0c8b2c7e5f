use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use lab_base::Error;
use plotters::drawing::IntoDrawingArea;

use crate::data::Source;
use crate::notebook::display;
use crate::plot::canvas::Canvas;
use crate::plot::encode::encode;
use crate::plot::style::{Area, Drawn, FADED, INK, MARGIN, RED, bold, px, text};

/// A picture with its meaning in words: a PNG, shown inline in a notebook, and a sentence that stands for it
/// where pictures don't show.
#[derive(Clone)]
pub struct Figure {
    png: Vec<u8>,
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
    pub(crate) fn draw(frame: Frame, drawing: impl FnOnce(&Area) -> Drawn) -> Result<Figure, Error> {
        let (above, below) = frame.margins();
        let (width, height) = (px(frame.size.0) as u32, px(above + frame.size.1 + below) as u32);
        let mut pixels = vec![0; (width * height * 3) as usize];
        let page = Canvas::new(&mut pixels, width, height).into_drawing_area();
        let middle = page.margin(px(above), px(below), 0, 0);
        let failed = |e: &dyn std::fmt::Display| {
            let drawing = Error::doing(format!("drawing the figure \"{}\"", frame.title));
            drawing.expected("a picture").found(e).advice("draw fewer things at once")
        };
        frame.draw_words(&page).and_then(|()| drawing(&middle)).map_err(|e| failed(&e))?;
        drop((page, middle));
        let png = encode(&pixels, width, height).map_err(|e| failed(&e))?;
        Ok(Figure { png, alt: frame.described() })
    }

    /// The bytes of a PNG file.
    pub fn png(&self) -> &[u8] {
        &self.png
    }

    /// What the figure shows, in words.
    pub fn alt(&self) -> &str {
        &self.alt
    }

    /// Writes the PNG to `path`.
    ///
    /// # Errors
    /// When the file can't be written.
    pub fn save(&self, path: impl AsRef<Path>) -> Result<(), Error> {
        let path = path.as_ref();
        std::fs::write(path, &self.png).map_err(|e| {
            Error::doing(format!("saving a figure to {}", path.display()))
                .expected("a place that can be written")
                .failed(e)
                .advice("check that the folder exists")
        })
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
        let picture = STANDARD.encode(&self.png);
        display::show(&[("image/png", &picture), ("text/plain", &self.alt)]);
    }
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

//! The confusion matrix as a heat map.

use lab_base::Error;
use plotters::prelude::{Color, RGBColor, Rectangle};
use plotters::style::FontTransform;

use crate::data::CLASS_NAMES;
use crate::eval::Confusion;
use crate::notebook::display::thousands;
use crate::plot::figure::{Figure, Frame};
use crate::plot::style::{
    Area, BLUE, Drawn, FADED, GREY, INK, MARGIN, TRACK, WHITE, bold, centred, px, text, to_the_left,
};

/// A red of as much green as blue: its tints keep their hue in the few colours that a figure has.
const MISTAKE: RGBColor = RGBColor(204, 34, 34);

/// Width and height of a cell, in pixels: no wider than a word of a name, since a narrow page shrinks a wide figure.
const CELL: (i32, i32) = (59, 36);
/// Left and upper edge of the first cell, in pixels.
const CORNER: (i32, i32) = (MARGIN + 106, 68);

impl Confusion {
    /// A heat map with the counts in its cells, rows actual and columns predicted: right answers on the
    /// diagonal in blue, mistakes in red, darker the larger their share of the row (in steps of its square
    /// root, so that rare mistakes show).
    ///
    /// # Errors
    /// When the figure can't be encoded.
    pub fn plot(&self) -> Result<Figure, Error> {
        let classes = CLASS_NAMES.len() as i32;
        let images = self.counts.sum() as usize;
        let note = format!(
            "accuracy {:.4} on {} images; blue: right, red: mistakes; darker: a larger share of its row",
            self.accuracy,
            thousands(images)
        );
        let frame = Frame {
            title: "Confusion matrix",
            note: &note,
            size: (CORNER.0 + classes * CELL.0 + MARGIN, CORNER.1 + classes * CELL.1 + 4),
            source: self.source,
            alt: self.described(),
        };
        Figure::draw(frame, |area| {
            draw_names(area)?;
            for ((actual, predicted), &count) in self.counts.indexed_iter() {
                let row = self.counts.row(actual).sum().max(1);
                draw_cell(area, actual, predicted, count, count as f64 / f64::from(row))?;
            }
            Ok(())
        })
    }

    fn described(&self) -> String {
        let images = thousands(self.counts.sum() as usize);
        let mut alt = format!("Confusion matrix: accuracy {:.4} on {images} images", self.accuracy);
        let mistakes = self.counts.indexed_iter().filter(|((a, p), n)| a != p && **n > 0);
        if let Some(((actual, predicted), n)) = mistakes.max_by_key(|(_, n)| **n) {
            let row = self.counts.row(actual).sum() as usize;
            let (actual, predicted) = (CLASS_NAMES[actual], CLASS_NAMES[predicted]);
            alt.push_str(&format!(
                "; most often {actual} was taken for {predicted} ({n} of {})",
                thousands(row)
            ));
        }
        alt + "."
    }
}

fn draw_names(area: &Area) -> Drawn {
    let (names, words) = (text(14, INK), text(14, FADED));
    let half = CLASS_NAMES.len() as i32 * CELL.0 / 2;
    area.draw_text("predicted", &centred(&words), (px(CORNER.0 + half), px(14)))?;
    let sideways = centred(&words).transform(FontTransform::Rotate270);
    let middle = CORNER.1 + CLASS_NAMES.len() as i32 * CELL.1 / 2;
    area.draw_text("actual", &sideways, (px(MARGIN + 6), px(middle)))?;
    for (i, name) in CLASS_NAMES.iter().enumerate() {
        let (x, y) = (CORNER.0 + i as i32 * CELL.0 + CELL.0 / 2, CORNER.1 + i as i32 * CELL.1 + CELL.1 / 2);
        // "Ankle" over "boot".
        let words: Vec<&str> = name.split_inclusive([' ', '/']).collect();
        for (above, word) in words.into_iter().rev().enumerate() {
            let y = CORNER.1 - 14 - 17 * above as i32;
            area.draw_text(word.trim_end(), &centred(&names), (px(x), px(y)))?;
        }
        area.draw_text(name, &to_the_left(&names), (px(CORNER.0 - 10), px(y)))?;
    }
    Ok(())
}

fn draw_cell(area: &Area, actual: usize, predicted: usize, count: u32, share: f64) -> Drawn {
    let (x, y) = (CORNER.0 + predicted as i32 * CELL.0, CORNER.1 + actual as i32 * CELL.1);
    let corners = [(px(x) + 1, px(y) + 1), (px(x + CELL.0) - 2, px(y + CELL.1) - 2)];
    let depth = share.sqrt();
    let shade = between(TRACK, if actual == predicted { BLUE } else { MISTAKE }, depth);
    area.draw(&Rectangle::new(corners, shade.filled()))?;
    let style = match count {
        0 => text(14, GREY),
        _ if depth > 0.6 => bold(14, WHITE),
        _ => text(14, INK),
    };
    let middle = (px(x + CELL.0 / 2), px(y + CELL.1 / 2));
    area.draw_text(&thousands(count as usize), &centred(&style), middle)
}

/// The colour a `part` of the way from one to the other.
fn between(from: RGBColor, to: RGBColor, part: f64) -> RGBColor {
    let mix = |a: u8, b: u8| (f64::from(a) + part * (f64::from(b) - f64::from(a))).round() as u8;
    RGBColor(mix(from.0, to.0), mix(from.1, to.1), mix(from.2, to.2))
}

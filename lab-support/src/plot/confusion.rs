//! The confusion matrix as a heat map.

use lab_base::Error;
use plotters::prelude::{Color, RGBColor, Rectangle, TextStyle};
use plotters::style::FontTransform;

use crate::eval::Confusion;
use crate::notebook::display::thousands;
use crate::plot::figure::{Figure, Frame};
use crate::plot::style::{
    Area, BLUE, Drawn, FADED, GREY, INK, MARGIN, TRACK, WHITE, bold, centred, fitting, px, text, to_the_left,
};

/// A red of as much green as blue: its tints keep their hue in the few colours that a figure has.
const MISTAKE: RGBColor = RGBColor(204, 34, 34);

/// Pixels that a cell must be wide for a word or a number in it, and a line high.
const WORD: i32 = 50;
const LINE: i32 = 16;

/// Left and upper edge of the first cell, in pixels.
const CORNER: (i32, i32) = (MARGIN + 106, 68);

/// Width and height of a cell, in pixels: no wider than a word of a name, since a narrow page shrinks a wide figure. Of more
/// than ten classes each has less room, and no number in it.
fn cell(classes: usize) -> (i32, i32) {
    if classes > 10 {
        ((600 / classes as i32).clamp(3, 36), (600 / classes as i32).clamp(3, 20))
    } else {
        (59, 36)
    }
}

impl Confusion {
    /// A heat map with the counts in its cells, rows actual and columns predicted: right answers on the
    /// diagonal in blue, mistakes in red, darker the larger their share of the row (in steps of its square
    /// root, so that rare mistakes show).
    ///
    /// # Errors
    /// When the figure can't be encoded.
    pub fn plot(&self) -> Result<Figure, Error> {
        let (classes, cell) = (self.counts.nrows() as i32, cell(self.counts.nrows()));
        let images = self.counts.sum() as usize;
        let note = format!(
            "accuracy {:.4} on {} images; blue: right, red: mistakes; darker: a larger share of its row",
            self.accuracy,
            thousands(images)
        );
        let frame = Frame {
            title: "Confusion matrix",
            note: &note,
            size: ((CORNER.0 + classes * cell.0 + MARGIN).max(580), CORNER.1 + classes * cell.1 + 4),
            source: self.source,
            alt: self.described(),
        };
        Figure::draw(frame, |area| {
            draw_names(area, self.source.class_names())?;
            for ((actual, predicted), &count) in self.counts.indexed_iter() {
                let row = self.counts.row(actual).sum().max(1);
                draw_cell(area, cell, (actual, predicted), count, count as f64 / f64::from(row))?;
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
            let names = self.source.class_names();
            let (actual, predicted) = (names[actual], names[predicted]);
            alt.push_str(&format!(
                "; most often {actual} was taken for {predicted} ({n} of {})",
                thousands(row)
            ));
        }
        alt + "."
    }
}

fn draw_names(area: &Area, class_names: &[&str]) -> Drawn {
    let (names, words) = (text(14, INK), text(14, FADED));
    let (classes, cell) = (class_names.len() as i32, cell(class_names.len()));
    area.draw_text("predicted", &centred(&words), (px(CORNER.0 + classes * cell.0 / 2), px(14)))?;
    let turned = |style: &TextStyle<'static>| centred(style).transform(FontTransform::Rotate270);
    area.draw_text("actual", &turned(&words), (px(MARGIN + 6), px(CORNER.1 + classes * cell.1 / 2)))?;
    // Where names would lie upon one another, every second stands there, or every third ...
    let every = |room: i32| ((LINE - 1) / room + 1) as usize;
    for (i, name) in class_names.iter().enumerate() {
        let (x, y) = (CORNER.0 + i as i32 * cell.0 + cell.0 / 2, CORNER.1 + i as i32 * cell.1 + cell.1 / 2);
        if cell.0 >= WORD {
            // "Ankle" over "boot".
            let (first, rest) = name.split_at(name.find([' ', '/']).map_or(0, |end| end + 1));
            for (above, words) in [rest, first].into_iter().enumerate() {
                let place = (px(x), px(CORNER.1 - 14 - 17 * above as i32));
                area.draw_text(&fitting(area, words.trim_end(), px(cell.0))?, &centred(&names), place)?;
            }
        } else if i % every(cell.0) == 0 {
            let name = fitting(area, name, px(38))?;
            area.draw_text(&name, &turned(&names), (px(x), px(CORNER.1 - 24)))?;
        }
        if i % every(cell.1) == 0 {
            let name = fitting(area, name, px(80))?;
            area.draw_text(&name, &to_the_left(&names), (px(CORNER.0 - 10), px(y)))?;
        }
    }
    Ok(())
}

fn draw_cell(
    area: &Area,
    cell: (i32, i32),
    (actual, predicted): (usize, usize),
    count: u32,
    share: f64,
) -> Drawn {
    let (x, y) = (CORNER.0 + predicted as i32 * cell.0, CORNER.1 + actual as i32 * cell.1);
    let corners = [(px(x) + 1, px(y) + 1), (px(x + cell.0) - 2, px(y + cell.1) - 2)];
    let depth = share.sqrt();
    let shade = between(TRACK, if actual == predicted { BLUE } else { MISTAKE }, depth);
    area.draw(&Rectangle::new(corners, shade.filled()))?;
    if cell.0 < WORD {
        return Ok(());
    }
    let style = match count {
        0 => text(14, GREY),
        _ if depth > 0.6 => bold(14, WHITE),
        _ => text(14, INK),
    };
    let middle = (px(x + cell.0 / 2), px(y + cell.1 / 2));
    area.draw_text(&thousands(count as usize), &centred(&style), middle)
}

/// The colour a `part` of the way from one to the other.
fn between(from: RGBColor, to: RGBColor, part: f64) -> RGBColor {
    let mix = |a: u8, b: u8| (f64::from(a) + part * (f64::from(b) - f64::from(a))).round() as u8;
    RGBColor(mix(from.0, to.0), mix(from.1, to.1), mix(from.2, to.2))
}

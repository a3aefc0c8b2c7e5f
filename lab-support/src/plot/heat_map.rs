//! What came of a grid: the accuracy of each pair as a colour.

use lab_base::Error;
use plotters::element::Rectangle;
use plotters::prelude::Color;
use plotters::style::FontTransform;

use crate::eval::{GridTried, Tried};
use crate::plot::figure::{Figure, Frame};
use crate::plot::picture::viridis;
use crate::plot::style::{
    Area, Drawn, FADED, INK, MARGIN, RED, WHITE, bold, centred, fitting, px, text, to_the_left,
};

impl GridTried {
    /// A field for each pair: the brighter, the larger its mean validation accuracy; with the seconds of a training. A
    /// red frame marks the largest.
    ///
    /// # Errors
    /// When there are no pairs, more than 12 rows, or more than 8 columns.
    pub fn plot(&self) -> Result<Figure, Error> {
        let [rows, columns] = [self.labels(0), self.labels(1)];
        if !(1..=12).contains(&rows.len()) || columns.len() > 8 {
            let found = format!("{} rows and {} columns", rows.len(), columns.len());
            let expected = "1 to 12 rows and 1 to 8 columns";
            return Err(Error::new("drawing a heat map", expected, found, "try fewer values"));
        }
        let (row, column) = self.best();
        let means = || self.pairs.iter().map(|(_, tried)| tried.mean());
        let (low, high) = (means().fold(1.0, f32::min), means().fold(0.0, f32::max));
        let title = format!("Validation accuracy over {}", self.what.join(" and "));
        let frame = Frame {
            title: &title,
            note: "in each field the mean of all seeds and the seconds of a training; red frame: the largest mean",
            size: (
                900.min(LEFT + columns.len() as i32 * WIDTH + MARGIN).max(700),
                rows.len() as i32 * HEIGHT + 62,
            ),
            source: self.source,
            alt: format!(
                "{title}: {low:.4} to {high:.4}, best {} {row}, {} {column}.",
                self.what[0], self.what[1]
            ),
        };
        Figure::draw(frame, |area| {
            self.draw_labels(area, &rows, &columns)?;
            for ([row, column], tried) in &self.pairs {
                let place = |labels: &[&str], label: &str| {
                    labels.iter().position(|l| *l == label).unwrap_or(0) as i32
                };
                let corner = (LEFT + place(&columns, column) * WIDTH, place(&rows, row) * HEIGHT + 2);
                let part = (tried.mean() - low) / (high - low).max(f32::MIN_POSITIVE);
                draw_field(area, corner, tried, part)?;
            }
            Ok(())
        })
    }

    /// The values of one of the two settings, each once, in the order in which they were added.
    fn labels(&self, setting: usize) -> Vec<&str> {
        let mut labels: Vec<&str> = Vec::new();
        for (pair, _) in &self.pairs {
            if !labels.contains(&pair[setting].as_str()) {
                labels.push(&pair[setting]);
            }
        }
        labels
    }

    fn draw_labels(&self, area: &Area, rows: &[&str], columns: &[&str]) -> Drawn {
        let bottom = rows.len() as i32 * HEIGHT;
        for (i, row) in (0..).zip(rows) {
            let row = fitting(area, row, px(LEFT - 48))?;
            area.draw_text(&row, &to_the_left(&text(14, INK)), (px(LEFT - 8), px(i * HEIGHT + HEIGHT / 2)))?;
        }
        for (i, column) in (0..).zip(columns) {
            let column = fitting(area, column, px(WIDTH - 6))?;
            let middle = px(LEFT + i * WIDTH + WIDTH / 2);
            area.draw_text(&column, &centred(&text(14, INK)), (middle, px(bottom + 16)))?;
        }
        let words = centred(&text(14, FADED));
        let sideways = words.transform(FontTransform::Rotate270);
        area.draw_text(&self.what[0], &sideways, (px(MARGIN + 8), px(bottom / 2)))?;
        let middle = px(LEFT + columns.len() as i32 * WIDTH / 2);
        area.draw_text(&self.what[1], &words, (middle, px(bottom + 40)))
    }
}

/// Left edge of the fields, and the size of one, in pixels.
const LEFT: i32 = MARGIN + 110;
const WIDTH: i32 = 92;
const HEIGHT: i32 = 54;

/// One field; `part` is where its mean lies between the smallest, 0, and the largest, 1.
fn draw_field(area: &Area, (left, top): (i32, i32), tried: &Tried, part: f32) -> Drawn {
    let corners = |inset: i32| {
        let (right, bottom) = (left + WIDTH - 2, top + HEIGHT - 2);
        [(px(left + inset), px(top + inset)), (px(right - inset), px(bottom - inset))]
    };
    if part >= 1.0 {
        area.draw(&Rectangle::new(corners(0), RED.filled()))?;
    }
    let inset = if part >= 1.0 { 4 } else { 0 };
    area.draw(&Rectangle::new(corners(inset), viridis((255.0 * part).round() as u8).filled()))?;
    let ink = if part > 0.55 { INK } else { WHITE };
    let (x, y) = (px(left + WIDTH / 2 - 1), px(top + HEIGHT / 2 - 1));
    area.draw_text(&format!("{:.4}", tried.mean()), &centred(&bold(15, ink)), (x, y - px(8)))?;
    area.draw_text(&format!("{:.1} s", tried.seconds), &centred(&text(13, ink)), (x, y + px(11)))
}

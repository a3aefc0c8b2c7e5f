//! Accuracy on the images that networks learned from, beside that on others.

use lab_base::Error;
use plotters::prelude::{Circle, Color, Rectangle};

use crate::eval::{Gap, Gaps};
use crate::plot::figure::{Figure, Frame};
use crate::plot::scale::Scale;
use crate::plot::style::{Area, BLUE, Drawn, INK, MARGIN, RED, WHITE, bold, px, text, to_the_left};

impl Gaps {
    /// A row for each network: its accuracy on the images it learned from and on the validation images, and the gap
    /// between them, shaded. The best on the validation images is bold.
    ///
    /// # Errors
    /// When there are no networks, or more than 24.
    pub fn plot(&self) -> Result<Figure, Error> {
        let rows = &self.networks;
        if !(1..=24).contains(&rows.len()) {
            return Err(Error::new("drawing gaps", "1 to 24 networks", rows.len(), "choose among them"));
        }
        let values = rows.iter().flat_map(|row| [row.learned.accuracy, row.validation.accuracy]);
        let scale = Scale::over(values.map(f64::from), (LEFT, RIGHT), rows.len());
        let told: Vec<String> = rows.iter().map(told).collect();
        let frame = Frame {
            title: "The gap between training and validation",
            note: &format!("disc: images it learned from; ring: validation images; {}", scale.note()),
            size: scale.size(),
            source: self.source,
            alt: format!("Accuracy on training and validation images, and the gap. {}.", told.join("; ")),
        };
        Figure::draw(frame, |area| {
            scale.draw(area, "accuracy", &COLUMNS)?;
            (0..).zip(rows).try_for_each(|(i, row)| draw(area, &scale, i, row, row.name == self.best()))
        })
    }
}

/// The scale's left and right edge, the right edges of the columns beside it: pixels.
const LEFT: i32 = MARGIN + 170;
const RIGHT: i32 = 530;
const COLUMNS: [(i32, &str); 4] =
    [(610, "training"), (696, "validation"), (766, "gap"), (880, "validation loss")];

/// `dropout 0.9274 and 0.8730, gap 0.0544`.
fn told(row: &Gap) -> String {
    let (learned, others) = (row.learned.accuracy, row.validation.accuracy);
    format!("{} {learned:.4} and {others:.4}, gap {:.4}", row.name, row.gap())
}

fn draw(area: &Area, scale: &Scale, i: usize, row: &Gap, is_best: bool) -> Drawn {
    let (y, style) = (scale.middle(i), if is_best { bold(14, INK) } else { text(14, INK) });
    scale.draw_name(area, i, &row.name, &style)?;
    let [learned, others] = [row.learned, row.validation].map(|score| scale.x(f64::from(score.accuracy)));
    let gap = [(learned.min(others), y - px(5)), (learned.max(others), y + px(5))];
    area.draw(&Rectangle::new(gap, RED.mix(0.15).filled()))?;
    area.draw(&Circle::new((learned, y), px(6), BLUE.filled()))?;
    area.draw(&Circle::new((others, y), px(6), RED.filled()))?;
    area.draw(&Circle::new((others, y), px(3), WHITE.filled()))?;
    let numbers = [row.learned.accuracy, row.validation.accuracy, row.gap(), row.validation.loss];
    for ((right, _), number) in COLUMNS.into_iter().zip(numbers) {
        area.draw_text(&format!("{number:.4}"), &to_the_left(&style), (px(right), y))?;
    }
    Ok(())
}

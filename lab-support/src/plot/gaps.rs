//! How much better networks know the images they learned from than others.

use plotters::prelude::{Circle, Color, Rectangle};

use crate::Error;
use crate::data::Dataset;
use crate::nn::{Score, Sequential};
use crate::plot::figure::{Figure, Frame, MARGIN};
use crate::plot::scale::Scale;
use crate::plot::style::{Area, BLUE, Drawn, FADED, INK, RED, WHITE, fitting, px, text, to_the_left};

/// A network's scores on the images that it learned from, and on others.
struct Row<'a> {
    name: &'a str,
    learned: Score,
    others: Score,
}

/// A row for each of 1 to 12 trained networks: its accuracy on the images it learned from, on the validation images,
/// and the gap between them. All are measured as they are now, with dropout off and the images unchanged: that is what
/// makes them comparable.
///
/// # Errors
/// When there are no networks, more than 12, or one that can't be evaluated on these data.
pub fn gaps(
    networks: &[(&str, &Sequential)],
    learn: &Dataset,
    validation: &Dataset,
) -> Result<Figure, Error> {
    if !(1..=12).contains(&networks.len()) {
        return Err(Error::new("comparing gaps", "1 to 12 networks", networks.len(), "choose among them"));
    }
    let measured = networks.iter().map(|(name, model)| {
        Ok(Row { name, learned: model.evaluate(learn)?, others: model.evaluate(validation)? })
    });
    let rows = measured.collect::<Result<Vec<Row>, Error>>()?;
    let values = rows.iter().flat_map(|row| [row.learned.accuracy, row.others.accuracy]);
    let scale = Scale::over(values.map(f64::from), (LEFT, RIGHT));
    let told: Vec<String> = rows.iter().map(Row::told).collect();
    let frame = Frame {
        title: "The gap between training and validation",
        note: &format!("disc: images it learned from; ring: validation images; {}", scale.note()),
        size: (900, ROW * rows.len() as i32 + 84),
        source: learn.images().source,
        alt: format!("Accuracy on training and validation images, and the gap. {}.", told.join("; ")),
    };
    Figure::draw(frame, |area| {
        scale.draw(area, (TOP, TOP + ROW * rows.len() as i32), "accuracy")?;
        for (right, title) in COLUMNS {
            area.draw_text(title, &to_the_left(&text(14, FADED)), (px(right), px(TOP - 14)))?;
        }
        (0..).zip(&rows).try_for_each(|(i, row)| row.draw(area, &scale, px(TOP + ROW * i + ROW / 2)))
    })
}

/// Height of a row, the scale's left and right edge, the right edges of the columns beside it: pixels.
const ROW: i32 = 30;
const LEFT: i32 = MARGIN + 170;
const RIGHT: i32 = 530;
const COLUMNS: [(i32, &str); 4] =
    [(610, "training"), (696, "validation"), (766, "gap"), (880, "validation loss")];
/// Upper edge of the first row.
const TOP: i32 = 34;

impl Row<'_> {
    fn gap(&self) -> f32 {
        self.learned.accuracy - self.others.accuracy
    }

    /// `dropout 0.9274 and 0.8730, gap 0.0544`.
    fn told(&self) -> String {
        let Row { name, learned, others } = self;
        format!("{name} {:.4} and {:.4}, gap {:.4}", learned.accuracy, others.accuracy, self.gap())
    }

    fn draw(&self, area: &Area, scale: &Scale, y: i32) -> Drawn {
        let name = fitting(area, self.name, px(LEFT - 12 - MARGIN))?;
        area.draw_text(&name, &to_the_left(&text(14, INK)), (px(LEFT - 12), y))?;
        let [learned, others] = [self.learned, self.others].map(|score| scale.x(f64::from(score.accuracy)));
        let gap = [(learned.min(others), y - px(5)), (learned.max(others), y + px(5))];
        area.draw(&Rectangle::new(gap, RED.mix(0.15).filled()))?;
        area.draw(&Circle::new((learned, y), px(6), BLUE.filled()))?;
        area.draw(&Circle::new((others, y), px(6), RED.filled()))?;
        area.draw(&Circle::new((others, y), px(3), WHITE.filled()))?;
        let numbers = [self.learned.accuracy, self.others.accuracy, self.gap(), self.others.loss];
        for ((right, _), number) in COLUMNS.into_iter().zip(numbers) {
            area.draw_text(&format!("{number:.4}"), &to_the_left(&text(14, INK)), (px(right), y))?;
        }
        Ok(())
    }
}

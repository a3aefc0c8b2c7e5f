//! What came of a sweep: accuracy and seconds of each value.

use lab_base::Error;
use plotters::element::PathElement;
use plotters::prelude::{Circle, Color, Rectangle};

use crate::eval::{Swept, Tried};
use crate::plot::figure::{Figure, Frame};
use crate::plot::scale::Scale;
use crate::plot::style::{
    Area, BLUE, Drawn, GREY, INK, MARGIN, RED, SKY, bold, px, text, thin, to_the_left, to_the_right,
};

impl Swept {
    /// A row for each value: the validation accuracy of each seed, their mean, and the seconds of a training. A line
    /// joins the means where the values are numbers. Blue: the value with the largest mean.
    ///
    /// # Errors
    /// When there are no values, or more than 24.
    pub fn plot(&self) -> Result<Figure, Error> {
        if !(1..=24).contains(&self.values.len()) {
            let found = self.values.len();
            return Err(Error::new("drawing a sweep", "1 to 24 values", found, "sweep over fewer at once"));
        }
        let all = || self.values.iter().flat_map(|(_, tried)| &tried.accuracies);
        let scale = Scale::over(all().map(|accuracy| f64::from(*accuracy)), (LEFT, RIGHT), self.values.len());
        let seeds = self.values[0].1.accuracies.len();
        let seeds = if seeds == 1 { "one seed".to_string() } else { format!("{seeds} seeds") };
        let told: Vec<String> = self.values.iter().map(|(value, tried)| told(value, tried)).collect();
        let title = format!("Sweep over {}", self.what);
        let frame = Frame {
            title: &title,
            note: &format!(
                "large: mean of {seeds}, blue where it is largest; small: each seed; {}",
                scale.note()
            ),
            size: scale.size(),
            source: self.source,
            alt: format!(
                "{title}, mean validation accuracy of {seeds}: {}. Best: {}.",
                told.join(", "),
                self.best()
            ),
        };
        Figure::draw(frame, |area| self.draw(area, &scale))
    }

    fn draw(&self, area: &Area, scale: &Scale) -> Drawn {
        let columns =
            [(LEFT - 12, self.what.as_str()), (MEAN, "mean"), (SPREAD, "spread"), (SECONDS + 60, "seconds")];
        scale.draw(area, "validation accuracy", &columns)?;
        let middle = |row: usize| scale.middle(row);
        if self.values.iter().all(|(value, _)| value.parse::<f64>().is_ok()) {
            let means = self.values.iter().map(|(_, tried)| scale.x(f64::from(tried.mean())));
            let line: Vec<(i32, i32)> = means.zip((0..).map(middle)).collect();
            area.draw(&PathElement::new(line, thin(GREY)))?;
        }
        let slowest = self.values.iter().map(|(_, tried)| tried.seconds).fold(f64::MIN_POSITIVE, f64::max);
        for (row, (value, tried)) in self.values.iter().enumerate() {
            let is_best = value == self.best();
            draw_words(area, scale, row, value, tried, is_best)?;
            draw_accuracies(area, scale, middle(row), tried, is_best)?;
            draw_seconds(area, middle(row), tried.seconds, slowest)?;
        }
        Ok(())
    }
}

/// The scale's left and right edge, the right edges of two columns, where the bars of seconds begin and end at most:
/// pixels.
const LEFT: i32 = MARGIN + 150;
const RIGHT: i32 = 520;
const MEAN: i32 = 600;
const SPREAD: i32 = 670;
const SECONDS: i32 = 694;
const END: i32 = 836;

/// `0.001 0.8712`.
fn told(value: &str, tried: &Tried) -> String {
    format!("{value} {:.4}", tried.mean())
}

fn draw_words(area: &Area, scale: &Scale, row: usize, value: &str, tried: &Tried, is_best: bool) -> Drawn {
    let (y, style) = (scale.middle(row), if is_best { bold(14, INK) } else { text(14, INK) });
    scale.draw_name(area, row, value, &style)?;
    area.draw_text(&format!("{:.4}", tried.mean()), &to_the_left(&style), (px(MEAN), y))?;
    let spread = if tried.accuracies.len() > 1 { format!("{:.4}", tried.spread()) } else { "-".to_string() };
    area.draw_text(&spread, &to_the_left(&text(14, INK)), (px(SPREAD), y))
}

fn draw_accuracies(area: &Area, scale: &Scale, y: i32, tried: &Tried, is_best: bool) -> Drawn {
    let (low, high) = tried.range();
    let range = vec![(scale.x(f64::from(low)), y), (scale.x(f64::from(high)), y)];
    area.draw(&PathElement::new(range, thin(INK)))?;
    let colour = if is_best { BLUE } else { RED };
    area.draw(&Circle::new((scale.x(f64::from(tried.mean())), y), px(6), colour.filled()))?;
    for accuracy in &tried.accuracies {
        let x = scale.x(f64::from(*accuracy));
        area.draw(&Circle::new((x, y), px(3), SKY.filled()))?;
        area.draw(&Circle::new((x, y), px(3), thin(INK)))?;
    }
    Ok(())
}

fn draw_seconds(area: &Area, y: i32, seconds: f64, slowest: f64) -> Drawn {
    let end = px(SECONDS) + (f64::from(px(END - SECONDS)) * seconds / slowest) as i32;
    area.draw(&Rectangle::new([(px(SECONDS), y - px(7)), (end, y + px(7))], GREY.filled()))?;
    let words = if seconds < 10.0 { format!("{seconds:.2}") } else { format!("{seconds:.0}") };
    area.draw_text(&words, &to_the_right(&text(14, INK)), (end + px(6), y))
}

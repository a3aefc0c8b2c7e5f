//! What a network says about one image: the image, its caption, and the ten probabilities as bars.

use std::cmp::Ordering;

use ndarray::{ArrayView1, ArrayView2};
use plotters::prelude::{Color, RGBColor, Rectangle};

use crate::plot::picture::{self, grey};
use crate::plot::style::{
    Area, BLUE, Drawn, GREY, INK, RED, TRACK, WHITE, bold, centred, fitting, px, text, to_the_left,
    to_the_right,
};

/// One image beside its ten probabilities.
pub(crate) struct PredictedImage<'a> {
    pub index: usize,
    pub image: ArrayView2<'a, u8>,
    pub probabilities: ArrayView1<'a, f32>,
    pub predicted: usize,
    pub actual: usize,
    pub class_names: &'static [&'static str],
}

/// Pixels that a name has beside its bar.
const NAME: i32 = 96;

/// Named bars that stand above one another, at most.
const BARS: usize = 10;

impl PredictedImage<'_> {
    /// As `Ankle boot 97% (Ankle boot)`: the predicted class, its probability, the actual class.
    pub(crate) fn caption(&self) -> String {
        let percent = 100.0 * self.probabilities[self.predicted];
        format!("{} {percent:.0}% ({})", self.class_names[self.predicted], self.class_names[self.actual])
    }

    /// The same in a sentence.
    pub(crate) fn described(&self) -> String {
        let percent = 100.0 * self.probabilities[self.predicted];
        let (predicted, actual) = (self.class_names[self.predicted], self.class_names[self.actual]);
        format!("Image {}: predicted {predicted} {percent:.0}% (actual {actual})", self.index)
    }

    /// The image, `side` canvas pixels wide and high.
    pub(crate) fn draw_image(&self, area: &Area, corner: (i32, i32), side: i32) -> Drawn {
        let (height, width) = self.image.dim();
        let cell = (side / height.max(width).max(1) as i32).max(1);
        picture::draw(area, corner, cell, self.image, grey)
    }

    /// The caption about a point, in `width` canvas pixels: blue when right, red and bold when wrong.
    pub(crate) fn draw_caption(&self, area: &Area, middle: (i32, i32), size: i32, width: i32) -> Drawn {
        let style = if self.predicted == self.actual { text(size, BLUE) } else { bold(size, RED) };
        area.draw_text(&fitting(area, &self.caption(), width)?, &centred(&style), middle)
    }

    /// Ten bars with class names, percentages and roles, each `row` canvas pixels high, from 0 to 100 % in `width`. Of more
    /// classes the ten that are most probable, and the actual one.
    pub(crate) fn draw_named_bars(&self, area: &Area, corner: (i32, i32), row: i32, width: i32) -> Drawn {
        for (place, class) in self.named().into_iter().enumerate() {
            let probability = self.probabilities[class];
            let (left, top, bottom) = (
                corner.0,
                corner.1 + place as i32 * row + px(3),
                corner.1 + (place as i32 + 1) * row - px(3),
            );
            let (middle, end) = ((top + bottom) / 2, left + length(probability, width));
            area.draw(&Rectangle::new([(left, top), (left + width, bottom)], TRACK.filled()))?;
            area.draw(&Rectangle::new([(left, top), (end, bottom)], self.colour(class).filled()))?;
            let style = self.label(class, 14);
            let name = fitting(area, self.class_names[class], px(NAME))?;
            area.draw_text(&name, &to_the_left(&style), (left - px(8), middle))?;
            let percent = format!("{:.1} %   {}", 100.0 * probability, self.role(class));
            area.draw_text(&percent, &to_the_right(&style), (left + width + px(8), middle))?;
        }
        Ok(())
    }

    /// The classes that get a bar with a name, in their order.
    fn named(&self) -> Vec<usize> {
        let mut classes: Vec<usize> = (0..self.probabilities.len()).collect();
        if classes.len() > BARS {
            let before = |class: &usize| (*class != self.actual, -self.probabilities[*class]);
            classes.sort_by(|a, b| before(a).partial_cmp(&before(b)).unwrap_or(Ordering::Equal));
            classes.truncate(BARS);
            classes.sort_unstable();
        }
        classes
    }

    /// What stands under its bar: its name, where there is room for those of all, or else its label.
    fn tick(&self, class: usize) -> String {
        if are_short(self.class_names) { self.class_names[class].to_string() } else { class.to_string() }
    }

    /// Upright bars over the labels, in `width` canvas pixels, up to 100 % in `height`. Where there are too many for a
    /// number under each, the predicted and the actual class have theirs.
    /// That of a wrong prediction is hollow, for eyes and printers that see no colours.
    pub(crate) fn draw_numbered_bars(
        &self,
        area: &Area,
        corner: (i32, i32),
        width: i32,
        height: i32,
    ) -> Drawn {
        let floor = corner.1 + height;
        let column = (width / self.probabilities.len().max(1) as i32).max(1);
        let (gap, all_numbered) = if column < px(6) { (0, false) } else { (px(1), column >= px(12)) };
        for (class, &probability) in self.probabilities.iter().enumerate() {
            let (left, right) =
                (corner.0 + class as i32 * column + gap, corner.0 + (class as i32 + 1) * column - gap);
            let top = floor - length(probability, height);
            area.draw(&Rectangle::new([(left, corner.1), (right, floor)], TRACK.filled()))?;
            area.draw(&Rectangle::new([(left, top), (right, floor)], self.colour(class).filled()))?;
            let is_wrong = class == self.predicted && class != self.actual;
            if is_wrong && floor - top > px(4) && column >= px(6) {
                let inner = [(left + px(2), top + px(2)), (right - px(2), floor - px(2))];
                area.draw(&Rectangle::new(inner, WHITE.filled()))?;
            }
            let place = ((left + right) / 2, floor + px(10));
            if all_numbered || !self.role(class).is_empty() {
                area.draw_text(&self.tick(class), &centred(&self.label(class, 13)), place)?;
            }
        }
        Ok(())
    }

    /// What a class is here, in words: for eyes and printers that see no colours.
    fn role(&self, class: usize) -> &'static str {
        match (class == self.predicted, class == self.actual) {
            (true, true) => "predicted, actual",
            (true, false) => "predicted",
            (false, true) => "actual",
            (false, false) => "",
        }
    }

    /// The actual class is blue, a wrong prediction red, all others grey.
    fn colour(&self, class: usize) -> RGBColor {
        match class {
            _ if class == self.actual => BLUE,
            _ if class == self.predicted => RED,
            _ => GREY,
        }
    }

    fn label(&self, class: usize, size: i32) -> plotters::prelude::TextStyle<'static> {
        match class {
            _ if class == self.actual => bold(size, BLUE),
            _ if class == self.predicted => bold(size, RED),
            _ => text(size, INK),
        }
    }
}

/// Whether names fit under bars.
pub(crate) fn are_short(class_names: &[&str]) -> bool {
    class_names.iter().all(|name| name.chars().count() < 3)
}

/// Of a bar that is `all` long where the network is certain. A number that is no probability has none, or all.
fn length(probability: f32, all: i32) -> i32 {
    (probability.clamp(0.0, 1.0) * all as f32) as i32
}

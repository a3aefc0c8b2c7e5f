//! Images as points in a plane, each marked by its class.

use lab_base::Error;
use ndarray::{ArrayView1, ArrayView2};
use plotters::prelude::{Circle, Color, RGBColor};

use crate::data::Source;
use crate::plot::figure::{Figure, Frame};
use crate::plot::mark::Mark;
use crate::plot::style::{
    Area, Axis, BLUE, Drawn, GREEN, INK, MARGIN, ORANGE, PURPLE, RED, SKY, WHITE, axes, bold, centred,
    fitting, px, text, to_the_right,
};

/// What a scatter plot shows.
///
/// ```
/// # use lab_support::prelude::*;
/// use lab_support::data::Source;
/// use lab_support::plot::{Scatter, scatter};
///
/// let (points, labels) = (array![[0.0, 0.1], [0.2, 0.0], [3.0, 3.1]], array![0, 0, 9]);
/// let figure = scatter(&Scatter {
///     title: "Three images",
///     note: "two of one class",
///     axes: ["x", "y"],
///     points: points.view(),
///     labels: labels.view(),
///     source: Source::FashionMnist,
/// })?;
/// assert!(figure.alt().contains("Three images"));
/// # Ok::<(), lab_support::Error>(())
/// ```
pub struct Scatter<'a> {
    /// The figure's title.
    pub title: &'a str,
    /// How to read it: one line.
    pub note: &'a str,
    /// What is measured along x and y.
    pub axes: [&'a str; 2],
    /// `[n, 2]`: x and y of each image.
    pub points: ArrayView2<'a, f64>,
    /// `[n]`, each of a class of the source.
    pub labels: ArrayView1<'a, u8>,
    /// Where the images come from.
    pub source: Source,
}

const VIOLET: RGBColor = RGBColor(150, 80, 250);
const MAROON: RGBColor = RGBColor(110, 20, 0);
const INDIGO: RGBColor = RGBColor(50, 20, 150);

/// A colour for each class: those of the garments that are easily confused differ most.
pub(crate) const COLOURS: [RGBColor; 10] =
    [BLUE, VIOLET, ORANGE, GREEN, RED, SKY, INK, PURPLE, MAROON, INDIGO];

/// Each image as a mark of its class's colour and form, and the class's number where its middle is.
///
/// # Errors
/// When there are no points, not two numbers and a label of a class for each, or a number is not finite.
pub fn scatter(plot: &Scatter) -> Result<Figure, Error> {
    let Scatter { points, labels, .. } = plot;
    let doing = "drawing images as points";
    let refused = |expected: &str, found: String| {
        Err(Error::new(doing, expected, found, "project the whole set to two dimensions first"))
    };
    if points.nrows() == 0 || points.dim() != (labels.len(), 2) {
        let found = format!("{:?} numbers and {} labels", points.dim(), labels.len());
        return refused("two numbers and a label for each of at least one image", found);
    }
    if let Some(number) = points.iter().find(|number| !number.is_finite()) {
        return refused("finite numbers", number.to_string());
    }
    let class_names = plot.source.class_names();
    let classes = class_names.len();
    if let Some(label) = labels.iter().find(|label| usize::from(**label) >= classes) {
        return refused(&format!("labels from 0 to {}", classes - 1), label.to_string());
    }
    let frame = Frame {
        title: plot.title,
        note: plot.note,
        size: (900, 640),
        source: plot.source,
        alt: format!("{}: {} images as points, marked by class. {}.", plot.title, labels.len(), plot.note),
    };
    Figure::draw(frame, |area| {
        draw_key(area, class_names)?;
        let (_, panel) = area.split_vertically(px(8 + KEY_ROW * key_rows(classes)));
        draw_points(area, &panel, plot)
    })
}

/// Height of a row of the key, in pixels.
const KEY_ROW: i32 = 22;

/// Rows of five classes, at most six of them: the number at a class's middle says what it is, too.
fn key_rows(classes: usize) -> i32 {
    classes.div_ceil(5).min(6) as i32
}

/// Of more than ten classes, the eleventh has the mark of the first in another colour.
fn mark(class: usize) -> (Mark, RGBColor) {
    (Mark::ALL[class % 10], COLOURS[(class + 3 * (class / 10)) % 10])
}

/// Which mark is which class: rows of five.
fn draw_key(area: &Area, class_names: &[&str]) -> Drawn {
    for (class, name) in class_names.iter().enumerate().take(5 * key_rows(class_names.len()) as usize) {
        let (x, y) = (MARGIN + 66 + (class % 5) as i32 * 160, 10 + (class / 5) as i32 * KEY_ROW);
        let (mark, colour) = mark(class);
        mark.draw(area, (px(x), px(y)), colour)?;
        let words = fitting(area, &format!("{class} {name}"), px(138))?;
        area.draw_text(&words, &to_the_right(&text(14, INK)), (px(x + 10), px(y)))?;
    }
    Ok(())
}

fn draw_points(area: &Area, panel: &Area, plot: &Scatter) -> Drawn {
    let axis = |i: usize| {
        let numbers = plot.points.column(i);
        let (low, high) =
            numbers.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), &n| (l.min(n), h.max(n)));
        let room = (0.03 * (high - low)).max(1e-6);
        Axis {
            range: low - room..high + room,
            title: plot.axes[i],
            labels: 9,
            format: &|number| format!("{number:.0}"),
        }
    };
    let chart = axes(panel, axis(0), axis(1))?;
    let (left, top) = area.get_base_pixel();
    let place = |x: f64, y: f64| {
        let (x, y) = chart.backend_coord(&(x, y));
        (x - left, y - top)
    };
    for (point, &label) in plot.points.rows().into_iter().zip(plot.labels) {
        let (mark, colour) = mark(usize::from(label));
        mark.draw(area, place(point[0], point[1]), colour)?;
    }
    for class in 0..plot.source.class_names().len() {
        if let Some([x, y]) = middle(plot, class) {
            area.draw(&Circle::new(place(x, y), px(11), WHITE.mix(0.8).filled()))?;
            area.draw_text(&class.to_string(), &centred(&bold(17, INK)), place(x, y))?;
        }
    }
    Ok(())
}

/// The median of a class's x and of its y.
fn middle(plot: &Scatter, class: usize) -> Option<[f64; 2]> {
    let of_class = |i: usize| {
        let marked = plot.points.column(i).into_iter().zip(plot.labels);
        let mut numbers: Vec<f64> =
            marked.filter(|(_, label)| usize::from(**label) == class).map(|(number, _)| *number).collect();
        numbers.sort_by(f64::total_cmp);
        numbers.get(numbers.len() / 2).copied()
    };
    Some([of_class(0)?, of_class(1)?])
}

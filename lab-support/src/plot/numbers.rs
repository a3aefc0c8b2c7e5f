//! A student's own numbers as curves.

use std::path::Path;

use lab_base::Error;
use plotters::prelude::RGBColor;

use crate::data::Source;
use crate::plot::curve::{self, Curve};
use crate::plot::curves::LOOKS;
use crate::plot::figure::{Figure, Frame};
use crate::plot::mark::Mark;

/// What [`plot`] draws: a number of any kind, or a reference to one.
pub trait Number {
    /// The nearest `f64`.
    fn to_f64(&self) -> f64;
}

macro_rules! numbers {
    ($($type:ty),*) => {
        $(impl Number for $type {
            fn to_f64(&self) -> f64 {
                *self as f64
            }
        })*
    };
}

numbers!(f32, f64, u8, u16, u32, u64, usize, i8, i16, i32, i64, isize);

impl<N: Number> Number for &N {
    fn to_f64(&self) -> f64 {
        (*self).to_f64()
    }
}

/// One to six curves of one's own numbers, each over the places of its numbers, which count from 0: shows itself as a
/// figure. What is no finite number is left out.
#[derive(Clone, Debug, PartialEq)]
pub struct Plot {
    curves: Vec<(Option<String>, Vec<f64>)>,
}

/// Draws numbers as a curve: those of a vector, an array or an iterator.
///
/// ```
/// # use lab_support::prelude::*;
/// let losses: Vec<f32> = vec![0.50, 0.38, 0.34];
/// let figure = plot(&losses).named("loss").figure()?;
/// let tried = plot(&losses).named("training").and([0.45, 0.40, 0.39]).named("validation");
/// # Ok::<(), lab_support::Error>(())
/// ```
pub fn plot<I>(numbers: I) -> Plot
where
    I: IntoIterator,
    I::Item: Number,
{
    Plot { curves: Vec::new() }.and(numbers)
}

impl Plot {
    /// Names the curve that was added last.
    pub fn named(mut self, name: impl Into<String>) -> Plot {
        if let Some(last) = self.curves.last_mut() {
            last.0 = Some(name.into());
        }
        self
    }

    /// Another curve in the same figure.
    pub fn and<I>(mut self, numbers: I) -> Plot
    where
        I: IntoIterator,
        I::Item: Number,
    {
        self.curves.push((None, numbers.into_iter().map(|number| number.to_f64()).collect()));
        self
    }

    /// The figure itself, to save it or to show it in the middle of a cell.
    ///
    /// # Errors
    /// When there are more than six curves, or one without a finite number.
    pub fn figure(&self) -> Result<Figure, Error> {
        let doing = "drawing numbers";
        if self.curves.len() > LOOKS.len() {
            return Err(Error::new(doing, "1 to 6 curves", self.curves.len(), "choose among them"));
        }
        let named: Vec<(String, &[f64])> = (1..)
            .zip(&self.curves)
            .map(|(number, (name, values))| (name.clone().unwrap_or(format!("curve {number}")), &values[..]))
            .collect();
        if let Some((name, values)) = named.iter().find(|(_, values)| !values.iter().any(|v| v.is_finite())) {
            let found = format!("{} of any kind in {name}", values.len());
            let advice = "look at the numbers themselves first";
            return Err(Error::new(doing, "at least one finite number in each curve", found, advice));
        }
        let curves: Vec<Curve> =
            named.iter().zip(LOOKS).map(|((name, values), look)| line(name, values, look)).collect();
        let names: Vec<&str> = self.curves.iter().filter_map(|(name, _)| name.as_deref()).collect();
        let title = if names.is_empty() { "Your numbers".into() } else { names.join(", ") };
        let measure = if let [name] = names[..] { name } else { "value" };
        let described: Vec<String> = named.iter().map(|(name, values)| described(name, values)).collect();
        let frame = Frame {
            title: &title,
            note: "each number over its place, from 0",
            size: (720, 380),
            source: Source::FashionMnist,
            alt: format!("Curves over the places of their numbers. {}", described.join(" ")),
        };
        Figure::draw(frame, |area| curve::draw_panel(area, ("index", measure), &curves, None))
    }

    /// Writes the figure to `path`, as SVG where that ends in `.svg`, else as PNG: see [`Figure::save`].
    ///
    /// # Errors
    /// As [`Plot::figure`] and [`Figure::save`].
    pub fn save(&self, path: impl AsRef<Path>) -> Result<(), Error> {
        self.figure()?.save(path)
    }

    /// Shows the figure in a notebook, or what keeps it from being drawn.
    pub fn evcxr_display(&self) {
        match self.figure() {
            Ok(figure) => figure.evcxr_display(),
            Err(error) => eprintln!("{error}"),
        }
    }
}

fn line(name: &str, values: &[f64], (colour, mark): (RGBColor, Mark)) -> Curve {
    let points = values.iter().enumerate().map(|(place, value)| (place as f64, *value));
    Curve::new(name, colour, mark, points)
}

/// "loss: 10 numbers, the first 0.5032, the last 0.2402, from 0.2402 to 0.5032."
fn described(name: &str, values: &[f64]) -> String {
    let finite = || values.iter().copied().filter(|value| value.is_finite());
    let (low, high) = (finite().fold(f64::INFINITY, f64::min), finite().fold(f64::NEG_INFINITY, f64::max));
    let (first, last) = (finite().next().unwrap_or(f64::NAN), finite().next_back().unwrap_or(f64::NAN));
    let count = finite().count();
    format!(
        "{name}: {count} numbers, the first {}, the last {}, from {} to {}.",
        short(first),
        short(last),
        short(low),
        short(high)
    )
}

/// With four digits behind the point, where it has any.
fn short(value: f64) -> String {
    if value.fract() == 0.0 { format!("{value}") } else { format!("{value:.4}") }
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;

    #[test]
    fn numbers_of_all_kinds_are_drawn() {
        let losses: Vec<f32> = vec![0.5, 0.25, 0.125];
        let figure = plot(&losses)
            .named("loss")
            .and([3_usize, 2])
            .and(&array![1.0_f64, f64::NAN, -2.5])
            .figure()
            .unwrap();
        let alt = figure.alt();
        assert!(
            alt.contains("loss: 3 numbers, the first 0.5000, the last 0.1250, from 0.1250 to 0.5000."),
            "{alt}"
        );
        assert!(alt.contains("curve 2: 2 numbers, the first 3, the last 2, from 2 to 3."), "{alt}");
        assert!(alt.contains("curve 3: 2 numbers, the first 1, the last -2.5000"), "{alt}");
        assert_ne!(figure.png(), plot(&losses).named("loss").figure().unwrap().png());
        assert!(plot((0..100_000).map(|i| i % 7)).figure().is_ok() && plot([5]).figure().is_ok());
    }

    #[test]
    fn what_cant_be_drawn_is_told() {
        let none: Vec<f32> = Vec::new();
        let told = plot([1, 2]).and(&none).named("mine").figure().unwrap_err().to_string();
        assert!(
            told.contains("at least one finite number in each curve, found 0 of any kind in mine"),
            "{told}"
        );
        assert!(plot([f32::NAN]).figure().is_err());
        let many = (0..6).fold(plot([1]), |plot, i| plot.and([i]));
        assert!(many.figure().unwrap_err().to_string().contains("1 to 6 curves, found 7"));
    }
}

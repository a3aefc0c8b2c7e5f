//! Figures: each one a PNG that a notebook shows inline.

mod answer;
mod canvas;
mod comparison;
mod confusion;
mod curve;
mod curves;
mod distribution;
mod encode;
mod figure;
mod history;
mod images;
mod picture;
mod predictions;
mod style;
#[cfg(test)]
mod tests;

pub use comparison::{Bar, compare};
pub use curves::curves;
pub use figure::Figure;

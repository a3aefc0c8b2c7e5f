//! Figures: each one a PNG that a notebook shows inline.

mod canvas;
mod curve;
mod distribution;
mod figure;
mod history;
mod images;
mod answer;
mod picture;
mod predictions;
mod style;

pub use figure::Figure;

//! Figures: each one a PNG that a notebook shows inline.

mod answer;
mod canvas;
mod confusion;
mod curve;
mod distribution;
mod encode;
mod figure;
mod history;
mod images;
mod picture;
mod predictions;
mod style;

pub use figure::Figure;

//! Figures: each one a PNG that a notebook shows inline.

mod canvas;
mod curve;
mod distribution;
mod figure;
mod history;
mod images;
mod picture;
mod style;

pub use figure::Figure;

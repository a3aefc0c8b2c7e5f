//! Figures: each one a PNG that a notebook shows inline.

mod canvas;
mod distribution;
mod figure;
mod images;
mod picture;
mod style;

pub use figure::Figure;

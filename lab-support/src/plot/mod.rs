//! Figures: each one a PNG that a notebook shows inline, and an SVG where one is asked for.

mod augment;
mod beside;
mod calibration;
mod canvas;
mod comparison;
mod confusion;
mod curve;
mod curves;
mod distribution;
mod encode;
mod ensemble;
#[cfg(test)]
mod eyes;
mod feature_maps;
mod figure;
mod gaps;
mod heat_map;
mod history;
mod images;
mod letters;
mod mark;
mod numbers;
mod picture;
mod predicted_image;
mod predictions;
mod raster;
mod rate_finder;
mod saliency;
mod scale;
mod scatter;
mod shape;
mod shown;
mod signed;
mod steps;
mod style;
mod svg;
mod sweep;
#[cfg(test)]
mod tests;
mod tiles;
mod times;
mod weights;

pub use comparison::{Bar, compare};
pub use curves::curves;
pub use figure::Figure;
pub use numbers::{Number, Plot, plot};
pub use scatter::{Scatter, scatter};
pub use steps::steps;
pub use times::{Times, times};

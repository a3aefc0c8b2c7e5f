//! From bytes on disk to batches: [`Images`] (bytes 0-255) and [`Dataset`] (numbers for the network).

mod dataset;
mod images;

pub use dataset::Dataset;
pub use images::{CLASS_NAMES, Images, Source};

//! From bytes on disk to batches: [`FashionMnist`] finds and reads the files, [`Images`] are bytes
//! 0-255, [`Dataset`] numbers for the network.

mod dataset;
mod fashion_mnist;
mod files;
pub mod idx;
mod images;
mod practice;
mod subset;

pub use dataset::Dataset;
pub use fashion_mnist::FashionMnist;
pub use images::{CLASS_NAMES, Images, Split};
pub use lab_base::Source;

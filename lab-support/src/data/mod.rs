//! From bytes on disk to batches: [`FashionMnist`] finds and reads the files, an [`ImageSet`] has both parts of them or
//! of any other data set, [`Images`] are bytes 0-255, [`Dataset`] numbers for the network.

mod dataset;
mod digest;
mod fashion_mnist;
mod files;
pub mod idx;
mod idx_folder;
mod image_ids;
mod image_set;
mod images;
mod origin;
mod practice;
mod scale;
mod standardize;
mod subset;

pub use dataset::Dataset;
pub use digest::Digest;
pub use fashion_mnist::FashionMnist;
pub(crate) use image_ids::ImageIds;
pub use image_ids::Split;
pub use image_set::ImageSet;
pub use images::{CLASS_NAMES, Images};
pub use lab_base::Source;
pub(crate) use origin::Contents;
pub(crate) use scale::Scale;

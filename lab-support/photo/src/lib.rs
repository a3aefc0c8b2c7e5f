//! Photos of one's own clothes, made into images like those that the lab's networks have learned from; and folders of
//! pictures as data sets of one's own.
//!
//! ```text
//! photo      a file -> its pixels, upright
//! cut_out    pixels -> what stands out from the background
//! shrink     that, against black -> 28 x 28
//! photos     several of them as a data set
//! folder     a folder of pictures for each class -> a data set of one's own
//! likeness   how far an image is from all that was learned
//! drawn      photos that the lab draws itself, to try it with
//! digits     pictures of digits that it draws, for those who have no data set yet
//! ```
//!
//! It is a crate of its own because every crate that a notebook depends on costs it time when it starts.

mod cut_out;
mod digits;
mod drawn;
mod folder;
mod likeness;
mod photo;
mod photos;
mod shrink;

pub use digits::draw_digits;
pub use drawn::draw;
pub use folder::folder;
pub use likeness::{Alike, Likeness};
pub use photo::Photo;
pub use photos::{Photos, photos};

//! Photos of one's own clothes, made into images like those that the lab's networks have learned from.
//!
//! ```text
//! photo      a file -> its pixels, upright
//! cut_out    pixels -> what stands out from the background
//! shrink     that, against black -> 28 x 28
//! photos     several of them as a data set
//! likeness   how far an image is from all that was learned
//! drawn      photos that the lab draws itself, to try it with
//! ```
//!
//! It is a crate of its own because every crate that a notebook depends on costs it time when it starts.

mod cut_out;
mod drawn;
mod likeness;
mod photo;
mod photos;
mod shrink;

pub use drawn::draw;
pub use likeness::{Alike, Likeness};
pub use photo::Photo;
pub use photos::{Photos, photos};

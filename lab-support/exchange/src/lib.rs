//! Networks and arrays in the files of other programs.
//!
//! ```text
//! onnx     a network -> .onnx, for onnxruntime, Netron and whatever else computes ONNX
//! npy      an array <-> .npy, as numpy.save and numpy.load have it
//! npz      several of them by name <-> .npz, as numpy.savez has it
//! ```
//!
//! | from | to | in a cell |
//! |---|---|---|
//! | a network | ONNX | [`model.save_onnx("model.onnx")?`](Onnx::save_onnx) |
//! | an array | NumPy | [`save_npy("logits.npy", &logits)?`](save_npy) |
//! | NumPy | an array | [`let logits: Array2<f32> = load_npy("logits.npy")?`](load_npy) |
//! | images and labels | NumPy | [`Npz::new().with_images("train", &images)?.save("shirts.npz")?`](Npz) |
//! | NumPy | images and labels | [`Npz::load("shirts.npz")?.images("train", Source::Other)?`](Npz::images) |
//!
//! What needs no other crate is in `lab-support` itself: weights from and to PyTorch and from Keras
//! ([`load_weights`](lab_support::nn::Sequential::load_weights)), and CSV of a training
//! ([`History::save_csv`](lab_support::nn::History::save_csv)) and of the records
//! ([`Runs::save_csv`](lab_support::lesson::Runs::save_csv)).
//!
//! It is a crate of its own because every crate that a notebook depends on costs it time when it starts.

mod npy;
mod npz;
mod number;
mod onnx;

pub use npy::{load_npy, save_npy};
pub use npz::Npz;
pub use number::Number;
pub use onnx::Onnx;

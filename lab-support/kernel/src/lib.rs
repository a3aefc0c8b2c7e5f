//! The Jupyter kernel of the lab: evcxr's, with everything that a notebook needs compiled beforehand, with
//! outputs that move, errors that stop and an interrupt that loses nothing.
//!
//! | process | reads | does |
//! |---|---|---|
//! | the kernel | `kernel.rs` | speaks with Jupyter's front ends, and passes on what evcxr says |
//! | evcxr | the crate `lab-evaluator` | compiles cells, in a folder of its own |
//! | the keeper | its `cells/` | tells the kernel what the cells print, show, and how they end |
//! | the cells | evcxr's runtime | runs them |
//!
//! What a cell waits for, and what was chosen because of it (`cargo lab bench notebook` measures all of it):
//!
//! - **Compiling what cells call**: lab-support is compiled once, as a release build is, and every kernel starts from
//!   a clone of that (`prebuilt.rs`, `clone.rs`). As a shared library it is one and the same in all cells: with a copy in
//!   each, training in a cell took half as long again.
//! - **Compiling the cell**: with few optimizations, since the work is in lab-support. A cell that ends in a value is
//!   compiled twice, because evcxr first asks whether the value can show itself.
//! - **Reading sources**: evcxr's analyzer reads all crates that a cell can name before the first of them is
//!   compiled. It is made to do so while the student reads (`rehearsal.rs`), and has less to read: few dependencies
//!   with few features (see `Cargo.toml`), and the standard library without what no cell names
//!   (`standard_library.rs`).

mod cell;
mod clone;
mod completion;
mod connection;
mod evaluator;
mod failure;
mod front;
mod incoming;
mod info;
mod listener;
mod message;
mod preparation;
mod rehearsal;
mod source;
mod standard_library;
mod folders;
mod kernel;
mod prebuilt;
mod toolchain;

pub use folders::Folders;
pub use kernel::run;
pub use prebuilt::Prebuilt;

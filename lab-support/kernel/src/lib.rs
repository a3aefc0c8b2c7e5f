//! The Jupyter kernel of the lab: evcxr's, with everything that a notebook needs compiled beforehand, with
//! outputs that move, errors that stop and an interrupt that loses nothing.
//!
//! | process | reads | does |
//! |---|---|---|
//! | the kernel | `kernel.rs`, `kernel/` | speaks with Jupyter's front ends, and passes on what evcxr says |
//! | evcxr | the crate `lab-evaluator` | compiles cells, in a folder of its own |
//! | cargo, shells | its `stoppable.rs`, `amend/` | stand before the real ones: end them when the student stops a cell, and amend what evcxr makes of it |
//! | the keeper | its `cells/` | lives as long as evcxr; tells the kernel what the cells print, show, and how they end |
//! | the cells | its `cells/runtime.rs` | runs them, and makes a copy of itself before each |
//!
//! # What the stop button does
//!
//! The kernel makes a file. While it is there, compilers and shells end at once, lab-support ends what takes long, and a
//! cell that has been compiled is not run. A cell that goes on for three seconds is ended with its process, and the copy of
//! the process that was made before the cell goes on in its place, with all variables as they were. So it is when a cell
//! aborts, recurses without end, or is ended because memory runs out. evcxr never hears of it: it is made to give up the
//! cell as if that did not compile, and knows the variables that it knew before. Two things are not so: a copy has one
//! thread, and threads that earlier cells started end (the message says how many); and nothing stops evcxr's analyzer,
//! which reads a cell before it is compiled (the page says that it is waited for).
//!
//! A copy shares all memory with the process until one of them writes to it. Measured on two cores of a virtual
//! machine: the copy itself takes a millisecond, 35 with 1 GB held, and its end 0.1 s; a cell that writes to all of
//! that GB takes 0.9 s longer. Where there is not the memory for all of it once more, none is made, and the message
//! says so. Of 1,000 stops at random times in half an hour, in cells that compile, run, print, end, or are done, none
//! lost a variable, and no sentence was untrue (`tests/stop.rs` of the command line; `LAB_STOPS` says how many it
//! makes). Nor did 1,000 actions in random order, 299 of them stops, with restarts, kills, floods and threads between
//! them: 22 minutes, 376 MB of memory at the start, 441 at most, 387 at the end, and nothing left
//! (`tests/live/anything.rs`, `LAB_ACTIONS`).
//!
//! # What a mistake shows
//!
//! The evaluator keeps what the compiler says of a cell (`cargo.rs`), and `mistake/` makes one box of it: the place in the
//! student's own lines, a sentence from the tables in `mistake/slips/`, what became of a variable from the cells that were
//! run (`history.rs`). To add a sentence, add an entry to a table and a cell to `mistake/tests/`, where the compiler is
//! asked. Panics have a table of their own, `panics.txt`.
//!
//! # Why what is said is true
//!
//! How a cell ended, and what lab-support shows, is told in lines that begin with another mark in each kernel, so that no
//! cell prints one by accident; evcxr's own marks are text. Each variable is stored with a number of its type's
//! definition: when that changes, it is gone, and this is said. What a failing cell defines anew keeps its old value where
//! the cell has not moved it; where it has, the error says so. Text is gathered for a tenth of a second; when a cell prints
//! more than a page can show, the middle is left out, and how much of it is said.
//!
//! A request comes in over a socket (`wire/`), is checked and read (`message.rs`), and is answered by the kernel itself or
//! by evcxr (`kernel/requests.rs`); what that says goes out the same way. [`wire::Client`] is the other end of it, for the command
//! line and for the tests.
//!
//! # What others on the same machine can do
//!
//! - **To the sockets that Jupyter asks for**: connect, and see what all front ends see, since Jupyter's protocol signs
//!   messages and hides nothing. Without the key nobody has anything run; whatever else is sent ends its own connection and
//!   takes 64 KB at most; who does not read loses what was for him.
//! - **To those between the kernel, evcxr and the cells, and those of `cargo lab run` and `check`**: nothing. They are Unix
//!   sockets in folders that only the user can enter.
//! - **To a notebook's folder**: a file `evcxr.toml` in it is not obeyed, for evcxr starts in a folder of the lab's.
//!
//! A cell may do whatever its user may: hand-ins are for a container, or an account of their own. What it starts ends with
//! the kernel, also what has left its session (lab-base's `processes.rs`).
//!
//! # When it ends
//!
//! With the program that started it, if that gave its process id in `JPY_PARENT_PID`, as Jupyter does; else when no front
//! end has been connected for ten minutes (`LAB_ALONE_SECONDS` sets another time); when it is told to, and on SIGTERM
//! (`kernel/lifetime.rs`).
//!
//! # What everything has to wait for
//!
//! [`Setup`] makes, in this order, what is not there: the crates of `Cargo.lock` (`build.rs`), evcxr with its analyzer
//! (`build.rs`), and a folder in which that has compiled lab-support (`compiled.rs`). Whoever needs it first makes it, the
//! command line or a kernel that was started by a page; all others wait and show how far it is (`progress.rs`): a
//! kernel in the cell that was run (`preparation.rs`).
//!
//! Nearly all of the first start is the analyzer, 350 crates, both cores busy to the end. Tried, as seconds of processor time: every
//! crate at level 3, 1,136 s; at level 1 without link-time optimization, but for what reads sources, and 0 for what
//! cells never need (the editor's assists and diagnostics), 711 s. An installed `evcxr_jupyter` is not used: what
//! stands between it and the cells (outputs that move, a stop that loses nothing) has to be inside it.
//!
//! # What a compiled folder depends on
//!
//! On nothing but the project: its lock file (the evaluator puts it in place at every call of cargo), its sources, the Rust
//! toolchain and the code that makes it. The user's shell and cargo configuration have no say (`toolchain.rs`): another
//! linker on the PATH would otherwise compile everything again. Each kernel compiles in a clone of it (`clone.rs`). A
//! kernel whose lab-support has changed on disk runs no further cell, since that would compile the new one under a process
//! that has loaded the old.
//!
//! # What a cell waits for
//!
//! `cargo lab bench notebook` measures all of it.
//!
//! - **Compiling what cells call**: done beforehand, as a release build does it. As a shared library lab-support is one and
//!   the same in all cells: with a copy in each, training in a cell took half as long again.
//! - **Compiling the cell**: with few optimizations, since the work is in lab-support. Cargo knows what the compiler is, and
//!   doesn't ask it at every call, as it would with an empty wrapper in its settings (`folders.rs`). A cell that ends in a value is
//!   compiled once: evcxr first asks whether the value can show itself, and by `amend/cell.rs` each can that has `Debug`.
//!   Its parts are not optimized across each other: loops in cells are as fast without, and each cell takes the compiler a
//!   fifth to a third less (`folders.rs`).
//!   What came of it is kept for all kernels (the evaluator's `kept.rs`): the same cell in the same state, as in a notebook
//!   that is run again from its top or in another copy of it, is not compiled again; nor are the cells that evcxr begins with.
//! - **Reading sources**: evcxr's analyzer reads all crates that a cell can name before the first of them is
//!   compiled. It is made to do so while the student reads (`rehearsal.rs`), and has less to read: of the crates behind
//!   lab-support those whose types a cell can meet (the evaluator's `visible.rs`; 110,000 lines of 670,000), and the
//!   standard library shortened to what cells can name, and how (`standard_library.rs`). Without the first of these a first cell that is
//!   run at once takes half as long again, and an open notebook another 290 MB.

mod away;
mod bindings;
mod build;
mod cell;
mod clone;
mod compiled;
mod completion;
pub mod connection;
mod copy;
mod declarations;
mod division;
mod evaluator;
mod expressions;
mod failure;
mod folders;
mod front;
mod history;
mod incoming;
mod info;
mod inspection;
mod kernel;
mod listener;
mod members;
pub mod message;
mod mistake;
mod preparation;
mod progress;
mod rehearsal;
mod setup;
mod source;
mod standard_library;
mod temporary;
mod tokens;
mod toolchain;
mod unfinished;
pub mod wire;

pub use folders::Folders;
pub use kernel::run;
pub use progress::{Progress, in_words};
pub use setup::{For, Setup};
pub use temporary::Temporary;
pub use toolchain::Toolchain;

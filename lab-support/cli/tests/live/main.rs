//! Tests on live kernels, which `cargo lab test` runs once the kernel is built. They are one program: a kernel mostly keeps one
//! core busy, and of one program as many tests run at once as there are cores. What measures how soon a cell stops is in
//! another, `stop.rs`, so that none of these runs beside it.

#[path = "../front_end/mod.rs"]
mod front_end;
#[path = "../../../kernel/src/mistake/tests/table.rs"]
mod table;

mod anything;
mod beginner;
mod classroom;
mod fresh;
mod front_ends;
mod kernel;
mod messages;
mod protocol;
mod truth;

//! The command line behind `cargo lab`: sets up, opens, runs, checks and tests the notebooks.

pub mod answers;
pub mod board;
pub mod check;
pub mod data;
pub mod declared;
pub mod doctor;
pub mod download;
pub mod editions;
pub mod jupyter;
pub mod kernelspec;
pub mod left_over;
pub mod notebook;
pub mod output;
pub mod paths;
pub mod python;
pub mod report;
pub mod run;
pub mod session;
pub mod setup;
pub mod student;
pub mod submission;
pub mod terminal;
pub mod test;

//! The command line behind `cargo lab`: sets up, opens, runs, checks and tests the notebooks.

pub mod answers;
pub mod board;
pub mod check;
pub mod data;
pub mod declared;
pub mod doctor;
pub mod download;
pub mod editions;
pub mod handins;
pub mod jupyter;
pub mod kernelspec;
pub mod notebook;
pub mod output;
pub mod page;
pub mod paths;
pub mod points;
pub mod python;
pub mod report;
pub mod run;
pub mod session;
pub mod setup;
pub mod student;
pub mod submission;
pub mod temporary;
pub mod test;
pub mod turns;

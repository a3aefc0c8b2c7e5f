//! `fit`: epochs of steps, a step on one batch, and what is remembered of them.

pub(crate) mod augment;
pub(crate) mod checkpoint;
pub(crate) mod course;
pub(crate) mod early_stopping;
pub(crate) mod fit;
pub(crate) mod history;
mod panel;
pub(crate) mod progress;
pub(crate) mod rate_finder;
pub(crate) mod samples;
pub(crate) mod schedule;
mod sketch;
pub(crate) mod tape;
pub(crate) mod train;
pub(crate) mod trainer;
pub(crate) mod varied;
pub(crate) mod warp;

#[cfg(test)]
mod tests;

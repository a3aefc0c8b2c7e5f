//! `fit`: epochs of steps, a step on one batch, and what is remembered of them.

pub(crate) mod fit;
pub(crate) mod history;
pub(crate) mod progress;
pub(crate) mod samples;
pub(crate) mod tape;
pub(crate) mod trainer;

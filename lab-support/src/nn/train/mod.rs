//! `fit`: epochs of steps, a step on one batch, and what is remembered of them.

pub(crate) mod augment;
pub(crate) mod checkpoint;
pub(crate) mod early_stopping;
pub(crate) mod epoch;
pub(crate) mod epochs;
pub(crate) mod fit;
pub(crate) mod history;
pub(crate) mod linfa;
mod live_curves;
mod live_view;
pub(crate) mod plan;
pub(crate) mod progress;
pub(crate) mod recipe;
pub(crate) mod schedule;
pub(crate) mod settings;
pub(crate) mod state;
pub(crate) mod step;
pub(crate) mod warp;

pub use augment::Augment;
pub use epoch::Epoch;
pub use history::{History, Setup, Training};
pub use linfa::FitError;
pub(crate) use recipe::Recipe;
pub use schedule::Schedule;
pub use settings::Fit;
pub(crate) use step::Trainer;

#[cfg(test)]
mod tests;

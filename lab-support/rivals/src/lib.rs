//! linfa's classical algorithms on the lab's data.
//!
//! ```text
//! pca, tsne   a layer's numbers -> points in a plane, to look at
//! Rival       a classifier and its settings; choose() fits several and keeps the best on validation images
//! Standings   rivals and networks in one table, each tested once
//! ```
//!
//! It is a crate of its own because every crate that a notebook depends on costs it time when it starts.

mod choose;
mod classifier;
mod logistic;
mod naive_bayes;
mod neighbours;
mod pca;
mod projection;
mod rival;
mod standings;
mod trees;
mod tsne;

#[cfg(test)]
mod clouds;

pub use choose::{Chosen, choose};
pub use pca::pca;
pub use projection::Projection;
pub use rival::Rival;
pub use standings::Standings;
pub use tsne::tsne;

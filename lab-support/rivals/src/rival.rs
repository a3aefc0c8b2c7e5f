use lab_support::Error;
use lab_support::data::Dataset;

use crate::classifier::Classifier;
use crate::{logistic, naive_bayes, neighbours, trees};

/// A classical classifier with its settings, not fitted yet.
///
/// Each method says which images it learns from unless [`images`](Self::images) says otherwise: some take
/// minutes for all of them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rival {
    method: Method,
    /// Images that it learns from, at most.
    pub(crate) images: usize,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Method {
    NaiveBayes { smoothing: f32 },
    Logistic { l2: f64 },
    Tree { depth: usize },
    Forest { trees: usize, depth: usize },
    Neighbours { k: usize },
}

const ALL: usize = usize::MAX;

impl Rival {
    /// Gaussian naive Bayes: each pixel has a mean and a variance of its own in each class, and pixels know
    /// nothing of each other. `smoothing` (at least 0, usually 1e-9 to 0.1) times the largest variance is added
    /// to all of them. Learns from all images.
    pub fn naive_bayes(smoothing: f32) -> Rival {
        Rival { method: Method::NaiveBayes { smoothing }, images: ALL }
    }

    /// Multinomial logistic regression on the pixels: a network without a hidden layer, fitted by L-BFGS in 50
    /// iterations. `l2` (at least 0) weighs the squares of the weights against the loss summed over the images.
    /// Learns from the first 10,000.
    pub fn logistic(l2: f64) -> Rival {
        Rival { method: Method::Logistic { l2 }, images: 10_000 }
    }

    /// A decision tree of at most `depth` (at least 1) questions in a row, each about one pixel. Learns from the
    /// first 5,000 images.
    pub fn tree(depth: usize) -> Rival {
        Rival { method: Method::Tree { depth }, images: 5_000 }
    }

    /// A vote among `trees` (at least 1) decision trees of at most `depth` questions, each of which sees half as
    /// many images, drawn at random, and one pixel in twenty. Learns from the first 10,000 images.
    pub fn forest(trees: usize, depth: usize) -> Rival {
        Rival { method: Method::Forest { trees, depth }, images: 10_000 }
    }

    /// A vote among the `k` (at least 1) nearest of the images learned by heart; near in the space of the first
    /// 50 principal components, which the first 10,000 images give. Learns from all images.
    pub fn neighbours(k: usize) -> Rival {
        Rival { method: Method::Neighbours { k }, images: ALL }
    }

    /// Learns from the first `n` images (all of them where there are fewer).
    pub fn images(self, n: usize) -> Rival {
        Rival { images: n, ..self }
    }

    /// The method's name.
    pub fn name(&self) -> &'static str {
        match self.method {
            Method::NaiveBayes { .. } => "naive Bayes",
            Method::Logistic { .. } => "logistic regression",
            Method::Tree { .. } => "decision tree",
            Method::Forest { .. } => "random forest",
            Method::Neighbours { .. } => "nearest neighbours",
        }
    }

    /// Its settings, in words.
    pub fn settings(&self) -> String {
        match self.method {
            Method::NaiveBayes { smoothing } => format!("smoothing {smoothing}"),
            Method::Logistic { l2 } => format!("L2 {l2}"),
            Method::Tree { depth } => format!("depth {depth}"),
            Method::Forest { trees, depth } => format!("{trees} trees, depth {depth}"),
            Method::Neighbours { k } => format!("k {k}, PCA {}", neighbours::COMPONENTS),
        }
    }

    /// # Errors
    /// When a setting is out of its range.
    pub(crate) fn fit(&self, learn: &Dataset) -> Result<Classifier, Error> {
        let data = learn.to_linfa();
        match self.method {
            Method::NaiveBayes { smoothing } => naive_bayes::fit(data, smoothing),
            Method::Logistic { l2 } => logistic::fit(data, l2),
            Method::Tree { depth } => trees::fit_tree(data, depth),
            Method::Forest { trees, depth } => trees::fit_forest(data, trees, depth),
            Method::Neighbours { k } => neighbours::fit(data, k),
        }
    }
}

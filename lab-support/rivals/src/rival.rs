use std::fmt;
use std::time::Instant;

use lab_support::Error;
use lab_support::data::Dataset;
use linfa::traits::PredictInplace;
use ndarray::{Array1, Array2};

use crate::{logistic, naive_bayes, neighbours, trees};

/// A classical classifier with its settings, not fitted yet.
///
/// Each method says which images it learns from unless [`images`](Self::images) says otherwise: some take
/// minutes for all of them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rival {
    method: Method,
    images: usize,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Method {
    NaiveBayes { smoothing: f32 },
    Logistic { l2: f64 },
    Tree { depth: usize },
    Forest { trees: usize, depth: usize },
    Neighbours { k: usize },
}

/// linfa's own trait: anything that calls rows of numbers classes.
pub(crate) type Classifier = Box<dyn PredictInplace<Array2<f32>, Array1<usize>>>;

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

    fn fit(&self, learn: &Dataset) -> Result<Classifier, Error> {
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

/// The rival that did best on the validation images.
pub struct Chosen {
    pub rival: Rival,
    /// Images that it learned from.
    pub images: usize,
    /// Time to learn from them, on one thread.
    pub seconds: f64,
    /// Share of the validation images called right, 0 to 1.
    pub validation_accuracy: f32,
    classifier: Classifier,
}

/// Fits each of `rivals` to `learn`, measures it on `validation`, prints a line about it, and keeps the best: the
/// first of them where several are equal.
///
/// # Errors
/// When there are no rivals, a setting is out of its range, or a set is empty.
pub fn choose(rivals: &[Rival], learn: &Dataset, validation: &Dataset) -> Result<Chosen, Error> {
    let mut best: Option<Chosen> = None;
    for rival in rivals {
        let chosen = Chosen::fit(rival, learn, validation)?;
        println!("{chosen}");
        if best.as_ref().is_none_or(|best| chosen.validation_accuracy > best.validation_accuracy) {
            best = Some(chosen);
        }
    }
    best.ok_or_else(|| {
        Error::new(
            "choosing a rival",
            "at least one",
            "none",
            "write choose(&[Rival::tree(10)], &learn, &validation)",
        )
    })
}

impl Chosen {
    fn fit(rival: &Rival, learn: &Dataset, validation: &Dataset) -> Result<Chosen, Error> {
        let learn = learn.take(rival.images);
        if learn.is_empty() || validation.is_empty() {
            let (found, advice) = ("an empty set", "check how the data set was split");
            return Err(Error::new(
                "fitting a rival",
                "images to learn from and to validate on",
                found,
                advice,
            ));
        }
        let start = Instant::now();
        let classifier = rival.fit(&learn)?;
        let seconds = start.elapsed().as_secs_f64();
        let validation_accuracy = share_right(&classifier, validation);
        Ok(Chosen { rival: *rival, images: learn.len(), seconds, validation_accuracy, classifier })
    }

    /// Share of the images of `data` called right, 0 to 1.
    ///
    /// # Panics
    /// When the images are of another size than those learned from, as linfa's own models do.
    pub fn accuracy(&self, data: &Dataset) -> f32 {
        share_right(&self.classifier, data)
    }

    /// Shows in a notebook what it is.
    pub fn evcxr_display(&self) {
        println!("{self}");
    }
}

impl fmt::Display for Chosen {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let Chosen { rival, images, seconds, validation_accuracy, .. } = self;
        let what = format!("{}, {}", rival.name(), rival.settings());
        write!(f, "{what}: {images} images in {seconds:.1} s, validation accuracy {validation_accuracy:.4}")
    }
}

fn share_right(classifier: &Classifier, data: &Dataset) -> f32 {
    let data = data.to_linfa();
    let mut predicted = classifier.default_target(&data.records);
    classifier.predict_inplace(&data.records, &mut predicted);
    let right = predicted.iter().zip(&data.targets).filter(|(a, b)| a == b).count();
    right as f32 / predicted.len().max(1) as f32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clouds::images;

    const EACH: [fn() -> Rival; 5] = [
        || Rival::naive_bayes(1e-3),
        || Rival::logistic(0.1),
        || Rival::tree(6),
        || Rival::forest(25, 6),
        || Rival::neighbours(3),
    ];

    #[test]
    fn each_tells_the_clouds_apart() {
        let (learn, validation) = images(400).split(300).unwrap();
        for rival in EACH {
            let chosen = choose(&[rival()], &learn, &validation).unwrap();
            assert!(chosen.validation_accuracy > 0.95, "{chosen}");
            assert_eq!(chosen.accuracy(&validation), chosen.validation_accuracy);
        }
    }

    #[test]
    fn the_best_on_validation_images_is_chosen() {
        let (learn, validation) = images(400).split(300).unwrap();
        let rivals = [Rival::tree(1), Rival::tree(6), Rival::tree(6).images(3)];
        let chosen = choose(&rivals, &learn, &validation).unwrap();
        assert_eq!((chosen.rival, chosen.images), (Rival::tree(6), 300));
    }

    #[test]
    fn settings_out_of_range_are_refused() {
        let (learn, validation) = images(60).split(40).unwrap();
        for (rival, words) in [
            (Rival::naive_bayes(-1.0), "smoothing of 0 or more, found -1"),
            (Rival::naive_bayes(f32::NAN), "found NaN"),
            (Rival::logistic(-0.5), "L2 weight of 0 or more, found -0.5"),
            (Rival::tree(0), "depth of at least 1"),
            (Rival::forest(0, 3), "at least one tree"),
            (Rival::forest(3, 0), "depth of at least 1"),
            (Rival::neighbours(0), "1 to 40 neighbours"),
            (Rival::neighbours(41), "1 to 40 neighbours"),
            (Rival::tree(3).images(0), "an empty set"),
        ] {
            let message = choose(&[rival], &learn, &validation).err().unwrap().to_string();
            assert!(message.contains(words), "{message}");
        }
        assert!(choose(&[], &learn, &validation).is_err());
    }
}

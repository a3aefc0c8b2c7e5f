use std::fmt;
use std::time::Instant;

use lab_support::data::Dataset;
use lab_support::{Error, Waiting};

use crate::classifier::Classifier;
use crate::rival::Rival;

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
        Error::doing("choosing a rival")
            .expected("at least one")
            .found("none")
            .advice("write choose(&[Rival::tree(10)], &learn, &validation)")
    })
}

impl Chosen {
    fn fit(rival: &Rival, learn: &Dataset, validation: &Dataset) -> Result<Chosen, Error> {
        let learn = learn.take(rival.images);
        if learn.is_empty() || validation.is_empty() {
            let (found, advice) = ("an empty set", "check how the data set was split");
            return Err(Error::doing("fitting a rival")
                .expected("images to learn from and to validate on")
                .found(found)
                .advice(advice));
        }
        let _waiting = Waiting::new(format!("fitting {}, {}", rival.name(), rival.settings()));
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

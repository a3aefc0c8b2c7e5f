//! Whether the figures of a run say how well its network does on images that it has not learned from.

use crate::data::Split;
use crate::lesson::run::Run;

impl Run {
    /// Whether it has learned from training images alone, and was validated on training images that it has not learned
    /// from.
    pub(super) fn is_fair(&self) -> bool {
        self.unfair().is_none()
    }

    /// Why it is compared with no other, where it is not.
    pub(super) fn unfair(&self) -> Option<&'static str> {
        let train = Split::Train.name();
        if self.trained_on != [train] {
            return Some(
                "It has learned from other images than those of the training set: its figures are no test.",
            );
        }
        if self.validated_on.iter().any(|split| split != train) {
            return Some(
                "It was validated on images that are not of the training set: what is chosen by test images is not tested \
                 by them any more. Take some of the training images: `train.split(55_000)?`.",
            );
        }
        (self.validated_on_learned > 0).then_some("It was validated on images that it had learned from.")
    }
}

#[cfg(test)]
mod tests {
    use crate::data::Dataset;
    use crate::lesson::example_runs::{data, network};
    use crate::lesson::run::Run;
    use crate::nn::{Adam, Fit};

    #[test]
    fn what_was_learned_from_is_told_by_the_images() {
        let ((train, test), of) = (data(), |train: &Dataset, validation: Option<&Dataset>| {
            let plan = validation.iter().fold(Fit::epochs(1).quiet(), |plan, data| plan.validation(data));
            let history = network(&[8], Adam::default()).fit(train, plan).unwrap();
            Run::new("run", &history, None).unwrap()
        });
        assert!(of(&train, None).is_fair());
        let (learn, validation) = train.split(30).unwrap();
        assert!(of(&learn, Some(&validation)).is_fair());
        let mut copied = train.images().clone();
        let image = test.images().pixels.index_axis(ndarray::Axis(0), 3).to_owned();
        copied.pixels.index_axis_mut(ndarray::Axis(0), 7).assign(&image);
        let copied = of(&copied.normalized(), None);
        assert_eq!((copied.trained_on.join(" "), copied.is_fair()), ("train test".into(), false));
        assert!(!of(&train, Some(&test)).is_fair() && !of(&test, None).is_fair());
        let overlapping = of(&train, Some(&validation));
        assert_eq!((overlapping.validated_on_learned, overlapping.is_fair()), (10, false));
    }
}

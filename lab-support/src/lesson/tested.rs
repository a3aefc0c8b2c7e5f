//! A score that is called a test score is one: of the network that was trained, on the test set as it was loaded.

use lab_base::Error;

use crate::data::{Contents, Source, Split};
use crate::nn::{Score, Setup};

/// # Errors
/// When a score is not of the network that a training left, or not on all test images.
pub(super) fn check_score(setup: &Setup, score: &Score) -> Result<(), Error> {
    let doing = "recording a training run";
    let evidence = score.evidence().filter(|evidence| evidence.network == setup.network);
    let Some(evidence) = evidence else {
        let expected = "the score of the network as this training left it";
        let advice =
            "call model.evaluate(&test) after model.fit, and record both before you train it further";
        return Err(Error::new(doing, expected, "that of another network", advice));
    };
    check_is_test(doing, setup.source, evidence.images)
}

/// # Errors
/// When these are not all test images of their data set.
pub(super) fn check_is_test(doing: &str, source: Source, images: Contents) -> Result<(), Error> {
    if images == (Contents { source, split: Split::Test, whole: true }) {
        return Ok(());
    }
    let found = match images.split {
        _ if images.source != source => "images of another data set than those that were learned from",
        Split::Train => "training images",
        Split::Test => "some of them, or some twice",
        Split::Unknown => "images, or labels, that are not all from it",
    };
    let advice = "measure on `data.test.normalized()`, as it was loaded; `trial` records without a test";
    Err(Error::new(doing, "the test set, each image once", found, advice))
}

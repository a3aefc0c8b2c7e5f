//! What there is to judge an answer by.

use lab_base::Error;
use lab_base::{home, records};

use crate::data::FashionMnist;
use crate::lesson::baseline::path_of;
use crate::lesson::judge::{Evidence, FirstImage, Saved};
use crate::lesson::long_run::recorded;
use crate::lesson::run::Run;
use crate::nn::Sequential;

/// The records that the lab itself has written, for question 6 with those of long runs; and for question 5 what the
/// saved baseline says of the first test image, and how good it is: the function that trains it where there is none
/// leaves no record.
pub(super) fn evidence(number: usize, data: &FashionMnist) -> Result<Evidence, Error> {
    let mut runs: Vec<Run> = records::read(&home::runs_file(data.train.source)?)?;
    if number == 6 {
        runs.extend(recorded()?);
    }
    runs.retain(Run::is_sealed);
    let (first_image, saved) = if number == 5 { saved_baseline(data)? } else { (None, None) };
    Ok(Evidence { runs, first_image, saved })
}

/// Nothing where no baseline has been saved.
fn saved_baseline(data: &FashionMnist) -> Result<(Option<FirstImage>, Option<Saved>), Error> {
    let path = path_of("baseline", data.test.source)?;
    if !path.exists() {
        return Ok((None, None));
    }
    let (model, test) = (Sequential::load(path)?, data.test.normalized());
    let predictions = model.with_softmax().predict(&test.take(1))?;
    let image =
        FirstImage { actual: usize::from(data.test.labels[0]), probabilities: predictions.row(0).to_vec() };
    // A network of another make under this name may have no loss; then it has no score either.
    let score = model.evaluate(&test).ok();
    Ok((Some(image), score.map(|test| Saved { layers: model.architecture(), test })))
}

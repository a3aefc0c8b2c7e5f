//! What there is to judge an answer by.

use lab_base::Error;
use lab_base::{home, records};

use crate::data::FashionMnist;
use crate::lesson::baseline::path_of;
use crate::lesson::judge::{Evidence, FirstImage};
use crate::lesson::long_run::recorded;
use crate::lesson::run::Run;
use crate::nn::Sequential;

/// The records that the lab itself has written, for question 6 with those of long runs; and for question 5 what the saved baseline says of the first
/// test image.
pub(super) fn evidence(number: usize, data: &FashionMnist) -> Result<Evidence, Error> {
    let mut runs: Vec<Run> = records::read(&home::runs_file(data.train.source)?)?;
    if number == 6 {
        runs.extend(recorded()?);
    }
    runs.retain(Run::is_sealed);
    let first_image = if number == 5 { first_image(data)? } else { None };
    Ok(Evidence { runs, first_image })
}

/// Nothing where no baseline has been saved.
fn first_image(data: &FashionMnist) -> Result<Option<FirstImage>, Error> {
    let path = path_of("baseline", data.test.source)?;
    if !path.exists() {
        return Ok(None);
    }
    let model = Sequential::load(path)?.with_softmax();
    let predictions = model.predict(&data.test.normalized().take(1))?;
    Ok(Some(FirstImage {
        actual: usize::from(data.test.labels[0]),
        probabilities: predictions.row(0).to_vec(),
    }))
}

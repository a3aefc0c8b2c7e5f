//! What there is to judge an answer by.

use std::path::Path;

use lab_base::Error;
use lab_base::{home, records};

use crate::data::{ImageSet, Source};
use crate::lesson::baseline::path_of;
use crate::lesson::judge::{Evidence, FirstImage, Saved};
use crate::lesson::long_run::recorded;
use crate::lesson::run::Run;
use crate::nn::Sequential;

/// The records that the lab itself has written, for question 6 with those of long runs; and for question 5 what the
/// saved baseline says of the first test image, and how good it is: the function that trains it where there is none
/// leaves no record.
pub(super) fn evidence(number: usize, data: &ImageSet) -> Result<Evidence, Error> {
    let runs = sealed_runs(&home::runs_file(data.train.source)?, number)?;
    let source = data.train.source;
    let other_set = matches!(source, Source::Own(_)).then(|| source.title());
    let is_asked = number == 5 && other_set.is_none();
    let (first_image, saved) = if is_asked { saved_baseline(data)? } else { (None, None) };
    Ok(Evidence { runs, first_image, saved, other_set })
}

/// Those of this file, and for question 6 the long ones, less what the library has not written.
fn sealed_runs(file: &Path, number: usize) -> Result<Vec<Run>, Error> {
    let mut runs: Vec<Run> = records::read(file)?;
    if number == 6 {
        runs.extend(recorded()?);
    }
    runs.retain(Run::is_sealed);
    Ok(runs)
}

/// Nothing where no baseline has been saved.
fn saved_baseline(data: &ImageSet) -> Result<(Option<FirstImage>, Option<Saved>), Error> {
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
    Ok((Some(image), score.map(|test| Saved { network: model.spec(), test })))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lesson::example_runs::run;

    /// A line that somebody has written or changed by hand is no evidence, whatever it says.
    #[test]
    fn only_what_the_library_has_written_is_evidence() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("runs.jsonl");
        let (sealed, forged) =
            (run("256 neurons", 0.8861), Run { test_accuracy: Some(0.99), ..run("forged", 0.8) });
        for run in [&sealed, &forged, &Run { seal: None, ..run("unsealed", 0.9) }] {
            records::append(&file, run).unwrap();
        }
        assert_eq!(records::read::<Run>(&file).unwrap().len(), 3);
        assert_eq!(sealed_runs(&file, 2).unwrap(), std::slice::from_ref(&sealed));
        let with_long_runs = sealed_runs(&file, 6).unwrap();
        assert_eq!(with_long_runs[0], sealed);
        assert_eq!(with_long_runs.len(), 1 + recorded().unwrap().len());
    }
}

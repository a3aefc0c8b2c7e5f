//! A training run to choose by: measured on validation images, away from the test set.

use lab_base::Error;

use crate::data::Dataset;
use crate::lesson::run::Run;
use crate::nn::{Fit, History, Sequential};
use crate::notebook::live;

/// Trains a compiled network, measures it on the plan's validation set and adds the run to the records. The test set
/// is not looked at: what is chosen by trials can still be tested.
///
/// ```no_run
/// # use lab_support::prelude::*;
/// # let data = FashionMnist::load()?;
/// # let (train, test) = (data.train.normalized(), data.test.normalized());
/// # let mut model = Sequential::new([28, 28]).flatten().dense(256, Relu).dense(10, Linear);
/// # model.compile(Adam::default(), CrossEntropy::from_logits());
/// let (learn, validation) = train.split(55_000)?;
/// trial("256 neurons", &mut model, &learn, Fit::epochs(10).validation(&validation))?;
/// # Ok::<(), lab_support::Error>(())
/// ```
///
/// # Errors
/// As [`Sequential::fit`]; when the plan has no validation set, when the training was stopped, and when the record
/// can't be written.
pub fn trial(name: &str, model: &mut Sequential, train: &Dataset, plan: Fit) -> Result<History, Error> {
    let doing = "trying a network";
    if !plan.is_validated() {
        let advice = "add .validation(&validation) to the plan";
        return Err(Error::new(doing, "a validation set to measure it on", "none", advice));
    }
    let history = model.fit(train, plan)?;
    live::check_not_stopped(doing)?;
    let run = Run::new(name, &history, None)?;
    run.keep(history.setup.source)?;
    println!("{run}");
    Ok(history)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{Images, Source};

    #[test]
    fn a_trial_without_validation_is_refused() {
        let train = Images::made(Source::Practice, (4, 2, 2), |_| 0, |_| 0).normalized();
        let mut model = Sequential::new([2, 2]).flatten();
        let error = trial("no", &mut model, &train, Fit::epochs(1)).unwrap_err().to_string();
        assert!(error.contains("a validation set to measure it on, found none"), "{error}");
    }
}

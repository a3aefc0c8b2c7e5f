//! What the optimizers have in common.

use lab_base::Error;

/// What every optimizer has.
pub(crate) trait Update: Sync {
    /// As people call it, weight decay aside.
    fn kind(&self) -> String;

    /// Learning rate and weight decay.
    fn rates(&self) -> [f32; 2];

    /// # Errors
    /// When a setting that others do not have is out of its range.
    fn check_own(&self) -> Result<(), Error>;

    /// `Adam, weight decay 0.1`.
    fn name(&self) -> String {
        let weight_decay = self.weight_decay();
        if weight_decay == 0.0 {
            self.kind()
        } else {
            format!("{}, weight decay {weight_decay}", self.kind())
        }
    }

    fn learning_rate(&self) -> f32 {
        self.rates()[0]
    }

    /// How strongly weights are drawn towards 0; 0 where they are not.
    fn weight_decay(&self) -> f32 {
        self.rates()[1]
    }

    /// # Errors
    /// When a setting is out of its range.
    fn check(&self) -> Result<(), Error> {
        positive("learning_rate", self.learning_rate())?;
        self.check_own()?;
        at_least_zero("weight_decay", self.weight_decay())
    }

    /// Running means that it keeps for each weight.
    fn moments(&self) -> usize;

    /// One update of the weights `w` by their gradient `g`.
    fn update(&self, step: Step, w: &mut [f32], g: &[f32], moments: [&mut [f32]; 2]);
}

/// What differs from one update to the next.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Step {
    /// 1, 2, 3 ...
    pub number: u64,
    /// The optimizer's own, or what a schedule makes of it.
    pub learning_rate: f32,
    /// The optimizer's own for weights, 0 for biases and the like.
    pub weight_decay: f32,
}

/// A running mean, and 0 for one so small that no weight feels it. Many processors take many times as long to
/// compute with numbers below 1e-38, to which the means of weights fade whose gradients have become 0.
#[inline(always)]
pub(crate) fn without_dust(mean: f32) -> f32 {
    if mean.abs() < 1e-30 { 0.0 } else { mean }
}

pub(crate) fn positive(name: &str, value: f32) -> Result<(), Error> {
    in_range(name, value, value > 0.0 && value.is_finite(), "a finite number above 0")
}

pub(crate) fn at_least_zero(name: &str, value: f32) -> Result<(), Error> {
    in_range(name, value, value >= 0.0 && value.is_finite(), "a finite number of at least 0")
}

pub(crate) fn at_least_zero_below_one(name: &str, value: f32) -> Result<(), Error> {
    in_range(name, value, (0.0..1.0).contains(&value), "a number from 0 to below 1")
}

fn in_range(name: &str, value: f32, holds: bool, range: &str) -> Result<(), Error> {
    if holds {
        return Ok(());
    }
    let advice = "see the optimizer's documentation for its usual value";
    Err(Error::new("checking the optimizer", format!("{name} to be {range}"), value, advice))
}

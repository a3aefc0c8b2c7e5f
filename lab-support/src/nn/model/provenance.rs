use crate::data::{Images, Split};

/// Which parts of the data set had a say in a network's weights: what must not be only tested on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Provenance {
    /// Learned from.
    pub trained: Vec<Split>,
    /// Validated on, as early stopping does.
    pub validated: Vec<Split>,
}

impl Provenance {
    pub(crate) fn add(&mut self, train: &Images, validation: Option<&Images>) {
        let new = |list: &mut Vec<Split>, split| {
            if !list.contains(&split) {
                list.push(split);
            }
        };
        new(&mut self.trained, train.split());
        validation.into_iter().for_each(|images| new(&mut self.validated, images.split()));
    }
}

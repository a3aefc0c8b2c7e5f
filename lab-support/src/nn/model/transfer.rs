//! Reusing what a network has learned: keep its first layers, replace and retrain the rest.
//!
//! ```
//! # use lab_support::prelude::*;
//! # fn main() -> Result<(), lab_support::Error> {
//! # let trained = Sequential::new([28, 28]).flatten().dense(128, Relu).dense(8, Linear);
//! let mut model = trained.without_last(1).dense(10, Linear);
//! model.freeze(2)?;
//! assert_eq!(model.trainable_params(), 1_290);
//! # Ok(())
//! # }
//! ```

use lab_base::Error;

use crate::nn::layers::{Parameter, Role};
use crate::nn::model::sequential::Sequential;

impl Sequential {
    /// Keeps the first `layers` layers (as `summary` lists them) as they are in all further training; their batch
    /// normalization no longer looks at the batch either. Those behind them learn. Where that changes anything, the
    /// optimizer forgets what it did before, as after `compile`.
    ///
    /// # Errors
    /// When there are not so many layers.
    pub fn freeze(&mut self, layers: usize) -> Result<(), Error> {
        if layers > self.layers.len() {
            return Err(Error::new(
                "freezing layers",
                format!("at most {} layers, as `summary` lists them", self.layers.len()),
                layers,
                "freeze all but the last few",
            ));
        }
        let mut changed = false;
        for (i, layer) in self.layers.iter_mut().enumerate() {
            let role = if i < layers { Role::Frozen } else { Role::Trained };
            let learned = |parameter: &&mut Parameter| matches!(parameter.role, Role::Trained | Role::Frozen);
            for parameter in layer.parameters_mut().iter_mut().filter(learned) {
                changed |= parameter.role != role;
                parameter.role = role;
            }
        }
        self.reused = self.reused.max(layers.min(self.learned));
        if changed {
            self.forget_steps();
        }
        Ok(())
    }

    /// Lets all layers learn again, as for fine-tuning with a small learning rate.
    pub fn unfreeze(&mut self) {
        self.freeze(0).expect("every network has 0 layers or more");
    }

    /// A copy, weights included (they stay what they are when a [`seed`](Self::seed) is given), without its last `layers` layers (as `summary` lists them), to which others may be
    /// added: `model.without_last(1).dense(10, Linear)`. Where there are not so many, the first call that needs
    /// the new network says so.
    pub fn without_last(&self, layers: usize) -> Sequential {
        let mut model = self.clone();
        model.compiled = None;
        model.forget_steps();
        if layers > model.layers.len() {
            let expected = format!("at most {} layers to leave out", model.layers.len());
            return model.refuse(&expected, layers, "leave out the last one: model.without_last(1)");
        }
        model.layers.truncate(model.layers.len() - layers);
        model.learned = model.learned.min(model.layers.len());
        model.reused = model.learned;
        model
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::layers::activation::Activation::Linear;
    use crate::nn::loss::CrossEntropy;
    use crate::nn::optim::Adam;
    use crate::nn::same_bits::{network, striped};
    use crate::nn::train::Fit;

    fn values(model: &Sequential, layers: std::ops::Range<usize>) -> Vec<f32> {
        let parameters = model.layers[layers].iter().flat_map(|layer| layer.parameters());
        parameters.flat_map(|parameter| parameter.value.clone()).collect()
    }

    #[test]
    fn frozen_layers_stay_and_the_others_learn() {
        let (data, mut model) = (striped(60), network(1, Adam::default()));
        let all = model.layers.len();
        let frozen = all - 1;
        model.freeze(frozen).unwrap();
        model.compile(Adam::default(), CrossEntropy::from_logits());
        let (before, head) = (values(&model, 0..frozen), values(&model, frozen..all));
        model.fit(&data, Fit::epochs(1).quiet()).unwrap();
        assert_eq!(values(&model, 0..frozen), before, "running means and variances stay as well");
        assert_ne!(values(&model, frozen..all), head);
        model.unfreeze();
        model.compile(Adam::default(), CrossEntropy::from_logits());
        model.fit(&data, Fit::epochs(1).quiet()).unwrap();
        assert_ne!(values(&model, 0..frozen), before);
        assert!(model.freeze(all + 1).unwrap_err().to_string().contains("freezing layers"));
    }

    #[test]
    fn a_frozen_layer_between_learning_ones_passes_its_gradient_on() {
        let (data, mut model) = (striped(60), network(1, Adam::default()));
        let last = model.layers.len() - 1;
        model.layers[last].parameters_mut().iter_mut().for_each(|p| p.role = Role::Frozen);
        let (before, head) = (values(&model, 0..last), values(&model, last..last + 1));
        model.fit(&data, Fit::epochs(1).quiet()).unwrap();
        assert_ne!(values(&model, 0..last), before);
        assert_eq!(values(&model, last..last + 1), head);
    }

    #[test]
    fn the_summary_counts_frozen_numbers() {
        let mut model = Sequential::new([28, 28]).flatten().dense(128, Linear).dense(10, Linear);
        model.freeze(2).unwrap();
        let text = model.summary().to_string();
        for words in ["Total params: 101,770", "Trainable params: 1,290", "Non-trainable params: 100,480"] {
            assert!(text.contains(words), "{words} in\n{text}");
        }
    }

    #[test]
    fn a_new_head_keeps_the_body() {
        let model = network(1, Adam::default());
        let body = model.layers.len() - 1;
        let new = model.without_last(1).dense(3, Linear);
        assert_eq!(values(&new, 0..body), values(&model, 0..body));
        assert_eq!(new.output_shape(), [3]);
        let message = model.without_last(50).check().unwrap_err().to_string();
        assert!(message.contains("layers to leave out, found 50"), "{message}");
    }
}

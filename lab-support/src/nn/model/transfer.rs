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

use crate::nn::layers::Role;
use crate::nn::model::sequential::{Sequential, WeightOrigin};

impl Sequential {
    /// Keeps the first `layers` layers (as `summary` lists them) as they are in all further training; their batch
    /// normalization no longer looks at the batch either. Those behind them learn. Where that changes anything, the
    /// optimizer forgets what it did before, as after `compile`.
    ///
    /// # Errors
    /// When there are not so many layers.
    pub fn freeze(&mut self, layers: usize) -> Result<(), Error> {
        if layers > self.layers.len() {
            return Err(Error::doing("freezing layers")
                .expected(format!("at most {} layers, as `summary` lists them", self.layers.len()))
                .found(layers)
                .advice("freeze all but the last few"));
        }
        self.set_frozen(|i, _| i < layers);
        Ok(())
    }

    /// Keeps the one layer that the summary calls `layer` (`dense`, `conv2d_1` ...) as it is in all further training, and
    /// leaves the others as they are. Otherwise as [`freeze`](Self::freeze). Keras's `layer.trainable = False`.
    ///
    /// # Errors
    /// When there is no such layer, or it has nothing to learn.
    pub fn freeze_layer(&mut self, layer: &str) -> Result<(), Error> {
        let index = self.learning_layer(layer, "freezing a layer")?;
        self.set_frozen(|i, frozen| frozen || i == index);
        Ok(())
    }

    /// Lets the one layer that the summary calls `layer` learn again.
    ///
    /// # Errors
    /// As [`freeze_layer`](Self::freeze_layer).
    pub fn unfreeze_layer(&mut self, layer: &str) -> Result<(), Error> {
        let index = self.learning_layer(layer, "unfreezing a layer")?;
        self.set_frozen(|i, frozen| frozen && i != index);
        Ok(())
    }

    fn learning_layer(&self, layer: &str, doing: &str) -> Result<usize, Error> {
        let index = self.layer_index(layer, doing)?;
        if self.layers[index].parameters().is_empty() {
            let advice = "take a layer with parameters from model.summary()";
            return Err(Error::doing(doing)
                .expected("a layer with weights")
                .found(format!("\"{layer}\", which has none"))
                .advice(advice));
        }
        Ok(index)
    }

    /// Freezes the layers of which `is_frozen` says so, of each by its place and whether it is frozen now.
    fn set_frozen(&mut self, is_frozen: impl Fn(usize, bool) -> bool) {
        let before = self.spec().frozen;
        for i in 0..self.layers.len() {
            let frozen = is_frozen(i, before.contains(&i));
            self.set_role(i, if frozen { Role::Frozen } else { Role::Trained });
            if frozen && self.origins[i] == WeightOrigin::Learned {
                self.origins[i] = WeightOrigin::Reused;
            }
        }
        if self.spec().frozen != before {
            self.forget_steps();
        }
    }

    /// Lets all layers learn again, as for fine-tuning with a small learning rate.
    pub fn unfreeze(&mut self) {
        self.freeze(0).expect("every network has 0 layers or more");
    }

    /// A copy, weights included (they stay what they are when a [`seed`](Self::seed) is given), without its last
    /// `layers` layers (as `summary` lists them), to which others may be added:
    /// `model.without_last(1).dense(10, Linear)`. Where there are not so many, the first call that needs the new network
    /// says so.
    pub fn without_last(&self, layers: usize) -> Sequential {
        let mut model = self.clone();
        model.compiled = None;
        model.forget_steps();
        if layers > model.layers.len() {
            let expected = format!("at most {} layers to leave out", model.layers.len());
            return model.refuse(&expected, layers, "leave out the last one: model.without_last(1)");
        }
        model.layers.truncate(model.layers.len() - layers);
        model.origins.truncate(model.layers.len());
        model.replace_origins(WeightOrigin::Learned, WeightOrigin::Reused);
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

    /// Any layer, not only the first ones: it stays, its learned weights stay when a seed is given, too, and a file
    /// says which it is.
    #[test]
    fn one_layer_is_frozen_by_its_name() {
        let (data, mut model) = (striped(60), network(1, Adam::default()));
        model.fit(&data, Fit::epochs(1).quiet()).unwrap();
        let one = model.layer_index("dense_1", "looking").unwrap();
        let learned = values(&model, one..one + 1);
        model.freeze_layer("dense_1").unwrap();
        assert_eq!(model.spec().frozen, [one]);
        let before = values(&model, one + 1..model.layers.len());
        model.fit(&data, Fit::epochs(1).quiet()).unwrap();
        assert_eq!(values(&model, one..one + 1), learned);
        assert_ne!(values(&model, one + 1..model.layers.len()), before);
        let folder = tempfile::tempdir().unwrap();
        model.save(folder.path().join("it")).unwrap();
        assert_eq!(Sequential::load(folder.path().join("it")).unwrap().spec(), model.spec());

        let mut drawn = model.clone().seed(5).seed(6);
        assert_eq!(values(&drawn, one..one + 1), learned);
        assert_eq!(values(&drawn, 0..one), values(&network(6, Adam::default()), 0..one));
        drawn.freeze_layer("batch_normalization").unwrap();
        drawn.unfreeze_layer("dense_1").unwrap();
        assert_eq!(drawn.spec().frozen, [0]);
        drawn.unfreeze();
        assert!(drawn.spec().frozen.is_empty());
        for (layer, words) in [("flatten", "\"flatten\", which has none"), ("dense_9", "found \"dense_9\"")] {
            let told = [drawn.freeze_layer(layer), drawn.unfreeze_layer(layer)];
            assert!(told.into_iter().all(|told| told.unwrap_err().to_string().contains(words)), "{layer}");
        }
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

    /// Layers that were learned stay, whatever seed is given; those behind them are drawn by it.
    #[test]
    fn a_seed_draws_new_layers_and_no_learned_ones() {
        let data = striped(60);
        let mut teacher = network(1, Adam::default());
        teacher.fit(&data, Fit::epochs(2).quiet()).unwrap();
        let body = teacher.layers.len() - 1;
        let folder = tempfile::tempdir().unwrap();
        teacher.save(folder.path().join("teacher")).unwrap();
        let mut taught = network(3, Adam::default());
        taught.load_weights(folder.path().join("teacher")).unwrap();
        let mut frozen = teacher.clone();
        frozen.freeze(body).unwrap();
        let bodies = [
            teacher.without_last(1).dense(10, Linear),
            teacher.without_last(1).seed(9).dense(10, Linear),
            Sequential::load(folder.path().join("teacher")).unwrap().without_last(1).dense(10, Linear),
            taught.without_last(1).dense(10, Linear),
            frozen,
        ];
        for (i, reused) in bodies.into_iter().enumerate() {
            let (one, two) = (reused.clone().seed(8), reused.seed(9));
            for model in [&one, &two] {
                assert_eq!(values(model, 0..body), values(&teacher, 0..body), "{i}");
            }
            assert_ne!(values(&one, body..body + 1), values(&two, body..body + 1), "{i}");
            let fresh = network(9, Adam::default());
            assert_eq!(
                values(&two, body..body + 1),
                values(&fresh, body..body + 1),
                "{i}: as in a new network"
            );
        }
        for all in [Sequential::load(folder.path().join("teacher")).unwrap(), taught] {
            assert_eq!(values(&all.seed(5), 0..body + 1), values(&teacher, 0..body + 1));
        }
        // What learned nothing is drawn, frozen or not.
        let mut random = network(1, Adam::default());
        random.freeze(body).unwrap();
        assert_ne!(values(&random.clone().seed(2), 0..body), values(&random, 0..body));
        let new = network(1, Adam::default()).without_last(1).dense(10, Linear);
        assert_ne!(values(&new.clone().seed(2), 0..body), values(&new, 0..body));
    }

    #[test]
    fn what_has_nothing_to_learn_is_refused() {
        let mut model = network(1, Adam::default());
        model.freeze(model.layers.len()).unwrap();
        let message = model.fit(&striped(20), Fit::epochs(1).quiet()).unwrap_err().to_string();
        assert!(
            message.contains("layers are all frozen.") && message.contains("model.unfreeze()"),
            "{message}"
        );
        assert!(model.find_learning_rate(&striped(20), 8).is_err());
        model.unfreeze();
        model.fit(&striped(20), Fit::epochs(1).quiet()).unwrap();
    }
}

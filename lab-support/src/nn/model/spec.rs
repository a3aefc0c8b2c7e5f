use serde::{Deserialize, Serialize};

use crate::data::Digest;
use crate::nn::layers::{LayerSpec, Role};
use crate::nn::model::sequential::Sequential;
use crate::nn::model::start::Start;

/// A network without its numbers: the one description that it is saved, recorded and compared by.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct NetworkSpec {
    /// Of one image.
    pub input_shape: Vec<usize>,
    pub layers: Vec<LayerSpec>,
    pub seed: u64,
    /// The layers that training leaves as they are, counted from 0.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub frozen: Vec<usize>,
}

impl NetworkSpec {
    /// The layers in short, `784-128-10`: the numbers of one image, then each layer that changes how many there are.
    /// Where the first of them is a convolution or a pooling layer, `28x28-conv32-pool-conv64-pool-128-10`. For people:
    /// it leaves out most of what a network is.
    pub fn architecture(&self) -> String {
        let sizes: Vec<String> = self.input_shape.iter().map(usize::to_string).collect();
        let seen_as_an_image = match self.layers.first() {
            None | Some(LayerSpec::Flatten | LayerSpec::Dense { .. } | LayerSpec::GlobalAveragePooling2D) => {
                false
            }
            Some(
                LayerSpec::Conv2D { .. }
                | LayerSpec::MaxPooling2D { .. }
                | LayerSpec::AveragePooling2D { .. },
            ) => true,
            Some(_) => self.input_shape.len() == 3,
        };
        let input = match seen_as_an_image {
            true => sizes.join("x"),
            false => self.input_shape.iter().product::<usize>().to_string(),
        };
        self.layers
            .iter()
            .filter_map(LayerSpec::short_name)
            .fold(input, |text, name| format!("{text}-{name}"))
    }

    /// Units of each dense layer but the last, where all layers that learn are dense.
    pub fn hidden_units(&self) -> Option<Vec<usize>> {
        let mut units = self.units().collect::<Option<Vec<usize>>>()?;
        units.pop().map(|_| units)
    }

    /// The same of the dense layers among others.
    pub fn hidden_dense_units(&self) -> Vec<usize> {
        let mut units: Vec<Option<usize>> = self.units().collect();
        units.pop();
        units.into_iter().flatten().collect()
    }

    pub fn has_convolutions(&self) -> bool {
        self.layers.iter().any(|layer| matches!(layer, LayerSpec::Conv2D { .. }))
    }

    /// Of each layer that changes how many numbers there are; None where it is not dense.
    fn units(&self) -> impl Iterator<Item = Option<usize>> {
        self.layers.iter().filter(|layer| layer.short_name().is_some()).map(|layer| match layer {
            LayerSpec::Dense { units, .. } => Some(*units),
            _ => None,
        })
    }

    /// The network, its weights drawn anew; None where it has more than `most` of them.
    pub fn build(&self, mut most: usize) -> Option<Sequential> {
        self.input_shape.iter().try_fold(1, |product: usize, n| product.checked_mul(*n))?;
        let mut model = Sequential::new(self.input_shape.clone());
        for layer in &self.layers {
            most = most.checked_sub(layer.weights(model.output_shape())?)?;
            model = model.add(layer);
        }
        model.seed = self.seed;
        for &layer in &self.frozen {
            model.layers.get(layer)?;
            model.set_role(layer, Role::Frozen);
        }
        Some(model)
    }
}

impl Sequential {
    /// The description of the network as it is.
    pub(crate) fn spec(&self) -> NetworkSpec {
        let is_frozen =
            |i: &usize| self.layers[*i].parameters().iter().any(|parameter| parameter.role == Role::Frozen);
        NetworkSpec {
            input_shape: self.input_shape.clone(),
            layers: self.layers.iter().map(|layer| layer.spec()).collect(),
            seed: self.seed,
            frozen: (0..self.layers.len()).filter(is_frozen).collect(),
        }
    }

    /// Whether a layer's numbers are learned or stay.
    pub(super) fn set_role(&mut self, layer: usize, role: Role) {
        let parameters = self.layers[layer].parameters_mut().iter_mut();
        let learned = parameters.filter(|parameter| matches!(parameter.role, Role::Trained | Role::Frozen));
        learned.for_each(|parameter| parameter.role = role);
    }

    /// Of all its weights.
    pub(crate) fn digest(&self) -> Digest {
        self.parameters().fold(Digest::new(), |all, parameter| all.with_numbers(&parameter.value))
    }

    /// What a training begins with now.
    pub(crate) fn start(&self) -> Start {
        let values = |model: &Sequential, layer: usize| {
            let parameters = model.layers[layer].parameters().iter();
            parameters.fold(Digest::new(), |all, parameter| all.with_numbers(&parameter.value))
        };
        let mut drawn = self.clone();
        (0..drawn.layers.len()).for_each(|layer| drawn.initialize(layer));
        let counts = [self.steps, self.epochs].map(u64::to_le_bytes).concat();
        let moments = self.parameters().flat_map(|parameter| &parameter.moments);
        let begun = moments.fold(Digest::new().with(&counts), |all, numbers| all.with_numbers(numbers));
        let (mut state, mut given) = (begun, begun);
        for layer in 0..self.layers.len() {
            let values = [values(self, layer), values(&drawn, layer)];
            let bytes = [layer as u64, values[0].bits()].map(u64::to_le_bytes).concat();
            state = state.with(&bytes);
            if values[0] != values[1] {
                given = given.with(&bytes);
            }
        }
        Start::new(state, given)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::Activation::{Elu, Gelu, LeakyRelu, Linear, Relu, Sigmoid, Silu, Softmax, Tanh};
    use crate::nn::kernels::Padding;
    use crate::nn::layers::{Conv, Init, Neurons};

    /// Every layer, every activation, every setting.
    fn every_layer() -> Sequential {
        let conv = Conv::default().padding(Padding::Same).init(Init::HeUniform);
        let model = Sequential::new([16, 16]).conv2d_with(2, 5, LeakyRelu, conv).batch_norm().dropout(0.3);
        let model = model.conv2d_with(3, 3, Elu, Conv::default().stride(2)).max_pool2d_with(2, 1);
        let model = model.average_pool2d(2).activation(Relu).conv2d(4, 1, Gelu);
        let bare = Conv::default().padding(Padding::Same).stride(2).use_bias(false);
        let model =
            model.residual(|block| block.layer_norm().conv2d(4, 1, Silu)).conv2d_with(4, 2, Relu, bare);
        let bare = Neurons::default().init(Init::HeUniform).use_bias(false);
        let model = model.global_average_pool2d().dense_with(9, Relu, bare);
        let model = model.dense(9, Sigmoid).dense_with(8, Tanh, Init::HeUniform).dense(6, Linear);
        model.activation(Softmax).seed(7)
    }

    #[test]
    fn a_description_in_json_builds_the_same_network() {
        let mut model = every_layer();
        model.freeze(4).unwrap();
        let text = serde_json::to_string(&model.spec()).unwrap();
        let spec: NetworkSpec = serde_json::from_str(&text).unwrap();
        let again = spec.build(1000).unwrap().seed(7);
        assert!(again.check().is_ok() && spec == model.spec() && again.spec() == spec, "{text}");
        assert_eq!((again.digest(), again.trainable_params()), (model.digest(), model.trainable_params()));
        assert!(spec.build(50).is_none(), "more weights than that");
        let again = Sequential::from_json(&model.to_json()).unwrap();
        assert_eq!(
            (again.spec(), again.digest(), again.start()),
            (model.spec(), model.digest(), model.start())
        );
        for wrong in
            ["", "{}", "[1]", r#"{"input_shape":[4],"seed":1,"layers":[]}"#, &text.replace("16,16", "1,1")]
        {
            let told = Sequential::from_json(wrong).unwrap_err().to_string();
            assert!(told.contains("network: expected "), "{wrong}: {told}");
        }
        assert!(!text.contains("\"bias\":true"), "what is usual is left out: {text}");
    }

    #[test]
    fn networks_of_one_architecture_are_told_apart() {
        let flat = || Sequential::new([28, 28]).flatten();
        let plain = flat().dense(128, Relu).dense(10, Linear);
        let others = [
            flat().dense(128, Tanh).dense(10, Linear),
            flat().dense(128, Relu).dropout(0.3).dense(10, Linear),
            flat().dense(128, Relu).batch_norm().dense(10, Linear),
            flat().dense_with(128, Relu, Init::HeUniform).dense(10, Linear),
            flat().dense_with(128, Relu, Neurons::default().use_bias(false)).dense(10, Linear),
            flat().dense(128, Relu).layer_norm().dense(10, Linear),
        ];
        for other in others {
            assert_eq!(other.architecture(), plain.architecture());
            assert_ne!(other.spec(), plain.spec());
        }
    }

    #[test]
    fn a_start_is_the_weights_and_all_that_was_remembered() {
        let model = every_layer();
        assert_eq!(model.start(), every_layer().start());
        let other = every_layer().seed(8);
        assert_ne!(model.start(), other.start());
        assert_eq!(model.start().of_any_seed(), other.start().of_any_seed());
        let mut learned = every_layer();
        learned.parameters_mut().next().unwrap().value[0] += 1e-3;
        assert_ne!(learned.start().of_any_seed(), model.start().of_any_seed());
        let mut trained = every_layer();
        trained.epochs = 1;
        assert_ne!(trained.start().of_any_seed(), model.start().of_any_seed());
    }
}

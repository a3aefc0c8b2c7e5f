use lab_support::nn::Optimizer;
use lab_support::prelude::*;
use serde::{Deserialize, Serialize};

/// A network, its optimizer and its batches, in words that everyone who is timed understands.
#[derive(Clone, Serialize, Deserialize)]
pub struct Network {
    /// From the images of 28 x 28 pixels to the ten logits.
    layers: Vec<Layer>,
    optimizer: Method,
    batch_size: usize,
}

/// All but the last layer of neurons end in a ReLU.
#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(tag = "kind", content = "size", rename_all = "lowercase")]
enum Layer {
    /// Filters of 3 x 3.
    Conv2d(usize),
    /// The largest number of each square of that side.
    MaxPool2d(usize),
    Flatten,
    Dense(usize),
}

/// Adam with a learning rate of 0.001, or plain gradient descent with one of 0.01.
#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Method {
    Adam,
    Sgd,
}

/// Classes, and so neurons of the last layer.
const CLASSES: usize = 10;

impl Network {
    /// 784-`neurons`-10 with Adam: the lab's baseline has 128.
    pub fn one_hidden_layer(neurons: usize) -> Network {
        Network::dense(&[neurons], Method::Adam)
    }

    /// 784-300-100-10 with plain gradient descent.
    pub fn two_hidden_layers() -> Network {
        Network::dense(&[300, 100], Method::Sgd)
    }

    /// 32 and 64 filters of 3 x 3, each followed by pooling, then 128 neurons, with Adam.
    pub fn convolutional() -> Network {
        let filters = [Layer::Conv2d(32), Layer::MaxPool2d(2), Layer::Conv2d(64), Layer::MaxPool2d(2)];
        let rest = Network::one_hidden_layer(128);
        Network { layers: filters.into_iter().chain(rest.layers).collect(), ..rest }
    }

    fn dense(hidden: &[usize], optimizer: Method) -> Network {
        let widths = hidden.iter().chain([&CLASSES]);
        let layers = [Layer::Flatten].into_iter().chain(widths.map(|&width| Layer::Dense(width)));
        Network { layers: layers.collect(), optimizer, batch_size: 32 }
    }

    pub fn in_batches_of(self, batch_size: usize) -> Network {
        Network { batch_size, ..self }
    }

    /// Images per update of the weights: 32 where nothing else is said.
    pub fn batch_size(&self) -> usize {
        self.batch_size
    }

    /// The network, ready to be trained.
    pub fn model(&self) -> Sequential {
        let last = self.layers.len() - 1;
        let start = Sequential::new([28, 28]);
        let model = self.layers.iter().enumerate().fold(start, |model, (i, layer)| match *layer {
            Layer::Conv2d(filters) => model.conv2d(filters, 3, Relu),
            Layer::MaxPool2d(side) => model.max_pool2d(side),
            Layer::Flatten => model.flatten(),
            Layer::Dense(width) => model.dense(width, if i == last { Linear } else { Relu }),
        });
        let mut model = model.seed(42);
        let optimizer = match self.optimizer {
            Method::Adam => Optimizer::from(Adam::default()),
            Method::Sgd => Sgd::new(0.01).into(),
        };
        model.compile(optimizer, CrossEntropy::from_logits());
        model
    }

    /// The cell of a notebook that makes `model`.
    pub fn cell(&self) -> String {
        let last = self.layers.len() - 1;
        let layers = self.layers.iter().enumerate().map(|(i, layer)| match layer {
            Layer::Conv2d(filters) => format!(".conv2d({filters}, 3, Relu)"),
            Layer::MaxPool2d(side) => format!(".max_pool2d({side})"),
            Layer::Flatten => ".flatten()".into(),
            Layer::Dense(width) => format!(".dense({width}, {})", if i == last { "Linear" } else { "Relu" }),
        });
        let optimizer = match self.optimizer {
            Method::Adam => "Adam::default()",
            Method::Sgd => "Sgd::new(0.01)",
        };
        format!(
            "let mut model = Sequential::new([28, 28]){}.seed(42);\n\
             model.compile({optimizer}, CrossEntropy::from_logits());",
            layers.collect::<String>()
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_networks_are_those_of_the_lab() {
        assert_eq!(Network::one_hidden_layer(128).model().params(), 101_770);
        assert_eq!(Network::two_hidden_layers().model().params(), 266_610);
        assert_eq!(Network::convolutional().model().params(), 225_034);
        assert_eq!(
            Network::one_hidden_layer(128).cell(),
            "let mut model = Sequential::new([28, 28]).flatten().dense(128, Relu).dense(10, Linear).seed(42);\n\
             model.compile(Adam::default(), CrossEntropy::from_logits());"
        );
    }
}

use lab_support::nn::Optimizer;
use lab_support::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A network, its optimizer and its batches, as the library describes them: in JSON everyone who is timed understands it.
#[derive(Clone, Serialize, Deserialize)]
pub struct Network {
    /// What `Sequential::to_json` gives.
    network: Value,
    optimizer: Optimizer,
    batch_size: usize,
}

impl Network {
    /// 784-`neurons`-10 with Adam: the lab's baseline has 128.
    pub fn one_hidden_layer(neurons: usize) -> Network {
        Network::new(Sequential::new([28, 28]).flatten().dense(neurons, Relu), Adam::default())
    }

    /// 784-300-100-10 with plain gradient descent.
    pub fn two_hidden_layers() -> Network {
        Network::new(Sequential::new([28, 28]).flatten().dense(300, Relu).dense(100, Relu), Sgd::new(0.01))
    }

    /// 32 and 64 filters of 3 x 3, each followed by pooling, then 128 neurons, with Adam.
    pub fn convolutional() -> Network {
        let image =
            Sequential::new([28, 28]).conv2d(32, 3, Relu).max_pool2d(2).conv2d(64, 3, Relu).max_pool2d(2);
        Network::new(image.flatten().dense(128, Relu), Adam::default())
    }

    fn new(hidden: Sequential, optimizer: impl Into<Optimizer>) -> Network {
        let description = hidden.dense(10, Linear).seed(42).to_json();
        let network = serde_json::from_str(&description).expect("a description is JSON");
        Network { network, optimizer: optimizer.into(), batch_size: 32 }
    }

    pub fn in_batches_of(self, batch_size: usize) -> Network {
        Network { batch_size, ..self }
    }

    /// Images per update of the weights: 32 where nothing else is said.
    pub fn batch_size(&self) -> usize {
        self.batch_size
    }

    /// The network, ready to be trained.
    ///
    /// # Errors
    /// When it is none: nobody but a foreign program sends one.
    pub fn model(&self) -> Result<Sequential, lab_base::Error> {
        let mut model = Sequential::from_json(&self.network.to_string())?;
        model.compile(self.optimizer, CrossEntropy::from_logits());
        Ok(model)
    }

    /// The cell of a notebook that makes `model`.
    pub fn cell(&self) -> String {
        let optimizer = match self.optimizer {
            Optimizer::Sgd(_) => "Sgd::new(0.01)",
            _ => "Adam::default()",
        };
        format!(
            "let mut model = Sequential::from_json(r#\"{}\"#)?;\n\
             model.compile({optimizer}, CrossEntropy::from_logits());",
            self.network
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_networks_are_those_of_the_lab() {
        let params = |network: Network| network.model().unwrap().params();
        assert_eq!(params(Network::one_hidden_layer(128)), 101_770);
        assert_eq!(params(Network::two_hidden_layers()), 266_610);
        assert_eq!(params(Network::convolutional()), 225_034);
        let sent = serde_json::to_string(&Network::two_hidden_layers()).unwrap();
        let got: Network = serde_json::from_str(&sent).unwrap();
        assert_eq!(got.model().unwrap().to_json(), Network::two_hidden_layers().model().unwrap().to_json());
        assert!(
            got.cell().contains("Sgd::new(0.01)") && got.cell().contains("\"units\":300"),
            "{}",
            got.cell()
        );
    }
}

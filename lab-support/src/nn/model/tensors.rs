//! The numbers that a layer has learned, to compute with.

use lab_base::Error;
use ndarray::{Array1, Array2};

use crate::nn::layers::Parameter;
use crate::nn::model::sequential::Sequential;

impl Sequential {
    /// The weights of layer `i`, counted from 0 as in the table of [`summary`](Self::summary):
    /// `[outputs, inputs]`, of a convolution `[filters, channels * height * width]`, of batch normalization
    /// `[channels, 1]`.
    ///
    /// # Errors
    /// When there is no such layer, or it has no weights, or the description has a mistake.
    pub fn weight(&self, i: usize) -> Result<Array2<f32>, Error> {
        Ok(self.parameter(i, "weight")?.matrix().to_owned())
    }

    /// The biases of layer `i`, counted from 0: `[outputs]`.
    ///
    /// # Errors
    /// As [`weight`](Self::weight).
    pub fn bias(&self, i: usize) -> Result<Array1<f32>, Error> {
        Ok(Array1::from_vec(self.parameter(i, "bias")?.value.clone()))
    }

    fn parameter(&self, i: usize, name: &str) -> Result<&Parameter, Error> {
        self.check()?;
        let layer = self.layers.get(i);
        let parameter = layer.and_then(|layer| layer.parameters().iter().find(|p| p.name == name));
        parameter.ok_or_else(|| {
            let found = match layer {
                Some(layer) => format!("layer {i}, {}, which has none", layer.spec().kind()),
                None => format!("layer {i} of {}", self.layers.len()),
            };
            let advice = "`summary()` lists the layers, from layer 0 on";
            Error::new(format!("reading the {name} of a layer"), "a layer that has one", found, advice)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::Activation::Relu;

    #[test]
    fn weights_are_outputs_by_inputs_and_missing_ones_are_told() {
        let model = Sequential::new([2, 3]).flatten().dense(4, Relu);
        assert_eq!(model.weight(1).unwrap().dim(), (4, 6));
        assert_eq!(model.bias(1).unwrap().len(), 4);
        let error = model.weight(0).unwrap_err().to_string();
        assert!(error.contains("layer 0, Flatten, which has none"), "{error}");
        assert!(model.bias(2).unwrap_err().to_string().contains("layer 2 of 2"));
        let mut model = Sequential::new([2, 3, 4]).conv2d(5, 2, Relu).batch_norm();
        model.layers[0].parameters_mut()[0].value = (0..40).map(|i| i as f32).collect();
        let filters = model.weight(0).unwrap();
        assert_eq!((filters.dim(), model.weight(1).unwrap().dim()), ((5, 8), (5, 1)));
        // Filter 1, channel 1, row 0, column 1 of PyTorch's [5, 2, 2, 2].
        assert_eq!(filters[[1, 5]], 8.0 + 4.0 + 1.0);
    }
}

//! The numbers that a layer has learned, to compute with.

use lab_base::Error;
use ndarray::{Array1, Array2, ArrayD};

use crate::nn::layers::{Parameter, Role};
use crate::nn::model::foreign::check_numbers;
use crate::nn::model::provenance::Provenance;
use crate::nn::model::sequential::Sequential;

impl Sequential {
    /// The weights of layer `i`, counted from 0 as in the table of [`summary`](Self::summary):
    /// `[outputs, inputs]`, of a convolution `[filters, channels * height * width]`, of batch normalization
    /// `[channels, 1]`, of layer normalization one image's shape, its last sizes multiplied.
    ///
    /// # Errors
    /// When there is no such layer, or it has no weights, or the description has a mistake.
    pub fn weight(&self, i: usize) -> Result<Array2<f32>, Error> {
        let weight = self.parameter(i, "weight")?;
        let matrix = Array2::from_shape_vec(weight.rows_and_columns(), weight.value.clone());
        Ok(matrix.expect("as many as its shape says"))
    }

    /// The biases of layer `i`, counted from 0: `[outputs]`.
    ///
    /// # Errors
    /// As [`weight`](Self::weight).
    pub fn bias(&self, i: usize) -> Result<Array1<f32>, Error> {
        Ok(Array1::from_vec(self.parameter(i, "bias")?.value.clone()))
    }

    /// The running mean of batch normalization, layer `i`, counted from 0: `[channels]`.
    ///
    /// # Errors
    /// As [`weight`](Self::weight).
    pub fn running_mean(&self, i: usize) -> Result<Array1<f32>, Error> {
        Ok(Array1::from_vec(self.parameter(i, "running_mean")?.value.clone()))
    }

    /// The running variance of batch normalization, layer `i`, counted from 0: `[channels]`.
    ///
    /// # Errors
    /// As [`weight`](Self::weight).
    pub fn running_variance(&self, i: usize) -> Result<Array1<f32>, Error> {
        Ok(Array1::from_vec(self.parameter(i, "running_var")?.value.clone()))
    }

    /// A copy of all numbers, as Keras's `get_weights`: layer by layer its weight and its bias, and of batch
    /// normalization also running mean and running variance. Shapes are PyTorch's: of a dense layer `[outputs, inputs]`,
    /// of a convolution `[filters, channels, height, width]`.
    pub fn weights(&self) -> Vec<ArrayD<f32>> {
        let array = |parameter: &Parameter| {
            ArrayD::from_shape_vec(&parameter.shape[..], parameter.value.clone())
                .expect("as many as its shape says")
        };
        self.parameters().filter(|parameter| parameter.role != Role::Counted).map(array).collect()
    }

    /// Replaces all numbers by those of a network of the same layers, in the order of [`weights`](Self::weights). The
    /// optimizer forgets what it did before; and as nothing says what they were learned from, records call that unknown.
    ///
    /// # Errors
    /// When there are more or fewer arrays, when one has another shape, or numbers that are not finite (of a variance,
    /// below 0), and when the description has a mistake. The network is unchanged then.
    pub fn set_weights(&mut self, weights: &[ArrayD<f32>]) -> Result<(), Error> {
        self.check()?;
        let doing = "setting a network's weights";
        let advice = "give it those of a network of the same layers: model.set_weights(&other.weights())";
        let wanted = self.parameters().filter(|parameter| parameter.role != Role::Counted).count();
        if weights.len() != wanted {
            return Err(Error::new(doing, format!("{wanted} arrays"), weights.len(), advice));
        }
        let (mut values, mut given) = (Vec::new(), weights.iter().enumerate());
        for parameter in self.parameters() {
            let next = if parameter.role == Role::Counted { None } else { given.next() };
            let Some((i, array)) = next else {
                values.push(parameter.value.clone());
                continue;
            };
            let name = format!("array {i}, a {}", parameter.name);
            if array.shape() != parameter.shape {
                let (expected, found) = (format!("{name}, of shape {:?}", parameter.shape), array.shape());
                return Err(Error::new(doing, expected, format!("shape {found:?}"), advice));
            }
            values.push(array.iter().copied().collect());
            check_numbers(parameter, &values[values.len() - 1], &name, doing)?;
        }
        self.put(values);
        self.provenance = Provenance::unknown();
        Ok(())
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
    use crate::nn::Activation::{Linear, Relu};

    #[test]
    fn all_numbers_go_from_one_network_to_another() {
        let layers = || Sequential::new([4, 4]).conv2d(2, 3, Relu).batch_norm().flatten().dense(3, Linear);
        let (one, mut other) = (layers().seed(1), layers().seed(2));
        let mut weights = one.weights();
        let shapes: Vec<&[usize]> = weights.iter().map(|array| array.shape()).collect();
        assert_eq!(shapes, [&[2, 1, 3, 3][..], &[2], &[2], &[2], &[2], &[2], &[3, 8], &[3]]);
        weights[4][[1]] = 0.5;
        weights[5][[0]] = 2.0;
        other.set_weights(&weights).unwrap();
        assert_eq!(other.weights(), weights);
        assert_eq!(other.running_mean(1).unwrap().to_vec(), [0.0, 0.5]);
        assert_eq!(other.running_variance(1).unwrap().to_vec(), [2.0, 1.0]);
        assert_eq!(other.clone().seed(7).weights(), weights, "given weights are not drawn anew");
        let drawn = one.clone().seed(1);
        assert_eq!(other.provenance.trained(), [crate::data::Split::Unknown]);
        assert!(drawn.provenance.trained().is_empty());
        assert!(other.running_mean(0).unwrap_err().to_string().contains("layer 0, Conv2D, which has none"));

        type Edit = fn(&mut Vec<ArrayD<f32>>);
        let edits: [(Edit, &str); 4] = [
            (|weights| drop(weights.pop()), "8 arrays, found 7"),
            (|weights| weights.swap(0, 1), "array 0, a weight, of shape [2, 1, 3, 3], found shape [2]"),
            (|weights| weights[7][[1]] = f32::NAN, "finite numbers in array 7, a bias, found NaN"),
            (
                |weights| weights[5][[1]] = -0.1,
                "finite numbers of at least 0 in array 5, a running_var, found -0.1",
            ),
        ];
        for (edit, words) in edits {
            let mut wrong = weights.clone();
            edit(&mut wrong);
            let told = other.set_weights(&wrong).unwrap_err().to_string();
            assert!(told.contains(words), "{words}: {told}");
            assert_eq!(other.weights(), weights);
        }
    }

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

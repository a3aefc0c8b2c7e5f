use std::borrow::Cow;

use lab_base::Error;
use linfa::DatasetBase;
use linfa::dataset::AsSingleTargets;
use ndarray::{ArrayBase, ArrayViewD, Data, Dimension};

use crate::data::Dataset;
use crate::nn::model::samples::Samples;

/// What a network can be asked about: a data set, or an array of numbers that are scaled as those it has learned from.
///
/// | array, of a network that takes `[28, 28]` | is |
/// |---|---|
/// | `[28, 28]` | one image |
/// | `[n, 28, 28]` | n images |
/// | `[n, 784]` | n images, a row each |
///
/// `evaluate` needs the labels, too, one for each image: `model.evaluate((&images, &labels))`. A data set of linfa's has
/// both: `model.evaluate(&dataset)`.
///
/// ```
/// # use lab_support::prelude::*;
/// let model = Sequential::new([28, 28]).flatten().dense(10, Softmax);
/// let image = Array2::<f32>::zeros((28, 28));
/// assert_eq!(model.predict(&image)?.len(), 1);
/// assert_eq!(model.evaluate((&image, &[9]))?.samples, 1);
/// let dataset = linfa::Dataset::new(Array2::<f32>::zeros((3, 784)), array![9, 0, 0]);
/// assert_eq!(model.evaluate(&dataset)?.samples, 3);
/// # Ok::<(), lab_support::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Inputs<'a>(pub(crate) Kind<'a>);

#[derive(Clone, Debug)]
pub(crate) enum Kind<'a> {
    Set(&'a Dataset),
    Array(ArrayViewD<'a, f32>, Option<Cow<'a, [usize]>>),
}

impl<'a> From<&'a Dataset> for Inputs<'a> {
    fn from(data: &'a Dataset) -> Inputs<'a> {
        Inputs(Kind::Set(data))
    }
}

impl<'a, S: Data<Elem = f32>, D: Dimension> From<&'a ArrayBase<S, D>> for Inputs<'a> {
    fn from(images: &'a ArrayBase<S, D>) -> Inputs<'a> {
        Inputs(Kind::Array(images.view().into_dyn(), None))
    }
}

impl<'a, S, D, L> From<(&'a ArrayBase<S, D>, &'a L)> for Inputs<'a>
where
    S: Data<Elem = f32>,
    D: Dimension,
    L: AsRef<[usize]> + ?Sized,
{
    fn from((images, labels): (&'a ArrayBase<S, D>, &'a L)) -> Inputs<'a> {
        Inputs(Kind::Array(images.view().into_dyn(), Some(Cow::Borrowed(labels.as_ref()))))
    }
}

impl<'a, S, D, T> From<&'a DatasetBase<ArrayBase<S, D>, T>> for Inputs<'a>
where
    S: Data<Elem = f32>,
    D: Dimension,
    T: AsSingleTargets<Elem = usize>,
{
    fn from(data: &'a DatasetBase<ArrayBase<S, D>, T>) -> Inputs<'a> {
        // They may lie anywhere in memory.
        let labels = data.targets.as_single_targets().iter().copied().collect();
        Inputs(Kind::Array(data.records.view().into_dyn(), Some(labels)))
    }
}

impl<'a> Inputs<'a> {
    /// None where it is an array.
    pub(crate) fn set(&self) -> Option<&'a Dataset> {
        if let Kind::Set(data) = self.0 { Some(data) } else { None }
    }
}

/// Images of an array, a row each.
pub(crate) struct Rows<'a> {
    numbers: Vec<f32>,
    /// Images, and numbers in each.
    shape: [usize; 2],
    labels: Option<&'a [usize]>,
}

impl<'a> Rows<'a> {
    /// The images of `array` for a network of this input shape.
    ///
    /// # Errors
    /// When the array has another shape, or there is not a label for each image, where there are any.
    pub fn new(
        array: &ArrayViewD<f32>,
        labels: Option<&'a [usize]>,
        input: &[usize],
        doing: &str,
    ) -> Result<Rows<'a>, Error> {
        let (shape, numbers) = (array.shape(), input.iter().product::<usize>());
        let fits = |image: &[usize]| {
            let in_a_row = input.len() == 1 && image.iter().product::<usize>() == numbers;
            let with_channel = [&[1], image].concat() == input || [&[1], input].concat() == image;
            image == input || with_channel || in_a_row
        };
        let n = match *shape {
            _ if fits(shape) => 1,
            [n, ref image @ ..] if fits(image) || image == [numbers] => n,
            _ => {
                let expected =
                    format!("an image of shape {input:?}, or [n, ...] of them, or rows of [n, {numbers}]");
                let advice = "reshape the array: images.into_shape_with_order((n, 28, 28))";
                return Err(Error::new(doing, expected, format!("an array of shape {shape:?}"), advice));
            }
        };
        if let Some(labels) = labels.filter(|labels| labels.len() != n) {
            let found = format!("{} labels for {n}", labels.len());
            return Err(Error::doing(doing)
                .expected("a label for each image")
                .found(found)
                .advice("leave out none, and take none twice"));
        }
        Ok(Rows { numbers: array.iter().copied().collect(), shape: [n, numbers], labels })
    }
}

impl Samples for Rows<'_> {
    fn len(&self) -> usize {
        self.shape[0]
    }

    fn features(&self) -> usize {
        self.shape[1]
    }

    /// 0 where nobody asks for it.
    fn label(&self, i: usize) -> usize {
        self.labels.map_or(0, |labels| labels[i])
    }

    fn fill(&self, rows: &[usize], batch: &mut [f32]) {
        let n = self.features();
        for (&row, to) in rows.iter().zip(batch.chunks_exact_mut(n)) {
            to.copy_from_slice(&self.numbers[row * n..][..n]);
        }
    }
}

#[cfg(test)]
mod tests {
    use ndarray::{Array3, Axis};

    use crate::nn::Activation::{Linear, Tanh};
    use crate::nn::model::Sequential;
    use crate::nn::same_bits::striped;

    /// A data set of 30 images of 12 x 12, as arrays of every shape that is allowed, gives the same to the last bit.
    #[test]
    fn an_array_is_what_the_data_set_is_that_it_was_made_of() {
        let (data, rows, labels) = (striped(30), striped(30).rows(), striped(30).labels());
        let images: Array3<f32> = rows.clone().into_shape_with_order((30, 12, 12)).unwrap();
        let networks = [
            Sequential::new([12, 12]).conv2d(3, 3, Tanh).flatten().dense(10, Linear),
            Sequential::new([1, 12, 12]).flatten().dense(10, Linear),
            Sequential::new([144]).dense(10, Linear),
        ];
        for model in networks {
            let expected = (model.outputs(&data).unwrap(), model.evaluate(&data).unwrap());
            assert!(expected.1.evidence().is_some());
            let with_channel = images.view().insert_axis(Axis(1));
            let last_first = images.slice(ndarray::s![..;-1, .., ..]);
            assert_eq!(model.outputs(&rows).unwrap(), expected.0);
            assert_eq!(model.outputs(&with_channel).unwrap(), expected.0);
            assert_eq!(model.outputs(&last_first).unwrap(), expected.0.slice(ndarray::s![..;-1, ..]));
            let score = model.evaluate((&images, &labels)).unwrap();
            assert_eq!(*score, *expected.1);
            assert!(score.evidence().is_none(), "nobody knows where these images come from");
            let third = images.index_axis(Axis(0), 3);
            assert_eq!(model.outputs(&third).unwrap().row(0), expected.0.row(3));
            assert_eq!(model.evaluate((&third, &[labels[3]])).unwrap().samples, 1);
        }
    }

    #[test]
    fn other_arrays_and_labels_are_told() {
        let model = Sequential::new([2, 3]).flatten().dense(4, Linear);
        let told = |shape: &[usize], labels: Option<&[usize]>| {
            let array = ndarray::ArrayD::zeros(shape);
            let score = match labels {
                Some(labels) => model.evaluate((&array, labels)),
                None => model.evaluate(&array),
            };
            score.unwrap_err().to_string()
        };
        let shapes: [&[usize]; 7] =
            [&[], &[6], &[3, 2], &[5, 3, 2], &[5, 5], &[5, 1, 2, 2], &[2, 1, 1, 2, 3]];
        for shape in shapes {
            let told = told(shape, Some(&[0]));
            assert!(told.contains(&format!("found an array of shape {shape:?}")), "{told}");
        }
        assert!(told(&[5, 2, 3], Some(&[0, 1])).contains("a label for each image, found 2 labels for 5"));
        assert!(told(&[5, 2, 3], None).contains("labels to compare with"));
        assert!(told(&[1, 2, 3], Some(&[4])).contains("labels below 4"));
        assert!(told(&[0, 2, 3], Some(&[])).contains("an empty data set"));
        let not_a_number = ndarray::Array2::from_elem((2, 3), f32::NAN);
        assert!(model.outputs(&not_a_number).unwrap_err().to_string().contains("finite outputs"));
    }
}

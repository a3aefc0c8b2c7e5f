use lab_base::Error;
use linfa::metrics::{ConfusionMatrix, ToConfusionMatrix};
use ndarray::{Array1, Array2};

use crate::data::Source;
use crate::eval::class_table::{ClassScore, ClassTable};

/// The confusion matrix: how often each class (row) was predicted as each class (column).
///
/// ```
/// # use lab_support::prelude::*;
/// # let pixels = ndarray::ArcArray::from_shape_fn((40, 2, 2), |(i, row, _)| if row == i % 2 { 255 } else { 0 });
/// # let labels = ndarray::ArcArray1::from_shape_fn(40, |i| (i % 2) as u8);
/// # let data = lab_support::data::Images::new(pixels, labels, lab_support::data::Source::Practice)?.normalized();
/// let mut model = Sequential::new([2, 2]).flatten().dense(10, Softmax).seed(1);
/// model.compile(Adam::new(0.1), CrossEntropy::from_probabilities());
/// model.fit(&data, Fit::epochs(5).quiet())?;
/// let confusion = model.predict(&data)?.confusion(&data)?;
/// assert_eq!((confusion.counts[[0, 0]], confusion.counts[[1, 1]], confusion.accuracy), (20, 20, 1.0));
/// # Ok::<(), lab_support::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Confusion {
    /// `[classes, classes]` counts, rows actual, columns predicted, as in scikit-learn.
    pub counts: Array2<u32>,
    /// One per class that was seen or predicted, in label order.
    pub classes: Vec<ClassScore>,
    /// Share on the diagonal, 0 to 1.
    pub accuracy: f32,
    /// Where the images come from.
    pub source: Source,
}

impl Confusion {
    /// Counts labels of this source's classes.
    ///
    /// # Errors
    /// When there are none, or not one prediction for each.
    pub(crate) fn new(
        actual: Array1<usize>,
        predicted: Array1<usize>,
        source: Source,
    ) -> Result<Confusion, Error> {
        let failed = |found: String| {
            let doing = "counting right and wrong predictions";
            Error::new(doing, "one prediction for each of at least one image", found, "predict the whole set")
        };
        if actual.is_empty() {
            return Err(failed("no images".to_string()));
        }
        // linfa 0.8 counts the receiver's labels by row, and its `precision` divides by a column's sum:
        // the textbook's precision comes out when rows are the actual classes.
        let matrix: ConfusionMatrix<usize> =
            actual.confusion_matrix(&predicted).map_err(|e| failed(e.to_string()))?;
        let mut counts = Array2::zeros([source.class_names().len(); 2]);
        for (&a, &p) in actual.iter().zip(&predicted) {
            counts[[a, p]] += 1;
        }
        Ok(Confusion { classes: class_scores(&matrix, &counts), counts, accuracy: matrix.accuracy(), source })
    }

    /// The class that was recognized least often: the smallest recall.
    pub fn hardest(&self) -> &'static str {
        let hardest = self.classes.iter().filter(|class| class.support > 0);
        hardest
            .min_by(|a, b| a.recall.total_cmp(&b.recall))
            .map_or("none", |class| self.source.class_names()[class.label])
    }

    /// Precision, recall and F1 of each class, with their means.
    pub fn table(&self) -> ClassTable {
        ClassTable { classes: self.classes.clone(), accuracy: self.accuracy, source: self.source }
    }
}

fn class_scores(matrix: &ConfusionMatrix<usize>, counts: &Array2<u32>) -> Vec<ClassScore> {
    let seen = |&label: &usize| counts.row(label).sum() + counts.column(label).sum() > 0;
    let mut labels: Vec<usize> = (0..counts.nrows()).filter(seen).collect();
    // linfa sorts the classes upwards, but two classes downwards.
    if labels.len() == 2 {
        labels.reverse();
    }
    let defined = |share: f32| if share.is_nan() { 0.0 } else { share };
    let mut scores: Vec<ClassScore> = labels
        .into_iter()
        .zip(matrix.split_one_vs_all())
        .map(|(label, one)| ClassScore {
            label,
            precision: defined(one.precision()),
            recall: defined(one.recall()),
            f1: defined(one.f1_score()),
            support: counts.row(label).sum(),
        })
        .collect();
    scores.sort_by_key(|score| score.label);
    scores
}

#[cfg(test)]
mod tests {
    use ndarray::{arr1, s};

    use super::*;

    /// Counted by hand, laid out as scikit-learn does: labels 0, 6 and 9 give the rows
    /// `[3, 1, 1], [1, 2, 0], [0, 0, 1]`; precision 3/4, 2/3, 1/2; recall 3/5, 2/3, 1; F1 2/3 each.
    fn three_classes() -> Confusion {
        let actual = arr1(&[0, 0, 0, 0, 0, 6, 6, 6, 9]);
        let predicted = arr1(&[0, 0, 0, 6, 9, 6, 6, 0, 9]);
        Confusion::new(actual, predicted, Source::FashionMnist).unwrap()
    }

    fn close(a: f32, b: f32) -> bool {
        (a - b).abs() < 1e-6
    }

    #[test]
    fn rows_are_actual_and_columns_predicted() {
        let counts = three_classes().counts;
        assert_eq!((counts[[0, 0]], counts[[0, 6]], counts[[0, 9]]), (3, 1, 1));
        assert_eq!((counts[[6, 0]], counts[[6, 6]], counts[[9, 9]]), (1, 2, 1));
        assert_eq!(counts.sum(), 9);
    }

    #[test]
    fn precision_looks_down_a_column_and_recall_along_a_row() {
        let confusion = three_classes();
        let top = confusion.classes[0];
        assert!(close(top.precision, 0.75) && close(top.recall, 0.6), "{top:?}");
        assert!(close(top.f1, 2.0 / 3.0), "{top:?}");
        assert!(close(confusion.classes[2].precision, 0.5) && close(confusion.classes[2].recall, 1.0));
        assert!(close(confusion.accuracy, 6.0 / 9.0));
        assert_eq!(confusion.hardest(), "T-shirt/top");
    }

    #[test]
    fn classes_that_never_occur_are_left_out() {
        let labels: Vec<usize> = three_classes().classes.iter().map(|score| score.label).collect();
        assert_eq!(labels, [0, 6, 9]);
        assert_eq!(three_classes().classes.iter().map(|c| c.support).sum::<u32>(), 9);
        assert_eq!(three_classes().counts.slice(s![1..6, ..]).sum(), 0);
    }

    #[test]
    fn two_classes_keep_their_own_scores() {
        let confusion =
            Confusion::new(arr1(&[3, 3, 3, 7]), arr1(&[3, 7, 7, 7]), Source::FashionMnist).unwrap();
        let [dress, sneaker] = confusion.classes[..] else { panic!("{:?}", confusion.classes) };
        assert_eq!((dress.label, dress.support), (3, 3));
        assert!(close(dress.precision, 1.0) && close(dress.recall, 1.0 / 3.0), "{dress:?}");
        assert!(close(sneaker.precision, 1.0 / 3.0) && close(sneaker.recall, 1.0), "{sneaker:?}");
    }

    #[test]
    fn nothing_to_divide_by_counts_as_zero() {
        let confusion = Confusion::new(arr1(&[1, 1]), arr1(&[2, 1]), Source::FashionMnist).unwrap();
        let pullover = confusion.classes[1];
        assert_eq!((pullover.precision, pullover.recall, pullover.f1, pullover.support), (0.0, 0.0, 0.0, 0));
    }

    #[test]
    fn no_images_or_another_number_of_predictions_are_errors() {
        let none = Confusion::new(arr1(&[]), arr1(&[]), Source::FashionMnist).unwrap_err();
        assert!(none.to_string().contains("no images"), "{none}");
        assert!(Confusion::new(arr1(&[1, 2]), arr1(&[1]), Source::FashionMnist).is_err());
    }
}

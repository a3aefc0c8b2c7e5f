use std::fmt;

use crate::data::Source;

/// Precision, recall, F1 and support of each class as a table, with accuracy and the means over the classes:
/// scikit-learn's `classification_report`.
///
/// ```
/// # use lab_support::prelude::*;
/// # let pixels = ndarray::ArcArray::from_shape_fn((40, 2, 2), |(i, row, _)| if row == i % 2 { 255 } else { 0 });
/// # let labels = ndarray::ArcArray1::from_shape_fn(40, |i| (i % 2) as u8);
/// # let data = lab_support::data::Images::new(pixels, labels, lab_support::data::Source::Practice)?.normalized();
/// let mut model = Sequential::new([2, 2]).flatten().dense(10, Softmax).seed(1);
/// model.compile(Adam::new(0.1), CrossEntropy::from_probabilities());
/// model.fit(&data, Fit::epochs(5).quiet())?;
/// let table = model.predict(&data)?.confusion(&data)?.table();
/// assert!(table.to_string().contains("precision"));
/// # Ok::<(), lab_support::Error>(())
/// ```
#[derive(Clone)]
pub struct ClassTable {
    /// One per class that was seen or predicted, in label order.
    pub classes: Vec<ClassScore>,
    /// Share of all images called right, 0 to 1.
    pub accuracy: f32,
    /// Where the images come from.
    pub source: Source,
}

/// Precision, recall and F1 of one class against all others, 0 to 1; 0 where there is nothing to divide by
/// (as scikit-learn has it): the precision of a class that was never predicted, the recall of a class
/// without images.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ClassScore {
    /// The class, an index into the names of the classes.
    pub label: usize,
    /// Of the images called this class, the share that are.
    pub precision: f32,
    /// Of the images of this class, the share that were called so.
    pub recall: f32,
    /// Harmonic mean of precision and recall.
    pub f1: f32,
    /// Images of this class.
    pub support: u32,
}

impl ClassTable {
    /// The mean over the classes, each counting the same however many images it has.
    fn mean(&self, of: fn(&ClassScore) -> f32) -> f32 {
        self.classes.iter().map(of).sum::<f32>() / self.classes.len().max(1) as f32
    }
}

crate::notebook::shows_as_text!(ClassTable);

impl fmt::Display for ClassTable {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let names = self.source.class_names();
        let longest = self.classes.iter().map(|class| names[class.label].chars().count()).max().unwrap_or(0);
        let wide = longest.max(12);
        writeln!(f, "{:<wide$} {:>9} {:>9} {:>9} {:>9}", "class", "precision", "recall", "F1", "support")?;
        for ClassScore { label, precision, recall, f1, support } in &self.classes {
            writeln!(f, "{:<wide$} {precision:>9.3} {recall:>9.3} {f1:>9.3} {support:>9}", names[*label])?;
        }
        let images: u32 = self.classes.iter().map(|class| class.support).sum();
        let (precision, recall, f1) =
            (self.mean(|c| c.precision), self.mean(|c| c.recall), self.mean(|c| c.f1));
        writeln!(f, "{:<wide$} {precision:>9.3} {recall:>9.3} {f1:>9.3} {images:>9}", "mean")?;
        write!(f, "{:<wide$} {:>9} {:>9} {:>9.3} {images:>9}", "accuracy", "", "", self.accuracy)?;
        match self.source.notice() {
            Some(notice) => write!(f, "\n{notice}"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(source: Source) -> String {
        let score =
            |label, precision, recall, support| ClassScore { label, precision, recall, f1: 0.5, support };
        let classes = vec![score(0, 0.75, 0.6, 5), score(9, 0.25, 1.0, 1)];
        ClassTable { classes, accuracy: 2.0 / 3.0, source }.to_string()
    }

    #[test]
    fn lists_classes_means_and_accuracy() {
        assert_eq!(
            table(Source::FashionMnist),
            "class        precision    recall        F1   support\n\
             T-shirt/top      0.750     0.600     0.500         5\n\
             Ankle boot       0.250     1.000     0.500         1\n\
             mean             0.500     0.800     0.500         6\n\
             accuracy                             0.667         6"
        );
    }

    #[test]
    fn says_so_when_it_comes_from_the_practice_set() {
        assert!(table(Source::Practice).ends_with("not Fashion-MNIST"));
    }
}

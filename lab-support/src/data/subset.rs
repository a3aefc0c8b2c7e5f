//! Parts of a data set that are chosen by class: to train on some classes first, or on few images of each.

use lab_base::Error;

use crate::data::dataset::Dataset;

impl Dataset {
    /// The images of these classes alone (of Fashion-MNIST 0 to 9), in their order, with the labels that they had.
    ///
    /// # Errors
    /// When there is no such class, or no image is left.
    pub fn only(&self, classes: &[usize]) -> Result<Dataset, Error> {
        let all = self.images().source.class_names().len();
        let expected = format!("classes from 0 to {}", all - 1);
        let doing = "choosing classes";
        if let Some(class) = classes.iter().find(|class| **class >= all) {
            return Err(Error::new(doing, expected, class, "a class is a label, as `labels()` gives them"));
        }
        let labels = self.images().labels.iter().enumerate();
        let chosen = labels.filter(|(_, label)| classes.contains(&usize::from(**label)));
        let rows: Vec<usize> = chosen.map(|(row, _)| row).collect();
        if rows.is_empty() {
            let found = format!("no image of the classes {classes:?}");
            return Err(Error::new(doing, "at least one image", found, "choose classes that the set has"));
        }
        Ok(self.pick(&rows))
    }

    /// The first `n` images of each class (all of them where there are fewer), in their order.
    ///
    /// # Errors
    /// When `n` is 0.
    pub fn per_class(&self, n: usize) -> Result<Dataset, Error> {
        if n == 0 {
            let doing = "choosing images of each class";
            return Err(Error::new(doing, "at least 1 image of each", 0, "try per_class(50)"));
        }
        let mut counts = vec![0; self.images().source.class_names().len()];
        let mut rows = Vec::new();
        for (row, &label) in self.images().labels.iter().enumerate() {
            counts[usize::from(label)] += 1;
            if counts[usize::from(label)] <= n {
                rows.push(row);
            }
        }
        Ok(self.pick(&rows))
    }

    /// A copy of the images at `rows`.
    fn pick(&self, rows: &[usize]) -> Dataset {
        Dataset::new(self.images().select(rows), self.scale())
    }
}

#[cfg(test)]
mod tests {
    use lab_base::Source;

    use super::*;
    use crate::data::images::Images;

    /// Twelve images of one pixel, its number; labels 0 to 9, 0, 1.
    fn data() -> Dataset {
        let label = |i| (i % 10) as u8;
        Images::made(Source::FashionMnist, (12, 1, 1), |(i, ..)| i as u8, label).unnormalized()
    }

    fn numbers(data: &Dataset) -> Vec<u8> {
        data.images().pixels.iter().copied().collect()
    }

    #[test]
    fn classes_are_chosen_with_their_labels() {
        let some = data().only(&[1, 8]).unwrap();
        assert_eq!((numbers(&some), some.images().labels.to_vec()), (vec![1, 8, 11], vec![1, 8, 1]));
        assert!(data().only(&[10]).unwrap_err().to_string().contains("classes from 0 to 9, found 10"));
        assert!(some.only(&[3]).unwrap_err().to_string().contains("no image of the classes [3]"));
        assert!(data().only(&[]).is_err());
    }

    #[test]
    fn the_first_of_each_class_are_chosen() {
        assert_eq!(numbers(&data().per_class(1).unwrap()), (0..10).collect::<Vec<u8>>());
        assert_eq!(numbers(&data().per_class(2).unwrap()), (0..12).collect::<Vec<u8>>());
        data().per_class(0).unwrap_err();
    }
}

use linfa::traits::PredictInplace;
use ndarray::{Array1, Array2};

/// What a rival becomes when it is fitted. linfa's own trait: anything that calls rows of numbers classes.
pub(crate) type Classifier = Box<dyn PredictInplace<Array2<f32>, Array1<usize>>>;

/// The class with the most votes, the smallest of several; 0 without votes.
pub(crate) fn vote(classes: impl Iterator<Item = usize>) -> usize {
    let mut votes = Vec::new();
    for class in classes {
        votes.resize(votes.len().max(class + 1), 0);
        votes[class] += 1;
    }
    let most = votes.iter().max().copied().unwrap_or(0);
    votes.iter().position(|count| *count == most).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tie_goes_to_the_smallest() {
        for (votes, class) in
            [(vec![3, 1, 3, 1, 2], 1), (vec![9, 0, 9], 9), (vec![7], 7), (vec![5, 4], 4), (vec![], 0)]
        {
            assert_eq!(vote(votes.clone().into_iter()), class, "{votes:?}");
        }
    }
}

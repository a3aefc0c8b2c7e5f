use serde::{Deserialize, Serialize};

/// Which part of the data set images belong to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Split {
    /// To learn from; validation images are taken from it.
    Train,
    /// For the examination at the end, and for nothing else.
    Test,
    /// Of both parts, of neither, changed, or with other labels.
    Unknown,
}

impl Split {
    /// As records call it: `train`, `test` or `unknown`.
    pub fn name(self) -> &'static str {
        match self {
            Split::Train => "train",
            Split::Test => "test",
            Split::Unknown => "unknown",
        }
    }
}

/// Which image it is: an image of the data set by its place there, any other by what its pixels are.
pub(crate) type ImageId = u64;

/// Above all places in the data sets: an image of neither.
const ELSEWHERE: ImageId = 1 << 63;

/// Where the test images of a data set begin, counted from where its training images do.
const TEST: ImageId = 1 << 32;

/// Image `index` of a split of data set number `set`.
pub(crate) fn place(set: u64, split: Split, index: usize) -> ImageId {
    (set << 40) + if split == Split::Test { TEST } else { 0 } + index as ImageId
}

/// An image of no data set, whose pixels have this digest.
pub(crate) fn elsewhere(digest: u64) -> ImageId {
    ELSEWHERE | (digest >> 2)
}

pub(crate) fn split_of(id: ImageId) -> Split {
    match id {
        ELSEWHERE.. => Split::Unknown,
        _ if id & TEST != 0 => Split::Test,
        _ => Split::Train,
    }
}

/// A set of images, told apart by what they show. In JSON, spans of neighbours in the data set: `[[0, 55000]]`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct ImageIds {
    /// First image and number of images, ascending, no two of them touching.
    spans: Vec<(ImageId, u64)>,
}

impl ImageIds {
    pub fn new(ids: impl IntoIterator<Item = ImageId>) -> ImageIds {
        ImageIds::of_spans(ids.into_iter().map(|id| (id, 1)).collect())
    }

    fn of_spans(mut all: Vec<(ImageId, u64)>) -> ImageIds {
        all.sort_unstable();
        let mut spans: Vec<(ImageId, u64)> = Vec::new();
        for (first, count) in all {
            match spans.last_mut().filter(|(start, length)| first <= *start + *length) {
                Some((start, length)) => *length = (*length).max(first + count - *start),
                None => spans.push((first, count)),
            }
        }
        ImageIds { spans }
    }

    pub fn add(&mut self, other: &ImageIds) {
        let spans = std::mem::take(&mut self.spans);
        *self = ImageIds::of_spans(spans.into_iter().chain(other.spans.iter().copied()).collect());
    }

    pub fn len(&self) -> usize {
        self.spans.iter().map(|(_, count)| *count as usize).sum()
    }

    /// How many images both have.
    pub fn common(&self, other: &ImageIds) -> usize {
        let mut both = self.clone();
        both.add(other);
        self.len() + other.len() - both.len()
    }

    /// The parts of the data set that its images are from.
    pub fn splits(&self) -> Vec<Split> {
        let has = |split: &Split| self.spans.iter().any(|(first, _)| split_of(*first) == *split);
        [Split::Train, Split::Test, Split::Unknown].into_iter().filter(has).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_are_one_span_and_sets_share_what_they_share() {
        let set = |range: std::ops::Range<usize>| ImageIds::new(range.map(|i| place(0, Split::Train, i)));
        let (learned, validated) = (set(0..55), set(55..60));
        assert_eq!((learned.len(), validated.len(), learned.common(&validated)), (55, 5, 0));
        assert_eq!((learned.common(&set(50..58)), learned.common(&learned)), (5, 55));
        assert_eq!(serde_json::to_string(&learned).unwrap(), "[[0,55]]");
        let mut all = validated.clone();
        all.add(&learned);
        assert_eq!(all, set(0..60));
        all.add(&ImageIds::new([place(0, Split::Test, 3), elsewhere(u64::MAX), elsewhere(u64::MAX)]));
        assert_eq!((all.len(), all.splits()), (62, vec![Split::Train, Split::Test, Split::Unknown]));
        assert_eq!(all.common(&ImageIds::new([place(1, Split::Test, 3), place(1, Split::Train, 3)])), 0);
    }
}

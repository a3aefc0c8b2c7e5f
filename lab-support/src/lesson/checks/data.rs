//! The data set, loaded and normalized.

use crate::data::{CLASS_NAMES, Dataset, FashionMnist, Split};
use crate::lesson::check::{Check, Point};
use crate::notebook::display::thousands;

/// Both parts of the data set, of the right size and each in its place.
pub fn loaded(data: &FashionMnist) -> Check {
    let sizes = (data.train.shape(), data.test.shape());
    let counts = (data.train.counts(), data.test.counts());
    let hint = "load them again: `let data = FashionMnist::load()?;`";
    let points = vec![
        Point::new(
            sizes == ((60_000, 28, 28), (10_000, 28, 28)),
            "60,000 and 10,000 images of 28 x 28 pixels",
            format!("shapes {:?} and {:?}", sizes.0, sizes.1),
            hint,
        ),
        Point::new(
            counts == ([6_000; CLASS_NAMES.len()], [1_000; CLASS_NAMES.len()]),
            "all images of each class",
            format!("{:?} and {:?}", counts.0, counts.1),
            hint,
        ),
        in_its_place(data.train.split(), Split::Train),
        in_its_place(data.test.split(), Split::Test),
    ];
    Check::new("loaded", points)
}

/// Numbers from 0 to 1 in both sets, all images still there.
pub fn normalized(train: &Dataset, test: &Dataset) -> Check {
    let (ranges, sizes) = ((train.range(), test.range()), (train.len(), test.len()));
    let points = vec![
        Point::new(
            ranges == ((0.0, 1.0), (0.0, 1.0)),
            "pixels from 0 to 1 in both sets",
            format!("{} to {} and {} to {}", ranges.0.0, ranges.0.1, ranges.1.0, ranges.1.1),
            "divide both sets by 255: `data.train.normalized()`, `data.test.normalized()`",
        ),
        Point::new(
            sizes == (60_000, 10_000),
            "all 60,000 and 10,000 images",
            format!("{} and {}", thousands(sizes.0), thousands(sizes.1)),
            "normalize the sets as they were loaded",
        ),
        in_its_place(train.images().split(), Split::Train),
        in_its_place(test.images().split(), Split::Test),
    ];
    Check::new("normalized", points)
}

pub(super) fn in_its_place(found: Split, expected: Split) -> Point {
    let what = |split: Split| match split {
        Split::Train => "the training set",
        Split::Test => "the test set",
        Split::Unknown => "images of unknown origin",
    };
    let place = if expected == Split::Train { "to learn from" } else { "to be examined on" };
    let hint = "train from `data.train`, test from `data.test`";
    Point::new(found == expected, format!("{} {place}", what(expected)), what(found), hint)
}

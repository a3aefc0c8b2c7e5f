//! The data set, loaded and normalized.

use crate::data::{Dataset, ImageSet, Images, Source, Split};
use crate::lesson::check::{Check, Point};
use crate::notebook::display::thousands;

/// Both parts of the data set, of the right size and each in its place.
pub fn loaded(data: &ImageSet) -> Check {
    let sizes = (data.train.shape(), data.test.shape());
    let counts = (data.train.counts(), data.test.counts());
    let hint = "load them again: `let data = FashionMnist::load()?;`";
    let is_own = matches!(data.train.source, Source::Own(_));
    let (expected, right_sizes, all) = if is_own {
        // How many images there are is its owner's concern.
        let same = (sizes.0.1, sizes.0.2) == (sizes.1.1, sizes.1.2);
        ("images of one size in both parts", same, is_whole(&data.train) && is_whole(&data.test))
    } else {
        let right = sizes == ((60_000, 28, 28), (10_000, 28, 28));
        let all = counts.0 == [6_000; 10] && counts.1 == [1_000; 10];
        ("60,000 and 10,000 images of 28 x 28 pixels", right, all)
    };
    let points = vec![
        Point::new(right_sizes, expected, format!("shapes {:?} and {:?}", sizes.0, sizes.1), hint),
        Point::new(all, "all images of each class", format!("{:?} and {:?}", counts.0, counts.1), hint),
        in_its_place(data.train.split(), Split::Train),
        in_its_place(data.test.split(), Split::Test),
    ];
    Check::new("loaded", points)
}

/// Numbers from 0 to 1 in both sets, all images still there.
pub fn normalized(train: &Dataset, test: &Dataset) -> Check {
    let (ranges, sizes) = ((train.range(), test.range()), (train.len(), test.len()));
    let (expected, all) = match train.images().source {
        Source::Own(_) => ("all images", is_whole(train.images()) && is_whole(test.images())),
        _ => ("all 60,000 and 10,000 images", sizes == (60_000, 10_000)),
    };
    let points = vec![
        Point::new(
            of_right_range(train) && of_right_range(test),
            "pixels from 0 to 1 in both sets",
            format!("{} to {} and {} to {}", ranges.0.0, ranges.0.1, ranges.1.0, ranges.1.1),
            "divide both sets by 255: `data.train.normalized()`, `data.test.normalized()`",
        ),
        Point::new(
            all,
            expected,
            format!("{} and {}", thousands(sizes.0), thousands(sizes.1)),
            "normalize the sets as they were loaded",
        ),
        in_its_place(train.images().split(), Split::Train),
        in_its_place(test.images().split(), Split::Test),
    ];
    Check::new("normalized", points)
}

/// Numbers from 0 to 1; other images than garments need not have both black and white in them.
fn of_right_range(data: &Dataset) -> bool {
    let (low, high) = data.images().pixel_range();
    let divided = (f32::from(low) / 255.0, f32::from(high) / 255.0);
    data.range() == if let Source::Own(_) = data.images().source { divided } else { (0.0, 1.0) }
}

/// Each image of its part once, and no other.
pub(super) fn is_whole(images: &Images) -> bool {
    images.contents().whole
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

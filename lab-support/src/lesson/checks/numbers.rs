//! Results beside one another, and checks of one's own.

use crate::lesson::check::{Check, Point};
use crate::notebook::display::thousands;

/// Two results that must be the same to within `tolerance`, number by number.
pub fn agree<'a>(
    name: &str,
    mine: impl IntoIterator<Item = &'a f32>,
    theirs: impl IntoIterator<Item = &'a f32>,
    tolerance: f32,
) -> Check {
    let pairs = (mine.into_iter().copied().collect(), theirs.into_iter().copied().collect());
    Check::new(name, same(pairs, tolerance))
}

fn same((mine, theirs): (Vec<f32>, Vec<f32>), tolerance: f32) -> Vec<Point> {
    let apart = || mine.iter().zip(&theirs).map(|(a, b)| (a - b).abs());
    let far = apart().fold(0.0, f32::max);
    let sizes = (thousands(mine.len()), thousands(theirs.len()));
    vec![
        Point::new(
            mine.len() == theirs.len() && !mine.is_empty(),
            format!("as many numbers on either side: {}", sizes.1),
            format!("{} and {}", sizes.0, sizes.1),
            "compare their shapes",
        ),
        Point::new(
            apart().all(|distance| distance <= tolerance),
            format!("the same to {tolerance:e} (largest difference {far:.1e})"),
            format!("a difference of {far}"),
            "which step is the first to differ? After a training that has run twice, run all from where the network is made",
        ),
    ]
}

/// A check of your own: `found` and `hint` are shown where it does not hold.
pub fn that(name: &str, holds: bool, expected: &str, found: &str, hint: &str) -> Check {
    Check::new(name, vec![Point::new(holds, expected, found, hint)])
}

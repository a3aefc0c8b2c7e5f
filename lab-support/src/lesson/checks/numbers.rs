//! Results beside one another, and checks of one's own.

use crate::lesson::check::{Check, Point};
use crate::notebook::display::thousands;

/// The largest difference that can still be called the same, in numbers of about 1: rounding is a hundredth of it.
const LARGEST_TOLERANCE: f32 = 1e-3;

/// Two results that must be the same to within `tolerance`, number by number. The check is open where a difference is
/// larger or not a number, and where `tolerance` itself is not between 0 and 0.001.
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
    let apart = mine.iter().zip(&theirs).map(|(a, b)| (a - b).abs());
    // A difference that is not a number counts as larger than any.
    let far = apart.max_by(f32::total_cmp).unwrap_or(0.0);
    let sizes = (thousands(mine.len()), thousands(theirs.len()));
    let mut points = vec![
        Point::new(
            mine.len() == theirs.len() && !mine.is_empty(),
            format!("as many numbers on either side: {}", sizes.1),
            format!("{} and {}", sizes.0, sizes.1),
            "compare their shapes",
        ),
        Point::new(
            far <= tolerance,
            format!("the same to {tolerance:e} (largest difference {far:.1e})"),
            format!("a difference of {far}"),
            "which step is the first to differ? After a training that has run twice, run all from where the network is made",
        ),
    ];
    if !(0.0..=LARGEST_TOLERANCE).contains(&tolerance) {
        points.push(Point::new(
            false,
            format!("a tolerance between 0 and {LARGEST_TOLERANCE}"),
            format!("{tolerance:e}"),
            "with a larger one, numbers that differ would be called the same",
        ));
    }
    points
}

/// A check of your own: `found` and `hint` are shown where it does not hold.
///
/// ```no_run
/// # use lab_support::prelude::*;
/// let neurons = 256;
/// checks::that("wide", neurons > 128, "more than 128 neurons", &neurons.to_string(), "make the layer wider");
/// ```
pub fn that(name: &str, holds: bool, expected: &str, found: &str, hint: &str) -> Check {
    Check::new(name, vec![Point::new(holds, expected, found, hint)])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn agree(mine: &[f32], theirs: &[f32], tolerance: f32) -> bool {
        Check::new("", same((mine.to_vec(), theirs.to_vec()), tolerance)).passed()
    }

    #[test]
    fn only_numbers_that_are_close_agree() {
        assert!(agree(&[0.5, 1.0], &[0.5, 1.000_005], 1e-5));
        assert!(!agree(&[0.5, 1.0], &[0.5, 1.1], 1e-5), "too far apart");
        assert!(!agree(&[0.5], &[0.5, 1.0], 1e-5), "one is missing");
        assert!(!agree(&[], &[], 1e-5), "nothing is compared");
        for nothing in [f32::NAN, f32::INFINITY] {
            assert!(!agree(&[0.5, nothing], &[0.5, 1.0], 1e-5), "{nothing}");
        }
    }

    #[test]
    fn a_tolerance_that_lets_everything_agree_is_refused() {
        for tolerance in [0.1, f32::INFINITY, f32::NAN, -1.0] {
            assert!(!agree(&[0.5], &[0.5], tolerance), "{tolerance}");
        }
    }
}

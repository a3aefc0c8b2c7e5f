//! Pictures of digits that the lab draws itself, as with chalk on a blackboard: a data set for those who have none yet.

use std::fs;
use std::path::{Path, PathBuf};

use image::{GrayImage, Luma};
use lab_base::{Error, files, home};
use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng};

/// Height and width of a picture.
const SIDE: u32 = 56;

/// Pictures of each digit.
const EACH: usize = 240;

/// Grows whenever the drawing changes, so that pictures drawn before are drawn again.
const VERSION: &str = "1";

type Point = (f32, f32);

/// What each digit is called, and the strokes that it is made of, in hundredths of a picture from its upper left.
const DIGITS: [(&str, &[&[Point]]); 10] = [
    (
        "zero",
        &[&[
            (50., 15.),
            (33., 22.),
            (27., 50.),
            (33., 78.),
            (50., 85.),
            (67., 78.),
            (73., 50.),
            (67., 22.),
            (50., 15.),
        ]],
    ),
    ("one", &[&[(36., 30.), (52., 15.), (52., 85.)]]),
    (
        "two",
        &[&[(30., 32.), (35., 19.), (50., 15.), (66., 20.), (70., 34.), (62., 50.), (30., 85.), (72., 85.)]],
    ),
    (
        "three",
        &[&[
            (31., 22.),
            (48., 15.),
            (66., 21.),
            (67., 38.),
            (48., 48.),
            (68., 58.),
            (69., 76.),
            (50., 85.),
            (30., 79.),
        ]],
    ),
    ("four", &[&[(60., 85.), (60., 15.), (27., 62.), (75., 62.)]]),
    (
        "five",
        &[&[(68., 15.), (36., 15.), (33., 46.), (52., 42.), (69., 52.), (69., 74.), (52., 85.), (31., 79.)]],
    ),
    (
        "six",
        &[&[
            (64., 17.),
            (43., 28.),
            (31., 54.),
            (35., 78.),
            (51., 85.),
            (68., 76.),
            (67., 58.),
            (50., 51.),
            (33., 62.),
        ]],
    ),
    ("seven", &[&[(29., 15.), (71., 15.), (44., 85.)], &[(40., 50.), (66., 50.)]]),
    (
        "eight",
        &[&[
            (50., 48.),
            (33., 37.),
            (35., 20.),
            (50., 15.),
            (65., 20.),
            (67., 37.),
            (50., 48.),
            (31., 61.),
            (32., 79.),
            (50., 85.),
            (68., 79.),
            (69., 61.),
            (50., 48.),
        ]],
    ),
    (
        "nine",
        &[&[
            (67., 38.),
            (50., 49.),
            (33., 40.),
            (33., 23.),
            (50., 15.),
            (65., 22.),
            (68., 42.),
            (62., 68.),
            (46., 85.),
        ]],
    ),
];

/// Draws 240 pictures of each digit into `data/digits`, those of each into a folder that is called as the digit, and returns
/// where they are: for [`folder`](crate::folder()). Where they have been drawn already, they stay.
///
/// # Errors
/// When they can't be written.
pub fn draw_digits() -> Result<PathBuf, Error> {
    let root = home::output_folder()?.join("digits");
    draw_into(&root)?;
    Ok(root)
}

fn draw_into(root: &Path) -> Result<(), Error> {
    // Hidden, since each folder that can be seen is a class.
    let version = root.join(".version");
    if fs::read_to_string(&version).is_ok_and(|text| text == VERSION) {
        return Ok(());
    }
    let failed = |e: String| {
        Error::doing(format!("drawing digits into {}", home::display(root)))
            .expected("a folder that can be written")
            .found(e)
            .advice("free some space on this disk, or see to the folder's rights")
    };
    for (digit, (name, strokes)) in DIGITS.iter().enumerate() {
        let folder = root.join(name);
        fs::create_dir_all(&folder).map_err(|e| failed(e.to_string()))?;
        for i in 0..EACH {
            let mut rng = SmallRng::seed_from_u64((EACH * digit + i) as u64);
            let path = folder.join(format!("{i:03}.png"));
            draw(strokes, &mut rng).save(path).map_err(|e| failed(e.to_string()))?;
        }
    }
    files::write_atomically(&version, VERSION.as_bytes())
}

/// The strokes as a hand draws them: larger or smaller, thicker or thinner, slanted, turned, not in the middle, no corner
/// where it belongs.
fn draw(strokes: &[&[Point]], rng: &mut SmallRng) -> GrayImage {
    let mut between = |low: f32, high: f32| rng.gen_range(low..high);
    let (turn, slant) = (between(-0.3, 0.3), between(-0.3, 0.3));
    let (width, height) = (between(0.65, 1.1), between(0.75, 1.1));
    let middle = (50.0 + between(-9.0, 9.0), 50.0 + between(-7.0, 7.0));
    let (radius, chalk) = (between(2.8, 6.0), between(170.0, 255.0));
    let place = |(x, y): Point, (off_x, off_y): Point| -> Point {
        let (x, y) = (width * (x - 50.0) + off_x, height * (y - 50.0) + off_y);
        let x = x - slant * y;
        (middle.0 + x * turn.cos() - y * turn.sin(), middle.1 + x * turn.sin() + y * turn.cos())
    };
    let mut lines = Vec::new();
    for stroke in strokes {
        let corners: Vec<Point> =
            stroke.iter().map(|corner| place(*corner, (between(-4.5, 4.5), between(-4.5, 4.5)))).collect();
        lines.extend(corners.windows(2).map(|ends| (ends[0], ends[1])));
    }
    GrayImage::from_fn(SIDE, SIDE, |x, y| {
        let of = |pixel: u32| 100.0 * (pixel as f32 + 0.5) / SIDE as f32;
        let nearest = lines.iter().map(|line| distance((of(x), of(y)), *line)).fold(f32::INFINITY, f32::min);
        let ink = (radius - nearest + 0.9).clamp(0.0, 1.8) / 1.8;
        let grain = between(0.75, 1.0);
        Luma([(chalk * ink * grain + between(0.0, 14.0)) as u8])
    })
}

/// From a point to the nearest of a line.
fn distance((x, y): Point, ((x0, y0), (x1, y1)): (Point, Point)) -> f32 {
    let (dx, dy) = (x1 - x0, y1 - y0);
    let along = ((x - x0) * dx + (y - y0) * dy) / (dx * dx + dy * dy).max(1e-6);
    let along = along.clamp(0.0, 1.0);
    (x - x0 - along * dx).hypot(y - y0 - along * dy)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::folder;

    #[test]
    fn ten_digits_are_a_data_set_and_drawn_once() {
        let place = tempfile::tempdir().unwrap();
        let root = place.path().join("digits");
        draw_into(&root).unwrap();
        let data = folder(&root).unwrap();
        assert_eq!((data.train.shape(), data.test.shape()), ((2000, 28, 28), (400, 28, 28)));
        assert_eq!(
            data.class_names(),
            ["eight", "five", "four", "nine", "one", "seven", "six", "three", "two", "zero"]
        );
        assert_eq!((data.train.counts(), data.test.counts()), (vec![200; 10], vec![40; 10]));
        // No two are alike, and each has ink enough to be read, and ground around it.
        for (i, image) in data.train.pixels.outer_iter().enumerate() {
            let ink = image.iter().filter(|pixel| **pixel > 60).count();
            assert!((25..400).contains(&ink), "picture {i}: {ink}");
        }
        let (one, removed) = (root.join("one/000.png"), root.join("two/000.png"));
        let before = fs::read(&one).unwrap();
        fs::remove_file(&removed).unwrap();
        draw_into(&root).unwrap();
        assert!(!removed.exists(), "what is there stays");
        fs::write(root.join(".version"), "0").unwrap();
        draw_into(&root).unwrap();
        assert!(removed.exists() && fs::read(&one).unwrap() == before, "the same again");
    }
}

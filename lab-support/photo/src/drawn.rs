//! Photos that the lab draws itself: garments on several grounds, and a thing that is no garment.

use std::fs;
use std::io::Cursor;
use std::path::{Path, PathBuf};

use image::{ImageFormat, Rgb, RgbImage};
use lab_base::{files, home};
use lab_support::Error;
use lab_support::data::Source;

const WIDTH: u32 = 480;
const HEIGHT: u32 = 600;

type Colour = [f32; 3];

/// A corner, in hundredths of the photo's width and height.
type Corner = (f32, f32);

/// What lies on the ground.
struct Thing {
    colour: Colour,
    /// Each an outline, filled; those that come later lie above.
    parts: &'static [(f32, &'static [Corner])],
}

/// What it lies on.
#[derive(Clone, Copy)]
enum Ground {
    /// One colour; light falls from the upper left.
    Sheet(Colour),
    /// Boards.
    Wood,
}

const T_SHIRT: &[(f32, &[Corner])] = &[
    (
        1.0,
        &[
            (38.0, 16.0),
            (62.0, 16.0),
            (90.0, 28.0),
            (83.0, 46.0),
            (72.0, 41.0),
            (72.0, 86.0),
            (28.0, 86.0),
            (28.0, 41.0),
            (17.0, 46.0),
            (10.0, 28.0),
        ],
    ),
    (0.75, &[(40.0, 16.0), (60.0, 16.0), (50.0, 25.0)]),
];
const TROUSER: &[(f32, &[Corner])] = &[
    (
        1.0,
        &[(33.0, 10.0), (67.0, 10.0), (73.0, 92.0), (56.0, 92.0), (50.0, 36.0), (44.0, 92.0), (27.0, 92.0)],
    ),
    (0.8, &[(33.0, 10.0), (67.0, 10.0), (67.4, 15.0), (32.6, 15.0)]),
];
const BOOT: &[(f32, &[Corner])] = &[
    (
        1.0,
        &[(20.0, 22.0), (55.0, 22.0), (56.0, 50.0), (80.0, 58.0), (88.0, 68.0), (88.0, 74.0), (20.0, 74.0)],
    ),
    (0.45, &[(18.0, 74.0), (89.0, 74.0), (89.0, 79.0), (42.0, 79.0), (40.0, 84.0), (18.0, 84.0)]),
    (0.7, &[(53.0, 30.0), (61.0, 52.0), (66.0, 54.0), (57.0, 30.0)]),
];
const BAG: &[(f32, &[Corner])] = &[
    (
        0.8,
        &[
            (34.0, 44.0),
            (36.0, 24.0),
            (64.0, 24.0),
            (66.0, 44.0),
            (61.0, 44.0),
            (59.0, 29.0),
            (41.0, 29.0),
            (39.0, 44.0),
        ],
    ),
    (1.0, &[(14.0, 42.0), (86.0, 42.0), (90.0, 82.0), (10.0, 82.0)]),
    (0.7, &[(14.0, 42.0), (86.0, 42.0), (84.0, 54.0), (16.0, 54.0)]),
];
const MUG: &[(f32, &[Corner])] = &[
    (
        0.8,
        &[
            (64.0, 38.0),
            (84.0, 38.0),
            (84.0, 66.0),
            (64.0, 66.0),
            (64.0, 60.0),
            (77.0, 60.0),
            (77.0, 45.0),
            (64.0, 45.0),
        ],
    ),
    (1.0, &[(24.0, 26.0), (66.0, 26.0), (64.0, 80.0), (26.0, 80.0)]),
    (0.6, &[(24.0, 26.0), (66.0, 26.0), (65.0, 31.0), (25.0, 31.0)]),
];

/// Names of the files, with what is on each.
const ALL: [(&str, Thing, Ground); 5] = [
    (
        "t-shirt.jpg",
        Thing { colour: [50.0, 80.0, 150.0], parts: T_SHIRT },
        Ground::Sheet([238.0, 236.0, 230.0]),
    ),
    (
        "trouser.png",
        Thing { colour: [190.0, 175.0, 140.0], parts: TROUSER },
        Ground::Sheet([35.0, 36.0, 42.0]),
    ),
    ("boot.webp", Thing { colour: [70.0, 45.0, 35.0], parts: BOOT }, Ground::Wood),
    ("bag.jpg", Thing { colour: [150.0, 30.0, 40.0], parts: BAG }, Ground::Sheet([200.0, 204.0, 205.0])),
    ("mug.png", Thing { colour: [30.0, 110.0, 90.0], parts: MUG }, Ground::Sheet([238.0, 236.0, 230.0])),
];

/// Draws five photos into `data/photos`: four garments, on a bright sheet, a dark one, boards and a
/// grey sheet, and a mug. Returns their paths.
///
/// # Errors
/// When they can't be written.
pub fn draw() -> Result<Vec<PathBuf>, Error> {
    draw_into(&home::output_dir(Source::Photos)?)
}

pub(crate) fn draw_into(folder: &Path) -> Result<Vec<PathBuf>, Error> {
    let failed = |e: String| {
        Error::doing(format!("drawing photos into {}", home::display(folder)))
            .expected("a folder that can be written")
            .found(e)
            .advice("free some space on this disk, or see to the folder's rights")
    };
    fs::create_dir_all(folder).map_err(|e| failed(e.to_string()))?;
    let draw = |(name, thing, ground): &(&str, Thing, Ground)| {
        let (path, mut encoded) = (folder.join(name), Cursor::new(Vec::new()));
        let format = ImageFormat::from_path(&path).map_err(|e| failed(e.to_string()))?;
        picture(thing, *ground).write_to(&mut encoded, format).map_err(|e| failed(e.to_string()))?;
        files::write_atomically(&path, encoded.get_ref())?;
        Ok(path)
    };
    ALL.iter().map(draw).collect()
}

fn picture(thing: &Thing, ground: Ground) -> RgbImage {
    let mut noise = Noise(1);
    RgbImage::from_fn(WIDTH, HEIGHT, |x, y| {
        let place = (100.0 * x as f32 / WIDTH as f32, 100.0 * y as f32 / HEIGHT as f32);
        let is_in = |(x, y): Corner| thing.parts.iter().rev().find(|(_, outline)| contains(outline, (x, y)));
        // Light falls from the upper left.
        let light = 1.0 - 0.0012 * (place.0 + place.1);
        let mut colour = match is_in(place) {
            // Folds.
            Some((shade, _)) => thing
                .colour
                .map(|part| part * shade * (1.0 + 0.08 * (0.35 * (place.0 + 0.4 * place.1)).sin())),
            None => {
                let shadow = if is_in((place.0 - 1.2, place.1 - 1.2)).is_some() { 0.9 } else { 1.0 };
                ground.at(place).map(|part| part * shadow)
            }
        };
        let grain = noise.next();
        colour.iter_mut().for_each(|part| *part = *part * light + grain);
        Rgb(colour.map(|part| part.round().clamp(0.0, 255.0) as u8))
    })
}

impl Ground {
    fn at(self, (x, y): Corner) -> Colour {
        match self {
            Ground::Sheet(colour) => colour,
            Ground::Wood => {
                let board = (x / 25.0).floor();
                let gap = if x - 25.0 * board < 0.6 { 0.85 } else { 1.0 };
                let grain = 1.0 + 0.02 * (1.3 * x + (0.12 * y + 2.0 * board).sin()).sin();
                [214.0, 190.0, 156.0].map(|part| part * gap * grain)
            }
        }
    }
}

/// Whether a place lies within an outline: a ray to the left crosses it an odd number of times.
fn contains(outline: &[Corner], (x, y): Corner) -> bool {
    let next = outline.iter().cycle().skip(1);
    let crosses = outline
        .iter()
        .zip(next)
        .filter(|((ax, ay), (bx, by))| (*ay > y) != (*by > y) && x > ax + (y - ay) / (by - ay) * (bx - ax));
    crosses.count() % 2 == 1
}

/// What a camera adds: from -4 to 4, the same in each run.
struct Noise(u32);

impl Noise {
    fn next(&mut self) -> f32 {
        self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (self.0 >> 16) as f32 / 65_535.0 * 8.0 - 4.0
    }
}

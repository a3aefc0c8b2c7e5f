//! The practice set: 60,000 + 10,000 garments that the lab draws itself, in the format of
//! Fashion-MNIST, for machines that have neither the files nor a network.
//!
//! Each garment is made of outlines whose measures are random, filled with a random fabric and placed
//! not quite straight. Same seed, same pixels, on every machine and with any number of threads: each
//! image has random numbers of its own, and only `+ - * /` and square roots are used.

mod bag;
mod canvas;
mod cut;
mod fabric;
mod outline;
mod rng;
mod shoes;
mod tops;
mod trouser;

use std::path::Path;
use std::{fs, thread};

use rand::seq::SliceRandom;

use lab_base::{files, home};

use crate::data::files::Files;
use crate::data::idx::{self, SIDE, Split};
use crate::data::images::CLASS_NAMES;
use crate::notebook::progress::Progress;
use canvas::Canvas;
use lab_base::Error;
use rng::ImageRng;

/// Grows whenever the drawing changes, so that sets drawn before are drawn again.
const VERSION: &str = "1";

const SEED: u64 = 28;

/// Draws garments, in label order.
const GARMENTS: [fn(&mut ImageRng, &mut Canvas); CLASS_NAMES.len()] = [
    tops::t_shirt,
    trouser::trouser,
    tops::pullover,
    tops::dress,
    tops::coat,
    shoes::sandal,
    tops::shirt,
    shoes::sneaker,
    bag::bag,
    shoes::ankle_boot,
];

/// The four files of the practice set in `folder`, drawn first where they are not there, damaged or
/// drawn by another version.
pub(super) fn files(folder: &Path) -> Result<Files, Error> {
    let files = Files::unpacked_in(folder);
    let version = folder.join("version");
    let drawn = fs::read_to_string(&version).is_ok_and(|text| text == VERSION) && files.check().is_ok();
    if !drawn {
        println!("Drawing the practice set into {}: this takes seconds, once.", home::display(folder));
        let total = idx::TRAIN.count + idx::TEST.count;
        let progress = Progress::new("drawing the practice set", total, "images");
        draw_into(folder, idx::TRAIN, &progress)?;
        draw_into(folder, idx::TEST, &progress)?;
        progress.finish();
        files::write_atomically(&version, VERSION.as_bytes())?;
    }
    Ok(files)
}

fn draw_into(folder: &Path, split: Split, progress: &Progress) -> Result<(), Error> {
    let labels = labels(split);
    let mut file = idx::images_header(split.count);
    file.extend(draw(split, &labels, progress));
    files::write_atomically(&folder.join(split.images), &file)?;
    files::write_atomically(&folder.join(split.labels), &[idx::labels_header(split.count), labels].concat())
}

/// As many of each class, shuffled; an ankle boot comes first, as in Fashion-MNIST.
fn labels(split: Split) -> Vec<u8> {
    let mut labels: Vec<u8> = (0..split.count).map(|i| (i % CLASS_NAMES.len()) as u8).collect();
    labels.shuffle(ImageRng::new(SEED, stream(split, split.count)).generator());
    if let Some(boot) = labels.iter().position(|&label| label == 9) {
        labels.swap(0, boot);
    }
    labels
}

/// The pixels of the images with these labels, drawn on every core.
fn draw(split: Split, labels: &[u8], progress: &Progress) -> Vec<u8> {
    let mut pixels = vec![0; labels.len() * SIDE * SIDE];
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let share = labels.len().div_ceil(threads).max(1);
    thread::scope(|scope| {
        let parts = pixels.chunks_mut(share * SIDE * SIDE).zip(labels.chunks(share));
        for (part, (images, labels)) in parts.enumerate() {
            scope.spawn(move || {
                for (i, (image, &label)) in images.chunks_mut(SIDE * SIDE).zip(labels).enumerate() {
                    draw_image(stream(split, part * share + i), label, image);
                    progress.advance(1);
                }
            });
        }
    });
    pixels
}

fn draw_image(stream: u64, label: u8, pixels: &mut [u8]) {
    let mut rng = ImageRng::new(SEED, stream);
    let mut canvas = Canvas::new(&mut rng);
    GARMENTS[usize::from(label)](&mut rng, &mut canvas);
    let noise = rng.uniform(0.0, 0.035);
    canvas.finish(&mut rng, noise, pixels);
}

/// A number for each image of both splits, and one more for each split's order.
fn stream(split: Split, i: usize) -> u64 {
    (split.count + i) as u64 + if split == idx::TRAIN { 1 << 32 } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draw(split: Split, labels: &[u8]) -> Vec<u8> {
        super::draw(split, labels, &Progress::new("drawing", labels.len(), "images"))
    }

    #[test]
    fn the_pixels_are_those_of_this_version() {
        let labels = labels(idx::TRAIN);
        let crc32 = crc32fast::hash(&draw(idx::TRAIN, &labels[..500]));
        assert_eq!((VERSION, crc32), ("1", 4_216_052_205), "a change of the drawing needs a new VERSION");
    }

    #[test]
    fn the_number_of_threads_does_not_matter() {
        let labels = &labels(idx::TEST)[..50];
        let mut one_by_one = vec![0; labels.len() * SIDE * SIDE];
        for (i, image) in one_by_one.chunks_mut(SIDE * SIDE).enumerate() {
            draw_image(stream(idx::TEST, i), labels[i], image);
        }
        assert!(draw(idx::TEST, labels) == one_by_one);
    }

    #[test]
    fn the_classes_are_balanced_and_shuffled_and_a_boot_comes_first() {
        for split in [idx::TRAIN, idx::TEST] {
            let labels = labels(split);
            assert_eq!(labels[0], 9);
            for class in 0..10 {
                let count = |labels: &[u8]| labels.iter().filter(|&&label| label == class).count();
                assert_eq!(count(&labels), split.count / 10);
                assert!((60..140).contains(&count(&labels[..1000])), "class {class} in the first 1,000");
            }
        }
    }

    #[test]
    fn no_image_is_drawn_twice() {
        let draw = |split| draw(split, &[9; 200]);
        let (train, test) = (draw(idx::TRAIN), draw(idx::TEST));
        let mut images: Vec<&[u8]> =
            [&train, &test].into_iter().flat_map(|set| set.chunks(SIDE * SIDE)).collect();
        images.sort_unstable();
        images.dedup();
        assert_eq!(images.len(), 400);
    }

    #[test]
    fn every_garment_is_seen_against_black() {
        for (label, name) in CLASS_NAMES.iter().enumerate() {
            for image in draw(idx::TRAIN, &[label as u8; 300]).chunks(SIDE * SIDE) {
                let drawn = image.iter().filter(|&&pixel| pixel > 20).count();
                assert!((30..600).contains(&drawn), "{name} with {drawn} pixels");
            }
        }
    }
}

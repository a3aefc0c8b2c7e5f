use std::fmt;

use lab_base::Error;
use serde::{Deserialize, Serialize};

use crate::nn::kernels::{RandomStream, Threads};
use crate::nn::train::warp::{Erasure, Move, erase, resample, shift};

/// Changes every training image a little each time it is seen, so that no image comes twice: the network learns
/// what a garment looks like and does not memorize each image. Nothing is changed until a setter says so; every change
/// is drawn evenly from its range, anew for each image.
///
/// ```
/// # use lab_support::prelude::*;
/// let plan = Fit::epochs(30).augment(Augment::new().shift(2).flip());
/// ```
///
/// (Shorten and Khoshgoftaar, 2019, survey what is done to images.)
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Augment {
    shift: usize,
    flip: bool,
    rotation: f32,
    zoom: f32,
    erase: f32,
}

/// The fewest images for which another thread pays off.
const LEAST_IMAGES: usize = 4;

impl Augment {
    /// Changes nothing.
    pub fn new() -> Augment {
        Augment::default()
    }

    /// Moves the image by up to `pixels` whole pixels each way, and fills up with black: below half the image, default
    /// 0, usually 2. Keras's `RandomTranslation`.
    pub fn shift(self, pixels: usize) -> Augment {
        Augment { shift: pixels, ..self }
    }

    /// Swaps left and right in half of the images. Default: never. Keras's `RandomFlip("horizontal")`.
    pub fn flip(self) -> Augment {
        Augment { flip: true, ..self }
    }

    /// Turns the image by up to `degrees` either way, with bilinear sampling: 0 (the default) to 180, usually 5 to
    /// 15. Keras's `RandomRotation`, whose number is a share of a full turn.
    pub fn rotate(self, degrees: f32) -> Augment {
        Augment { rotation: degrees, ..self }
    }

    /// Makes the image larger or smaller by up to `share`, with bilinear sampling: 0 (the default) to below 1; 0.1
    /// is 90 to 110 %. Keras's `RandomZoom`.
    pub fn zoom(self, share: f32) -> Augment {
        Augment { zoom: share, ..self }
    }

    /// With this probability (0 to 1, default 0, usually 0.25 to 0.5) sets a rectangle to black: 2 to 33 % of the image,
    /// 0.3 to 3.3 times as wide as high, cut off at the edges. (Random erasing: Zhong et al., 2020.)
    pub fn erase(self, probability: f32) -> Augment {
        Augment { erase: probability, ..self }
    }

    /// # Errors
    /// When a setting is out of its range for images of this shape, or these are none of `[height, width]`.
    pub(crate) fn check(&self, shape: &[usize]) -> Result<(), Error> {
        let refuse = |expected: &str, found: &dyn fmt::Debug, advice: &str| {
            Err(Error::new("reading how to augment images", expected, format!("{found:?}"), advice))
        };
        let &[height, width] = shape else {
            let advice = "write Sequential::new([28, 28]), and .flatten() where it is needed";
            return refuse("a network that takes images of [height, width]", &shape, advice);
        };
        if self.shift.saturating_mul(2) >= height.min(width) {
            return refuse("a shift below half the image", &self.shift, "try .shift(2)");
        }
        if !(0.0..=180.0).contains(&self.rotation) {
            return refuse("a rotation from 0 to 180 degrees", &self.rotation, "try .rotate(10.0)");
        }
        if !(0.0..1.0).contains(&self.zoom) {
            return refuse("a zoom from 0 to below 1", &self.zoom, "try .zoom(0.1)");
        }
        if !(0.0..=1.0).contains(&self.erase) {
            return refuse("a probability from 0 to 1 of erasing", &self.erase, "try .erase(0.25)");
        }
        Ok(())
    }

    /// Writes a variant of each of the `rows` images of `from` into `to`, `[rows, height * width]`, whose background is
    /// `black`. Each thread takes a share of the images.
    pub(crate) fn apply(
        &self,
        rows: usize,
        from: &[f32],
        to: &mut [f32],
        (width, black): (usize, f32),
        rng: RandomStream,
        threads: &Threads,
    ) {
        let (n, share) = (from.len() / rows, threads.share(rows, LEAST_IMAGES));
        let parts = from.chunks(share * n).zip(to.chunks_mut(share * n));
        threads.for_each(parts.enumerate(), |(part, (from, to))| {
            for (i, (from, to)) in from.chunks_exact(n).zip(to.chunks_exact_mut(n)).enumerate() {
                self.vary(from, to, (width, black), rng.substream((part * share + i) as u64));
            }
        });
    }

    /// Writes the variant of one image that `rng` gives.
    pub(crate) fn vary(&self, from: &[f32], to: &mut [f32], (width, black): (usize, f32), rng: RandomStream) {
        let height = from.len() / width;
        let either_way = |i: u32, most: f32| (2.0 * rng.uniform(i) - 1.0) * most;
        let whole = |i: u32| (rng.uniform(i) * (2 * self.shift + 1) as f32) as isize - self.shift as isize;
        let mirrored = self.flip && rng.uniform(2) < 0.5;
        let offset = (whole(0), whole(1));
        if self.rotation == 0.0 && self.zoom == 0.0 {
            shift(from, to, width, offset, mirrored, black);
        } else {
            let (angle, scale) = (either_way(3, self.rotation), 1.0 + either_way(4, self.zoom));
            let place = Move::new((height, width), offset, mirrored, angle, scale);
            resample(from, to, width, place, black);
        }
        if rng.uniform(5) < self.erase {
            let numbers = [6, 7, 8, 9].map(|i| rng.uniform(i));
            erase(to, width, Erasure::new((height, width), numbers), black);
        }
    }
}

impl fmt::Display for Augment {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let Augment { shift, flip, rotation, zoom, erase } = self;
        let named = |name: &str, value: f32| (value > 0.0).then(|| format!("{name} {value}"));
        let parts = [
            named("shift", *shift as f32),
            flip.then(|| "flip".to_string()),
            named("rotate", *rotation),
            named("zoom", *zoom),
            named("erase", *erase),
        ];
        let parts: Vec<String> = parts.into_iter().flatten().collect();
        write!(f, "augmented: {}", if parts.is_empty() { "nothing".into() } else { parts.join(", ") })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all() -> Augment {
        Augment::new().shift(2).flip().rotate(10.0).zoom(0.1).erase(0.5)
    }

    /// `n` images of 12 x 12, each another pattern.
    fn images(n: usize) -> Vec<f32> {
        (0..n).flat_map(|i| (0..144).map(move |j| ((i * 31 + j * 7) % 17) as f32 / 16.0)).collect()
    }

    fn varied(augment: Augment, threads: usize, key: u64) -> Vec<f32> {
        of(augment, &images(23), 0.0, threads, key)
    }

    fn of(augment: Augment, from: &[f32], black: f32, threads: usize, key: u64) -> Vec<f32> {
        let (mut to, threads) = (vec![1.0; from.len()], Threads::with(threads).unwrap());
        augment.apply(from.len() / 144, from, &mut to, (12, black), RandomStream::new(key), &threads);
        to
    }

    #[test]
    fn threads_change_no_bit_and_chance_does() {
        let one = varied(all(), 1, 1);
        for threads in [2, 3, 5] {
            assert_eq!(one, varied(all(), threads, 1), "{threads} threads");
        }
        assert_ne!(one, varied(all(), 1, 2));
    }

    #[test]
    fn without_settings_nothing_changes() {
        assert_eq!(varied(Augment::new(), 1, 1), images(23));
    }

    #[test]
    fn half_of_the_images_are_mirrored() {
        let flipped = varied(Augment::new().flip(), 1, 1);
        let same = images(23).chunks(144).zip(flipped.chunks(144)).filter(|(a, b)| a == b).count();
        assert!((6..=17).contains(&same), "{same} of 23");
    }

    /// Where black is another number, what comes in from outside is that number.
    #[test]
    fn what_comes_in_from_outside_is_black() {
        let move_up = Augment::new().shift(5).rotate(20.0).erase(1.0);
        let darker: Vec<f32> = images(23).iter().map(|number| number - 2.0).collect();
        let (here, there) = (varied(move_up, 1, 1), of(move_up, &darker, -2.0, 1, 1));
        assert!(here.iter().zip(there).all(|(here, there)| (here - 2.0 - there).abs() < 1e-5));
    }

    #[test]
    fn settings_out_of_range_are_refused() {
        let table = [
            (Augment::new().shift(14), "a shift below half the image, found 14"),
            (Augment::new().rotate(-1.0), "a rotation from 0 to 180"),
            (Augment::new().zoom(f32::NAN), "a zoom from 0 to below 1, found NaN"),
            (Augment::new().erase(1.1), "a probability from 0 to 1"),
        ];
        for (augment, words) in table {
            let message = augment.check(&[28, 28]).unwrap_err().to_string();
            assert!(message.contains(words), "{words}: {message}");
        }
        assert!(all().check(&[28, 28]).is_ok());
        assert!(all().check(&[784]).unwrap_err().to_string().contains("found [784]"));
    }

    #[test]
    fn it_says_what_it_does() {
        assert_eq!(all().to_string(), "augmented: shift 2, flip, rotate 10, zoom 0.1, erase 0.5");
        assert_eq!(Augment::new().to_string(), "augmented: nothing");
    }
}

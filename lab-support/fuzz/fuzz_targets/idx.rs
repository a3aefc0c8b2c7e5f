//! A file of images and its file of labels: those of Fashion-MNIST, and any other.
#![no_main]

use std::sync::LazyLock;

use fuzzed::Scratch;
use lab_support::data::{ImageSet, idx};
use libfuzzer_sys::fuzz_target;

static SCRATCH: LazyLock<Scratch> = LazyLock::new(Scratch::default);

fuzz_target!(|input: (&[u8], &[u8], u16)| {
    let (images, labels, count) = input;
    let [train, test] = [(idx::TRAIN.images, idx::TRAIN.labels), (idx::TEST.images, idx::TEST.labels)]
        .map(|(of_images, of_labels)| (SCRATCH.file(of_images, images), SCRATCH.file(of_labels, labels)));
    if let Ok(set) = ImageSet::idx(train.0.parent().unwrap()) {
        assert_eq!(set.train.pixels, set.test.pixels);
        assert_eq!(
            set.train.len() * set.train.shape().1 * set.train.shape().2 + idx::IMAGES_HEADER,
            images.len()
        );
    }
    let (images, labels) = test;
    if idx::check(&images, &labels, count.into()).is_ok() {
        let size = |file| std::fs::metadata(file).unwrap().len() as usize;
        let pixels = idx::SIDE * idx::SIDE * usize::from(count);
        assert_eq!(size(&images), idx::IMAGES_HEADER + pixels);
        assert_eq!(size(&labels), idx::LABELS_HEADER + usize::from(count));
    }
});

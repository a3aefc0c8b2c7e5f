//! A file of images and its file of labels.
#![no_main]

use std::sync::LazyLock;

use fuzzed::Scratch;
use lab_support::data::idx;
use libfuzzer_sys::fuzz_target;

static SCRATCH: LazyLock<Scratch> = LazyLock::new(Scratch::default);

fuzz_target!(|input: (&[u8], &[u8], u16)| {
    let (images, labels, count) = input;
    let (images, labels) = (SCRATCH.file("images", images), SCRATCH.file("labels", labels));
    if idx::check(&images, &labels, count.into()).is_ok() {
        let size = |file| std::fs::metadata(file).unwrap().len() as usize;
        let pixels = idx::SIDE * idx::SIDE * usize::from(count);
        assert_eq!(size(&images), idx::IMAGES_HEADER + pixels);
        assert_eq!(size(&labels), idx::LABELS_HEADER + usize::from(count));
    }
});

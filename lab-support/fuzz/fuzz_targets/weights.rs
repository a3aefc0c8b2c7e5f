//! A network in a safetensors file, of the lab or of another program.
#![no_main]

use std::sync::LazyLock;

use fuzzed::Scratch;
use lab_support::prelude::*;
use libfuzzer_sys::fuzz_target;

static SCRATCH: LazyLock<Scratch> = LazyLock::new(Scratch::default);

fuzz_target!(|input: &[u8]| {
    let file = SCRATCH.file("network.safetensors", input);
    if let Ok(network) = Sequential::load(&file) {
        let again = SCRATCH.path().join("again.safetensors");
        network.save(&again).unwrap();
        assert_eq!(Sequential::load(&again).unwrap().to_json(), network.to_json());
    }
    let mut small = Sequential::new([2, 2]).conv2d(1, 2, Relu).flatten().dense(3, Linear);
    let before = small.weight(1).map(|weight| weight.to_owned());
    if small.load_weights(&file).is_err() {
        assert_eq!(
            small.weight(1).map(|weight| weight.to_owned()),
            before,
            "weights that don't fit change nothing"
        );
    }
});

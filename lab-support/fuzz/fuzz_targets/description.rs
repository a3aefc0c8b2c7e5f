//! A network's description, as `to_json` writes it.
#![no_main]

use lab_support::prelude::*;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Ok(network) = Sequential::from_json(text) {
        let json = network.to_json();
        assert_eq!(Sequential::from_json(&json).unwrap().to_json(), json);
    }
});

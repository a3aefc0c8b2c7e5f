//! Arrays of NumPy, one of them or several in an archive.
#![no_main]

use std::sync::LazyLock;

use fuzzed::Scratch;
use lab_exchange::{Npz, load_npy, save_npy};
use libfuzzer_sys::fuzz_target;
use ndarray::ArrayD;

static SCRATCH: LazyLock<Scratch> = LazyLock::new(Scratch::default);

fuzz_target!(|input: &[u8]| {
    let file = SCRATCH.file("array.npy", input);
    let read: Result<ArrayD<f64>, _> = load_npy(&file);
    if let Ok(array) = read {
        let again = SCRATCH.path().join("again.npy");
        save_npy(&again, &array).unwrap();
        let again: ArrayD<f64> = load_npy(&again).unwrap();
        assert_eq!(again.shape(), array.shape());
        assert!(again.iter().zip(&array).all(|(again, number)| again.to_bits() == number.to_bits()));
    }
    if let Ok(file) = Npz::load(&file) {
        for name in file.names() {
            let _: Result<ArrayD<f32>, _> = file.get(name);
        }
    }
});

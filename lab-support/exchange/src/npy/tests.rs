use lab_support::Error;
use ndarray::{Array1, Array2, ArrayD, array};

use super::*;

fn read(bytes: &[u8]) -> Result<ArrayD<f32>, Error> {
    decode(bytes, "reading an array")
}

/// A file with this description and these bytes behind it.
fn made_up(description: &str, data: &[u8]) -> Vec<u8> {
    let length = (description.len() as u16).to_le_bytes();
    [b"\x93NUMPY\x01\x00", &length[..], description.as_bytes(), data].concat()
}

#[test]
fn a_round_trip_changes_no_number() {
    let numbers = [0.0f32, -0.0, 1.5, f32::MAX, f32::MIN_POSITIVE, f32::INFINITY];
    let again: Array1<f32> = decode(&encode(&Array1::from(numbers.to_vec())).unwrap(), "x").unwrap();
    assert!(again.iter().zip(numbers).all(|(a, b)| a.to_bits() == b.to_bits()));
    let large = array![[u64::MAX, 0], [1 << 53, (1 << 53) + 1]];
    let again: Array2<u64> = decode(&encode(&large).unwrap(), "x").unwrap();
    assert_eq!(again, large);
    let told = decode::<i64, ndarray::Ix2>(&encode(&large).unwrap(), "x").unwrap_err().to_string();
    assert!(told.contains("18446744073709551615 at [0, 0]"), "{told}");
    assert!(decode::<u8, ndarray::Ix1>(&encode(&array![f64::NAN]).unwrap(), "x").is_err());
}

/// Wherever in memory the file lies, and however long its description is.
#[test]
fn numbers_are_read_from_any_place() {
    for spaces in 0..17 {
        let description =
            format!("{{'descr': '<f8', 'fortran_order': False, 'shape': (2,)}}{}\n", " ".repeat(spaces));
        let data = [1.5f64, -2.0].map(f64::to_le_bytes).concat();
        assert_eq!(read(&made_up(&description, &data)).unwrap(), array![1.5, -2.0].into_dyn());
    }
}

#[test]
fn a_file_cut_short_or_damaged_is_refused_and_never_panics() {
    let whole = encode(&array![[1.0f32, 2.0], [3.0, 4.0]]).unwrap();
    for length in 0..whole.len() {
        read(&whole[..length]).unwrap_err();
    }
    read(&[&whole[..], &[0]].concat()).unwrap_err();
    for i in 0..whole.len() {
        for byte in [whole[i] ^ 1, whole[i] ^ 0x80, b'9', b'(', 0, 0xff] {
            let mut damaged = whole.clone();
            damaged[i] = byte;
            // Either result is right: what matters is to come back.
            let _ = read(&damaged);
        }
    }
}

/// A few bytes that ask for terabytes, or for a stack without end.
#[test]
fn a_small_file_that_asks_for_much_is_refused() {
    let shape = |shape: &str| format!("{{'descr': '<f4', 'fortran_order': False, 'shape': {shape}}}\n");
    for description in [
        shape("(1000000000000,)"),
        shape("(18446744073709551615, 18446744073709551615)"),
        shape("(4294967296, 4294967296, 0)"),
        shape("(99999999999999999999999999,)"),
        shape("(-1,)"),
        shape(&"(".repeat(9000)),
        shape(&format!("({})", "1,".repeat(4000))),
        shape(&"[".repeat(90)),
        "{".repeat(99),
        " ".repeat(60_000),
    ] {
        let begun = std::time::Instant::now();
        let result = read(&made_up(&description, &[0; 16]));
        assert!(result.is_err() || result.is_ok_and(|array| array.len() <= 4), "{description}");
        assert!(begun.elapsed().as_secs() < 5, "{description}");
    }
}

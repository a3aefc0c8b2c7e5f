use ndarray::{Array1, array};

use super::*;

fn packed(name: &str, bytes: &[u8]) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    let deflated = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    archive.start_file(name, deflated).unwrap();
    archive.write_all(bytes).unwrap();
    archive.finish().unwrap().into_inner()
}

#[test]
fn a_round_trip_changes_no_number() {
    let file = Npz::new().with("a", &array![1.5f32, -2.0]).unwrap().with("b b", &array![[1u8], [2]]).unwrap();
    let again = unpack(&file.pack().unwrap(), LIMIT).unwrap();
    assert_eq!((again.names(), &again), (vec!["a", "b b"], &file));
    let a: Array1<f64> = again.get("a").unwrap();
    assert_eq!(a, array![1.5, -2.0]);
    let later = file.with("a", &array![7u8]).unwrap();
    assert_eq!(later.get::<u8, ndarray::Ix1>("a").unwrap(), array![7]);
}

#[test]
fn a_name_that_leads_elsewhere_is_refused() {
    for name in ["", "../x", "a/b", "/x", ".hidden", "a\0b", "a\\b"] {
        let told = Npz::new().with(name, &array![1u8]).unwrap_err().to_string();
        assert!(told.contains("expected a name for it"), "{told}");
    }
}

#[test]
fn a_file_cut_short_or_damaged_never_panics() {
    let whole = Npz::new().with("x", &array![1u8, 2, 3]).unwrap().pack().unwrap();
    for length in 0..whole.len() {
        assert!(unpack(&whole[..length], LIMIT).is_err(), "{length}");
    }
    for i in 0..whole.len() {
        for byte in [whole[i] ^ 1, whole[i] ^ 0x80, 0, 0xff] {
            let mut damaged = whole.clone();
            damaged[i] = byte;
            if let Ok(file) = unpack(&damaged, LIMIT) {
                let _ = file.get::<u8, ndarray::Ix1>("x");
            }
        }
    }
    assert!(unpack(&packed("readme.txt", b"text"), LIMIT).unwrap_err().contains("readme.txt"));
}

/// Its zeros take a thousandth of their size in the file.
#[test]
fn what_unpacks_to_more_than_the_limit_is_refused() {
    let whole = packed("zeros.npy", &vec![0; 1 << 20]);
    assert!(whole.len() < 1 << 12);
    assert!(unpack(&whole, 1 << 20).is_ok());
    assert_eq!(unpack(&whole, (1 << 20) - 1).unwrap_err(), "more than 1 GB when it is unpacked");
}

#[test]
fn both_parts_are_a_data_set_with_names() {
    let images = |n: usize| Array3::<u8>::from_shape_fn((n, 4, 3), |(i, ..)| i as u8);
    let train =
        Npz::new().with("x_train", &images(4)).unwrap().with("y_train", &array![1i64, 0, 1, 0]).unwrap();
    let whole = train.clone().with("x_test", &images(2)).unwrap().with("y_test", &array![0i64, 1]).unwrap();
    let data = whole.image_set("lamps", ["off", "on"]).unwrap();
    assert_eq!((data.train.shape(), data.test.labels.to_vec()), ((4, 4, 3), vec![0, 1]));
    assert_eq!((data.train.class_name(0), data.train.source.title()), ("on", "lamps"));
    for (file, names, says) in [
        (&train, vec!["off", "on"], "x_test"),
        (&whole, vec!["off"], "2 to 256 names"),
        (&whole.clone().with("y_test", &array![0i64, 2]).unwrap(), vec!["off", "on"], "label 2 at index 1"),
        (&whole.clone().with("y_test", &array![0.5, 1.0]).unwrap(), vec!["off", "on"], "0.5"),
    ] {
        let told = file.image_set("lamps", names).err().unwrap().to_string();
        assert!(told.contains(says), "{says}: {told}");
    }
}

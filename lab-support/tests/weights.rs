//! The contract of saved networks: the names, shapes and bytes that `torch.nn.Sequential` takes, the same
//! outputs after a round trip, and a clear error for every file that is something else.

use std::path::{Path, PathBuf};

use lab_support::data::Source;
use lab_support::prelude::*;
use ndarray::{ArcArray, ArcArray1};
use safetensors::tensor::{Dtype, SafeTensors, TensorView};
use tempfile::TempDir;

fn images(n: usize) -> Dataset {
    let pixels = ArcArray::from_shape_fn((n, 4, 4), |(i, j, k)| ((i * 97 + j * 31 + k * 7) % 256) as u8);
    let labels = ArcArray1::from_shape_fn(n, |i| (i % 3) as u8);
    Images::new(pixels, labels, Source::Practice).unwrap().normalized()
}

fn network() -> Sequential {
    Sequential::new([4, 4]).flatten().dense(5, Relu).dense(3, Linear).seed(7)
}

/// The network in a file, and the folder that holds it.
fn saved(model: &Sequential) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("network.safetensors");
    model.save(&path).unwrap();
    (folder, path)
}

fn names_and_shapes(path: &Path) -> Vec<(String, Vec<usize>)> {
    let bytes = std::fs::read(path).unwrap();
    let tensors = SafeTensors::deserialize(&bytes).unwrap();
    assert!(tensors.tensors().iter().all(|(_, tensor)| tensor.dtype() == Dtype::F32));
    let mut list: Vec<_> = tensors.tensors().into_iter().map(|(n, t)| (n, t.shape().to_vec())).collect();
    list.sort();
    list
}

/// A tensor's name and shape.
type Header<'a> = (&'a str, &'a [usize]);

/// Writes tensors that count up from 0 through all of them, as another program might.
fn foreign(path: &Path, tensors: &[Header], dtype: Dtype) {
    let mut next = 0;
    let tensors: Vec<_> = tensors
        .iter()
        .map(|(name, shape)| {
            let n = shape.iter().product::<usize>();
            let bytes: Vec<u8> = (next..next + n).flat_map(|v| (v as f32).to_le_bytes()).collect();
            next += n;
            (*name, shape.to_vec(), bytes)
        })
        .collect();
    let views = tensors
        .iter()
        .map(|(name, shape, bytes)| (name, TensorView::new(dtype, shape.clone(), bytes).unwrap()));
    std::fs::write(path, safetensors::serialize(views, None).unwrap()).unwrap();
}

/// What `torch.nn.Sequential(Flatten(), Linear(784, 128), ReLU(), Linear(128, 10)).state_dict()` holds.
#[test]
fn the_baselines_tensors_are_pytorchs() {
    let model = Sequential::new([28, 28]).flatten().dense(128, Relu).dense(10, Linear);
    let (_folder, path) = saved(&model);
    let expected = [
        ("1.bias", vec![128]),
        ("1.weight", vec![128, 784]),
        ("3.bias", vec![10]),
        ("3.weight", vec![10, 128]),
    ];
    assert_eq!(names_and_shapes(&path), expected.map(|(name, shape)| (name.to_string(), shape)));
}

/// Linear, ReLU, Linear, Linear, Softmax: each counts, and what is linear adds no layer.
#[test]
fn activations_are_counted_as_pytorch_counts_them() {
    let model = Sequential::new([4, 4]).flatten().dense(5, Relu).dense(4, Linear).dense(3, Softmax);
    let names = |model: &Sequential| {
        let (_folder, path) = saved(model);
        names_and_shapes(&path).into_iter().map(|(name, _)| name).collect::<Vec<_>>()
    };
    assert_eq!(names(&model), ["1.bias", "1.weight", "3.bias", "3.weight", "4.bias", "4.weight"]);
    let model = Sequential::new([4]).activation(Tanh).dense(3, Linear).activation(Softmax);
    assert_eq!(names(&model), ["1.bias", "1.weight"]);
}

/// What `torch.nn.Sequential(Linear(4, 3), BatchNorm1d(3), ReLU(), Dropout(), Linear(3, 2))` holds.
#[test]
fn batch_normalization_is_saved_as_pytorch_saves_it() {
    let model = Sequential::new([4]).dense(3, Linear).batch_norm().activation(Relu).dropout(0.5);
    let (_folder, path) = saved(&model.dense(2, Linear));
    let bytes = std::fs::read(path).unwrap();
    let tensors = SafeTensors::deserialize(&bytes).unwrap();
    let mut found: Vec<_> =
        tensors.tensors().into_iter().map(|(name, t)| (name, t.dtype(), t.shape().to_vec())).collect();
    found.sort_by(|a, b| a.0.cmp(&b.0));
    let expected = [
        ("0.bias", Dtype::F32, vec![3]),
        ("0.weight", Dtype::F32, vec![3, 4]),
        ("1.bias", Dtype::F32, vec![3]),
        ("1.num_batches_tracked", Dtype::I64, vec![]),
        ("1.running_mean", Dtype::F32, vec![3]),
        ("1.running_var", Dtype::F32, vec![3]),
        ("1.weight", Dtype::F32, vec![3]),
        ("4.bias", Dtype::F32, vec![2]),
        ("4.weight", Dtype::F32, vec![2, 3]),
    ];
    assert_eq!(found, expected.map(|(name, dtype, shape)| (name.to_string(), dtype, shape)));
}

/// Row by row, the least significant byte first: the weights are 0, 1, 2 ... in PyTorch's order.
#[test]
fn values_lie_where_pytorch_puts_them() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("foreign.safetensors");
    foreign(&path, &[("0.weight", &[3, 2]), ("0.bias", &[3])], Dtype::F32);
    let mut model = Sequential::new([2]).dense(3, Linear);
    model.load_weights(&path).unwrap();
    let pixels = ArcArray::from_shape_vec((2, 1, 2), vec![1, 0, 0, 10]).unwrap();
    let data = Images::new(pixels, ArcArray1::zeros(2), Source::Practice).unwrap().unnormalized();
    let outputs = model.outputs(&data).unwrap();
    assert_eq!(outputs, ndarray::array![[0.0 + 6.0, 2.0 + 7.0, 4.0 + 8.0], [16.0, 37.0, 58.0]]);
}

#[test]
fn a_round_trip_of_a_convolution_changes_no_bit() {
    let data = images(9);
    let settings = Conv::default().padding(Padding::Same).init(Init::HeUniform);
    let model = Sequential::new([1, 4, 4]).conv2d_with(4, 2, Tanh, settings).max_pool2d_with(2, 1);
    let model = model.conv2d_with(9, 2, Relu, Conv::default().stride(2));
    let flat = model.clone().average_pool2d(1).flatten().dense(3, Linear).seed(5);
    for model in [flat, model.global_average_pool2d().dense(3, Softmax)] {
        let (_folder, path) = saved(&model);
        let loaded = Sequential::load(&path).unwrap();
        assert_eq!(loaded.outputs(&data).unwrap(), model.outputs(&data).unwrap());
        assert_eq!(loaded.summary(), model.summary());
    }
}

/// What `Conv2d(1, 3, 2), ReLU(), MaxPool2d(2), Conv2d(3, 4, 1), AdaptiveAvgPool2d(1), Flatten(), Linear(4, 2)` holds.
#[test]
fn the_tensors_of_a_convolution_are_pytorchs() {
    let model = Sequential::new([5, 5]).conv2d(3, 2, Relu).max_pool2d(2).conv2d(4, 1, Linear);
    let (_folder, path) = saved(&model.global_average_pool2d().dense(2, Linear));
    let expected = [
        ("0.bias", vec![3]),
        ("0.weight", vec![3, 1, 2, 2]),
        ("3.bias", vec![4]),
        ("3.weight", vec![4, 3, 1, 1]),
        ("6.bias", vec![2]),
        ("6.weight", vec![2, 4]),
    ];
    assert_eq!(names_and_shapes(&path), expected.map(|(name, shape)| (name.to_string(), shape)));
}

#[test]
fn a_round_trip_changes_no_bit() {
    let data = images(30);
    let mut trained = network();
    trained.compile(Adam::default(), CrossEntropy::from_logits());
    trained.fit(&data, Fit::epochs(1).quiet()).unwrap();
    let all = Sequential::new([4, 4]).batch_norm().flatten().dropout(0.1).dense(5, Sigmoid).batch_norm();
    let all = all.dense_with(4, Tanh, Init::HeUniform).dense(4, Elu).dense(4, LeakyRelu).dense(3, Gelu);
    let mut all = all.dense(3, Softmax).seed(u64::MAX);
    all.compile(Adam::default(), CrossEntropy::from_probabilities());
    all.fit(&data, Fit::epochs(1).quiet()).unwrap();
    for model in [network(), trained.clone(), trained.with_softmax(), all] {
        let (_folder, path) = saved(&model);
        let loaded = Sequential::load(&path).unwrap();
        assert_eq!(loaded.outputs(&data).unwrap(), model.outputs(&data).unwrap());
        assert_eq!(loaded.summary(), model.summary());
        let (_folder, again) = saved(&loaded);
        assert!(std::fs::read(path).unwrap() == std::fs::read(again).unwrap());
    }
}

/// A loaded network is trained as the one that was saved.
#[test]
fn a_loaded_network_can_be_trained_further() {
    let (data, mut model) = (images(30), network());
    let (_folder, path) = saved(&model);
    let mut loaded = Sequential::load(&path).unwrap();
    for network in [&mut model, &mut loaded] {
        network.compile(Sgd::default(), CrossEntropy::from_logits());
        network.fit(&data, Fit::epochs(2).quiet()).unwrap();
    }
    assert_eq!(loaded.outputs(&data).unwrap(), model.outputs(&data).unwrap());
}

/// Each line: the tensors in the file, and what is said about them.
#[test]
fn other_tensors_are_refused_and_change_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("foreign.safetensors");
    let (mut model, data) = (network(), images(3));
    let before = model.outputs(&data).unwrap();
    let (weight, bias, last): (Header, Header, Header) =
        (("1.weight", &[5, 16]), ("1.bias", &[5]), ("3.weight", &[3, 5]));
    let table: [(&[Header], Dtype, &str); 6] = [
        (&[], Dtype::F32, "tensor 1.weight of shape [5, 16]"),
        (&[weight, bias, last], Dtype::F32, "tensor 3.bias of shape [3]"),
        (&[("1.weight", &[16, 5]), bias, last, ("3.bias", &[3])], Dtype::F32, "found shape [16, 5], F32"),
        (&[weight, bias, last, ("3.bias", &[3, 1])], Dtype::F32, "found shape [3, 1], F32"),
        (&[weight, bias, last, ("3.bias", &[3])], Dtype::I32, "found shape [5, 16], I32"),
        (&[weight, bias, last, ("3.bias", &[3]), ("5.bias", &[1])], Dtype::F32, "\"5.bias\""),
    ];
    for (tensors, dtype, words) in table {
        foreign(&path, tensors, dtype);
        let message = model.load_weights(&path).unwrap_err().to_string();
        assert!(message.contains(words), "{words}: {message}");
        assert_eq!(model.outputs(&data).unwrap(), before);
        let message = Sequential::load(&path).unwrap_err().to_string();
        assert!(message.contains("no description of the layers"), "{message}");
    }
}

#[test]
fn a_file_that_is_not_there_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("nowhere.safetensors");
    let errors = [Sequential::load(&path).unwrap_err(), network().load_weights(&path).unwrap_err()];
    for message in errors.map(|e| e.to_string()) {
        assert!(message.contains("nowhere.safetensors"), "{message}");
        assert!(!message.contains(&*folder.path().to_string_lossy()), "folders are private: {message}");
    }
}

/// Removed first, because some file systems wait for the disk when a file is written over.
fn replace(path: &Path, bytes: &[u8]) {
    std::fs::remove_file(path).unwrap();
    std::fs::write(path, bytes).unwrap();
}

#[test]
fn a_file_cut_short_anywhere_is_refused() {
    let (_folder, path) = saved(&network());
    let whole = std::fs::read(&path).unwrap();
    for length in 0..whole.len() {
        replace(&path, &whole[..length]);
        let message = Sequential::load(&path).expect_err("a part is refused").to_string();
        assert!(message.contains("While reading the network in network.safetensors"), "{message}");
        network().load_weights(&path).unwrap_err();
    }
}

/// A changed byte is an error or another number, and never a panic.
#[test]
fn a_damaged_file_never_panics() {
    let (_folder, path) = saved(&network());
    let whole = std::fs::read(&path).unwrap();
    for i in 0..whole.len() {
        for byte in [whole[i] ^ 1, whole[i] ^ 0x80, b'9', b'"', 0, 0xFF] {
            let mut damaged = whole.clone();
            damaged[i] = byte;
            replace(&path, &damaged);
            // Either result is right: what matters is to come back.
            let (_, _) = (Sequential::load(&path), network().load_weights(&path));
        }
    }
}

/// Descriptions that no network of this size has: they are refused before any memory is asked for.
#[test]
fn a_made_up_description_is_refused() {
    let layers = |text: &str| format!(r#"{{"input_shape":[4,4],"seed":7,"layers":[{text}]}}"#);
    let dense = |units: &str| {
        let settings = r#""activation":"ReLU","init":"glorot_uniform","layer":"Dense""#;
        layers(&format!(r#"{{"layer":"Flatten"}},{{{settings},"units":{units}}}"#))
    };
    let conv = |filters: &str, kernel: &str, stride: &str| {
        let settings = r#""activation":"ReLU","init":"glorot_uniform","layer":"Conv2D","padding":"valid""#;
        layers(&format!(r#"{{{settings},"filters":{filters},"kernel":{kernel},"stride":{stride}}}"#))
    };
    let table = [
        String::new(),
        "[]".into(),
        "{}".into(),
        layers(""),
        layers("3"),
        layers(r#"{"layer":"Conv2D"}"#),
        conv("4294967296", "4294967296", "1"),
        conv("1", "1", "0"),
        conv("9", "1", "1"),
        layers(r#"{"layer":"MaxPooling2D","size":5,"stride":1}"#),
        r#"{"input_shape":[2147483648,2147483648],"seed":7,"layers":[{"layer":"GlobalAveragePooling2D"}]}"#
            .into(),
        dense("0"),
        dense("-1"),
        dense("2.5"),
        dense("1000000000000"),
        dense("18446744073709551615"),
        r#"{"input_shape":[],"seed":7,"layers":[{"layer":"Flatten"}]}"#.into(),
        r#"{"input_shape":[4294967296,4294967296],"seed":7,"layers":[{"layer":"Flatten"}]}"#.into(),
        r#"{"input_shape":[4],"seed":-7,"layers":[{"layer":"Flatten"}]}"#.into(),
    ];
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("network.safetensors");
    for description in table {
        let bytes = 0f32.to_le_bytes();
        let view = TensorView::new(Dtype::F32, vec![1], &bytes).unwrap();
        let metadata = [("sequential".to_string(), description.clone())].into();
        std::fs::write(&path, safetensors::serialize([("1.bias", view)], Some(metadata)).unwrap()).unwrap();
        assert!(Sequential::load(&path).is_err(), "{description}");
    }
}

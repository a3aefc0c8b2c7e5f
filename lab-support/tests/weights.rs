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

/// Writes tensors as another program might: the bytes of each number by `bytes`, which is told how many come before it.
fn write(path: &Path, tensors: &[Header], dtype: Dtype, bytes: impl Fn(usize) -> Vec<u8>) {
    let mut next = 0;
    let tensors: Vec<_> = tensors
        .iter()
        .map(|(name, shape)| {
            let n = shape.iter().product::<usize>();
            next += n;
            (*name, shape.to_vec(), (next - n..next).flat_map(&bytes).collect::<Vec<u8>>())
        })
        .collect();
    let views = tensors
        .iter()
        .map(|(name, shape, bytes)| (name, TensorView::new(dtype, shape.clone(), bytes).unwrap()));
    std::fs::write(path, safetensors::serialize(views, None).unwrap()).unwrap();
}

/// Tensors that count up from 0 through all of them.
fn foreign(path: &Path, tensors: &[Header], dtype: Dtype) {
    write(path, tensors, dtype, |i| (i as f32).to_le_bytes().to_vec());
}

/// Writes a tensor of `n` zeros, and a description.
fn described(path: &Path, (name, n): (&str, usize), kind: &str, description: &str) {
    let bytes = vec![0; 4 * n];
    let view = TensorView::new(Dtype::F32, vec![n], &bytes).unwrap();
    let metadata = [(kind.to_string(), description.to_string())].into();
    std::fs::write(path, safetensors::serialize([(name, view)], Some(metadata)).unwrap()).unwrap();
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
    let bare = Conv::default().use_bias(false).padding(Padding::Same).stride(2);
    let blocks = model.clone().residual(|block| block.layer_norm().conv2d(9, 1, Silu));
    let blocks = blocks.conv2d_with(2, 3, Relu, bare).flatten().dense_with(
        3,
        Linear,
        Neurons::default().use_bias(false),
    );
    for model in [flat, blocks, model.global_average_pool2d().dense(3, Softmax)] {
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

/// What `Linear(4, 3, bias=False), LayerNorm(3), Linear(3, 3), Add(2), Linear(3, 2)` holds: the sum counts as a layer.
#[test]
fn what_has_no_bias_saves_none_and_a_sum_counts_as_a_layer() {
    let model = Sequential::new([4]).dense_with(3, Linear, Neurons::default().use_bias(false));
    let model = model.residual(|block| block.layer_norm().dense(3, Linear)).dense(2, Linear);
    let (_folder, path) = saved(&model);
    let expected = [
        ("0.weight", vec![3, 4]),
        ("1.bias", vec![3]),
        ("1.weight", vec![3]),
        ("2.bias", vec![3]),
        ("2.weight", vec![3, 3]),
        ("4.bias", vec![2]),
        ("4.weight", vec![2, 3]),
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
        layers(r#"{"layer":"Add","layers":0}"#),
        layers(r#"{"layer":"Flatten"},{"layer":"Add","layers":1}"#),
        layers(r#"{"layer":"LayerNormalization"},{"layer":"Add","layers":2}"#),
        layers(r#"{"layer":"Add","layers":18446744073709551615}"#),
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
        described(&path, ("1.bias", 1), "sequential", &description);
        assert!(Sequential::load(&path).is_err(), "{description}");
    }
}

/// The tensors of [`network`], each number by `bytes`.
fn variant(path: &Path, dtype: Dtype, names: [&str; 4], bytes: impl Fn(f32) -> Vec<u8>) {
    let [first, first_bias, last, last_bias] = names;
    let tensors: [Header; 4] = [(first, &[5, 16]), (first_bias, &[5]), (last, &[3, 5]), (last_bias, &[3])];
    write(path, &tensors, dtype, |i| bytes((i as f32 - 50.0) / 32.0));
}

const NAMES: [&str; 4] = ["1.weight", "1.bias", "3.weight", "3.bias"];

/// The numbers are multiples of 1/32 below 2: every kind of float holds them exactly.
#[test]
fn floats_of_other_sizes_are_converted() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("foreign.safetensors");
    let half = |x: f32| {
        let bits = x.to_bits();
        let exponent = (bits >> 23 & 255) as i32 - 127 + 15;
        let rest = if x == 0.0 { 0 } else { (exponent as u32) << 10 | bits >> 13 & 1023 };
        ((bits >> 31 << 15 | rest) as u16).to_le_bytes().to_vec()
    };
    let mut expected = network();
    variant(&path, Dtype::F32, NAMES, |x| x.to_le_bytes().to_vec());
    expected.load_weights(&path).unwrap();
    assert_eq!(expected.weight(1).unwrap()[[0, 0]], -50.0 / 32.0);
    type Kind<'a> = (Dtype, &'a dyn Fn(f32) -> Vec<u8>);
    let kinds: [Kind; 3] = [
        (Dtype::F64, &|x| f64::from(x).to_le_bytes().to_vec()),
        (Dtype::F16, &half),
        (Dtype::BF16, &|x| ((x.to_bits() >> 16) as u16).to_le_bytes().to_vec()),
    ];
    for (dtype, bytes) in kinds {
        variant(&path, dtype, NAMES, bytes);
        let mut model = network();
        model.load_weights(&path).unwrap();
        assert_eq!(model.outputs(&images(5)).unwrap(), expected.outputs(&images(5)).unwrap(), "{dtype:?}");
    }
    variant(&path, Dtype::F64, NAMES, |x| (f64::from(x) * 1e300).to_le_bytes().to_vec());
    let message = network().load_weights(&path).unwrap_err().to_string();
    assert!(message.contains("finite numbers in 1.weight, found -inf"), "{message}");
}

/// Each line: the names in a file of the network's tensors. Which is which is beyond doubt.
#[test]
fn names_of_others_are_understood() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("foreign.safetensors");
    let plain = |x: f32| x.to_le_bytes().to_vec();
    let mut expected = network();
    variant(&path, Dtype::F32, NAMES, plain);
    expected.load_weights(&path).unwrap();
    for prefix in ["_orig_mod.", "module.", "_orig_mod.module.", "net.", "a.b."] {
        let names = NAMES.map(|name| format!("{prefix}{name}"));
        variant(&path, Dtype::F32, names.each_ref().map(String::as_str), plain);
        let mut model = network();
        model.load_weights(&path).unwrap();
        assert_eq!(model.weights(), expected.weights(), "{prefix}");
    }
    for layers in [["fc1", "fc2"], ["z", "a"], ["net.0", "net.2"], ["0", "3"], ["hidden.linear", "head"]] {
        let [one, two] = layers;
        let names = [(one, "weight"), (one, "bias"), (two, "weight"), (two, "bias")];
        let names = names.map(|(layer, name)| format!("{layer}.{name}"));
        variant(&path, Dtype::F32, names.each_ref().map(String::as_str), plain);
        let mut model = network();
        model.load_weights(&path).unwrap();
        assert_eq!(model.weights(), expected.weights(), "{layers:?}");
        let mut model = network();
        model.load_weights_named(&path, &layers).unwrap();
        assert_eq!(model.weights(), expected.weights(), "{layers:?}");
    }
}

/// Each line: the names of three hidden layers that are alike, in the file's order, and whether numbers say their order.
#[test]
fn layers_that_are_alike_are_taken_by_their_numbers_or_not_at_all() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("foreign.safetensors");
    let network = || (0..3).fold(Sequential::new([3]), |model, _| model.dense(3, Relu)).dense(2, Linear);
    let table = [
        (["net.0", "net.2", "net.4", "net.6"], true),
        (["net.2", "net.4", "net.10", "net.12"], true),
        (["blocks.0.fc", "blocks.1.fc", "blocks.2.fc", "head"], true),
        (["a.0", "b.0", "b.1", "head"], false),
        (["fc1", "fc2", "fc3", "fc4"], false),
        (["fc_1", "fc_2", "fc_10", "head"], false),
        (["net.0", "net.2", "net.x", "net.6"], false),
        (["net.3", "net.5", "net.7", "net.1"], false),
        (["0", "1.0", "1.1", "2"], false),
    ];
    for (layers, is_certain) in table {
        let shapes: [(&[usize], &str); 2] = [(&[3, 3], "weight"), (&[3], "bias")];
        let hidden =
            layers[..3].iter().flat_map(|layer| shapes.map(|(s, name)| (format!("{layer}.{name}"), s)));
        let last = [(format!("{}.weight", layers[3]), &[2, 3][..]), (format!("{}.bias", layers[3]), &[2])];
        let tensors: Vec<(String, &[usize])> = hidden.chain(last).collect();
        let headers: Vec<Header> = tensors.iter().map(|(name, shape)| (name.as_str(), *shape)).collect();
        foreign(&path, &headers, Dtype::F32);
        let mut model = network();
        let before = model.weights();
        match (model.load_weights(&path), is_certain) {
            (Ok(()), true) => {
                assert_eq!(model.weight(0).unwrap()[[0, 1]], 1.0, "{layers:?}");
                assert_eq!(model.weight(2).unwrap()[[0, 1]], 25.0, "{layers:?}");
            }
            (Err(e), false) => {
                let told = e.to_string();
                assert!(told.contains("load_weights_named(path, &[...]), 4 names"), "{layers:?}: {told}");
                assert_eq!(model.weights(), before);
                model.load_weights_named(&path, &layers).unwrap();
                assert_eq!(model.weight(2).unwrap()[[0, 1]], 25.0, "{layers:?}");
            }
            (result, _) => panic!("{layers:?}: {result:?}"),
        }
    }
}

/// Other layers than the network's, whatever their names.
#[test]
fn layers_that_the_network_has_not_are_told() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("foreign.safetensors");
    let table: [(&[Header], &[&str]); 4] = [
        (
            &[("fc1.weight", &[5, 16]), ("fc1.bias", &[5]), ("fc2.weight", &[4, 5]), ("fc2.bias", &[4])],
            &[
                "the tensors of layer 2, Dense (bias [3], weight [3, 5])",
                "only fc2 (bias [4], weight [4, 5])",
            ],
        ),
        (
            &[("fc1.weight", &[5, 16]), ("fc2.weight", &[3, 5])],
            &["bias [5], weight [5, 16]", "fc1 (weight [5, 16])"],
        ),
        (
            &[("fc1.weight", &[16, 5]), ("fc1.bias", &[5]), ("fc2.weight", &[5, 3]), ("fc2.bias", &[3])],
            &["weight.T"],
        ),
        (
            &[
                ("fc1.weight", &[5, 16]),
                ("fc1.bias", &[5]),
                ("fc2.weight", &[3, 5]),
                ("fc2.bias", &[3]),
                ("extra.scale", &[1]),
            ],
            &["expected no other layers", "extra (scale [1])", "load_weights_named"],
        ),
    ];
    for (tensors, words) in table {
        foreign(&path, tensors, Dtype::F32);
        let mut model = network();
        let told = model.load_weights(&path).unwrap_err().to_string();
        assert!(words.iter().all(|words| told.contains(words)), "{words:?}: {told}");
        assert_eq!(model.weights(), network().weights());
    }
}

/// Each line: what is in the file, and the words that help with it. None of them would destroy a file.
#[test]
fn foreign_files_get_advice_of_their_own() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("foreign.safetensors");
    let plain = |x: f32| x.to_le_bytes().to_vec();
    let (model, before) = (network(), network().outputs(&images(3)).unwrap());
    let check = |what: &str, words: &[&str]| {
        let mut model = model.clone();
        let message = model.load_weights(&path).unwrap_err().to_string();
        assert!(words.iter().all(|words| message.contains(words)), "{what}: {message}");
        assert!(!message.contains("delete"), "{what}: {message}");
        assert_eq!(model.outputs(&images(3)).unwrap(), before, "{what}");
        let message = Sequential::load(&path).unwrap_err().to_string();
        assert!(!message.contains("delete") && !message.contains("train again"), "{what}: {message}");
    };
    let (bias, last): (Header, Header) = (("1.bias", &[5]), ("3.weight", &[3, 5]));
    foreign(&path, &[("1.weight", &[16, 5]), bias, last, ("3.bias", &[3])], Dtype::F32);
    check("transposed", &["found shape [16, 5], F32", "Keras", "weight.T"]);
    let weight: Header = ("1.weight", &[5, 16]);
    foreign(&path, &[weight, bias, last, ("3.bias", &[3]), ("optimizer.step", &[1])], Dtype::F32);
    check("more tensors", &["without [\"optimizer.step\"]"]);
    variant(&path, Dtype::F32, NAMES, |x| if x == 0.0 { plain(f32::NAN) } else { plain(x) });
    check("NaN", &["finite numbers in 1.weight, found NaN", "smaller learning rate"]);
    variant(&path, Dtype::F32, NAMES, plain);
    let whole = std::fs::read(&path).unwrap();
    std::fs::write(&path, &whole[..whole.len() / 2]).unwrap();
    check("cut short", &["expected a safetensors file", "copy or download it again"]);
    std::fs::write(&path, b"PK\x03\x04\x00\x00\x08\x08state/data.pkl\x80\x02}q\x00").unwrap();
    check(
        "torch.save",
        &["torch.save (.pt)", "from safetensors.torch import save_file\nsave_file(model.state_dict()"],
    );

    let mut image = Sequential::new([4, 4]).conv2d(2, 3, Relu).flatten().dense(3, Linear);
    let keras: [Header; 4] =
        [("0.weight", &[3, 3, 1, 2]), ("0.bias", &[2]), ("3.weight", &[3, 8]), ("3.bias", &[3])];
    foreign(&path, &keras, Dtype::F32);
    let message = image.load_weights(&path).unwrap_err().to_string();
    assert!(message.contains("weight.transpose(3, 2, 0, 1)"), "{message}");
    let mut normalized = Sequential::new([2]).batch_norm().dense(3, Linear);
    let (_folder, path) = saved(&normalized);
    let mut bytes = std::fs::read(&path).unwrap();
    let ones = bytes.windows(8).rposition(|part| part == [0, 0, 128, 63, 0, 0, 128, 63]).unwrap();
    let variance = bytes.windows(8).position(|part| part == [0, 0, 128, 63, 0, 0, 128, 63]).unwrap();
    // Weight and running variance are ones: one of the two is the variance.
    let told = [ones, variance].map(|place| {
        bytes[place + 3] |= 0x80;
        std::fs::write(&path, &bytes).unwrap();
        bytes[place + 3] &= 0x7f;
        normalized.load_weights(&path).err().map(|error| error.to_string())
    });
    assert!(
        told.iter().flatten().any(|text| text.contains("at least 0 in 0.running_var, found -1")),
        "{told:?}"
    );
}

/// A file of a few thousand bytes asks for terabytes: of one layer, or of many.
#[test]
fn a_small_file_that_asks_for_much_memory_is_refused_before_it_is_taken() {
    let layers = |input: &str, layer: &str, n: usize| {
        let layers = vec![layer; n].join(",");
        format!(r#"{{"input_shape":{input},"layers":[{layers}],"seed":1,"trained_on":"real"}}"#)
    };
    let norm = r#"{"layer":"BatchNormalization"}"#;
    let dense = r#"{"layer":"Dense","units":2000,"activation":"ReLU","init":"glorot_uniform"}"#;
    let table = [
        layers("[4294967296]", norm, 1),
        layers("[2000000]", norm, 60),
        layers("[1000000000]", norm, 1),
        layers("[4294967296,1,1]", norm, 1),
        layers("[2000]", dense, 1),
        layers("[2000]", dense, 50),
    ];
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("hostile.safetensors");
    for description in table {
        described(&path, ("x", 1000), "sequential", &description);
        let message = Sequential::load(&path).unwrap_err().to_string();
        assert!(message.contains("a network that `save` wrote") || message.contains("memory"), "{message}");
        assert!(message.len() < 1000 && !message.contains("delete"), "{message}");
    }
}

#[test]
fn a_checkpoint_and_a_folder_are_no_networks() {
    let folder = tempfile::tempdir().unwrap();
    let message = Sequential::load(folder.path()).unwrap_err().to_string();
    assert!(message.contains("a folder in place of a file"), "{message}");
    let path = folder.path().join("half.safetensors");
    described(&path, ("x", 1), "checkpoint", "{}");
    let message = Sequential::load(&path).unwrap_err().to_string();
    assert!(message.contains("the checkpoint of a training") && message.contains("`fit`"), "{message}");
}

/// The optimizer's running means belong to the weights that were there before.
#[test]
fn loaded_weights_are_trained_as_if_they_had_always_been_there() {
    let (data, folder) = (images(30), tempfile::tempdir().unwrap());
    let path = folder.path().join("network.safetensors");
    network().save(&path).unwrap();
    let compiled = |mut model: Sequential| {
        model.compile(Adam::new(0.01), CrossEntropy::from_logits());
        model
    };
    let mut used = compiled(network().seed(8));
    used.fit(&data, Fit::epochs(3).quiet()).unwrap();
    used.load_weights(&path).unwrap();
    let largest_step = |mut model: Sequential| {
        let before = model.weight(2).unwrap();
        model.fit(&data, Fit::epochs(1).quiet()).unwrap();
        (&model.weight(2).unwrap() - &before).iter().fold(0.0f32, |most, step| most.max(step.abs()))
    };
    let step = largest_step(used);
    assert!((step / 0.01 - 1.0).abs() < 1e-3, "the first step of Adam is its rate, not {step}");
}

/// A hundred networks of layers drawn at random: cloned, saved, loaded and asked, each is what it was.
#[test]
fn a_network_is_what_it_was_after_whatever_does_not_train_it() {
    let data = images(12);
    let mut state = 1u64;
    let mut draw = move |n: u64| {
        state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (state >> 33) % n
    };
    for number in 0..100 {
        let activations = [Linear, Relu, LeakyRelu, Elu, Gelu, Silu, Sigmoid, Tanh];
        let mut model = Sequential::new(if draw(2) == 0 { vec![4, 4] } else { vec![1, 4, 4] });
        for _ in 0..draw(4) {
            let activation = activations[draw(7) as usize];
            let filters = 1 + draw(4) as usize;
            let conv = Conv::default().padding(if draw(2) == 0 { Padding::Same } else { Padding::Valid });
            let small = model.output_shape().iter().rev().take(2).any(|side| *side < 2);
            model = match draw(6) {
                0 => model.conv2d_with(filters, 1, activation, conv),
                1 if !small => model.conv2d_with(filters, 2, activation, conv.init(Init::HeUniform)),
                2 if !small => model.max_pool2d_with(2, 1 + draw(2) as usize),
                3 if !small => model.average_pool2d_with(2, 1 + draw(2) as usize),
                4 => model.batch_norm(),
                _ => model.activation(activation),
            };
        }
        model = if draw(3) == 0 && model.output_shape().len() == 3 {
            model.global_average_pool2d()
        } else {
            model.flatten()
        };
        for _ in 0..draw(3) {
            let (units, activation) = (1 + draw(6) as usize, activations[draw(7) as usize]);
            model = match draw(4) {
                0 => model.dropout(0.3),
                1 => model.batch_norm(),
                2 => model.dense_with(units, activation, Init::HeUniform),
                _ => model.dense(units, activation),
            };
        }
        let (last, loss) = match draw(2) {
            0 => (Linear, CrossEntropy::from_logits()),
            _ => (Softmax, CrossEntropy::from_probabilities()),
        };
        let mut model = model.dense(3 + draw(8) as usize, last).seed(number);
        let optimizer = || AdamW::new(0.003);
        model.compile(optimizer(), loss);
        let plan = || Fit::epochs(1).batch_size(5).quiet();
        if draw(4) > 0 {
            model.fit(&data, plan()).unwrap();
        }
        let what = format!("{model:?}, number {number}");
        let (outputs, score) = (model.outputs(&data).unwrap(), model.evaluate(&data).unwrap());

        let (_folder, path) = saved(&model);
        let mut loaded = Sequential::load(&path).unwrap();
        let (_folder_again, again) = saved(&loaded);
        assert!(std::fs::read(&path).unwrap() == std::fs::read(again).unwrap(), "{what}");
        assert_eq!(
            (loaded.outputs(&data).unwrap(), loaded.summary()),
            (outputs.clone(), model.summary()),
            "{what}"
        );
        let mut taken = model.clone().seed(number + 1000);
        taken.load_weights(&path).unwrap();
        let same = [model.clone(), loaded.clone(), taken.clone(), model.without_last(0)];
        assert!(same.iter().all(|other| other.outputs(&data).unwrap() == outputs), "{what}");

        // Asked in every way, it stays; and what is done to a copy is done to the copy.
        let mut copy = model.clone();
        copy.compile(Sgd::new(0.5), loss);
        copy.fit(&data, plan()).unwrap();
        let _ = (
            model.find_learning_rate(&data, 4),
            model.with_softmax(),
            model.without_last(1).dense(3, Linear),
        );
        assert_eq!(
            (model.outputs(&data).unwrap(), model.evaluate(&data).unwrap()),
            (outputs, score),
            "{what}"
        );

        // From here on, the loaded and the original are trained to the same weights by a new optimizer.
        let mut trained = model.clone();
        for network in [&mut trained, &mut taken] {
            network.compile(optimizer(), loss);
        }
        loaded.compile(optimizer(), loss);
        let epochs = |model: &mut Sequential| model.fit(&data, plan()).unwrap().epochs[0].train.samples;
        assert_eq!((epochs(&mut trained), epochs(&mut loaded)), (12, 12), "{what}");
    }
}

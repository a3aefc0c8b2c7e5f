//! Weights from and to PyTorch, and from Keras: files that these wrote, which lie in `pytorch` and `keras`, and where
//! `LAB_PEERS_PYTHON` is a Python that has them, what they write and read today.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use lab_support::prelude::*;
use ndarray::{Array, Ix4};
use safetensors::tensor::{Dtype, SafeTensors, TensorView};
use tempfile::TempDir;

const SAME: Padding = Padding::Same;

/// Two images of 6 x 5 pixels, as `inputs` of the scripts makes them.
fn inputs(channels: usize) -> Array<f32, Ix4> {
    let number = |i: usize| ((37 * i * i + 11 * i + 7) % 101) as f32 / 101.0;
    Array::from_shape_vec((2, channels, 6, 5), (0..60 * channels).map(number).collect()).unwrap()
}

fn outputs(model: &Sequential) -> Vec<f32> {
    let channels = model.layers().unwrap()[0].input_shape.iter().product::<usize>() / 30;
    model.outputs(&inputs(channels)).unwrap().iter().copied().collect()
}

fn dense() -> Sequential {
    Sequential::new([6, 5]).flatten().dense(6, Relu).dropout(0.3).dense(3, Linear)
}

fn norms() -> Sequential {
    let bare = Neurons::default().use_bias(false);
    let model = Sequential::new([6, 5]).flatten().dense_with(5, Linear, bare).batch_norm().activation(Gelu);
    model.dense(4, Linear).layer_norm().activation(Elu).dense(3, Sigmoid)
}

fn convolution() -> Sequential {
    let bare = Conv::default().padding(SAME).use_bias(false);
    let model = Sequential::new([2, 6, 5]).conv2d(3, 2, Relu).max_pool2d_with(2, 1);
    model.conv2d_with(4, 3, Linear, bare).batch_norm().activation(LeakyRelu).flatten().dense(3, Linear)
}

/// `sequential` in `with_pytorch.py`.
fn networks() -> BTreeMap<&'static str, Sequential> {
    let same = Conv::default().padding(SAME);
    let stride = Sequential::new([6, 5]).conv2d_with(4, 3, Tanh, same.stride(2)).layer_norm();
    let stride = stride.average_pool2d_with(2, 1).conv2d_with(5, 2, Silu, Conv::default().stride(2));
    let residual = Sequential::new([6, 5]).conv2d_with(3, 3, Relu, same).residual(|block| {
        block.conv2d_with(3, 3, Linear, same).batch_norm().activation(Relu).conv2d(3, 1, Linear)
    });
    [
        ("dense", dense()),
        ("convolution", convolution()),
        ("stride", stride.global_average_pool2d().dense(3, Softmax)),
        ("norms", norms()),
        ("residual", residual.activation(Relu).global_average_pool2d().dense(3, Linear)),
    ]
    .into()
}

/// Those whose layers have names of their own there, a prefix, or other numbers.
fn others() -> BTreeMap<&'static str, Sequential> {
    let named = Sequential::new([6, 5]).conv2d(3, 3, Linear).batch_norm().activation(Relu).conv2d(4, 1, Relu);
    let same = Conv::default().padding(SAME);
    let features = (0..3).fold(Sequential::new([6, 5]), |model, _| model.conv2d_with(2, 3, Relu, same));
    [
        ("named", named.max_pool2d_with(2, 1).flatten().dense(7, Tanh).dense(3, Linear)),
        ("features", features.max_pool2d(2).flatten().dense(3, Linear)),
        ("compiled", dense()),
        ("parallel", norms()),
        ("averaged", norms()),
        ("half", convolution()),
        ("bfloat", convolution()),
        ("double", convolution()),
    ]
    .into()
}

/// `networks` in `with_keras.py`.
fn of_keras() -> BTreeMap<&'static str, Sequential> {
    let same = Conv::default().padding(SAME);
    let bare = Neurons::default().use_bias(false);
    let convolution = Sequential::new([2, 6, 5]).conv2d(3, 2, Relu).max_pool2d_with(2, 1);
    let convolution =
        convolution.conv2d_with(4, 3, Linear, same.use_bias(false)).batch_norm().activation(Gelu);
    let stride =
        Sequential::new([6, 5]).conv2d_with(4, 3, LeakyRelu, same.stride(2)).average_pool2d_with(2, 1);
    let stride = stride.flatten().batch_norm().dense_with(5, Tanh, bare).layer_norm().activation(Elu);
    let residual = Sequential::new([6, 5]).conv2d_with(3, 3, Relu, same).residual(|block| {
        block.conv2d_with(3, 3, Linear, same).layer_norm().activation(Silu).conv2d(3, 1, Linear)
    });
    [
        ("dense", dense()),
        ("convolution", convolution.flatten().dense(3, Linear)),
        ("stride", stride.dense(3, Softmax)),
        ("residual", residual.activation(Relu).global_average_pool2d().dense(3, Linear)),
    ]
    .into()
}

fn folder(of: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/exchange").join(of)
}

/// Reads the weights of each network, and compares what it answers then.
#[track_caller]
fn takes(folder: &Path, networks: BTreeMap<&str, Sequential>) {
    for (name, mut model) in networks {
        let before = outputs(&model);
        model.load_weights(folder.join(format!("{name}.safetensors"))).unwrap();
        check(name, folder, &model);
        assert_ne!(outputs(&model), before, "{name}");
    }
}

#[track_caller]
fn check(name: &str, folder: &Path, model: &Sequential) {
    let bytes = std::fs::read(folder.join(format!("{name}.out.safetensors"))).unwrap();
    let tensors = SafeTensors::deserialize(&bytes).unwrap();
    let theirs =
        tensors.tensor("outputs").unwrap().data().as_chunks().0.iter().map(|b| f32::from_le_bytes(*b));
    let (ours, theirs): (Vec<f32>, Vec<f32>) = (outputs(model), theirs.collect());
    assert_eq!(ours.len(), theirs.len(), "{name}");
    let largest = ours.iter().zip(&theirs).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
    assert!(largest < 1e-4, "{name}: {largest}, {ours:?} for {theirs:?}");
}

#[test]
fn weights_that_pytorch_wrote() {
    takes(&folder("pytorch"), networks());
    takes(&folder("pytorch"), others());
}

#[test]
fn weights_that_keras_wrote() {
    takes(&folder("keras"), of_keras());
}

fn alike() -> Sequential {
    Sequential::new([6, 5]).flatten().dense(4, Tanh).dense(4, Tanh).dense(4, Tanh).dense(3, Linear)
}

/// `a` comes behind `b` in this network: nothing in the file says so.
#[test]
fn layers_that_are_alike_are_not_guessed() {
    let path = folder("pytorch/alike.safetensors");
    let mut model = alike();
    let before = outputs(&model);
    let told = model.load_weights(&path).unwrap_err().to_string();
    for words in ["[2, 3]", "[\"a\", \"b\"]", "load_weights_named(path, &[...]), 4 names", "forward()"] {
        assert!(told.contains(words), "{words}: {told}");
    }
    assert_eq!(outputs(&model), before);
    for wrong in [&["hidden", "b", "a"][..], &["hidden", "b", "c", "head"], &["head", "b", "a", "hidden"]] {
        let told = model.load_weights_named(&path, wrong).unwrap_err().to_string();
        assert!(told.contains("expected"), "{told}");
        assert_eq!(outputs(&model), before);
    }
    model.load_weights_named(&path, &["hidden", "b", "a", "head"]).unwrap();
    check("alike", &folder("pytorch"), &model);
    model.load_weights_named(&path, &["hidden", "a", "b", "head"]).unwrap();
    assert_ne!(outputs(&model), outputs(&alike()));
}

/// Each line: what is described here in place of the network that Keras wrote, and what is said of it.
#[test]
fn another_network_than_keras_has_described_is_told() {
    let flat = || Sequential::new([6, 5]).flatten();
    let same = Conv::default().padding(SAME);
    let elsewhere = Sequential::new([6, 5]).conv2d_with(3, 3, Relu, same).conv2d_with(3, 3, Linear, same);
    let elsewhere = elsewhere.residual(|block| block.layer_norm().activation(Silu).conv2d(3, 1, Linear));
    let elsewhere = elsewhere.activation(Relu).global_average_pool2d().dense(3, Linear);
    let table: [(&str, Sequential, &str); 9] = [
        ("dense", flat().dense(6, Relu).dense(4, Linear), "expected Dense of units 4, found units 3"),
        ("dense", flat().dense(6, Tanh).dense(3, Linear), "expected Activation of activation \"tanh\""),
        ("dense", flat().dense(6, Relu).dense(3, Softmax), "expected Activation as the next layer"),
        ("dense", flat().dense(6, Relu), "expected the end of the network as the next layer, found Dense"),
        ("dense", Sequential::new([30]).dense(6, Relu).dense(3, Linear), "found Flatten"),
        ("dense", Sequential::new([6, 6]).flatten().dense(6, Relu).dense(3, Linear), "of shape [36, 6]"),
        ("residual", convolution(), "expected Conv2D of"),
        ("stride", networks().remove("stride").unwrap(), "tanh"),
        (
            "residual",
            elsewhere,
            "Add of layers before its other input 3, found layers before its other input 2",
        ),
    ];
    for (name, mut model, words) in table {
        let before = model.weights();
        let told =
            model.load_weights(folder("keras").join(format!("{name}.safetensors"))).unwrap_err().to_string();
        assert!(told.contains(words), "{words}: {told}");
        assert_eq!(model.weights(), before);
    }
}

/// The interpreter that has PyTorch or Keras, where there is one.
fn python(module: &str) -> Option<PathBuf> {
    let python = PathBuf::from(std::env::var_os("LAB_PEERS_PYTHON")?);
    let found = Command::new(&python).args(["-c", &format!("import {module}, safetensors")]).status();
    found.is_ok_and(|status| status.success()).then_some(python)
}

fn run(python: &Path, script: &str, what: &str, folder: &Path) {
    let output = Command::new(python).arg(self::folder(script)).arg(what).arg(folder).output().unwrap();
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{script} {what}: {told}");
    println!("{}", String::from_utf8_lossy(&output.stdout));
}

/// Other numbers than the first in every tensor, as if it had learned something.
fn learned(mut model: Sequential) -> Sequential {
    let mut next = 0;
    let mut weights = model.weights();
    let names: Vec<String> =
        model.layers().unwrap().into_iter().flat_map(|layer| layer.tensors).map(|t| t.0).collect();
    for (array, name) in weights.iter_mut().zip(names) {
        for number in array {
            next += 1;
            let wave = ((37 * next * next + 11 * next) % 101) as f32 / 101.0 - 0.5;
            *number = if name.ends_with("running_var") { wave + 1.0 } else { wave };
        }
    }
    model.set_weights(&weights).unwrap();
    model
}

#[test]
fn pytorch_of_today_reads_and_writes_them() {
    let Some(python) = python("torch") else {
        eprintln!("not tried: LAB_PEERS_PYTHON is no Python with torch and safetensors");
        return;
    };
    let made = TempDir::new().unwrap();
    run(&python, "with_pytorch.py", "make", made.path());
    takes(made.path(), networks());
    takes(made.path(), others());
    let ours = TempDir::new().unwrap();
    for (name, model) in networks() {
        let model = learned(model);
        model.save(ours.path().join(format!("{name}.safetensors"))).unwrap();
        let numbers = outputs(&model);
        let bytes: Vec<u8> = numbers.iter().flat_map(|number| number.to_le_bytes()).collect();
        let view = TensorView::new(Dtype::F32, vec![2, numbers.len() / 2], &bytes).unwrap();
        let written = safetensors::serialize([("outputs", view)], None).unwrap();
        std::fs::write(ours.path().join(format!("{name}.out.safetensors")), written).unwrap();
    }
    run(&python, "with_pytorch.py", "check", ours.path());
}

#[test]
fn keras_of_today_writes_them() {
    let Some(python) = python("keras") else {
        eprintln!("not tried: LAB_PEERS_PYTHON is no Python with keras and safetensors");
        return;
    };
    let made = TempDir::new().unwrap();
    run(&python, "with_keras.py", "make", made.path());
    takes(made.path(), of_keras());
}

//! Files against the programs that they are for, where `LAB_PEERS_PYTHON` is a Python that has these: onnx and onnxruntime,
//! and NumPy. What NumPy wrote lies in `numpy`.

use std::path::{Path, PathBuf};
use std::process::Command;

use lab_exchange::*;
use lab_support::data::Source;
use lab_support::prelude::*;
use ndarray::{Array3, ArrayD, IxDyn};
use tempfile::TempDir;

fn tests() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests")
}

/// Runs a script with what it is told, where there is a Python that has these modules.
fn run(modules: &str, script: &str, arguments: &[&str], folder: &Path) {
    let python = std::env::var_os("LAB_PEERS_PYTHON").filter(|python| {
        let found = Command::new(python).args(["-c", &format!("import {modules}")]).status();
        found.is_ok_and(|status| status.success())
    });
    let Some(python) = python else {
        eprintln!("not tried: LAB_PEERS_PYTHON is no Python with {modules}");
        return;
    };
    let output = Command::new(python).arg(tests().join(script)).args(arguments).arg(folder).output().unwrap();
    println!("{}", String::from_utf8_lossy(&output.stdout));
    assert!(output.status.success(), "{script}: {}", String::from_utf8_lossy(&output.stderr));
}

/// Other numbers than the first in every tensor, as if it had learned something.
fn learned(mut model: Sequential) -> Sequential {
    let names = model.layers().unwrap().into_iter().flat_map(|layer| layer.tensors);
    let names: Vec<String> = names.map(|(name, _)| name).collect();
    let (mut weights, mut next) = (model.weights(), 0usize);
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

/// Every layer with every setting, every activation, alone and behind others.
fn networks() -> Vec<(String, Sequential)> {
    let all = [Linear, Relu, LeakyRelu, Elu, Gelu, Silu, Sigmoid, Tanh, Softmax];
    let (same, grey, colour) = (Conv::default().padding(Padding::Same), [7, 6], [3, 7, 6]);
    let flat = || Sequential::new([5]);
    let mut networks = Vec::new();
    let mut add = |name: String, model: Sequential| networks.push((name.to_lowercase(), model));
    for activation in all {
        let name = activation.name();
        add(format!("dense {name}"), flat().dense(4, activation));
        add(format!("activation {name}"), flat().activation(activation));
        add(format!("activation of images {name}"), Sequential::new(colour).activation(activation));
        let last = if activation == Softmax { "of pixels" } else { name };
        add(format!("conv2d {last}"), Sequential::new(colour).conv2d(4, 2, activation));
    }
    add("dense without bias".into(), flat().dense_with(4, Relu, Neurons::default().use_bias(false)));
    for (shape, what) in [(&grey[..], "grey"), (&colour, "colour")] {
        let image = || Sequential::new(shape);
        for (kernel, stride) in [(1, 1), (2, 1), (3, 1), (3, 2), (5, 3), (2, 3), (1, 2)] {
            let conv = same.stride(stride);
            add(format!("conv2d same {kernel} {stride} {what}"), image().conv2d_with(2, kernel, Elu, conv));
            let conv = Conv::default().stride(stride).use_bias(false);
            add(format!("conv2d valid {kernel} {stride} {what}"), image().conv2d_with(2, kernel, Tanh, conv));
            add(format!("max {kernel} {stride} {what}"), image().max_pool2d_with(kernel, stride));
            add(format!("average {kernel} {stride} {what}"), image().average_pool2d_with(kernel, stride));
        }
        add(format!("flatten {what}"), image().flatten());
        add(format!("mean {what}"), image().global_average_pool2d());
        add(format!("batch norm {what}"), image().batch_norm());
        add(format!("layer norm {what}"), image().layer_norm());
        add(format!("softmax {what}"), image().activation(Softmax));
        add(format!("dropout alone {what}"), image().dropout(0.5));
        add(
            format!("residual of normalized {what}"),
            image().residual(|block| block.layer_norm().activation(Silu)),
        );
        let blocks = image().conv2d_with(4, 3, Relu, same).residual(|outer| {
            let outer = outer.conv2d_with(4, 3, Linear, same).batch_norm().dropout(0.2);
            outer.residual(|inner| inner.activation(Gelu).conv2d_with(4, 3, Linear, same))
        });
        let blocks = blocks.activation(Relu).max_pool2d(2).flatten().dropout(0.3).dense(8, Silu).layer_norm();
        add(format!("blocks softmax {what}"), blocks.dense(3, Softmax).dropout(0.1));
    }
    add("batch norm of numbers".into(), flat().batch_norm());
    add("layer norm of numbers".into(), flat().layer_norm());
    add("residual of nothing".into(), flat().dropout(0.2).residual(|block| block.dropout(0.5)));
    add("residual from the input".into(), flat().residual(|block| block.dense(5, Elu)).dense(2, Linear));
    networks
}

#[test]
fn onnxruntime_computes_what_the_network_does() {
    let folder = TempDir::new().unwrap();
    for (name, model) in networks() {
        let model = learned(model);
        let shape = [&[3], &model.layers().unwrap()[0].input_shape[..]].concat();
        let number = |i: usize| ((37 * i * i + 11 * i + 7) % 101) as f32 / 101.0 - 0.3;
        let numbers = (0..shape.iter().product()).map(number).collect();
        let images = ArrayD::from_shape_vec(IxDyn(&shape), numbers).unwrap();
        let outputs = model.outputs(&images).unwrap();
        let shape = [&[3], model.output_shape()].concat();
        let outputs = outputs.into_shape_with_order(IxDyn(&shape)).unwrap();
        let path = |end: &str| folder.path().join(format!("{name}.{end}"));
        model.save_onnx(path("onnx")).unwrap();
        save_npy(path("in.npy"), &images).unwrap();
        save_npy(path("out.npy"), &outputs).unwrap();
    }
    run("onnx, onnxruntime, numpy", "with_onnx.py", &[], folder.path());
}

fn counting() -> Array3<u8> {
    Array3::from_shape_fn((2, 3, 4), |(i, j, k)| (12 * i + 4 * j + k) as u8)
}

#[track_caller]
fn reads(folder: &Path) {
    let read = |name: &str| load_npy::<u8, ndarray::Ix3>(folder.join(name));
    for kind in ["f4", "f8", "u1", "i8", "i4", "u8", "u4", "i2", "u2", "i1", "columns"] {
        assert_eq!(read(&format!("{kind}.npy")).unwrap(), counting(), "{kind}");
        let floats: Array3<f32> = load_npy(folder.join(format!("{kind}.npy"))).unwrap();
        assert_eq!(floats, counting().mapv(f32::from), "{kind}");
    }
    assert_eq!(read("empty.npy").unwrap().dim(), (0, 28, 28));
    assert_eq!(read("bool.npy").unwrap(), counting().mapv(|i| i % 2));
    let scalar: ArrayD<f64> = load_npy(folder.join("scalar.npy")).unwrap();
    assert_eq!((scalar.ndim(), scalar.first()), (0, Some(&7.0)));
    for (name, found, advice) in [
        ("half.npy", "'<f2'", "astype"),
        ("swapped.npy", "endian", "astype"),
        ("text.npy", "'<U1'", "astype"),
        ("object.npy", "'|O'", "astype"),
        ("scalar.npy", "shape []", "another Array"),
        ("stored.npz", "a zip archive", "numpy.save"),
    ] {
        let told = read(name).unwrap_err().to_string();
        assert!(told.contains(found) && told.contains(advice), "{name}: {told}");
        assert!(told.contains("expected an array of u8 in 3 dimensions"), "{told}");
    }
    let fractions = load_npy::<u8, ndarray::Ix1>(folder.join("fractions.npy")).unwrap_err().to_string();
    assert!(fractions.contains("0.5 at [0]"), "{fractions}");
    for name in ["stored.npz", "packed.npz"] {
        let file = Npz::load(folder.join(name)).unwrap();
        assert_eq!(file.names(), ["x_test", "x_train", "y_train"]);
        let images = file.images("train", Source::Other).unwrap();
        assert_eq!((images.pixels.to_owned(), images.labels.to_vec()), (counting(), vec![3, 9]));
        let told = file.images("test", Source::Other).unwrap_err().to_string();
        assert!(told.contains("\"y_test\", found [\"x_test\", \"x_train\", \"y_train\"]"), "{told}");
    }
    let numbered = Npz::load(folder.join("numbered.npz")).unwrap();
    assert_eq!(numbered.get::<i64, ndarray::Ix2>("arr_1").unwrap()[[2, 3]], 11);
    assert!(Npz::load(folder.join("f4.npy")).unwrap_err().to_string().contains("load_npy"));
}

#[test]
fn arrays_that_numpy_wrote() {
    reads(&tests().join("numpy"));
}

#[test]
fn numpy_of_today_reads_and_writes_arrays() {
    let ours = TempDir::new().unwrap();
    let path = |name: &str| ours.path().join(name);
    save_npy(path("f4.npy"), &counting().mapv(f32::from)).unwrap();
    save_npy(path("f8.npy"), &counting().mapv(f64::from)).unwrap();
    save_npy(path("u1.npy"), &counting()).unwrap();
    save_npy(path("i8.npy"), &counting().mapv(i64::from)).unwrap();
    save_npy(path("i4.npy"), &counting().mapv(i32::from)).unwrap();
    save_npy(path("turned.npy"), &counting().reversed_axes()).unwrap();
    let images = Images::new(counting().into_shared(), array![3, 9].into_shared(), Source::Other).unwrap();
    let file =
        Npz::new().with_images("train", &images).unwrap().with_numbers("test", &images.normalized()).unwrap();
    file.save(path("images.npz")).unwrap();
    assert_eq!(Npz::load(path("images.npz")).unwrap(), file);
    assert_eq!(load_npy::<u8, ndarray::Ix3>(path("turned.npy")).unwrap(), counting().reversed_axes());
    run("numpy", "with_numpy.py", &["check"], ours.path());
    let theirs = TempDir::new().unwrap();
    run("numpy", "with_numpy.py", &["make"], theirs.path());
    if theirs.path().join("f4.npy").exists() {
        reads(theirs.path());
    }
}

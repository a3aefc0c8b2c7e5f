//! Networks of convolutions, pooling and batch normalization against PyTorch's numbers; `convolutions` and `normalized`
//! in `pytorch.py` make them.

mod common;

use common::{close, tensor, wave};
use lab_support::data::Source;
use lab_support::prelude::*;
use ndarray::{ArcArray, ArcArray1};
use safetensors::tensor::{Dtype, TensorView};
use tempfile::TempDir;

/// Four images of 9 x 8 pixels.
fn images() -> Dataset {
    let pixels =
        ArcArray::from_shape_fn((4, 9, 8), |(i, j, k)| (((i * 72 + j * 8 + k) * 37 + 11) % 256) as u8);
    let labels = ArcArray1::from_vec(vec![2, 0, 1, 2]);
    Images::new(pixels, labels, Source::Practice).unwrap().normalized()
}

/// A tensor's name and shape, as in PyTorch's `state_dict()`, and the slope of the loss of all four images along
/// it: its gradient times a wave.
type Expected = (&'static str, &'static [usize], f32);

/// The parameters are one `wave` from end to end, halved.
fn check(what: &str, mut model: Sequential, outputs: [f32; 6], loss: f32, tensors: &[Expected]) {
    let (folder, mut first) = (TempDir::new().unwrap(), 0);
    let path = folder.path().join("network.safetensors");
    let mut values = Vec::new();
    for (_, shape, _) in tensors {
        let n = shape.iter().product();
        values.push(wave(first, n).iter().map(|v| v / 2.0).collect::<Vec<f32>>());
        first += n;
    }
    let bytes: Vec<Vec<u8>> =
        values.iter().map(|v| v.iter().flat_map(|v| v.to_le_bytes()).collect()).collect();
    let views = tensors.iter().zip(&bytes).map(|((name, shape, _), bytes)| {
        (*name, TensorView::new(Dtype::F32, shape.to_vec(), bytes).unwrap())
    });
    std::fs::write(&path, safetensors::serialize(views, None).unwrap()).unwrap();
    model.load_weights(&path).unwrap();
    let ours = model.outputs(&images().take(2)).unwrap();
    close(what, ours.as_slice().unwrap(), &outputs);

    // A step of length 1 leaves each weight less its gradient.
    model.compile(Sgd::new(1.0), CrossEntropy::from_logits());
    let history = model.fit(&images(), Fit::epochs(1).batch_size(4).quiet()).unwrap();
    close(what, &[history.epochs[0].train.loss], &[loss]);
    model.save(&path).unwrap();
    for ((name, _, slope), before) in tensors.iter().zip(values) {
        let gradient = before.iter().zip(tensor(&path, name)).map(|(before, after)| before - after);
        let ours: f32 = gradient.zip(wave(0, before.len())).map(|(g, w)| g * w).sum();
        assert!((ours - slope).abs() < 1e-5, "{what}, along {name}: {ours}, and PyTorch has {slope}");
    }
}

#[test]
fn valid_max_pooling_same() {
    let same = Conv::default().padding(Padding::Same);
    let model = Sequential::new([9, 8]).conv2d(3, 3, Relu).max_pool2d(2).conv2d_with(2, 2, Tanh, same);
    let outputs = [-0.062027626, 0.67673373, -0.1618655, 0.060871236, 0.7933877, -0.19084544];
    let tensors: [Expected; 6] = [
        ("0.weight", &[3, 1, 3, 3], 0.2711432),
        ("0.bias", &[3], 0.018196966),
        ("3.weight", &[2, 3, 2, 2], -0.33884105),
        ("3.bias", &[2], -0.03875241),
        ("6.weight", &[3, 18], -0.48038095),
        ("6.bias", &[3], -0.1396961),
    ];
    check("valid, max pooling, same", model.flatten().dense(3, Linear), outputs, 1.278617, &tensors);
}

#[test]
fn stride_average_pooling_mean_of_each_channel() {
    let model = Sequential::new([1, 9, 8]).conv2d_with(9, 2, Linear, Conv::default().stride(2));
    let model = model.average_pool2d_with(2, 1).conv2d(8, 2, Sigmoid).global_average_pool2d();
    let outputs = [-0.8315637, 0.29844102, -0.34211957, -0.84984493, 0.31847808, -0.33946973];
    let tensors: [Expected; 6] = [
        ("0.weight", &[9, 1, 2, 2], -0.04958919),
        ("0.bias", &[9], 0.041314445),
        ("2.weight", &[8, 9, 2, 2], -0.13074227),
        ("2.bias", &[8], 0.022309644),
        ("6.weight", &[3, 8], -0.48211583),
        ("6.bias", &[3], -0.015576575),
    ];
    check("stride, average pooling", model.dense(3, Linear), outputs, 1.2243562, &tensors);
}

#[test]
fn many_channels() {
    let same = Conv::default().padding(Padding::Same);
    let model = Sequential::new([9, 8]).conv2d(16, 1, Tanh).conv2d(24, 3, Tanh);
    let model = model.conv2d_with(16, 3, Linear, same).max_pool2d_with(3, 2).flatten();
    let outputs = [-0.59682363, -9.638862, -4.65073, -1.1432043, -11.07292, -5.4678926];
    let tensors: [Expected; 8] = [
        ("0.weight", &[16, 1, 1, 1], 1.3280951),
        ("0.bias", &[16], 4.244465),
        ("2.weight", &[24, 16, 3, 3], -2.752001),
        ("2.bias", &[24], -0.5974365),
        ("4.weight", &[16, 24, 3, 3], -2.6446254),
        ("4.bias", &[16], -1.7247285),
        ("7.weight", &[3, 96], -0.42853144),
        ("7.bias", &[3], -0.9086411),
    ];
    check("many channels", model.dense(3, Linear), outputs, 4.427345, &tensors);
}

#[test]
fn same_with_a_stride_without_biases() {
    let bare = Conv::default().padding(Padding::Same).stride(2).use_bias(false);
    let model = Sequential::new([9, 8]).conv2d_with(4, 3, Silu, bare).flatten();
    let outputs = [-1.4081546, 0.64390564, 0.30454904, 0.3452505, -0.11569345, -0.6510132];
    let tensors: [Expected; 2] =
        [("0.weight", &[4, 1, 3, 3], -0.5124099), ("3.weight", &[3, 80], 0.07634183)];
    let model = model.dense_with(3, Linear, Neurons::default().use_bias(false));
    check("same with a stride", model, outputs, 0.72863865, &tensors);
}

#[test]
fn residual_blocks_one_inside_the_other() {
    let same = Conv::default().padding(Padding::Same);
    let model = Sequential::new([9, 8]).conv2d_with(3, 2, Tanh, Conv::default().stride(2));
    let model = model.residual(|outer| {
        let inner =
            outer.conv2d_with(3, 3, Tanh, same).residual(|inner| inner.layer_norm().conv2d(3, 1, Linear));
        inner.conv2d_with(3, 3, Linear, same)
    });
    let outputs = [0.8087348, -0.58534575, 0.38786295, 0.12182905, 0.22472854, 0.58418095];
    let tensors: [Expected; 12] = [
        ("0.weight", &[3, 1, 2, 2], 0.31979263),
        ("0.bias", &[3], -0.22497165),
        ("2.weight", &[3, 3, 3, 3], -0.42897943),
        ("2.bias", &[3], -0.17171481),
        ("4.weight", &[3, 4, 4], -0.14215529),
        ("4.bias", &[3, 4, 4], 0.0246084),
        ("5.weight", &[3, 3, 1, 1], 0.006590604),
        ("5.bias", &[3], -0.24398324),
        ("7.weight", &[3, 3, 3, 3], -0.18594706),
        ("7.bias", &[3], -0.09622002),
        ("11.weight", &[3, 48], -0.041116036),
        ("11.bias", &[3], -0.14758724),
    ];
    let model = model.activation(Relu).flatten().dense(3, Linear);
    check("residual blocks", model, outputs, 1.3798573, &tensors);
}

/// A file with these tensors of floats, as PyTorch writes them, and batch normalization's counts of no batches.
fn write(path: &std::path::Path, tensors: &[(&str, &[usize], Vec<f32>)], counts: &[&str]) {
    let bytes: Vec<Vec<u8>> =
        tensors.iter().map(|(_, _, v)| v.iter().flat_map(|v| v.to_le_bytes()).collect()).collect();
    let floats = tensors.iter().zip(&bytes).map(|((name, shape, _), bytes)| {
        (name.to_string(), TensorView::new(Dtype::F32, shape.to_vec(), bytes).unwrap())
    });
    let none = 0i64.to_le_bytes();
    let counts =
        counts.iter().map(|name| (name.to_string(), TensorView::new(Dtype::I64, Vec::new(), &none).unwrap()));
    std::fs::write(path, safetensors::serialize(floats.chain(counts), None).unwrap()).unwrap();
}

/// From `normalized`: five steps with the batch's mean and variance, then without learning.
#[test]
fn batch_normalization_of_images_and_numbers() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("network.safetensors");
    let mut first = 0;
    let mut next = |n: usize| {
        first += n;
        wave(first - n, n).iter().map(|v| v / 2.0).collect::<Vec<f32>>()
    };
    let tensors: [(&str, &[usize], Vec<f32>); 12] = [
        ("0.weight", &[3, 1, 3, 3], next(27)),
        ("0.bias", &[3], next(3)),
        ("1.weight", &[3], next(3)),
        ("1.bias", &[3], next(3)),
        ("5.weight", &[3, 27], next(81)),
        ("5.bias", &[3], next(3)),
        ("6.weight", &[3], next(3)),
        ("6.bias", &[3], next(3)),
        ("1.running_mean", &[3], vec![0.0; 3]),
        ("1.running_var", &[3], vec![1.0; 3]),
        ("6.running_mean", &[3], vec![0.0; 3]),
        ("6.running_var", &[3], vec![1.0; 3]),
    ];
    write(&path, &tensors, &["1.num_batches_tracked", "6.num_batches_tracked"]);
    let model = Sequential::new([9, 8]).conv2d(3, 3, Linear).batch_norm().activation(Gelu).max_pool2d(2);
    let mut model = model.flatten().dense(3, Linear).batch_norm();
    model.load_weights(&path).unwrap();

    model.compile(Sgd::new(0.1), CrossEntropy::from_logits());
    let history = model.fit(&images(), Fit::epochs(5).batch_size(4).quiet()).unwrap();
    let losses: Vec<f32> = history.epochs.iter().map(|epoch| epoch.train.loss).collect();
    close("losses", &losses, &[0.891891, 0.8485622, 0.80446273, 0.7638823, 0.72873807]);
    let outputs = model.outputs(&images().take(2)).unwrap();
    let expected = [0.22193661, -0.014894963, 0.40418568, 0.21785404, -0.09709345, 0.28144807];
    let far = outputs.iter().zip(expected).any(|(a, b)| (a - b).abs() > 1e-5);
    assert!(!far, "{outputs}, and PyTorch has {expected:?}");
    model.save(&path).unwrap();
    let mean = [-8.718145e-05, -0.05290504, 0.23059867];
    close("running mean", &tensor(&path, "1.running_mean"), &mean);
    close("running variance", &tensor(&path, "1.running_var"), &[0.6344481, 0.6035067, 0.6156959]);
}

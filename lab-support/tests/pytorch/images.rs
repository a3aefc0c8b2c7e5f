//! Networks of convolutions, pooling and batch normalization; their numbers are those of `convolutions` and `normalized` in
//! `pytorch.py`.

use lab_support::data::Source;
use lab_support::prelude::*;
use ndarray::{ArcArray, ArcArray1};
use tempfile::TempDir;

use crate::common::{close, tensor, waves, write};
use crate::numbers::{close_within, numbers, pytorch, section, wave};

/// Four images of 9 x 8 pixels.
fn images() -> Dataset {
    let pixels =
        ArcArray::from_shape_fn((4, 9, 8), |(i, j, k)| (((i * 72 + j * 8 + k) * 37 + 11) % 256) as u8);
    let labels = ArcArray1::from_vec(vec![2, 0, 1, 2]);
    Images::new(pixels, labels, Source::Practice).unwrap().normalized()
}

/// From `convolutions`: the outputs, the loss of all four images, and its slope along each tensor, which is its gradient
/// times a wave. The parameters are one `wave` from end to end, halved, with names and shapes as in PyTorch's `state_dict()`.
fn check(name: &str, mut model: Sequential) {
    let part = format!("convolutions, {name}");
    let rows = section::<f32>(&part);
    let slopes = rows.iter().filter_map(|(row, slope)| Some((row.strip_prefix("slope along ")?, slope[0])));
    let (along, slopes): (Vec<_>, Vec<_>) = slopes.unzip();
    let tensors = waves(
        along.iter().map(|tensor| {
            let (name, shape) = tensor.split_once(' ').unwrap();
            (name, numbers(shape))
        }),
        0.5,
    );
    assert!(!tensors.is_empty(), "{name}");
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("network.safetensors");
    write(&path, &tensors, &[]);
    model.load_weights(&path).unwrap();
    let ours = model.outputs(&images().take(2)).unwrap();
    close(name, ours.as_slice().unwrap(), &pytorch(&part, "images 0 and 1"));

    // A step of length 1 leaves each weight less its gradient.
    model.compile(Sgd::new(1.0), CrossEntropy::from_logits());
    let history = model.fit(&images(), Fit::epochs(1).batch_size(4).quiet()).unwrap();
    close(name, &[history.epochs[0].train.loss], &pytorch(&part, "loss"));
    model.save(&path).unwrap();
    for ((along, _, before), slope) in tensors.into_iter().zip(slopes) {
        let gradient = before.iter().zip(tensor(&path, along)).map(|(before, after)| before - after);
        let ours: f32 = gradient.zip(wave(0, before.len())).map(|(g, w)| g * w).sum();
        assert!((ours - slope).abs() < 1e-5, "{name}, along {along}: {ours}, and PyTorch has {slope}");
    }
}

#[test]
fn valid_max_pooling_same() {
    let same = Conv::default().padding(Padding::Same);
    let model = Sequential::new([9, 8]).conv2d(3, 3, Relu).max_pool2d(2).conv2d_with(2, 2, Tanh, same);
    check("valid, max pooling, same", model.flatten().dense(3, Linear));
}

#[test]
fn stride_average_pooling_mean_of_each_channel() {
    let model = Sequential::new([1, 9, 8]).conv2d_with(9, 2, Linear, Conv::default().stride(2));
    let model = model.average_pool2d_with(2, 1).conv2d(8, 2, Sigmoid).global_average_pool2d();
    check("stride, average pooling, mean of each channel", model.dense(3, Linear));
}

#[test]
fn many_channels() {
    let same = Conv::default().padding(Padding::Same);
    let model = Sequential::new([9, 8]).conv2d(16, 1, Tanh).conv2d(24, 3, Tanh);
    let model = model.conv2d_with(16, 3, Linear, same).max_pool2d_with(3, 2).flatten();
    check("many channels", model.dense(3, Linear));
}

#[test]
fn same_with_a_stride_without_biases() {
    let bare = Conv::default().padding(Padding::Same).stride(2).use_bias(false);
    let model = Sequential::new([9, 8]).conv2d_with(4, 3, Silu, bare).flatten();
    let model = model.dense_with(3, Linear, Neurons::default().use_bias(false));
    check("same with a stride, without biases", model);
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
    let model = model.activation(Relu).flatten().dense(3, Linear);
    check("residual blocks, one inside the other, layer normalization", model);
}

/// From `normalized`: five steps with the batch's mean and variance, then without learning.
#[test]
fn batch_normalization_of_images_and_numbers() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("network.safetensors");
    let shapes = [
        ("0.weight", vec![3, 1, 3, 3]),
        ("0.bias", vec![3]),
        ("1.weight", vec![3]),
        ("1.bias", vec![3]),
        ("5.weight", vec![3, 27]),
        ("5.bias", vec![3]),
        ("6.weight", vec![3]),
        ("6.bias", vec![3]),
    ];
    let mut tensors = waves(shapes, 0.5);
    for (name, number) in
        [("1.running_mean", 0.0), ("1.running_var", 1.0), ("6.running_mean", 0.0), ("6.running_var", 1.0)]
    {
        tensors.push((name, vec![3], vec![number; 3]));
    }
    write(&path, &tensors, &["1.num_batches_tracked", "6.num_batches_tracked"]);
    let model = Sequential::new([9, 8]).conv2d(3, 3, Linear).batch_norm().activation(Gelu).max_pool2d(2);
    let mut model = model.flatten().dense(3, Linear).batch_norm();
    model.load_weights(&path).unwrap();

    model.compile(Sgd::new(0.1), CrossEntropy::from_logits());
    let history = model.fit(&images(), Fit::epochs(5).batch_size(4).quiet()).unwrap();
    let losses: Vec<f32> = history.epochs.iter().map(|epoch| epoch.train.loss).collect();
    close("losses", &losses, &pytorch("normalized", "losses"));
    let outputs = model.outputs(&images().take(2)).unwrap();
    let theirs = pytorch("normalized", "images 0 and 1");
    close_within(1e-5, "without learning", outputs.as_slice().unwrap(), &theirs);
    model.save(&path).unwrap();
    for name in ["1.running_mean", "1.running_var"] {
        close(name, &tensor(&path, name), &pytorch("normalized", name));
    }
}

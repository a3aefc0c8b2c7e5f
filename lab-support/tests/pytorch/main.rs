//! Networks against PyTorch's numbers, which `pytorch.py` makes; in this file, a small one of dense layers.

mod common;
mod images;
mod numbers;

use common::{close, tensor, waves, write};
use lab_support::data::Source;
use lab_support::nn::Optimizer;
use lab_support::prelude::*;
use ndarray::{ArcArray, ArcArray1};
use numbers::pytorch;

/// Four images of 2 x 3 pixels.
fn images() -> Dataset {
    let pixels =
        ArcArray::from_shape_fn((4, 2, 3), |(i, j, k)| (((i * 6 + j * 3 + k) * 37 + 11) % 256) as u8);
    let labels = ArcArray1::from_vec(vec![2, 0, 1, 2]);
    Images::new(pixels, labels, Source::Practice).unwrap().normalized()
}

/// 2 x 3 -> 6 -> 5 -> 3, its parameters one `wave` from end to end.
fn network(activation: Activation) -> Sequential {
    let mut model = Sequential::new([2, 3]).flatten().dense(5, activation).dense(3, Linear);
    // In PyTorch's count the activation is a layer, where it is not linear.
    let last = if activation == Linear { "2" } else { "3" };
    let last = [format!("{last}.weight"), format!("{last}.bias")];
    let shapes = [("1.weight", vec![5, 6]), ("1.bias", vec![5]), (&last[0], vec![3, 5]), (&last[1], vec![3])];
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("wave.safetensors");
    write(&path, &waves(shapes, 1.0), &[]);
    model.load_weights(&path).unwrap();
    model
}

/// From `logits`: what the network answers to the first two images.
#[test]
fn logits_with_each_activation() {
    for activation in [Linear, Relu, LeakyRelu, Elu, Gelu, Silu, Sigmoid, Tanh, Softmax] {
        let outputs = network(activation).outputs(&images().take(2)).unwrap();
        let part = format!("logits, {}", activation.name());
        close(&part, outputs.as_slice().unwrap(), &pytorch(&part, "images 0 and 1"));
    }
}

/// From `standardized`.
#[test]
fn standardized_images() {
    let images = images().images().standardized(0.3, 0.4).unwrap().take(2);
    let outputs = network(Relu).outputs(&images).unwrap();
    close("standardized", outputs.as_slice().unwrap(), &pytorch("standardized", "images 0 and 1"));
}

/// The biases of the layers, in a file.
fn check_biases(part: &str, model: &Sequential) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("trained.safetensors");
    model.save(&path).unwrap();
    for name in ["1.bias", "3.bias"] {
        close(&format!("{part}, {name}"), &tensor(&path, name), &pytorch(part, name));
    }
}

/// The loss before each of five steps on the whole batch, and both biases after them.
fn check_training(part: &str, optimizer: impl Into<Optimizer>, plan: Fit) {
    let mut model = network(Tanh);
    model.compile(optimizer, CrossEntropy::from_logits());
    let history = model.fit(&images(), plan.batch_size(4).quiet()).unwrap();
    let losses: Vec<f32> = history.epochs.iter().map(|epoch| epoch.train.loss).collect();
    close(part, &losses, &pytorch(part, "losses"));
    check_biases(part, &model);
}

/// From `averaged`.
#[test]
fn averaged_weights() {
    let part = "averaged, SGD(0.1), momentum 0.9, memory 0.8";
    let mut model = network(Tanh);
    model.compile(Sgd::new(0.1).momentum(0.9), CrossEntropy::from_logits());
    model.fit(&images(), Fit::epochs(5).batch_size(4).average_weights(0.8).quiet()).unwrap();
    close(part, &[model.evaluate(&images()).unwrap().loss], &pytorch(part, "loss"));
    close(part, &model.bias(1).unwrap().to_vec(), &pytorch(part, "1.bias"));
    close(part, &model.bias(2).unwrap().to_vec(), &pytorch(part, "3.bias"));
}

/// From `weighted`.
#[test]
fn weighted_classes() {
    let weights = [3.0, 1.0, 0.5, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0];
    let plan = Fit::epochs(5).class_weight(weights);
    check_training("weighted, SGD(0.1), class weights 3, 1, 0.5", Sgd::new(0.1), plan);
}

/// From `trajectory`.
#[test]
fn five_steps_of_each_optimizer() {
    let momentum = Sgd::new(0.1).momentum(0.9);
    let adam = Adam::new(0.1).beta_1(0.8).beta_2(0.9).epsilon(0.01);
    let adam_w = AdamW::new(0.1).beta_1(0.8).beta_2(0.9).epsilon(0.01);
    let rms_prop = RmsProp::new(0.1).rho(0.8).epsilon(0.01);
    let table: [(&str, Optimizer); 8] = [
        ("SGD(0.1)", Sgd::new(0.1).into()),
        ("SGD(0.1), momentum 0.9", momentum.into()),
        ("SGD(0.1), Nesterov momentum 0.9, weight decay 0.1", momentum.nesterov().weight_decay(0.1).into()),
        ("RMSprop(0.1), rho 0.8, epsilon 0.01, weight decay 0.1", rms_prop.weight_decay(0.1).into()),
        ("Adam(0.001)", Adam::default().into()),
        ("Adam(0.1), beta_1 0.8, beta_2 0.9, epsilon 0.01", adam.into()),
        ("Adam(0.1), as before, weight decay 0.1", adam.weight_decay(0.1).into()),
        ("AdamW(0.1), as before, weight decay 0.1", adam_w.weight_decay(0.1).into()),
    ];
    for (name, optimizer) in table {
        check_training(&format!("trajectory, {name}"), optimizer, Fit::epochs(5));
    }
}

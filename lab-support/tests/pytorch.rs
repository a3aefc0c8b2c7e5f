//! A small network against PyTorch's numbers; `pytorch.py` beside this file makes them.

mod common;

use common::{close, tensor, wave};
use lab_support::data::Source;
use lab_support::nn::Optimizer;
use lab_support::prelude::*;
use ndarray::{ArcArray, ArcArray1};
use safetensors::tensor::{Dtype, TensorView};

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
    let mut first = 0;
    let mut tensor = |name: String, shape: Vec<usize>| {
        let n = shape.iter().product();
        let bytes: Vec<u8> = wave(first, n).iter().flat_map(|v| v.to_le_bytes()).collect();
        first += n;
        (name, shape, bytes)
    };
    let tensors = [
        tensor("1.weight".into(), vec![5, 6]),
        tensor("1.bias".into(), vec![5]),
        tensor(format!("{last}.weight"), vec![3, 5]),
        tensor(format!("{last}.bias"), vec![3]),
    ];
    let views = tensors
        .iter()
        .map(|(name, shape, bytes)| (name, TensorView::new(Dtype::F32, shape.clone(), bytes).unwrap()));
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("wave.safetensors");
    std::fs::write(&path, safetensors::serialize(views, None).unwrap()).unwrap();
    model.load_weights(&path).unwrap();
    model
}

/// From `logits`: what the network answers to the first two images.
const LOGITS: [(Activation, [f32; 6]); 9] = [
    (Linear, [-0.42968628, 0.27767217, -2.5546494, -0.67391527, -0.99425566, -2.9018211]),
    (Relu, [-0.28884235, -0.6895749, -1.1583388, -0.24501176, -1.35248, -1.4135513]),
    (LeakyRelu, [-0.29025078, -0.67990243, -1.1723019, -0.2493008, -1.3488978, -1.428434]),
    (Elu, [-0.3960897, -0.14568003, -2.0154748, -0.50641775, -1.1016037, -2.3569067]),
    (Gelu, [-0.35869622, -0.5294922, -1.2041016, -0.28430492, -1.123916, -1.548781]),
    (Silu, [-0.35937804, -0.3330794, -1.275827, -0.33640337, -0.9369004, -1.5874863]),
    (Sigmoid, [-0.05260523, -0.49910095, -0.5593438, -0.11423111, -0.77173775, -0.631297]),
    (Tanh, [-0.37371978, 0.14041172, -2.025021, -0.6070642, -0.64127284, -2.2086375]),
    (Softmax, [-0.23928127, -0.27794802, -0.5725244, -0.22307144, -0.44174993, -0.65819937]),
];

#[test]
fn logits_with_each_activation() {
    for (activation, expected) in LOGITS {
        let outputs = network(activation).outputs(&images().take(2)).unwrap();
        close(activation.name(), outputs.as_slice().unwrap(), &expected);
    }
}

/// From `standardized`.
#[test]
fn standardized_images() {
    let images = images().images().standardized(0.3, 0.4).unwrap().take(2);
    let expected = [-0.07924706, 0.53922355, -0.6923922, -0.10882941, -1.3337, -1.4653784];
    close("standardized", network(Relu).outputs(&images).unwrap().as_slice().unwrap(), &expected);
}

/// From `trajectory`: the loss before each of five steps on the whole batch, and both biases after them.
fn check_trajectory(
    optimizer: impl Into<Optimizer>,
    losses: [f32; 5],
    hidden_bias: [f32; 5],
    output_bias: [f32; 3],
) {
    let mut model = network(Tanh);
    model.compile(optimizer, CrossEntropy::from_logits());
    let history = model.fit(&images(), Fit::epochs(5).batch_size(4).quiet()).unwrap();
    let ours: Vec<f32> = history.epochs.iter().map(|epoch| epoch.train.loss).collect();
    close("losses", &ours, &losses);

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("trained.safetensors");
    model.save(&path).unwrap();
    close("hidden bias", &tensor(&path, "1.bias"), &hidden_bias);
    close("output bias", &tensor(&path, "3.bias"), &output_bias);
}

/// From `averaged`.
#[test]
fn averaged_weights() {
    let mut model = network(Tanh);
    model.compile(Sgd::new(0.1).momentum(0.9), CrossEntropy::from_logits());
    model.fit(&images(), Fit::epochs(5).batch_size(4).average_weights(0.8).quiet()).unwrap();
    close("loss", &[model.evaluate(&images()).unwrap().loss], &[1.2244185]);
    let hidden = [-0.8600327, -0.053235516, 0.29502386, 0.2438513, -0.39229494];
    close("hidden bias", &model.bias(1).unwrap().to_vec(), &hidden);
    close("output bias", &model.bias(2).unwrap().to_vec(), &[-0.38406035, -0.13049762, -0.20544201]);
}

/// From `weighted`.
#[test]
fn weighted_classes() {
    let mut model = network(Tanh);
    model.compile(Sgd::new(0.1), CrossEntropy::from_logits());
    let weights = [3.0, 1.0, 0.5, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0];
    let history = model.fit(&images(), Fit::epochs(5).batch_size(4).class_weight(weights).quiet()).unwrap();
    let losses: Vec<f32> = history.epochs.iter().map(|epoch| epoch.train.loss).collect();
    close("losses", &losses, &[1.3853847, 1.3312141, 1.2943058, 1.2677298, 1.2475212]);
    let hidden = [-0.8917817, -0.0022908836, 0.3234195, 0.22627637, -0.4432944];
    close("hidden bias", &model.bias(1).unwrap().to_vec(), &hidden);
    close("output bias", &model.bias(2).unwrap().to_vec(), &[-0.23285598, -0.15284039, -0.33430362]);
}

#[test]
fn plain_descent() {
    check_trajectory(
        Sgd::new(0.1),
        [1.5233353, 1.4465234, 1.3825154, 1.3293215, 1.2850153],
        [-0.8663114, -0.047758214, 0.3046271, 0.24261716, -0.40321493],
        [-0.37424237, -0.12228337, -0.22347428],
    );
}

#[test]
fn momentum() {
    check_trajectory(
        Sgd::new(0.1).momentum(0.9),
        [1.5233353, 1.4465234, 1.3260555, 1.2071421, 1.1252991],
        [-0.78529453, -0.12015801, 0.19224158, 0.27311915, -0.29766154],
        [-0.5164542, -0.2126094, 0.009063601],
    );
}

#[test]
fn adam() {
    check_trajectory(
        Adam::default(),
        [1.5233353, 1.5182953, 1.5132933, 1.5083301, 1.5034064],
        [-0.91500247, -0.0050000404, 0.37500408, 0.22499676, -0.47500488],
        [-0.28499946, -0.064995736, -0.37500212],
    );
}

#[test]
fn adam_with_settings_of_its_own() {
    check_trajectory(
        Adam::new(0.1).beta_1(0.8).beta_2(0.9).epsilon(0.01),
        [1.5233353, 1.215847, 1.0994232, 1.0262457, 0.9363398],
        [-0.63004744, -0.35272408, 0.060220517, 0.29381937, -0.3649711],
        [-0.6223139, -0.26307258, -0.07808443],
    );
}

#[test]
fn nesterov_with_weight_decay() {
    check_trajectory(
        Sgd::new(0.1).momentum(0.9).nesterov().weight_decay(0.1),
        [1.5233353, 1.3754281, 1.2315304, 1.1275884, 1.0669864],
        [-0.7744072, -0.130663, 0.18083677, 0.27778947, -0.29866645],
        [-0.5365371, -0.22511819, 0.04165528],
    );
}

#[test]
fn rmsprop() {
    check_trajectory(
        RmsProp::new(0.1).rho(0.8).epsilon(0.01).weight_decay(0.1),
        [1.5233353, 1.1279161, 1.0160322, 0.9237755, 0.87446976],
        [-0.49226218, -0.37046114, 0.15025784, 0.35776973, -0.24815743],
        [-0.5891894, -0.3969931, -0.02664258],
    );
}

#[test]
fn adam_with_weight_decay() {
    check_trajectory(
        Adam::new(0.1).beta_1(0.8).beta_2(0.9).epsilon(0.01).weight_decay(0.1),
        [1.5233353, 1.2108078, 1.0782051, 1.0184882, 0.9742448],
        [-0.5776803, -0.35352054, 0.05924972, 0.433144, -0.25022414],
        [-0.639927, -0.36892694, -0.02565304],
    );
}

#[test]
fn adamw() {
    check_trajectory(
        AdamW::new(0.1).beta_1(0.8).beta_2(0.9).epsilon(0.01).weight_decay(0.1),
        [1.5233353, 1.211934, 1.0950749, 1.023304, 0.9380893],
        [-0.6267828, -0.3492443, 0.060811374, 0.29734886, -0.35406634],
        [-0.62043375, -0.2711057, -0.07621162],
    );
}

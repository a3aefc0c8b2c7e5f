//! Every gradient against the slope it stands for, measured: the loss a little to the right of a number
//! less the loss a little to its left. Tensor by tensor: here of one layer, in `networks.rs` of several in a row.

mod networks;

use crate::nn::against_pytorch::wave;
use crate::nn::kernels::{Padding, RandomStream, Threads};
use crate::nn::layers::{
    Activation, ActivationLayer, AveragePool2d, Backward, BatchNorm, Conv, Conv2d, Dense, Dropout, Flatten,
    GlobalAveragePool2d, Layer, LayerNorm, MaxPool2d, Neurons, Parameter, Role,
};

use Activation::{Linear, Sigmoid, Softmax, Tanh};

const BATCH: usize = 3;

/// Far enough to rise above rounding, near enough for a straight line.
const STEP: f32 = 4e-3;

/// The slope of `loss` along each number of `x`.
fn slopes(x: &[f32], mut loss: impl FnMut(&[f32]) -> f64) -> Vec<f64> {
    let mut moved = x.to_vec();
    (0..x.len())
        .map(|i| {
            let (up, down) = (x[i] + STEP, x[i] - STEP);
            moved[i] = up;
            let above = loss(&moved);
            moved[i] = down;
            let below = loss(&moved);
            moved[i] = x[i];
            (above - below) / (f64::from(up) - f64::from(down))
        })
        .collect()
}

/// The distance between both, as a share of their length.
fn agree(what: &str, gradient: &[f32], slopes: &[f64]) {
    assert_eq!(gradient.len(), slopes.len(), "{what}");
    let length = |numbers: &mut dyn Iterator<Item = f64>| numbers.map(|n| n * n).sum::<f64>().sqrt();
    let distance = length(&mut gradient.iter().zip(slopes).map(|(g, s)| f64::from(*g) - s));
    let relative = distance / length(&mut slopes.iter().copied());
    assert!(relative < 1e-3, "{what}: {relative:.1e} apart, {gradient:?} and {slopes:?}");
}

fn output(layer: &mut dyn Layer, x: &[f32]) -> Vec<f32> {
    let mut y = vec![0.0; BATCH * layer.output_shape().iter().product::<usize>()];
    layer.forward_training(BATCH, x, &mut y, RandomStream::new(1), &Threads::one());
    y
}

/// The loss is a weighted sum of the outputs, so that its slope along each is that weight.
fn weighted_sum(y: &[f32]) -> f64 {
    let weights = wave(500, y.len());
    y.iter().zip(weights).map(|(y, weight)| f64::from(*y) * f64::from(weight)).sum()
}

/// The gradients of the input and of each parameter of one layer of `inputs` numbers.
fn check_layer(what: &str, layer: &mut dyn Layer, inputs: usize) {
    check_layer_on(what, layer, &wave(0, BATCH * inputs));
}

/// The same with the numbers `x` as input.
fn check_layer_on(what: &str, layer: &mut dyn Layer, x: &[f32]) {
    layer.parameters_mut().iter_mut().for_each(|p| p.prepare(0));
    let y = output(layer, x);
    let (mut d_output, mut d_input) = (wave(500, y.len()), vec![1.0; x.len()]);
    let pass = Backward {
        rows: BATCH,
        input: x,
        output: &y,
        d_output: &mut d_output,
        d_input: Some(&mut d_input),
        update: None,
    };
    layer.backward(pass, &Threads::one());

    let along_input = slopes(x, |x| weighted_sum(&output(layer, x)));
    agree(&format!("{what}, input"), &d_input, &along_input);
    let learned = |parameter: &Parameter| matches!(parameter.role, Role::Trained | Role::Frozen);
    for i in 0..layer.parameters().iter().filter(|p| learned(p)).count() {
        let parameter = layer.parameters()[i].clone();
        let along_parameter = slopes(&parameter.value, |value| {
            layer.parameters_mut()[i].value.copy_from_slice(value);
            weighted_sum(&output(layer, x))
        });
        layer.parameters_mut()[i].value.copy_from_slice(&parameter.value);
        agree(&format!("{what}, {}", parameter.name), &parameter.gradient, &along_parameter);
    }
}

#[test]
fn dense_with_each_activation() {
    for activation in Activation::ALL.into_iter().filter(|a| !a.needs_its_input()) {
        let mut layer = Dense::new(11, 5, activation, Neurons::default()).unwrap();
        for (parameter, first) in layer.parameters_mut().iter_mut().zip([100, 200]) {
            parameter.value = wave(first, parameter.value.len());
        }
        check_layer(&format!("dense, {}", activation.name()), &mut layer, 11);
    }
}

#[test]
fn each_activation_alone() {
    for activation in Activation::ALL {
        let mut layer = ActivationLayer { activation, shape: vec![7] };
        check_layer(activation.name(), &mut layer, 7);
    }
}

#[test]
fn dropout() {
    check_layer("dropout", &mut Dropout::new(&[3, 4], 0.3), 12);
}

#[test]
fn batch_normalization() {
    for shape in [&[11][..], &[3, 4], &[2, 3, 3]] {
        let mut layer = BatchNorm::new(shape).unwrap();
        let channels = layer.parameters()[0].value.len();
        layer.parameters_mut()[0].value = wave(100, channels);
        layer.parameters_mut()[1].value = wave(200, channels);
        check_layer(&format!("batch normalization of {shape:?}"), &mut layer, shape.iter().product());
        // With mean and variance given, as when frozen.
        layer.parameters_mut()[..2].iter_mut().for_each(|p| p.role = Role::Frozen);
        check_layer(&format!("frozen, of {shape:?}"), &mut layer, shape.iter().product());
    }
}

#[test]
fn layer_normalization() {
    for shape in [&[11][..], &[3, 4], &[2, 3, 3]] {
        let mut layer = LayerNorm::new(shape).unwrap();
        let n = shape.iter().product();
        layer.parameters_mut()[0].value = wave(100, n);
        layer.parameters_mut()[1].value = wave(200, n);
        check_layer(&format!("layer normalization of {shape:?}"), &mut layer, n);
    }
}

#[test]
fn sums_without_a_bias() {
    let mut layer = Dense::new(11, 5, Tanh, Neurons::default().use_bias(false)).unwrap();
    assert_eq!(layer.parameters().len(), 1);
    layer.parameters_mut()[0].value = wave(100, 55);
    check_layer("dense without a bias", &mut layer, 11);
    let settings = Conv::default().use_bias(false);
    let mut layer = Conv2d::new(&[3, 5, 6], 8, 2, Tanh, settings).unwrap();
    assert_eq!(layer.parameters().len(), 1);
    check_image_layer("convolution without a bias", &mut layer, [3, 5, 6]);
}

#[test]
fn flatten() {
    check_layer("flatten", &mut Flatten::new(&[3, 4]), 12);
    check_layer("flatten", &mut Flatten::new(&[3, 2, 2]), 12);
}

/// One layer on images of `shape`, its parameters two waves.
fn check_image_layer(what: &str, layer: &mut dyn Layer, shape: [usize; 3]) {
    for (parameter, first) in layer.parameters_mut().iter_mut().zip([100, 200]) {
        parameter.value = wave(first, parameter.value.len());
    }
    check_layer(what, layer, shape.iter().product());
}

#[test]
fn convolutions() {
    let same = Conv::default().padding(Padding::Same);
    for (shape, filters, kernel, activation, settings) in [
        ([1, 6, 5], 3, 3, Linear, Conv::default()),
        ([3, 5, 6], 8, 2, Tanh, Conv::default()),
        ([2, 7, 6], 17, 3, Sigmoid, Conv::default().stride(2)),
        ([2, 4, 5], 5, 3, Tanh, same),
        ([2, 7, 6], 5, 3, Tanh, same.stride(2)),
        ([3, 5, 8], 4, 2, Linear, same.stride(3)),
        ([3, 3, 4], 4, 4, Linear, same),
        ([8, 3, 3], 2, 3, Linear, Conv::default()),
        ([2, 3, 3], 3, 1, Softmax, Conv::default()),
        // From sixteen channels and filters on, two by two sums at a time.
        ([16, 6, 5], 16, 3, Linear, Conv::default()),
        ([16, 4, 4], 24, 3, Tanh, same),
    ] {
        let mut layer = Conv2d::new(&shape, filters, kernel, activation, settings).unwrap();
        check_image_layer(&format!("{shape:?}, {filters} of {kernel}"), &mut layer, shape);
    }
}

#[test]
fn pooling() {
    let shape = [9, 4, 5];
    // No two alike: where several are the largest, there is no slope.
    let n = BATCH * shape.iter().product::<usize>();
    let each_once: Vec<f32> = (0..n).map(|i| (i * 37 % n) as f32 / 50.0).collect();
    for (size, stride) in [(2, 2), (3, 2), (2, 3), (2, 1), (1, 1)] {
        let mut largest = MaxPool2d::new(&shape, size, stride).unwrap();
        check_layer_on(&format!("max of {size}, stride {stride}"), &mut largest, &each_once);
        let mut mean = AveragePool2d::new(&shape, size, stride).unwrap();
        check_image_layer(&format!("mean of {size}, stride {stride}"), &mut mean, shape);
    }
    let mut mean = GlobalAveragePool2d::new(&[3, 4, 2]).unwrap();
    check_image_layer("mean of each channel", &mut mean, [3, 4, 2]);
}

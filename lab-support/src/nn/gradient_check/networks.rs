//! The gradients of whole networks.

use super::{BATCH, agree, slopes};
use crate::nn::Activation::{Linear, Relu, Sigmoid, Softmax, Tanh};
use crate::nn::against_pytorch::wave;
use crate::nn::kernels::{RandomStream, Threads};
use crate::nn::loss::CrossEntropy;
use crate::nn::model::{Sequential, Tape};

/// The gradient of every parameter of a network, of the mean loss of a batch.
fn check_network(mut model: Sequential, loss: CrossEntropy) {
    const LABELS: [usize; BATCH] = [2, 0, 1];
    let inputs = wave(0, BATCH * 6);
    let mut tape = Tape::for_training(&model, BATCH);
    model.parameters_mut().for_each(|p| p.prepare(0));
    tape.input(BATCH).copy_from_slice(&inputs);
    tape.forward_training(&mut model.layers, BATCH, RandomStream::default(), &Threads::one());
    let (sum, _) = tape.backward(&mut model.layers, loss, &LABELS, None, None, &Threads::one());
    assert!((sum - BATCH as f64 * mean_loss(&inputs, &model, loss, &LABELS)).abs() < 1e-6);

    for i in 0..model.parameters().count() {
        let parameter = model.parameters().nth(i).unwrap().clone();
        let mut replace = |value: &[f32]| {
            model.parameters_mut().nth(i).unwrap().value.copy_from_slice(value);
            mean_loss(&inputs, &model, loss, &LABELS)
        };
        let slopes = slopes(&parameter.value, &mut replace);
        replace(&parameter.value);
        agree(&format!("{} {i}, {}", model.architecture(), parameter.name), &parameter.gradient, &slopes);
    }
}

fn mean_loss(inputs: &[f32], model: &Sequential, loss: CrossEntropy, labels: &[usize]) -> f64 {
    let mut tape = Tape::for_inference(model, labels.len());
    tape.input(labels.len()).copy_from_slice(inputs);
    let outputs = tape.forward(&model.layers, labels.len());
    let rows = outputs.chunks_exact(outputs.len() / labels.len()).zip(labels);
    let sum: f64 = rows.map(|(row, label)| f64::from(loss.of(row, *label))).sum();
    sum / labels.len() as f64
}

#[test]
fn networks() {
    let hidden = || Sequential::new([2, 3]).flatten().dense(9, Relu).dense(8, Tanh).dense(7, Sigmoid);
    check_network(hidden().dense(3, Linear), CrossEntropy::from_logits());
    check_network(hidden().dense(3, Softmax), CrossEntropy::from_probabilities());
    check_network(hidden().dense(3, Linear).activation(Softmax), CrossEntropy::from_probabilities());
}

/// Blocks at both ends of a network, two that begin with the same layer, and one inside another.
#[test]
fn residual_blocks() {
    let model = Sequential::new([6]).residual(|block| block.dense(5, Tanh).dense(6, Sigmoid)).dense(7, Tanh);
    let model = model.residual(|outer| {
        let inner = outer.residual(|inner| inner.dense(4, Sigmoid).dense(7, Linear));
        inner.layer_norm().residual(|inner| inner.dense(7, Tanh))
    });
    let model = model.activation(Relu).dense(3, Linear);
    check_network(model.residual(|block| block.dense(3, Tanh)), CrossEntropy::from_logits());

    // Flattening leaves the numbers where they are: at the beginning of a block, at its end, and as all of it.
    let flat = Sequential::new([6]).dense(5, Linear);
    let flat =
        flat.residual(|block| block.flatten().dense(5, Linear).flatten()).residual(|block| block.flatten());
    check_network(flat.dense(3, Linear), CrossEntropy::from_logits());
}

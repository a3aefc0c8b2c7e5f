//! Each kind of layer as the nodes that compute it.

use lab_support::nn::{Activation, LayerInfo, LayerSpec, Padding};

use crate::onnx::graph::{Builder, float, int, ints};
use crate::onnx::proto::Attribute;

/// What is added to the variance in normalization.
const EPSILON: f32 = 1e-5;

/// Adds `layer`, whose input is the tensor `input`; `before` are those of all layers up to it. Returns its output's name.
pub fn add(graph: &mut Builder, layer: &LayerInfo, input: &str, before: &[String]) -> String {
    for (name, numbers) in &layer.tensors {
        graph.floats(name, numbers);
    }
    let weights: Vec<&str> = layer.tensors.iter().map(|(name, _)| name.as_str()).collect();
    let with_weights = |input| [&[input], &weights[..]].concat();
    match &layer.spec {
        LayerSpec::Dropout { .. } => input.to_string(),
        LayerSpec::Flatten => flatten(graph, input),
        LayerSpec::Dense { activation, .. } => {
            let sums = graph.node("Gemm", &with_weights(input), vec![int("transB", 1)]);
            activate(graph, *activation, &sums)
        }
        LayerSpec::Conv2D { kernel, activation, settings, .. } => {
            let image = with_channel(graph, input, &layer.input_shape);
            let border = match settings.padding {
                Padding::Valid => [0; 4],
                Padding::Same => border(&layer.input_shape, *kernel, settings.stride),
            };
            let attributes = window(*kernel, settings.stride, border);
            let sums = graph.node("Conv", &with_weights(&image), attributes);
            activate(graph, *activation, &sums)
        }
        LayerSpec::MaxPooling2D { size, stride } => pool(graph, "MaxPool", input, layer, [*size, *stride]),
        LayerSpec::AveragePooling2D { size, stride } => {
            pool(graph, "AveragePool", input, layer, [*size, *stride])
        }
        LayerSpec::GlobalAveragePooling2D => {
            let image = with_channel(graph, input, &layer.input_shape);
            let means = graph.node("GlobalAveragePool", &[&image], Vec::new());
            flatten(graph, &means)
        }
        LayerSpec::BatchNormalization => {
            let epsilon = vec![float("epsilon", EPSILON)];
            if let [_] | [_, _, _] = layer.input_shape[..] {
                return graph.node("BatchNormalization", &with_weights(input), epsilon);
            }
            let axis = graph.integers("axis", &[1]);
            let image = graph.node("Unsqueeze", &[input, &axis], Vec::new());
            let normal = graph.node("BatchNormalization", &with_weights(&image), epsilon);
            graph.node("Squeeze", &[&normal, &axis], Vec::new())
        }
        LayerSpec::LayerNormalization => {
            let attributes = vec![int("axis", 1), float("epsilon", EPSILON)];
            graph.node("LayerNormalization", &with_weights(input), attributes)
        }
        LayerSpec::Add { layers } => {
            graph.node("Add", &[input, &before[before.len() - 1 - layers]], Vec::new())
        }
        LayerSpec::Activation { activation: Activation::Softmax } if layer.input_shape.len() > 1 => {
            let row = flatten(graph, input);
            let softmax = activate(graph, Activation::Softmax, &row);
            let shape: Vec<i64> =
                std::iter::once(-1).chain(layer.input_shape.iter().map(|n| *n as i64)).collect();
            let shape = graph.integers("shape", &shape);
            graph.node("Reshape", &[&softmax, &shape], Vec::new())
        }
        LayerSpec::Activation { activation } => activate(graph, *activation, input),
    }
}

fn flatten(graph: &mut Builder, input: &str) -> String {
    graph.node("Flatten", &[input], vec![int("axis", 1)])
}

/// The name of the tensor `input` as images that have channels.
fn with_channel(graph: &mut Builder, input: &str, shape: &[usize]) -> String {
    if shape.len() > 2 {
        return input.to_string();
    }
    let axis = graph.integers("axis", &[1]);
    graph.node("Unsqueeze", &[input, &axis], Vec::new())
}

fn pool(graph: &mut Builder, op: &str, input: &str, layer: &LayerInfo, [size, stride]: [usize; 2]) -> String {
    let image = with_channel(graph, input, &layer.input_shape);
    graph.node(op, &[&image], window(size, stride, [0; 4]))
}

fn window(size: usize, stride: usize, border: [usize; 4]) -> Vec<Attribute> {
    vec![ints("kernel_shape", &[size, size]), ints("strides", &[stride, stride]), ints("pads", &border)]
}

/// Rows and columns of zeros above, left, below and right of an image, of which the output has a pixel for each `stride`.
fn border(image: &[usize], size: usize, stride: usize) -> [usize; 4] {
    let sides = [image[image.len() - 2], image[image.len() - 1]];
    let [rows, columns] =
        sides.map(|side| ((side.div_ceil(stride) - 1) * stride + size).saturating_sub(side));
    [rows / 2, columns / 2, rows - rows / 2, columns - columns / 2]
}

fn activate(graph: &mut Builder, activation: Activation, input: &str) -> String {
    match activation {
        Activation::Linear => input.to_string(),
        Activation::Relu => graph.node("Relu", &[input], Vec::new()),
        Activation::LeakyRelu => graph.node("LeakyRelu", &[input], vec![float("alpha", 0.01)]),
        Activation::Elu => graph.node("Elu", &[input], vec![float("alpha", 1.0)]),
        Activation::Gelu => graph.node("Gelu", &[input], Vec::new()),
        Activation::Silu => {
            let sigmoid = graph.node("Sigmoid", &[input], Vec::new());
            graph.node("Mul", &[input, &sigmoid], Vec::new())
        }
        Activation::Sigmoid => graph.node("Sigmoid", &[input], Vec::new()),
        Activation::Tanh => graph.node("Tanh", &[input], Vec::new()),
        Activation::Softmax => graph.node("Softmax", &[input], vec![int("axis", 1)]),
    }
}

use std::collections::BTreeSet;

use lab_support::prelude::*;

use super::*;
use crate::onnx::proto::{Attribute, Graph, Node, Size, ValueInfo};

fn graph(network: &Sequential) -> Graph {
    let bytes = model(network).unwrap().encode_to_vec();
    Model::decode(&bytes[..]).unwrap().graph.unwrap()
}

fn attribute(attribute: &Attribute) -> String {
    let Attribute { name, f, i, ints, .. } = attribute;
    match (f, i) {
        (Some(f), _) => format!("{name} {f}"),
        (_, Some(i)) => format!("{name} {i}"),
        _ => format!("{name} {ints:?}"),
    }
}

fn line(node: &Node) -> String {
    let attributes: Vec<String> = node.attribute.iter().map(attribute).collect();
    let settings =
        if attributes.is_empty() { String::new() } else { format!(" [{}]", attributes.join(", ")) };
    format!("{} = {}({}){settings}", node.output.join(", "), node.op_type, node.input.join(", "))
}

fn lines(network: &Sequential) -> String {
    graph(network).node.iter().map(|node| line(node) + "\n").collect()
}

fn shape(value: &ValueInfo) -> Vec<String> {
    let tensor = value.r#type.as_ref().unwrap().tensor_type.as_ref().unwrap();
    let size = |size: &Option<Size>| match size.as_ref().unwrap() {
        Size::Fixed(size) => size.to_string(),
        Size::Named(name) => name.clone(),
    };
    tensor.shape.as_ref().unwrap().dim.iter().map(|dimension| size(&dimension.value)).collect()
}

/// Every layer with every setting.
fn every_layer() -> Sequential {
    let same = Conv::default().padding(Padding::Same);
    let model = Sequential::new([16, 15]).batch_norm().conv2d_with(2, 5, LeakyRelu, same).dropout(0.3);
    let model =
        model.conv2d_with(3, 3, Elu, Conv::default().stride(2)).max_pool2d_with(2, 1).average_pool2d(2);
    let model = model.residual(|block| block.layer_norm().conv2d_with(3, 1, Silu, same.use_bias(false)));
    let model = model.activation(Softmax).conv2d_with(4, 2, Gelu, same.stride(2)).global_average_pool2d();
    let model = model.dense(9, Sigmoid).batch_norm().dense_with(8, Tanh, Neurons::default().use_bias(false));
    model.activation(Relu).flatten().dense(6, Softmax).dropout(0.1)
}

/// As onnxruntime computed it to the same outputs, when this was written.
#[test]
fn each_layer_becomes_these_nodes() {
    let (found, expected) = (lines(&every_layer()), include_str!("every_layer.txt"));
    assert!(found == expected, "{found}");
}

#[test]
fn whatever_a_node_takes_was_given_before() {
    let graph = graph(&every_layer());
    let mut known: BTreeSet<&str> = graph.input.iter().map(|value| value.name.as_str()).collect();
    let tensors = graph.initializer.iter().map(|tensor| tensor.name.as_str());
    assert!(tensors.clone().all(|name| known.insert(name)), "no name twice");
    let mut used = BTreeSet::new();
    for node in &graph.node {
        assert!(node.input.iter().all(|name| known.contains(name.as_str())), "{}", line(node));
        assert!(known.insert(&node.output[0]), "{}", line(node));
        used.extend(node.input.iter().map(String::as_str));
    }
    assert!(tensors.clone().all(|name| used.contains(name)));
    let names: BTreeSet<&str> = graph.node.iter().map(|node| node.name.as_str()).collect();
    assert_eq!(names.len(), graph.node.len());
    assert_eq!(shape(&graph.input[0]), ["batch", "16", "15"]);
    assert_eq!(
        (graph.output[0].name.as_str(), shape(&graph.output[0])),
        ("probabilities", vec!["batch".into(), "6".into()])
    );
    assert!(
        graph
            .value_info
            .iter()
            .all(|value| known.contains(value.name.as_str()) && shape(value)[0] == "batch")
    );
}

#[test]
fn its_numbers_are_the_network_s() {
    let network = every_layer();
    let graph = graph(&network);
    for (name, numbers) in network.layers().unwrap().into_iter().flat_map(|layer| layer.tensors) {
        let tensor = graph.initializer.iter().find(|tensor| tensor.name == name).unwrap();
        let theirs: Vec<f32> = tensor.raw_data.as_chunks().0.iter().map(|b| f32::from_le_bytes(*b)).collect();
        assert_eq!(theirs, numbers.iter().copied().collect::<Vec<_>>(), "{name}");
        assert_eq!(tensor.dims, numbers.shape().iter().map(|n| *n as i64).collect::<Vec<_>>(), "{name}");
    }
}

#[test]
fn a_mistake_in_the_description_writes_no_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("model.onnx");
    let told = Sequential::new([28, 28]).dense(10, Linear).save_onnx(&path).unwrap_err().to_string();
    assert!(told.contains("write .flatten() before it") && !path.exists(), "{told}");
}

/// A border that can't be even is larger below and on the right.
#[test]
fn the_border_is_tensorflows_same() {
    let model = Sequential::new([7, 8]).conv2d_with(1, 4, Linear, Conv::default().padding(Padding::Same));
    assert!(lines(&model).contains("pads [1, 1, 2, 2]"));
    let model =
        Sequential::new([7, 8]).conv2d_with(1, 3, Linear, Conv::default().padding(Padding::Same).stride(2));
    assert!(lines(&model).contains("pads [1, 0, 1, 1]"));
}

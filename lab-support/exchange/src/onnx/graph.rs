//! A graph in the making: tensors flow from node to node by their names.

use ndarray::ArrayD;

use crate::onnx::proto::{
    Attribute, AttributeKind, Dimension, Graph, Node, NumberKind, Shape, Size, Tensor, TensorType, Type,
    ValueInfo,
};

/// Nodes in the order in which they are computed.
#[derive(Default)]
pub struct Builder {
    nodes: Vec<Node>,
    tensors: Vec<Tensor>,
    between: Vec<ValueInfo>,
    /// Before the names of nodes and what they compute: that of the layer they belong to.
    pub layer: String,
}

impl Builder {
    /// A node of one output, whose name it returns.
    pub fn node(&mut self, op: &str, inputs: &[&str], attributes: Vec<Attribute>) -> String {
        let first = format!("{}_{}", self.layer, op.to_lowercase());
        let is_taken = |name: &String| self.nodes.iter().any(|node| node.name == *name);
        let names = std::iter::once(first.clone()).chain((2..).map(|i| format!("{first}_{i}")));
        let name = names.into_iter().find(|name| !is_taken(name)).unwrap_or(first);
        let output = format!("{name}_out");
        self.nodes.push(Node {
            input: inputs.iter().map(|name| name.to_string()).collect(),
            output: vec![output.clone()],
            name,
            op_type: op.into(),
            attribute: attributes,
        });
        output
    }

    /// Numbers that don't change, by a name that no other has.
    pub fn floats(&mut self, name: &str, numbers: &ArrayD<f32>) {
        let raw_data = numbers.iter().flat_map(|number| number.to_le_bytes()).collect();
        self.tensor(name, numbers.shape(), NumberKind::Float, raw_data);
    }

    /// The same of a row of integers. Returns its name.
    pub fn integers(&mut self, what: &str, numbers: &[i64]) -> String {
        let name = format!("{}_{what}", self.layer);
        let raw_data = numbers.iter().flat_map(|number| number.to_le_bytes()).collect();
        self.tensor(&name, &[numbers.len()], NumberKind::Int64, raw_data);
        name
    }

    fn tensor(&mut self, name: &str, shape: &[usize], kind: NumberKind, raw_data: Vec<u8>) {
        let dims = shape.iter().map(|size| *size as i64).collect();
        if !self.tensors.iter().any(|tensor| tensor.name == name) {
            self.tensors.push(Tensor { dims, data_type: kind.into(), name: name.into(), raw_data });
        }
    }

    /// The shape of one image in the tensor of this name, for those who look at the graph.
    pub fn shape(&mut self, name: &str, image: &[usize]) {
        if !self.between.iter().any(|value| value.name == name) {
            self.between.push(value(name, image));
        }
    }

    /// The graph from `input` to the tensor that was computed last, which gets the name `output`.
    pub fn finish(
        mut self,
        name: String,
        input: (&str, &[usize]),
        last: &str,
        output: (&str, &[usize]),
    ) -> Graph {
        match self.nodes.iter_mut().find(|node| node.output[0] == last) {
            Some(node) => node.output[0] = output.0.into(),
            None => {
                let renamed = self.node("Identity", &[last], Vec::new());
                return self.finish(name, input, &renamed, output);
            }
        }
        self.between.retain(|value| ![input.0, last].contains(&value.name.as_str()));
        Graph {
            node: self.nodes,
            name,
            initializer: self.tensors,
            input: vec![value(input.0, input.1)],
            output: vec![value(output.0, output.1)],
            value_info: self.between,
        }
    }
}

/// The name of the first dimension, whose size is the number of images.
const BATCH: &str = "batch";

fn value(name: &str, image: &[usize]) -> ValueInfo {
    let sizes = image.iter().map(|size| Size::Fixed(*size as i64));
    let sizes = std::iter::once(Size::Named(BATCH.into())).chain(sizes);
    let shape = Shape { dim: sizes.map(|size| Dimension { value: Some(size) }).collect() };
    let tensor_type = TensorType { elem_type: NumberKind::Float.into(), shape: Some(shape) };
    ValueInfo { name: name.into(), r#type: Some(Type { tensor_type: Some(tensor_type) }) }
}

pub fn int(name: &str, i: i64) -> Attribute {
    let kind = AttributeKind::Int.into();
    Attribute { name: name.into(), i: Some(i), kind, ..Attribute::default() }
}

pub fn float(name: &str, f: f32) -> Attribute {
    let kind = AttributeKind::Float.into();
    Attribute { name: name.into(), f: Some(f), kind, ..Attribute::default() }
}

pub fn ints(name: &str, ints: &[usize]) -> Attribute {
    let ints = ints.iter().map(|i| *i as i64).collect();
    Attribute { name: name.into(), ints, kind: AttributeKind::Ints.into(), ..Attribute::default() }
}

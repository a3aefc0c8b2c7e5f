//! The layers of a network as Keras's JSON describes them, to compare them.

use std::collections::BTreeMap;

use lab_base::Error;
use serde_json::{Map, Value, json};

use crate::nn::kernels::Padding;
use crate::nn::layers::{Activation, LayerSpec, Parameter, Role};
use crate::nn::model::sequential::Sequential;

/// What Keras adds to the variance in batch normalization unless it is told otherwise, and what is added here.
pub(super) const KERAS_EPSILON: f64 = 1e-3;
pub(super) const EPSILON: f32 = 1e-5;

/// A layer as Keras describes it: its class, and those of its settings that change what it computes.
pub(super) struct Described<'a> {
    pub class: &'static str,
    /// What it has here.
    pub settings: Value,
    /// Its parameters, without batch normalization's count of batches.
    pub parameters: Vec<&'a Parameter>,
    /// Shape of one image before it.
    pub input: &'a [usize],
}

/// The layers of a network as Keras would describe them, without what does nothing when it predicts.
pub(super) fn ours(model: &Sequential) -> Vec<Described<'_>> {
    let (mut described, mut before) = (Vec::new(), Vec::new());
    let mut input = &model.input_shape[..];
    for layer in &model.layers {
        let spec = layer.spec();
        before.push(described.len());
        let parameters =
            layer.parameters().iter().filter(|parameter| parameter.role != Role::Counted).collect();
        let pool = |size, stride| {
            json!({"pool_size": [size, size], "strides": [stride, stride], "padding": "valid",
                   "data_format": "channels_last"})
        };
        let last = |axes: &[usize]| if let [_] = axes { json!([-1, 1]) } else { json!([-1, 3]) };
        let (settings, activation) = match spec {
            LayerSpec::Dense { units, activation, settings } => {
                (json!({"units": units, "use_bias": settings.bias}), activation)
            }
            LayerSpec::Conv2D { filters, kernel, activation, settings } => {
                let padding = if settings.padding == Padding::Same { "same" } else { "valid" };
                let strides = [settings.stride, settings.stride];
                let settings = json!({
                    "filters": filters, "kernel_size": [kernel, kernel], "strides": strides, "padding": padding,
                    "use_bias": settings.bias, "data_format": "channels_last", "dilation_rate": [1, 1], "groups": 1,
                });
                (settings, activation)
            }
            LayerSpec::MaxPooling2D { size, stride } | LayerSpec::AveragePooling2D { size, stride } => {
                (pool(size, stride), Activation::Linear)
            }
            LayerSpec::Flatten => (json!({"data_format": "channels_last"}), Activation::Linear),
            LayerSpec::GlobalAveragePooling2D => {
                (json!({"data_format": "channels_last", "keepdims": false}), Activation::Linear)
            }
            LayerSpec::BatchNormalization => {
                (json!({"axis": last(input), "center": true, "scale": true}), Activation::Linear)
            }
            LayerSpec::LayerNormalization => {
                (json!({"epsilon": EPSILON, "center": true, "scale": true}), Activation::Linear)
            }
            LayerSpec::Add { layers } => {
                (json!({INPUT: before[before.len() - 1 - layers]}), Activation::Linear)
            }
            LayerSpec::Dropout { .. } => (json!({}), Activation::Linear),
            LayerSpec::Activation { activation } => (json!({}), activation),
        };
        if !matches!(spec, LayerSpec::Activation { .. } | LayerSpec::Dropout { .. }) {
            described.push(Described { class: spec.kind(), settings, parameters, input });
        }
        if activation != Activation::Linear {
            let is_whole = matches!(spec, LayerSpec::Activation { activation: Activation::Softmax });
            let over = if is_whole && input.len() > 1 { " over all numbers of an image" } else { "" };
            let settings = json!({"activation": activation.name().to_lowercase() + over});
            described.push(Described { class: "Activation", settings, parameters: Vec::new(), input });
        }
        input = layer.output_shape();
    }
    described
}

/// Class and settings of each.
pub(super) type Layers = Vec<(String, Map<String, Value>)>;

/// A setting of `Add`: how many layers come before what it adds.
const INPUT: &str = "layers before its other input";

/// The layers that Keras's JSON describes, likewise.
pub(super) fn theirs(description: &str, doing: &str) -> Result<Layers, Error> {
    let json: Option<Value> = serde_json::from_str(description).ok();
    let mut reader = Reader::default();
    json.and_then(|json| reader.read(&json["config"])).map(|()| reader.layers).ok_or_else(|| {
        let advice = "write what model.to_json() gives into the file";
        Error::new(doing, "the description of a network by Keras", "none", advice)
    })
}

#[derive(Default)]
struct Reader {
    layers: Layers,
    /// How many of them come before the output of the layer of this name.
    behind: BTreeMap<String, usize>,
}

impl Reader {
    fn read(&mut self, network: &Value) -> Option<()> {
        for layer in network["layers"].as_array()? {
            let (class, config) = (layer["class_name"].as_str()?, layer["config"].as_object()?);
            self.add(class, config, &layer["inbound_nodes"])?;
            let name = config.get("name").and_then(Value::as_str).unwrap_or_default();
            self.behind.insert(name.to_string(), self.layers.len());
        }
        Some(())
    }

    fn add(&mut self, class: &str, config: &Map<String, Value>, inbound: &Value) -> Option<()> {
        let mut config = config.clone();
        let before = self.layers.len();
        let inputs: Vec<Option<usize>> =
            sources(inbound).into_iter().map(|name| self.behind.get(name).copied()).collect();
        match (class, &inputs[..]) {
            ("Add", [one, other]) if [one, other].contains(&&Some(before)) => {
                let other = if *one == Some(before) { other } else { one };
                config.insert(INPUT.into(), json!(other));
            }
            (_, [] | [_]) if inputs.iter().all(|input| *input == Some(before)) => (),
            _ => self.layers.push(("a branch".into(), Map::new())),
        }
        let activation = match class {
            _ if config.contains_key("layers") => return self.read(&Value::Object(config)),
            "InputLayer" | "Dropout" | "SpatialDropout2D" | "GaussianNoise" | "GaussianDropout" => None,
            _ if class.starts_with("Random") || is_one_channel(class, &config) => None,
            "Activation" => config.get("activation").map(named),
            "ReLU" | "LeakyReLU" | "ELU" | "Softmax" => Some(activation_class(class, &config)),
            _ => {
                let activation = config.get("activation").map(named);
                self.layers.push((class.to_string(), config));
                activation
            }
        };
        if let Some(activation) = activation.filter(|name| name != "linear") {
            let config = [("activation".to_string(), activation.into())].into_iter().collect();
            self.layers.push(("Activation".to_string(), config));
        }
        Some(())
    }
}

/// The names of the layers whose outputs a layer of a functional network takes, wherever they stand in its `inbound_nodes`:
/// before two numbers.
fn sources(inbound: &Value) -> Vec<&str> {
    match inbound {
        Value::Array(list) => match &list[..] {
            [Value::String(name), Value::Number(_), Value::Number(_), ..] => vec![name],
            _ => list.iter().flat_map(sources).collect(),
        },
        Value::Object(entries) => entries.values().flat_map(sources).collect(),
        _ => Vec::new(),
    }
}

/// Whether it makes images of one channel out of images without one: the numbers stay in their order.
fn is_one_channel(class: &str, config: &Map<String, Value>) -> bool {
    let shape = config.get("target_shape").and_then(Value::as_array);
    let is_one = |shape: &Vec<Value>| match &shape[..] {
        [_, _] => true,
        [_, _, channels] => *channels == 1,
        _ => false,
    };
    class == "Reshape" && shape.is_some_and(is_one)
}

/// An activation by the name that it has in Keras, in the words that are used here.
fn named(activation: &Value) -> String {
    let name = activation.as_str().map_or_else(|| activation.to_string(), str::to_lowercase);
    match &name[..] {
        "swish" => "silu".into(),
        "leaky_relu" => "leakyrelu of slope 0.2".into(),
        _ => name,
    }
}

/// A layer that is an activation, with the settings that are not those used here.
fn activation_class(class: &str, config: &Map<String, Value>) -> String {
    let number = |key: &str| config.get(key).and_then(Value::as_f64);
    let slope = number("negative_slope").or(number("alpha")).unwrap_or(0.0);
    let usual = match class {
        "ReLU" => slope == 0.0 && number("threshold").unwrap_or(0.0) == 0.0 && number("max_value").is_none(),
        "LeakyReLU" => (slope - 0.01).abs() < 1e-6,
        "ELU" => (number("alpha").unwrap_or(1.0) - 1.0).abs() < 1e-6,
        _ => config.get("axis").is_none_or(|axis| *axis == -1),
    };
    let name = class.to_lowercase();
    if usual { name } else { format!("{name} with settings {}", Value::Object(config.clone())) }
}

/// # Errors
/// At the first layer that Keras has another of.
pub(super) fn compare(ours: &[Described], theirs: &Layers, doing: &str) -> Result<(), Error> {
    let refuse = |expected: String, found: String| {
        let advice = "describe the same layers here as in Keras; layer normalization there with epsilon=1e-5";
        Err(Error::new(doing, expected, found, advice))
    };
    for i in 0..ours.len().max(theirs.len()) {
        let (ours, theirs) = match (ours.get(i), theirs.get(i)) {
            (Some(ours), Some(theirs)) if ours.class == theirs.0 => (ours, &theirs.1),
            (ours, theirs) => {
                let class = |class: Option<&str>| class.unwrap_or("the end of the network").to_string();
                let before = if i == 0 { "first" } else { "next" };
                let expected = format!("{} as the {before} layer", class(ours.map(|ours| ours.class)));
                return refuse(expected, class(theirs.map(|theirs| &theirs.0[..])));
            }
        };
        for (key, expected) in ours.settings.as_object().into_iter().flatten() {
            let Some(found) = theirs.get(key) else { continue };
            let is_same = match (expected.as_f64(), found.as_f64()) {
                (Some(expected), Some(found)) => (expected - found).abs() <= 1e-6 * expected.abs(),
                // Any of several ways to write an axis.
                _ if key == "axis" => {
                    let axis = found.as_array().and_then(|axes| axes.first()).unwrap_or(found);
                    expected.as_array().is_some_and(|axes| axes.contains(axis))
                }
                _ => expected == found,
            };
            if !is_same {
                return refuse(format!("{} of {key} {expected}", ours.class), format!("{key} {found}"));
            }
        }
    }
    Ok(())
}

//! Which tensors of a file are which of a network: PyTorch names them as the program did that wrote the file.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::path::Path;

use lab_base::Error;
use safetensors::tensor::SafeTensors;

use crate::nn::model::foreign::{OTHER_LAYERS, name_of, other_shape, sorted};
use crate::nn::model::sequential::Sequential;

/// What `torch.optim.swa_utils.AveragedModel` keeps beside the weights: how many it has averaged.
const AVERAGED: &str = "n_averaged";

/// A layer's tensors: the names that its class gives them, and their shapes.
type Tensors = Vec<(String, Vec<usize>)>;

/// A layer of the network that has weights.
struct Wanted {
    /// Counted from 0, as in `summary()`.
    layer: usize,
    kind: &'static str,
    tensors: Tensors,
}

impl Wanted {
    fn told(&self) -> String {
        format!("layer {}, {} ({})", self.layer, self.kind, told(&self.tensors))
    }
}

fn told(tensors: &Tensors) -> String {
    let each: Vec<String> = tensors.iter().map(|(name, shape)| format!("{name} {shape:?}")).collect();
    each.join(", ")
}

/// The layers of a network that have weights, in its order.
fn wanted(model: &Sequential) -> Vec<Wanted> {
    let layers = model.layers.iter().enumerate().filter(|(_, layer)| !layer.parameters().is_empty());
    let wanted = layers.map(|(i, layer)| {
        let parameters = layer.parameters().iter();
        let mut tensors: Tensors = parameters.map(|p| (p.name.to_string(), p.shape.clone())).collect();
        tensors.sort();
        Wanted { layer: i, kind: layer.spec().kind(), tensors }
    });
    wanted.collect()
}

/// The layers in a file, by name.
fn given(tensors: &SafeTensors) -> BTreeMap<String, Tensors> {
    let mut layers: BTreeMap<String, Tensors> = BTreeMap::new();
    for (name, tensor) in tensors.iter().filter(|(name, _)| *name != AVERAGED) {
        let (layer, parameter) = name.rsplit_once('.').unwrap_or(("", name));
        layers.entry(layer.to_string()).or_default().push((parameter.to_string(), tensor.shape().to_vec()));
    }
    layers.values_mut().for_each(|tensors| tensors.sort());
    layers
}

/// For each of the network's tensors the one in the file: of its own name, or of that behind a prefix that all have, as
/// `torch.compile` and `DataParallel` put one there. Where the file has other names, each of its layers must stand for one
/// of the network's beyond doubt: by what it consists of, and where several are alike, by the numbers in their names, which
/// are PyTorch's for the layers of a `Sequential`. The order of the tensors in a file says nothing: it is that of their names.
///
/// # Errors
/// When no assignment is certain.
pub(super) fn sources(path: &Path, model: &Sequential, tensors: &SafeTensors) -> Result<Vec<String>, Error> {
    let names = model.tensor_names();
    let found = sorted(tensors);
    if names.is_empty() {
        return Ok(names);
    }
    if let Some(prefix) = prefix(&names, &found) {
        return Ok(names.iter().map(|name| format!("{prefix}{name}")).collect());
    }
    let (wanted, given) = (wanted(model), given(tensors));
    let doing = format!("reading the weights in {}", name_of(path));
    match assign(&wanted, &given, &doing)? {
        Ok(layers) => Ok(of_layers(model, layers)),
        // What is missing is told tensor by tensor.
        Err(_) if names.iter().any(|name| found.contains(name)) || found.is_empty() => Ok(names),
        Err(misfit) => Err(misfit),
    }
}

/// The tensors of these layers of a file, in the network's order.
pub(super) fn of_layers<'a>(model: &Sequential, layers: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let ours = model.layers.iter().filter(|layer| !layer.parameters().is_empty());
    let names = ours.zip(layers).flat_map(|(ours, theirs)| {
        ours.parameters().iter().map(move |parameter| match theirs {
            "" => parameter.name.to_string(),
            layer => format!("{layer}.{}", parameter.name),
        })
    });
    names.collect()
}

/// # Errors
/// When there is not a name for each layer that has weights.
pub(super) fn check_count(model: &Sequential, names: usize, doing: &str) -> Result<(), Error> {
    let wanted = wanted(model);
    if names == wanted.len() {
        return Ok(());
    }
    let layers: Vec<String> = wanted.iter().map(Wanted::told).collect();
    let expected = format!("{} names, for {}", wanted.len(), layers.join("; "));
    Err(Error::new(doing, expected, names, "name the file's layers in the order of this network's"))
}

/// # Errors
/// When the file has more tensors than these.
pub(super) fn check_all_taken(path: &Path, tensors: &SafeTensors, sources: &[String]) -> Result<(), Error> {
    let found: Vec<String> = sorted(tensors).into_iter().filter(|name| name != AVERAGED).collect();
    let more: Vec<&String> = found.iter().filter(|name| !sources.contains(name)).collect();
    if more.is_empty() {
        return Ok(());
    }
    let doing = format!("reading the weights in {}", name_of(path));
    let advice =
        format!("save the network's own tensors alone, without {more:?}; or describe the layers they are of");
    Err(Error::new(doing, format!("the tensors {sources:?}"), format!("{found:?}"), advice))
}

/// What stands before all of the network's own names in a file that has no others.
fn prefix<'a>(names: &[String], found: &'a [String]) -> Option<&'a str> {
    let first = names.first()?;
    let before = found.iter().filter_map(|name| name.strip_suffix(first.as_str()));
    let mut before = before.filter(|prefix| prefix.is_empty() || prefix.ends_with('.'));
    before.find(|prefix| {
        let others = found.iter().filter(|name| *name != AVERAGED);
        let same =
            |name: &String| name.strip_prefix(*prefix).is_some_and(|rest| names.iter().any(|n| n == rest));
        others.clone().count() == names.len() && others.clone().all(same)
    })
}

/// A layer's name in the file for each of the network's layers with weights; inside, the error where the file's layers are
/// others.
///
/// # Errors
/// When the layers are the same, but it is not certain which is which.
fn assign<'a>(
    wanted: &[Wanted],
    given: &'a BTreeMap<String, Tensors>,
    doing: &str,
) -> Result<Result<Vec<&'a str>, Error>, Error> {
    let mut layers = vec![""; wanted.len()];
    for one in wanted {
        let ours: Vec<usize> = (0..wanted.len()).filter(|i| wanted[*i].tensors == one.tensors).collect();
        let alike = given.iter().filter(|(_, tensors)| **tensors == one.tensors);
        let mut theirs: Vec<&str> = alike.map(|(name, _)| name.as_str()).collect();
        if theirs.len() != ours.len() {
            return Ok(Err(misfit(one, wanted, given, doing)));
        }
        theirs.sort_by_key(|name| {
            name.split('.').map(|part| part.parse::<u64>().map_err(|_| part)).collect::<Vec<_>>()
        });
        let certain = theirs.windows(2).all(|pair| by_number(pair[0], pair[1]) == Some(Ordering::Less));
        if !certain {
            return Err(doubt(&ours, &theirs, wanted, given, doing));
        }
        ours.iter().zip(theirs).for_each(|(i, name)| layers[*i] = name);
    }
    if layers.len() < given.len() {
        let more = others(wanted, given).join("; ");
        let advice =
            "describe these layers, too, or name those to take: model.load_weights_named(path, &[...])";
        return Ok(Err(Error::new(doing, "no other layers than the network's", more, advice)));
    }
    for (i, one) in layers.iter().enumerate() {
        if let Some(other) = layers[..i].iter().find(|other| by_number(other, one) == Some(Ordering::Greater))
        {
            let found = format!("{other:?} with the weights of a layer before {one:?}");
            let expected = "layers in the order of their numbers";
            return Err(Error::new(doing, expected, found, by_name(wanted.len())));
        }
    }
    Ok(Ok(layers))
}

/// The order of two layers' names that differ in numbers alone, as `net.2` and `net.10`.
fn by_number(one: &str, other: &str) -> Option<Ordering> {
    let (ones, others) = (one.split('.'), other.split('.'));
    if ones.clone().count() != others.clone().count() {
        return None;
    }
    let mut order = Ordering::Equal;
    for (one, other) in ones.zip(others).filter(|(one, other)| one != other) {
        order = order.then(one.parse::<u64>().ok()?.cmp(&other.parse::<u64>().ok()?));
    }
    Some(order)
}

fn by_name(layers: usize) -> String {
    format!(
        "name the file's layers in the order of this network's: model.load_weights_named(path, &[...]), {layers} names; \
         PyTorch's forward() says in which order they are called"
    )
}

/// Several layers are alike, and their names don't say which comes first.
fn doubt(
    ours: &[usize],
    theirs: &[&str],
    wanted: &[Wanted],
    given: &BTreeMap<String, Tensors>,
    doing: &str,
) -> Error {
    let layers: Vec<usize> = ours.iter().map(|i| wanted[*i].layer).collect();
    let tensors = told(&wanted[ours[0]].tensors);
    let expected = format!("names that say which layer is which of layers {layers:?}, all of {tensors}");
    let all: Vec<&String> = given.keys().collect();
    let advice = by_name(wanted.len()) + &format!("; the file has {all:?}");
    Error::new(doing, expected, format!("{theirs:?}"), advice)
}

/// The file's layers that are none of the network's.
fn others(wanted: &[Wanted], given: &BTreeMap<String, Tensors>) -> Vec<String> {
    let others = given.iter().filter(|(_, tensors)| !wanted.iter().any(|w| w.tensors == **tensors));
    others.map(|(name, tensors)| format!("{name} ({})", told(tensors))).collect()
}

/// Other layers than the network's.
fn misfit(one: &Wanted, wanted: &[Wanted], given: &BTreeMap<String, Tensors>, doing: &str) -> Error {
    let mut found = others(wanted, given);
    if found.is_empty() {
        found = given.keys().cloned().collect();
    }
    let shapes = given.values().flatten();
    let turned =
        shapes.flat_map(|(_, shape)| one.tensors.iter().map(move |(_, ours)| other_shape(ours, shape)));
    let advice = turned.into_iter().find(|advice| *advice != OTHER_LAYERS).unwrap_or(OTHER_LAYERS);
    Error::new(doing, format!("the tensors of {}", one.told()), format!("only {}", found.join("; ")), advice)
}

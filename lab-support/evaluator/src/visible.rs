//! What evcxr's analyzer reads of the crates behind a cell: those whose types and methods the cell can meet.
//!
//! The analyzer reads the sources of all crates that cargo tells it of before the first cell runs, and of the ones behind
//! lab-support most do their work out of sight: they unpack, draw, read JSON. A package says in its manifest, as
//! `package.metadata.lab.visible`, which of the crates behind it can be seen through it. A crate that a cell names by
//! itself is read with all that is behind it.

use std::collections::{BTreeSet, HashMap, HashSet};

use serde_json::Value;

/// Removes all other crates from what `cargo metadata` has answered. An answer without dependencies stays as it is.
pub fn only(metadata: &mut Value) {
    let Some(kept) = visible(metadata) else { return };
    let is_kept = |value: &Value| value.as_str().is_some_and(|id| kept.contains(id));
    let retain = |list: &mut Value, is_kept: &dyn Fn(&Value) -> bool| {
        list.as_array_mut().into_iter().for_each(|list| list.retain(is_kept));
    };
    retain(&mut metadata["packages"], &|package| is_kept(&package["id"]));
    let nodes = &mut metadata["resolve"]["nodes"];
    retain(nodes, &|node| is_kept(&node["id"]));
    for node in nodes.as_array_mut().into_iter().flatten() {
        retain(&mut node["deps"], &|dependency| is_kept(&dependency["pkg"]));
        retain(&mut node["dependencies"], &is_kept);
    }
}

/// Which packages of the list of those behind a crate can be seen; all, where there is no list.
type Limit<'a> = Option<BTreeSet<&'a str>>;

/// The packages that can be seen from the crate that is compiled.
fn visible(metadata: &Value) -> Option<HashSet<String>> {
    let packages: HashMap<&str, &Value> = by_id(&metadata["packages"])?;
    let nodes: HashMap<&str, &Value> = by_id(&metadata["resolve"]["nodes"])?;
    let mut waiting: Vec<(&str, Limit)> = vec![(metadata["resolve"]["root"].as_str()?, None)];
    let mut seen: HashSet<(&str, Limit)> = HashSet::new();
    while let Some((id, limit)) = waiting.pop() {
        if !seen.insert((id, limit.clone())) {
            continue;
        }
        let package = packages.get(id)?;
        let limit = narrower(limit, &package["metadata"]["lab"]["visible"]);
        for dependency in nodes.get(id)?["deps"].as_array()? {
            let id = dependency["pkg"].as_str()?;
            let name = packages.get(id)?["name"].as_str()?;
            if limit.as_ref().is_none_or(|names| names.contains(name)) {
                waiting.push((id, limit.clone()));
            }
        }
    }
    Some(seen.into_iter().map(|(id, _)| id.to_string()).collect())
}

fn by_id(list: &Value) -> Option<HashMap<&str, &Value>> {
    list.as_array()?.iter().map(|entry| Some((entry["id"].as_str()?, entry))).collect()
}

fn narrower<'a>(limit: Limit<'a>, list: &'a Value) -> Limit<'a> {
    let Some(list) = list.as_array() else { return limit };
    let names = list.iter().filter_map(Value::as_str);
    Some(names.filter(|name| limit.as_ref().is_none_or(|limit| limit.contains(name))).collect())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// A cell's crate that names `lab`, which shows only `array`, and perhaps `json` by itself.
    fn answer(names: &[&str]) -> Value {
        let behind = [
            ("cell", names.to_vec()),
            ("lab", vec!["array", "json"]),
            ("array", vec!["threads", "number"]),
            ("json", vec!["number"]),
            ("number", vec![]),
            ("threads", vec![]),
        ];
        let package = |name: &str| {
            let list = if name == "lab" {
                json!({ "lab": { "visible": ["array", "number"] } })
            } else {
                Value::Null
            };
            json!({ "id": format!("{name} 1.0"), "name": name, "metadata": list })
        };
        let node = |(name, behind): &(&str, Vec<&str>)| {
            let ids: Vec<String> = behind.iter().map(|name| format!("{name} 1.0")).collect();
            let deps: Vec<Value> = ids.iter().map(|id| json!({ "pkg": id })).collect();
            json!({ "id": format!("{name} 1.0"), "dependencies": ids, "deps": deps })
        };
        json!({
            "packages": behind.iter().map(|(name, _)| package(name)).collect::<Vec<_>>(),
            "resolve": { "root": "cell 1.0", "nodes": behind.iter().map(node).collect::<Vec<_>>() },
        })
    }

    fn names(metadata: &Value) -> Vec<&str> {
        metadata["packages"]
            .as_array()
            .unwrap()
            .iter()
            .map(|package| package["name"].as_str().unwrap())
            .collect()
    }

    #[test]
    fn what_a_package_does_not_show_is_not_read() {
        let mut metadata = answer(&["lab"]);
        only(&mut metadata);
        assert_eq!(names(&metadata), ["cell", "lab", "array", "number"]);
        let nodes = metadata["resolve"]["nodes"].as_array().unwrap();
        assert_eq!(nodes.len(), 4);
        assert_eq!(nodes[1]["dependencies"], json!(["array 1.0"]), "no word of what is left out");
        assert_eq!(nodes[2]["deps"], json!([{ "pkg": "number 1.0" }]));
    }

    #[test]
    fn a_crate_that_a_cell_names_is_read_with_all_behind_it() {
        let mut metadata = answer(&["lab", "json"]);
        only(&mut metadata);
        assert_eq!(names(&metadata), ["cell", "lab", "array", "json", "number"]);
        let mut metadata = answer(&["lab", "array"]);
        only(&mut metadata);
        assert_eq!(names(&metadata), ["cell", "lab", "array", "number", "threads"]);
    }

    #[test]
    fn what_is_not_understood_stays() {
        for other in [json!({ "packages": [], "resolve": null }), json!(null), json!({ "packages": [{}] })] {
            let mut metadata = other.clone();
            only(&mut metadata);
            assert_eq!(metadata, other);
        }
    }
}

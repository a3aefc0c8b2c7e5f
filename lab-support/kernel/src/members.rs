//! The members of the lab's types, as its sources declare them. evcxr's analyzer lists private ones, too: a cell can't use
//! them, and a student who reads the list should not have to guess which.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use crate::declarations::{Item, Members, items};
use crate::tokens::all_tokens;

/// Where the crates that notebooks use have their sources.
const SOURCES: [&str; 4] =
    ["lab-support/src", "lab-support/rivals/src", "lab-support/photo/src", "lab-support/exchange/src"];

/// The types of the lab.
#[derive(Default)]
pub struct Types(Vec<Type>);

/// A type and its own members. Two may have one name, in different modules.
#[derive(Default)]
struct Type {
    file: PathBuf,
    name: String,
    fields: Members,
    methods: Members,
    /// What it has without a value: functions, constants.
    others: Members,
}

impl Types {
    /// Those of the project in this folder; none where its sources can't be read.
    pub fn of(project: &Path) -> Types {
        let mut files = Vec::new();
        SOURCES.iter().for_each(|folder| find(&project.join(folder), &mut files));
        let texts = files.into_iter().filter_map(|file| Some((fs::read_to_string(&file).ok()?, file)));
        let texts: Vec<(String, PathBuf)> = texts.collect();
        Types::read(texts.iter().map(|(text, file)| (file.as_path(), text.as_str())))
    }

    fn read<'a>(files: impl Iterator<Item = (&'a Path, &'a str)>) -> Types {
        let mut types = Types::default();
        let mut methods = Vec::new();
        for (file, text) in files {
            let tokens = all_tokens(text);
            for item in items(&tokens) {
                match item {
                    Item::Struct(name, fields) => {
                        types.0.push(Type {
                            file: file.into(),
                            name: name.into(),
                            fields,
                            ..Type::default()
                        });
                    }
                    Item::Impl(name, found, others) => methods.push((file, name, found, others)),
                }
            }
        }
        for (file, name, found, others) in methods {
            // Of two types of this name it is the nearer one that is meant.
            let near = |other: &Path| file.iter().zip(other.iter()).take_while(|(a, b)| a == b).count();
            let named = types.0.iter_mut().filter(|kind| kind.name == name);
            if let Some(kind) = named.max_by_key(|kind| near(&kind.file)) {
                kind.methods.extend(found);
                kind.others.extend(others);
            }
        }
        types
    }

    /// Of all that the analyzer lists behind a value and a dot, what a cell can't use: the private members of the types that
    /// the value is of, or leads to. It is of a type when all of its members are listed, `name` for a field and `name(…)` for
    /// a method.
    pub fn hidden<'a>(&self, listed: &[&'a str]) -> BTreeSet<&'a str> {
        let name_of = |listed: &&'a str| listed.split('(').next().unwrap_or_default();
        let (methods, fields): (Vec<&str>, Vec<&str>) =
            listed.iter().partition(|listed| listed.contains('('));
        let (method_names, field_names): (BTreeSet<&str>, BTreeSet<&str>) =
            (methods.iter().map(name_of).collect(), fields.iter().copied().collect());
        let kinds: Vec<&Type> =
            self.0.iter().filter(|kind| kind.is_among(&field_names, &method_names)).collect();
        let is_hidden = |name: &str, members: fn(&Type) -> &Members| {
            kinds.iter().any(|kind| members(kind).hides(name))
                && !kinds.iter().any(|kind| members(kind).public.contains(name))
        };
        let fields = fields.into_iter().filter(|name| is_hidden(name, |kind| &kind.fields));
        let methods = methods.into_iter().filter(|method| is_hidden(name_of(method), |kind| &kind.methods));
        fields.chain(methods).collect()
    }

    /// The same behind a type and `::`, where its methods and what it has without a value are listed.
    pub fn hidden_of<'a>(&self, name: &str, listed: &[&'a str]) -> BTreeSet<&'a str> {
        let name_of = |listed: &&'a str| listed.split('(').next().unwrap_or_default();
        let names: BTreeSet<&str> = listed.iter().map(name_of).collect();
        // A student's own type may have this name, too.
        let is_meant =
            |kind: &&Type| kind.name == name && kind.methods.are_in(&names) && kind.others.are_in(&names);
        let kinds: Vec<&Type> = self.0.iter().filter(is_meant).collect();
        let members = || kinds.iter().flat_map(|kind| [&kind.methods, &kind.others]);
        let is_hidden = |name: &str| {
            members().any(|members| members.hides(name))
                && !members().any(|members| members.public.contains(name))
        };
        listed.iter().copied().filter(|listed| is_hidden(name_of(listed))).collect()
    }
}

#[cfg(test)]
impl Types {
    /// All that the analyzer would list of a type.
    pub fn members(&self, name: &str) -> Vec<String> {
        let kind = self.0.iter().find(|kind| kind.name == name).unwrap();
        let fields = kind.fields.public.iter().chain(&kind.fields.private).cloned();
        let methods = kind.methods.public.iter().chain(&kind.methods.private).map(|name| format!("{name}()"));
        fields.chain(methods).collect()
    }
}

impl Type {
    /// Whether all that it has is listed; what has little may be like another type.
    fn is_among(&self, fields: &BTreeSet<&str>, methods: &BTreeSet<&str>) -> bool {
        let all = [&self.fields, &self.methods].map(|members| members.public.len() + members.private.len());
        all.iter().sum::<usize>() > 2 && self.fields.are_in(fields) && self.methods.are_in(methods)
    }
}

/// The files with Rust in a folder, and in those in it.
fn find(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            find(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOURCE: &str = "
        pub struct Net<T> where T: Copy { pub(crate) layers: Vec<(u8, a::B)>, seed: u64, #[a(b)] pub kept: fn(T) -> T, }
        impl<T: Copy> Net<T> {
            pub fn new() -> Net { helper }
            /// `fn odd(&self)`
            pub fn fit<F: Fn(u8) -> u8>(&mut self, f: F) { fn inner(self) {} }
            pub const fn seed(mut self, seed: u64) -> Net { self }
            pub(crate) fn check(&self, [u8; 2]: x) -> u8 { 1 }
            fn sum(self: &Self) {}
            fn helper() {}
            const MOST: usize = 3;
            pub const LEAST: usize = 3;
            #[cfg(test)]
            fn tested(&self) {}
        }
        impl Clone for Net { fn clone(&self) -> Net { 1 } }
        mod tests { struct Other { x: u8 } }";

    #[test]
    fn what_is_private_is_known_from_the_sources() {
        let types = Types::read([(Path::new("a.rs"), SOURCE)].into_iter());
        let all = ["layers", "seed", "kept", "fit(f)", "seed(seed)", "check(x)", "sum()", "clone()", "dbg"];
        let hidden = |listed: &[&'static str]| types.hidden(listed).into_iter().collect::<Vec<_>>();
        assert_eq!(hidden(&all), ["check(x)", "layers", "seed", "sum()"]);
        assert_eq!(hidden(&["sum()", "layers", "seed", "len()"]), [""; 0], "a value of another type");
        assert_eq!(types.0.len(), 1);
    }

    #[test]
    fn what_is_private_behind_a_type_is_known_too() {
        let types = Types::read([(Path::new("a.rs"), SOURCE)].into_iter());
        let all =
            ["new()", "fit(f)", "seed(seed)", "check(x)", "sum()", "helper()", "MOST", "clone()", "LEAST"];
        let hidden =
            |name, listed: &[&'static str]| types.hidden_of(name, listed).into_iter().collect::<Vec<_>>();
        assert_eq!(hidden("Net", &all), ["MOST", "check(x)", "helper()", "sum()"]);
        assert_eq!(hidden("Other", &all), [""; 0]);
        assert_eq!(hidden("Net", &["new()", "helper()"]), [""; 0], "a student's own type of this name");
    }

    #[test]
    fn all_that_a_network_can_do_stays() {
        let types = Types::of(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../.."));
        let kind = types.0.iter().find(|kind| kind.name == "Sequential").unwrap();
        let listed = types.members("Sequential");
        let hidden = types.hidden(&listed.iter().map(String::as_str).collect::<Vec<_>>());
        for name in ["input_shape", "layers", "compiled", "seed", "steps", "provenance"] {
            assert!(hidden.contains(name), "{name}: {hidden:?}");
        }
        for name in ["check", "refuse", "spec", "digest", "push_or_refuse"] {
            assert!(hidden.contains(format!("{name}()").as_str()), "{name}: {hidden:?}");
        }
        for name in ["fit", "seed", "compile", "dense", "flatten", "params", "summary", "save", "predict"] {
            assert!(kind.methods.public.contains(name), "{name}");
        }
        assert!(kind.methods.public.iter().all(|name| !hidden.contains(format!("{name}()").as_str())));
    }
}

//! Slips, what the compiler says of them, and what the student sees: the compiler is asked each time.

use std::process::Command;

use serde_json::json;

use super::*;
use crate::history::Came;

mod rules;
mod words;

const BEFORE: &str = "#![allow(unused_imports, unused_mut, dead_code)]
fn load() -> Result<Vec<f64>, String> { Ok(vec![]) }
struct EvcxrUserCodeError {}
impl<T: std::fmt::Display> From<T> for EvcxrUserCodeError { fn from(e: T) -> Self { EvcxrUserCodeError {} } }
fn evcxr_variable_store<T: 'static>(_: T) {}
enum Activation { Relu, Linear }
use Activation::*;
struct Sequential;
impl Sequential {
    fn new(shape: impl Into<Vec<usize>>) -> Self { Sequential }
    fn dense(self, neurons: usize, activation: Activation) -> Self { self }
    fn compile(&self, optimizer: i32, loss: i32) {}
    fn fit(&self, set: &Vec<f64>, how: i32) {}
}
struct Adam { rate: f32 }
struct CrossEntropy { logits: bool }
struct Images;
struct FashionMnist;
struct Point { across: f64, down: f64 }
struct Optimizer;
impl From<Adam> for Optimizer { fn from(_: Adam) -> Optimizer { Optimizer } }
fn choose(optimizer: impl Into<Optimizer>) {}
fn fit(set: &Dataset, how: Fit) {}
fn split(at: usize) {}
fn train(rate: f64, epochs: usize, name: &str, seed: u64, quiet: bool) -> f64 { rate }
impl Images { fn crop(&self, side: usize, from: &[f64]) {} fn show(&self, at: usize) {} fn shape(&self) {} }
struct Dataset;
struct Axis(usize);
struct Fit { epochs: usize }
struct ArrayBase<S>(S);
impl ArrayBase<f32> {
    fn sum_axis(&self, axis: Axis) {}
    fn t(&self) {}
}
fn matrix() -> ArrayBase<f32> { ArrayBase(1.0) }
fn run(name: &str, network: &mut Sequential) {}
fn halves() -> Result<(i32, i32), String> { Ok((1, 2)) }
impl Adam { fn new(rate: f32) -> Adam { Adam { rate } } }
struct History { epochs: Vec<f64> }
fn history() -> History { History { epochs: vec![] } }
struct Shown { train: i32 }
struct Inputs;
impl From<&Vec<f64>> for Inputs { fn from(_: &Vec<f64>) -> Inputs { Inputs } }
struct Predictions;
impl Predictions { fn show(&self, at: usize, set: &Vec<f64>) {} fn predict(&self, inputs: impl Into<Inputs>) {} fn evaluate(&self, inputs: impl Into<Inputs>) {} }
fn both() -> Shown { Shown { train: 1 } }
mod inner {
    pub struct Raw;
    impl Raw { fn range(&self) {} fn other(&self) {} fn add(&self, layer: i32) {} }
    pub struct Held { hidden: i32, also: i32 }
    impl Held { pub fn also(&self) {} }
    pub fn held() -> Held { Held { hidden: 1, also: 1 } }
}
use inner::{Raw, held};
mod checks { pub fn enhanced(all: &[f64]) {} }
type Array2<A> = ArrayBase<A>;
impl<S> ArrayBase<S> { fn zeros(shape: (usize, usize)) -> Self { loop {} } fn ones(shape: (usize, usize)) -> Self { loop {} } fn mapv(&self, f: fn(f32) -> f32) {} }
fn only(names: &[&str]) {}
fn seeds(count: usize) {}

trait NdIndex<D> {}
struct Dim<D>(D);
impl NdIndex<Dim<[usize; 1]>> for usize {}
impl NdIndex<Dim<[usize; 3]>> for [usize; 3] {}
struct Array<D>(D);
impl<D> Array<D> { fn shape(&self) -> &[usize] { &[1] } }
impl<D, I: NdIndex<D>> std::ops::Index<I> for Array<D> { type Output = u8; fn index(&self, _: I) -> &u8 { &0 } }
fn labels() -> Array<Dim<[usize; 1]>> { Array(Dim([0])) }
fn pixels() -> Array<Dim<[usize; 3]>> { Array(Dim([0; 3])) }
fn guess(about: &str, choices: &[&str], guess: &str) {}
fn reply(number: i32, text: &str) -> Result<Raw, String> { Ok(Raw) }
fn versions() -> Raw { Raw }
async fn evcxr_analysis_wrapper(
mut n: i32,
v: Vec<f64>,
) -> Result<(), EvcxrUserCodeError> {
";
const BEHIND: &str = "\nevcxr_variable_store(n);\nOk(())\n}\n";

/// The crate that evcxr makes of a cell: items before the function, the rest in it, and the last value named.
fn crate_of(cell: &str) -> String {
    let (items, rest) = match cell.split_once("}\n") {
        Some((item, rest)) if item.starts_with("fn ") => (format!("{item}}}\n"), rest.to_string()),
        _ if cell.starts_with("fn ") || cell.starts_with("struct ") => (format!("{cell}\n"), String::new()),
        _ => (String::new(), cell.to_string()),
    };
    let (before, last) = rest.rsplit_once('\n').map_or(("", rest.as_str()), |(before, last)| (before, last));
    let words =
        ["let ", "for ", "while ", "if ", "def ", "import ", "from ", "class ", "assert ", "use ", "const "];
    let is_value = !last.is_empty()
        && !last.ends_with([';', '}', ':', '{'])
        && !words.iter().any(|word| last.starts_with(word));
    let last = if is_value { format!("let _ = \n{last}\n;") } else { last.to_string() };
    let between = if before.is_empty() { "" } else { "\n" };
    BEFORE.replacen("fn load", &format!("{items}fn load"), 1) + before + between + &last + BEHIND
}

fn compile(cell: &str) -> Compiled {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("src")).unwrap();
    let source = crate_of(cell);
    std::fs::write(folder.path().join("src/lib.rs"), &source).unwrap();
    let arguments = [
        "--edition",
        "2024",
        "--crate-type",
        "lib",
        "--emit",
        "metadata",
        // As the evaluator takes it, where it is a `Result` that is dropped.
        "-Dunused-must-use",
        "--error-format",
        "json",
        "src/lib.rs",
    ];
    let said = Command::new("rustc").args(arguments).current_dir(folder.path()).output().unwrap();
    let said = String::from_utf8(said.stderr).unwrap();
    Compiled { source, messages: said.lines().map(|line| serde_json::from_str(line).unwrap()).collect() }
}

fn explained(cell: &str, history: &History) -> Mistake {
    let compiled = compile(cell);
    let said = compiled
        .messages
        .iter()
        .filter(|message| message.is_error())
        .map(|message| message.message.replace("`evcxr_variable_store`", "<end of input>"));
    let said: Vec<String> = said.collect();
    assert!(!said.is_empty(), "{cell} compiles:\n{}", compiled.source);
    explain(cell, &said, &compiled, history)
}

/// What is typed, the line that is named, what is underlined, and words of the sentence that helps.
const CASES: &[(&str, usize, &str, &str)] = &[
    ("let a = 1;\nlet x = True;", 2, "True", "Rust writes `true`"),
    ("if n > 3 { 1 } elif n > 2 { 2 } else { 3 };", 1, "n", "`else if`"),
    ("print(\"hello\")", 1, "print", "`println!(\"hello\");`"),
    ("print(n)", 1, "print", "println!(\"{n}\");"),
    ("print(\"n\", n)", 1, "print", "`println!(\"{} {}\", a, b);`"),
    ("println(\"hello\")", 1, "println", "`println!(…)`"),
    ("println!(n);", 1, "n", "println!(\"{n}\")"),
    ("len(v)", 1, "len", "`v.len()`"),
    ("v[-1]", 1, "-1", "`v[v.len() - 1]`"),
    ("n ** 2", 1, "* 2", "`x.powi(2)`"),
    ("# a comment\nlet x = 5;", 1, "a", "`//`"),
    ("n > 1 and n < 3", 1, "and", "`&&`"),
    ("n > 1 or n < 3", 1, "or", "`||`"),
    ("not n > 1", 1, "n", "`!`"),
    ("import numpy as np", 1, "numpy", "no `import`"),
    ("from math import sqrt", 1, "math", "no `from"),
    ("use numpy as np;", 1, "numpy as np", "no NumPy"),
    ("np.mean(v)", 1, "np", "no NumPy"),
    ("torch::zeros(3)", 1, "torch", "no PyTorch"),
    ("let f = lambda x: x + 1;", 1, "x", "`|x| x + 1`"),
    ("let s = f\"n {n}\";", 1, "f", "`format!(\"n {n}\")`"),
    ("let x = None;", 1, "x", "Option<f64>"),
    ("self.n", 1, "self", "variable's name"),
    ("let a = 1;\na = 2;", 2, "a = 2", "`let mut a`"),
    ("let w = vec![1];\nw.push(2);", 2, "w", "`let mut w`"),
    ("n++;", 1, "++", "`+= 1`"),
    ("if n = 3 { println!(\"x\"); }", 1, "n = 3", "`==`"),
    ("total = 5;", 1, "total", "`let total = …;`"),
    ("let s: String = \"abc\";", 1, "\"abc\"", "`.to_string()`"),
    ("let s = \"abc\" + \"def\";", 1, "+", "`format!(\"{a}{b}\")`"),
    ("let x = n * 1.5;", 1, "*", "`x as f64`"),
    ("let x: f32 = 1;", 1, "1", "`1.0`"),
    ("let x: f64 = 1.0;\nlet y: f32 = x;", 2, "x", "`x as f32`"),
    ("let a = [1, 2 3];", 1, "3", "A `,` is missing"),
    ("let a = [1, 2, 3", 1, "[", "not closed"),
    ("let x = (1 + 2", 1, "(", "not closed"),
    ("load().len()", 1, "len", "put `?` behind"),
    ("load();", 1, "load()", "put `?` before the `;`"),
    ("let a = 1;\nif a > 0 {\n    load();\n}", 3, "load()", "put `?` before the `;`"),
    ("let r = load();\nr.len()", 2, "len", "put `?` behind `load(…)` in line 1"),
    ("let x: Vec<f64> = load();", 1, "load()", "put `?` behind it"),
    ("'hello'", 1, "'hello'", "double quotes"),
    ("def f(x):\n    return x + 1", 1, "f", "`fn f(x: f64) -> f64"),
    ("for i in range(3):\n    println!(\"{}\", i);", 1, ":", "in braces"),
    ("for i in 0..3\n    println!(\"{}\", i);", 2, "println", "in braces"),
    ("for i in range(3) { }", 1, "range", "`0..3`"),
    ("if n > 3:\n    n", 1, ":", "in braces"),
    ("let x = 5\nlet y = 6;", 1, "", "`;` is missing"),
    ("let x = 5", 1, "", "`;` is missing"),
    ("n\nv", 1, "", "`;` is missing"),
    ("fn f() -> i32 { total + 1 }\nlet total = 5;", 1, "total", "take `total` as an argument"),
    ("println!(\"{v.len}\");", 1, "v.len", "`{:.4}`"),
    ("println!(\"{} {}\", n);", 1, "{}", "Each `{}` needs a value"),
    ("println!(\"{v}\");", 1, "{v}", "`{:?}`"),
    ("println!(\"%d\", n);", 1, "n", "`{}`"),
    ("println!(\"{:.2f}\", n);", 1, "f", "without a letter"),
    ("sum(v)", 1, "sum", "`v.iter().sum::<f64>()`"),
    ("v.mean()", 1, "mean", "x.len() as f64"),
    ("v.length", 1, "length", "`x.len()`"),
    ("v.len", 1, "len", "`.len()`"),
    ("sqrt(2.0)", 1, "sqrt", "`x.sqrt()`"),
    ("2.0.sqrt()", 1, "sqrt", "`2.0_f64.sqrt()`"),
    ("max(1, 2)", 1, "max", "`a.max(b)`"),
    ("(1, 2)[0]", 1, "[0]", "`.0`"),
    ("int(\"3\")", 1, "int", "`x as i32`"),
    ("str(n)", 1, "str", "`x.to_string()`"),
    ("let x: float = 1.0;", 1, "float", "`f64`"),
    ("\"abc\"[0]", 1, "0", "chars().nth(0)"),
    ("\"a\" * 3", 1, "*", "repeat(3)"),
    ("n == None", 1, "None", "never `None`"),
    ("v * 2.0", 1, "*", "Vectors don't compute"),
    ("null", 1, "null", "no null"),
    ("v.iter().sum()", 1, "sum", "`.sum::<f64>()`"),
    ("v.iter().map(|x| x * 2)", 1, "*", "`*x`"),
    ("v.map(|x| x + 1.0)", 1, "map", "`.iter()` first"),
    ("{ let i: i32 = 0; v[i] }", 1, "i", "`i as usize`"),
    ("for i, x in v { }", 1, ",", "round brackets"),
    ("for x in n { }", 1, "n", "`for i in 0..n`"),
    ("for i in 10 { }", 1, "10", "`for i in 0..10`"),
    ("v.sort();", 1, "sort", "total_cmp"),
    ("answer(1, &v, \"The \"zero\" is black\")", 1, "\" is black\"", "`r##\"`"),
    ("let s = \"a \"quoted\" b\";", 1, "\" b\"", "ends the text"),
    ("let s = \"abc;", 1, "\"abc;", "does not end"),
    ("println!(\"a\" + n);", 1, "+", "goes into a text"),
    ("let x = 1,000;", 1, ",", "`1_000`"),
    ("v.iter().map(x => x + 1)", 1, "=>", "`|x| x + 1`"),
    ("let x y = 3;", 1, "y", "`x_y`"),
    ("let my-var = 3;", 1, "my-var", "`my_var`"),
    ("let 2x = 3;", 1, "2x", "begins with a letter"),
    ("x := 5", 1, ":", "`let x = 5;`"),
    ("int x = 5;", 1, "x", "`let x = 5;`"),
    ("var x = 5;", 1, "var", "by `let`"),
    ("class A:\n    pass", 1, "A", "`struct`"),
    ("assert n == 3", 1, "n", "`assert!(a == b);`"),
    ("n is 3", 1, "is", "`==`"),
    ("3 in v", 1, "in", "contains"),
    ("let d = {\"a\": 1};", 1, ":", "HashMap"),
    ("[x*x for x in 0..3]", 1, "for", "by methods"),
    ("1 < n < 5", 1, "<", "`&&`"),
    ("let x = v[0..2];", 1, "x", "`let x = &v[…];`"),
    ("fn f(x) -> i32 { x }", 1, ")", "a type each"),
    ("fn f(x: i32) -> i32 { x + 1; }", 1, "i32", "leave that `;` out"),
    ("fn f(x: i32): i32 { x }", 1, ":", "`->`"),
    ("f32::max(1.0)", 1, "f32::max", "takes 2 values and was given 1. Number 2 is missing: `f32`."),
    (
        "train(0.1, 10, \"a\", 3)",
        1,
        "train",
        "given 4. Number 5 is missing: `quiet: bool`. They are `rate: f64`, `epochs:",
    ),
    ("train(0.1, 3, true)", 1, "train", "given 3. They are `rate: f64`, `epochs: usize`, `name: &str`"),
    ("train(0.1, 10, \"a\", 3, true, 5)", 1, "train", "given 6. Number 6 is one too many."),
    ("train()", 1, "train", "given 0. Missing are `rate: f64`, `epochs: usize`,"),
    (
        "Images.crop(1)",
        1,
        "crop",
        "given 1. Number 2 is missing: `from: &[f64]`. They are `side: usize`, `from: &[f64]`.",
    ),
    ("fn g(x: i32) {}\ng()", 2, "g", "takes 1 value and was given 0. Number 1 is missing: `x: i32`."),
    ("let f = |a: i32, b: i32| a + b;\nf(1);", 2, "f", "Number 2 is missing: `i32`."),
    (
        "let narrow = \"64\";\nnarrow * 2",
        2,
        "*",
        "quotation marks in line 1: without them it is a number, `let narrow = 64;`",
    ),
    ("let narrow = \"64\";\n2 * narrow", 2, "*", "`let narrow = 64;`"),
    ("let narrow = \"64\";\nnarrow + 1", 2, "+", "`let narrow = 64;`"),
    ("let narrow = \"64\";\nSequential::new([28]).dense(narrow, Relu)", 2, "narrow", "`let narrow = 64;`"),
    ("let narrow = \"64\";\nfor i in 0..narrow { }", 2, "narrow", "`let narrow = 64;`"),
    ("let rate = \"1\";\nAdam::new(rate)", 2, "rate", "`let rate = 1.0;`"),
    ("let rate = \"0.1\";\n-rate", 2, "-rate", "`let rate = 0.1;`"),
    ("let name = \"abc\";\nSequential::new([28]).dense(name, Relu)", 2, "name", "without them"),
    ("let total = 3.0_f32;\ntotal / v.len()", 2, "/", "`v.len() as f32`"),
    ("let total = 3.0_f64;\nv.len() * total", 2, "*", "`v.len() as f64`"),
    ("let (count, total) = (3_usize, 3.0_f32);\ntotal / count", 2, "/", "`x as f32` turns the `usize`"),
    ("let (count, total) = (3_usize, 3.0_f32);\ncount * total", 2, "*", "`x as f32` turns the `usize`"),
    ("let count = 3;\ncount / v.len() as f32", 2, "/", "`n as f64`"),
    ("v.log()", 1, "log", "`.ln()`"),
    ("-0.5_f32.log()", 1, "log", "`.ln()`"),
    ("let a = v;\nlet b = 1;\nv.len()", 3, "v", "moved in line 1 (`let a = v;`)"),
    (
        "let s: f64 = v.into_iter().sum();\nv.len()",
        2,
        "v",
        "`.into_iter(…)` in line 1 (`let s: f64 = v.into_iter().sum();`) takes `v` itself",
    ),
    ("let b = v.into_boxed_slice();\nv.len()", 2, "v", "write `v.clone().into_boxed_slice(…)` there."),
    ("for x in v { }\nv.len()", 2, "v", "write `for … in &v` there"),
    ("for i in 0..3 { drop(v); }", 1, "v", "gone in the second"),
    ("let f = move || v.len();\nv.len()", 2, "v", "moved in line 1"),
    ("drop((v, v));", 1, "v", "moved in this line"),
    ("let x: u8 = 300;", 1, "300", "more than a `u8` holds"),
    ("let w = v;\nv.len()", 2, "v", "`v.clone()`"),
    ("println!(\"{:?}\", Missing::new());", 1, "Missing", "first cell"),
    ("test", 1, "test", "`let test`"),
    ("println!(\"{}\" n);", 1, "n", "A `,` is missing"),
    ("let half = 7 // 2;", 1, "// 2;", "`7 / 2`"),
    ("let half = n // 2\nlet x = 1;", 1, "// 2", "`n / 2`"),
    ("println!(\"{}\", n // 2);", 1, "// 2);", "`n / 2`"),
    ("x is None", 1, "is", "x.is_none()"),
    ("[x * 2 for x in v]", 1, "for", "by methods"),
    ("let s: String = 5;", 1, "5", ".to_string()"),
    ("std::thread::sleep(5);", 1, "5", "from_secs(5)"),
    ("fn g(x: &Vec<f64>) {}\ng(&5.0)", 2, "&5.0", "A `Vec<f64>` is wanted"),
    ("fn g(x: &Vec<f64>) {}\ng(v)", 2, "v", "Put `&` before `v`"),
    ("return 5;", 1, "5", "without `return`"),
    ("Images.show(-1);", 1, "-1", "can't be below 0"),
    ("labels()[-1]", 1, "-1", "can't be below 0"),
    ("labels()[0..5]", 1, "0..5", "`a.slice(s![0..5])`"),
    ("pixels()[0]", 1, "0", "`a[[0, 8, 10]]`"),
    ("v[:2]", 1, ":", "`a.slice(s![..5])`"),
    ("v[0:2]", 1, ":", "`a.slice(s![..5])`"),
    ("let d = both();\nd[\"train\"]", 2, "[\"train\"]", "behind a point"),
    ("Images / 255.0", 1, "/", "`.normalized()`"),
    ("3_u8 / 255.0", 1, "/", ".mapv(f32::from)"),
    ("Raw.range()", 1, "range", "`.pixel_range()`"),
    ("Raw.other()", 1, "other", "can't be called from a cell"),
    ("guess(\"n\", &[], 5000)", 1, "5000", "between quotes"),
    ("reply(1, \"a\")?.with(\"n\", n)", 1, "with", "belongs to the text"),
    ("reply(1, \"a\").with(\"n\", n)?", 1, "with", "belongs to the text"),
    ("Sequential::new([28]).dense(128)", 1, "dense", "`.dense(128, Relu)`"),
    ("Sequential::new([28]).dense(128, relu)", 1, "relu", "Did you mean `Relu`?"),
    ("Sequential::new([28]).dense(128, Relu);\n.dense(10, Linear)", 2, ".", "first `;`"),
    ("Sequential::new(28, 28)", 1, "28", "`Sequential::new([28, 28])`"),
    ("Sequential::new((28, 28))", 1, "(28, 28)", "`Sequential::new([28, 28])`"),
    ("Sequential::new([28]).compile(1)", 1, "compile", "the optimizer and the loss"),
    ("Sequential::new([28]).compile(Adam, 1)", 1, "Adam", "`Adam::default()`"),
    ("Sequential::new([28]).compile(1, CrossEntropy)", 1, "CrossEntropy", "`CrossEntropy::from_logits()`"),
    ("Sequential::new([28]).compile(optimizer=1, loss=2)", 1, "optimizer", "Arguments have no names"),
    ("Sequential::new([28]).fit(&v, epochs=10)", 1, "epochs", "`Fit::epochs(10).batch_size(32)`"),
    ("Sequential::new([28]).fit(&v)", 1, "fit", "`fit(&train, Fit::epochs(10))?`"),
    ("3_usize == 3_u8", 1, "3_u8", "`usize::from(label)`"),
    ("let p = Predictions;\np[0]", 2, "[0]", "`predictions.row(0)`"),
    ("Predictions.argmax()", 1, "argmax", "`predictions.predicted(0)`"),
    ("let predictions = Predictions;\npredictions.show(0)", 2, "show", "`predictions.show(0, &test)?`"),
    ("Predictions.predict(v)", 1, "v", "`predict(&v)?`"),
    ("let predictions = Predictions;\npredictions.predict[0]", 2, "predict", "`.predict(0)`"),
    ("labels().shape[0]", 1, "shape", "`.shape()[0]`"),
    ("Predictions.show", 1, "show", "in round brackets"),
    ("Predictions.predict(Images)", 1, "Images", "`.normalized()`"),
    ("Predictions.evaluate(v)", 1, "v", "`evaluate(&v)?`"),
    ("Adam(0.1)", 1, "Adam(0.1)", "`Adam::new(0.1)`"),
    ("n + adam", 1, "adam", "`Adam::default()`"),
    ("Model::load(\"m\")", 1, "Model", "`Sequential::load"),
    ("Images.show(\"5\")", 1, "\"5\"", "without them"),
    ("let x = pixels()[0, 0];\nlabels()[0, 0]", 1, ",", "`[[0, 0]]`"),
    ("let mut s = Sequential;\nrun(\"a\", s)", 2, "s", "`&mut`"),
    ("let mut s = Sequential;\nrun(\"a\", &s)", 2, "&s", "`&mut`"),
    ("let mut s = Sequential;\nrun(&mut s, \"a\")", 2, "run", "another order"),
    ("let (a, b) = halves();", 1, "(a, b)", "put `?` behind it"),
    ("matrix().sum_axis(0)", 1, "0", "`Axis(0)`"),
    ("matrix().sum_axis(axis=1)", 1, "axis", "`a.sum_axis(Axis(1))`"),
    ("matrix() * matrix()", 1, "*", "`a.dot(&b)`"),
    ("matrix() - matrix()", 1, "-", "`&a - &b`"),
    ("matrix() > matrix()", 1, ">", "mapv"),
    ("matrix().transpose()", 1, "transpose", "`.t()`"),
    ("matrix().T", 1, "T", "`.t()`"),
    ("matrix().max(0.0)", 1, "max", "x.max(0.0)"),
    ("matrix().relu()", 1, "relu", "mapv"),
    (
        "let a = v.iter().filter(|x| **x < 0.4);\nlet b = v.iter().filter(|x| *x < 0.4);",
        2,
        "0.4",
        "one more `*`",
    ),
    ("let mut w = vec![1.0];\nw.append(0.3)", 2, "0.3", "`.push(…)`"),
    ("for seed in (43, 44) {}", 1, "(43, 44)", "`for seed in [43, 44]`"),
    ("Adam::new()", 1, "Adam::new", "`Adam::new(0.001)`"),
    ("Fit.epochs(3)", 1, "Fit", "`Fit::epochs(10)`"),
    ("1.0_f32.log()", 1, "log", "`.ln()`"),
    ("-log(2.0)", 1, "log", "`x.ln()`"),
    ("v[0, 1]", 1, ",", "`[[0, 1]]`"),
    ("v[0, :]", 1, ",", "`a.row(0)`"),
    ("a, b = halves();", 1, ",", "`let (a, b) = …;`"),
    ("v @ v", 1, "@", "`a.dot(&b)`"),
    ("Predictions.probabilities(0)", 1, "probabilities", "`predictions.row(0)`"),
    ("history().accuracy[0]", 1, "accuracy", "history.epochs[0].train.loss"),
    ("Images.shape[0]", 1, "shape", "`.shape().0`"),
    ("let test = Dataset;\ntest[3]", 2, "[3]", "`test.image(3)`"),
    ("Images[0]", 1, "[0]", "`.show(0)?`"),
    ("Predictions.predict(&Images)", 1, "&Images", "`.normalized()`"),
    ("Raw.add(1)", 1, "add", "`Sequential::new([28, 28]).flatten()"),
    ("del n", 1, "n", "`drop(n);`"),
    ("let w = 1;\n!pip install numpy", 2, "install", "a cell of its own"),
    ("held().hidden", 1, "hidden", "can't be read from a cell"),
    ("held().also", 1, "also", "`.also()`"),
    ("reply(1, \"a\" b \"c\")", 1, "b", "ends the text"),
    ("help(v)", 1, "help", "Shift and Tab"),
    ("kk + 1", 1, "kk", "if one has `let kk`, run that first"),
    ("{ struct P { x: f32 } println!(\"{:?}\", P { x: 1.0 }); }", 1, "P { x: 1.0 }", "derive(Debug)"),
];

/// What is underlined in a box.
fn underlined(lines: &[String]) -> String {
    let Some(at) = lines.iter().rposition(|line| line.starts_with("    | ")) else { return String::new() };
    let (code, marks) = (&lines[at - 1], &lines[at]);
    let begin = marks.find('^').unwrap();
    let length = marks.matches('^').count();
    code.chars().skip(begin).take(length).collect()
}

#[test]
fn each_slip_is_one_box_with_the_place_and_a_sentence() {
    let (mut wrong, mut values) = (Vec::new(), Vec::new());
    let all = || CASES.iter().chain(rules::CASES).chain(words::CASES);
    for (cell, line, place, help) in all() {
        let mistake = explained(cell, &History::default());
        values.push(mistake.value.clone());
        let text = mistake.lines.join("\n");
        let value = mistake.value.replace('\n', " ");
        let is_raw = ["evcxr", "src/lib.rs", "command_", "note: note"]
            .iter()
            .any(|raw| text.contains(raw) || mistake.full.as_deref().unwrap_or_default().contains(raw));
        let boxes = text.matches("\u{1b}[1mLine ").count();
        let is_right = value.starts_with(&format!("Line {line}: ")) && value.contains(help) && boxes == 1;
        if !is_right || is_raw || underlined(&mistake.lines).trim() != *place {
            wrong.push(format!("{cell}\nexpected {line} `{place}` {help}\n{text}\n"));
        }
        assert!(mistake.lines.iter().all(|line| line.chars().count() < 84), "{text}");
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), all().count(), wrong.join("\n"));
    let is_met = |slip: &&slips::Slip| values.iter().any(|value| is_from(slip.help, value));
    let unmet: Vec<_> = slips::all().filter(|slip| !needs_more(slip) && !is_met(slip)).collect();
    assert!(unmet.is_empty(), "rules that no cell is about: {unmet:#?}");
}

/// Whether a text is this sentence, with something in the place of `{0}` and so on.
fn is_from(sentence: &str, text: &str) -> bool {
    let pieces =
        sentence.split("{it}").flat_map(|piece| piece.split("{0}")).flat_map(|piece| piece.split("{1}"));
    let mut pieces = pieces.flat_map(|piece| piece.split("{2}")).flat_map(|piece| piece.split("{3}"));
    pieces.try_fold(text, |rest, piece| rest.split_once(piece).map(|(_, rest)| rest)).is_some()
}

/// Rules about what evcxr says, which have a test of their own, and those for which the compiler's checks of finished code or
/// ndarray itself are needed, as the tests on a live kernel have them.
fn needs_more(slip: &slips::Slip) -> bool {
    ["evcxr", "unconditional_panic", "arithmetic_overflow"].contains(&slip.code)
        || ["evcxr_display", "OwnedRepr<", "unexpected closing", "empty character"]
            .iter()
            .any(|words| slip.said.contains(words))
        || slip.wrote.contains(". dot (")
}

#[test]
fn what_became_of_a_variable_is_said() {
    let mut history = History::default();
    for (number, cell, came) in [
        (3, "use lab_support::prelude::*;", Came::Worked),
        (4, "let data = load()?;\nlet table = 1;", Came::Worked),
        (5, "let d2 = data;", Came::Worked),
        (6, "let z = 1;\npanic!()", Came::Failed),
        (7, "let r = load();", Came::Worked),
    ] {
        history.add(number, cell.into(), None, came);
    }
    let value = |cell: &str, history: &History| explained(cell, history).value.replace('\n', " ");
    let moved = value("data.len()", &history);
    assert!(
        moved.contains("moved into `d2` in cell [5] (`let d2 = data;`)")
            && moved.contains("run cell [4] again"),
        "{moved}"
    );
    history.add(8, "let v = vec![2.0];".into(), None, Came::Worked);
    assert!(value("v = vec![1.0];", &history).contains("made anew by `let`: `let v = vec![1.0];`"));
    assert!(value("for _ in 0..2 {\nv = vec![1.0];\n}", &history).contains("`let mut v`"));
    assert!(value("z", &history).contains("Cell [6], which makes `z`, ended with an error"));
    assert!(value("fn f() -> i32 { table }", &history).contains("take `table` as an argument"));
    assert!(value("Missing::new()", &history).contains("no `Missing` in the cells that were run"));
    assert!(value("a + 1;\nlet a = 1;", &history).contains("made only in line 2"));
    assert!(value("{ let a = 1; }\nlet b = 2;\na", &history).contains("within braces"));
    let result = explained("let r: Result<Vec<f64>, String> = Ok(vec![]);\nr.missing", &history);
    assert!(result.value.contains("`Result`"), "{}", result.value);
    history.lose();
    assert!(value("table", &history).contains("run cell [4] again"));
}

#[test]
fn the_first_cell_is_spoken_of_once() {
    let history = History::default();
    let said = explained("let a = Missing::new();\nlet b = Absent::new();", &history);
    assert_eq!(said.value.matches("first cell").count(), 1, "{said:?}");
    let others = explained("let a = Missing::new();\nlet b: String = 1;", &history);
    assert!(others.value.contains("first cell") && others.value.contains("Line 2"), "{others:?}");
}

#[test]
fn an_answer_without_its_last_bracket() {
    let said = ["mismatched closing delimiter: `}`".to_string()];
    let error = Diagnostic { message: said[0].clone(), level: "error".into(), ..Diagnostic::default() };
    let compiled = Compiled { source: String::new(), messages: vec![error] };
    let cell = "answer(1, &data, r##\"\nIt is \"grey\".\n\"##";
    let mistake = explain(cell, &said, &compiled, &History::default());
    assert!(
        mistake.value.starts_with("Line 1: a bracket") && underlined(&mistake.lines) == "(",
        "{mistake:?}"
    );
}

#[test]
fn a_kernel_that_was_started_anew_is_told_of() {
    let mut history = History::default();
    let said = |history: &History| explained("kk", history).value.replace('\n', " ");
    assert!(said(&history).contains("Run All Above Selected Cell"), "{}", said(&history));
    history.add(1, "use lab_support::prelude::*;".into(), None, Came::Worked);
    assert!(!said(&history).contains("Run All Above"), "{}", said(&history));
}

#[test]
fn mistakes_that_do_not_follow_from_one_another_are_both_shown() {
    let both = explained("let a = missing;\nlet b: String = 1;\nlet c = missing;", &History::default());
    let text = both.lines.join("\n");
    assert!(text.contains("Line 1: ") && text.contains("Line 2: ") && !text.contains("Line 3: "), "{text}");
    let full = both.full.unwrap();
    assert!(
        full.contains("<details>") && full.contains("line 2, column 17") && full.contains("E0308"),
        "{full}"
    );
    assert!(!full.contains("evcxr") && !full.contains("src/lib.rs"), "{full}");
}

#[test]
fn what_has_no_place_in_the_cell_has_a_sentence() {
    let closed = explained("}", &History::default());
    assert!(
        closed.value.contains("closes nothing") && !closed.lines.concat().contains("evcxr"),
        "{closed:?}"
    );
    let ours = ["unexpected closing delimiter: `}`".to_string()];
    let ours = explain("fn f(x)", &ours, &Compiled::default(), &History::default());
    assert!(!ours.value.contains("closes nothing"), "no bracket of the cell: {ours:?}");
    let empty = explained("''", &History::default());
    assert!(empty.value.contains("double quotes: `\"\"`"), "{empty:?}");
    let said = ["unknown start of token: \\".to_string()];
    let error = Diagnostic { message: said[0].clone(), level: "error".into(), ..Diagnostic::default() };
    let compiled = Compiled { source: String::new(), messages: vec![error] };
    let open = explain("let s = \"one;\nlet t = \"two\";", &said, &compiled, &History::default());
    assert!(open.value.starts_with("Line 1: ") && underlined(&open.lines) == "\"one;", "{open:?}");
}

#[test]
fn what_evcxr_says_by_itself_is_explained() {
    for (cell, says, line, help) in [
        (
            "let a = 1;\nlet r = &numbers;",
            "The variable `r` contains a reference with",
            "2 | let r",
            "can't look at another",
        ),
        (
            "let g = &a.t().dot(&b);",
            "The variable `g` contains a reference with",
            "1 | let g",
            "counts for all",
        ),
        (
            "let x = Array2::zeros((1, 2));",
            "determine type of variable `x`",
            "1 | let x",
            "`Array2::<f32>::zeros",
        ),
        (
            "let x = Array2::ones((1, 2));",
            "determine type of variable `x`",
            "1 | let x",
            "`Array2::<f32>::ones",
        ),
        ("r##\"It is", "unterminated raw string", "unterminated", "does not end"),
        ("'a b'", "unterminated byte constant", "unterminated", "double quotes"),
        ("'ab'", "may only contain one codepoint", "codepoint", "double quotes"),
        ("if n > 1 { 1 } elif n > 2 { 2 }", "expected `;`", "expected", "`else if`"),
        ("loss, new", "expected `;`", "expected", "`(loss, new)`"),
        ("type(5)", "unexpected closing delimiter: `}`", "unexpected", "type_name_of_val"),
        ("let f = |x| x + 1;", "The variable `f` is a closure, which", "1 | let f", "`fn f(x: f64)"),
        ("let x = None;", "Couldn't determine type of variable `x`", "1 | let x", "`let x: f64 = "),
        ("data.", "unexpected token: `)`", "1 | data.", "Something is missing"),
        ("let a = 1", "missing a semicolon", "missing a semicolon", "at the end of a line"),
    ] {
        let said = [says.to_string()];
        let mistake = explain(cell, &said, &Compiled::default(), &History::default());
        let is_shown = mistake.lines.iter().any(|shown| shown.contains(line));
        assert!(is_shown && mistake.value.contains(help), "{cell}: {mistake:?}");
    }
    let said = ["The variable `f` is a closure, which cannot be persisted.\nYou can".to_string()];
    let mistake = explain("let a = 1;\nlet f = |x| x + 1;", &said, &Compiled::default(), &History::default());
    assert!(mistake.lines.iter().any(|line| line.contains("2 | let f")), "{mistake:?}");
    assert!(mistake.value.contains("fn f(x: f64)") && mistake.full.is_none(), "{mistake:?}");
    let said = ["mismatched closing delimiter: `}`".to_string()];
    let mistake = explain("for i in 0..3:\n    i;", &said, &Compiled::default(), &History::default());
    assert!(mistake.lines.iter().any(|line| line.contains("1 | for i")), "{mistake:?}");
    assert!(mistake.value.contains("in place of the colon"), "{mistake:?}");
    let said = ["unexpected token: `)`".to_string()];
    let mistake = explain("let a = 1;\ndata.", &said, &Compiled::default(), &History::default());
    assert!(mistake.lines.iter().any(|line| line.contains("2 | data.")), "{mistake:?}");
    assert!(
        mistake.value.starts_with("The cell ends too early.") && mistake.value.contains("a name"),
        "{mistake:?}"
    );
}

/// Whatever place the compiler names, an explanation comes: a panic here would cost the student all variables.
#[test]
fn no_place_is_too_odd() {
    let cells = ["", "\u{e4}\u{1f455}(\tx", "let a = \u{e4};\n\n  b.\u{fc}()?;\n}", &"\u{e4}".repeat(200)];
    for cell in cells {
        let source = crate_of(cell);
        // The lines above the cell are all alike.
        let count = source.lines().count();
        let lines = (0..3).chain(count - 16..count + 3);
        for (line, column) in lines.flat_map(|line| (0..90).map(move |column| (line, column))) {
            let rendered =
                format!("error: odd\n  --> src/lib.rs:{line}:{column}\n   |\n{line} | text\n   | ^");
            let spans: Vec<_> = [(line, column + 3), (line + 400, 0), (line, 0), (0, column)]
                .map(|(line_end, column_end)| {
                    json!({
                        "file_name": "src/lib.rs", "is_primary": true, "label": "a `Result<`", "line_start": line,
                        "line_end": line_end, "column_start": column, "column_end": column_end,
                    })
                })
                .into();
            for span in spans {
                let message = json!({
                    "message": "cannot find value `a`", "level": "error", "code": { "code": "E0382" },
                    "spans": [span], "rendered": rendered,
                });
                let messages = vec![serde_json::from_value(message).unwrap()];
                let compiled = Compiled { source: source.clone(), messages };
                let said = ["cannot find value `a`".to_string()];
                assert!(!explain(cell, &said, &compiled, &History::default()).lines.is_empty());
            }
        }
    }
}

#[test]
fn a_cell_that_has_moved_a_variable_is_not_said_to_make_it() {
    let mut history = History::default();
    for (number, cell, came) in [
        (1, "let w1 = vec![1.0];", Came::Worked),
        (
            2,
            "fn loss(layers: [f64; 1]) { let [w1] = layers; let never = w1; }\nlet net = (w1, 2);",
            Came::Worked,
        ),
        (3, "let never = missing;", Came::Nothing),
        (4, "let early = step(early);", Came::Worked),
        (5, "let late = vec![1];\nlet t = late;", Came::Worked),
    ] {
        history.add(number, cell.into(), None, came);
    }
    let value = |cell: &str| explained(cell, &history).value.replace('\n', " ");
    for (cell, wanted) in [
        ("w1.len()", "in cell [2] (`let net = (w1, 2);`)"),
        ("w1.len()", "run cell [1] again, which makes it"),
        ("never", "Cell [3], which makes `never`, did not run"),
        ("early", "`early` is gone: run the cell again that makes it."),
        ("late", "moved into `t` in cell [5]"),
        ("late", "run that cell again"),
    ] {
        assert!(value(cell).contains(wanted), "{cell}: {}", value(cell));
    }
}

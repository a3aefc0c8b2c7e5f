use std::fs;
use std::path::Path;

use anyhow::Result;
use serde_json::json;

use crate::message::Message;

/// What notebooks of the lab begin with. It ends in a method that is not named yet: asked about a name, the
/// analyzer of evcxr 0.22 may panic.
const CELLS: &str = "use lab_support::prelude::*;
let data = FashionMnist::load()?;
let train = data.train.normalized();
let mut model = Sequential::new([28, 28]).flatten().dense(128, Relu).dense(10, Linear).seed(42);
model.compile(Adam::default(), CrossEntropy::from_logits());
let history = model.fit(&train, Fit::epochs(10))?;
history.";

/// A question to evcxr, asked while the student reads: how could these cells go on? To answer it, its analyzer
/// reads lab-support and all below it, which the first two cells would wait for: seven seconds on two cores. Nothing is run or remembered.
pub fn question(project: &Path) -> Result<Message> {
    // Word for word what evcxr makes of the path that notebooks give: otherwise it would read all of it again.
    let support = fs::canonicalize(project.join("lab-support"))?;
    let support = serde_json::to_string(&support.to_string_lossy())?;
    let code = format!(":dep lab-support = {{ path = {support} }}\n{CELLS}");
    let content = json!({ "code": code, "cursor_pos": code.chars().count() });
    Ok(Message::request("complete_request").with_content(&content))
}

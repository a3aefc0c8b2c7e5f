use std::collections::BTreeSet;
use std::thread::{self, JoinHandle};

use serde_json::{Value, json};

use crate::folders::Folders;
use crate::members::Types;
use crate::message::Message;

/// How names could go on: what front ends ask, evcxr is asked, and what is made of its answer.
///
/// Asked about a name alone, the analyzer of evcxr 0.22 looks for expressions of the type that is expected
/// there, and may panic over it; evcxr then never answers again. So evcxr is asked which names there are in
/// the place of a unit, for which the analyzer looks for nothing else. Behind a dot or a type it is asked for all that there is,
/// from which is seen what type it is of, and so what of it is private.
#[derive(Default)]
pub struct Completions {
    asked: Vec<Message>,
    types: LabTypes,
}

/// The types of the lab, which are read while evcxr looks for its first answer.
#[derive(Default)]
enum LabTypes {
    #[default]
    Unread,
    Reading(JoinHandle<Types>),
    Read(Types),
}

impl LabTypes {
    fn read(&mut self) {
        if matches!(self, LabTypes::Unread) {
            let types = || Folders::find().map(|folders| Types::of(&folders.project)).unwrap_or_default();
            *self = LabTypes::Reading(thread::spawn(types));
        }
    }

    fn get(&mut self) -> Option<&Types> {
        *self = match std::mem::take(self) {
            LabTypes::Reading(thread) => LabTypes::Read(thread.join().unwrap_or_default()),
            other => other,
        };
        if let LabTypes::Read(types) = self { Some(types) } else { None }
    }
}

/// Expects a unit after it. The unit before it makes the analyzer see what was defined just before.
const UNIT: &str = "(); let _: () = ";

impl Completions {
    /// What evcxr is to be asked.
    pub fn question(&mut self, request: Message) -> Message {
        let place = Place::of(&request);
        if place.is_behind_something() {
            self.types.read();
        }
        let question = place.question();
        let content = question.map(|(code, cursor)| json!({ "code": code, "cursor_pos": cursor }));
        self.asked.push(request.clone());
        content.map_or(request.clone(), |content| request.with_content(&content))
    }

    /// What the front end is answered: names that fit, and what to write for each. No names where evcxr
    /// could not tell.
    pub fn answer(&mut self, reply: Message) -> Message {
        let Some(at) = self.asked.iter().position(|request| reply.is_about(request)) else { return reply };
        let place = Place::of(&self.asked.swap_remove(at));
        let types = if place.is_behind_something() { self.types.get() } else { None };
        let content = place.answer(&reply.content(), types);
        reply.with_content(&content)
    }

    /// Whether a question that this message is about is not answered yet.
    pub fn wait_for(&self, message: &Message) -> bool {
        self.asked.iter().any(|request| message.is_about(request))
    }
}

/// A name that the student is writing, or has yet to begin.
struct Place {
    before: String,
    name: String,
    after: String,
}

impl Place {
    fn of(request: &Message) -> Place {
        let content = request.content();
        let code = content["code"].as_str().unwrap_or_default();
        let cursor = content["cursor_pos"].as_u64().map_or(usize::MAX, |cursor| cursor as usize);
        let (head, after) = code.split_at(code.char_indices().nth(cursor).map_or(code.len(), |(at, _)| at));
        let before = head.trim_end_matches(|c: char| c.is_alphanumeric() || c == '_');
        let name = &head[before.len()..];
        Place { before: before.into(), name: name.into(), after: after.into() }
    }

    /// Whether nothing says where the name is to be found: no dot and no path before it.
    fn is_bare(&self) -> bool {
        let before = self.before.trim_end();
        let is_found = before.ends_with("::") || before.ends_with('.') && !before.ends_with("..");
        let line = self.before[self.line()..].trim_start();
        !is_found && !line.starts_with(':') && !line.starts_with("use ")
    }

    /// Whether it is a field or a method of what stands before it.
    fn is_behind_dot(&self) -> bool {
        !self.is_bare() && self.before.trim_end().ends_with('.')
    }

    /// The type that it is a function or a method of.
    fn behind_type(&self) -> Option<&str> {
        let before = self.before.trim_end().strip_suffix("::")?;
        let begin = before.rfind(|c: char| !c.is_alphanumeric() && c != '_').map_or(0, |at| at + 1);
        Some(&before[begin..]).filter(|name| !self.is_bare() && name.starts_with(char::is_uppercase))
    }

    fn is_behind_something(&self) -> bool {
        self.is_behind_dot() || self.behind_type().is_some()
    }

    /// The rest of the name, behind the cursor.
    fn tail(&self) -> usize {
        self.after.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(self.after.len())
    }

    /// Where the line of the name begins.
    fn line(&self) -> usize {
        self.before.rfind('\n').map_or(0, |end| end + 1)
    }

    /// The code with a unit instead of the line with the name, or without the name behind a dot or a type, and the cursor in it.
    fn question(&self) -> Option<(String, usize)> {
        if self.is_behind_something() {
            let code = format!("{}{}", self.before, &self.after[self.tail()..]);
            return Some((code, self.before.chars().count()));
        }
        let lines = &self.before[..self.line()];
        let rest = self.after.find('\n').map_or("", |end| &self.after[end..]);
        let cursor = (lines.to_string() + UNIT).chars().count();
        self.is_bare().then(|| (format!("{lines}{UNIT};{rest}"), cursor))
    }

    fn answer(&self, found: &Value, types: Option<&Types>) -> Value {
        let asks_for_all = self.is_bare() || self.is_behind_something();
        let (start, end) = match (asks_for_all, &found["cursor_start"], &found["cursor_end"]) {
            (false, Value::Number(start), Value::Number(end)) => (start.as_u64(), end.as_u64()),
            _ => (None, None),
        };
        let start = start.unwrap_or(self.before.chars().count() as u64);
        let tail = if self.is_behind_something() { &self.after[..self.tail()] } else { "" };
        let end = end.unwrap_or(start + (self.name.chars().count() + tail.chars().count()) as u64);
        let matches = found["matches"].as_array().into_iter().flatten().filter_map(Value::as_str);
        let matches: Vec<&str> = matches.collect();
        let hidden = types.map_or_else(BTreeSet::new, |types| match self.behind_type() {
            Some(name) => types.hidden_of(name, &matches),
            None => types.hidden(&matches),
        });
        let kinds = found["metadata"]["_jupyter_types_experimental"].as_array();
        let kinds = kinds.into_iter().flatten().map(|kind| &kind["type"]);
        let fits = |name: &str| !asks_for_all || name.starts_with(&self.name);
        let fitting =
            matches.iter().copied().zip(kinds).filter(|(name, _)| fits(name) && !hidden.contains(name));
        let (names, kinds): (Vec<&str>, Vec<Value>) = fitting
            .map(|(name, kind)| {
                (name, json!({ "text": written(name), "type": kind, "start": start, "end": end }))
            })
            .unzip();
        json!({
            "status": "ok",
            "matches": names,
            "cursor_start": start,
            "cursor_end": end,
            "metadata": { "_jupyter_types_experimental": kinds },
        })
    }
}

/// Of `grid(rows, cols)` what JupyterLab writes: `grid`.
fn written(name: &str) -> &str {
    let end = name.find(|c: char| !c.is_alphanumeric() && !"_!".contains(c));
    &name[..end.filter(|&end| end > 0).unwrap_or(name.len())]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(code: &str) -> Message {
        let cursor = code.find('|').unwrap();
        let content = json!({ "code": code.replace('|', ""), "cursor_pos": code[..cursor].chars().count() });
        Message::request("complete_request").with_content(&content)
    }

    fn question(code: &str) -> String {
        let content = Completions::default().question(asked(code)).content();
        let cursor = content["cursor_pos"].as_u64().unwrap() as usize;
        let code: Vec<char> = content["code"].as_str().unwrap().chars().collect();
        code[..cursor].iter().chain(&['|']).chain(&code[cursor..]).collect()
    }

    #[test]
    fn a_name_alone_is_asked_for_in_the_place_of_a_unit() {
        let unit = format!("{UNIT}|;");
        assert_eq!(question("hist|"), unit);
        assert_eq!(question("let a = 1;\nfit(&tr|ain, 3);\na"), format!("let a = 1;\n{unit}\na"));
        assert_eq!(question("for i in 0..ke|"), unit);
        assert_eq!(question("use a::b;\nb|"), format!("use a::b;\n{unit}"));
    }

    #[test]
    fn where_a_dot_or_a_path_says_where_to_look_all_is_asked() {
        for (code, asked) in [
            ("data.tr|ain.x()", "data.|.x()"),
            ("model\n    .fi|", "model\n    .|"),
            ("Fit::n|", "Fit::|"),
            ("lab_support::n|", "lab_support::n|"),
            (":de|", ":de|"),
            ("use lab|", "use lab|"),
            ("\u{fc}.a|", "\u{fc}.|"),
        ] {
            assert_eq!(question(code), asked);
        }
    }

    #[test]
    fn names_that_fit_are_answered_with_what_to_write() {
        let mut completions = Completions::default();
        let request = asked("\u{fc}(ke|pt)");
        completions.question(request.clone());
        assert!(completions.wait_for(&request.status("idle")));
        let found = json!({
            "status": "ok",
            "matches": ["kept", "keep(model)", "other"],
            "cursor_start": 14,
            "cursor_end": 14,
            "metadata": { "_jupyter_types_experimental": [{ "type": "a" }, { "type": "b" }, { "type": "c" }] },
        });
        let answer = completions.answer(request.reply(&found)).content();
        assert_eq!(answer["matches"], json!(["kept", "keep(model)"]));
        assert_eq!((&answer["cursor_start"], &answer["cursor_end"]), (&json!(2), &json!(4)));
        let kinds = &answer["metadata"]["_jupyter_types_experimental"];
        assert_eq!(kinds[1], json!({ "text": "keep", "type": "b", "start": 2, "end": 4 }));
        assert!(!completions.wait_for(&request.status("idle")));
    }

    #[test]
    fn what_is_private_is_not_listed() {
        let mut completions = Completions::default();
        let request = asked("model.sp|an;");
        completions.question(request.clone());
        let LabTypes::Reading(thread) = std::mem::take(&mut completions.types) else { panic!() };
        let types = thread.join().unwrap();
        let names = types.members("Sequential");
        completions.types = LabTypes::Read(types);
        let kinds = vec![json!({ "type": "a" }); names.len() + 1];
        let matches: Vec<&str> = names.iter().map(String::as_str).chain(["spare()"]).collect();
        let found = json!({
            "status": "ok", "matches": matches, "cursor_start": 6, "cursor_end": 6,
            "metadata": { "_jupyter_types_experimental": kinds },
        });
        let answer = completions.answer(request.reply(&found)).content();
        assert_eq!(answer["matches"], json!(["spare()"]), "not `spec()`");
        assert_eq!((&answer["cursor_start"], &answer["cursor_end"]), (&json!(6), &json!(10)));
    }

    #[test]
    fn a_type_is_known_by_its_name_wherever_it_stands() {
        for (code, name) in [
            ("Fit::e|", Some("Fit")),
            ("let a = nn::Sequential::|", Some("Sequential")),
            ("nn::|", None),
            ("Fit.|", None),
            ("Fi|", None),
        ] {
            assert_eq!(Place::of(&asked(code)).behind_type(), name, "{code}");
        }
    }

    #[test]
    fn there_are_no_names_where_evcxr_could_not_tell() {
        let mut completions = Completions::default();
        let request = asked("data.tr|");
        completions.question(request.clone());
        let answer = completions.answer(request.reply(&json!({ "status": "error" }))).content();
        assert_eq!((&answer["status"], &answer["matches"]), (&json!("ok"), &json!([])));
        assert_eq!((&answer["cursor_start"], &answer["cursor_end"]), (&json!(5), &json!(7)));
    }
}

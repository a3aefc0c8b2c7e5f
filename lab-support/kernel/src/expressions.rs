use std::collections::VecDeque;

use serde_json::{Map, Value, json};

use crate::cell::Cell;
use crate::message::Message;

/// A cell that has ended, but for what its front end wants to know beside it: each of its `user_expressions` is run as a
/// cell of its own, which nobody sees, and then the cell is answered.
pub struct Expressions {
    cell: Cell,
    reply: Message,
    idle: Message,
    /// Names and expressions that are still to be run.
    asked: VecDeque<(String, String)>,
    values: Map<String, Value>,
}

impl Expressions {
    /// There are none where the cell has failed.
    pub fn of(cell: Cell, reply: Message, idle: Message) -> Expressions {
        let all = cell.request.content()["user_expressions"].as_object().cloned().unwrap_or_default();
        let worked = reply.content()["status"] == "ok";
        let asked = all.into_iter().filter(|_| worked);
        let asked = asked.map(|(name, code)| (name, code.as_str().unwrap_or_default().into())).collect();
        Expressions { cell, reply, idle, asked, values: Map::new() }
    }

    /// The request that asks evcxr for the next one.
    pub fn next(&self) -> Option<Message> {
        let (_, code) = self.asked.front()?;
        let content = json!({ "code": code, "silent": true, "allow_stdin": false });
        Some(self.cell.request.follow_up("execute_request", &content))
    }

    /// What came of it.
    pub fn hear(&mut self, reply: &Message, result: Option<Value>) {
        let Some((name, _)) = self.asked.pop_front() else { return };
        let mut value = reply.content();
        if value["status"] == "ok" {
            value = json!({ "status": "ok", "data": result.unwrap_or(json!({})), "metadata": {} });
        }
        self.values.insert(name, value);
    }

    /// The request of the cell, its reply, and the word that the kernel is idle.
    pub fn end(self) -> (Cell, Message, Message) {
        let mut content = self.reply.content();
        if content["status"] == "ok" {
            content["user_expressions"] = self.values.into();
            content["payload"] = json!([]);
        }
        (self.cell, self.reply.with_content(&content), self.idle)
    }

    pub fn request(&self) -> &Message {
        &self.cell.request
    }
}

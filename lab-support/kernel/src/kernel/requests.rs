//! What becomes of a request, by its type. Every request gets a reply, and every message the words busy and idle around
//! what it does.
//!
//! | message | answered by |
//! |---|---|
//! | `execute_request` | evcxr, one after the other |
//! | `complete_request`, `inspect_request` | evcxr, in their turn |
//! | `kernel_info_request`, `is_complete_request`, `history_request`, `comm_info_request`, `connect_request` | the kernel, unless a cell runs |
//! | `interrupt_request`, `shutdown_request` | the kernel, at once, on the control socket and on the other |
//! | `comm_open` | the kernel: there is nothing that a comm could be opened to, so it is closed |
//! | `comm_msg`, `comm_close` | nobody: there is no comm |
//! | any other that ends in `_request` | the kernel: it does not know it |

use serde_json::{Value, json};

use super::{Kernel, State};
use crate::cell::Cell;
use crate::connection::Connection;
use crate::failure::Failure;
use crate::history::History;
use crate::incoming::Channel;
use crate::message::Message;
use crate::unfinished::is_unfinished;
use crate::{info, inspection};

impl Kernel {
    /// A request on the shell socket: each waits until the one before is answered.
    pub(super) async fn ask(&mut self, request: Message) {
        if self.cell.is_none() && self.answer(Channel::Shell, &request).await {
            return;
        }
        self.waiting.push_back(request);
        self.tell_of_missed();
        self.next().await;
    }

    /// Passes on what waits, until a cell runs.
    pub(super) async fn next(&mut self) {
        while self.cell.is_none() {
            match &mut self.evaluator {
                State::Preparing(_) => return self.show_preparation(None),
                State::Broken(failure) => {
                    let Some(request) = self.waiting.pop_front() else { return };
                    let failure = failure.clone();
                    self.front.refuse(&request, &failure, self.number).await;
                }
                State::Ready(evaluator) => {
                    let Some(request) = self.waiting.pop_front() else { return };
                    if is_own(&request) {
                        self.answer(Channel::Shell, &request).await;
                        continue;
                    }
                    if request.kind() == "complete_request" {
                        let question = self.completions.question(request);
                        evaluator.send(Channel::Shell, &question).await;
                        continue;
                    }
                    if request.kind() == "inspect_request" {
                        evaluator.send(Channel::Shell, &inspection::question(request)).await;
                        continue;
                    }
                    let is_cell = request.kind() == "execute_request";
                    let is_outdated = is_cell && evaluator.is_outdated();
                    let failure =
                        is_outdated.then(Failure::outdated).or_else(|| self.lost.take_if(|_| is_cell));
                    if let Some(failure) = failure {
                        self.front.refuse(&request, &failure, self.number).await;
                        self.abort_waiting().await;
                        continue;
                    }
                    if is_cell {
                        self.last = Some(request.clone());
                        self.number += u64::from(Cell::counts(&request));
                        let missed = self.away.tell(&request);
                        missed.into_iter().for_each(|message| self.front.broadcast(message));
                        self.away.begin(&request, self.number);
                        self.run(request).await;
                    } else {
                        evaluator.send(Channel::Shell, &request).await;
                    }
                }
            }
        }
    }

    /// A request on the control socket is answered whatever runs.
    pub(super) async fn control(&mut self, request: Message) {
        if !self.answer(Channel::Control, &request).await {
            let unknown = Failure::unknown(request.kind()).reply();
            self.front.send(Channel::Control, &request.reply(&unknown)).await;
        }
    }

    /// Answers what evcxr need not see; false where it does.
    pub(super) async fn answer(&mut self, channel: Channel, request: &Message) -> bool {
        let Some(own) = own(request, &self.history, &self.connection) else { return false };
        self.respond(channel, request, own).await;
        true
    }

    /// Says that it is done.
    pub(super) async fn agree(&mut self, channel: Channel, request: &Message) {
        self.respond(channel, request, Own::Reply(json!({ "status": "ok" }))).await;
    }

    /// While a cell runs, the kernel stays busy.
    async fn respond(&mut self, channel: Channel, request: &Message, own: Own) {
        let is_free = self.cell.is_none();
        if is_free {
            self.front.broadcast(request.status("busy"));
        }
        match own {
            Own::Reply(content) => self.front.send(channel, &request.reply(&content)).await,
            Own::Broadcast(kind, content) => self.front.broadcast(request.broadcast(kind, &content)),
            Own::Nothing => (),
        }
        if is_free {
            self.front.broadcast(request.status("idle"));
        }
    }

    pub(super) async fn pass(&mut self, channel: Channel, message: &Message) {
        if let State::Ready(evaluator) = &mut self.evaluator {
            evaluator.send(channel, message).await;
        }
    }
}

/// What comes of a message that evcxr need not see.
enum Own {
    Reply(Value),
    /// A broadcast of this type and content.
    Broadcast(&'static str, Value),
    Nothing,
}

/// Whether evcxr need not see it.
fn is_own(request: &Message) -> bool {
    !["execute_request", "complete_request", "inspect_request"].contains(&request.kind())
}

/// None for what evcxr answers.
fn own(request: &Message, history: &History, connection: &Connection) -> Option<Own> {
    if !is_own(request) {
        return None;
    }
    let content = request.content();
    Some(Own::Reply(match request.kind() {
        "kernel_info_request" => info::content(),
        "is_complete_request" => match is_unfinished(content["code"].as_str().unwrap_or_default()) {
            true => json!({ "status": "incomplete", "indent": "" }),
            false => json!({ "status": "complete" }),
        },
        "history_request" => history.answer(&content),
        "comm_info_request" => json!({ "status": "ok", "comms": {} }),
        "connect_request" => {
            let Connection { shell_port, iopub_port, stdin_port, control_port, hb_port, .. } = connection;
            json!({
                "status": "ok", "shell_port": shell_port, "iopub_port": iopub_port, "stdin_port": stdin_port,
                "control_port": control_port, "hb_port": hb_port,
            })
        }
        "comm_open" => {
            let content = json!({ "comm_id": content["comm_id"], "data": {} });
            return Some(Own::Broadcast("comm_close", content));
        }
        unknown if unknown.ends_with("_request") => Failure::unknown(unknown).reply(),
        _ => return Some(Own::Nothing),
    }))
}

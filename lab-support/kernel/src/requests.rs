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

use crate::connection::Connection;
use crate::failure::Failure;
use crate::history::History;
use crate::info;
use crate::message::Message;
use crate::unfinished::is_unfinished;

/// What comes of a message that evcxr need not see.
pub enum Own {
    Reply(Value),
    /// A broadcast of this type and content.
    Broadcast(&'static str, Value),
    Nothing,
}

/// Whether evcxr need not see it.
pub fn is_own(request: &Message) -> bool {
    !["execute_request", "complete_request", "inspect_request"].contains(&request.kind())
}

/// None for what evcxr answers.
pub fn own(request: &Message, history: &History, connection: &Connection) -> Option<Own> {
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

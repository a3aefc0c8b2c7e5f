//! What concerns the cell that runs: from the moment when evcxr is given it until its front end is answered.

use std::collections::VecDeque;
use std::fs;
use std::time::Duration;

use lab_base::event::{DONE, End, Event, Kept};
use serde_json::json;
use tokio::io::AsyncWriteExt;

use super::{Kernel, State};
use crate::cell::{Cell, text_of};
use crate::expressions::Expressions;
use crate::failure::Failure;
use crate::incoming::{Channel, Incoming};
use crate::message::Message;

/// How long the answer may be on its way when evcxr is done with a request.
const DELAY: Duration = Duration::from_secs(5);

impl Kernel {
    /// Hands a cell to evcxr.
    pub(super) async fn run(&mut self, request: Message) {
        if let State::Ready(evaluator) = &self.evaluator {
            // It is not there unless the cell before was asked to stop.
            let _ = fs::remove_file(evaluator.stop_button());
            evaluator.note_format(&Cell::code_of(&request));
        }
        self.pass(Channel::Shell, &request).await;
        self.cell = Some(Cell::new(request, self.number));
    }

    pub(super) async fn reply(&mut self, channel: Channel, reply: Message) {
        match &mut self.cell {
            Some(cell) if channel == Channel::Shell && reply.is_about(&cell.request) => {
                cell.reply = Some(reply.numbered(cell.number));
                self.end_cell().await;
            }
            _ => self.front.send(channel, &self.completions.answer(reply)).await,
        }
    }

    pub(super) async fn broadcast(&mut self, message: Message) {
        if message.content()["execution_state"] == "idle" {
            let (kernel, idle) = (self.incoming.clone(), message.clone());
            tokio::spawn(async move {
                tokio::time::sleep(DELAY).await;
                // Nobody listens when the kernel is ending.
                let _ = kernel.send(Incoming::Overdue(idle));
            });
        }
        let Some(cell) = self.cell.as_mut().filter(|cell| message.is_about(&cell.request)) else {
            return self.front.broadcast(message);
        };
        match message.kind() {
            "status" if message.content()["execution_state"] == "idle" => {
                cell.idle = Some(message);
                self.end_cell().await;
            }
            "error" => {
                let State::Ready(evaluator) = &self.evaluator else { return };
                cell.hear_error(&message, || evaluator.mistakes());
            }
            "execute_input" | "execute_result" => {
                if message.kind() == "execute_result" {
                    cell.result = Some(message.content()["data"].clone());
                }
                let number = cell.number;
                self.show(message.numbered(number));
            }
            _ => self.show(message),
        }
    }

    pub(super) async fn hear(&mut self, event: Event) {
        let waits = matches!(event, Event::Ended(_) | Event::Completed | Event::Skipped);
        if matches!(event, Event::Ended(End { kept: Kept::Nothing | Kept::NoCopy, .. })) {
            self.history.lose();
        }
        match (&self.evaluator, &mut self.cell, event) {
            (State::Ready(evaluator), Some(cell), event) => {
                let file = evaluator.processes.clone.folder.join("src/lib.rs");
                let message = cell.hear(event, || fs::read_to_string(file).unwrap_or_default());
                message.into_iter().for_each(|message| self.show(message));
            }
            (_, None, Event::Text { stream, text }) => {
                let shown = self.last.as_ref().map(|request| text_of(request, stream, &text));
                shown.into_iter().for_each(|message| self.front.broadcast(message));
            }
            (_, None, Event::Ended(end)) => self.lost = Some(Failure::ended(end)),
            _ => (),
        }
        if waits {
            self.order(DONE).await;
        }
    }

    pub(super) async fn order(&mut self, order: u8) {
        if let Some(keeper) = &mut self.keeper {
            // When it has ended, so has the cell.
            let _ = keeper.write_all(&[order]).await;
        }
    }

    /// Broadcasts what comes of the cell that runs, as far as it is to be seen.
    pub(super) fn show(&mut self, message: Message) {
        let is_silent = self.cell.as_ref().is_some_and(Cell::is_silent);
        let is_seen = if is_silent { message.kind() == "status" } else { true };
        if is_seen && self.expressions.is_none() {
            let is_news = self.away.hear(&message);
            self.front.broadcast(message);
            if is_news {
                self.tell_of_missed();
            }
        }
    }

    /// Shows the cell that waits what its page has missed.
    pub(super) fn tell_of_missed(&mut self) {
        let waits = self.waiting.iter().find(|request| request.kind() == "execute_request");
        let missed = waits.and_then(|request| self.away.tell(request));
        missed.into_iter().for_each(|message| self.front.broadcast(message));
    }

    pub(super) async fn end_cell(&mut self) {
        let history = &self.history;
        let Some((shown, reply, idle)) = self.cell.as_mut().and_then(|cell| cell.end(history)) else {
            return;
        };
        shown.into_iter().for_each(|message| self.show(message));
        let Some(cell) = self.cell.take() else { return };
        self.away.end();
        self.tell_of_missed();
        match &mut self.expressions {
            Some(expressions) => expressions.hear(&reply, cell.result),
            None => {
                if Cell::counts(&cell.request) {
                    let output = cell.result.as_ref().and_then(|data| data["text/plain"].as_str());
                    self.history.add(cell.number, cell.code(), output.map(String::from), cell.came(&reply));
                    let metadata = cell.request.metadata();
                    let deleted = metadata["deletedCells"].as_array().into_iter().flatten();
                    deleted.filter_map(|id| id.as_str()).for_each(|id| self.history.replace(id));
                    metadata["cellId"].as_str().into_iter().for_each(|id| self.history.stands_in(id));
                }
                self.expressions = Some(Expressions::of(cell, reply, idle));
            }
        }
        match self.expressions.as_ref().and_then(Expressions::next) {
            Some(question) => self.run(question).await,
            None => self.answer_cell().await,
        }
    }

    /// All that belongs to a cell is done.
    pub(super) async fn answer_cell(&mut self) {
        if let State::Ready(evaluator) = &self.evaluator {
            // As above.
            let _ = fs::remove_file(evaluator.stop_button());
        }
        let Some((cell, reply, idle)) = self.expressions.take().map(Expressions::end) else { return };
        self.front.send(Channel::Shell, &reply).await;
        self.front.broadcast(idle);
        if reply.content()["status"] == "error" && cell.stops_others() {
            self.abort_waiting().await;
        }
        self.next().await;
    }

    /// Answers the cells that wait with the word that they will not run.
    pub(super) async fn abort_waiting(&mut self) {
        let (cells, others) =
            self.waiting.drain(..).partition(|request: &Message| request.kind() == "execute_request");
        self.waiting = others;
        let cells: VecDeque<Message> = cells;
        for cell in cells {
            self.front
                .answer(
                    Channel::Shell,
                    &cell,
                    &json!({ "status": "aborted", "execution_count": self.number }),
                )
                .await;
        }
    }
}

mod cells;
mod lifetime;
mod requests;
mod stop;

use std::collections::VecDeque;
use std::path::Path;

use anyhow::Result;
use serde_json::json;
use tokio::net::unix::OwnedWriteHalf;
use tokio::runtime::Builder;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::JoinHandle;

use crate::away::Away;
use crate::cell::Cell;
use crate::completion::Completions;
use crate::connection::Connection;
use crate::evaluator::Evaluator;
use crate::expressions::Expressions;
use crate::failure::Failure;
use crate::front::Front;
use crate::history::History;
use crate::incoming::{Channel, Incoming};
use crate::message::Message;
use crate::preparation::Preparation;
use crate::progress::Progress;
use lab_base::processes;

/// The kernel as Jupyter sees it. It passes messages on to evcxr and back, and makes of what happens in the
/// cells' process what front ends understand: outputs that move, errors, an interrupt that loses nothing.
pub struct Kernel {
    front: Front,
    evaluator: State,
    /// Over which the keeper of the cells' process takes orders.
    keeper: Option<OwnedWriteHalf>,
    cell: Option<Cell>,
    /// The cell that was run last: what is printed when none is running is shown there.
    last: Option<Message>,
    /// The variables were lost while no cell was running: the next one says so.
    lost: Option<Failure>,
    /// Requests that wait for the cell that is running, or for evcxr.
    waiting: VecDeque<Message>,
    completions: Completions,
    /// The cell that has ended, but for what its front end wants to know beside it.
    expressions: Option<Expressions>,
    history: History,
    away: Away,
    /// The number of the last cell.
    number: u64,
    connection: Connection,
    /// For what the kernel is to hear later.
    incoming: UnboundedSender<Incoming>,
}

/// Whether cells can run.
enum State {
    Preparing(Preparation),
    Ready(Box<Evaluator>),
    Broken(Failure),
}

/// Serves the front ends that connect as `file` says, until one of them ends the kernel or Jupyter is gone.
pub fn run(file: &Path) -> Result<()> {
    processes::adopt();
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let result = runtime.block_on(serve(file));
    // Otherwise the end of a compilation would be waited for.
    runtime.shutdown_background();
    result
}

async fn serve(file: &Path) -> Result<()> {
    let (sender, incoming) = unbounded_channel();
    let connection = Connection::read(file)?;
    let front = Front::bind(&connection, &sender).await?;
    lifetime::end_in_time(front.presence.clone(), &sender)?;
    front.broadcast(Message::request("status").with_content(&json!({ "execution_state": "starting" })));
    let starting = tokio::spawn(start(sender.clone()));
    let mut kernel = Kernel {
        front,
        evaluator: State::Preparing(Preparation::default()),
        keeper: None,
        cell: None,
        last: None,
        lost: None,
        waiting: VecDeque::new(),
        completions: Completions::default(),
        expressions: None,
        history: History::default(),
        away: Away::default(),
        number: 0,
        connection,
        incoming: sender,
    };
    kernel.serve(incoming, starting).await;
    drop(kernel);
    lifetime::end_compilers();
    Ok(())
}

/// evcxr, or why it can't start.
async fn start(kernel: UnboundedSender<Incoming>) -> Result<Box<Evaluator>, String> {
    let started = Evaluator::start(&kernel).await;
    started.map(Box::new).map_err(|error| format!("{error:#}"))
}

impl Kernel {
    async fn serve(
        &mut self,
        mut incoming: UnboundedReceiver<Incoming>,
        mut starting: JoinHandle<Result<Box<Evaluator>, String>>,
    ) {
        let mut is_starting = true;
        loop {
            let heard = tokio::select! {
                heard = incoming.recv() => heard,
                started = &mut starting, if is_starting => {
                    is_starting = false;
                    self.begin(started.unwrap_or_else(|error| Err(error.to_string()))).await;
                    continue;
                }
            };
            let Some(heard) = heard else { return };
            if let Incoming::Front(_, message) = &heard {
                self.away.meet(message);
            }
            match heard {
                Incoming::Front(_, message) if message.kind() == "shutdown_request" => {
                    return self.shut_down(&message).await;
                }
                Incoming::Front(channel, message) if message.kind() == "interrupt_request" => {
                    self.interrupt().await;
                    self.agree(channel, &message).await;
                }
                Incoming::Front(Channel::Shell, message) => self.ask(message).await,
                Incoming::Front(Channel::Control, message) => self.control(message).await,
                Incoming::Front(Channel::Stdin, message) => self.pass(Channel::Stdin, &message).await,
                Incoming::Reply(channel, message) => self.reply(channel, message).await,
                Incoming::Broadcast(message) => self.broadcast(message).await,
                Incoming::Keeper(keeper) => self.keeper = Some(keeper),
                Incoming::Event(event) => self.hear(event).await,
                Incoming::Preparing(progress) => self.show_preparation(Some(progress)),
                Incoming::EvaluatorEnded(status) => {
                    self.give_up(Failure::broken(&format!("evcxr has ended ({status})."))).await;
                }
                Incoming::Overdue(idle) => {
                    let waits = self.cell.as_ref().is_some_and(|cell| idle.is_about(&cell.request));
                    if waits || self.completions.wait_for(&idle) {
                        self.give_up(Failure::broken("evcxr has failed: all variables are lost.")).await;
                    }
                }
                Incoming::StillAsked(id) => self.explain_wait(&id),
                Incoming::JupyterGone => return,
            }
        }
    }

    /// All is set up, or can't be: what waits is run or refused.
    async fn begin(&mut self, started: Result<Box<Evaluator>, String>) {
        match started {
            Err(reason) => self.give_up(Failure::broken(&reason)).await,
            Ok(evaluator) => {
                self.end_preparation();
                self.evaluator = State::Ready(evaluator);
                self.next().await;
            }
        }
    }

    /// Nothing will run any more: says so in the cell that was running, and in all that follow.
    async fn give_up(&mut self, failure: Failure) {
        self.end_preparation();
        // The first reason is the true one.
        let failure = if let State::Broken(first) = &self.evaluator { first.clone() } else { failure };
        self.evaluator = State::Broken(failure.clone());
        let (cell, expressions) = (self.cell.take(), self.expressions.take());
        let request =
            expressions.as_ref().map(Expressions::request).or(cell.as_ref().map(|cell| &cell.request));
        if let Some(request) = request {
            self.front.refuse(request, &failure, self.number).await;
        }
        self.next().await;
    }

    fn show_preparation(&mut self, progress: Option<Progress>) {
        if let State::Preparing(preparation) = &mut self.evaluator {
            let waits = self.waiting.iter().find(|request| request.kind() == "execute_request");
            preparation.show(progress, waits).into_iter().for_each(|message| self.front.broadcast(message));
        }
    }

    fn end_preparation(&mut self) {
        if let State::Preparing(preparation) = &mut self.evaluator {
            preparation.end().into_iter().for_each(|message| self.front.broadcast(message));
        }
    }

    /// Ends all processes and removes their folder before it answers.
    async fn shut_down(&mut self, request: &Message) {
        let restart = request.content()["restart"] == true;
        self.evaluator = State::Broken(Failure::broken("The kernel is ending."));
        let reply = request.reply(&json!({ "status": "ok", "restart": restart }));
        for channel in [Channel::Control, Channel::Shell] {
            self.front.send(channel, &reply).await;
        }
        self.front.farewell().await;
    }
}

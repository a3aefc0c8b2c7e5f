use std::fs::File;
use std::time::Duration;

use lab_base::event::{INTERRUPT, Stream};

use super::{Kernel, State};
use crate::cell::text_of;
use crate::incoming::Incoming;

/// How long compilers and shells may take to end.
const PATIENCE: Duration = Duration::from_secs(3);

const READING: &str = "evcxr has not finished with this cell, and can't be interrupted while it reads one. The cell will not \
                       run, and all variables are kept.\n";

impl Kernel {
    /// Asks the cell to stop, and forgets those that wait. Compilers, shells and lab-support see that there is the file;
    /// the keeper ends what does not end by itself.
    pub(super) async fn interrupt(&mut self) {
        if let (Some(cell), State::Ready(evaluator)) = (&mut self.cell, &self.evaluator) {
            cell.ask();
            if let Err(error) = File::create(evaluator.stop_button()) {
                eprintln!("asking a cell to stop: {error}");
            }
            let (kernel, id) = (self.incoming.clone(), cell.request.id().to_string());
            tokio::spawn(async move {
                tokio::time::sleep(PATIENCE).await;
                // Nobody listens when the kernel is ending.
                let _ = kernel.send(Incoming::StillAsked(id));
            });
            self.order(INTERRUPT).await;
        }
        self.abort_waiting().await;
    }

    /// Compilers and shells end sooner: where a cell is still neither running nor given up, evcxr's analyzer reads it, and
    /// nothing stops that.
    pub(super) fn explain_wait(&self, id: &str) {
        if let Some(cell) = self.cell.as_ref().filter(|cell| cell.request.id() == id && !cell.has_begun) {
            self.front.broadcast(text_of(&cell.request, Stream::Stderr, READING));
        }
    }
}

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::io::{AsyncWrite, AsyncWriteExt, BufWriter};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use super::frames::{self, Frames};

/// Bytes that may wait for one peer: more than all outputs of a notebook, and little of a machine's memory.
const MOST: usize = 64 << 20;

/// Beyond that there is room for small messages alone, as the word that the kernel is idle: a front end that was too slow
/// for the outputs still hears that the cell has ended.
const RESERVE: usize = 4 << 20;

/// What makes a message small.
const SMALL: usize = 1 << 12;

/// Counted for each message beside its bytes.
const OVERHEAD: usize = 256;

/// What waits to be sent to one peer. A peer that does not read loses messages; nobody waits for it.
pub struct Outbox {
    queue: UnboundedSender<Frames>,
    waiting: Arc<AtomicUsize>,
}

impl Outbox {
    /// Sends what is pushed, in a task that ends with the connection or when this is dropped.
    pub fn start(writer: impl AsyncWrite + Send + Unpin + 'static) -> Outbox {
        let (queue, messages) = unbounded_channel();
        let waiting = Arc::new(AtomicUsize::new(0));
        tokio::spawn(send(writer, messages, waiting.clone()));
        Outbox { queue, waiting }
    }

    /// Whether there was room for it.
    pub fn push(&self, message: Frames) -> bool {
        let size = size(&message);
        let most = if size < SMALL { MOST + RESERVE } else { MOST };
        if self.waiting.load(Ordering::Relaxed) + size > most {
            return false;
        }
        self.waiting.fetch_add(size, Ordering::Relaxed);
        self.queue.send(message).is_ok()
    }

    /// Whether all has been sent, or can't be.
    pub fn is_empty(&self) -> bool {
        self.queue.is_closed() || self.waiting.load(Ordering::Relaxed) == 0
    }
}

fn size(message: &Frames) -> usize {
    OVERHEAD + message.iter().map(|frame| frame.len()).sum::<usize>()
}

async fn send(
    writer: impl AsyncWrite + Unpin,
    mut messages: UnboundedReceiver<Frames>,
    waiting: Arc<AtomicUsize>,
) {
    let mut writer = BufWriter::new(writer);
    while let Some(message) = messages.recv().await {
        // Nobody reads any more when it fails.
        if frames::write(&mut writer, &message).await.is_err() {
            return;
        }
        if messages.is_empty() && writer.flush().await.is_err() {
            return;
        }
        waiting.fetch_sub(size(&message), Ordering::Relaxed);
    }
}

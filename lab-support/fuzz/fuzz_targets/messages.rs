//! What comes in over a socket.
#![no_main]

use std::sync::LazyLock;

use lab_kernel::message::{Key, Message};
use lab_kernel::wire::frames::{self, Received};
use libfuzzer_sys::fuzz_target;
use tokio::runtime::{Builder, Runtime};

static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| Builder::new_current_thread().build().unwrap());

/// As a kernel reads them from who has shown no key yet.
const MOST: usize = 64 << 10;

fuzz_target!(|input: &[u8]| {
    RUNTIME.block_on(async {
        let mut rest = input;
        while let Ok(received) = frames::read(&mut rest, MOST).await {
            let Received::Message(frames) = received else { continue };
            assert!(frames.iter().map(|frame| frame.len()).sum::<usize>() <= MOST);
            assert!(
                Message::read(frames.clone(), &Key::new("secret")).is_none(),
                "nobody guesses a signature"
            );
            if let Some(message) = Message::read(frames, &Key::new("")) {
                let written = message.write(&Key::new(""));
                assert!(Message::read(written, &Key::new("")).is_some());
            }
        }
    });
});

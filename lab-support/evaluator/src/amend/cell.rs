mod evcxr_lab {
    //! What a cell tells the lab: over stdout, in lines that begin with a mark that no cell prints by accident.

    use std::io::Write as _;
    use std::sync::atomic::{AtomicBool, Ordering};

    const MARK: &str = "@MARK@";
    static FAILED: AtomicBool = AtomicBool::new(false);

    pub fn tell(name: &str, text: &str) {
        let text = text.replace('\\', "\\\\").replace('\n', "\\n").replace('\r', "\\r");
        let mut out = std::io::stdout().lock();
        let _ = std::writeln!(out, "{MARK}{name} {text}").and_then(|()| out.flush());
    }

    /// Variables that are gone when the cell fails, and whether some keep the value that they had.
    const LOST: &str = "@LOST@";
    const KEPT: &str = "@KEPT@";

    fn fail(how: &str, text: &str) {
        FAILED.store(true, Ordering::Relaxed);
        if KEPT == "true" {
            tell("KEPT", "");
        }
        if !LOST.is_empty() {
            tell("LOST", LOST);
        }
        tell(how, text);
    }

    pub fn failed(error: &dyn std::fmt::Display) {
        fail("FAILED", &std::format!("{error}"));
    }

    pub fn panicked(payload: &(dyn std::any::Any + Send)) {
        let text = payload.downcast_ref::<&str>().map(|text| std::string::String::from(*text));
        let text = text.or_else(|| payload.downcast_ref::<std::string::String>().cloned());
        fail("PANICKED", &text.unwrap_or_default());
    }

    pub fn has_failed() -> bool {
        FAILED.load(Ordering::Relaxed)
    }

    #[unsafe(no_mangle)]
    extern "C" fn lab_begin() {
        let cell = std::thread::current().id();
        std::panic::set_hook(std::boxed::Box::new(move |panic| {
            let thread = std::thread::current();
            if thread.id() == cell {
                return tell("PANICKING", &std::format!("{panic}"));
            }
            std::eprintln!("thread '{}' {panic}", thread.name().unwrap_or("<unnamed>"));
        }));
    }

    #[unsafe(no_mangle)]
    extern "C" fn lab_hold(work: extern "C" fn(*mut u8), with: *mut u8) {
        let (mut out, _errors) = (std::io::stdout().lock(), std::io::stderr().lock());
        let _ = out.flush();
        work(with);
    }
}

mod evcxr_lab {
    //! What a cell tells the lab: over stdout, in lines that begin with a mark that no cell prints by accident.

    use std::io::Write as _;
    use std::sync::atomic::{AtomicBool, Ordering};

    static FAILED: AtomicBool = AtomicBool::new(false);

    pub fn tell(name: &str, text: &str) {
        let text = text.replace('\\', "\\\\").replace('\n', "\\n").replace('\r', "\\r");
        let mark = std::env::var("LAB_MARK").unwrap_or_default();
        let mut out = std::io::stdout().lock();
        let _ = std::writeln!(out, "{mark}{name} {text}").and_then(|()| out.flush());
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
        if let Some(Returned(error)) = payload.downcast_ref() {
            return fail("FAILED", error);
        }
        let text = payload.downcast_ref::<&str>().map(|text| std::string::String::from(*text));
        let text = text.or_else(|| payload.downcast_ref::<std::string::String>().cloned());
        fail("PANICKED", &text.unwrap_or_default());
    }

    pub fn has_failed() -> bool {
        FAILED.load(Ordering::Relaxed)
    }

    /// An error at the cell's end, behind which a `?` would have returned it.
    struct Returned(std::string::String);

    pub enum Never {}

    /// The value of a cell that is a `Result`: as if `?` stood behind it.
    pub trait Opened {
        type Value;
        fn lab_opened(self) -> std::result::Result<Self::Value, Never>;
    }

    impl<T, E: std::fmt::Display> Opened for std::result::Result<T, E> {
        type Value = T;
        fn lab_opened(self) -> std::result::Result<T, Never> {
            match self {
                std::result::Result::Ok(value) => std::result::Result::Ok(value),
                std::result::Result::Err(error) => {
                    std::panic::resume_unwind(std::boxed::Box::new(Returned(std::format!("{error}"))))
                }
            }
        }
    }

    /// Any other value. A method by value is found before one by reference.
    pub trait Same {
        fn lab_opened(&self) -> std::result::Result<&Self, Never>;
    }

    impl<T: ?std::marker::Sized> Same for T {
        fn lab_opened(&self) -> std::result::Result<&T, Never> {
            std::result::Result::Ok(self)
        }
    }

    /// How a value shows itself that has no method of its own for that, which is found before this one.
    pub trait Plain {
        fn evcxr_display(&self);
    }

    impl<T: std::fmt::Debug + ?std::marker::Sized> Plain for T {
        fn evcxr_display(&self) {
            let kind = std::any::type_name::<T>();
            if kind != "()" {
                let text = crate::evcxr_short::short(kind, std::format!("{self:?}"));
                let mut out = std::io::stdout().lock();
                let _ = std::writeln!(out, "EVCXR_BEGIN_CONTENT text/plain\n{text}\nEVCXR_END_CONTENT");
            }
        }
    }

    #[unsafe(no_mangle)]
    extern "C" fn lab_begin() {
        let cell = std::thread::current().id();
        std::panic::set_hook(std::boxed::Box::new(move |panic| {
            let thread = std::thread::current();
            if thread.id() == cell {
                tell("PANICKING", &std::format!("{panic}"));
                let backtrace = std::backtrace::Backtrace::force_capture();
                // Read by the keeper, so that it is not compiled with each cell.
                let (folder, file, line) = (std::env!("CARGO_MANIFEST_DIR"), std::file!(), std::line!());
                return tell("CALLED", &std::format!("{line} {folder}/{file}\n{backtrace}"));
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

#[allow(unused_imports)]
use evcxr_lab::{Opened as _, Plain as _, Same as _};

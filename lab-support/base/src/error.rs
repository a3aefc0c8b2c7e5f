use std::fmt;
use std::panic::{RefUnwindSafe, UnwindSafe};
use std::sync::Arc;

/// What went wrong, in the four parts a student needs: what was being done, what was expected, what was found, and what to
/// do next. None of them can be left out.
///
/// ```
/// # use lab_base::Error;
/// let splitting = Error::doing("splitting off a validation set").expected("a fraction between 0 and 1");
/// assert_eq!(
///     splitting.found(1.5).advice("try 0.1").to_string(),
///     "While splitting off a validation set: expected a fraction between 0 and 1, found 1.5.\n-> try 0.1"
/// );
/// ```
#[derive(Clone, Default)]
pub struct Error {
    doing: String,
    expected: String,
    found: String,
    advice: String,
    /// The error of the system or of a library that was found.
    source: Option<Arc<dyn std::error::Error + Send + Sync>>,
}

/// The first `PARTS` parts of an [`Error`].
#[must_use = "an error has four parts, and the last is the advice"]
pub struct Begun<const PARTS: usize>(Error);

impl Error {
    /// What was being done: "splitting off a validation set".
    pub fn doing(doing: impl fmt::Display) -> Begun<1> {
        Begun(Error { doing: doing.to_string(), ..Error::default() })
    }

    /// All four parts in their order.
    pub fn new(
        doing: impl fmt::Display,
        expected: impl fmt::Display,
        found: impl fmt::Display,
        advice: impl fmt::Display,
    ) -> Error {
        Error::doing(doing).expected(expected).found(found).advice(advice)
    }

    /// The same error, met as a part of `doing`: "While trying rate 10, training epoch 1: ...".
    pub fn within(self, doing: impl fmt::Display) -> Error {
        Error { doing: format!("{doing}, {}", self.doing), ..self }
    }
}

impl Begun<1> {
    /// What there should have been: "a fraction between 0 and 1".
    pub fn expected(self, expected: impl fmt::Display) -> Begun<2> {
        Begun(Error { expected: expected.to_string(), ..self.0 })
    }
}

impl Begun<2> {
    /// What there was.
    pub fn found(self, found: impl fmt::Display) -> Begun<3> {
        Begun(Error { found: found.to_string(), ..self.0 })
    }

    /// What there was, as the error of the system or of a library says it: it is the [source](std::error::Error::source) of
    /// this one.
    pub fn failed(self, error: impl std::error::Error + Send + Sync + 'static) -> Begun<3> {
        let Begun(begun) = self.found(&error);
        Begun(Error { source: Some(Arc::new(error)), ..begun })
    }
}

impl Begun<3> {
    /// What to do next: "try 0.1".
    pub fn advice(self, advice: impl fmt::Display) -> Error {
        Error { advice: advice.to_string(), ..self.0 }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let Error { doing, expected, found, advice, .. } = self;
        write!(f, "While {doing}: expected {expected}, found {found}.\n-> {advice}")
    }
}

/// For a call that returns no `Result`.
///
/// # Panics
/// When `i` is not below `len`: in the four parts of an [`Error`], at the place that called the caller, if that is marked
/// `#[track_caller]`.
#[track_caller]
pub fn expect_below(doing: &str, i: usize, len: usize) {
    if i >= len {
        let error = Error::doing(doing).expected(format!("a number below {len}")).found(i);
        panic!("{}", error.advice("count from 0, up to one less than there are"));
    }
}

/// The same as `Display`, so that `unwrap()` in a cell reads as well as `?`.
impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}

/// By what they say.
impl PartialEq for Error {
    fn eq(&self, other: &Error) -> bool {
        self.to_string() == other.to_string()
    }
}

impl Eq for Error {}

// Nobody changes the source behind the back of those who share it.
impl UnwindSafe for Error {}
impl RefUnwindSafe for Error {}

#[cfg(test)]
mod tests {
    use std::error::Error as _;
    use std::io;

    use super::*;

    #[test]
    fn the_error_of_the_system_is_told_and_kept() {
        let reading = || Error::doing("reading a file").expected("a file");
        let missing = io::Error::new(io::ErrorKind::NotFound, "no such file");
        let error = reading().failed(missing).advice("check the path").within("loading a network");
        assert_eq!(
            error.to_string(),
            "While loading a network, reading a file: expected a file, found no such file.\n-> check the path"
        );
        let source = error.source().and_then(|source| source.downcast_ref::<io::Error>());
        assert_eq!(source.map(io::Error::kind), Some(io::ErrorKind::NotFound));
        let told = reading().found("no such file").advice("check the path");
        assert!(
            told.source().is_none() && told.clone().within("loading a network") == error && told != error
        );
    }
}

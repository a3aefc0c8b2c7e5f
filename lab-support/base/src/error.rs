use std::fmt;

/// What went wrong, in the four parts a student needs: what was being done, what was expected, what
/// was found, and what to do next.
///
/// ```
/// # use lab_base::Error;
/// let error = Error::new("splitting off a validation set", "a fraction between 0 and 1", 1.5, "try 0.1");
/// assert_eq!(
///     error.to_string(),
///     "While splitting off a validation set: expected a fraction between 0 and 1, found 1.5.\n-> try 0.1"
/// );
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Error {
    doing: String,
    expected: String,
    found: String,
    advice: String,
}

impl Error {
    pub fn new(
        doing: impl fmt::Display,
        expected: impl fmt::Display,
        found: impl fmt::Display,
        advice: impl fmt::Display,
    ) -> Error {
        Error {
            doing: doing.to_string(),
            expected: expected.to_string(),
            found: found.to_string(),
            advice: advice.to_string(),
        }
    }

    /// The same error, met as a part of `doing`: "While trying rate 10, training epoch 1: ...".
    pub fn within(self, doing: impl fmt::Display) -> Error {
        Error { doing: format!("{doing}, {}", self.doing), ..self }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let Error { doing, expected, found, advice } = self;
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
        let advice = "count from 0, up to one less than there are";
        panic!("{}", Error::new(doing, format!("a number below {len}"), i, advice));
    }
}

/// The same as `Display`, so that `unwrap()` in a cell reads as well as `?`.
impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for Error {}

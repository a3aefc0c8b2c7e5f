use super::{Slip, slip};

/// A forgotten `?`.
pub const SLIPS: &[Slip] = &[
    slip("E0308", "expected `Result<{}`, found `(", "", "The call may end in an error: put `?` behind it."),
    slip(
        "E0308",
        "expected `Result<",
        "= =",
        "One of these is a `Result`, which may be an error: put `?` behind the call that made it.",
    ),
    slip(
        "E0308",
        "try wrapping the expression in `Ok`",
        "",
        "What a function returns as a `Result` stands in `Ok(…)`.",
    ),
    slip(
        "E0599|E0609",
        "`Result<",
        "$w . show",
        "The one before the point is a `Result`, which may be an error: put `?` behind the call that made it.",
    ),
    slip(
        "E0369|E0277",
        "`Result<",
        "",
        "One of these is a `Result`, which may be an error: put `?` behind the call that made it.",
    ),
    slip("E0308", "found `Result<", "", "The call may end in an error: put `?` behind it."),
    slip(
        "E0599",
        "for enum `Result<",
        "",
        "The call before the point may end in an error: put `?` behind it.",
    ),
    slip(
        "E0609|E0608|E0599",
        "`Result<",
        "",
        "The one before the point is a `Result`, which may be an error: put `?` behind the call that made it.",
    ),
    slip(
        "E0599",
        "`&Result<",
        "",
        "This is a `Result`, which may be an error: put `?` behind the call that made it.",
    ),
    slip(
        "E0277",
        "is not an iterator",
        "show (",
        "This is a `Result`, which may be an error: put `?` behind the call that made it.",
    ),
    slip(
        "unused_must_use",
        "unused `Result`",
        "",
        "This may end in an error, which nobody would see: put `?` before the `;`.",
    ),
];

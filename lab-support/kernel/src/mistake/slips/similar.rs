use super::{Slip, slip};

/// Names that are little different from one that there is.
pub const SLIPS: &[Slip] = &[
    slip(
        "E0599",
        "there is an associated function `{}` with a similar name",
        "",
        "Did you mean `{0}`? The Tab key behind `::` lists all there are.",
    ),
    slip(
        "E0599",
        "there is a variant with a similar name\n{}\n",
        "",
        "Did you mean `{0}`? The Tab key behind `::` lists all there are.",
    ),
    slip(
        "E0609",
        "a field with a similar name exists\n{}\n",
        "",
        "Did you mean `{0}`? The Tab key behind the point lists all there are.",
    ),
    slip("E0560", "a field with a similar name exists\n{}\n", "", "Did you mean `{0}`?"),
];

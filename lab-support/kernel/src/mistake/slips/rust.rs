use super::{Slip, slip};

/// Rust's own ways: what is changed, lent and given away.
pub const SLIPS: &[Slip] = &[
    slip(
        "E0599",
        "`evcxr_display` exists for reference `&fn(",
        "$w .$",
        "`{0}` is a function, which is called with brackets: `{0}()`.",
    ),
    slip(
        "E0599",
        "`evcxr_display` exists for reference `&{}`",
        "",
        "Nobody has said how this is shown: put `#[derive(Debug)]` before `struct {0}`.",
    ),
    slip("E0434", "", "", "A function sees only what it is given: make the variable an argument of it."),
    slip(
        "E0384",
        "immutable variable `{}`",
        "",
        "A variable that changes is made by `let mut {0}`; one of an earlier cell becomes changeable by `let mut {0} = {0};`.",
    ),
    slip(
        "E0596",
        "cannot borrow `{}` as mutable",
        "",
        "A variable that changes is made by `let mut {0}`; one of an earlier cell becomes changeable by `let mut {0} = {0};`.",
    ),
    slip(
        "E0594",
        "cannot assign to `*{}`, which is behind a `&`",
        "",
        "`{0}` only looks at a value (`&`): what is to be changed through it is looked at by `&mut`.",
    ),
    slip(
        "E0594",
        "cannot assign to `{}`",
        "",
        "A variable that changes is made by `let mut {0}`; one of an earlier cell becomes changeable by `let mut {0} = {0};`.",
    ),
    slip("E0505", "`{}`", "", "`{0}` is given away while something still looks at it: write `{0}.clone()`."),
    slip("E0507", "", "", "It can't be taken out of there: write `.clone()` behind it, or `&` before it."),
    slip(
        "E0502|E0499",
        "`{}`",
        "",
        "`{0}` is changed while something still looks at it: first finish with the one, then do the other.",
    ),
    slip(
        "E0716",
        "temporary value",
        "= & $w . $w (",
        "The `&` counts for all that stands behind it, and not for `{0}` alone: leave it out, and the variable has the value itself.",
    ),
    slip(
        "E0597|E0716",
        "`{}` does not live long enough",
        "",
        "What is kept may not look at `{0}`, which ends here: write `.clone()` or `.to_vec()`.",
    ),
    slip(
        "E0597|E0716|E0515",
        "",
        "",
        "What is kept may not look at something that ends here: write `.clone()`, `.to_vec()` or `.to_owned()`.",
    ),
    slip(
        "E0106",
        "",
        "",
        "Return what is owned: `String` in place of `&str`, `Vec<f64>` in place of `&[f64]`.",
    ),
    slip(
        "evcxr",
        "The variable `{}` contains a reference",
        "= & $w . $w (",
        "The `&` counts for all that stands behind it, and not for `{1}` alone: leave it out, and the variable has the value itself.",
    ),
    slip(
        "evcxr",
        "The variable `{}` contains a reference",
        "",
        "A notebook's variable can't look at another one: write `.clone()`, `.to_vec()` or `.to_owned()`, or put the lines into one block, `{ … }`.",
    ),
    slip(
        "evcxr",
        "The variable `{}` is a closure",
        "",
        "A notebook's variable can't be a closure: write a function, `fn {0}(x: f64) -> f64 { x + 1.0 }`, or put the lines into one block, `{ … }`.",
    ),
    slip(
        "evcxr",
        "determine type of variable `{}`",
        "",
        "Its type can't be known from here: give it, as in `let {0}: f64 = …;`.",
    ),
    slip(
        "evcxr",
        "unexpected token",
        "",
        "Something is missing: behind a `.` a name, behind `=`, `+` or `(` a value.",
    ),
    slip("evcxr", "missing a semicolon", "", "A `;` is missing at the end of a line."),
];

use super::{Slip, slip};

/// Signs of Python: positions and ranges in brackets, powers, products.
pub const SLIPS: &[Slip] = &[
    slip(
        "-",
        "found `:`",
        "[ :",
        "A range has two points, `..5`, `3..5` or `3..`: of a vector `&v[..5]`, of an array `a.slice(s![..5])`.",
    ),
    slip(
        "-",
        "found `:`",
        "[ $n :",
        "A range has two points, `..5`, `3..5` or `3..`: of a vector `&v[..5]`, of an array `a.slice(s![..5])`.",
    ),
    slip(
        "-",
        "found `",
        ") [ $a , : ]",
        "`a.row(0)` is a row, `a.column(0)` a column; any part is `a.slice(s![0, ..])`.",
    ),
    slip(
        "-",
        "found `",
        "$w [ $a , : ]",
        "`a.row(0)` is a row, `a.column(0)` a column; any part is `a.slice(s![0, ..])`.",
    ),
    slip(
        "-",
        "found `",
        "$w [ : , $a ]",
        "`a.row(0)` is a row, `a.column(0)` a column; any part is `a.slice(s![0, ..])`.",
    ),
    slip("-", "found `", ") [ $a , $a ]", "A position in two axes stands in two brackets: `[[{0}, {1}]]`."),
    slip("-", "found `", "$w [ $a , $a ]", "A position in two axes stands in two brackets: `[[{1}, {2}]]`."),
    slip("-", "", "$w @ $a", "A product of matrices is `a.dot(&b)`; `.t()` turns an array over."),
    slip("-|E0425", "", "$w ^ T", "`.t()` turns an array over, and a product of matrices is `.dot(&…)`."),
    slip(
        "E0614|E0277|E0369|E0600",
        "",
        "* * $a",
        "A power is a method: `x.powi({0})` of a number with a fraction, `x.pow({0})` of a whole one.",
    ),
    slip(
        "-",
        "negative integers cannot be used to index",
        "$w [ - $n ]",
        "Counting from the end is `{0}[{0}.len() - {1}]`; the last one is also `{0}.last()`.",
    ),
    slip(
        "-",
        "negative integers cannot be used to index",
        "",
        "Counting from the end is `values[values.len() - 1]`; the last one is also `values.last()`.",
    ),
    slip(
        "-",
        "found `:`",
        "{ $s",
        "A dictionary is a `HashMap`: `std::collections::HashMap::from([(\"Ada\", 36)])`.",
    ),
    slip("-", "postfix increment", "", "Rust has no `++`: write `+= 1`."),
    slip("-", "postfix decrement", "", "Rust has no `--`: write `-= 1`."),
    slip("-", "prefix increment", "", "Rust has no `++`: write `x += 1;`."),
    slip("-", "", "$w : = $a", "A variable is made by `let {0} = {1};`."),
];

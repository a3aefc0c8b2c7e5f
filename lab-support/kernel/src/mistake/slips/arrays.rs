use super::{Slip, slip};

/// Arrays and lists: their axes, positions, parts and products.
pub const SLIPS: &[Slip] = &[
    slip("E0308", "expected `&mut Vec", ". append (", "One value more is put at the end by `.push(…)`."),
    slip(
        "E0308",
        "expected `Axis`, found",
        "",
        "An axis is named by `Axis(0)`, along which the rows are, or `Axis(1)`, the columns.",
    ),
    slip(
        "E0308",
        "expected `&{}`, found floating-point number",
        "",
        "What is gone through are references: one more `*` before the name stands for the number itself.",
    ),
    slip(
        "E0308",
        "expected `&usize`, found integer",
        "",
        "What is gone through are references: one more `*` before the name stands for the number itself.",
    ),
    slip(
        "E0308",
        "expected `&u8`, found integer",
        "",
        "What is gone through are references: one more `*` before the name stands for the number itself.",
    ),
    slip(
        "E0308",
        "expected `&i32`, found integer",
        "",
        "What is gone through are references: one more `*` before the name stands for the number itself.",
    ),
    slip(
        "E0277|E0369",
        "cannot multiply `{}ArrayBase<{}` by `{}ArrayBase<",
        "",
        "A product of matrices is `a.dot(&b)`; number by number it is `&a * &b`.",
    ),
    slip(
        "E0277|E0369",
        "cannot {} `{}ArrayBase<{}` {} `{}ArrayBase<",
        "",
        "Arrays are computed with number by number where both are looked at: `&a - &b`.",
    ),
    slip(
        "E0369",
        "cannot be applied to type `{}ArrayBase<",
        "",
        "What is to be done with each number of an array is said by `a.mapv(|x| …)`, as in `a.mapv(|x| if x > 0.0 { 1.0 } else { 0.0 })`.",
    ),
    slip(
        "E0271",
        "OwnedRepr<",
        "",
        "The array's numbers have a fraction: write this one with a point, `32.0`, or a count as `n as f32`.",
    ),
    slip("E0599", "no method named `transpose`", "", "An array is turned over by `.t()`."),
    slip("E0609", "no field `T` on", "", "An array is turned over by `.t()`."),
    slip(
        "E0599",
        "ArrayBase<",
        ". max (",
        "The larger of each number and another is `a.mapv(|x| x.max(0.0))`; the largest of all is `a.fold(f32::MIN, |a, &b| a.max(b))`.",
    ),
    slip(
        "E0599",
        "ArrayBase<{}` is not an iterator",
        "",
        "For each number of an array, `a.mapv(|x| …)` does what is said there; `a.iter()` goes through all.",
    ),
    slip(
        "E0599",
        "no method named `{}` found for struct `ArrayBase<",
        "",
        "An array has no `{0}`; for each of its numbers, `a.mapv(|x| …)` does what is said there.",
    ),
    slip("E0061", "", ". log ( )", "The natural logarithm is `.ln()`."),
    slip(
        "E0277",
        "NdIndex<",
        "[ - $n ]",
        "Counting from the end is `a[a.len() - {0}]`: positions can't be below 0.",
    ),
    slip(
        "E0277",
        "`usize: Neg`",
        "",
        "Positions can't be below 0; counting from the end is `a[a.len() - 1]`.",
    ),
    slip(
        "E0277",
        "Range",
        "[",
        "A part of an array is `a.slice(s![0..5])`; with several axes, `a.slice(s![0, 8..12, ..])`, where `..` is all of one.",
    ),
    slip(
        "E0277",
        "NdIndex<",
        "",
        "An array with several axes wants a position for each, `a[[0, 8, 10]]`; all there is at the first position is `a.index_axis(Axis(0), 0)`.",
    ),
    slip("E0275", "", ". dot ( $w )", "`dot` only looks at the other array: write `.dot(&{0})`."),
    slip("E0275|E0277", "", ". dot (", "`dot` only looks at the other array: put `&` before it."),
    slip("E0308|E0277", "", ". dot ( $w )", "`dot` only looks at the other array: write `.dot(&{0})`."),
];

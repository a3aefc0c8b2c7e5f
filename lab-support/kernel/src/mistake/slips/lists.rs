use super::{Slip, slip};

/// Lists and vectors that are computed with.
pub const SLIPS: &[Slip] = &[
    slip(
        "E0277|E0369",
        "cannot add `{}[{}` to `{}[",
        "",
        "Lists `[…]` are not joined by `+`: `let mut a = vec![1, 2]; a.extend([3]);` puts more at the end.",
    ),
    slip(
        "E0277|E0369",
        "cannot {} `{}[{};",
        "",
        "Lists `[…]` don't compute: `array![1.0, 2.0] * 2.0` is an array, which does; of a list, `.iter().map(|x| x * 2.0).collect::<Vec<_>>()`.",
    ),
    slip(
        "E0277|E0369",
        "cannot {} `{}` {} `{}[{};",
        "",
        "Lists `[…]` don't compute: `array![1.0, 2.0] * 2.0` is an array, which does; of a list, `.iter().map(|x| x * 2.0).collect::<Vec<_>>()`.",
    ),
    slip(
        "E0277|E0369",
        "cannot {} `{}` {} `{}Vec<",
        "",
        "Vectors don't compute: `x.iter().map(|x| x * 2.0).collect::<Vec<_>>()` does, or arrays, `Array1::from(x) * 2.0`.",
    ),
];

use super::{Slip, slip};

/// The lab's own types, and a forgotten `?`.
pub const SLIPS: &[Slip] = &[
    slip(
        "E0308",
        "expected `Fit`, found",
        "fit ( & $w , $n )",
        "How long to train is a recipe: `fit(&{0}, Fit::epochs({1}))?`.",
    ),
    slip("E0308", "expected `Fit`, found", "", "How to train is a recipe: `Fit::epochs(10)`."),
    slip(
        "E0308",
        "expected `&Dataset`, found `&Images`",
        "",
        "A network learns from numbers between 0 and 1: write `.normalized()` behind the images first, as in `let train = data.train.normalized();`.",
    ),
    slip(
        "E0308",
        "expected `&Dataset`, found `&FashionMnist`",
        "",
        "These are both sets: take `data.train.normalized()` or `data.test.normalized()`.",
    ),
    slip(
        "E0308",
        "expected `&Dataset`, found `Dataset`",
        "",
        "Put `&` before it: it is only looked at there, and stays yours.",
    ),
    slip("E0308", "expected `CrossEntropy`, found", "", "The loss is `CrossEntropy::from_logits()`."),
    slip(
        "E0308",
        "expected `Activation`, found `&str`",
        "",
        "Activations are names without quotation marks: `Relu`, `Sigmoid`, `Tanh`, `Linear`.",
    ),
    slip(
        "E0277",
        "`Optimizer: From<&str>`",
        "",
        "Optimizers are values: `Adam::default()`, `Sgd::new(0.1)`, `RmsProp::default()`.",
    ),
    slip(
        "E0277",
        "`Optimizer: From<",
        "",
        "The optimizer comes first, then the loss: `compile(Adam::default(), CrossEntropy::from_logits())`.",
    ),
    slip(
        "E0277",
        "Optimizer: From<&str>",
        "",
        "Optimizers are values: `Adam::default()`, `Sgd::new(0.1)`, `RmsProp::default()`.",
    ),
    slip("E0275", "", ". dot ( $w )", "`dot` only looks at the other array: write `.dot(&{0})`."),
    slip("E0275|E0277", "", ". dot (", "`dot` only looks at the other array: put `&` before it."),
    slip("E0308|E0277", "", ". dot ( $w )", "`dot` only looks at the other array: write `.dot(&{0})`."),
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

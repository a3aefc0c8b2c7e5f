/// Where images come from; figures and records say so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// The real Fashion-MNIST.
    FashionMnist,
    /// The practice set, drawn by this lab.
    Practice,
}

impl Source {
    pub const ALL: [Source; 2] = [Source::FashionMnist, Source::Practice];

    /// As records and saved networks call it: `real` or `practice`.
    pub fn name(self) -> &'static str {
        match self {
            Source::FashionMnist => "real",
            Source::Practice => "practice",
        }
    }

    /// The sentence that must stand beside every result made from the practice set.
    pub fn notice(self) -> Option<&'static str> {
        match self {
            Source::FashionMnist => None,
            Source::Practice => Some("practice set, drawn by this lab; not Fashion-MNIST"),
        }
    }
}

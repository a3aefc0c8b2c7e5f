//! Figures: each one a PNG that a notebook shows inline.

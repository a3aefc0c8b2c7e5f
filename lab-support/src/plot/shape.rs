//! What a figure is made of. It is recorded as it is drawn, and a PNG or an SVG is made of the same shapes.

use plotters::prelude::RGBColor;

/// All shapes of a figure, the first lowest, and its width and height on the canvas.
#[derive(Debug, Default)]
pub(crate) struct Drawing {
    pub shapes: Vec<Shape>,
    pub size: (u32, u32),
}

/// A colour, and how opaque it is, from 0 to 1.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ink {
    pub rgb: [u8; 3],
    pub alpha: f32,
}

/// A place on the canvas: the corner between four of its pixels.
pub(crate) type Place = (i32, i32);

/// Left, top, right and bottom edge.
pub(crate) type Bounds = [i32; 4];

#[derive(Debug)]
pub(crate) enum Shape {
    Box {
        bounds: Bounds,
        ink: Ink,
    },
    /// The edges of a box.
    Frame {
        bounds: Bounds,
        width: i32,
        ink: Ink,
    },
    Line {
        points: Vec<Place>,
        width: f32,
        ink: Ink,
    },
    Polygon {
        points: Vec<Place>,
        ink: Ink,
    },
    Disc {
        middle: Place,
        radius: f32,
        ink: Ink,
    },
    Ring {
        middle: Place,
        radius: f32,
        width: f32,
        ink: Ink,
    },
    Text(Text),
    /// Pixels in rows of so many, over all of a box.
    Picture {
        bounds: Bounds,
        columns: usize,
        pixels: Vec<RGBColor>,
    },
}

/// A line of text.
#[derive(Debug)]
pub(crate) struct Text {
    pub words: String,
    /// Height of an em.
    pub size: f32,
    pub is_bold: bool,
    pub at: Place,
    /// Where the text and its baseline begin, from `at` on, before the text is turned.
    pub start: (f32, f32),
    /// Cosine and sine of the angle about `at`: a multiple of a right one.
    pub turn: (i32, i32),
    pub ink: Ink,
}

impl Text {
    /// How far to the right the letters are set again: the typeface is a light one, and thus becomes a regular or a bold one.
    pub(crate) fn strokes(&self) -> &'static [f32] {
        if self.is_bold { &[0.0, 0.7, 1.4] } else { &[0.0, 0.4] }
    }
}

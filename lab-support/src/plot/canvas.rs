use std::convert::Infallible;

use plotters::prelude::RGBColor;
use plotters_backend::text_anchor::{HPos, VPos};
use plotters_backend::{
    BackendColor, BackendCoord, BackendStyle, BackendTextStyle, DrawingBackend, DrawingErrorKind, FontStyle,
};

use crate::plot::letters::{self, CAPITAL};
use crate::plot::shape::{Bounds, Drawing, Ink, Shape, Text};

/// A page that plotters draws on, and that keeps what is drawn. It has two pixels each way for one on a page.
///
/// Both corners of a filled rectangle belong to it, as plotters has it; lines and circles lie about the corners between
/// pixels, so that those of an even width have sharp edges. A style's size of text is that of an em.
pub(crate) struct Canvas<'a> {
    drawing: &'a mut Drawing,
}

type Drawn = Result<(), DrawingErrorKind<Infallible>>;

impl Canvas<'_> {
    pub(crate) fn new(drawing: &mut Drawing) -> Canvas<'_> {
        Canvas { drawing }
    }

    /// Pixels in rows of so many, over all of a box.
    pub(crate) fn draw_picture(&mut self, bounds: Bounds, columns: usize, pixels: Vec<RGBColor>) {
        self.drawing.shapes.push(Shape::Picture { bounds, columns, pixels });
    }

    fn draw(&mut self, color: BackendColor, shape: impl FnOnce(Ink) -> Shape) -> Drawn {
        let (red, green, blue) = color.rgb;
        if color.alpha > 0.0 {
            let ink = Ink { rgb: [red, green, blue], alpha: color.alpha as f32 };
            self.drawing.shapes.push(shape(ink));
        }
        Ok(())
    }
}

impl DrawingBackend for Canvas<'_> {
    type ErrorType = Infallible;

    fn get_size(&self) -> (u32, u32) {
        self.drawing.size
    }

    fn ensure_prepared(&mut self) -> Drawn {
        Ok(())
    }

    fn present(&mut self) -> Drawn {
        Ok(())
    }

    fn draw_pixel(&mut self, (x, y): BackendCoord, color: BackendColor) -> Drawn {
        self.draw(color, |ink| Shape::Box { bounds: [x, y, x + 1, y + 1], ink })
    }

    fn draw_line<S: BackendStyle>(&mut self, from: BackendCoord, to: BackendCoord, style: &S) -> Drawn {
        self.draw_path([from, to], style)
    }

    fn draw_rect<S: BackendStyle>(
        &mut self,
        from: BackendCoord,
        to: BackendCoord,
        style: &S,
        fill: bool,
    ) -> Drawn {
        let bounds = [from.0.min(to.0), from.1.min(to.1), from.0.max(to.0) + 1, from.1.max(to.1) + 1];
        let width = style.stroke_width() as i32;
        self.draw(style.color(), |ink| match fill {
            true => Shape::Box { bounds, ink },
            false => Shape::Frame { bounds, width, ink },
        })
    }

    fn draw_path<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        path: I,
        style: &S,
    ) -> Drawn {
        let (mut points, width) = (path.into_iter().collect::<Vec<_>>(), style.stroke_width() as f32);
        // Of many points, many fall on the same pixel.
        points.dedup();
        self.draw(style.color(), |ink| Shape::Line { points, width, ink })
    }

    fn draw_circle<S: BackendStyle>(
        &mut self,
        middle: BackendCoord,
        radius: u32,
        style: &S,
        fill: bool,
    ) -> Drawn {
        let (radius, width) = (radius as f32, style.stroke_width() as f32);
        self.draw(style.color(), |ink| match fill {
            true => Shape::Disc { middle, radius, ink },
            false => Shape::Ring { middle, radius, width, ink },
        })
    }

    fn fill_polygon<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        points: I,
        style: &S,
    ) -> Drawn {
        let points = points.into_iter().collect();
        self.draw(style.color(), |ink| Shape::Polygon { points, ink })
    }

    fn draw_text<S: BackendTextStyle>(&mut self, words: &str, style: &S, at: BackendCoord) -> Drawn {
        if words.trim().is_empty() {
            return Ok(());
        }
        let size = style.size() as f32;
        let (_, width) = letters::set(words, size);
        let left = match style.anchor().h_pos {
            HPos::Left => 0.0,
            HPos::Center => -width / 2.0,
            HPos::Right => -width,
        };
        let baseline = match style.anchor().v_pos {
            VPos::Top => size * CAPITAL,
            VPos::Center => size * CAPITAL / 2.0,
            VPos::Bottom => 0.0,
        };
        let (words, start) = (words.to_string(), (left, baseline.round()));
        let (is_bold, turn) = (matches!(style.style(), FontStyle::Bold), style.transform().transform(1, 0));
        self.draw(style.color(), |ink| Shape::Text(Text { words, size, is_bold, at, start, turn, ink }))
    }

    fn estimate_text_size<S: BackendTextStyle>(
        &self,
        words: &str,
        style: &S,
    ) -> Result<(u32, u32), DrawingErrorKind<Infallible>> {
        let (_, width) = letters::set(words, style.size() as f32);
        Ok((width.ceil() as u32, (style.size() as f32 * CAPITAL).ceil() as u32))
    }
}

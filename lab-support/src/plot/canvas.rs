use std::sync::LazyLock;

use ab_glyph::{Font, FontRef, Glyph, PxScale, ScaleFont, point};
use plotters_backend::text_anchor::{HPos, VPos};
use plotters_backend::{
    BackendColor, BackendCoord, BackendTextStyle, DrawingBackend, DrawingErrorKind, FontStyle,
};
use plotters_bitmap::{BitMapBackend, BitMapBackendError};

/// The one typeface of all figures.
static FONT: LazyLock<FontRef<'static>> = LazyLock::new(|| {
    FontRef::try_from_slice(epaint_default_fonts::UBUNTU_LIGHT).expect("the embedded font is whole")
});

/// The height of a capital letter, as a share of the type size.
const CAPITAL: f32 = 0.693;

/// A white page that plotters draws on: the pixels are those of plotters' own bitmap.
///
/// Text is set here, because the bitmap's leaves out the space in front of a glyph and rounds each glyph to
/// whole pixels; and shapes are plotters' general ones, because the bitmap's own rectangles leave out their
/// last row and column. A style's size is that of an em, in pixels.
pub(crate) struct Canvas<'a> {
    bitmap: BitMapBackend<'a>,
}

type Drawn = Result<(), DrawingErrorKind<BitMapBackendError>>;

impl Canvas<'_> {
    /// A canvas over `pixels`, three bytes each, row by row, which it turns white.
    pub(crate) fn new(pixels: &mut [u8], width: u32, height: u32) -> Canvas<'_> {
        assert_eq!(pixels.len(), (width * height * 3) as usize, "three bytes a pixel");
        pixels.fill(255);
        Canvas { bitmap: BitMapBackend::with_buffer(pixels, (width, height)) }
    }
}

impl DrawingBackend for Canvas<'_> {
    type ErrorType = BitMapBackendError;

    fn get_size(&self) -> (u32, u32) {
        self.bitmap.get_size()
    }

    fn ensure_prepared(&mut self) -> Drawn {
        self.bitmap.ensure_prepared()
    }

    fn present(&mut self) -> Drawn {
        self.bitmap.present()
    }

    fn draw_pixel(&mut self, point: BackendCoord, color: BackendColor) -> Drawn {
        self.bitmap.draw_pixel(point, color)
    }

    fn draw_text<S: BackendTextStyle>(&mut self, text: &str, style: &S, pos: BackendCoord) -> Drawn {
        let (color, turn) = (style.color(), style.transform());
        for outline in outlines(text, style) {
            let corner = outline.px_bounds().min;
            let mut result = Ok(());
            outline.draw(|x, y, coverage| {
                let (x, y) = turn.transform(corner.x as i32 + x as i32, corner.y as i32 + y as i32);
                let ink = color.mix(f64::from(coverage.min(1.0)));
                let drawn = self.bitmap.draw_pixel((pos.0 + x, pos.1 + y), ink);
                result = std::mem::replace(&mut result, Ok(())).and(drawn);
            });
            result?;
        }
        Ok(())
    }

    fn estimate_text_size<S: BackendTextStyle>(
        &self,
        text: &str,
        style: &S,
    ) -> Result<(u32, u32), DrawingErrorKind<BitMapBackendError>> {
        let (_, width) = set(text, style.size() as f32);
        Ok((width.ceil() as u32, (style.size() as f32 * CAPITAL).ceil() as u32))
    }
}

/// The inked shapes of `text`, placed about (0, 0) as the style's anchor says. The typeface is a light
/// one: the same shapes set again a little to the right make it a regular one, or a bold one.
fn outlines<S: BackendTextStyle>(text: &str, style: &S) -> Vec<ab_glyph::OutlinedGlyph> {
    let size = style.size() as f32;
    let (glyphs, width) = set(text, size);
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
    let strokes: &[f32] = match style.style() {
        FontStyle::Bold => &[0.0, 0.7, 1.4],
        _ => &[0.0, 0.4],
    };
    let shifted = |glyph: &Glyph, shift: f32| {
        let mut glyph = glyph.clone();
        glyph.position += point(left + shift, baseline.round());
        glyph
    };
    let placed = strokes.iter().flat_map(|&shift| glyphs.iter().map(move |glyph| shifted(glyph, shift)));
    placed.filter_map(|glyph| FONT.outline_glyph(glyph)).collect()
}

/// The glyphs of `text` side by side from (0, 0), and the width they take.
fn set(text: &str, size: f32) -> (Vec<Glyph>, f32) {
    let per_em = FONT.units_per_em().unwrap_or(1000.0);
    let scale = PxScale::from(size * FONT.height_unscaled() / per_em);
    let font = FONT.as_scaled(scale);
    let mut x = 0.0;
    let mut glyphs: Vec<Glyph> = Vec::new();
    for letter in text.chars() {
        let id = font.glyph_id(letter);
        if let Some(before) = glyphs.last() {
            x += font.kern(before.id, id);
        }
        glyphs.push(id.with_scale_and_position(scale, point(x, 0.0)));
        x += font.h_advance(id);
    }
    (glyphs, x)
}

#[cfg(test)]
mod tests {
    use plotters::drawing::IntoDrawingArea;
    use plotters::style::FontTransform;

    use super::*;
    use crate::plot::style::{INK, centred, text, to_the_left};

    /// The box around the ink of "HH" drawn at (100, 100): left, top, right, bottom.
    fn ink(style: plotters::style::TextStyle) -> (usize, usize, usize, usize) {
        let mut pixels = vec![0; 200 * 200 * 3];
        Canvas::new(&mut pixels, 200, 200).into_drawing_area().draw_text("HH", &style, (100, 100)).unwrap();
        let dark: Vec<usize> = (0..200 * 200).filter(|at| pixels[at * 3] < 128).collect();
        let columns = || dark.iter().map(|at| at % 200);
        let rows = || dark.iter().map(|at| at / 200);
        (columns().min().unwrap(), rows().min().unwrap(), columns().max().unwrap(), rows().max().unwrap())
    }

    #[test]
    fn text_stands_where_its_anchor_says() {
        let (left, top, right, bottom) = ink(centred(&text(20, INK)));
        assert!(
            (left + right).abs_diff(200) <= 3 && (top + bottom).abs_diff(200) <= 3,
            "{left} {top} {right} {bottom}"
        );
        assert!(right - left > bottom - top);
        let (_, _, right, _) = ink(to_the_left(&text(20, INK)));
        assert!((92..=100).contains(&right), "{right}");
        let (left, _, _, bottom) = ink(text(20, INK));
        assert!((100..=108).contains(&left) && bottom.abs_diff(100) <= 1, "{left} {bottom}");
    }

    #[test]
    fn turned_text_is_higher_than_wide() {
        let (left, top, right, bottom) = ink(centred(&text(20, INK)).transform(FontTransform::Rotate270));
        assert!(
            (left + right).abs_diff(200) <= 3 && (top + bottom).abs_diff(200) <= 3,
            "{left} {top} {right} {bottom}"
        );
        assert!(bottom - top > right - left);
    }

    #[test]
    fn what_lies_outside_the_page_is_left_out() {
        let mut pixels = vec![0; 10 * 10 * 3];
        let page = Canvas::new(&mut pixels, 10, 10).into_drawing_area();
        for place in [(-500, 0), (0, -500), (500, 500), (-20, 5)] {
            page.draw_text("garment", &text(20, INK), place).unwrap();
        }
    }
}

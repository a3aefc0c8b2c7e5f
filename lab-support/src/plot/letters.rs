//! The one typeface of all figures.

use std::fmt::Write;
use std::sync::LazyLock;

use ab_glyph::{Font, FontRef, Glyph, GlyphId, OutlineCurve, OutlinedGlyph, PxScale, ScaleFont, point};

use crate::plot::shape::Text;

static FONT: LazyLock<FontRef<'static>> = LazyLock::new(|| {
    FontRef::try_from_slice(epaint_default_fonts::UBUNTU_LIGHT).expect("the embedded font is whole")
});

/// The height of a capital letter, as a share of the type size.
pub(crate) const CAPITAL: f32 = 0.693;

/// The inked shapes of a text, which is not turned, about the place where it stands.
pub(crate) fn outlines(text: &Text) -> impl Iterator<Item = OutlinedGlyph> {
    let (glyphs, _) = set(&text.words, text.size);
    let (left, baseline) = text.start;
    text.strokes().iter().flat_map(move |shift| {
        let moved = glyphs.clone().into_iter().map(move |mut glyph| {
            // On whole pixels, a letter has the same pixels wherever it stands, which makes a file smaller.
            glyph.position = point((glyph.position.x + left).round() + shift, baseline);
            glyph
        });
        moved.filter_map(|glyph| FONT.outline_glyph(glyph)).collect::<Vec<_>>()
    })
}

/// The glyphs of `words` side by side from (0, 0), and the width they take.
pub(crate) fn set(words: &str, size: f32) -> (Vec<Glyph>, f32) {
    let scale = PxScale::from(size * FONT.height_unscaled() / units_per_em());
    let font = FONT.as_scaled(scale);
    let mut x = 0.0;
    let mut glyphs: Vec<Glyph> = Vec::new();
    for letter in words.chars() {
        let id = font.glyph_id(letter);
        if let Some(before) = glyphs.last() {
            x += font.kern(before.id, id);
        }
        glyphs.push(id.with_scale_and_position(scale, point(x, 0.0)));
        x += font.h_advance(id);
    }
    (glyphs, x)
}

/// The typeface's own units, of which an em has so many.
pub(crate) fn units_per_em() -> f32 {
    FONT.units_per_em().unwrap_or(1000.0)
}

/// A glyph as the data of an SVG path, in the typeface's units; none where it has no ink, as a space.
pub(crate) fn path(id: GlyphId) -> Option<String> {
    let mut data = String::new();
    let mut end = None;
    for curve in FONT.outline(id)?.curves {
        let (from, to, between) = match curve {
            OutlineCurve::Line(from, to) => (from, to, vec![]),
            OutlineCurve::Quad(from, a, to) => (from, to, vec![a]),
            OutlineCurve::Cubic(from, a, b, to) => (from, to, vec![a, b]),
        };
        // A curve that does not go on where the last one ended begins another outline.
        if end != Some(from) {
            let _ = write!(data, "M{} {}", from.x, -from.y);
        }
        data.push(["L", "Q", "C"][between.len()].chars().next().unwrap_or('L'));
        let places = between.into_iter().chain([to]).map(|p| format!("{} {}", p.x, -p.y));
        data.push_str(&places.collect::<Vec<_>>().join(" "));
        end = Some(to);
    }
    (!data.is_empty()).then_some(data)
}

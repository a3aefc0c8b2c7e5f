//! Shapes as SVG. Letters are outlines of the typeface, so that they look the same where it is not installed; what the figure
//! shows stands in `title` and `desc`.

use std::collections::BTreeSet;
use std::fmt::{Display, Write};

use ab_glyph::GlyphId;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use plotters::prelude::RGBColor;

use crate::notebook::display::escaped;
use crate::plot::encode::encode;
use crate::plot::letters;
use crate::plot::raster::Raster;
use crate::plot::shape::{Bounds, Drawing, Ink, Place, Shape, Text};

/// A whole SVG file. Its size on a page is that of the PNG there: half as many pixels as the canvas has.
pub(crate) fn svg(drawing: &Drawing, title: &str, alt: &str) -> Result<String, png::EncodingError> {
    let (width, height) = drawing.size;
    let mut svg = format!(
        r#"<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="{}" height="{}" viewBox="0 0 {width} {height}" role="img" stroke-linejoin="round">
<title>{}</title>
<desc>{}</desc>
"#,
        width / 2,
        height / 2,
        written(title),
        written(alt)
    );
    let letters = define_letters(&mut svg, drawing);
    push(&mut svg, format_args!("<path fill=\"#fff\" d=\"M0 0h{width}v{height}H0z\"/>"));
    for shape in &drawing.shapes {
        match shape {
            Shape::Box { bounds, ink } => {
                push(&mut svg, format_args!("<rect {}{}/>", at(*bounds), fill(*ink)))
            }
            Shape::Frame { bounds, width, ink } => {
                push(&mut svg, format_args!("<rect {}{}/>", at(*bounds), line(*ink, *width as f32)));
            }
            Shape::Line { points, width, ink } => {
                push(&mut svg, format_args!("<path {}{}/>", data(points, ""), line(*ink, *width)));
            }
            Shape::Polygon { points, ink } => {
                push(&mut svg, format_args!("<path {}{}/>", data(points, "z"), fill(*ink)));
            }
            Shape::Disc { middle: (x, y), radius, ink } => {
                push(&mut svg, format_args!(r#"<circle cx="{x}" cy="{y}" r="{radius}"{}/>"#, fill(*ink)));
            }
            Shape::Ring { middle: (x, y), radius, width, ink } => {
                push(
                    &mut svg,
                    format_args!(r#"<circle cx="{x}" cy="{y}" r="{radius}"{}/>"#, line(*ink, *width)),
                );
            }
            Shape::Text(text) => push(&mut svg, written_out(text, &letters)),
            Shape::Picture { bounds, columns, pixels } => {
                push(&mut svg, picture(*bounds, *columns, pixels)?);
            }
        }
    }
    Ok(svg + "</svg>\n")
}

fn push(svg: &mut String, element: impl Display) {
    let _ = writeln!(svg, "{element}");
}

/// Text without what XML can't hold.
fn written(text: &str) -> String {
    escaped(&text.replace(|letter: char| letter.is_control() && !"\n\t".contains(letter), " "))
}

/// The outlines of all letters in the figure, each once, and which of them have ink. Their names are those that another figure on
/// the same page gives them.
fn define_letters(svg: &mut String, drawing: &Drawing) -> BTreeSet<GlyphId> {
    let texts = drawing.shapes.iter().filter_map(|shape| match shape {
        Shape::Text(text) => Some(letters::set(&text.words, text.size).0),
        _ => None,
    });
    let mut ids: BTreeSet<GlyphId> = texts.flatten().map(|glyph| glyph.id).collect();
    svg.push_str("<defs>\n");
    ids.retain(|id| {
        let path = letters::path(*id);
        path.iter().for_each(|path| push(svg, format_args!(r#"<path id="letter{}" d="{path}"/>"#, id.0)));
        path.is_some()
    });
    svg.push_str("</defs>\n");
    ids
}

/// The letters of a text at their places, in the typeface's units. A thin line about each makes the light typeface a regular or
/// a bold one.
fn written_out(text: &Text, inked: &BTreeSet<GlyphId>) -> String {
    let scale = text.size / letters::units_per_em();
    let bold = text.strokes().last().copied().unwrap_or(0.0);
    let ((x, y), (left, baseline)) = (text.at, text.start);
    let turn = if text.turn == (1, 0) { String::new() } else { format!("rotate({})", angle(text.turn)) };
    let mut group = format!(
        r#"<g transform="translate({x} {y}){turn}translate({} {})scale({})"{} stroke="{}" stroke-width="{}">"#,
        short(left + bold / 2.0),
        short(baseline),
        scale,
        fill(text.ink),
        colour(text.ink.rgb),
        short(bold / scale)
    );
    for glyph in letters::set(&text.words, text.size).0 {
        if inked.contains(&glyph.id) {
            let place = (glyph.position.x / scale).round();
            let _ = write!(group, "<use xlink:href=\"#letter{}\" x=\"{place}\"/>", glyph.id.0);
        }
    }
    group + "</g>"
}

/// In degrees, of a cosine and a sine that are whole numbers.
fn angle((cosine, sine): (i32, i32)) -> i32 {
    if cosine == 0 { 90 * sine } else { 90 - 90 * cosine }
}

/// Its pixels are as large as they are shown, so that a viewer that smooths what it enlarges leaves their edges sharp.
fn picture(bounds: Bounds, columns: usize, pixels: &[RGBColor]) -> Result<String, png::EncodingError> {
    let [left, top, right, bottom] = bounds;
    let [width, height] = [right - left, bottom - top].map(|side| side.max(1) as usize);
    let png = STANDARD.encode(encode(&Raster::of_picture(width, height, columns, pixels))?);
    Ok(format!(r#"<image {} xlink:href="data:image/png;base64,{png}"/>"#, at(bounds)))
}

fn at([left, top, right, bottom]: Bounds) -> String {
    format!(r#"x="{left}" y="{top}" width="{}" height="{}""#, right - left, bottom - top)
}

/// From the first point to the others, in steps from one to the next.
fn data(points: &[Place], end: &str) -> String {
    let mut data = String::from("d=\"");
    let mut last = (0, 0);
    for (i, &(x, y)) in points.iter().enumerate() {
        let _ = match i {
            0 => write!(data, "M{x} {y}"),
            _ => write!(data, "l{} {}", x - last.0, y - last.1),
        };
        last = (x, y);
    }
    data + end + "\""
}

fn fill(ink: Ink) -> String {
    let opacity =
        if ink.alpha < 1.0 { format!(r#" fill-opacity="{}""#, short(ink.alpha)) } else { String::new() };
    format!(r#" fill="{}"{opacity}"#, colour(ink.rgb))
}

fn line(ink: Ink, width: f32) -> String {
    let opacity =
        if ink.alpha < 1.0 { format!(r#" stroke-opacity="{}""#, short(ink.alpha)) } else { String::new() };
    format!(r#" fill="none" stroke="{}"{opacity} stroke-width="{width}""#, colour(ink.rgb))
}

fn colour([red, green, blue]: [u8; 3]) -> String {
    format!("#{red:02x}{green:02x}{blue:02x}")
}

/// With two digits behind the point at most.
fn short(number: f32) -> String {
    format!("{}", (number * 100.0).round() / 100.0)
}

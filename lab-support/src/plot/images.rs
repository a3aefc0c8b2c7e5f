//! One image, and many.

use lab_base::Error;
use plotters::element::PathElement;

use crate::data::{Dataset, Images, Scale};
use crate::plot::figure::{Figure, Frame};
use crate::plot::picture::{self, grey, pick, viridis};
use crate::plot::style::{
    Area, Drawn, FADED, INK, LINE, MARGIN, centred, fitting, px, text, thin, to_the_left, to_the_right,
};

impl Images {
    /// Image `i`, with the place of each pixel along the axes and its value (0-255) as a colour.
    ///
    /// # Errors
    /// When there is no image `i`.
    pub fn show(&self, i: usize) -> Result<Figure, Error> {
        show(&self.unnormalized(), i)
    }

    /// The first `rows` x `cols` images with their class names: 5 x 5 as in the lab.
    ///
    /// # Errors
    /// When `rows` is not from 1 to 20, `cols` not from 1 to 12, or there are fewer images.
    pub fn grid(&self, rows: usize, cols: usize) -> Result<Figure, Error> {
        grid(self, rows, cols)
    }
}

impl Dataset {
    /// Image `i`, with the place of each pixel along the axes and its value (0-1 after normalizing) as a
    /// colour.
    ///
    /// # Errors
    /// When there is no image `i`.
    pub fn show(&self, i: usize) -> Result<Figure, Error> {
        show(self, i)
    }

    /// The first `rows` x `cols` images with their class names: 5 x 5 as in the lab.
    ///
    /// # Errors
    /// When `rows` is not from 1 to 20, `cols` not from 1 to 12, or there are fewer images.
    pub fn grid(&self, rows: usize, cols: usize) -> Result<Figure, Error> {
        grid(self.images(), rows, cols)
    }
}

/// Canvas lengths of the single image.
const LEFT: i32 = px(MARGIN + 40);
const SIDE: i32 = px(336);

fn show(data: &Dataset, i: usize) -> Result<Figure, Error> {
    let (images, scale) = (data.images(), data.scale());
    let image = pick(images, i, "showing an image")?;
    let (height, width) = image.dim();
    let name = images.class_name(i);
    let title = format!("{name} (label {})", images.labels[i]);
    let [smallest, largest] = [0.0, 255.0].map(|byte| scale.words(byte));
    let frame = Frame {
        title: &title,
        note: &format!("image {i}: {height} x {width} pixels, each from {smallest} to {largest}"),
        size: (500, 390),
        source: images.source,
        alt: format!("Image {i}: {title}, {height} x {width} pixels, values from {smallest} to {largest}."),
    };
    let cell = (SIDE / height.max(width).max(1) as i32).max(1);
    Figure::draw(frame, |area| {
        picture::draw(area, (LEFT, px(4)), cell, image, viridis)?;
        draw_pixel_axes(area, cell, height, width)?;
        draw_colour_bar(area, scale)
    })
}

/// Numbers every fifth row and column, at the middle of its pixels.
fn draw_pixel_axes(area: &Area, cell: i32, height: usize, width: usize) -> Drawn {
    let (numbers, words) = (text(14, INK), text(14, FADED));
    let bottom = px(4) + height as i32 * cell;
    let middle = |i: usize| i as i32 * cell + cell / 2;
    for column in (0..width).step_by(5) {
        let x = LEFT + middle(column);
        area.draw(&PathElement::new(vec![(x, bottom), (x, bottom + px(4))], thin(LINE)))?;
        area.draw_text(&column.to_string(), &centred(&numbers), (x, bottom + px(14)))?;
    }
    for row in (0..height).step_by(5) {
        let y = px(4) + middle(row);
        area.draw(&PathElement::new(vec![(LEFT - px(5), y), (LEFT - px(1), y)], thin(LINE)))?;
        area.draw_text(&row.to_string(), &to_the_left(&numbers), (LEFT - px(9), y))?;
    }
    area.draw_text("column", &centred(&words), (LEFT + width as i32 * cell / 2, bottom + px(34)))?;
    let sideways = centred(&words).transform(plotters::style::FontTransform::Rotate270);
    area.draw_text("row", &sideways, (px(MARGIN + 4), px(4) + height as i32 * cell / 2))
}

/// What each colour means: 255 at the top, 0 at the bottom.
fn draw_colour_bar(area: &Area, scale: Scale) -> Drawn {
    let (left, top) = (LEFT + SIDE + px(24), px(4));
    let (right, step) = (left + px(20), SIDE as f32 / 256.0);
    let level = |value: f32| top + SIDE - (value * step) as i32;
    let colours = (0..=255).rev().map(viridis).collect();
    picture::draw_pixels(area, [(left, top), (right, top + SIDE)], 1, colours)?;
    for value in [0, 51, 102, 153, 204, 255] {
        let y = level(value as f32 + 0.5);
        area.draw(&PathElement::new(vec![(right, y), (right + px(4), y)], thin(LINE)))?;
        area.draw_text(&scale.words(value as f32), &to_the_right(&text(14, INK)), (right + px(8), y))?;
    }
    Ok(())
}

fn grid(images: &Images, rows: usize, cols: usize) -> Result<Figure, Error> {
    let doing = "showing a grid of images";
    if !(1..=20).contains(&rows) || !(1..=12).contains(&cols) {
        let found = format!("{rows} rows and {cols} columns");
        return Err(Error::new(doing, "1 to 20 rows and 1 to 12 columns", found, "try grid(5, 5)"));
    }
    let n = rows * cols;
    pick(images, n - 1, doing)?;
    let pitch = (872 / cols as i32).min(132);
    let size = ((cols as i32 * pitch + 2 * MARGIN).max(320), rows as i32 * (pitch + 14));
    let title = format!("The first {n} images");
    let names: Vec<&str> = (0..n.min(5)).map(|i| images.class_name(i)).collect();
    let frame = Frame {
        title: if n == 1 { "The first image" } else { &title },
        note: "each with the name of its class",
        size,
        source: images.source,
        alt: format!("The first images, {rows} x {cols}, beginning with {}.", names.join(", ")),
    };
    let longest = images.pixels.shape()[1].max(images.pixels.shape()[2]).max(1) as i32;
    let cell = (px(pitch - 12) / longest).max(1);
    let name_size = if pitch < 90 { 12 } else { 14 };
    Figure::draw(frame, |area| {
        for (i, image) in images.pixels.outer_iter().take(n).enumerate() {
            let (row, col) = ((i / cols) as i32, (i % cols) as i32);
            let (x, y) = (px(MARGIN + col * pitch), px(row * (pitch + 14) + 2));
            picture::draw(area, (x, y), cell, image, grey)?;
            let below = (x + longest * cell / 2, y + longest * cell + px(12));
            let name = fitting(area, images.class_name(i), px(pitch))?;
            area.draw_text(&name, &centred(&text(name_size, INK)), below)?;
        }
        Ok(())
    })
}

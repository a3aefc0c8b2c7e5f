//! An image beside what was computed from it.

use lab_base::Error;
use ndarray::Array2;

use crate::data::Dataset;
use crate::plot::figure::{Figure, Frame};
use crate::plot::picture::{self, grey, pick};
use crate::plot::signed;
use crate::plot::style::{INK, MARGIN, centred, px, text};

impl Dataset {
    /// Image `i` beside 1 to 3 tables of numbers that were made of it, each with its name: yellow above 0, blue below,
    /// grey at 0, on one scale for all tables.
    ///
    /// # Errors
    /// When there is no image `i`, not 1 to 3 tables, or one that is empty or has numbers that are not finite.
    pub fn show_beside(&self, i: usize, made: &[(&str, &Array2<f32>)]) -> Result<Figure, Error> {
        let doing = "showing what was made of an image";
        let image = pick(self.images(), i, doing)?;
        check(made, doing)?;
        let largest = signed::largest(made.iter().flat_map(|(_, table)| table.iter()));
        let class = self.images().class_name(i);
        let names: Vec<&str> = made.iter().map(|(name, _)| *name).collect();
        let title = format!("Image {i}, {class}, and what was made of it");
        let pitch = WIDTH / (made.len() as i32 + 1).max(3);
        let frame = Frame {
            title: &title,
            note: "yellow: above 0, blue: below, grey: 0",
            size: (WIDTH + 2 * MARGIN, pitch + 62),
            source: self.images().source,
            alt: format!("{title}: {}, numbers from {:.2} to {largest:.2}.", names.join(", "), -largest),
        };
        let sides = made.iter().map(|(_, table)| table.dim()).chain([image.dim()]);
        let longest = sides.map(|(height, width)| height.max(width)).max().unwrap_or(1) as i32;
        let cell = (px(pitch - 12) / longest).max(1);
        Figure::draw(frame, |area| {
            let draw = |place: usize, name: &str, table: &Array2<u8>, colour| {
                let left = px(MARGIN + place as i32 * pitch);
                picture::draw(area, (left, px(2)), cell, table.view(), colour)?;
                let middle = left + table.ncols() as i32 * cell / 2;
                area.draw_text(name, &centred(&text(14, INK)), (middle, px(pitch + 6)))
            };
            draw(0, "the image", &image.to_owned(), grey)?;
            for (place, (name, table)) in (1..).zip(made) {
                draw(place, name, &signed::levels(table.view(), largest), signed::colour)?;
            }
            signed::draw_bar(area, (px(MARGIN + pitch + 60), px(pitch + 30)), largest)
        })
    }
}

/// Width of all pictures, in pixels.
const WIDTH: i32 = 872;

fn check(made: &[(&str, &Array2<f32>)], doing: &str) -> Result<(), Error> {
    if !(1..=3).contains(&made.len()) {
        return Err(Error::new(doing, "1 to 3 tables of numbers", made.len(), "choose among them"));
    }
    let unfit = |table: &Array2<f32>| table.is_empty() || table.iter().any(|number| !number.is_finite());
    match made.iter().find(|(_, table)| unfit(table)) {
        None => Ok(()),
        Some((name, table)) => {
            let found = format!("{:?} numbers in \"{name}\", not all of them finite", table.dim());
            Err(Error::new(doing, "at least one number, all finite", found, "compute it again"))
        }
    }
}

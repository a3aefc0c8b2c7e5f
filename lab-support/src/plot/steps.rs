//! Pictures of any size in a row.

use lab_base::Error;
use ndarray::Array2;

use crate::data::Source;
use crate::plot::figure::{Figure, Frame};
use crate::plot::picture::{self, grey};
use crate::plot::style::{INK, MARGIN, centred, px, text};

/// Height and width of each, in pixels, and the room between two.
const SIDE: i32 = 140;
const GAP: i32 = 12;

/// Pictures in a row, each in grey with its caption below, as the steps by which one became the last. A larger one is shown
/// smaller; no more than six of them.
///
/// # Errors
/// When there are none or more than six, or the figure can't be encoded.
///
/// ```
/// # use lab_support::prelude::*;
/// use lab_support::plot::steps;
///
/// let pictures = [("as it was", Array2::from_elem((4, 4), 200_u8)), ("inverted", Array2::from_elem((4, 4), 55_u8))];
/// let figure = steps("A photo", "bright backgrounds become dark", &pictures)?;
/// assert!(figure.alt().contains("inverted"));
/// # Ok::<(), lab_support::Error>(())
/// ```
pub fn steps(title: &str, note: &str, pictures: &[(&str, Array2<u8>)]) -> Result<Figure, Error> {
    if !(1..=6).contains(&pictures.len()) {
        return Err(Error::new(
            "showing pictures in a row",
            "1 to 6 of them",
            pictures.len(),
            "show fewer at once",
        ));
    }
    let captions: Vec<&str> = pictures.iter().map(|(caption, _)| *caption).collect();
    let frame = Frame {
        title,
        note,
        size: ((2 * MARGIN + pictures.len() as i32 * (SIDE + GAP)).max(620), SIDE + 26),
        // It shows no result of which it would have to be said where that comes from.
        source: Source::FashionMnist,
        alt: format!("{title}: {}. {note}.", captions.join(", ")),
    };
    Figure::draw(frame, |area| {
        for (i, (caption, picture)) in pictures.iter().enumerate() {
            let picture = thinned(picture);
            let longest = picture.nrows().max(picture.ncols()).max(1) as i32;
            let cell = (px(SIDE) / longest).max(1);
            let left = px(MARGIN + i as i32 * (SIDE + GAP));
            let [width, height] = [picture.ncols(), picture.nrows()].map(|side| side as i32 * cell);
            let corner = (left + (px(SIDE) - width) / 2, px(4) + (px(SIDE) - height) / 2);
            picture::draw(area, corner, cell, picture.view(), grey)?;
            area.draw_text(caption, &centred(&text(13, INK)), (left + px(SIDE) / 2, px(SIDE + 16)))?;
        }
        Ok(())
    })
}

/// Every second, third ... pixel of a picture that is larger than its place.
fn thinned(picture: &Array2<u8>) -> Array2<u8> {
    let step = picture.nrows().max(picture.ncols()).div_ceil(px(SIDE) as usize).max(1);
    picture.slice(ndarray::s![..;step, ..;step]).to_owned()
}

//! From pixels to a PNG file of few bytes.

use std::io::Write;

use crate::plot::raster::Raster;

/// A colour of 15 bits: five each for red, green and blue. That is as many as the eye needs, and makes a file
/// half as large.
type Colour = u16;

/// Two pixels for one on a page, of which an inch has 96: in a document, too, a figure has the size that it has in a notebook.
const DENSITY: png::PixelDimensions = png::PixelDimensions { xppu: 7559, yppu: 7559, unit: png::Unit::Meter };

/// The page as a PNG.
pub(crate) fn encode(page: &Raster) -> Result<Vec<u8>, png::EncodingError> {
    let colours: Vec<Colour> = page.pixels.chunks_exact(3).map(colour).collect();
    let mut png = Vec::new();
    let mut encoder = png::Encoder::new(&mut png, page.width as u32, page.height as u32);
    encoder.set_pixel_dims(Some(DENSITY));
    let (bytes, size) = match index(&colours) {
        Some((palette, indexes)) => {
            encoder.set_color(png::ColorType::Indexed);
            encoder.set_palette(palette.into_iter().flat_map(rgb).collect::<Vec<u8>>());
            (indexes, 1)
        }
        None => {
            encoder.set_color(png::ColorType::Rgb);
            (colours.into_iter().flat_map(rgb).collect(), 3)
        }
    };
    let mut writer = encoder.write_header()?;
    let mut rows = writer.stream_writer()?;
    let mut above: &[u8] = &[];
    for row in bytes.chunks_exact(size * page.width) {
        // Where an image is drawn large, most rows are like those above them: only that is written of them.
        rows.set_filter(if row == above { png::Filter::Up } else { png::Filter::NoFilter });
        rows.write_all(row)?;
        above = row;
    }
    rows.finish()?;
    writer.finish()?;
    Ok(png)
}

fn colour(pixel: &[u8]) -> Colour {
    // 0 for black, 31 for white.
    let level = |byte: u8| (u16::from(byte) * 31 + 127) / 255;
    level(pixel[0]) << 10 | level(pixel[1]) << 5 | level(pixel[2])
}

fn rgb(colour: Colour) -> [u8; 3] {
    [colour >> 10, colour >> 5, colour].map(|level| ((level & 31) * 255 / 31) as u8)
}

/// The colours used, and each pixel's place among them; nothing when there are more than 256.
fn index(colours: &[Colour]) -> Option<(Vec<Colour>, Vec<u8>)> {
    let mut palette = Vec::new();
    let mut places = vec![None; 1 << 15];
    let mut indexes = Vec::with_capacity(colours.len());
    for &colour in colours {
        let place = match places[usize::from(colour)] {
            Some(place) => place,
            None => {
                let place = u8::try_from(palette.len()).ok()?;
                palette.push(colour);
                places[usize::from(colour)] = Some(place);
                place
            }
        };
        indexes.push(place);
    }
    Some((palette, indexes))
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// The pixels of a PNG, three bytes each.
    pub(crate) fn decode(png: &[u8]) -> (png::OutputInfo, Vec<u8>) {
        let mut decoder = png::Decoder::new(std::io::Cursor::new(png));
        decoder.set_transformations(png::Transformations::EXPAND);
        let mut reader = decoder.read_info().unwrap();
        let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
        let info = reader.next_frame(&mut pixels).unwrap();
        (info, pixels)
    }

    fn page(pixels: Vec<u8>, width: usize) -> Raster {
        Raster { height: pixels.len() / width / 3, pixels, width }
    }

    #[test]
    fn pixels_keep_their_colours() {
        let (info, pixels) =
            decode(&encode(&page(vec![255, 255, 255, 0, 0, 0, 255, 0, 0, 130, 130, 130], 2)).unwrap());
        assert_eq!((info.width, info.height), (2, 2));
        assert_eq!(pixels, [255, 255, 255, 0, 0, 0, 255, 0, 0, 131, 131, 131]);
    }

    #[test]
    fn more_colours_than_a_palette_holds_survive() {
        let wanted: Vec<u8> = (0..1000).map(|i| i * 32).flat_map(rgb).collect();
        let (info, pixels) = decode(&encode(&page(wanted.clone(), 10)).unwrap());
        assert_eq!((info.width, info.height), (10, 100));
        assert_eq!(pixels, wanted);
    }
}

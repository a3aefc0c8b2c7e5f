//! From the canvas to a PNG file of few bytes.

/// A colour of 15 bits: five each for red, green and blue. That is as many as the eye needs, and makes a file
/// half as large.
type Colour = u16;

/// The canvas, `width` x `height` pixels of three bytes, as a PNG of half its width and height: each pixel
/// is the mean of four, which smooths edges and letters.
pub(crate) fn encode(canvas: &[u8], width: u32, height: u32) -> Result<Vec<u8>, png::EncodingError> {
    let colours = halve(canvas, width as usize);
    let mut png = Vec::new();
    let mut encoder = png::Encoder::new(&mut png, width / 2, height / 2);
    encoder.set_filter(png::Filter::NoFilter);
    let bytes = match index(&colours) {
        Some((palette, indexes)) => {
            encoder.set_color(png::ColorType::Indexed);
            encoder.set_palette(palette.into_iter().flat_map(rgb).collect::<Vec<u8>>());
            indexes
        }
        None => {
            encoder.set_color(png::ColorType::Rgb);
            colours.into_iter().flat_map(rgb).collect()
        }
    };
    let mut writer = encoder.write_header()?;
    writer.write_image_data(&bytes)?;
    writer.finish()?;
    Ok(png)
}

fn halve(canvas: &[u8], width: usize) -> Vec<Colour> {
    let row = 3 * width;
    let mut out = Vec::with_capacity(canvas.len() / 12);
    for rows in canvas.chunks_exact(2 * row) {
        let (upper, lower) = rows.split_at(row);
        for (a, b) in upper.chunks_exact(6).zip(lower.chunks_exact(6)) {
            let mean = |c: usize| level([a[c], a[c + 3], b[c], b[c + 3]].map(u16::from).iter().sum());
            out.push(mean(0) << 10 | mean(1) << 5 | mean(2));
        }
    }
    out
}

/// The sum of four bytes as one of 32 levels: 0 for black, 31 for white.
fn level(sum: u16) -> u16 {
    (sum * 31 + 2 * 255) / (4 * 255)
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

    #[test]
    fn four_pixels_become_their_mean() {
        // Two rows of four: white and black columns on the left, red on the right.
        let row = [255, 255, 255, 0, 0, 0, 255, 0, 0, 255, 0, 0];
        let (info, pixels) = decode(&encode(&[row, row].concat(), 4, 2).unwrap());
        assert_eq!((info.width, info.height), (2, 1));
        assert_eq!(pixels, [131, 131, 131, 255, 0, 0]);
    }

    #[test]
    fn more_colours_than_a_palette_holds_survive() {
        let wanted: Vec<Colour> = (0..1000).map(|i| i * 32).collect();
        let doubled = |row: &[Colour]| row.iter().flat_map(|&c| [rgb(c); 2].concat()).collect::<Vec<u8>>();
        let canvas: Vec<u8> = wanted.chunks(10).flat_map(|row| doubled(row).repeat(2)).collect();
        let (info, pixels) = decode(&encode(&canvas, 20, 200).unwrap());
        assert_eq!((info.width, info.height), (10, 100));
        assert_eq!(pixels, wanted.into_iter().flat_map(rgb).collect::<Vec<u8>>());
    }
}

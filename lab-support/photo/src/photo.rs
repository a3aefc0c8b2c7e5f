use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use image::imageops::FilterType;
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageReader, Limits, RgbImage};
use lab_base::home;
use lab_support::Error;
use lab_support::plot::{Figure, steps};
use ndarray::Array2;

use crate::cut_out::{CutOut, cut_out};
use crate::shrink::{SIDE, against_black, shrink};

/// Pixels of the longer side that a photo is worked on with: a garment of 28 x 28 needs no more.
const WORKED_ON: u32 = 256;

/// Of each side of a photo, and bytes that it may take when it is decoded: those of the largest cameras.
const LONGEST: u32 = 20_000;
const MOST: u64 = 1 << 30;

/// A photo of a garment, and what was made of it.
#[derive(Clone, Debug)]
pub struct Photo {
    /// The file's name, without its folder.
    pub name: String,
    /// `[28, 28]`, 0-255: the garment against black, centred, as the images of Fashion-MNIST are.
    pub image: Array2<u8>,
    /// Brightness of the background, 0 (black) to 255 (white).
    pub background: u8,
    /// Whether the brightness was turned round: it is where the background is bright, since that of Fashion-MNIST is black.
    pub inverted: bool,
    cut_out: CutOut,
}

impl Photo {
    /// Reads a JPEG, PNG or WebP of any size, and turns it upright as the camera has noted (EXIF). The garment is found by what
    /// stands out from the background, which is taken from the photo's edge; it is made into an image by the steps that the makers
    /// of Fashion-MNIST describe (Xiao, Rasul and Vollgraf, 2017, section 2): cropped, its longer side shrunk to 28 pixels, centred,
    /// its brightness inverted, and in shades of grey. Here it is inverted where the background is bright, and the background itself
    /// becomes black.
    ///
    /// # Errors
    /// When there is no such file, it is no photo, or nothing in it stands out from the background.
    pub fn open(path: impl AsRef<Path>) -> Result<Photo, Error> {
        let path = path.as_ref();
        let doing = || Error::doing(format!("reading the photo {}", home::display(path)));
        let file = File::open(path).map_err(|e| {
            doing()
                .expected("a file in the notebook's folder, or at the path that is given")
                .failed(e)
                .advice(
                    "drop the photo into JupyterLab's list of files, and write its name as it stands there",
                )
        })?;
        let is_file = file.metadata().is_ok_and(|metadata| metadata.is_file());
        let decoded = if is_file { decode(file) } else { Err("something else".into()) };
        let pixels = decoded.map_err(|found| {
            let advice = "save it as a JPEG: most phones can (HEIC is not read)";
            doing().expected("a photo as JPEG, PNG or WebP").found(found).advice(advice)
        })?;
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        Photo::of(name, pixels)
    }

    pub(crate) fn of(name: String, pixels: RgbImage) -> Result<Photo, Error> {
        let cut_out = cut_out(pixels).map_err(|found| {
            Error::doing(format!("looking for the garment in {name}"))
                .expected("one garment, whole, that stands out from a plain background")
                .found(found)
                .advice("lay it on a sheet of another colour, and leave some room around it")
        })?;
        let background = cut_out.background();
        let inverted = background > 127;
        let image = shrink(&against_black(&cut_out, inverted));
        Ok(Photo { name, image, background, inverted, cut_out })
    }

    /// How the photo became an image of 28 x 28, step by step.
    ///
    /// # Errors
    /// When the figure can't be encoded.
    pub fn steps(&self) -> Result<Figure, Error> {
        let grey = self.cut_out.grey();
        let found = self.cut_out.mask.mapv(|is_garment| if is_garment { 255 } else { 0 });
        let turned = if self.inverted { "inverted, on black" } else { "on black" };
        let whole = against_black(&self.cut_out, self.inverted);
        let pictures = [
            ("in grey", grey),
            ("what stands out", found),
            (turned, whole),
            ("cropped, shrunk, centred", self.image.clone()),
        ];
        let how = if self.inverted { "bright: inverted" } else { "dark: left as it is" };
        let note = format!("the background is {how}; {SIDE} x {SIDE} pixels remain");
        steps(&format!("What becomes of {}", self.name), &note, &pictures)
    }

    /// Writes the steps to `path`, as SVG where that ends in `.svg`, else as PNG: see [`Figure::save`].
    ///
    /// # Errors
    /// When the figure can't be encoded or written.
    pub fn save(&self, path: impl AsRef<Path>) -> Result<(), Error> {
        self.steps()?.save(path)
    }

    /// Shows the steps in a notebook.
    pub fn evcxr_display(&self) {
        match self.steps() {
            Ok(figure) => figure.evcxr_display(),
            Err(error) => println!("{error}"),
        }
    }
}

/// The pixels, upright, the longer side as it is worked on; else what was found instead.
pub(crate) fn decode(file: File) -> Result<RgbImage, String> {
    let mut reader =
        ImageReader::new(BufReader::new(file)).with_guessed_format().map_err(|e| e.to_string())?;
    let mut limits = Limits::default();
    (limits.max_image_width, limits.max_image_height) = (Some(LONGEST), Some(LONGEST));
    limits.max_alloc = Some(MOST);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(|e| e.to_string())?;
    if decoder.total_bytes() > MOST {
        let (width, height) = decoder.dimensions();
        return Err(format!("a picture of {width} x {height} pixels, too large to be decoded here"));
    }
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let mut image = DynamicImage::from_decoder(decoder).map_err(|e| e.to_string())?;
    image.apply_orientation(orientation);
    if image.width().max(image.height()) > WORKED_ON {
        image = image.resize(WORKED_ON, WORKED_ON, FilterType::Triangle);
    }
    Ok(on_white(&image))
}

/// What is transparent lets a white page show through.
fn on_white(image: &DynamicImage) -> RgbImage {
    let pixels = image.to_rgba8();
    RgbImage::from_fn(pixels.width(), pixels.height(), |x, y| {
        let [red, green, blue, alpha] = pixels.get_pixel(x, y).0.map(u32::from);
        image::Rgb([red, green, blue].map(|part| ((part * alpha + 255 * (255 - alpha) + 127) / 255) as u8))
    })
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::io::Cursor;

    use image::ImageFormat;
    use lab_support::data::CLASS_NAMES;

    use super::*;
    use crate::drawn::draw_into;
    use crate::photos::photos;

    /// A dark L on a bright sheet: no other way up looks like it.
    fn letter(width: u32, height: u32) -> RgbImage {
        RgbImage::from_fn(width, height, |x, y| {
            let (x, y) = (10 * x / width, 10 * y / height);
            let is_letter =
                (3..5).contains(&x) && (2..8).contains(&y) || (5..7).contains(&x) && (6..8).contains(&y);
            image::Rgb(if is_letter { [40, 30, 60] } else { [230, 232, 228] })
        })
    }

    fn encoded(pixels: &DynamicImage, format: ImageFormat) -> Vec<u8> {
        let mut bytes = Cursor::new(Vec::new());
        pixels.write_to(&mut bytes, format).unwrap();
        bytes.into_inner()
    }

    /// A JPEG in which a camera has noted how it was held.
    fn noted(pixels: &DynamicImage, orientation: u8) -> Vec<u8> {
        let mut jpeg = encoded(pixels, ImageFormat::Jpeg);
        let mut exif = b"\xff\xe1\0\x22Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0".to_vec();
        exif.extend([orientation, 0, 0, 0, 0, 0, 0, 0]);
        jpeg.splice(2..2, exif);
        jpeg
    }

    /// Mean difference of two images, in 0-255.
    fn apart(a: &Array2<u8>, b: &Array2<u8>) -> f32 {
        let all: u32 = a.iter().zip(b).map(|(a, b)| u32::from(a.abs_diff(*b))).sum();
        all as f32 / a.len() as f32
    }

    #[test]
    fn any_format_size_and_side_up_becomes_the_same_image() {
        let folder = tempfile::tempdir().unwrap();
        let open = |bytes: Vec<u8>| {
            let path = folder.path().join("photo");
            fs::write(&path, bytes).unwrap();
            Photo::open(path).unwrap().image
        };
        let upright = DynamicImage::from(letter(300, 300));
        let expected = open(encoded(&upright, ImageFormat::Png));
        assert!(
            expected[[14, 10]] > 180 && expected[[24, 18]] > 180 && expected[[10, 18]] < 10,
            "{expected}"
        );
        for format in [ImageFormat::Jpeg, ImageFormat::WebP] {
            assert!(apart(&open(encoded(&upright, format)), &expected) < 4.0, "{format:?}");
        }
        for (width, height) in [(120, 120), (1000, 1000), (2000, 2000)] {
            let of_size = DynamicImage::from(letter(width, height));
            assert!(apart(&open(encoded(&of_size, ImageFormat::Png)), &expected) < 8.0, "{width} x {height}");
        }
        // What a camera must have seen for each of its notes (EXIF 2.32, tag 274).
        let held: [(u8, DynamicImage); 8] = [
            (1, upright.clone()),
            (2, upright.fliph()),
            (3, upright.rotate180()),
            (4, upright.flipv()),
            (5, upright.rotate90().fliph()),
            (6, upright.rotate270()),
            (7, upright.rotate270().fliph()),
            (8, upright.rotate90()),
        ];
        for (note, seen) in held {
            assert!(apart(&open(noted(&seen, note)), &expected) < 4.0, "orientation {note}");
        }
    }

    #[test]
    fn dark_and_bright_grounds_give_the_same_garment() {
        let dark = letter(300, 300);
        let bright =
            RgbImage::from_fn(300, 300, |x, y| image::Rgb(dark.get_pixel(x, y).0.map(|part| 255 - part)));
        let [dark, bright] = [dark, bright].map(|pixels| Photo::of("L".into(), pixels).unwrap());
        assert!(dark.inverted && !bright.inverted);
        assert!(apart(&dark.image, &bright.image) < 2.0);
    }

    #[test]
    fn what_is_transparent_is_the_ground() {
        let letter = letter(200, 200);
        let clear = image::RgbaImage::from_fn(200, 200, |x, y| {
            let [red, green, blue] = letter.get_pixel(x, y).0;
            image::Rgba([red, green, blue, if red > 100 { 0 } else { 255 }])
        });
        let (clear, opaque) = (on_white(&clear.into()), on_white(&letter.into()));
        let [clear, opaque] = [clear, opaque].map(|pixels| Photo::of("L".into(), pixels).unwrap().image);
        assert!(apart(&clear, &opaque) < 3.0);
    }

    #[test]
    fn what_can_not_work_is_said_with_what_to_do() {
        let folder = tempfile::tempdir().unwrap();
        let refused = |name: &str, bytes: Option<&[u8]>| {
            let path = folder.path().join(name);
            if let Some(bytes) = bytes {
                fs::write(&path, bytes).unwrap();
            }
            Photo::open(path).err().unwrap().to_string()
        };
        let missing = refused("missing.jpg", None);
        assert!(missing.contains("reading the photo") && missing.contains("list of files"), "{missing}");
        let plain = encoded(&RgbImage::from_pixel(100, 100, image::Rgb([200; 3])).into(), ImageFormat::Png);
        let cut = &encoded(&letter(100, 100).into(), ImageFormat::Png)[..200];
        let tiny = encoded(&letter(20, 20).into(), ImageFormat::Png);
        // A header that claims so many pixels, with the checksum that it needs.
        let claims = |side: u32| {
            let mut png = encoded(&letter(30, 30).into(), ImageFormat::Png);
            [16, 20].iter().for_each(|at| png[*at..at + 4].copy_from_slice(&side.to_be_bytes()));
            let checksum = crc32fast::hash(&png[12..29]);
            png[29..33].copy_from_slice(&checksum.to_be_bytes());
            png
        };
        let (huge, large) = (claims(100_000), claims(19_999));
        for (name, bytes, says) in [
            ("text.jpg", &b"not a photo"[..], "JPEG, PNG or WebP"),
            ("empty.png", b"", "JPEG, PNG or WebP"),
            ("phone.heic", b"\0\0\0\x18ftypheic\0\0\0\0", "HEIC is not read"),
            ("cut.png", cut, "JPEG, PNG or WebP"),
            ("huge.png", &huge, "exceeds limit"),
            ("large.png", &large, "19999 x 19999 pixels, too large"),
            ("plain.png", &plain, "found nothing that stands out"),
            ("tiny.png", &tiny, "a picture of 20 x 20 pixels"),
        ] {
            let said = refused(name, Some(bytes));
            assert!(said.contains(says), "{name}: {said}");
        }
        assert!(Photo::open(folder.path()).err().unwrap().to_string().contains("found something else"));
        let noise = RgbImage::from_fn(100, 100, |x, y| image::Rgb([(x * 7919 + y * 104_729) as u8; 3]));
        assert!(Photo::of("noise".into(), noise).is_err());
    }

    #[test]
    fn the_drawn_photos_are_found_whole() {
        let folder = tempfile::tempdir().unwrap();
        let drawn = draw_into(folder.path()).unwrap();
        for (file, inverted) in drawn.iter().zip([true, false, true, true, true]) {
            let photo = Photo::open(file).unwrap();
            assert_eq!(photo.inverted, inverted, "{}", photo.name);
            let share = photo.cut_out.mask.iter().filter(|is_garment| **is_garment).count() as f32
                / photo.cut_out.mask.len() as f32;
            assert!((0.1..0.6).contains(&share), "{}: {share}", photo.name);
            let ends = |of: fn((usize, usize)) -> usize| {
                let places =
                    photo.image.indexed_iter().filter(|(_, pixel)| **pixel > 0).map(|(place, _)| of(place));
                (places.clone().min().unwrap(), places.max().unwrap())
            };
            let (rows, columns) = (ends(|(y, _)| y), ends(|(_, x)| x));
            let is_whole = |(first, last): (usize, usize)| (first, last) == (0, 27);
            assert!(is_whole(rows) || is_whole(columns), "{}: {rows:?} {columns:?}", photo.name);
            assert!(photo.steps().unwrap().alt().contains(&photo.name));
        }
        let named = photos(&[(&drawn[0], "t-shirt/top"), (&drawn[2], " Ankle boot ")]).unwrap().normalized();
        assert_eq!((named.len(), named.images().labels.to_vec()), (2, vec![0, 9]));
        let refused = photos(&[(&drawn[0], "hat")]).err().unwrap().to_string();
        assert!(
            CLASS_NAMES.iter().all(|name| refused.contains(name)) && refused.contains("\"hat\""),
            "{refused}"
        );
        assert!(photos::<&str>(&[]).err().unwrap().to_string().contains("at least one photo"));
    }
}

//! A folder of pictures, those of each class in a folder of its own, as a data set.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::thread;

use image::imageops::{self, FilterType};
use image::{GrayImage, Luma};
use lab_base::{Error, home};
use lab_support::data::ImageSet;
use ndarray::{Array1, Array3, s};

use crate::photo::decode;
use crate::shrink::SIDE;

/// Of each class, one picture of so many is tested on, where the folder has no part for that.
const TEST_EVERY: usize = 6;

/// Megabytes from which on it is said what is being read.
const TAKES_LONG: u64 = 20;

/// Pictures that a folder may have: twice as many as Fashion-MNIST.
const MOST: usize = 140_000;

/// The pictures in a folder as a data set, under the folder's name: JPEG, PNG or WebP, those of each class in a folder that is
/// called as the class; the labels are the folders in alphabetical order. Where the folder has two folders called `train` and
/// `test`, the classes are in each of these; else every sixth picture of each class, by its name, is one to test on. (Keras's
/// `image_dataset_from_directory` and torchvision's `ImageFolder` want the same.)
///
/// Each picture becomes grey, is made smaller or larger until its longer side has 28 pixels, and put into the middle of
/// 28 x 28; what is left at the sides has the mean colour of its edge. Nothing is cropped and nothing inverted:
/// [`Photo`](crate::Photo) does that for garments on a plain background.
///
/// # Errors
/// When there are fewer than two classes or more than 256, a class has no picture to learn from, there is none to test on, or
/// a file can't be read as a picture.
pub fn folder(path: impl AsRef<Path>) -> Result<ImageSet, Error> {
    let path = path.as_ref();
    let [train, test] = ["train", "test"].map(|part| path.join(part));
    let (classes, parts) = if train.is_dir() && test.is_dir() {
        let classes = classes_of(&train)?;
        let other = folders(&test)?.into_iter().find(|class| !classes.contains(class));
        if let Some(class) = other {
            let expected = format!("the classes of the folder train, {}", classes.join(", "));
            return Err(wrong(&test, expected, format!("a folder {class}")));
        }
        let parts = [&train, &test].map(|part| of_classes(part, &classes));
        let [train, test] = parts;
        (classes, [train?, test?])
    } else {
        let classes = classes_of(path)?;
        let is_test = |(i, _): &(usize, &(PathBuf, u8))| i % TEST_EVERY == TEST_EVERY - 1;
        let mut parts: [Vec<(PathBuf, u8)>; 2] = Default::default();
        for (label, class) in classes.iter().enumerate() {
            let pictures = of_class(&path.join(class), label)?;
            let (test, train): (Vec<_>, Vec<_>) = pictures.iter().enumerate().partition(is_test);
            for (part, chosen) in parts.iter_mut().zip([train, test]) {
                part.extend(chosen.into_iter().map(|(_, picture)| picture.clone()));
            }
        }
        (classes, parts)
    };
    for (part, what) in parts.iter().zip(["to learn from", "to test on (of each class, every sixth)"]) {
        if part.is_empty() || part.len() > MOST {
            return Err(wrong(path, format!("1 to {MOST} pictures {what}"), part.len()));
        }
    }
    say_where_it_takes_long(&parts);
    let [train, test] = parts.map(|pictures| read(&in_turns(pictures)));
    let whole = fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf());
    let name = whole.file_name().unwrap_or_default().to_string_lossy().into_owned();
    ImageSet::new(&name, train?, test?, classes)
}

fn wrong(path: &Path, expected: impl std::fmt::Display, found: impl std::fmt::Display) -> Error {
    let doing = format!("reading the pictures in {}", home::display(path));
    Error::new(
        doing,
        expected,
        found,
        "put the pictures of each class into a folder that is called as the class",
    )
}

/// What is in a folder, in the order of the names; nothing that is hidden.
fn entries(path: &Path) -> Result<Vec<PathBuf>, Error> {
    let listed = fs::read_dir(path).and_then(|entries| entries.collect::<Result<Vec<_>, _>>());
    let listed = listed.map_err(|e| {
        let doing = format!("reading the pictures in {}", home::display(path));
        let advice = "check the path: it starts at the folder of the notebook";
        Error::doing(doing).expected("a folder that can be read").failed(e).advice(advice)
    })?;
    let is_shown = |path: &PathBuf| !name(path).starts_with(['.', '_']);
    let mut paths: Vec<PathBuf> = listed.iter().map(|entry| entry.path()).filter(is_shown).collect();
    paths.sort();
    Ok(paths)
}

fn name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

fn folders(path: &Path) -> Result<Vec<String>, Error> {
    Ok(entries(path)?.iter().filter(|path| path.is_dir()).map(|path| name(path)).collect())
}

fn classes_of(path: &Path) -> Result<Vec<String>, Error> {
    let folders = folders(path)?;
    if folders.len() < 2 {
        return Err(wrong(path, "a folder for each of at least 2 classes", format!("{folders:?}")));
    }
    Ok(folders)
}

/// The pictures of all classes below `path`, with their labels.
fn of_classes(path: &Path, classes: &[String]) -> Result<Vec<(PathBuf, u8)>, Error> {
    let mut pictures = Vec::new();
    for (label, class) in classes.iter().enumerate() {
        let folder = path.join(class);
        // A class without pictures to test on is none to worry about.
        if folder.is_dir() {
            pictures.extend(of_class(&folder, label)?);
        }
    }
    Ok(pictures)
}

fn of_class(path: &Path, label: usize) -> Result<Vec<(PathBuf, u8)>, Error> {
    let Ok(label) = u8::try_from(label) else {
        return Err(wrong(path, "at most 256 classes", "more"));
    };
    let is_picture = |path: &PathBuf| {
        let end = path.extension().unwrap_or_default().to_string_lossy().to_lowercase();
        path.is_file() && ["jpg", "jpeg", "png", "webp"].contains(&end.as_str())
    };
    let pictures: Vec<_> =
        entries(path)?.into_iter().filter(is_picture).map(|picture| (picture, label)).collect();
    if pictures.is_empty() {
        return Err(wrong(
            path,
            "at least one picture whose name ends in .jpg, .jpeg, .png or .webp",
            "none",
        ));
    }
    Ok(pictures)
}

/// Photos of a camera take their time, of which nothing would be seen.
fn say_where_it_takes_long(parts: &[Vec<(PathBuf, u8)>]) {
    let pictures: usize = parts.iter().map(Vec::len).sum();
    let sizes = parts.iter().flatten().filter_map(|(path, _)| Some(fs::metadata(path).ok()?.len()));
    let megabytes = sizes.sum::<u64>() >> 20;
    if megabytes >= TAKES_LONG {
        println!("Reading {pictures} pictures, {megabytes} MB: large ones take a while.");
    }
}

/// One of each class, then the next of each: so the first images of a set show what is in it.
fn in_turns(pictures: Vec<(PathBuf, u8)>) -> Vec<(PathBuf, u8)> {
    let mut counts = [0; 256];
    let mut placed: Vec<(usize, (PathBuf, u8))> = pictures
        .into_iter()
        .map(|(path, label)| {
            let count = &mut counts[usize::from(label)];
            *count += 1;
            (*count, (path, label))
        })
        .collect();
    // A stable sort: the classes keep their order.
    placed.sort_by_key(|(place, _)| *place);
    placed.into_iter().map(|(_, picture)| picture).collect()
}

/// Pixels and labels, on all cores: most of the time goes into decoding.
fn read(pictures: &[(PathBuf, u8)]) -> Result<(Array3<u8>, Array1<u8>), Error> {
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let share = pictures.len().div_ceil(threads).max(1);
    let images: Vec<Result<Vec<GrayImage>, Error>> = thread::scope(|scope| {
        let parts = pictures.chunks(share);
        let reading: Vec<_> =
            parts.map(|part| scope.spawn(|| part.iter().map(|(path, _)| image(path)).collect())).collect();
        reading.into_iter().map(|part| part.join().unwrap_or_else(|_| Err(undecodable()))).collect()
    });
    let mut pixels = Array3::zeros((pictures.len(), SIDE, SIDE));
    let images = images.into_iter().collect::<Result<Vec<_>, Error>>()?;
    for (i, image) in images.iter().flatten().enumerate() {
        let mut place = pixels.slice_mut(s![i, .., ..]);
        place.iter_mut().zip(image.pixels()).for_each(|(to, from)| *to = from.0[0]);
    }
    Ok((pixels, pictures.iter().map(|(_, label)| *label).collect()))
}

/// A decoder that panics has told of it already.
fn undecodable() -> Error {
    Error::doing("reading pictures")
        .expected("pictures that can be decoded")
        .found("one at which the decoder stopped")
        .advice("save the pictures again, or leave some out to find which one it is")
}

/// A picture, grey, of 28 x 28.
fn image(path: &Path) -> Result<GrayImage, Error> {
    let file = File::open(path).map_err(|e| e.to_string());
    let decoded = file.and_then(decode).map_err(|found| {
        Error::doing(format!("reading the picture {}", home::display(path)))
            .expected("a JPEG, PNG or WebP")
            .found(found)
            .advice("take it out of the folder, or save it again")
    })?;
    let grey = imageops::grayscale(&decoded);
    let (width, height, side) = (grey.width(), grey.height(), SIDE as u32);
    let longest = width.max(height).max(1);
    let [new_width, new_height] = [width, height]
        .map(|length| ((f64::from(length * side) / f64::from(longest)).round() as u32).clamp(1, side));
    let small = match (new_width, new_height) == (width, height) {
        true => grey,
        false => imageops::resize(&grey, new_width, new_height, FilterType::Triangle),
    };
    let mut page = GrayImage::from_pixel(side, side, Luma([edge(&small)]));
    let (left, top) = ((side - new_width) / 2, (side - new_height) / 2);
    imageops::replace(&mut page, &small, i64::from(left), i64::from(top));
    Ok(page)
}

/// The mean of the pixels at a picture's edge.
fn edge(image: &GrayImage) -> u8 {
    let (width, height) = image.dimensions();
    let at_edge = image
        .enumerate_pixels()
        .filter(|(x, y, _)| *x == 0 || *y == 0 || *x == width - 1 || *y == height - 1);
    let (count, sum) =
        at_edge.fold((0, 0), |(count, sum), (_, _, pixel)| (count + 1, sum + u32::from(pixel.0[0])));
    (sum / count.max(1)) as u8
}

#[cfg(test)]
mod tests {
    use image::RgbImage;

    use super::*;

    fn write(path: &Path, width: u32, height: u32, brightness: u8) {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        RgbImage::from_pixel(width, height, image::Rgb([brightness; 3])).save(path).unwrap();
    }

    fn told(path: &Path) -> String {
        folder(path).err().unwrap().to_string()
    }

    #[test]
    fn a_folder_for_each_class_is_a_data_set() {
        let place = tempfile::tempdir().unwrap();
        let root = place.path().join("lamps");
        for i in 0..12 {
            write(&root.join(format!("on/{i:02}.png")), 28, 28, 200 + i);
            write(&root.join(format!("Off/{i:02}.PNG")), 56, 28, i);
        }
        fs::write(root.join("on/notes.txt"), "no picture").unwrap();
        fs::write(root.join("on/.hidden.png"), "no picture").unwrap();
        fs::create_dir(root.join(".ipynb_checkpoints")).unwrap();
        let data = folder(&root).unwrap();
        assert_eq!(data.class_names(), ["Off", "on"]);
        assert_eq!((data.train.counts(), data.test.counts()), (vec![10, 10], vec![2, 2]));
        let brightness = |images: &lab_support::data::Images| -> Vec<u8> {
            (0..images.len()).map(|i| images.pixels[[i, 14, 14]]).collect()
        };
        assert_eq!(brightness(&data.test), [5, 205, 11, 211], "the classes take turns");
        assert_eq!(data.train.source.title(), "lamps");
        assert_eq!(folder(&root).unwrap().train.source, data.train.source);
    }

    #[test]
    fn parts_that_are_there_are_taken() {
        let place = tempfile::tempdir().unwrap();
        for (path, brightness) in [("train/a/1.png", 10), ("train/b/1.jpg", 20), ("test/b/1.webp", 40)] {
            write(&place.path().join(path), 28, 28, brightness);
        }
        let data = folder(place.path()).unwrap();
        assert_eq!((data.train.labels.to_vec(), data.test.labels.to_vec()), (vec![0, 1], vec![1]));
        write(&place.path().join("test/c/1.png"), 28, 28, 0);
        assert!(told(place.path()).contains("found a folder c"), "{}", told(place.path()));
    }

    #[test]
    fn pictures_keep_their_proportions_and_small_ones_their_pixels() {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("stripe.png");
        let stripe = RgbImage::from_fn(28, 28, |x, _| image::Rgb([9 * x as u8; 3]));
        stripe.save(&path).unwrap();
        assert!(image(&path).unwrap().enumerate_pixels().all(|(x, _, pixel)| pixel.0[0] == 9 * x as u8));
        // Black with a white middle: what lies above and below is black, as its edge is.
        let wide = RgbImage::from_fn(120, 60, |x, y| {
            let inside = (30..90).contains(&x) && (15..45).contains(&y);
            image::Rgb([if inside { 255 } else { 0 }; 3])
        });
        wide.save(&path).unwrap();
        let small = image(&path).unwrap();
        let bright = |x, y| small.get_pixel(x, y).0[0];
        assert_eq!([bright(14, 14), bright(14, 3), bright(14, 24), bright(2, 14)], [255, 0, 0, 0]);
        assert!(bright(8, 14) > 200 && bright(19, 14) > 200 && bright(5, 14) < 50 && bright(14, 9) < 50);
    }

    #[test]
    fn what_can_not_be_a_data_set_is_told() {
        let place = tempfile::tempdir().unwrap();
        let root = place.path();
        assert!(told(&root.join("nowhere")).contains("a folder that can be read"));
        assert!(told(root).contains("at least 2 classes, found []"), "{}", told(root));
        write(&root.join("a/1.png"), 28, 28, 1);
        fs::create_dir(root.join("b")).unwrap();
        assert!(told(root).contains("whose name ends in .jpg"), "{}", told(root));
        write(&root.join("b/1.png"), 28, 28, 1);
        assert!(
            told(root).contains("pictures to test on (of each class, every sixth), found 0"),
            "{}",
            told(root)
        );
        fs::write(root.join("b/2.png"), "a text").unwrap();
        assert!(told(root).contains("reading the picture") || told(root).contains("to test on"));
        for i in 3..9 {
            write(&root.join(format!("a/{i}.png")), 28, 28, i);
        }
        assert!(told(root).contains("2.png"), "{}", told(root));
    }
}

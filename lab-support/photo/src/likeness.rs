use std::fmt;
use std::path::Path;

use lab_support::data::{Dataset, Images};
use lab_support::plot::{Figure, steps};
use lab_support::{Error, Waiting};
use ndarray::{Array1, Array2, Axis};

/// Images compared at once: all at once would take much memory.
const BLOCK: usize = 250;

/// How many of the nearest images are named.
const NEAREST: usize = 5;

/// Share of garments that are called unlike what was learned, although they are garments like any other.
const RARE: f32 = 0.01;

/// What was learned, to compare other images with.
pub struct Likeness {
    learned: Dataset,
    /// `[n, 784]`, and the square of each row's length.
    rows: Array2<f32>,
    squares: Array1<f32>,
    /// How far garments that were not learned are from the nearest one that was, ascending.
    usual: Vec<f32>,
}

/// How far an image is from all that was learned.
#[derive(Clone, Debug)]
pub struct Alike {
    /// To the nearest image that was learned: the square root of the summed squares of the differences of their 784 pixels, each
    /// from 0 to 1.
    pub distance: f32,
    /// Share of garments like those that were learned which are as far from them or farther, 0 to 1.
    pub usual: f32,
    /// The nearest images that were learned, by their places there.
    pub nearest: Vec<usize>,
    image: Array2<u8>,
    learned: Images,
}

impl Likeness {
    /// `learned` are images that a network has learned from, and `others` garments of the same kind that it has not: they show
    /// how far a garment usually is from the nearest one that was learned. 20,000 and 1,000 of them take two seconds.
    ///
    /// # Errors
    /// When there are fewer than 100 `others`, nothing was learned, or the images are of different sizes.
    pub fn of(learned: &Dataset, others: &Dataset) -> Result<Likeness, Error> {
        let doing = "measuring how far garments are apart";
        if learned.is_empty() || others.len() < 100 {
            let found = format!("{} and {}", learned.len(), others.len());
            let advice = "pass images to compare with, and others like them, as in Likeness::of(&train.take(20_000), &test.take(1_000))";
            return Err(Error::new(doing, "some images and at least 100 others", found, advice));
        }
        let _waiting = Waiting::new(doing);
        let rows = rows(learned, 0..learned.len());
        let squares = rows.map_axis(Axis(1), |row| row.dot(&row));
        let mut likeness = Likeness { learned: learned.clone(), rows, squares, usual: Vec::new() };
        let mut usual: Vec<f32> = likeness.nearest(others)?.into_iter().map(|nearest| nearest[0].0).collect();
        usual.sort_unstable_by(f32::total_cmp);
        likeness.usual = usual;
        Ok(likeness)
    }

    /// The same for each image of another set, such as photos.
    ///
    /// # Errors
    /// When they are of another size.
    pub fn compare(&self, data: &Dataset) -> Result<Vec<Alike>, Error> {
        let nearest = self.nearest(data)?;
        let of = |(i, nearest): (usize, Vec<(f32, usize)>)| {
            let distance = nearest[0].0;
            let nearer = self.usual.partition_point(|usual| *usual < distance);
            Alike {
                distance,
                usual: 1.0 - nearer as f32 / self.usual.len() as f32,
                nearest: nearest.iter().map(|(_, place)| *place).collect(),
                image: data.images().pixels.index_axis(Axis(0), i).to_owned(),
                learned: self.learned.images().clone(),
            }
        };
        Ok(nearest.into_iter().enumerate().map(of).collect())
    }

    /// The distances and places of the nearest images that were learned, the nearest first, for each image of `data`.
    fn nearest(&self, data: &Dataset) -> Result<Vec<Vec<(f32, usize)>>, Error> {
        if data.features() != self.rows.ncols() {
            let expected = format!("images of {} pixels", self.rows.ncols());
            let advice = "compare images of one size";
            return Err(Error::new(
                "comparing images with those that were learned",
                expected,
                data.features(),
                advice,
            ));
        }
        let mut all = Vec::new();
        for start in (0..data.len()).step_by(BLOCK) {
            let block = rows(data, start..(start + BLOCK).min(data.len()));
            // The square of a difference is a² - 2ab + b².
            let products = block.dot(&self.rows.t());
            for (row, products) in block.rows().into_iter().zip(products.rows()) {
                let own = row.dot(&row);
                let square =
                    |(place, product): (usize, &f32)| (own - 2.0 * product + self.squares[place], place);
                let mut nearest: Vec<(f32, usize)> = products.iter().enumerate().map(square).collect();
                let count = NEAREST.min(nearest.len());
                nearest.select_nth_unstable_by(count - 1, |a, b| a.0.total_cmp(&b.0));
                nearest.truncate(count);
                nearest.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
                // It may come out below 0 by rounding.
                nearest.iter_mut().for_each(|(square, _)| *square = square.max(0.0).sqrt());
                all.push(nearest);
            }
        }
        Ok(all)
    }
}

fn rows(data: &Dataset, range: std::ops::Range<usize>) -> Array2<f32> {
    let mut rows = Array2::zeros((range.len(), data.features()));
    for (mut row, i) in rows.rows_mut().into_iter().zip(range) {
        let image = data.image(i);
        row.iter_mut().zip(&image).for_each(|(pixel, value)| *pixel = *value);
    }
    rows
}

impl Alike {
    /// Whether it is farther from all that was learned than 99 of 100 garments are: then what a network says of it is worth
    /// little, however certain that sounds.
    pub fn is_unlike(&self) -> bool {
        self.usual < RARE
    }

    /// The image beside the nearest ones that were learned.
    ///
    /// # Errors
    /// When the figure can't be encoded.
    pub fn show(&self) -> Result<Figure, Error> {
        let image = ("the photo", self.image.clone());
        let near = self.nearest.iter().map(|place| {
            (self.learned.class_name(*place), self.learned.pixels.index_axis(Axis(0), *place).to_owned())
        });
        let pictures: Vec<(&str, Array2<u8>)> = std::iter::once(image).chain(near).collect();
        steps("The photo, and the nearest images that were learned", &self.to_string(), &pictures)
    }

    /// Writes the figure to `path`, as SVG where that ends in `.svg`, else as PNG: see [`Figure::save`].
    ///
    /// # Errors
    /// When the figure can't be encoded or written.
    pub fn save(&self, path: impl AsRef<Path>) -> Result<(), Error> {
        self.show()?.save(path)
    }

    /// Shows the figure in a notebook.
    pub fn evcxr_display(&self) {
        match self.show() {
            Ok(figure) => figure.evcxr_display(),
            Err(error) => println!("{error}"),
        }
    }
}

impl fmt::Display for Alike {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let (distance, share) = (self.distance, 100.0 * self.usual);
        match self.is_unlike() {
            true => write!(
                f,
                "{distance:.1} from the nearest: unlike all that was learned (fewer than 1 of 100 garments are so far)"
            ),
            false => {
                write!(f, "{distance:.1} from the nearest, as {share:.0} of 100 garments are, or farther")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use lab_support::data::Source;
    use ndarray::Array3;

    use super::*;

    /// Images with one bright row, a little brighter from image to image.
    fn rows_at(places: &[usize]) -> Dataset {
        let mut pixels = Array3::zeros((places.len(), 28, 28));
        for (i, place) in places.iter().enumerate() {
            pixels.slice_mut(ndarray::s![i, *place, ..]).fill(200 + (i % 50) as u8);
        }
        let labels = places.iter().map(|place| (*place % 10) as u8).collect();
        Images::new(pixels.into_shared(), labels, Source::Other).unwrap().normalized()
    }

    #[test]
    fn distances_are_those_of_the_definition_and_what_is_far_is_unlike() {
        let learned = rows_at(&[3, 7, 11, 3, 7, 11]);
        let others: Vec<usize> = (0..120).map(|i| [3, 7, 11][i % 3]).collect();
        let likeness = Likeness::of(&learned, &rows_at(&others)).unwrap();
        let alike = likeness.compare(&rows_at(&[7, 20])).unwrap();
        let distance = |a: &Array2<f32>, b: &Array2<f32>| (a - b).mapv(|x| x * x).sum().sqrt();
        let seen = rows_at(&[7, 20]);
        for (i, alike) in alike.iter().enumerate() {
            let all = (0..learned.len()).map(|place| distance(&seen.image(i), &learned.image(place)));
            let nearest = all.fold(f32::INFINITY, f32::min);
            assert!((alike.distance - nearest).abs() < 1e-3, "{} for {nearest}", alike.distance);
            assert_eq!(alike.nearest.len(), NEAREST);
        }
        assert!(!alike[0].is_unlike() && [1, 4].contains(&alike[0].nearest[0]), "{alike:?}");
        assert!(alike[1].is_unlike() && alike[1].to_string().contains("unlike all that was learned"));
        assert!(alike[1].show().unwrap().alt().contains("the photo"));
    }

    #[test]
    fn too_little_to_compare_with_is_refused() {
        let few = rows_at(&[3; 10]);
        let refused = Likeness::of(&few, &few).err().unwrap().to_string();
        assert!(refused.contains("at least 100 others") && refused.contains("found 10 and 10"), "{refused}");
    }
}

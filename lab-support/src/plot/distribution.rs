//! What a set of images is made of: how many of each class, how many pixels of each brightness.

use lab_base::Error;
use plotters::prelude::{Color, Rectangle};

use crate::data::{Dataset, Images, Scale};
use crate::notebook::display::thousands;
use crate::plot::figure::{Figure, Frame};
use crate::plot::style::{
    Area, Axis, BLUE, Drawn, INK, MARGIN, axes, fitting, px, text, to_the_left, to_the_right,
};

impl Images {
    /// How many images there are of each class.
    ///
    /// # Errors
    /// When there are no images.
    pub fn class_counts(&self) -> Result<Figure, Error> {
        check(self, "counting the images of each class")?;
        let counts = self.counts();
        let least = counts.iter().copied().min().unwrap_or(0);
        let most = counts.iter().copied().max().unwrap_or(0);
        let spread = match least == most {
            true => format!("{} of each class", thousands(most)),
            false => format!("{} to {} of a class", thousands(least), thousands(most)),
        };
        let note = format!("{} images: {spread}", thousands(self.len()));
        let frame = Frame {
            title: "Images per class",
            note: &note,
            size: (700, row(counts.len()) * counts.len() as i32 + 6),
            source: self.source,
            alt: format!("Images per class. {note}."),
        };
        Figure::draw(frame, |area| draw_counts(area, &counts, self.source.class_names(), most))
    }

    /// The distribution of the pixels' values, 0 to 255.
    ///
    /// # Errors
    /// When there are no images.
    pub fn histogram(&self) -> Result<Figure, Error> {
        histogram(&self.unnormalized())
    }
}

impl Dataset {
    /// The distribution of the pixels' values, 0 to 1 after normalizing.
    ///
    /// # Errors
    /// When there are no images.
    pub fn histogram(&self) -> Result<Figure, Error> {
        histogram(self)
    }
}

fn check(images: &Images, doing: &str) -> Result<(), Error> {
    match images.is_empty() {
        true => Err(Error::new(doing, "at least one image", "an empty set", "take more images")),
        false => Ok(()),
    }
}

/// Height of a class's row, in pixels.
fn row(classes: usize) -> i32 {
    if classes > 10 { 20 } else { 28 }
}

fn draw_counts(area: &Area, counts: &[usize], class_names: &[&str], most: usize) -> Drawn {
    let row = row(counts.len());
    let (left, longest) = (px(MARGIN + 92), px(500));
    for (label, &count) in counts.iter().enumerate() {
        let (top, bottom) = (px(row * label as i32 + 4), px(row * (label as i32 + 1) - 4));
        let (middle, end) = ((top + bottom) / 2, left + (longest as usize * count / most.max(1)) as i32);
        area.draw(&Rectangle::new([(left, top), (end, bottom)], BLUE.filled()))?;
        let name = fitting(area, class_names[label], px(92))?;
        area.draw_text(&name, &to_the_left(&text(14, INK)), (left - px(8), middle))?;
        area.draw_text(&thousands(count), &to_the_right(&text(14, INK)), (end + px(8), middle))?;
    }
    Ok(())
}

/// Values that share a bar.
const BIN: usize = 8;

/// Bars of eight values each. Most pixels are background: where the first bar would flatten all others, it
/// runs out of the figure, and its share is written beside it.
fn histogram(data: &Dataset) -> Result<Figure, Error> {
    let (images, scale) = (data.images(), data.scale());
    check(images, "drawing the distribution of pixels")?;
    let counts = count(images.pixels.as_standard_layout().as_slice().unwrap_or_default());
    let pixels = images.pixels.len().max(1) as f64;
    let shares: Vec<f64> =
        counts.chunks(BIN).map(|bin| 100.0 * bin.iter().sum::<usize>() as f64 / pixels).collect();
    let black = 100.0 * counts[0] as f64 / pixels;
    let mean = counts.iter().enumerate().map(|(v, n)| v as f64 * *n as f64).sum::<f64>() / pixels;
    let [smallest, largest] = [0.0, 255.0].map(|byte| scale.words(byte));
    let (mean, digits) = (number(scale, mean), if scale.divisor > 1.0 { 3 } else { 1 });
    let note = format!(
        "from {smallest} to {largest}, mean {mean:.digits$}; {black:.0} % are exactly {smallest}, the background"
    );
    let frame = Frame {
        title: &format!("Values of {} pixels", thousands(images.pixels.len())),
        note: &note,
        size: (760, 320),
        source: images.source,
        alt: format!("Distribution of the pixels' values: {note}."),
    };
    Figure::draw(frame, |area| draw_histogram(area, &shares, scale))
}

/// What a byte, or a mean of bytes, becomes.
fn number(scale: Scale, byte: f64) -> f64 {
    (byte / f64::from(scale.divisor) - f64::from(scale.mean)) / f64::from(scale.deviation)
}

/// How often each of the 256 values occurs. Equal neighbours, as in the background, would wait for each other
/// at a single counter: four tables take turns.
fn count(pixels: &[u8]) -> [usize; 256] {
    let mut tables = [[0; 256]; 4];
    for four in pixels.chunks(tables.len()) {
        for (table, &pixel) in tables.iter_mut().zip(four) {
            table[usize::from(pixel)] += 1;
        }
    }
    std::array::from_fn(|value| tables.iter().map(|table| table[value]).sum())
}

fn draw_histogram(area: &Area, shares: &[f64], scale: Scale) -> Drawn {
    let others = shares[1..].iter().copied().fold(0.0, f64::max);
    let cut = others > 0.0 && shares[0] > 3.0 * others;
    let top = if cut { 1.3 * others } else { 1.1 * others.max(shares[0]) };
    let numbers = if scale.divisor > 1.0 { |v: &f64| format!("{v:.1}") } else { |v: &f64| format!("{v:.0}") };
    let range = number(scale, 0.0)..number(scale, 256.0);
    let x = Axis { range, title: "value of a pixel", labels: 11, format: &numbers };
    let percent = |v: &f64| format!("{v:.0} %");
    let y = Axis { range: 0.0..top, title: "share of all pixels", labels: 7, format: &percent };
    let mut chart = axes(area, x, y)?;
    let edge = |bin: usize| number(scale, (bin * BIN) as f64);
    let gap = 0.5 / f64::from(scale.divisor) / f64::from(scale.deviation);
    chart.draw_series(shares.iter().enumerate().map(|(bin, &share)| {
        let corners = [(edge(bin) + gap, 0.0), (edge(bin + 1) - gap, share.min(top))];
        Rectangle::new(corners, BLUE.filled())
    }))?;
    if cut {
        let (x, y) = chart.backend_coord(&(edge(1), top));
        let (left, above) = chart.plotting_area().get_base_pixel();
        let label = format!("this bar goes on to {:.0} %", shares[0]);
        let place = (x - left + px(8), y - above + px(12));
        chart.plotting_area().strip_coord_spec().draw_text(&label, &to_the_right(&text(14, INK)), place)?;
    }
    Ok(())
}

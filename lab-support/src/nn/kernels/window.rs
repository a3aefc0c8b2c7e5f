use serde::{Deserialize, Serialize};

use crate::nn::kernels::memory;

/// The sliding window of a convolution or a pooling layer.
///
/// From an image of height h, with p rows of zeros above and below it together:
/// `out_height = (h + p - size) / stride + 1`, rounded down; and so the width. With the padding `Same` it is
/// `h / stride`, rounded up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Window {
    pub channels: usize,
    pub height: usize,
    pub width: usize,
    pub size: usize,
    pub stride: usize,
    /// Rows of zeros above the image, and columns left of it.
    pub before: [usize; 2],
    /// Rows of zeros below the image, and columns right of it.
    pub after: [usize; 2],
    pub out_height: usize,
    pub out_width: usize,
}

/// Zeros around an image, before a convolution.
///
/// ```
/// # use lab_support::prelude::*;
/// let layer = |padding| Sequential::new([28, 28]).conv2d_with(16, 3, Relu, Conv::default().padding(padding));
/// assert_eq!(layer(Padding::Valid).output_shape(), [16, 26, 26]);
/// assert_eq!(layer(Padding::Same).output_shape(), [16, 28, 28]);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Padding {
    /// No border: the output is smaller than the image by the size of the window less 1.
    #[default]
    Valid,
    /// With a stride of 1 the output is as large as the image, with a stride of s as large as the image divided by s,
    /// rounded up. Of a border that can't be even, the larger part is below and on the right. As in Keras; PyTorch
    /// has it with a stride of 1 alone.
    Same,
}

/// A description that no window can have: what was expected, what was found, what to do.
pub(crate) type Misfit = (&'static str, String, &'static str);

impl Window {
    /// `image`: `[height, width]` or `[channels, height, width]`.
    ///
    /// # Errors
    /// When `image` is neither, when a number is 0, when the window or its stride is larger than the image, or the image
    /// with its border does not fit into memory.
    pub fn new(image: &[usize], size: usize, stride: usize, padding: Padding) -> Result<Window, Misfit> {
        let (channels, height, width) = match *image {
            [height, width] => (1, height, width),
            [channels, height, width] => (channels, height, width),
            _ => {
                let advice = "write it before .flatten(), and give Sequential::new the shape of an image";
                return Err(("images, [28, 28] or [channels, 28, 28]", format!("shape {image:?}"), advice));
            }
        };
        if size == 0 || stride == 0 {
            let found = format!("size {size}, stride {stride}");
            return Err(("a window and a stride of at least 1", found, "use a size of 2 or 3"));
        }
        // Rows of zeros that the last window needs, which begins `stride` rows behind the one before it.
        let border = |rows: usize| match padding {
            Padding::Valid => 0,
            Padding::Same => {
                ((rows.div_ceil(stride).max(1) - 1) * stride).saturating_add(size).saturating_sub(rows)
            }
        };
        let border = [border(height), border(width)];
        let [padded_height, padded_width] =
            [height.saturating_add(border[0]), width.saturating_add(border[1])];
        if size > padded_height.min(padded_width) {
            let found = format!("{size} x {size} on {height} x {width}");
            return Err((
                "a window no larger than the image",
                found,
                "use a smaller one, or fewer pooling layers",
            ));
        }
        if stride > padded_height.max(padded_width) {
            let found = format!("stride {stride} on {height} x {width}");
            return Err(("a stride no larger than the image", found, "use a stride of 1 or 2"));
        }
        if memory::check(&[channels, padded_height, padded_width]).is_err() {
            return Err((
                "an image that fits into memory",
                format!("{size} x {size}"),
                "use a smaller window",
            ));
        }
        let (before, after) = (border.map(|zeros| zeros / 2), border.map(|zeros| zeros - zeros / 2));
        let (out_height, out_width) =
            ((padded_height - size) / stride + 1, (padded_width - size) / stride + 1);
        Ok(Window { channels, height, width, size, stride, before, after, out_height, out_width })
    }

    /// Shape of the output of a layer that keeps the channels apart.
    pub fn output_shape(&self) -> [usize; 3] {
        [self.channels, self.out_height, self.out_width]
    }

    /// Numbers in one image.
    pub fn inputs(&self) -> usize {
        self.channels * self.height * self.width
    }

    /// Numbers in one image with its border; 0 where it has none.
    pub fn padded_len(&self) -> usize {
        if self.is_padded() { self.padded_height() * self.padded_row_len() } else { 0 }
    }

    fn padded_height(&self) -> usize {
        self.before[0] + self.height + self.after[0]
    }

    pub fn padded_width(&self) -> usize {
        self.before[1] + self.width + self.after[1]
    }

    /// Numbers in one row of an image with its border.
    pub fn padded_row_len(&self) -> usize {
        self.padded_width() * self.channels
    }

    pub fn is_padded(&self) -> bool {
        [self.before, self.after] != [[0; 2]; 2]
    }

    /// The image inside its border: `padded` holds zeros, and the image is written in their midst. The image itself
    /// where there is no border.
    pub fn pad<'a>(&self, image: &'a [f32], padded: &'a mut [f32]) -> &'a [f32] {
        if !self.is_padded() {
            return image;
        }
        let row = self.width * self.channels;
        for (i, from) in image.chunks_exact(row).enumerate() {
            padded[self.padded_row(i)..][..row].copy_from_slice(from);
        }
        padded
    }

    /// The image without its border; nothing where there is none.
    pub fn unpad(&self, padded: &[f32], image: &mut [f32]) {
        if !self.is_padded() {
            return;
        }
        let row = self.width * self.channels;
        for (i, to) in image.chunks_exact_mut(row).enumerate() {
            to.copy_from_slice(&padded[self.padded_row(i)..][..row]);
        }
    }

    /// Where row `i` of the image begins inside the border.
    fn padded_row(&self, i: usize) -> usize {
        ((self.before[0] + i) * self.padded_width() + self.before[1]) * self.channels
    }

    /// Where the pixel in row `i` and column `j`, counted with the border, lies in the image; None in the border, and
    /// beyond it.
    #[inline(always)]
    pub fn inside(&self, i: usize, j: usize) -> Option<usize> {
        let (row, column) = (i.wrapping_sub(self.before[0]), j.wrapping_sub(self.before[1]));
        (row < self.height && column < self.width).then(|| (row * self.width + column) * self.channels)
    }

    /// Where the window's first pixel lies in the image, for each place that it takes, row by row.
    pub fn corners(&self) -> impl Iterator<Item = usize> + use<> {
        let Window { channels, width, stride, out_height, out_width, .. } = *self;
        let row = stride * width * channels;
        (0..out_height).flat_map(move |i| (0..out_width).map(move |j| i * row + j * stride * channels))
    }

    /// Where pixel `i` of the window lies, counted from the window's first.
    pub fn pixel(&self, i: usize) -> usize {
        (i / self.size * self.width + i % self.size) * self.channels
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sizes(image: &[usize], size: usize, stride: usize, padding: Padding) -> [usize; 4] {
        let w = Window::new(image, size, stride, padding).unwrap();
        assert_eq!(w.before[0] + w.after[0], w.before[1] + w.after[1]);
        [w.out_height, w.out_width, w.before[0], w.after[0]]
    }

    /// The sizes are those of PyTorch's `Conv2d`, and the border that of its `padding="same"`; with strides, those of
    /// TensorFlow's `SAME`.
    #[test]
    fn sizes_are_pytorchs() {
        assert_eq!(sizes(&[28, 28], 3, 1, Padding::Valid), [26, 26, 0, 0]);
        assert_eq!(sizes(&[32, 13, 9], 3, 2, Padding::Valid), [6, 4, 0, 0]);
        assert_eq!(sizes(&[28, 20], 5, 1, Padding::Same), [28, 20, 2, 2]);
        assert_eq!(sizes(&[28, 20], 2, 1, Padding::Same), [28, 20, 0, 1]);
        assert_eq!(sizes(&[3, 1], 3, 1, Padding::Same), [3, 1, 1, 1]);
        assert_eq!(sizes(&[5, 5], 2, 2, Padding::Valid), [2, 2, 0, 0]);
        assert_eq!(sizes(&[28, 20], 3, 2, Padding::Same), [14, 10, 0, 1]);
        assert_eq!(sizes(&[7, 7], 3, 2, Padding::Same), [4, 4, 1, 1]);
        assert_eq!(sizes(&[7, 7], 1, 2, Padding::Same), [4, 4, 0, 0]);
        let uneven = Window::new(&[28, 7], 3, 2, Padding::Same).unwrap();
        assert_eq!((uneven.before, uneven.after), ([0, 1], [1, 1]));
        assert_eq!((uneven.out_height, uneven.out_width), (14, 4));
    }

    #[test]
    fn what_does_not_fit_is_told() {
        let told =
            |image: &[usize], size, stride, padding| Window::new(image, size, stride, padding).unwrap_err().1;
        assert_eq!(told(&[784], 3, 1, Padding::Valid), "shape [784]");
        assert_eq!(told(&[28, 28], 0, 1, Padding::Same), "size 0, stride 1");
        assert_eq!(told(&[28, 28], 3, 0, Padding::Valid), "size 3, stride 0");
        assert_eq!(told(&[28, 20], 3, 29, Padding::Valid), "stride 29 on 28 x 20");
        assert_eq!(
            told(&[28, 20], 3, usize::MAX, Padding::Valid),
            format!("stride {} on 28 x 20", usize::MAX)
        );
        assert_eq!(told(&[2, 9, 4], 5, 1, Padding::Valid), "5 x 5 on 9 x 4");
    }
}

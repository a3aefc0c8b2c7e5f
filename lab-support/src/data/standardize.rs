//! Numbers of mean 0 and variance 1.

use lab_base::Error;

use crate::data::dataset::Dataset;
use crate::data::images::Images;
use crate::data::scale::Scale;

impl Images {
    /// Every pixel divided by 255, less `mean`, divided by `deviation` (above 0): as PyTorch's
    /// `transforms.Normalize(mean, deviation)` for images of one channel. Training and test images take the same two
    /// numbers, those of [`mean_and_deviation`](Self::mean_and_deviation) of the training images: their values then have
    /// mean 0 and variance 1. (LeCun et al., 1998, section 4.3.)
    ///
    /// # Errors
    /// When `mean` is not finite, or `deviation` is not finite and above 0, or so small that numbers overflow.
    pub fn standardized(&self, mean: f32, deviation: f32) -> Result<Dataset, Error> {
        let scale = Scale { mean, deviation, ..Scale::by(255.0) };
        let is_good = deviation > 0.0
            && [mean, deviation, scale.of(0.0), scale.of(255.0)].iter().all(|n| n.is_finite());
        if is_good {
            return Ok(Dataset::new(self.clone(), scale));
        }
        let expected = "a finite mean, and a finite deviation above 0";
        let advice = "take those of the training images: data.train.mean_and_deviation()";
        Err(Error::doing("standardizing images")
            .expected(expected)
            .found(format!("mean {mean}, deviation {deviation}"))
            .advice(advice))
    }

    /// Mean and standard deviation of all pixels, divided by 255: (0.2860, 0.3530) for Fashion-MNIST's training images.
    /// (0, 0) where there are no images.
    pub fn mean_and_deviation(&self) -> (f32, f32) {
        let add = |(sum, squares): (u64, u64), pixel: &u8| {
            let pixel = u64::from(*pixel);
            (sum + pixel, squares + pixel * pixel)
        };
        let (sum, squares) = self.pixels.iter().fold((0, 0), add);
        let n = self.pixels.len().max(1) as f64;
        let mean = sum as f64 / n;
        ((mean / 255.0) as f32, ((squares as f64 / n - mean * mean).max(0.0).sqrt() / 255.0) as f32)
    }
}

#[cfg(test)]
mod tests {
    use lab_base::Source;

    use super::*;

    fn images() -> Images {
        let pixels = [0, 255, 10, 20, 30, 40, 51, 102, 1, 2];
        Images::made(Source::FashionMnist, (5, 1, 2), |(i, _, column)| pixels[2 * i + column], |_| 0)
    }

    #[test]
    fn standardized_numbers_have_mean_0_and_variance_1() {
        let (mean, deviation) = images().mean_and_deviation();
        let standardized = images().standardized(mean, deviation).unwrap();
        let rows = standardized.rows();
        assert!(rows.mean().unwrap().abs() < 1e-6 && (rows.std(0.0) - 1.0).abs() < 1e-6, "{rows}");
        let plain = images().normalized().rows().mapv(|number| (number - mean) / deviation);
        assert_eq!((&rows, rows[[1, 1]]), (&plain, standardized.image(1)[[0, 1]]));
        assert_eq!(standardized.range(), ((0.0 - mean) / deviation, (1.0 - mean) / deviation));
        assert_ne!(standardized.digest(), images().normalized().digest());
        assert_eq!(images().standardized(0.0, 1.0).unwrap().digest(), images().normalized().digest());
        for (mean, deviation) in
            [(f32::NAN, 1.0), (0.0, 0.0), (0.0, -1.0), (0.0, f32::INFINITY), (9.0, 1e-39)]
        {
            let told = images().standardized(mean, deviation).unwrap_err().to_string();
            assert!(told.contains("a finite deviation above 0"), "{told}");
        }
    }
}

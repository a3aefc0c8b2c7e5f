use crate::nn::kernels::simd::{LANES, Simd, SimdKernel, vectorized};
use crate::nn::layers::Parameter;

/// Keeps the division finite where all gradients are 0.
const EPSILON: f32 = 1e-6;

/// Scales all gradients together so that their global norm, √Σ g² over every parameter, is at most `most`: the
/// direction of the step stays, its length is limited. (Pascanu et al., 2013; PyTorch's `clip_grad_norm_`.)
pub(crate) fn clip_norm<'a>(parameters: impl Iterator<Item = &'a mut Parameter>, most: f32) {
    let mut parameters: Vec<&mut Parameter> = parameters.collect();
    let squares: f64 = parameters.iter().map(|p| sum_of_squares(&p.gradient)).sum();
    let scale = most / (squares.sqrt() as f32 + EPSILON);
    if scale < 1.0 {
        let gradients = parameters.iter_mut().flat_map(|p| &mut p.gradient);
        gradients.for_each(|g| *g *= scale);
    }
}

/// Σ x² of all `numbers`.
pub(crate) fn sum_of_squares(numbers: &[f32]) -> f64 {
    let mut sum = 0.0;
    vectorized(Squares { numbers, sum: &mut sum });
    sum
}

struct Squares<'a> {
    numbers: &'a [f32],
    sum: &'a mut f64,
}

impl SimdKernel for Squares<'_> {
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        // In blocks of eight on every machine, so that the sum has the same bits.
        let simd = simd.narrow();
        // Sums of a thousand squares or so keep their digits; the sum of these has more.
        for numbers in self.numbers.chunks(128 * LANES) {
            let whole = numbers.len() / LANES * LANES;
            let mut squares = simd.splat(0.0);
            for at in (0..whole).step_by(LANES) {
                let block = simd.load(&numbers[at..]);
                squares = simd.mul_add(block, block, squares);
            }
            let rest: f32 = numbers[whole..].iter().map(|n| n * n).sum();
            let mut lanes = [0.0; LANES];
            simd.put(squares, &mut lanes);
            *self.sum += f64::from(lanes.iter().sum::<f32>() + rest);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gradients(first: &[f32], second: &[f32]) -> [Parameter; 2] {
        [first, second].map(|gradient| {
            let mut parameter = Parameter::new("weight", vec![gradient.len()], vec![0.0; gradient.len()]);
            parameter.gradient = gradient.to_vec();
            parameter
        })
    }

    fn clipped(mut parameters: [Parameter; 2], most: f32) -> [Vec<f32>; 2] {
        clip_norm(parameters.iter_mut(), most);
        parameters.map(|parameter| parameter.gradient)
    }

    /// As `torch.nn.utils.clip_grad_norm_`: 3, 4 and 12 have the norm 13.
    #[test]
    fn the_norm_is_that_of_all_gradients_together() {
        let [first, second] = clipped(gradients(&[3.0, -4.0], &[12.0]), 6.5);
        let close = |ours: f32, theirs: f32| assert!((ours - theirs).abs() < 1e-5, "{ours} and {theirs}");
        [first[0], first[1], second[0]].into_iter().zip([1.5, -2.0, 6.0]).for_each(|(a, b)| close(a, b));
        assert_eq!(clipped(gradients(&[3.0, -4.0], &[12.0]), 13.1), [vec![3.0, -4.0], vec![12.0]]);
        assert_eq!(clipped(gradients(&[0.0], &[0.0]), 1.0), [[0.0], [0.0]]);
    }

    #[test]
    fn long_gradients_are_added_up_exactly_enough() {
        let [long, _] = clipped(gradients(&vec![0.1; 100_003], &[]), 1.0);
        let norm = long.iter().map(|g| f64::from(*g).powi(2)).sum::<f64>().sqrt();
        assert!((norm - 1.0).abs() < 1e-6, "{norm}");
    }
}

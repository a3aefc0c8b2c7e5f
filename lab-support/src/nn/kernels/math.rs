//! `exp`, `tanh` and the normal distribution from additions and multiplications alone.
//!
//! The standard library leaves these to each system's C library, whose last bits differ; these give the
//! same bits everywhere, and the compiler can turn a loop of them into vector instructions.

/// e to the power of `x`, within 2 units in the last place; 0 below -87, 2¹²⁷ or so above 88.
///
/// x = n ln 2 + r with |r| <= ln 2 / 2, and a polynomial for e^r (Cephes, `expf`).
#[inline(always)]
pub(crate) fn exp(x: f32) -> f32 {
    const LN_2_HIGH: f32 = 0.693_359_4;
    const LN_2_LOW: f32 = -2.121_944_4e-4;
    /// Adding and subtracting 1.5 · 2²³ rounds to the nearest whole number.
    const ROUND: f32 = 12_582_912.0;
    let x = x.clamp(-88.0, 88.0);
    let n = (x * std::f32::consts::LOG2_E + ROUND) - ROUND;
    let r = (x - n * LN_2_HIGH) - n * LN_2_LOW;
    let p = 1.987_569_1e-4;
    let p = p * r + 1.398_199_9e-3;
    let p = p * r + 8.333_452e-3;
    let p = p * r + 4.166_579_6e-2;
    let p = p * r + 1.666_666_6e-1;
    let p = p * r + 0.5;
    let power_of_two = f32::from_bits((((n as i32) + 127) << 23) as u32);
    (p * r * r + r + 1.0) * power_of_two
}

/// The hyperbolic tangent of `x`, within 4 units in the last place.
///
/// A polynomial near 0, where 1 - 2 / (e^2x + 1) would lose its digits (Cephes, `tanhf`).
#[inline(always)]
pub(crate) fn tanh(x: f32) -> f32 {
    let square = x * x;
    let p = -5.704_988_5e-3;
    let p = p * square + 2.063_908_8e-2;
    let p = p * square - 5.373_971_4e-2;
    let p = p * square + 1.333_144_2e-1;
    let p = p * square - 3.333_328e-1;
    let near = p * square * x + x;
    let far = 1.0 - 2.0 / (exp(2.0 * x.abs()) + 1.0);
    if x.abs() < 0.625 { near } else { far.copysign(x) }
}

/// The cosine of `x`, from -π to π, within 1e-14: the sum of (-1)ⁿ x²ⁿ / (2n)!.
pub(crate) fn cosine(x: f64) -> f64 {
    series(1.0, 0, x)
}

/// The sine of `x`, from -π to π, within 1e-14: the sum of (-1)ⁿ x²ⁿ⁺¹ / (2n + 1)!.
pub(crate) fn sine(x: f64) -> f64 {
    series(x, 1, x)
}

/// Every second term of the series of e^x with changing signs, from x to the power of `first` on.
fn series(mut term: f64, first: u32, x: f64) -> f64 {
    let mut sum = term;
    for n in (first + 2..first + 32).step_by(2) {
        term *= -x * x / f64::from((n - 1) * n);
        sum += term;
    }
    sum
}

/// 1 / (1 + e^-x): from 0 to 1.
#[inline(always)]
pub(crate) fn sigmoid(x: f32) -> f32 {
    1.0 / (1.0 + exp(-x))
}

/// e^(-x² / 2) / √(2π): the density of the standard normal distribution.
#[inline(always)]
pub(crate) fn normal_density(x: f32) -> f32 {
    0.398_942_3 * exp(-0.5 * x * x)
}

/// The probability that a standard normal number is below `x`, within 2e-7.
///
/// Abramowitz and Stegun, formula 26.2.17.
#[inline(always)]
pub(crate) fn normal_distribution(x: f32) -> f32 {
    let t = 1.0 / (1.0 + 0.231_641_9 * x.abs());
    let p = 1.330_274_4;
    let p = p * t - 1.821_255_9;
    let p = p * t + 1.781_477_9;
    let p = p * t - 0.356_563_78;
    let p = p * t + 0.319_381_53;
    let tail = normal_density(x) * p * t;
    if x < 0.0 { tail } else { 1.0 - tail }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Largest distance from the exact value over a fine grid, in units of the last place.
    fn worst(range: f32, ours: fn(f32) -> f32, exact: fn(f64) -> f64) -> f64 {
        (-200_000..=200_000)
            .map(|i| i as f32 / 200_000.0 * range)
            .map(|x| {
                let exact = exact(f64::from(x));
                let unit = f64::from((exact as f32).next_up()) - f64::from(exact as f32);
                (f64::from(ours(x)) - exact).abs() / unit
            })
            .fold(0.0, f64::max)
    }

    #[test]
    fn exp_is_within_two_units() {
        assert!(worst(87.0, exp, f64::exp) <= 2.0, "{}", worst(87.0, exp, f64::exp));
        assert_eq!(exp(0.0), 1.0);
        assert!(exp(-1000.0) < 1e-38 && exp(1000.0) > 1e38);
    }

    #[test]
    fn tanh_is_within_four_units() {
        assert!(worst(10.0, tanh, f64::tanh) <= 4.0, "{}", worst(10.0, tanh, f64::tanh));
        assert_eq!(tanh(0.0), 0.0);
        assert_eq!(tanh(-50.0), -1.0);
    }

    /// The density's integral, by Simpson's rule, is the distribution.
    #[test]
    fn the_normal_distribution_is_the_sum_of_its_density() {
        let density = |x: f64| (-0.5 * x * x).exp() / std::f64::consts::TAU.sqrt();
        let (mut sum, step) = (0.5, 1.0 / 64.0);
        for i in 0..640 {
            let x = f64::from(i) * step;
            assert!((f64::from(normal_density(x as f32)) - density(x)).abs() < 1e-7, "at {x}");
            for (x, exact) in [(x, sum), (-x, 1.0 - sum)] {
                assert!((f64::from(normal_distribution(x as f32)) - exact).abs() < 2e-7, "at {x}");
            }
            sum += step / 6.0 * (density(x) + 4.0 * density(x + step / 2.0) + density(x + step));
        }
    }

    #[test]
    fn sine_and_cosine_are_exact() {
        for i in -1000..=1000 {
            let x = std::f64::consts::PI * f64::from(i) / 1000.0;
            assert!((cosine(x) - x.cos()).abs() < 1e-14 && (sine(x) - x.sin()).abs() < 1e-14, "at {x}");
        }
    }

    #[test]
    fn sigmoid_is_symmetric_and_bounded() {
        for i in -100..=100 {
            let x = i as f32 / 4.0;
            assert!((sigmoid(x) + sigmoid(-x) - 1.0).abs() < 1e-6, "at {x}");
            assert!((f64::from(sigmoid(x)) - 1.0 / (1.0 + (-f64::from(x)).exp())).abs() < 1e-6, "at {x}");
        }
    }
}

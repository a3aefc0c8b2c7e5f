//! Whether colours that a figure shows side by side can be told apart by all eyes, and in grey.
//!
//! Colour-blind eyes are simulated as Machado, Oliveira and Fernandes (2009) do, at full severity; how much two colours differ
//! is their distance in CIE L*a*b*, in which 2 can just be seen beside each other.

use plotters::prelude::RGBColor;

use crate::plot::curves::LOOKS;
use crate::plot::mark::Mark;
use crate::plot::scatter::COLOURS;
use crate::plot::style::{BLUE, GREY, RED, TRACK, WHITE};

type Matrix = [[f64; 3]; 3];

const USUAL: Matrix = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]];
const PROTANOPIA: Matrix =
    [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]];
const DEUTERANOPIA: Matrix =
    [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]];
const TRITANOPIA: Matrix =
    [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]];
const GREY_ONLY: Matrix = [[0.2126, 0.7152, 0.0722]; 3];

const EYES: [Matrix; 4] = [USUAL, PROTANOPIA, DEUTERANOPIA, TRITANOPIA];

fn times(matrix: Matrix, numbers: [f64; 3]) -> [f64; 3] {
    matrix.map(|row| row.iter().zip(numbers).map(|(a, b)| a * b).sum())
}

/// L*, a* and b* of a colour, as these eyes see it.
fn seen(RGBColor(red, green, blue): RGBColor, eyes: Matrix) -> [f64; 3] {
    let linear = [red, green, blue].map(|byte| match f64::from(byte) / 255.0 {
        dark if dark <= 0.04045 => dark / 12.92,
        light => ((light + 0.055) / 1.055).powf(2.4),
    });
    let simulated = times(eyes, linear).map(|part| part.clamp(0.0, 1.0));
    // Of sRGB, relative to its white.
    let xyz = times(
        [[0.43395, 0.37622, 0.18983], [0.21267, 0.71515, 0.07218], [0.01776, 0.10948, 0.87276]],
        simulated,
    );
    let [x, y, z] = xyz.map(|part| if part > 0.008856 { part.cbrt() } else { 7.787 * part + 16.0 / 116.0 });
    [116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)]
}

fn distance(a: RGBColor, b: RGBColor, eyes: Matrix) -> f64 {
    seen(a, eyes).iter().zip(seen(b, eyes)).map(|(a, b)| (a - b).powi(2)).sum::<f64>().sqrt()
}

/// The smallest distance that any eyes see between two of these colours.
fn least(colours: &[RGBColor]) -> f64 {
    let pairs = (0..colours.len()).flat_map(|i| (0..i).map(move |j| (i, j)));
    let seen = pairs.flat_map(|(i, j)| EYES.map(|eyes| distance(colours[i], colours[j], eyes)));
    seen.fold(f64::INFINITY, f64::min)
}

#[test]
fn the_distances_are_those_of_the_standard() {
    let black = RGBColor(0, 0, 0);
    assert!((distance(black, WHITE, USUAL) - 100.0).abs() < 0.1 && distance(RED, RED, PROTANOPIA) == 0.0);
    let (red, green) = (RGBColor(200, 60, 60), RGBColor(110, 120, 60));
    assert!(distance(red, green, USUAL) > 2.0 * distance(red, green, DEUTERANOPIA));
}

#[test]
fn curves_and_points_differ_in_colour_for_all_eyes_and_in_form() {
    let (colours, marks): (Vec<RGBColor>, Vec<Mark>) = LOOKS.into_iter().unzip();
    for (colours, marks) in [(&colours[..], &marks[..]), (&COLOURS[..], &Mark::ALL[..])] {
        assert!(least(colours) > 15.0, "{}", least(colours));
        let whites = colours.iter().flat_map(|c| EYES.map(|eyes| distance(*c, WHITE, eyes)));
        assert!(whites.fold(f64::INFINITY, f64::min) > 25.0);
        assert!((0..marks.len()).all(|i| !marks[..i].contains(&marks[i])), "in grey, colours are no help");
    }
}

/// Right and wrong, ours and others, a bar and the room that it could fill.
#[test]
fn bars_differ_for_all_eyes() {
    assert!(least(&[BLUE, RED]) > 50.0 && least(&[BLUE, GREY]) > 30.0 && least(&[RED, GREY]) > 30.0);
    for bar in [BLUE, RED, GREY] {
        assert!(distance(bar, TRACK, GREY_ONLY) > 20.0);
    }
    for bar in [BLUE, RED] {
        assert!(distance(bar, GREY, GREY_ONLY) > 15.0);
    }
}

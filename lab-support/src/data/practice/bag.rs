use super::canvas::Canvas;
use super::fabric::{Fabric, Habits};
use super::outline::Outline;
use super::rng::ImageRng;

pub fn bag(rng: &mut ImageRng, canvas: &mut Canvas) {
    let fabric = Fabric::new(rng, &Habits { stripes: 0.08, checks: 0.06, flowers: 0.12 });
    let bottom = rng.uniform(22.0, 27.0);
    let height = rng.uniform(9.0, 19.0);
    let top = bottom - height;
    let top_width = rng.uniform(7.0, 13.2);
    let bottom_width = top_width * rng.uniform(0.85, 1.2);
    handle(rng, canvas, &fabric, top, top_width);
    let round = rng.uniform(0.3, 3.0);
    let body = Outline::start(0.0, top)
        .line(top_width - round, top)
        .curve([top_width, top], [top_width, top + round])
        .line(bottom_width, bottom - round)
        .curve([bottom_width, bottom], [bottom_width - round, bottom])
        .line(0.0, bottom)
        .mirrored();
    canvas.fill(&body, fabric.shaded(1.0));
    if rng.bernoulli(0.5) {
        flap(rng, canvas, &fabric, top, height, top_width);
    } else if rng.bernoulli(0.6) {
        let y = top + rng.uniform(1.2, 3.0);
        canvas.stroke(&[[-top_width, y], [top_width, y]], 0.8, fabric.tone * 0.5);
    }
}

/// An arch above the bag, a long strap to its sides, or nothing.
fn handle(rng: &mut ImageRng, canvas: &mut Canvas, fabric: &Fabric, top: f32, top_width: f32) {
    if rng.bernoulli(0.15) {
        return;
    }
    let reach = top_width * rng.uniform(0.35, 1.0);
    let peak = (top - rng.uniform(4.0, 14.0)).max(1.0);
    let start = top + rng.uniform(0.0, 2.0);
    let arch =
        Outline::start(-reach, start).curve([-reach, peak], [0.0, peak]).curve([reach, peak], [reach, start]);
    canvas.stroke(&arch.points, rng.uniform(0.8, 1.9), fabric.tone * rng.uniform(0.6, 1.0));
}

fn flap(rng: &mut ImageRng, canvas: &mut Canvas, fabric: &Fabric, top: f32, height: f32, width: f32) {
    let depth = height * rng.uniform(0.3, 0.65);
    let corner = rng.uniform(0.2, 0.9);
    let edge = Outline::start(-width, top + 0.5)
        .line(-width * corner, top + depth)
        .line(width * corner, top + depth)
        .line(width, top + 0.5);
    canvas.fill(&edge, fabric.shaded(rng.uniform(0.75, 0.95)));
    canvas.stroke(&edge.points, 0.7, fabric.tone * 0.5);
    let clasp = if fabric.tone > 0.6 { 0.2 } else { 1.0 };
    canvas.fill_plain(&Outline::ellipse([0.0, top + depth], 2.2, 1.8), clasp);
}

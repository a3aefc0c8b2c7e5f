use super::canvas::Canvas;
use super::fabric::{Fabric, Habits};
use super::outline::Outline;
use super::rng::ImageRng;

pub fn trouser(rng: &mut ImageRng, canvas: &mut Canvas) {
    let fabric = Fabric::new(rng, &Habits { stripes: 0.04, checks: 0.04, flowers: 0.06 });
    let waist = rng.uniform(3.0, 4.4);
    let hip = waist + rng.uniform(0.4, 1.4);
    let crotch = rng.uniform(8.0, 11.5);
    let foot_gap = rng.uniform(0.2, 2.4);
    let foot = foot_gap + rng.uniform(1.7, 3.6);
    let length = rng.uniform(25.5, 27.8);
    let legs = Outline::start(0.0, 0.8)
        .line(waist, 0.6)
        .curve([hip, 3.0], [hip, crotch - 1.0])
        .line(foot, length)
        .line(foot_gap, length)
        .line(0.25, crotch)
        .mirrored();
    canvas.fill(&legs, fabric.shaded(1.0));

    canvas.stroke(&[[-waist, 2.0], [waist, 2.0]], 0.7, fabric.tone * rng.uniform(0.5, 0.9));
    canvas.stroke(&[[0.0, 2.0], [0.0, crotch]], 0.6, fabric.tone * rng.uniform(0.4, 0.9));
    if rng.bernoulli(0.5) {
        let crease = (1.2 * fabric.tone).min(1.0);
        for side in [-1.0, 1.0] {
            let (top, bottom) = (side * hip * 0.55, side * (foot + foot_gap) / 2.0);
            canvas.stroke(&[[top, 5.0], [bottom, length - 1.0]], 0.9, crease);
        }
    }
}

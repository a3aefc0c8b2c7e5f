//! Sandal, sneaker and ankle boot, all with the toe at the left.

use super::canvas::Canvas;
use super::fabric::{Fabric, Habits};
use super::outline::Outline;
use super::rng::ImageRng;

const TOE: f32 = -13.0;
const HEEL: f32 = 12.5;

pub fn sandal(rng: &mut ImageRng, canvas: &mut Canvas) {
    let fabric = Fabric::new(rng, &Habits { stripes: 0.05, checks: 0.02, flowers: 0.08 });
    let rise = if rng.bernoulli(0.5) { rng.uniform(0.0, 3.0) } else { rng.uniform(4.0, 11.0) };
    let sole = Sole { ground: rng.uniform(18.0, 22.0) + rise * 0.5, rise, thick: rng.uniform(0.9, 2.4) };
    let strap = fabric.tone;
    let width = rng.uniform(0.9, 2.2);
    for _ in 0..rng.uniform(1.0, 3.99) as usize {
        let (from, to) = (rng.uniform(-11.0, -3.0), rng.uniform(-9.0, 4.0));
        let high = rng.uniform(2.5, 7.0);
        let arch = Outline::start(from, sole.top(from))
            .curve([(from + to) / 2.0, sole.top(from) - 1.6 * high], [to, sole.top(to)]);
        canvas.stroke(&arch.points, width, strap);
    }
    if rng.bernoulli(0.75) {
        ankle_strap(rng, canvas, &sole, strap, width);
    }
    let bright = fabric.tone * rng.uniform(0.5, 1.0);
    sole.draw(rng, canvas, bright);
}

/// Up from the heel, around the ankle and down to the middle of the foot.
fn ankle_strap(rng: &mut ImageRng, canvas: &mut Canvas, sole: &Sole, strap: f32, width: f32) {
    let high = rng.uniform(4.0, 10.0);
    let back = HEEL - 1.0;
    let ankle = sole.top(back) - high;
    let front = rng.uniform(-6.0, 4.0);
    canvas.stroke(&[[back, sole.top(back)], [back - 0.5, ankle]], width, strap);
    canvas.stroke(&[[back - 0.5, ankle], [4.5, ankle - rng.uniform(-0.5, 1.5)]], width, strap);
    canvas.stroke(&[[4.5, ankle], [front, sole.top(front)]], width, strap);
}

pub fn sneaker(rng: &mut ImageRng, canvas: &mut Canvas) {
    let fabric = Fabric::new(rng, &Habits { stripes: 0.04, checks: 0.06, flowers: 0.08 });
    let ground = rng.uniform(19.0, 24.0);
    let sole = Sole { ground, rise: rng.uniform(0.0, 1.2), thick: rng.uniform(1.2, 3.0) };
    // Most are low; a few reach the ankle as a boot does.
    let high = if rng.bernoulli(0.8) { rng.uniform(6.0, 9.5) } else { rng.uniform(9.5, 13.5) };
    let upper = Upper { high, shaft_front: rng.uniform(0.0, 4.0), toe: rng.uniform(2.6, 4.4), back: HEEL };
    upper.draw(rng, canvas, &sole, &fabric);
    if rng.bernoulli(0.7) {
        laces(rng, canvas, &sole, &upper, &fabric);
    }
    if rng.bernoulli(0.5) {
        let x = rng.uniform(-3.0, 4.0);
        let bright = if fabric.tone > 0.55 { 0.2 } else { 0.95 };
        let foot = sole.top(x) - 0.5;
        canvas.stroke(&[[x, foot], [x + rng.uniform(0.0, 4.0), foot - 4.5]], rng.uniform(0.9, 2.0), bright);
    }
    let bright = if rng.bernoulli(0.6) { rng.uniform(0.8, 1.0) } else { fabric.tone * 0.5 };
    sole.draw(rng, canvas, bright);
}

pub fn ankle_boot(rng: &mut ImageRng, canvas: &mut Canvas) {
    let fabric = Fabric::new(rng, &Habits { stripes: 0.02, checks: 0.02, flowers: 0.05 });
    let rise = if rng.bernoulli(0.55) { rng.uniform(0.3, 2.5) } else { rng.uniform(2.5, 8.0) };
    let sole = Sole { ground: rng.uniform(22.5, 27.0), rise, thick: rng.uniform(0.8, 2.2) };
    let top = if rng.bernoulli(0.8) { rng.uniform(2.0, 9.0) } else { rng.uniform(9.0, 13.0) };
    let upper = Upper {
        high: sole.top(HEEL) - top,
        shaft_front: rng.uniform(-1.0, 3.5),
        toe: rng.uniform(3.0, 5.5),
        back: HEEL - rng.uniform(0.0, 1.5),
    };
    upper.draw(rng, canvas, &sole, &fabric);
    if rng.bernoulli(0.35) {
        laces(rng, canvas, &sole, &upper, &fabric);
    }
    if rng.bernoulli(0.4) {
        let y = top + rng.uniform(1.5, 5.0);
        canvas.stroke(&[[upper.shaft_front, y], [upper.back, y]], rng.uniform(0.7, 1.4), fabric.tone * 0.5);
    }
    let bright = fabric.tone * rng.uniform(0.35, 1.0);
    sole.draw(rng, canvas, bright);
}

/// The foot stands on it: flat at the toe, `rise` higher at the heel.
struct Sole {
    ground: f32,
    rise: f32,
    thick: f32,
}

impl Sole {
    /// Height of the foot above column `x`.
    fn top(&self, x: f32) -> f32 {
        let along = ((x - TOE) / (HEEL - TOE)).clamp(0.0, 1.0);
        let lift = (2.0 * along - 0.6).clamp(0.0, 1.0);
        self.ground - self.thick - self.rise * lift * lift * (3.0 - 2.0 * lift)
    }

    fn draw(&self, rng: &mut ImageRng, canvas: &mut Canvas, brightness: f32) {
        let steps = 12;
        let at = |i: usize| TOE + (HEEL - TOE) * i as f32 / steps as f32;
        let upper = (0..=steps).map(|i| [at(i), self.top(at(i)) - 0.2]);
        let lower = (0..=steps).rev().map(|i| [at(i), self.top(at(i)) + self.thick]);
        canvas.fill_plain(&Outline { points: upper.chain(lower).collect() }, brightness);
        if self.rise < 1.0 {
            return;
        }
        // A wedge fills the arch; otherwise a heel, from a block to a stiletto.
        let wedge = rng.bernoulli(0.2);
        let width = if wedge { 15.0 } else { rng.uniform(1.2, 7.0) };
        let heel = Outline::start(HEEL, self.top(HEEL))
            .line(HEEL - rng.uniform(0.0, 0.8), self.ground)
            .line(HEEL - width, self.ground)
            .line(HEEL - width - 1.5, self.top(HEEL - width - 1.5));
        canvas.fill_plain(&heel, brightness);
    }
}

/// The closed part of a shoe.
struct Upper {
    /// From the foot up to the opening.
    high: f32,
    /// Column where the opening begins.
    shaft_front: f32,
    /// Height of the toe cap.
    toe: f32,
    /// Column of the heel's back.
    back: f32,
}

impl Upper {
    fn draw(&self, rng: &mut ImageRng, canvas: &mut Canvas, sole: &Sole, fabric: &Fabric) {
        let opening = sole.top(HEEL) - self.high;
        let toe = sole.top(TOE);
        let dip = rng.uniform(0.0, 1.6);
        let shoe = Outline::start(TOE, toe)
            .curve([TOE, toe - self.toe], [TOE + 4.5, toe - self.toe])
            .curve([self.shaft_front - 2.0, toe - self.toe - 1.5], [self.shaft_front, opening])
            .curve([(self.shaft_front + self.back) / 2.0, opening + 2.0 * dip], [self.back, opening])
            .curve([self.back - dip, opening + self.high * 0.5], [HEEL, sole.top(HEEL)])
            .line(4.0, sole.top(4.0))
            .line(-3.0, sole.top(-3.0));
        canvas.fill(&shoe, fabric.shaded(1.0));
        if rng.bernoulli(0.5) {
            let cap = [[TOE + 4.0, toe - self.toe], [TOE + 5.5, toe]];
            canvas.stroke(&cap, 0.7, fabric.tone * 0.6);
        }
        if rng.bernoulli(0.5) {
            let x = HEEL - rng.uniform(3.0, 6.0);
            canvas.stroke(&[[x, opening + 1.0], [x + 0.5, sole.top(x)]], 0.7, fabric.tone * 0.6);
        }
    }
}

/// Short bars down the front.
fn laces(rng: &mut ImageRng, canvas: &mut Canvas, sole: &Sole, upper: &Upper, fabric: &Fabric) {
    let bright = if fabric.tone > 0.6 { fabric.tone * 0.4 } else { 0.95 };
    let (top, bottom) = (sole.top(HEEL) - upper.high + 1.0, sole.top(TOE) - upper.toe - 0.5);
    let count = rng.uniform(2.0, 4.99) as usize;
    for i in 0..count {
        let t = i as f32 / count as f32;
        let (x, y) = (upper.shaft_front - 5.0 * t, top + (bottom - top) * t);
        canvas.stroke(&[[x, y], [x + 2.2, y + 0.9]], 0.7, bright);
    }
}

//! T-shirt, pullover, dress, coat and shirt: one cut with different measures, which is what makes
//! them hard to tell apart.

use super::canvas::Canvas;
use super::cut::{Cut, collar, hem_band, high_neck, hood, opening, pockets, print};
use super::fabric::{Fabric, Habits};
use super::rng::ImageRng;

pub fn t_shirt(rng: &mut ImageRng, canvas: &mut Canvas) {
    let fabric = Fabric::new(rng, &Habits { stripes: 0.2, checks: 0.02, flowers: 0.1 });
    let chest = rng.uniform(5.0, 8.0);
    let sleeveless = rng.bernoulli(0.1);
    let cut = Cut {
        shoulder: if sleeveless { chest * 0.72 } else { chest + rng.uniform(-0.3, 0.6) },
        chest,
        waist: chest * rng.uniform(0.86, 1.0),
        hem: chest * rng.uniform(0.92, 1.12),
        length: rng.uniform(24.0, 27.5),
        neck: rng.uniform(2.2, 3.8),
        neck_depth: rng.uniform(0.8, 4.0),
        pointed_neck: rng.bernoulli(0.25),
        sleeve: if sleeveless { 0.0 } else { short_sleeve(rng) },
        sleeve_width: rng.uniform(4.0, 5.8),
        spread: rng.uniform(0.35, 0.8),
    };
    cut.draw(rng, canvas, &fabric);
    if rng.bernoulli(0.4) {
        print(rng, canvas, &fabric);
    }
    if rng.bernoulli(0.06) {
        opening(rng, canvas, &cut, &fabric);
    }
}

pub fn pullover(rng: &mut ImageRng, canvas: &mut Canvas) {
    let fabric = Fabric::new(rng, &Habits { stripes: 0.2, checks: 0.03, flowers: 0.08 });
    let chest = rng.uniform(5.8, 8.0);
    let cut = Cut {
        shoulder: chest + rng.uniform(-0.6, 0.4),
        chest,
        waist: chest * rng.uniform(0.94, 1.04),
        hem: chest * rng.uniform(0.86, 1.04),
        length: rng.uniform(21.5, 27.0),
        neck: rng.uniform(2.0, 3.6),
        neck_depth: rng.uniform(0.4, 2.4),
        pointed_neck: rng.bernoulli(0.15),
        sleeve: long_sleeve(rng),
        sleeve_width: rng.uniform(3.2, 4.8),
        spread: rng.uniform(0.1, 0.32),
    };
    cut.draw(rng, canvas, &fabric);
    if rng.bernoulli(0.6) {
        hem_band(canvas, &cut, &fabric);
    }
    if rng.bernoulli(0.2) {
        print(rng, canvas, &fabric);
    }
    if rng.bernoulli(0.12) {
        hood(canvas, &cut, &fabric);
    } else if rng.bernoulli(0.3) {
        high_neck(canvas, &cut, &fabric);
    }
}

pub fn dress(rng: &mut ImageRng, canvas: &mut Canvas) {
    let fabric = Fabric::new(rng, &Habits { stripes: 0.1, checks: 0.04, flowers: 0.2 });
    let chest = rng.uniform(3.6, 6.2);
    let waist = chest * rng.uniform(0.7, 0.98);
    let sleeve = match rng.uniform(0.0, 1.0) {
        roll if roll < 0.5 => 0.0,
        roll if roll < 0.8 => short_sleeve(rng),
        _ => long_sleeve(rng),
    };
    let cut = Cut {
        shoulder: chest * rng.uniform(0.75, 1.0),
        chest,
        waist,
        hem: waist + rng.uniform(0.0, 4.6),
        length: rng.uniform(26.0, 27.8),
        neck: rng.uniform(1.6, 2.8),
        neck_depth: rng.uniform(0.8, 4.5),
        pointed_neck: rng.bernoulli(0.35),
        sleeve,
        sleeve_width: rng.uniform(2.6, 4.0),
        spread: rng.uniform(0.12, 0.5),
    };
    cut.draw(rng, canvas, &fabric);
    if rng.bernoulli(0.35) {
        let y = rng.uniform(10.0, 13.0);
        canvas.stroke(&[[-waist, y], [waist, y]], rng.uniform(0.7, 1.6), fabric.tone * 0.45);
    }
}

pub fn coat(rng: &mut ImageRng, canvas: &mut Canvas) {
    let fabric = Fabric::new(rng, &Habits { stripes: 0.03, checks: 0.1, flowers: 0.04 });
    let chest = rng.uniform(5.8, 8.0);
    let cut = Cut {
        shoulder: chest + rng.uniform(-0.6, 0.4),
        chest,
        waist: chest * rng.uniform(0.86, 1.02),
        hem: chest * rng.uniform(0.92, 1.14),
        length: rng.uniform(24.0, 27.8),
        neck: rng.uniform(1.8, 3.2),
        neck_depth: rng.uniform(0.6, 4.5),
        pointed_neck: rng.bernoulli(0.7),
        sleeve: long_sleeve(rng),
        sleeve_width: rng.uniform(3.4, 5.0),
        spread: rng.uniform(0.1, 0.3),
    };
    cut.draw(rng, canvas, &fabric);
    if rng.bernoulli(0.85) {
        opening(rng, canvas, &cut, &fabric);
    }
    if rng.bernoulli(0.2) {
        hood(canvas, &cut, &fabric);
    } else if rng.bernoulli(0.75) {
        collar(rng, canvas, &cut, &fabric);
    }
    if rng.bernoulli(0.5) {
        pockets(rng, canvas, &cut, &fabric);
    }
}

pub fn shirt(rng: &mut ImageRng, canvas: &mut Canvas) {
    let fabric = Fabric::new(rng, &Habits { stripes: 0.12, checks: 0.25, flowers: 0.12 });
    let chest = rng.uniform(5.4, 7.8);
    let cut = Cut {
        shoulder: chest + rng.uniform(-0.5, 0.5),
        chest,
        waist: chest * rng.uniform(0.84, 1.0),
        hem: chest * rng.uniform(0.9, 1.14),
        length: rng.uniform(24.0, 27.8),
        neck: rng.uniform(1.9, 3.3),
        neck_depth: rng.uniform(0.6, 4.0),
        pointed_neck: rng.bernoulli(0.5),
        sleeve: if rng.bernoulli(0.35) { short_sleeve(rng) } else { long_sleeve(rng) },
        sleeve_width: rng.uniform(3.2, 5.2),
        spread: rng.uniform(0.1, 0.4),
    };
    cut.draw(rng, canvas, &fabric);
    if rng.bernoulli(0.65) {
        opening(rng, canvas, &cut, &fabric);
    }
    if rng.bernoulli(0.7) {
        collar(rng, canvas, &cut, &fabric);
    }
    if rng.bernoulli(0.15) {
        pockets(rng, canvas, &cut, &fabric);
    }
}

fn short_sleeve(rng: &mut ImageRng) -> f32 {
    rng.uniform(0.12, 0.36)
}

fn long_sleeve(rng: &mut ImageRng) -> f32 {
    rng.uniform(0.75, 1.0)
}

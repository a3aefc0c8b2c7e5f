//! T-shirt, pullover, dress, coat and shirt: one cut with different measures, which is what makes
//! them hard to tell apart.

use super::canvas::Canvas;
use super::fabric::{Fabric, Habits};
use super::outline::Outline;
use super::rng::Dice;

/// Measures in pixels from the middle (`shoulder`, `chest`, `waist`, `hem`, `neck`) or from the top.
struct Cut {
    shoulder: f32,
    chest: f32,
    waist: f32,
    hem: f32,
    length: f32,
    neck: f32,
    neck_depth: f32,
    pointed_neck: bool,
    /// 0 is none, 1 reaches the wrist.
    sleeve: f32,
    sleeve_width: f32,
    /// How far the sleeves stand off, pixels sideways for each pixel down.
    spread: f32,
}

const TOP: f32 = 1.0;

pub fn t_shirt(dice: &mut Dice, canvas: &mut Canvas) {
    let fabric = Fabric::new(dice, &Habits { stripes: 0.2, checks: 0.02, flowers: 0.1 });
    let chest = dice.between(5.0, 8.0);
    let sleeveless = dice.chance(0.1);
    let cut = Cut {
        shoulder: if sleeveless { chest * 0.72 } else { chest + dice.between(-0.3, 0.6) },
        chest,
        waist: chest * dice.between(0.86, 1.0),
        hem: chest * dice.between(0.92, 1.12),
        length: dice.between(24.0, 27.5),
        neck: dice.between(2.2, 3.8),
        neck_depth: dice.between(0.8, 4.0),
        pointed_neck: dice.chance(0.25),
        sleeve: if sleeveless { 0.0 } else { short_sleeve(dice) },
        sleeve_width: dice.between(4.0, 5.8),
        spread: dice.between(0.35, 0.8),
    };
    cut.draw(dice, canvas, &fabric);
    if dice.chance(0.4) {
        print(dice, canvas, &fabric);
    }
    if dice.chance(0.06) {
        opening(dice, canvas, &cut, &fabric);
    }
}

pub fn pullover(dice: &mut Dice, canvas: &mut Canvas) {
    let fabric = Fabric::new(dice, &Habits { stripes: 0.2, checks: 0.03, flowers: 0.08 });
    let chest = dice.between(5.8, 8.0);
    let cut = Cut {
        shoulder: chest + dice.between(-0.6, 0.4),
        chest,
        waist: chest * dice.between(0.94, 1.04),
        hem: chest * dice.between(0.86, 1.04),
        length: dice.between(21.5, 27.0),
        neck: dice.between(2.0, 3.6),
        neck_depth: dice.between(0.4, 2.4),
        pointed_neck: dice.chance(0.15),
        sleeve: long_sleeve(dice),
        sleeve_width: dice.between(3.2, 4.8),
        spread: dice.between(0.1, 0.32),
    };
    cut.draw(dice, canvas, &fabric);
    if dice.chance(0.6) {
        hem_band(canvas, &cut, &fabric);
    }
    if dice.chance(0.2) {
        print(dice, canvas, &fabric);
    }
    if dice.chance(0.12) {
        hood(canvas, &cut, &fabric);
    } else if dice.chance(0.3) {
        high_neck(canvas, &cut, &fabric);
    }
}

pub fn dress(dice: &mut Dice, canvas: &mut Canvas) {
    let fabric = Fabric::new(dice, &Habits { stripes: 0.1, checks: 0.04, flowers: 0.2 });
    let chest = dice.between(3.6, 6.2);
    let waist = chest * dice.between(0.7, 0.98);
    let sleeve = match dice.between(0.0, 1.0) {
        roll if roll < 0.5 => 0.0,
        roll if roll < 0.8 => short_sleeve(dice),
        _ => long_sleeve(dice),
    };
    let cut = Cut {
        shoulder: chest * dice.between(0.75, 1.0),
        chest,
        waist,
        hem: waist + dice.between(0.0, 4.6),
        length: dice.between(26.0, 27.8),
        neck: dice.between(1.6, 2.8),
        neck_depth: dice.between(0.8, 4.5),
        pointed_neck: dice.chance(0.35),
        sleeve,
        sleeve_width: dice.between(2.6, 4.0),
        spread: dice.between(0.12, 0.5),
    };
    cut.draw(dice, canvas, &fabric);
    if dice.chance(0.35) {
        let y = dice.between(10.0, 13.0);
        canvas.stroke(&[[-waist, y], [waist, y]], dice.between(0.7, 1.6), fabric.tone * 0.45);
    }
}

pub fn coat(dice: &mut Dice, canvas: &mut Canvas) {
    let fabric = Fabric::new(dice, &Habits { stripes: 0.03, checks: 0.1, flowers: 0.04 });
    let chest = dice.between(5.8, 8.0);
    let cut = Cut {
        shoulder: chest + dice.between(-0.6, 0.4),
        chest,
        waist: chest * dice.between(0.86, 1.02),
        hem: chest * dice.between(0.92, 1.14),
        length: dice.between(24.0, 27.8),
        neck: dice.between(1.8, 3.2),
        neck_depth: dice.between(0.6, 4.5),
        pointed_neck: dice.chance(0.7),
        sleeve: long_sleeve(dice),
        sleeve_width: dice.between(3.4, 5.0),
        spread: dice.between(0.1, 0.3),
    };
    cut.draw(dice, canvas, &fabric);
    if dice.chance(0.85) {
        opening(dice, canvas, &cut, &fabric);
    }
    if dice.chance(0.2) {
        hood(canvas, &cut, &fabric);
    } else if dice.chance(0.75) {
        collar(dice, canvas, &cut, &fabric);
    }
    if dice.chance(0.5) {
        pockets(dice, canvas, &cut, &fabric);
    }
}

pub fn shirt(dice: &mut Dice, canvas: &mut Canvas) {
    let fabric = Fabric::new(dice, &Habits { stripes: 0.12, checks: 0.25, flowers: 0.12 });
    let chest = dice.between(5.4, 7.8);
    let cut = Cut {
        shoulder: chest + dice.between(-0.5, 0.5),
        chest,
        waist: chest * dice.between(0.84, 1.0),
        hem: chest * dice.between(0.9, 1.14),
        length: dice.between(24.0, 27.8),
        neck: dice.between(1.9, 3.3),
        neck_depth: dice.between(0.6, 4.0),
        pointed_neck: dice.chance(0.5),
        sleeve: if dice.chance(0.35) { short_sleeve(dice) } else { long_sleeve(dice) },
        sleeve_width: dice.between(3.2, 5.2),
        spread: dice.between(0.1, 0.4),
    };
    cut.draw(dice, canvas, &fabric);
    if dice.chance(0.65) {
        opening(dice, canvas, &cut, &fabric);
    }
    if dice.chance(0.7) {
        collar(dice, canvas, &cut, &fabric);
    }
    if dice.chance(0.15) {
        pockets(dice, canvas, &cut, &fabric);
    }
}

fn short_sleeve(dice: &mut Dice) -> f32 {
    dice.between(0.12, 0.36)
}

fn long_sleeve(dice: &mut Dice) -> f32 {
    dice.between(0.75, 1.0)
}

impl Cut {
    fn armpit(&self) -> f32 {
        TOP + 1.6 + self.sleeve_width
    }

    fn draw(&self, dice: &mut Dice, canvas: &mut Canvas, fabric: &Fabric) {
        let sleeve_light = dice.between(0.78, 1.0);
        if self.sleeve > 0.0 {
            for side in [-1.0, 1.0] {
                canvas.fill(&self.sleeve_outline().on_side(side), fabric.shaded(sleeve_light));
            }
        }
        canvas.fill(&self.body(), fabric.shaded(1.0));
        if self.sleeve > 0.5 && dice.chance(0.7) {
            let shadow = fabric.tone * dice.between(0.3, 0.75);
            for side in [-1.0, 1.0] {
                let seam = [[side * self.chest, self.armpit() - 1.0], [side * self.waist, self.length - 5.0]];
                canvas.stroke(&seam, 0.7, shadow);
            }
        }
    }

    fn body(&self) -> Outline {
        let neck = Outline::start(0.0, TOP + self.neck_depth);
        let neck = match self.pointed_neck {
            true => neck.line(self.neck, TOP),
            false => neck.curve([self.neck, TOP + self.neck_depth], [self.neck, TOP]),
        };
        neck.line(self.shoulder, TOP + 1.5)
            .curve([self.chest, TOP + 3.0], [self.chest, self.armpit()])
            .curve([2.0 * self.waist - (self.chest + self.hem) / 2.0, 14.0], [self.hem, self.length - 0.6])
            .curve([self.hem * 0.7, self.length], [0.0, self.length])
            .mirrored()
    }

    /// The right sleeve.
    fn sleeve_outline(&self) -> Outline {
        let reach = 3.0 + self.sleeve * 18.0;
        let down = reach / (1.0 + self.spread * self.spread).sqrt();
        let wrist = [self.shoulder + down * self.spread, TOP + 1.5 + down];
        let width = self.sleeve_width * (1.0 - 0.35 * self.sleeve);
        Outline::start(self.neck, TOP)
            .line(self.shoulder, TOP + 1.3)
            .curve([self.shoulder + 1.3, TOP + 2.6], wrist)
            .line(wrist[0] - width, wrist[1] + width * self.spread)
            .line(self.chest - 1.0, self.armpit())
    }
}

/// A picture on the chest.
fn print(dice: &mut Dice, canvas: &mut Canvas, fabric: &Fabric) {
    let brightness = if fabric.tone > 0.5 { fabric.tone * 0.35 } else { 0.9 };
    let (y, width, height) = (dice.between(8.0, 13.0), dice.between(3.0, 8.0), dice.between(1.5, 6.0));
    match dice.between(0.0, 3.0) as u32 {
        0 => canvas.fill_plain(
            &Outline::rectangle(-width / 2.0, y - height / 2.0, width / 2.0, y + height / 2.0),
            brightness,
        ),
        1 => canvas.fill_plain(&Outline::ellipse([0.0, y], width, width), brightness),
        _ => {
            let diamond =
                Outline::start(0.0, y - height / 2.0).line(width / 2.0, y).line(0.0, y + height / 2.0);
            canvas.fill_plain(&diamond.line(-width / 2.0, y), brightness);
        }
    }
}

/// The line where a coat or a shirt opens, with buttons or a zip.
fn opening(dice: &mut Dice, canvas: &mut Canvas, cut: &Cut, fabric: &Fabric) {
    let top = TOP + cut.neck_depth;
    let x = dice.between(-0.5, 0.5);
    let dark = fabric.tone * dice.between(0.25, 0.7);
    canvas.stroke(&[[x, top], [x, cut.length]], dice.between(0.5, 1.1), dark);
    if dice.chance(0.5) {
        let step = dice.between(3.0, 4.5);
        let mut y = top + 1.5;
        while y < cut.length - 1.0 {
            canvas.fill_plain(&Outline::ellipse([x + 0.8, y], 1.1, 1.1), (1.15 * fabric.tone).min(1.0));
            y += step;
        }
    }
}

/// Two flaps beside the neck.
fn collar(dice: &mut Dice, canvas: &mut Canvas, cut: &Cut, fabric: &Fabric) {
    let (drop, width) = (dice.between(2.0, 4.5), dice.between(0.8, 2.0));
    let light = dice.between(0.7, 1.15);
    for side in [-1.0, 1.0] {
        let flap = Outline::start(0.3, TOP + cut.neck_depth)
            .line(cut.neck - 0.3, TOP - 0.6)
            .line(cut.neck + width, TOP + 0.6)
            .line(cut.neck * 0.7 + 0.6, TOP + cut.neck_depth.min(2.0) + drop)
            .on_side(side);
        canvas.fill(&flap, fabric.shaded(light));
        canvas.stroke(&flap.points[2..], 0.6, fabric.tone * 0.45);
        canvas.stroke(&[flap.points[3], flap.points[0]], 0.6, fabric.tone * 0.45);
    }
}

fn hood(canvas: &mut Canvas, cut: &Cut, fabric: &Fabric) {
    canvas.fill(&Outline::ellipse([0.0, TOP + 2.4], 2.0 * cut.neck + 3.4, 6.4), fabric.shaded(0.85));
    canvas.fill_plain(&Outline::ellipse([0.0, TOP + 2.4], 2.0 * cut.neck, 3.8), fabric.tone * 0.35);
}

fn high_neck(canvas: &mut Canvas, cut: &Cut, fabric: &Fabric) {
    let (w, top) = (cut.neck + 0.2, TOP - 1.0);
    let band = Outline::rectangle(-w, top, w, TOP + 1.6);
    canvas.fill(&band, fabric.shaded(0.85));
}

fn hem_band(canvas: &mut Canvas, cut: &Cut, fabric: &Fabric) {
    let y = cut.length - 2.4;
    canvas.stroke(&[[-cut.hem, y], [cut.hem, y]], 0.8, fabric.tone * 0.7);
}

fn pockets(dice: &mut Dice, canvas: &mut Canvas, cut: &Cut, fabric: &Fabric) {
    let (y, width) = (dice.between(15.0, 20.0), cut.waist * 0.45);
    for side in [-1.0, 1.0] {
        let inner = side * cut.waist * 0.35;
        canvas.stroke(&[[inner, y], [inner + side * width, y + 0.8]], 0.8, fabric.tone * 0.5);
    }
}

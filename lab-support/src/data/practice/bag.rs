use super::canvas::Canvas;
use super::fabric::{Fabric, Habits};
use super::outline::Outline;
use super::rng::Dice;

pub fn bag(dice: &mut Dice, canvas: &mut Canvas) {
    let fabric = Fabric::new(dice, &Habits { stripes: 0.08, checks: 0.06, flowers: 0.12 });
    let bottom = dice.between(22.0, 27.0);
    let height = dice.between(9.0, 19.0);
    let top = bottom - height;
    let top_width = dice.between(7.0, 13.2);
    let bottom_width = top_width * dice.between(0.85, 1.2);
    handle(dice, canvas, &fabric, top, top_width);
    let round = dice.between(0.3, 3.0);
    let body = Outline::start(0.0, top)
        .line(top_width - round, top)
        .curve([top_width, top], [top_width, top + round])
        .line(bottom_width, bottom - round)
        .curve([bottom_width, bottom], [bottom_width - round, bottom])
        .line(0.0, bottom)
        .mirrored();
    canvas.fill(&body, fabric.shaded(1.0));
    if dice.chance(0.5) {
        flap(dice, canvas, &fabric, top, height, top_width);
    } else if dice.chance(0.6) {
        let y = top + dice.between(1.2, 3.0);
        canvas.stroke(&[[-top_width, y], [top_width, y]], 0.8, fabric.tone * 0.5);
    }
}

/// An arch above the bag, a long strap to its sides, or nothing.
fn handle(dice: &mut Dice, canvas: &mut Canvas, fabric: &Fabric, top: f32, top_width: f32) {
    if dice.chance(0.15) {
        return;
    }
    let reach = top_width * dice.between(0.35, 1.0);
    let peak = (top - dice.between(4.0, 14.0)).max(1.0);
    let start = top + dice.between(0.0, 2.0);
    let arch =
        Outline::start(-reach, start).curve([-reach, peak], [0.0, peak]).curve([reach, peak], [reach, start]);
    canvas.stroke(&arch.points, dice.between(0.8, 1.9), fabric.tone * dice.between(0.6, 1.0));
}

fn flap(dice: &mut Dice, canvas: &mut Canvas, fabric: &Fabric, top: f32, height: f32, width: f32) {
    let depth = height * dice.between(0.3, 0.65);
    let corner = dice.between(0.2, 0.9);
    let edge = Outline::start(-width, top + 0.5)
        .line(-width * corner, top + depth)
        .line(width * corner, top + depth)
        .line(width, top + 0.5);
    canvas.fill(&edge, fabric.shaded(dice.between(0.75, 0.95)));
    canvas.stroke(&edge.points, 0.7, fabric.tone * 0.5);
    let clasp = if fabric.tone > 0.6 { 0.2 } else { 1.0 };
    canvas.fill_plain(&Outline::ellipse([0.0, top + depth], 2.2, 1.8), clasp);
}

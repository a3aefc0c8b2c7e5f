//! The cut of a top, and what may be on it: a print, an opening, a collar, pockets.

use super::canvas::Canvas;
use super::fabric::Fabric;
use super::outline::Outline;
use super::rng::ImageRng;

/// Measures in pixels from the middle (`shoulder`, `chest`, `waist`, `hem`, `neck`) or from the top.
pub struct Cut {
    pub shoulder: f32,
    pub chest: f32,
    pub waist: f32,
    pub hem: f32,
    pub length: f32,
    pub neck: f32,
    pub neck_depth: f32,
    pub pointed_neck: bool,
    /// 0 is none, 1 reaches the wrist.
    pub sleeve: f32,
    pub sleeve_width: f32,
    /// How far the sleeves stand off, pixels sideways for each pixel down.
    pub spread: f32,
}

const TOP: f32 = 1.0;

impl Cut {
    fn armpit(&self) -> f32 {
        TOP + 1.6 + self.sleeve_width
    }

    pub fn draw(&self, rng: &mut ImageRng, canvas: &mut Canvas, fabric: &Fabric) {
        let sleeve_light = rng.uniform(0.78, 1.0);
        if self.sleeve > 0.0 {
            for side in [-1.0, 1.0] {
                canvas.fill(&self.sleeve_outline().on_side(side), fabric.shaded(sleeve_light));
            }
        }
        canvas.fill(&self.body(), fabric.shaded(1.0));
        if self.sleeve > 0.5 && rng.bernoulli(0.7) {
            let shadow = fabric.tone * rng.uniform(0.3, 0.75);
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
pub fn print(rng: &mut ImageRng, canvas: &mut Canvas, fabric: &Fabric) {
    let brightness = if fabric.tone > 0.5 { fabric.tone * 0.35 } else { 0.9 };
    let (y, width, height) = (rng.uniform(8.0, 13.0), rng.uniform(3.0, 8.0), rng.uniform(1.5, 6.0));
    match rng.uniform(0.0, 3.0) as u32 {
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
pub fn opening(rng: &mut ImageRng, canvas: &mut Canvas, cut: &Cut, fabric: &Fabric) {
    let top = TOP + cut.neck_depth;
    let x = rng.uniform(-0.5, 0.5);
    let dark = fabric.tone * rng.uniform(0.25, 0.7);
    canvas.stroke(&[[x, top], [x, cut.length]], rng.uniform(0.5, 1.1), dark);
    if rng.bernoulli(0.5) {
        let step = rng.uniform(3.0, 4.5);
        let mut y = top + 1.5;
        while y < cut.length - 1.0 {
            canvas.fill_plain(&Outline::ellipse([x + 0.8, y], 1.1, 1.1), (1.15 * fabric.tone).min(1.0));
            y += step;
        }
    }
}

/// Two flaps beside the neck.
pub fn collar(rng: &mut ImageRng, canvas: &mut Canvas, cut: &Cut, fabric: &Fabric) {
    let (drop, width) = (rng.uniform(2.0, 4.5), rng.uniform(0.8, 2.0));
    let light = rng.uniform(0.7, 1.15);
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

pub fn hood(canvas: &mut Canvas, cut: &Cut, fabric: &Fabric) {
    canvas.fill(&Outline::ellipse([0.0, TOP + 2.4], 2.0 * cut.neck + 3.4, 6.4), fabric.shaded(0.85));
    canvas.fill_plain(&Outline::ellipse([0.0, TOP + 2.4], 2.0 * cut.neck, 3.8), fabric.tone * 0.35);
}

pub fn high_neck(canvas: &mut Canvas, cut: &Cut, fabric: &Fabric) {
    let (w, top) = (cut.neck + 0.2, TOP - 1.0);
    let band = Outline::rectangle(-w, top, w, TOP + 1.6);
    canvas.fill(&band, fabric.shaded(0.85));
}

pub fn hem_band(canvas: &mut Canvas, cut: &Cut, fabric: &Fabric) {
    let y = cut.length - 2.4;
    canvas.stroke(&[[-cut.hem, y], [cut.hem, y]], 0.8, fabric.tone * 0.7);
}

pub fn pockets(rng: &mut ImageRng, canvas: &mut Canvas, cut: &Cut, fabric: &Fabric) {
    let (y, width) = (rng.uniform(15.0, 20.0), cut.waist * 0.45);
    for side in [-1.0, 1.0] {
        let inner = side * cut.waist * 0.35;
        canvas.stroke(&[[inner, y], [inner + side * width, y + 0.8]], 0.8, fabric.tone * 0.5);
    }
}

//! How long things take, in bars.

use lab_base::Error;
use plotters::prelude::{Color, Rectangle};

use crate::data::Source;
use crate::plot::figure::{Figure, Frame};
use crate::plot::style::{
    Area, BLUE, Drawn, FADED, GREY, INK, MARGIN, bold, fitting, px, text, to_the_left, to_the_right,
};

/// The same work done by several, or in several ways: bars on a scale of their own.
#[derive(Clone, Debug, PartialEq)]
pub struct Times {
    /// What was done: the title of the group.
    pub work: String,
    /// Who did it, and in how many seconds.
    pub bars: Vec<(String, f64)>,
    /// How many of them, from the first on, are drawn in blue, the others in grey.
    pub ours: usize,
}

/// A figure of 1 to 12 groups of bars, one below the other.
///
/// # Errors
/// When there are no groups, more than 12, one without bars, or a time that is not a number above 0.
pub fn times(title: &str, note: &str, groups: &[Times], source: Source) -> Result<Figure, Error> {
    check(groups)?;
    let rows: usize = groups.iter().map(|group| group.bars.len()).sum();
    let first: Vec<String> = groups.iter().map(described).collect();
    let frame = Frame {
        title,
        note,
        size: (900, HEADING * groups.len() as i32 + ROW * rows as i32),
        source,
        alt: format!("{title}. {}.", first.join("; ")),
    };
    Figure::draw(frame, |area| {
        let mut top = 0;
        for group in groups {
            draw_group(area, group, top)?;
            top += HEADING + ROW * group.bars.len() as i32;
        }
        Ok(())
    })
}

fn check(groups: &[Times]) -> Result<(), Error> {
    let doing = "drawing times";
    if !(1..=12).contains(&groups.len()) {
        return Err(Error::new(doing, "1 to 12 groups of bars", groups.len(), "draw fewer at once"));
    }
    for group in groups {
        let wrong = group.bars.iter().find(|(_, seconds)| !(seconds.is_finite() && *seconds > 0.0));
        let found = match wrong {
            Some((who, seconds)) => format!("{seconds} of {who} for {}", group.work),
            None if group.bars.is_empty() => format!("no times for {}", group.work),
            None => continue,
        };
        return Err(Error::new(doing, "seconds above 0 for each bar", found, "measure them again"));
    }
    Ok(())
}

fn described(group: &Times) -> String {
    let bars = group.bars.iter().map(|(who, seconds)| format!("{who} {}", written(*seconds)));
    format!("{}: {}", group.work, bars.collect::<Vec<_>>().join(", "))
}

/// Height of a group's heading and of a bar, and where bars begin and end at most: pixels.
const HEADING: i32 = 36;
const ROW: i32 = 24;
const LEFT: i32 = MARGIN + 170;
const RIGHT: i32 = 800;

fn draw_group(area: &Area, group: &Times, top: i32) -> Drawn {
    area.draw_text(&group.work, &bold(14, FADED), (px(MARGIN), px(top + HEADING - 8)))?;
    let longest = group.bars.iter().map(|(_, seconds)| *seconds).fold(0.0, f64::max);
    for (row, (who, seconds)) in group.bars.iter().enumerate() {
        let (upper, lower) =
            (top + HEADING + ROW * row as i32 + 3, top + HEADING + ROW * (row as i32 + 1) - 3);
        let (left, middle) = (px(LEFT), px((upper + lower) / 2));
        let width = f64::from(px(RIGHT - LEFT));
        let end = left + (width * seconds / longest).min(width) as i32;
        let colour = if row < group.ours { BLUE } else { GREY };
        area.draw(&Rectangle::new([(left, px(upper)), (end, px(lower))], colour.filled()))?;
        let name = fitting(area, who, px(LEFT - 8 - MARGIN))?;
        area.draw_text(&name, &to_the_left(&text(14, INK)), (left - px(8), middle))?;
        area.draw_text(&written(*seconds), &to_the_right(&text(14, INK)), (end + px(8), middle))?;
    }
    Ok(())
}

/// As many digits as a time is read with.
fn written(seconds: f64) -> String {
    match seconds {
        _ if seconds < 0.1 => format!("{:.1} ms", 1000.0 * seconds),
        _ if seconds < 10.0 => format!("{seconds:.2} s"),
        _ => format!("{seconds:.0} s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn group(seconds: f64) -> Times {
        let bars = vec![("lab".to_string(), seconds), ("another".to_string(), 2.5)];
        Times { work: "an epoch".into(), bars, ours: 1 }
    }

    #[test]
    fn the_words_say_all_times() {
        let figure =
            times("Speed", "two cores", &[group(0.31), group(0.0154)], Source::FashionMnist).unwrap();
        assert_eq!(
            figure.alt(),
            "Speed. an epoch: lab 0.31 s, another 2.50 s; an epoch: lab 15.4 ms, another 2.50 s."
        );
    }

    #[test]
    fn what_is_no_time_is_refused() {
        let empty = Times { work: "nothing".into(), bars: vec![], ours: 0 };
        for bad in [vec![], vec![group(0.0)], vec![group(f64::NAN)], vec![empty], vec![group(1.0); 13]] {
            times("Speed", "", &bad, Source::FashionMnist).unwrap_err();
        }
    }
}

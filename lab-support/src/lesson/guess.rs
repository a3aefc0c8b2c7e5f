//! A guess before the result, and both side by side.

use std::fmt;

use crate::lesson::check::{Check, Point, Said};
use crate::notebook::display::thousands;

/// What a student expects: shows itself, and later stands beside the result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Guess {
    guess: String,
    /// Whether it is one of several words, though those may be numbers: how far apart they are says nothing.
    is_choice: bool,
    check: Check,
}

/// A guess beside what came out: shows itself as a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Compared {
    guess: String,
    is_choice: bool,
    result: String,
    said: Said,
}

/// Commits to `guess`, one of `choices`, or with no choices a number, before the result is there. What counts
/// is to have made one: a wrong guess teaches more than none.
///
/// ```
/// # use lab_support::prelude::*;
/// let wins = guess("which width wins", &["64", "128", "256"], "128");
/// println!("{}", wins.beside("256"));
/// ```
pub fn guess(about: &str, choices: &[&str], guess: &str) -> Guess {
    let guess = guess.trim();
    let (holds, expected) = match choices {
        [] => (number(guess).is_some(), "a number".to_string()),
        _ => (
            choices.iter().any(|choice| same(choice, guess)),
            format!("one of \"{}\"", choices.join("\", \"")),
        ),
    };
    let found = if guess.is_empty() { "nothing yet".to_string() } else { format!("\"{guess}\"") };
    let point = Point::new(
        holds,
        if holds { format!("your guess, {guess}") } else { expected },
        found,
        match (guess, choices) {
            ("", _) => "write it between the last quotes: right or wrong, it counts",
            (_, []) => "digits alone, as in 5000, or a share as 0.8 or 80 %: right or wrong, it counts",
            _ => "one of these, as it is written: right or wrong, it counts",
        },
    );
    let check = Check::new(&format!("guess: {about}"), vec![point]);
    Guess { guess: guess.into(), is_choice: !choices.is_empty(), check }
}

impl Guess {
    /// The guess and the result side by side.
    pub fn beside(&self, result: impl fmt::Display) -> Compared {
        let guess = if self.check.passed() { self.guess.clone() } else { String::new() };
        let said = Said::default();
        let compared = Compared { guess, is_choice: self.is_choice, result: result.to_string(), said };
        Compared { said: Said::at_once(&compared.markdown(), &compared.to_string()), ..compared }
    }

    /// Shows in a notebook whether there is a guess.
    pub fn evcxr_display(&self) {
        self.check.evcxr_display();
    }
}

impl Compared {
    /// Shows both in a notebook.
    pub fn evcxr_display(&self) {
        self.said.show(&self.markdown(), &self.to_string());
    }

    fn markdown(&self) -> String {
        let row = format!("| {} | {} | {} |", self.guess(), self.result(), self.told());
        format!("| your guess | result | how near |\n|:--|:--|:--|\n{row}")
    }

    fn guess(&self) -> &str {
        if self.guess.is_empty() { "none" } else { &self.guess }
    }

    /// With four digits, where it is a number that has more.
    fn result(&self) -> String {
        match number(&self.result) {
            Some(result) if self.result.contains('.') => format!("{result:.4}"),
            Some(count) if !self.is_choice && count.fract() == 0.0 && (1000.0..1e15).contains(&count) => {
                thousands(count as usize)
            }
            _ => self.result.clone(),
        }
    }

    fn told(&self) -> String {
        let result = number(&self.result);
        // "100.000" and "100 000" of something that is counted.
        let thousands = grouped(&self.guess).filter(|_| result.is_some_and(|result| result.fract() == 0.0));
        let guess = thousands.or_else(|| number(&self.guess));
        match (guess, result) {
            _ if self.guess.is_empty() => "guess first, then look: that is how it sticks".into(),
            _ if same(&self.guess, &self.result) => "\u{2713} as you guessed".into(),
            (Some(guess), Some(result)) if guess == result => "\u{2713} as you guessed".into(),
            _ if self.is_choice => "not as you guessed".into(),
            (Some(_), Some(result)) if self.guess.contains('%') && result > 1.0 => {
                "not a share, but a number that is counted".into()
            }
            (Some(guess), Some(result)) if is_percent(guess, result, &self.result) => {
                format!("{}, taken as {guess} %", off_by((guess / 100.0 - result).abs()))
            }
            (Some(guess), Some(result)) => off_by((guess - result).abs()),
            _ => "not as you guessed".into(),
        }
    }
}

impl fmt::Display for Compared {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "your guess  {}\nresult      {}\n{}", self.guess(), self.result(), self.told())
    }
}

/// Counts are whole numbers, shares have four digits.
fn off_by(distance: f64) -> String {
    if distance.fract() == 0.0 && distance < 1e15 {
        format!("off by {}", thousands(distance as usize))
    } else {
        format!("off by {distance:.4}")
    }
}

fn same(one: &str, other: &str) -> bool {
    one.trim().to_lowercase() == other.trim().to_lowercase()
}

/// Whether a guess without a percent sign was meant to have one: the result is a share, and the guess is far above it.
fn is_percent(guess: f64, result: f64, written: &str) -> bool {
    written.contains('.') && (0.0..=1.0).contains(&result) && guess > 1.0 && guess <= 100.0
}

/// A whole number whose thousands are set apart by points or spaces, which a number with a fraction may look like.
fn grouped(text: &str) -> Option<f64> {
    let mut groups = text.trim().split(['.', ',', ' ', '\u{a0}', '\u{202f}', '_']);
    let first = groups.next().filter(|first| (1..=3).contains(&first.len()) && *first != "0")?;
    let digits = groups.try_fold(first.to_string(), |all, group| (group.len() == 3).then(|| all + group))?;
    digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok())?
}

/// `0.88`, `0,88`, `88 %` as 0.88, `101,770`, `101_770`. Infinity and what is not a number are no guesses.
fn number(text: &str) -> Option<f64> {
    if text.contains([' ', '\u{a0}', '\u{202f}'])
        && let Some(value) = grouped(text)
    {
        return Some(value);
    }
    let plain = text.trim().replace('_', "");
    let groups: Vec<&str> = plain.split(['.', ' ', '%']).next().unwrap_or_default().split(',').collect();
    let is_thousands = groups[0] != "0" && groups[1..].iter().all(|group| group.len() == 3);
    let plain = if is_thousands { plain.replace(',', "") } else { plain.replace(',', ".") };
    let value: Option<f64> = match plain.strip_suffix('%') {
        Some(percent) => percent.trim().parse().ok().map(|value: f64| value / 100.0),
        None => plain.parse().ok(),
    };
    value.filter(|value| value.is_finite())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_guess_counts_when_it_is_one() {
        let widths = |text| guess("width", &["64", "128"], text).check.passed();
        assert!(widths("64") && widths(" 128 ") && !widths("") && !widths("32"));
        let share = |text| guess("accuracy", &[], text).check.passed();
        assert!(share("0.88") && share("88 %") && share("101,770") && !share("") && !share("high"));
        assert!(share("100_000") && !share("1,2,3") && !share("about 5000"));
        let hint = |text: &str| guess("it", &[], text).check.to_string();
        assert!(hint("").contains("between the last quotes") && hint("about 5000").contains("digits alone"));
        for none in ["NaN", "-nan", "inf", "infinity", "1e999", "NaN %"] {
            assert!(!share(none), "{none}");
        }
    }

    #[test]
    fn it_stands_beside_the_result() {
        let said = |text: &str, result: &str| guess("it", &[], text).beside(result).told();
        let chosen = |text: &str| guess("it", &["Bag", "Shirt"], text).beside("shirt").told();
        assert_eq!(
            (chosen("Shirt").as_str(), chosen("Bag").as_str()),
            ("\u{2713} as you guessed", "not as you guessed")
        );
        assert!(chosen("shoe").starts_with("guess first"), "it was none of the choices");
        assert_eq!(said("90 %", "0.8856"), "off by 0.0144");
        assert_eq!(said("100,000", "101770"), "off by 1,770");
        assert_eq!(said("0,8", "0.8856"), "off by 0.0856");
        assert_eq!(said("0,875", "0.8856"), "off by 0.0106");
        assert_eq!(said("88,5 %", "0.8856"), "off by 0.0006");
        assert_eq!(said("80", "0.8856"), "off by 0.0856, taken as 80 %");
        assert_eq!(said("80", "101770"), "off by 101,690");
        for exact in ["101,770", "101.770", "101 770", "101_770", "101770"] {
            assert_eq!(said(exact, "101770"), "\u{2713} as you guessed", "{exact}");
        }
        assert_eq!(
            (said("100.000", "101770"), said("1.000", "0.8856")),
            ("off by 1,770".into(), "off by 0.1144".into())
        );
        assert_eq!(said("80 %", "101770"), "not a share, but a number that is counted");
        assert_eq!(guess("width", &["64", "128"], "64").beside("128").told(), "not as you guessed");
        assert!(said("", "0.8856").starts_with("guess first"));
        assert_eq!(guess("it", &[], "0.9").beside(0.885_600_03_f32).result(), "0.8856");
        assert_eq!(guess("it", &[], "5,000").beside(6000).result(), "6,000");
        assert_eq!(
            guess("it", &["1024"], "1024").beside("1024").result(),
            "1024",
            "as the choice is written"
        );
    }
}

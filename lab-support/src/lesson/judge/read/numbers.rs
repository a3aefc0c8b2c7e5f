//! One reader of numbers, in all the ways in which students write them.

use std::cmp::Ordering;

/// A number as it was written.
#[derive(Clone, Debug, PartialEq)]
pub(in super::super) struct Number {
    /// As in the text: `60,000`.
    pub text: String,
    pub value: f64,
    /// Where a point may separate thousands, what it is otherwise: `1.875` is 1875, or this.
    pub other: Option<f64>,
    /// Digits behind the point.
    pub decimals: i32,
    pub percent: bool,
    /// Said to be a round figure.
    pub about: bool,
    /// Said to be no more than a bound: "more than 95 %" is `Greater`, "below 90 %" is `Less`.
    pub bound: Option<Ordering>,
    /// Written in letters.
    pub spelled: bool,
    /// A power of ten, `10^4`: a factor before it belongs to it.
    pub power: bool,
}

/// How well a number that was written stands for a number that was measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in super::super) enum Fit {
    No,
    /// Cut off instead of rounded, or a little off for a round figure.
    Nearly,
    Yes,
}

const SUPERSCRIPTS: &str = "\u{2070}\u{b9}\u{b2}\u{b3}\u{2074}\u{2075}\u{2076}\u{2077}\u{2078}\u{2079}";

impl Number {
    pub fn new(text: &str, value: f64) -> Number {
        Number {
            text: text.into(),
            value,
            other: None,
            decimals: 0,
            percent: false,
            about: false,
            bound: None,
            spelled: false,
            power: false,
        }
    }

    /// The number that `text` begins with, and its length in bytes; `before` is the character before it. `2d` and `1st`
    /// are words, `60k` is 60,000.
    pub fn read(text: &str, before: char) -> Option<(Number, usize)> {
        let is_bare = text.starts_with('.') && !before.is_alphanumeric() && digits(&text[1..]) > 0;
        let mut length = digits(text);
        if length == 0 && !is_bare {
            return None;
        }
        let mut plain = text[..length].to_string();
        let mut pointed = false;
        let is_short = (1..=3).contains(&length) && !text.starts_with('0');
        while let Some((separator, digits)) = thousands(&text[length..]).filter(|_| is_short) {
            pointed |= separator == '.';
            plain.push_str(digits);
            length += separator.len_utf8() + 3;
        }
        let fraction = fraction(&text[length..], before);
        let decimals = fraction.len();
        if decimals > 0 {
            plain = format!("{plain}.{fraction}");
            length += 1 + decimals;
        }
        if length == 0 {
            // `.000.0`
            return None;
        }
        if let Some((exponent, bytes)) = exponent(&text[length..]) {
            plain.push_str(&format!("e{exponent}"));
            length += bytes;
        }
        let mut number = Number::new(&text[..length], format!("0{plain}").parse().ok()?);
        number.decimals = decimals as i32;
        if let Some((exponent, bytes)) = power(&text[length..]) {
            number.value = number.value.powi(exponent);
            number.power = true;
            length += bytes;
        }
        length += number.unit(&text[length..])?;
        if pointed {
            let decimal = number
                .text
                .replacen('.', "#", 1)
                .replace(|c: char| c == '.' || c.is_whitespace(), "")
                .replace('#', ".")
                .parse();
            number.other = decimal.ok();
            if number.percent {
                (number.value, number.decimals) = (number.other.take()?, 3);
            }
        }
        Some((number, length))
    }

    /// Takes "thousand" or "percent" behind it as a part of the number. False for any other word.
    pub fn extend(&mut self, word: &str) -> bool {
        match word {
            "hundred" => self.scale(100.0),
            "thousand" => self.scale(1000.0),
            "million" => self.scale(1e6),
            "k" => self.scale(1000.0),
            "percent" => self.percent = true,
            _ => return false,
        }
        true
    }

    fn scale(&mut self, by: f64) {
        self.value = (self.value * by * 1e6).round() / 1e6;
        self.decimals = 0;
    }

    /// The length of the unit directly behind the digits; none where letters make a word of them.
    fn unit(&mut self, rest: &str) -> Option<usize> {
        let spaces = rest.len() - rest.trim_start_matches(char::is_whitespace).len();
        if rest[spaces..].starts_with('%') {
            self.percent = true;
            return Some(spaces + 1);
        }
        let letters = rest.find(|c: char| !c.is_alphabetic()).unwrap_or(rest.len());
        match &rest[..letters] {
            "" | "x" | "s" | "px" | "ms" | "mb" | "kb" | "gb" | "min" => Some(0),
            "k" => {
                self.scale(1000.0);
                Some(1)
            }
            "m" => {
                self.scale(1e6);
                Some(1)
            }
            _ => None,
        }
    }

    pub fn is(&self, value: f64) -> bool {
        let near = |number: f64| (number - value).abs() < 1e-9 * value.abs().max(1.0);
        near(self.value) || self.other.is_some_and(near)
    }

    pub fn is_one_of(&self, values: &[f64]) -> bool {
        values.iter().any(|value| self.is(*value))
    }

    /// A whole number, without percent.
    pub fn count(&self) -> Option<usize> {
        let is_whole = self.value.fract() == 0.0 && !self.percent;
        is_whole.then_some(self.value as usize)
    }

    /// How well it stands for this number, at the precision that is written.
    pub fn fits(&self, value: f64) -> Fit {
        let unit = 0.1f64.powi(self.decimals);
        let off = self.value - value;
        if off.abs() <= 0.5 * unit + 1e-6 {
            return Fit::Yes;
        }
        if self.bound.is_some_and(|bound| value.total_cmp(&self.value) == bound && off.abs() < 10.0 * unit) {
            return Fit::Yes;
        }
        let is_near = off.abs() < unit || self.about && off.abs() <= 1.5 * unit;
        if is_near && (off < 0.0 || self.about) { Fit::Nearly } else { Fit::No }
    }

    /// The same for a share, a number from 0 to 1, as such or in percent.
    pub fn fits_share(&self, share: f64) -> Fit {
        let in_percent = self.fits(100.0 * share);
        if self.percent || self.value > 1.0 {
            return in_percent;
        }
        if self.decimals > 0 { self.fits(share) } else { Fit::No }
    }
}

const SEPARATORS: [char; 4] = [',', '\'', '.', '\u{2019}'];

fn digits(text: &str) -> usize {
    text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len())
}

/// Three digits behind a separator, and no fourth: the next group of 60,000.
fn thousands(text: &str) -> Option<(char, &str)> {
    let separator =
        text.chars().next().filter(|c| SEPARATORS.contains(c) || c.is_whitespace() && *c != '\n')?;
    let rest = &text[separator.len_utf8()..];
    let ends = digits(rest) == 3 && !rest[3..].starts_with(char::is_alphabetic);
    ends.then(|| (separator, &rest[..3]))
}

/// What stands behind a decimal point or comma. The comma of `(28,28)` is none.
fn fraction(text: &str, before: char) -> &str {
    let Some(rest) = text.strip_prefix(['.', ',']) else { return "" };
    let length = digits(rest);
    let in_tuple = matches!(before, '(' | '[' | ',') || rest[length..].starts_with([',', ')', ']']);
    if text.starts_with(',') && (length < 2 && !rest[length..].trim_start().starts_with('%') || in_tuple) {
        return "";
    }
    // 1.2.3 is a version.
    let is_version = rest[length..].strip_prefix('.').is_some_and(|rest| digits(rest) > 0);
    if is_version { "" } else { &rest[..length] }
}

/// As in 1e-3: the exponent, and its length with the letter.
fn exponent(text: &str) -> Option<(i32, usize)> {
    let rest = text.strip_prefix('e')?;
    let sign = usize::from(rest.starts_with(['-', '+']));
    let length = sign + digits(&rest[sign..]);
    let exponent = rest[..length].parse().ok()?;
    (!rest[length..].starts_with(char::is_alphabetic)).then_some((exponent, 1 + length))
}

/// As in 10^4, 10^{4} or with small raised digits.
fn power(text: &str) -> Option<(i32, usize)> {
    if let Some(rest) = text.strip_prefix('^') {
        let open = usize::from(rest.starts_with('{'));
        let length = digits(&rest[open..]);
        return Some((rest[open..open + length].parse().ok()?, 1 + length + 2 * open));
    }
    let raised = |c: char| SUPERSCRIPTS.chars().position(|digit| digit == c);
    let exponent = raised(text.chars().next()?)?;
    Some((exponent as i32, text.chars().next()?.len_utf8()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(text: &str) -> Number {
        Number::read(text, ' ').unwrap_or_else(|| panic!("{text} is a number")).0
    }

    #[test]
    fn the_same_number_in_many_ways() {
        let table = [
            (60_000.0, "60,000|60000|60 000|60\u{a0}000|60\u{202f}000|60\u{2009}000|60.000|60'000|60k|6e4"),
            (10_000.0, "10,000|10 000|10.000|10k|10^4|10^{4}|10\u{2074}|1e4"),
            (1_875.0, "1875|1,875|1.875|1 875"),
            (0.8872, "0.8872|.8872|0,8872"),
            (88.72, "88.72 %|88,72 %|88.72%|88.72"),
            (0.001, "1e-3|0.001"),
            (255.0, "255|255.0"),
        ];
        for (value, texts) in table {
            texts.split('|').for_each(|text| assert!(number(text).is(value), "{text}: {:?}", number(text)));
        }
        assert!(number("88,72 %").percent && number("99.812 %").is(99.812));
    }

    #[test]
    fn letters_behind_digits_make_a_word_or_a_unit() {
        for word in ["2d", "1st", "3rd", "x3", "-", "", "."] {
            assert_eq!(Number::read(word, ' '), None, "{word}");
        }
        assert_eq!((Number::read("28,28)", '(').unwrap().1, Number::read("1, 2", ' ').unwrap().1), (2, 1));
        assert_eq!((number("28x28").value, Number::read("88.56 % of", ' ').unwrap().1), (28.0, 7));
    }

    #[test]
    fn a_measurement_is_written_rounded() {
        for text in ["0.8872", "0.887", "0.89", "88.72 %", "88.7%", "89 %", "89"] {
            assert_eq!(number(text).fits_share(0.8872), Fit::Yes, "{text}");
        }
        for text in ["0.88", "88 %"] {
            assert_eq!(number(text).fits_share(0.8872), Fit::Nearly, "{text}");
        }
        for text in ["0.8873", "0.9", "90 %", "87 %", "0.892", "1"] {
            assert_eq!(number(text).fits_share(0.8872) == Fit::No, text != "0.9", "{text}");
        }
    }
}

//! The numbers in a student's text.

/// A number as it was written.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Number {
    /// As in the text: `60,000`.
    pub text: String,
    pub value: f64,
    /// Digits behind the point.
    pub decimals: i32,
    pub percent: bool,
    /// Said to be a round figure.
    pub about: bool,
}

impl Number {
    /// The number that `text` begins with, and its length in bytes. `2d`, `1st` are words, `60k` is 60,000.
    pub fn read(text: &str) -> Option<(Number, usize)> {
        let negative = text.starts_with('-');
        let digits = &text[usize::from(negative)..];
        if !digits.starts_with(|c: char| c.is_ascii_digit()) {
            return None;
        }
        let mut length = run_of_digits(digits);
        let mut plain = digits[..length].to_string();
        while let Some(group) = thousands(&digits[length..]) {
            plain.push_str(group);
            length += 1 + group.len();
        }
        let behind = digits[length..].strip_prefix('.').map_or(0, run_of_digits);
        if behind > 0 {
            plain.push_str(&digits[length..=length + behind]);
            length += 1 + behind;
        }
        length +=
            exponent(&digits[length..]).inspect(|exponent| plain.push_str(exponent)).map_or(0, str::len);
        let value: f64 = plain.parse().ok()?;
        let mut number = Number {
            text: digits[..length].into(),
            value: if negative { -value } else { value },
            decimals: behind as i32,
            percent: false,
            about: false,
        };
        length += number.read_unit(&digits[length..])?;
        Some((number, length + usize::from(negative)))
    }

    /// A number written as a word.
    pub fn spelled(word: &str, value: f64) -> Number {
        Number { text: word.into(), value, decimals: 0, percent: false, about: false }
    }

    /// Takes "thousand" or "percent" behind it as a part of the number. False for any other word.
    pub fn extend(&mut self, word: &str) -> bool {
        match word {
            "thousand" => self.value *= 1000.0,
            "percent" => self.percent = true,
            _ => return false,
        }
        true
    }

    /// The length of the unit directly behind the digits; none where letters make a word of them.
    fn read_unit(&mut self, rest: &str) -> Option<usize> {
        let spaces = rest.len() - rest.trim_start_matches([' ', '\u{a0}', '\u{202f}']).len();
        if rest[spaces..].starts_with('%') {
            self.percent = true;
            return Some(spaces + 1);
        }
        let letters = rest.find(|c: char| !c.is_alphanumeric()).unwrap_or(rest.len());
        match &rest[..letters] {
            "" => Some(0),
            "k" => {
                self.value *= 1000.0;
                Some(1)
            }
            unit if unit.starts_with('x') => Some(1),
            "s" | "px" | "ms" | "mb" | "kb" => Some(letters),
            _ => None,
        }
    }

    /// Whether it is `value` with these digits, rounded or cut off; a round figure to within a twentieth.
    pub fn is(&self, value: f64) -> bool {
        let unit = 0.1f64.powi(self.decimals);
        let exact = (self.value - value).abs() < 1e-9;
        let shortened = self.decimals > 0 || value.fract() != 0.0;
        let tolerance = if self.about { (0.05 * value.abs()).max(unit) } else { unit };
        exact || (shortened || self.about) && (self.value - value).abs() < tolerance
    }

    /// Whether it is this share, a number from 0 to 1, as such or in percent.
    pub fn is_share(&self, share: f64) -> bool {
        let as_fraction = self.decimals > 1 && self.is(share);
        as_fraction && !self.percent || self.is(100.0 * share)
    }
}

fn run_of_digits(text: &str) -> usize {
    text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len())
}

/// Three digits behind a comma or a thin space, and no fourth: the next group of 60,000.
fn thousands(text: &str) -> Option<&str> {
    let group = text.strip_prefix([',', ' ', '\'']).filter(|rest| run_of_digits(rest) == 3)?;
    Some(&group[..3])
}

/// As in 1e-3.
fn exponent(text: &str) -> Option<&str> {
    let sign = usize::from(text.get(1..2) == Some("-"));
    let digits = text.strip_prefix('e').map_or(0, |rest| run_of_digits(&rest[sign.min(rest.len())..]));
    (digits > 0).then(|| &text[..1 + sign + digits])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(text: &str) -> Number {
        Number::read(text).unwrap_or_else(|| panic!("{text} is a number")).0
    }

    #[test]
    fn rounded_or_cut_off_it_is_the_same_number() {
        for text in ["0.8856", "0.886", "0.885", "0.89", "88.56 %", "88.6%", "88.5 %", "89 %", "88 %"] {
            assert!(number(text).is_share(0.88557), "{text}");
        }
        for text in ["0.8846", "0.88", "0.9", "88.7 %", "90 %", "87", "1"] {
            assert_eq!(number(text).is_share(0.8956), text == "90 %", "{text}");
        }
        assert!(number("60,000").is(60_000.0) && !number("60,001").is(60_000.0) && !number("1").is(2.0));
        assert!(Number { about: true, ..number("100,000") }.is(101_770.0));
    }

    #[test]
    fn letters_behind_digits_make_a_word_or_a_unit() {
        for word in ["2d", "1st", "3rd", "x3", "-", ""] {
            assert_eq!(Number::read(word), None, "{word}");
        }
        assert_eq!((number("60k").value, number("-1").value, number("28x28").value), (60_000.0, -1.0, 28.0));
        assert_eq!(Number::read("88.56 % of").unwrap().1, "88.56 %".len());
        assert_eq!(Number::read("1, 2").unwrap().1, 1);
        assert_eq!((number("1e-3").value, Number::read("3e-")), (0.001, None));
    }
}

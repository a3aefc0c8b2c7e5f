//! Arithmetic: `60,000 / 32 = 1,719`.

use super::findings::Findings;
use super::read::{Number, Sentence, Token};

/// The first sum that does not come out.
pub(super) fn judge(sentences: &[Sentence], findings: &mut Findings) {
    let begins = |s: &Sentence, i: usize| {
        i == 0 || !['/', '\u{d7}', '+', '-'].iter().any(|sign| s.tokens[i - 1].is_sign(*sign))
    };
    let is_wrong =
        |s: &Sentence| (0..s.tokens.len()).any(|i| begins(s, i) && comes_out(&s.tokens[i..]) == Some(false));
    findings.wrong_where(sentences, is_wrong, "a sum that comes out", "calculate it again");
}

/// Whether a sum that begins here is right; nothing where none begins.
fn comes_out(tokens: &[Token]) -> Option<bool> {
    if tokens.first()?.negated {
        return None;
    }
    // Of factors first, then of their products.
    let (mut total, mut product, mut at) = (0.0, tokens.first()?.number()?.value, 1);
    let mut terms = 1;
    loop {
        // "60,000 images / 32 per batch = 1,875"
        let sign = at + tokens[at..].iter().take(3).position(|token| token.word().is_none())?;
        let number = tokens.get(sign + 1)?.number()?;
        match &tokens[sign] {
            sign if sign.is_sign('/') => product /= number.value,
            sign if sign.is_sign('\u{d7}') => product *= number.value,
            sign if sign.is_sign('+') => (total, product) = (total + product, number.value),
            sign if sign.is_sign('=') && terms > 1 => return Some(is_about(number, total + product)),
            _ => return None,
        }
        (at, terms) = (sign + 2, terms + 1);
    }
}

fn is_about(number: &Number, value: f64) -> bool {
    let unit = 0.1f64.powi(number.decimals);
    number.is(value)
        || number.value == value.ceil()
        || (number.value - value).abs() < unit.max(0.005 * value * f64::from(number.about))
}

#[cfg(test)]
mod tests {
    use super::super::read::sentences;
    use super::*;

    #[test]
    fn sums_come_out_or_not() {
        let sum = |text: &str| comes_out(&sentences(text)[0].tokens);
        let right = [
            "60,000 / 32 = 1,875",
            "60000 images / 32 per batch = 1875 steps",
            "28 x 28 = 784",
            "127 / 255 = 0.498",
        ];
        right.iter().for_each(|text| assert_eq!(sum(text), Some(true), "{text}"));
        ["60,000 / 32 = 1,719", "28 * 28 = 748"]
            .iter()
            .for_each(|text| assert_eq!(sum(text), Some(false), "{text}"));
        assert_eq!(sum("60,000 images"), None);
    }
}

//! Numbers in letters: "sixty thousand", "twenty-eight", "two hundred and fifty-six".

use super::super::lists::List;

const ONES: List = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen \
     sixteen seventeen eighteen nineteen";
const TENS: List = "twenty thirty forty fifty sixty seventy eighty ninety";

fn value(word: &str) -> Option<f64> {
    let place = |list: List| list.split_whitespace().position(|other| other == word);
    place(ONES).or_else(|| Some(20 + 10 * place(TENS)?)).map(|value| value as f64)
}

/// The number that these words begin with, how many of them it takes, and its digits behind a "point".
pub(super) fn read(words: &[&str]) -> Option<(f64, usize, i32)> {
    let behind_point =
        words.first() == Some(&"point") && words.get(1).is_some_and(|word| value(word).is_some());
    let (whole, taken) = if behind_point { (0.0, 0) } else { whole(words)? };
    let is_digit = |word: &&&str| value(word).is_some_and(|digit| digit < 10.0);
    let digits: Vec<f64> = match words.get(taken) {
        Some(&"point") => {
            words[taken + 1..].iter().take_while(is_digit).filter_map(|word| value(word)).collect()
        }
        _ => Vec::new(),
    };
    if digits.is_empty() {
        return Some((whole, taken, 0));
    }
    let fraction = digits.iter().rev().fold(0.0, |fraction, digit| (fraction + digit) / 10.0);
    Some((whole + fraction, taken + 1 + digits.len(), digits.len() as i32))
}

fn whole(words: &[&str]) -> Option<(f64, usize)> {
    let first = words.first()?;
    // "A hundred and twenty-eight".
    let is_article = *first == "a" && words.get(1).is_some_and(|next| ["hundred", "thousand"].contains(next));
    let first = if is_article { 1.0 } else { value(first)? };
    let (mut total, mut part, mut taken) = (0.0, first, 1);
    while let Some(word) = words.get(taken) {
        let next = words.get(taken + 1).and_then(|word| value(word));
        match (*word, value(word)) {
            ("hundred", _) => part *= 100.0,
            ("thousand", _) => (total, part) = (total + part * 1000.0, 0.0),
            ("million", _) => (total, part) = (total + part * 1e6, 0.0),
            ("and", _) if part % 100.0 == 0.0 && part > 0.0 && next.is_some() => (),
            (_, Some(unit))
                if unit < 10.0
                    && unit > 0.0
                    && (20.0..100.0).contains(&(part % 100.0))
                    && part % 10.0 == 0.0 =>
            {
                part += unit;
            }
            (_, Some(rest)) if part >= 100.0 && part % 100.0 == 0.0 && rest < 100.0 => part += rest,
            // "The other sixty thousand one trains with".
            (_, Some(rest)) if part == 0.0 && total > 0.0 && rest > 1.0 => part = rest,
            _ => break,
        }
        taken += 1;
    }
    Some((total + part, taken))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_one_number() {
        let table = [
            ("sixty thousand training images", 60_000.0, 2),
            ("twenty eight by twenty eight", 28.0, 2),
            ("two hundred and fifty six neurons", 256.0, 5),
            ("one hundred and twenty eight", 128.0, 5),
            ("ten and nine", 10.0, 1),
            ("zero and one", 0.0, 1),
            ("one thousand eight hundred and seventy five", 1875.0, 7),
            ("one of ten", 1.0, 1),
            ("a hundred and twenty eight neurons", 128.0, 5),
            ("seven hundred eighty four", 784.0, 4),
            ("thirty two at a time", 32.0, 2),
        ];
        for (text, value, taken) in table {
            assert_eq!(read(&text.split(' ').collect::<Vec<_>>()), Some((value, taken, 0)), "{text}");
        }
        let share = read(&["eighty", "eight", "point", "seven", "two", "percent"]).unwrap();
        assert!((share.0 - 88.72).abs() < 1e-9 && (share.1, share.2) == (5, 2), "{share:?}");
        assert_eq!(read(&["point", "eight", "nine"]), Some((0.89, 3, 2)));
        assert_eq!(read(&["ten", "point", "out"]), Some((10.0, 1, 0)));
        assert_eq!(read(&["boots"]), None);
    }
}

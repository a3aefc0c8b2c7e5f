//! Answers, right and wrong, and what is said of them.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::*;
use crate::lesson::check::Check;
use crate::lesson::example_runs::{history_of, network, run_of};
use crate::lesson::long_run;
use crate::lesson::run::Run;
use crate::nn::{Adam, Fit, Measured};

/// An answer that was labelled before it was judged.
#[derive(Deserialize)]
struct Labelled {
    question: usize,
    text: String,
    label: String,
    kind: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Judged {
    Right,
    Read,
    Open,
}

/// What was measured when the labelled answers were written, which quote it, and a first image taken for what it is.
fn evidence(number: usize) -> Evidence {
    let mut runs = runs_in(include_str!("../../../tests/answers/runs.jsonl"));
    if number == 6 {
        runs.extend(runs_in(include_str!("../../../tests/answers/long-runs.jsonl")));
    }
    evidence_of(runs)
}

/// The runs of the lab as its notebooks record them now.
fn own_evidence(number: usize) -> Evidence {
    let mut runs = runs_in(include_str!("../../../tests/answers/own-runs.jsonl"));
    if number == 6 {
        runs.extend(long_run::recorded().unwrap());
    }
    evidence_of(runs)
}

fn runs_in(file: &str) -> Vec<Run> {
    file.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn evidence_of(runs: Vec<Run>) -> Evidence {
    let mut probabilities = vec![0.0; 10];
    (probabilities[5], probabilities[7], probabilities[9]) = (0.0013, 0.0368, 0.9619);
    let first_image = Some(FirstImage { actual: 9, probabilities });
    Evidence { runs, first_image, saved: None, other_set: None }
}

/// Of another data set nobody here knows what is right; what holds of any network is judged.
#[test]
fn what_is_asked_of_garments_is_left_to_a_reader_where_there_are_none() {
    let evidence = |number| Evidence { other_set: Some("letters"), ..evidence(number) };
    let text = "Pixels are divided by 255, so that all inputs are between 0 and 1 and gradient descent converges faster.";
    let says = |number| Check::new("answer", judge(number, text, &evidence(number))).to_string();
    for number in [1, 3, 4, 5] {
        assert!(says(number).contains("letters is loaded"), "{}", says(number));
    }
    assert!([2, 6].iter().all(|number| !says(*number).contains("letters is loaded")));
}

fn judged(number: usize, text: &str) -> (Judged, String) {
    let check = Check::new("answer", judge(number, text, &evidence(number)));
    let judged = match (check.passed(), check.needs_reading()) {
        (true, _) => Judged::Right,
        (_, true) => Judged::Read,
        _ => Judged::Open,
    };
    (judged, check.to_string())
}

/// How often answers with each label, by question (0 for all) or by kind, were right, to be read, and open.
type Table = BTreeMap<(String, String), [usize; 3]>;

fn table<'a>(answers: impl Iterator<Item = &'a Labelled>, shown: bool) -> Table {
    let mut table = Table::new();
    for answer in answers {
        let (judged, said) = judged(answer.question, &answer.text);
        let is_off = match answer.label.as_str() {
            "right" => judged != Judged::Right,
            _ => judged == Judged::Right,
        };
        if shown && is_off {
            println!(
                "{} {} [{}] {judged:?}: {}\n{said}\n",
                answer.question, answer.label, answer.kind, answer.text
            );
        }
        for group in ["all".to_string(), format!("question {}", answer.question), answer.kind.clone()] {
            table.entry((answer.label.clone(), group)).or_default()[judged as usize] += 1;
        }
    }
    table
}

fn answers(file: &str) -> Vec<Labelled> {
    file.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// What is asked of the judge: at most these shares of the right answers open and to be read, and of the wrong ones right.
const ASKED: [f64; 3] = [0.03, 0.10, 0.05];

/// What it reaches on the answers that were kept away while it was made; these may only fall, to what is asked.
const REACHED: [f64; 3] = [0.03, 0.10, 0.05];

/// On the answers that it was made with, and on those that were kept away meanwhile.
///
/// `LAB_ANSWERS=file.jsonl cargo test -p lab-support few_answers -- --nocapture` asks it of a file of one's own, too,
/// and shows how every kind of answer in it was judged.
#[test]
fn few_answers_are_judged_wrongly() {
    let own = std::env::var_os("LAB_ANSWERS").map(|file| std::fs::read_to_string(file).unwrap());
    let sets = [
        ("developed", include_str!("../../../tests/answers/developed.jsonl"), ASKED),
        ("held out", include_str!("../../../tests/answers/held-out.jsonl"), REACHED),
    ];
    let own = own.as_deref().map(|file| ("own", file, ASKED));
    for (name, file, [most_open, most_read, most_right]) in sets.into_iter().chain(own) {
        let answers = answers(file);
        assert!(answers.len() > 100, "{name}");
        // What was kept away stays unseen.
        let table = table(answers.iter(), name != "held out");
        if name == "own" {
            for ((label, group), [right, read, open]) in &table {
                println!("{label:<6} {group:<28} right {right:>3}  please read {read:>3}  open {open:>3}");
            }
        }
        let of = |label: &str| table[&(label.to_string(), "all".to_string())].map(|count| count as f64);
        let [right, read, open] = of("right");
        let all = right + read + open;
        assert!(
            open <= most_open * all && read <= most_read * all,
            "{name}: {right} right, {read} to be read, {open} open"
        );
        let [right, read, open] = of("wrong");
        assert!(right <= most_right * (right + read + open), "{name}: {right} wrong answers are right");
    }
}

/// What the notebooks themselves answer.
fn own_answers() -> Vec<String> {
    let sections = include_str!("../../../../answers.md").split("<!-- answer ").skip(1);
    let text = |section: &str| {
        let lines = section.lines().skip(2).take_while(|line| !line.starts_with("<!--"));
        lines.collect::<Vec<_>>().join("\n")
    };
    sections.map(text).collect()
}

#[test]
fn the_lab_s_own_answers_are_right_in_whatever_order_notebooks_have_run() {
    let own = own_answers();
    assert_eq!(own.len(), 6);
    for (text, number) in own.iter().zip(1..) {
        let all = own_evidence(number);
        let orders = |evidence: &Evidence| {
            let mut back = evidence.clone();
            back.runs.reverse();
            let mut twice = evidence.clone();
            twice.runs.extend(evidence.runs.clone());
            let mut rotated = evidence.clone();
            rotated.runs.rotate_left(7);
            [evidence.clone(), back, twice, rotated]
        };
        for evidence in orders(&all) {
            let check = Check::new("answer", judge(number, text, &evidence));
            assert!(check.passed(), "{check}\n{text}");
        }
    }
}

/// In lines that an editor wraps, of 80 to 100 letters.
fn wrapped(text: &str, width: usize) -> String {
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let line = lines.last_mut().unwrap();
        if !line.is_empty() && line.chars().count() + word.chars().count() >= width {
            lines.push(word.into());
        } else {
            line.push_str(if line.is_empty() { "" } else { " " });
            line.push_str(word);
        }
    }
    lines.join("\n")
}

#[test]
fn where_a_paragraph_is_wrapped_changes_no_verdict() {
    let answers = answers(include_str!("../../../tests/answers/developed.jsonl"));
    let paragraphs =
        answers.iter().filter(|answer| !answer.text.contains(['\n', '|', '`', '#', '-', '*', '>', '+']));
    let mut changed = Vec::new();
    for answer in paragraphs.filter(|answer| answer.text.len() > 80) {
        for width in [80, 100] {
            let (before, after) = (
                judged(answer.question, &answer.text),
                judged(answer.question, &wrapped(&answer.text, width)),
            );
            if before.0 != after.0 {
                changed
                    .push(format!("{:?} -> {:?}, {width}: {}\n{}", before.0, after.0, answer.text, after.1));
            }
        }
    }
    assert!(changed.is_empty(), "{}: {}", changed.len(), changed.join("\n\n"));
}

#[test]
fn answers_that_are_near_to_others_are_told_apart() {
    let lines = include_str!("../../../tests/answers/near.txt").lines();
    for line in lines.filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let [number, verdict, text] = line.split(" · ").collect::<Vec<_>>()[..] else { panic!("{line}") };
        let is_right = ["not right", "right"].iter().position(|known| *known == verdict).expect(line) == 1;
        let (judged, said) = judged(number.parse().unwrap(), text);
        assert_eq!(judged == Judged::Right, is_right, "{text}\n{said}");
    }
}

#[test]
fn a_measurement_is_compared_with_its_own_run_as_it_is_written() {
    for percent in 70..100 {
        let text =
            format!("More neurons and dropout help. With 256 neurons the test accuracy was {percent} %.");
        let expected = match percent {
            89 => Judged::Right,
            // Cut off instead of rounded.
            88 => Judged::Read,
            _ => Judged::Open,
        };
        assert_eq!(judged(6, &text).0, expected, "{text}");
    }
}

/// What tells networks apart is the recipe: the string that shows their layers is for people.
#[test]
fn networks_are_known_by_their_recipes() {
    let text = "More neurons and dropout help. With 256 neurons the test accuracy was 0.8872.";
    let passes = |evidence: &Evidence| Check::new("answer", judge(6, text, evidence)).passed();
    let mut evidence = evidence(6);
    assert!(passes(&evidence));
    evidence.runs.iter_mut().for_each(|run| run.layers = "conv9-1-1".into());
    assert!(passes(&evidence), "whatever is shown of the layers");
    evidence.runs.iter_mut().for_each(|run| run.recipe = None);
    assert!(!passes(&evidence), "what has no recipe is of no known network");

    let run = |hidden: &[usize], test| {
        run_of("one", &history_of(&network(hidden, Adam::default()), &Fit::epochs(2), 0.9), test)
    };
    let mean = |runs: Vec<Run>| {
        let evidence = Evidence { runs, ..Evidence::default() };
        evidence.measured().iter().any(|measured| (measured.value - 0.7).abs() < 1e-6)
    };
    let (one, other) = (run(&[128], 0.6), run(&[64], 0.8));
    let shown_alike = Run { layers: one.layers.clone(), ..other };
    assert!(!mean(vec![one.clone(), shown_alike]), "two networks of one name are no two seeds");
    let seeded = network(&[128], Adam::default()).seed(7);
    assert!(mean(vec![one, run_of("one", &history_of(&seeded, &Fit::epochs(2), 0.9), 0.8)]));
}

/// Whoever types "x" and pastes back what is then said does not pass.
#[test]
fn hints_are_no_answers() {
    for number in 1..=6 {
        let mut text = "x".to_string();
        for _ in 0..3 {
            let (judged, said) = judged(number, &text);
            assert_ne!(judged, Judged::Right, "{text}");
            let words = ["expected", "found", "hint:"];
            text = words.iter().fold(said, |said, word| said.replace(word, "")).replace('\u{2717}', "");
        }
    }
}

#[test]
fn a_topic_is_named_once() {
    let said = judged(3, "Flatten: turns 28x28 into 700").1;
    assert_eq!(said.matches("what the first layer does").count(), 1, "{said}");
}

#[test]
fn a_wrong_prediction_has_to_be_called_wrong() {
    let mut evidence = evidence(5);
    evidence.first_image.as_mut().unwrap().actual = 7;
    let passes = |text: &str| Check::new("answer", judge(5, text, &evidence)).passed();
    assert!(passes("The network predicts Ankle boot, but the actual label is Sneaker: it is wrong."));
    assert!(!passes(
        "The network predicts Ankle boot and the actual label is Sneaker, so both are the same."
    ));
}

#[test]
fn without_records_nothing_measured_can_be_quoted() {
    let judged = |number, text| Check::new("answer", judge(number, text, &Evidence::default()));
    assert!(judged(5, "The network predicts 9 and the actual label is 9, the same.").needs_reading());
    assert!(!judged(6, "More neurons and more epochs help: 256 neurons had 0.8872.").passed());
}

/// The notebook on predictions run alone: nothing is recorded, the baseline was trained and saved by it.
#[test]
fn the_accuracy_of_the_saved_baseline_needs_no_record() {
    let saved = Saved {
        network: network(&[128], Adam::default()).spec(),
        test: Measured { accuracy: 0.8856, loss: 0.3309, samples: 10_000 }.into(),
    };
    let alone = Evidence { runs: Vec::new(), saved: Some(saved), ..evidence(5) };
    let judged = |accuracy: &str| {
        let text = format!(
            "For the first test image the network predicts label 9, Ankle boot, with a probability of 96.2 %. \
             The actual label is 9, Ankle boot. The two are the same: the prediction is right. This is one image; \
             over all 10000 test images {accuracy} % of the predictions equal the label."
        );
        Check::new("answer", judge(5, &text, &alone))
    };
    assert!(judged("88.56").passed(), "{}", judged("88.56"));
    assert!(!judged("91.56").passed(), "measured is measured");
}

#[test]
fn a_text_of_odd_characters_is_judged_in_no_time() {
    let text = "neDivid=ing\u{19}by 255 gives\u{fffd}\u{fffd}iding by 255 gives 55 gideve\u{fffd} \u{f}\u{7}\u{fffd}19\u{fffd}1\u{1c}\u{fffd}q\u{1c})\u{fffd} 1\u{fffd}.000.0 to 1>";
    (1..=6).for_each(|number| drop(judged(number, text)));
}

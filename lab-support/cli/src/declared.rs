//! The checks that a notebook of the lab makes, and the cells of a worked copy that make them.

/// A check that a notebook is known to make.
pub struct Declared {
    pub name: String,
    /// Whether it passes before the student has done anything: the step is shown, not asked for.
    pub is_given: bool,
    /// The cell that makes it.
    pub source: String,
    /// The same cell in the edition for students, where they fill something in: an answer or a guess.
    pub student: Option<String>,
}

impl Declared {
    /// Whether a cell of a worked copy makes this check as it was meant: the lab's own cell; a guess with its own
    /// choices; or an answer, with any code before and behind it.
    pub fn is_made_by(&self, cell: &str) -> bool {
        let cell = squeezed(cell);
        let Some(blank) = self.student.as_deref().map(squeezed) else {
            return cell == squeezed(&self.source);
        };
        match blank.rsplit_once("\"\"") {
            Some((call, _)) if call.starts_with("answer(") => call.split(',').next().is_some_and(|call| {
                // `answer(1` and not `my_answer(1` or `answer(12`.
                cell.match_indices(&format!("{call},")).any(|(at, _)| !cell[..at].ends_with(is_of_a_name))
            }),
            Some((before, behind)) => {
                let guessed = cell.strip_prefix(&format!("{before}\"")).and_then(|rest| rest.split_once('"'));
                guessed.is_some_and(|(guess, rest)| !guess.contains('\\') && rest == behind)
            }
            None => false,
        }
    }

    /// What is said where no cell makes it.
    pub fn not_found(&self) -> &'static str {
        match &self.student {
            None => "the check was not reached",
            Some(blank) if blank.starts_with("answer(") => "no cell gives this answer",
            Some(_) => "no cell makes this guess, with the choices that the lab gave",
        }
    }
}

fn is_of_a_name(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Without comments of whole lines and without white space: how a cell is laid out is its owner's affair.
pub fn squeezed(source: &str) -> String {
    let lines = source.lines().filter(|line| !line.trim_start().starts_with("//"));
    lines.flat_map(str::chars).filter(|c| !c.is_whitespace()).collect()
}

#[cfg(test)]
mod tests {
    use lab_base::home;

    use super::*;
    use crate::notebook::Notebook;
    use crate::run;

    fn declared(source: &str, student: Option<&str>) -> Declared {
        Declared {
            name: "it".into(),
            is_given: false,
            source: source.into(),
            student: student.map(String::from),
        }
    }

    #[test]
    fn every_check_is_made_by_its_own_cell_in_both_editions_and_by_no_other() {
        let mut count = 0;
        for path in run::notebooks(&home::root().unwrap()).unwrap() {
            let solved = Notebook::load(&path).unwrap();
            let (cells, blank) = (solved.code(), solved.student_edition().code());
            for check in solved.checks() {
                let made = |cells: &[String]| cells.iter().filter(|cell| check.is_made_by(cell)).count();
                assert_eq!((made(&cells), made(&blank)), (1, 1), "{}: {}", solved.name(), check.name);
                count += 1;
            }
        }
        assert!(count >= 30, "{count}");
    }

    #[test]
    fn a_check_of_ones_own_under_its_name_is_not_it() {
        let check = declared("checks::loaded(&data).required()?", None);
        assert!(check.is_made_by("// my note\nchecks::loaded( &data )\n    .required()?\n"));
        for other in [
            "checks::that(\"loaded\", true, \"\", \"\", \"\")",
            "for name in [\"loaded\"] { checks::that(name, true, \"\", \"\", \"\"); }",
            "checks::loaded(&other).required()?",
            "// checks::loaded(&data).required()?",
            "",
        ] {
            assert!(!check.is_made_by(other), "{other}");
        }
    }

    #[test]
    fn a_guess_is_one_with_the_choices_of_the_lab() {
        let blank = "let best = guess(\"which\", &[\"64\", \"128\"], \"\");\nbest";
        let check = declared("", Some(blank));
        let guess = |text: &str| check.is_made_by(&blank.replace("\"\"", text));
        assert!(guess("\"64\"") && guess("\"\"") && guess("\"no choice\""));
        assert!(!guess("\"\\u{36}4\"") && !guess("best_of_all"));
        assert!(!check.is_made_by(&blank.replace("\"128\"", "\"anything\"")));
        assert!(!check.is_made_by("guess(\"which\", &[], \"1\")"));
    }

    #[test]
    fn an_answer_may_have_code_around_it() {
        let check = declared("", Some("answer(1, &data, format!(\"\n\"))?"));
        assert!(check.is_made_by("let n = 1;\nanswer(1, &data, format!(\"{n} images\"))?"));
        assert!(check.is_made_by("let a = answer( 1, &data, \"text\")?;\na"));
        for other in
            ["answer(12, &data, \"\")?", "my_answer(1, &data)", "// answer(1, &data, \"\")", "answers"]
        {
            assert!(!check.is_made_by(other), "{other}");
        }
    }
}

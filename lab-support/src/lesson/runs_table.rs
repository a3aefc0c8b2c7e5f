//! Training runs as a table, and what it says.

use std::fmt;
use std::path::Path;

use lab_base::records::{Table, cell};
use lab_base::{Error, files};

use crate::lesson::run::Run;
use crate::lesson::runs::{Group, Runs};
use crate::notebook::display::thousands;

impl Runs {
    /// The runs as comma-separated values, a line for each seed under a line of names, which are those of the records.
    /// What was not measured is empty.
    pub fn to_csv(&self) -> String {
        self.table().csv()
    }

    /// Writes what [`to_csv`](Self::to_csv) gives to a file, for pandas' `read_csv` or a spreadsheet.
    ///
    /// # Errors
    /// When the file can't be written.
    pub fn save_csv(&self, path: impl AsRef<Path>) -> Result<(), Error> {
        files::write_atomically(path.as_ref(), self.to_csv().as_bytes())
    }

    /// The same in JSON: an array with an object for each run. What was not measured is null.
    pub fn to_json(&self) -> String {
        self.table().json()
    }

    fn table(&self) -> Table {
        let names = "name data layers params optimizer learning_rate batch_size with epochs seed train_loss \
                     train_accuracy validation_accuracy test_loss test_accuracy augmented_accuracy seconds threads when";
        let row = |run: &Run| {
            let record =
                [cell(&run.name), cell(&run.data), cell(&run.layers), cell(run.params), cell(&run.optimizer)];
            let how = [
                cell(run.learning_rate),
                cell(run.batch_size),
                cell(&run.with),
                cell(run.epochs),
                cell(run.seed),
            ];
            let trained = [cell(run.train_loss), cell(run.train_accuracy), cell(run.validation_accuracy)];
            let tested = [cell(run.test_loss), cell(run.test_accuracy), cell(run.augmented_accuracy)];
            let rest = [cell(run.seconds), cell(run.threads), cell(&run.when)];
            [&record[..], &how, &trained, &tested, &rest].concat()
        };
        let runs = self.groups.iter().flat_map(|group| &group.runs);
        Table {
            names: names.split(' ').filter(|name| !name.is_empty()).collect(),
            rows: runs.map(row).collect(),
        }
    }
}

impl fmt::Display for Runs {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        if let Some(notice) = self.source.notice() {
            writeln!(f, "{notice}")?;
        }
        let shown: Vec<&Group> = self.shown().collect();
        let Some((first, others)) = shown.split_first() else { return write!(f, "no runs yet") };
        let name = shown.iter().map(|group| group.latest().name.chars().count()).max().unwrap_or(0).max(4);
        // What a page has no room for is on the right: the layers, which the names mostly tell.
        let head = "test acc  seeds  spread  val acc  train acc  seconds  epochs  params  layers";
        writeln!(f, "  {:<name$}  {head}", "name")?;
        for (i, group) in shown.iter().enumerate() {
            let run = group.latest();
            writeln!(
                f,
                "{} {:<name$}  {:>8}  {:>5}  {:>6}  {:>7}  {:>9.4}  {:>7.1}  {:>6}  {:>6}  {}",
                if i == 0 { '*' } else { ' ' },
                run.name,
                share(group.test_accuracy()),
                group.seeds(),
                share(group.spread()),
                share(run.validation_accuracy),
                run.train_accuracy,
                run.seconds,
                run.epochs,
                run.params,
                run.layers
            )?;
        }
        for (name, first) in &self.repeats {
            writeln!(f, "  left out: \"{name}\", the same training as \"{first}\"")?;
        }
        writeln!(f)?;
        if !others.is_empty() {
            writeln!(f, "* compared with {}, test accuracy:", first.latest().name)?;
        }
        others.iter().try_for_each(|group| write_comparison(f, first, group, name))?;
        write_images(f, first, others)?;
        write_before(f, &shown)?;
        write_advice(f, first)?;
        if !others.is_empty() {
            write!(
                f,
                "\n  (a row that is a mistake goes for good by `runs(&train)?.forget(\"its name\")?`)"
            )?;
        }
        Ok(())
    }
}

fn share(share: Option<f32>) -> String {
    share.map_or("-".to_string(), |share| format!("{share:.4}"))
}

/// How far a run is ahead of the first one, and whether that is more than chance moves it.
fn write_comparison(f: &mut fmt::Formatter, first: &Group, group: &Group, width: usize) -> fmt::Result {
    if let Some(why) = group.runs().iter().find_map(Run::unfair) {
        return writeln!(f, "  {:<width$}  not compared. {why}", group.latest().name);
    }
    let (Some(ours), Some(theirs)) = (group.test_accuracy(), first.test_accuracy()) else { return Ok(()) };
    let difference = ours - theirs;
    write!(f, "  {:<width$}  {difference:+.4}", group.latest().name)?;
    let spread = first.spread().into_iter().chain(group.spread()).reduce(f32::max);
    match spread {
        None => writeln!(f),
        Some(spread) if difference.abs() <= spread => {
            writeln!(f, "  within the spread, {spread:.4}: it may be chance")
        }
        Some(spread) => writeln!(f, "  more than the spread, {spread:.4}"),
    }
}

/// Which runs have learned from another number of images than the first one.
fn write_images(f: &mut fmt::Formatter, first: &Group, others: &[&Group]) -> fmt::Result {
    let images = |group: &Group| group.latest().images;
    let mut counts: Vec<usize> = others.iter().map(|group| images(group)).collect();
    counts.sort_unstable();
    counts.dedup();
    // Records of early versions don't say.
    for count in counts.into_iter().filter(|count| *count > 0 && *count != images(first)) {
        let names = others.iter().filter(|group| images(group) == count).map(|group| &*group.latest().name);
        let names = names.collect::<Vec<_>>().join("; ");
        writeln!(
            f,
            "  (learned from {} images, not {}: {names})",
            thousands(count),
            thousands(images(first))
        )?;
    }
    Ok(())
}

/// Which runs have trained a network further.
fn write_before(f: &mut fmt::Formatter, groups: &[&Group]) -> fmt::Result {
    let mut runs = groups.iter().map(|group| group.latest()).filter(|run| run.epochs_before > 0);
    runs.try_for_each(|run| {
        writeln!(
            f,
            "  (of a network that had been trained for {} epochs before: {})",
            run.epochs_before, run.name
        )
    })
}

fn write_advice(f: &mut fmt::Formatter, first: &Group) -> fmt::Result {
    match first.spread() {
        Some(_) => write!(f, "  (spread: of several seeds, the largest test accuracy less the smallest)"),
        None => write!(
            f,
            "  (run {} with other seeds, too: how far apart they are is how far chance moves it)",
            first.latest().name
        ),
    }
}

#[cfg(test)]
mod tests {
    use crate::data::Source;
    use crate::lesson::example_runs::run;
    use crate::lesson::run::Run;
    use crate::lesson::runs::Runs;

    fn table(runs: Vec<Run>) -> String {
        Runs::new(runs, Source::Practice).to_string()
    }

    #[test]
    fn a_table_says_how_a_row_is_taken_out() {
        let text = table(vec![run("baseline", 0.88), run("wdie", 0.89)]);
        assert!(text.ends_with("by `runs(&train)?.forget(\"its name\")?`)"), "{text}");
        assert!(!table(vec![run("baseline", 0.88)]).contains("forget"));
    }

    #[test]
    fn the_baseline_is_marked_and_every_run_compared_with_it() {
        let text = table(vec![run("wide", 0.89), run("baseline", 0.88)]);
        assert!(text.starts_with("practice set"), "{text}");
        assert!(text.lines().nth(2).unwrap().starts_with("* baseline"), "{text}");
        assert!(text.contains("  wide      +0.0100\n  (run baseline with other seeds"), "{text}");
        assert!(table(vec![]).ends_with("\nno runs yet") && !table(vec![]).contains("layers"));
    }

    #[test]
    fn a_run_with_other_images_or_of_a_trained_network_is_told_apart() {
        let few = Run { images: 64, ..run("few", 0.65) }.sealed();
        let part = Run { images: 55_000, ..run("part", 0.87) }.sealed();
        let again = Run { epochs_before: 10, ..run("again", 0.9) }.sealed();
        let baseline = Run { images: 60_000, ..run("baseline", 0.88) }.sealed();
        let text = table(vec![baseline, few, part, Run { images: 60_000, ..again }.sealed()]);
        assert!(text.contains("\n  (learned from 64 images, not 60,000: few)\n"), "{text}");
        assert!(text.contains("\n  (learned from 55,000 images, not 60,000: part)\n"), "{text}");
        assert!(
            text.contains("(of a network that had been trained for 10 epochs before: again)\n"),
            "{text}"
        );
    }

    #[test]
    fn a_difference_within_the_spread_is_said_to_be() {
        let again = Run { seed: 43, ..run("baseline", 0.884) }.sealed();
        let text = table(vec![run("baseline", 0.88), again, run("wide", 0.885), run("deep", 0.89)]);
        assert!(text.contains("+0.0030  within the spread, 0.0040: it may be chance"), "{text}");
        assert!(text.contains("+0.0080  more than the spread, 0.0040"), "{text}");
    }
}

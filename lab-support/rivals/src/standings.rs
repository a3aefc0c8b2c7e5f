use std::fmt;
use std::time::Instant;

use lab_support::data::{Dataset, Source};
use lab_support::nn::{History, Sequential};
use lab_support::{Error, Waiting};

use crate::choose::Chosen;

/// Rivals and networks, each measured once on the test set: shows itself as a table, the best first.
#[derive(Clone, Debug, Default)]
pub struct Standings {
    rows: Vec<Row>,
    source: Option<Source>,
}

#[derive(Clone, Debug)]
struct Row {
    name: String,
    settings: String,
    images: usize,
    threads: usize,
    /// Time to learn, and to classify the test set.
    learning: f64,
    testing: f64,
    validation: Option<f32>,
    test: f32,
}

impl Standings {
    pub fn new() -> Standings {
        Standings::default()
    }

    /// Measures a rival on `test`.
    pub fn add(&mut self, chosen: &Chosen, test: &Dataset) {
        let _waiting = Waiting::new(format!("testing {}", chosen.rival.name()));
        let start = Instant::now();
        let accuracy = chosen.accuracy(test);
        self.push(
            Row {
                name: chosen.rival.name().to_string(),
                settings: chosen.rival.settings(),
                images: chosen.images,
                threads: 1,
                learning: chosen.seconds,
                testing: start.elapsed().as_secs_f64(),
                validation: Some(chosen.validation_accuracy),
                test: accuracy,
            },
            test,
        );
    }

    /// Measures a trained network on `test`; `history` is what `fit` returned.
    ///
    /// # Errors
    /// When the history has no epochs, or the network does not fit the data.
    pub fn add_network(
        &mut self,
        name: &str,
        model: &Sequential,
        history: &History,
        test: &Dataset,
    ) -> Result<(), Error> {
        let Some(kept) = history.kept() else {
            let advice = "train the network with `fit` first";
            return Err(Error::doing("adding a network to the standings")
                .expected("at least one epoch")
                .found("none")
                .advice(advice));
        };
        let start = Instant::now();
        let accuracy = model.evaluate(test)?.accuracy;
        self.push(
            Row {
                name: name.to_string(),
                settings: format!("{}, {} epochs", history.setup.layers, history.epochs.len()),
                images: kept.train.samples,
                threads: history.setup.threads,
                learning: history.epochs.iter().map(|epoch| epoch.seconds).sum(),
                testing: start.elapsed().as_secs_f64(),
                validation: kept.validation.map(|score| score.accuracy),
                test: accuracy,
            },
            test,
        );
        Ok(())
    }

    /// Replaces the row of that name, so that a cell may run twice.
    fn push(&mut self, row: Row, test: &Dataset) {
        self.source = Some(test.images().source);
        self.rows.retain(|other| other.name != row.name);
        self.rows.push(row);
        self.rows.sort_by(|a, b| b.test.total_cmp(&a.test));
    }

    /// Shows the table in a notebook.
    pub fn evcxr_display(&self) {
        println!("{self}");
    }
}

impl fmt::Display for Standings {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let width = |of: fn(&Row) -> &String, least| {
            self.rows.iter().map(|r| of(r).len()).max().unwrap_or(0).max(least)
        };
        let (names, settings) = (width(|row| &row.name, 4), width(|row| &row.settings, 8));
        let head = "images  threads  learn, s  test, s  val acc  test acc";
        write!(f, "{:<names$}  {:<settings$}  {head}", "name", "settings")?;
        for row in &self.rows {
            write!(
                f,
                "\n{:<names$}  {:<settings$}  {:>6}  {:>7}  {:>8.1}  {:>7.2}  {:>7}  {:>8.4}",
                row.name,
                row.settings,
                row.images,
                row.threads,
                row.learning,
                row.testing,
                row.validation.map_or("-".to_string(), |accuracy| format!("{accuracy:.4}")),
                row.test
            )?;
        }
        let notice = self.source.and_then(Source::notice);
        notice.map_or(Ok(()), |notice| write!(f, "\n{notice}"))
    }
}

#[cfg(test)]
mod tests {
    use lab_support::nn::Activation::Linear;
    use lab_support::nn::{CrossEntropy, Fit, Sgd};

    use super::*;
    use crate::choose::choose;
    use crate::clouds::images;
    use crate::rival::Rival;

    #[test]
    fn networks_and_rivals_stand_in_one_table_the_best_first() {
        let (learn, rest) = images(500).split(300).unwrap();
        let (validation, test) = rest.split(100).unwrap();
        let mut model = Sequential::new([4, 4]).flatten().dense(3, Linear).seed(1);
        model.compile(Sgd::new(0.5), CrossEntropy::from_logits());
        let history = model.fit(&learn, Fit::epochs(5).validation(&validation).quiet()).unwrap();
        let mut standings = Standings::new();
        for _ in 0..2 {
            standings.add(&choose(&[Rival::tree(1)], &learn, &validation).unwrap(), &test);
            standings.add_network("network", &model, &history, &test).unwrap();
        }
        let table = standings.to_string();
        let lines: Vec<&str> = table.lines().collect();
        assert_eq!(lines.len(), 4, "{table}");
        assert!(lines[1].starts_with("network        16-3, 5 epochs     300  "), "{table}");
        assert!(lines[2].starts_with("decision tree  depth 1            300        1  "), "{table}");
        assert!(lines[3].contains("not Fashion-MNIST"), "{table}");
        assert!(standings.rows[0].test > 0.95 && standings.rows[1].test < 0.8, "{table}");
    }
}

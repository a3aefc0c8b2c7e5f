use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use lab_base::{Error, files, home};
use serde::{Deserialize, Serialize};

/// What was measured of one part, and on what: printed as a table, kept as a file.
#[derive(Serialize, Deserialize)]
pub struct Table {
    pub title: String,
    /// The machine and what else the figures depend on.
    pub note: String,
    /// Who did the work: the first is what the others are compared with.
    pub columns: Vec<String>,
    pub rows: Vec<Row>,
}

/// The same work, done by each of the columns.
#[derive(Serialize, Deserialize)]
pub struct Row {
    pub work: String,
    pub unit: Unit,
    /// The runs of each column.
    pub runs: Vec<Vec<f64>>,
}

#[derive(Clone, Copy, Serialize, Deserialize)]
pub enum Unit {
    Seconds,
    Megabytes,
}

impl Row {
    pub fn seconds(work: impl Into<String>, runs: Vec<Vec<f64>>) -> Row {
        Row { work: work.into(), unit: Unit::Seconds, runs }
    }

    /// The middle run of column `i`.
    pub fn median(&self, i: usize) -> Option<f64> {
        median(self.runs.get(i)?)
    }

    /// Median, smallest and largest of column `i`, and how many times the first column's median that is.
    fn cell(&self, i: usize) -> String {
        let Some(middle) = self.median(i) else { return "-".into() };
        let (low, high) = self.runs[i].iter().fold((middle, middle), |(l, h), &run| (l.min(run), h.max(run)));
        let digits = digits(middle);
        let mut text = self.unit.written(middle);
        if self.runs[i].len() > 1 {
            let (low, high) = (self.unit.scaled(low, middle), self.unit.scaled(high, middle));
            text += &format!(" ({low:.digits$}-{high:.digits$})");
        }
        match (i, self.median(0)) {
            (1.., Some(first)) => format!("{text}, x {:.2}", middle / first),
            _ => text,
        }
    }
}

impl Unit {
    fn written(self, value: f64) -> String {
        let digits = digits(value);
        let unit = match self {
            Unit::Megabytes => return format!("{value:.0} MB"),
            Unit::Seconds if value < MILLI => "ms",
            Unit::Seconds => "s",
        };
        format!("{:.digits$} {unit}", self.scaled(value, value))
    }

    /// A value in the unit in which `middle` is written.
    fn scaled(self, value: f64, middle: f64) -> f64 {
        match self {
            Unit::Seconds if middle < MILLI => 1000.0 * value,
            _ => value,
        }
    }
}

/// Below this many seconds, milliseconds are written.
const MILLI: f64 = 0.1;

fn digits(value: f64) -> usize {
    match value {
        _ if value < MILLI => 1,
        _ if value < 10.0 => 2,
        _ => 0,
    }
}

pub fn median(runs: &[f64]) -> Option<f64> {
    let mut sorted = runs.to_vec();
    sorted.sort_by(f64::total_cmp);
    let upper = sorted.get(sorted.len() / 2)?;
    Some((upper + sorted[(sorted.len() - 1) / 2]) / 2.0)
}

/// Markdown, which also reads well on a terminal.
impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let mut lines = vec![["".to_string()].into_iter().chain(self.columns.iter().cloned()).collect()];
        for row in &self.rows {
            let cells = (0..self.columns.len()).map(|i| row.cell(i));
            lines.push([row.work.clone()].into_iter().chain(cells).collect::<Vec<_>>());
        }
        let width = |i: usize| lines.iter().map(|line| line[i].chars().count()).max().unwrap_or(0);
        let widths: Vec<usize> = (0..=self.columns.len()).map(width).collect();
        writeln!(f, "**{}**\n", self.title)?;
        for (i, line) in lines.iter().enumerate() {
            for (cell, width) in line.iter().zip(&widths) {
                write!(f, "| {cell:<width$} ")?;
            }
            writeln!(f, "|")?;
            if i == 0 {
                let rules = widths.iter().map(|width| format!("|{}", "-".repeat(width + 2)));
                writeln!(f, "{}|", rules.collect::<String>())?;
            }
        }
        write!(f, "\n{}", self.note)
    }
}

impl Table {
    /// `data/bench/NAME.json`, below `LAB_OUTPUT` where that is set.
    fn path(folder: &Path, name: &str) -> PathBuf {
        folder.join(name).with_extension("json")
    }

    /// Keeps the table for the figure and for the text of all tables.
    pub fn save(&self, folder: &Path, name: &str) -> Result<(), Error> {
        let path = Table::path(folder, name);
        let text = serde_json::to_string_pretty(self).map_err(|e| unreadable(&path, e))?;
        files::write_atomically(&path, text.as_bytes())
    }

    /// The table that was last saved under this name, if there is one.
    pub fn load(folder: &Path, name: &str) -> Result<Option<Table>, Error> {
        let path = Table::path(folder, name);
        if !path.is_file() {
            return Ok(None);
        }
        let text = fs::read_to_string(&path).map_err(|e| unreadable(&path, e))?;
        serde_json::from_str(&text).map(Some).map_err(|e| unreadable(&path, e))
    }
}

fn unreadable(path: &Path, found: impl fmt::Display) -> Error {
    let advice = "remove the file and measure again";
    Error::new(format!("keeping {}", home::display(path)), "a table of figures", found, advice)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_shows_medians_spread_and_ratios() {
        let rows = vec![
            Row::seconds("epoch", vec![vec![0.4, 0.5, 0.41], vec![0.82, 0.80]]),
            Row::seconds("predict", vec![vec![0.01, 0.02, 0.04], vec![]]),
            Row { work: "memory".into(), unit: Unit::Megabytes, runs: vec![vec![312.4], vec![624.8]] },
        ];
        let columns = vec!["cell".into(), "PyTorch".into()];
        let table = Table { title: "Speed".into(), note: "2 cores".into(), columns, rows };
        assert_eq!(
            table.to_string(),
            "**Speed**\n\n\
             |         | cell                | PyTorch                    |\n\
             |---------|---------------------|----------------------------|\n\
             | epoch   | 0.41 s (0.40-0.50)  | 0.81 s (0.80-0.82), x 1.98 |\n\
             | predict | 20.0 ms (10.0-40.0) | -                          |\n\
             | memory  | 312 MB              | 625 MB, x 2.00             |\n\n2 cores"
        );
    }

    #[test]
    fn a_table_is_read_as_it_was_saved() {
        let folder = tempfile::tempdir().unwrap();
        assert!(Table::load(folder.path(), "load").unwrap().is_none());
        let rows = vec![Row::seconds("files", vec![vec![0.3]])];
        let table = Table { title: "Load".into(), note: "".into(), columns: vec!["lab".into()], rows };
        table.save(folder.path(), "load").unwrap();
        assert_eq!(Table::load(folder.path(), "load").unwrap().unwrap().to_string(), table.to_string());
        fs::write(folder.path().join("load.json"), "{").unwrap();
        assert!(Table::load(folder.path(), "load").is_err());
    }
}

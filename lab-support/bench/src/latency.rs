use std::time::{Duration, Instant};

use lab_base::Error;

use crate::cell::Cells;
use crate::machine;
use crate::network::Network;
use crate::plan::Bench;
use crate::table::{Row, Unit, median};
use lab::run;
use lab::setup::Kernel;

/// What a student waits for in a notebook, beyond the work that a cell asks for: in one kernel after the
/// other.
pub async fn notebook(bench: &Bench) -> Result<Vec<Row>, Error> {
    let mut rows: Vec<Row> = Vec::new();
    for run in 0..bench.runs {
        let mut figures = impatient(&bench.kernel).await?;
        figures.extend(patient(&bench.kernel).await?);
        for (i, (work, unit, figure)) in figures.into_iter().enumerate() {
            if run == 0 {
                rows.push(Row { work: work.into(), unit, runs: vec![Vec::new()] });
            }
            println!("  {work}: {figure:.2}");
            rows[i].runs[0].push(figure);
        }
    }
    Ok(rows)
}

/// Time to read what stands above the first cell.
const READING: Duration = Duration::from_secs(10);

/// The cell that follows the first.
const LOAD: &str = "let data = FashionMnist::load()?;";

type Figures = Vec<(&'static str, Unit, f64)>;

/// Figures of a kernel whose cells are all sent at once, as when a notebook is run from top to bottom.
async fn impatient(kernel: &Kernel) -> Result<Figures, Error> {
    let (mut cells, [start, first]) = Cells::start(kernel, Duration::ZERO).await?;
    let load = beyond_work(&mut cells, LOAD).await?;
    cells.end().await;
    Ok(vec![
        ("kernel start, until it answers", Unit::Seconds, start),
        ("the first cell, run at once", Unit::Seconds, first),
        ("the cell after it, which loads the data, beyond its own work", Unit::Seconds, load),
    ])
}

/// Figures of a kernel whose student reads before the first cell.
async fn patient(kernel: &Kernel) -> Result<Figures, Error> {
    let (mut cells, [_, first]) = Cells::start(kernel, READING).await?;
    let load = beyond_work(&mut cells, LOAD).await?;
    cells.prepare().await?;
    let plain = typical(&mut cells, |i| format!("let count_{i} = train.len() / 32;")).await?;
    let value = typical(&mut cells, |i| format!("train.len() / {}", 32 + i)).await?;
    let plot = beyond_work(&mut cells, "let figure = train.grid(5, 5)?;\nfigure.evcxr_display();").await?;
    cells.build(&Network::one_hidden_layer(128)).await?;
    let train = beyond_work(&mut cells, "let history = model.fit(&train, Fit::epochs(1))?;").await?;
    let mistake = cells.time("let mistake: String = train.len();").await?;
    let memory = cells.process().and_then(machine::memory);
    cells.end().await;
    let mut figures = vec![
        ("the first cell, after 10 s of reading", Unit::Seconds, first),
        ("the cell after that, beyond its own work", Unit::Seconds, load),
        ("a plain cell", Unit::Seconds, plain),
        ("a cell that ends in a value", Unit::Seconds, value),
        ("a cell that plots, beyond its own work", Unit::Seconds, plot),
        ("a cell that trains, beyond its own work", Unit::Seconds, train),
        ("a mistake, until the compiler explains it", Unit::Seconds, mistake),
    ];
    figures.extend(memory.map(|megabytes| ("memory of an open notebook", Unit::Megabytes, megabytes)));
    Ok(figures)
}

/// The seconds of a cell less those of its work.
async fn beyond_work(cells: &mut Cells, work: &str) -> Result<f64, Error> {
    let (whole, own) = cells.run_timed(work).await?;
    Ok(whole - own)
}

/// The middle one of five cells.
async fn typical(cells: &mut Cells, source: impl Fn(usize) -> String) -> Result<f64, Error> {
    let mut seconds = Vec::new();
    for i in 0..5 {
        seconds.push(cells.time(&source(i)).await?);
    }
    Ok(median(&seconds).unwrap_or_default())
}

/// All notebooks of the lab, run from top to bottom; what they write goes to a folder of its own.
pub async fn lab(bench: &Bench) -> Result<Vec<Row>, Error> {
    let folder = tempfile::tempdir().map_err(|e| {
        Error::new("timing the notebooks", "a temporary folder", e, "free some space on this disk")
    })?;
    let kernel = Kernel { output: Some(folder.path().into()), ..bench.kernel.clone() };
    let mut rows = Vec::new();
    let mut total = 0.0;
    for path in run::notebooks(&kernel.root)? {
        let start = Instant::now();
        if run::run(&kernel, &path, Duration::from_secs(3600)).await?.is_none() {
            let advice = "mend the notebook, then measure again";
            return Err(Error::new(
                "timing the notebooks",
                "cells that work",
                "one that fails (see above)",
                advice,
            ));
        }
        let seconds = start.elapsed().as_secs_f64();
        total += seconds;
        rows.push(Row::seconds(path.file_name().unwrap_or_default().to_string_lossy(), vec![vec![seconds]]));
    }
    rows.push(Row::seconds("the whole lab", vec![vec![total]]));
    Ok(rows)
}

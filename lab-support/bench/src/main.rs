//! `cargo lab bench`: how long the lab's work takes, in a notebook's cell and in a release build, and how
//! long the same work takes in Keras and PyTorch.

mod cell;
mod contender;
mod growth;
mod latency;
mod machine;
mod network;
mod peers;
mod picture;
mod plan;
mod race;
mod table;
mod worker;

use std::env;
use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

use clap::{Parser, ValueEnum};
use lab_base::{Error, Source, files, home};

use lab::{data, setup};
use network::Network;
use plan::{Bench, Part, WORKER};
use race::Race;
use table::{Row, Table};

/// Measure how fast the lab is; with --peers, beside Keras and PyTorch.
#[derive(Parser)]
#[command(name = "cargo lab bench", bin_name = "cargo lab bench")]
struct Options {
    /// What to measure; without any, everything.
    #[arg(value_enum)]
    parts: Vec<Part>,
    /// Let Keras and PyTorch do the same work, in turns with the lab; installs them first.
    #[arg(long)]
    peers: bool,
    /// Two runs of everything instead of five.
    #[arg(long)]
    quick: bool,
    /// Draw what has been measured, now or before: speed.png and growth.png.
    #[arg(long)]
    plot: bool,
}

fn main() -> ExitCode {
    let done = match env::args().nth(1).as_deref() {
        Some(WORKER) => worker::serve(),
        _ => run(Options::parse()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// Measures the parts, prints each table and keeps it.
#[tokio::main(flavor = "current_thread")]
async fn run(options: Options) -> Result<(), Error> {
    let kernel = setup::ensure()?;
    let runs = if options.quick { 2 } else { 5 };
    let bench = Bench { kernel, threads: machine::threads()?, runs, peers: options.peers };
    let source = data::source()?;
    let folder = home::output_dir(source)?.join("bench");
    let parts = if options.parts.is_empty() { Part::value_variants() } else { &options.parts };
    for part in parts {
        let start = Instant::now();
        println!("\n{} ...", part.title());
        let (columns, rows) = bench.measure(*part).await?;
        let table = Table { title: part.title().into(), note: bench.note(source), columns, rows };
        println!("\n{table}\nmeasured in {:.0} s", start.elapsed().as_secs_f64());
        table.save(&folder, &part.name())?;
    }
    write_tables(&folder)?;
    if options.plot {
        picture::draw(&folder, source)?;
    }
    Ok(())
}

/// All tables measured so far, for people.
fn write_tables(folder: &Path) -> Result<(), Error> {
    let mut text = String::new();
    for part in Part::value_variants() {
        if let Some(table) = Table::load(folder, &part.name())? {
            text += &format!("{table}\n\n");
        }
    }
    let path = folder.join("tables.md");
    files::write_atomically(&path, text.as_bytes())?;
    println!("\nsaved in {}", home::display(&path));
    Ok(())
}

impl Bench {
    /// Names of the columns, and the rows.
    async fn measure(&self, part: Part) -> Result<(Vec<String>, Vec<Row>), Error> {
        let ours = |rows| (vec!["lab".to_string()], rows);
        Ok(match part {
            Part::Dense => {
                let baseline = ("784-128-10, Adam", Network::one_hidden_layer(128));
                self.race(&[baseline, ("784-300-100-10, SGD", Network::two_hidden_layers())]).await?
            }
            Part::Convolution => {
                self.race(&[("conv 32 - pool - conv 64 - pool - 128-10, Adam", Network::convolutional())])
                    .await?
            }
            Part::Load => {
                let mut race = Race::start(self, false).await?;
                let row = race.load(self.runs).await?;
                (race.end().await, vec![row])
            }
            Part::Batches => ours(growth::batches(self).await?),
            Part::Widths => ours(growth::widths(self).await?),
            Part::Threads => ours(growth::threads(self).await?),
            Part::Notebook => ours(latency::notebook(self).await?),
            Part::Lab => ours(latency::lab(self).await?),
        })
    }

    async fn race(&self, networks: &[(&str, Network)]) -> Result<(Vec<String>, Vec<Row>), Error> {
        let mut race = Race::start(self, self.peers).await?;
        let mut rows = Vec::new();
        for (name, network) in networks {
            rows.extend(race.train(name, network, self.runs).await?);
        }
        Ok((race.end().await, rows))
    }

    fn note(&self, source: Source) -> String {
        let Bench { threads, runs, .. } = self;
        let machine = machine::described();
        let notice = source.notice().map_or(String::new(), |notice| format!("; {notice}"));
        format!(
            "{machine}; {threads} threads; batches of 32 where nothing else is said; median (smallest-largest) \
             of {runs} runs, x as many times the first column{notice}"
        )
    }
}

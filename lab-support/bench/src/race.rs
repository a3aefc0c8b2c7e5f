use std::time::Duration;

use lab_base::Error;

use crate::cell::Cells;
use crate::contender::{Contender, Program};
use crate::network::Network;
use crate::peers;
use crate::plan::{Bench, WORKER};
use crate::table::Row;

/// Those who do the same work, taking turns.
pub struct Race {
    contenders: Vec<(String, Contender)>,
}

/// The first so many of them are the lab's own.
pub const OURS: usize = 2;

impl Race {
    /// A notebook's cells, our release build, and the peers where they are wanted.
    pub async fn start(bench: &Bench, peers: bool) -> Result<Race, Error> {
        let (mut cells, _) = Cells::start(&bench.kernel, Duration::ZERO).await?;
        cells.prepare().await?;
        let release = release_build(bench, bench.threads)?;
        let mut contenders = vec![
            ("notebook cell".into(), Contender::Notebook(Box::new(cells))),
            ("release build".into(), release),
        ];
        if peers {
            contenders.extend(peers::start(&bench.kernel.root, bench.threads)?);
        }
        Ok(Race { contenders })
    }

    /// Epochs of `network` and predictions by it, `runs` of each after one that does not count.
    pub async fn train(&mut self, name: &str, network: &Network, runs: usize) -> Result<[Row; 2], Error> {
        let (mut epochs, mut predictions) = (self.lanes(), self.lanes());
        for (_, contender) in &mut self.contenders {
            contender.build(network).await?;
        }
        for run in 0..=runs {
            for (lane, (who, contender)) in self.contenders.iter_mut().enumerate() {
                let (epoch, prediction) = (contender.fit().await?, contender.predict().await?);
                if run > 0 {
                    println!("  {name}: {who}: epoch {epoch:.3} s, predictions {prediction:.4} s");
                    epochs[lane].push(epoch);
                    predictions[lane].push(prediction);
                }
            }
        }
        Ok([
            Row::seconds(format!("{name}: an epoch"), epochs),
            Row::seconds(format!("{name}: predict 10,000"), predictions),
        ])
    }

    /// Readings of the data set from its files, after one that does not count.
    pub async fn load(&mut self, runs: usize) -> Result<Row, Error> {
        let mut lanes = self.lanes();
        for run in 0..=runs {
            for (lane, (_, contender)) in self.contenders.iter_mut().enumerate() {
                let seconds = contender.load().await?;
                if run > 0 {
                    lanes[lane].push(seconds);
                }
            }
        }
        Ok(Row::seconds("70,000 images from their files", lanes))
    }

    fn lanes(&self) -> Vec<Vec<f64>> {
        vec![Vec::new(); self.contenders.len()]
    }

    /// Everybody's names; their processes end.
    pub async fn end(self) -> Vec<String> {
        let mut names = Vec::new();
        for (name, contender) in self.contenders {
            contender.end().await;
            names.push(name);
        }
        names
    }
}

/// This program, started again to be timed.
pub fn release_build(bench: &Bench, threads: usize) -> Result<Contender, Error> {
    let root = &bench.kernel.root;
    let program = std::env::current_exe().map_err(|e| {
        Error::new("timing the release build", "the path of this program", e, "start it by `cargo lab bench`")
    })?;
    Program::start("the release build", &program, &[WORKER], root, threads).map(Contender::Program)
}

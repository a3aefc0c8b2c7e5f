use std::time::{Duration, Instant};

use lab_base::Error;

use crate::network::Network;
use lab::output;
use lab::session::{Answer, Session};
use lab::setup::Kernel;

/// Cells of a notebook, run by the kernel as JupyterLab would.
pub struct Cells {
    session: Session,
    batch_size: usize,
}

/// No cell that is timed takes longer.
const LIMIT: Duration = Duration::from_secs(600);

/// A notebook of this name is in no copy of the lab: its cells are those that are timed.
const NOTEBOOK: &str = "bench.ipynb";

/// What every notebook begins with.
const FIRST: &str = ":dep lab-support = { path = \"../lab-support\" }\nuse lab_support::prelude::*;";

impl Cells {
    /// Starts a kernel where the notebooks lie, and runs the first cell `pause` after it answered. The seconds
    /// until then, and those of the first cell.
    pub async fn start(kernel: &Kernel, pause: Duration) -> Result<(Cells, [f64; 2]), Error> {
        let start = Instant::now();
        let session = Session::start(kernel, &kernel.root.join("notebooks").join(NOTEBOOK)).await?;
        let started = start.elapsed().as_secs_f64();
        tokio::time::sleep(pause).await;
        let mut cells = Cells { session, batch_size: 32 };
        let (first, _) = cells.run(FIRST).await?;
        Ok((cells, [started, first]))
    }

    /// Runs a cell: the seconds until it was done, and what it printed.
    ///
    /// # Errors
    /// When it failed.
    pub async fn run(&mut self, source: &str) -> Result<(f64, String), Error> {
        let start = Instant::now();
        let Answer { failure, outputs } = self.session.execute(source, LIMIT).await?;
        let seconds = start.elapsed().as_secs_f64();
        let text = output::text(&outputs);
        match failure {
            None => Ok((seconds, text)),
            Some(_) => Err(failed(source, &text)),
        }
    }

    /// Runs a cell whose work measures itself in the middle: the seconds of the whole, and of the work.
    pub async fn run_timed(&mut self, work: &str) -> Result<(f64, f64), Error> {
        let source = format!(
            "let start = std::time::Instant::now();\n{work}\nprintln!(\"{{}}\", start.elapsed().as_secs_f64());"
        );
        let (whole, text) = self.run(&source).await?;
        let own = text.lines().rev().find_map(|line| line.parse().ok());
        Ok((whole, own.ok_or_else(|| failed(&source, &text))?))
    }

    /// The seconds of a cell that shows a student something, be it a mistake.
    pub async fn time(&mut self, source: &str) -> Result<f64, Error> {
        let start = Instant::now();
        self.session.execute(source, LIMIT).await?;
        Ok(start.elapsed().as_secs_f64())
    }

    /// Loads the data set that the networks learn.
    pub async fn prepare(&mut self) -> Result<(), Error> {
        let load = "let data = FashionMnist::load()?;\n\
                    let (train, test) = (data.train.normalized(), data.test.normalized());";
        self.run(load).await.map(drop)
    }

    pub async fn build(&mut self, network: &Network) -> Result<(), Error> {
        self.batch_size = network.batch_size();
        self.run(&network.cell()).await.map(drop)
    }

    pub async fn fit(&mut self) -> Result<f64, Error> {
        let fit = format!("model.fit(&train, Fit::epochs(1).batch_size({}).quiet())?;", self.batch_size);
        Ok(self.run_timed(&fit).await?.1)
    }

    pub async fn predict(&mut self) -> Result<f64, Error> {
        Ok(self.run_timed("let predictions = model.predict(&test)?;").await?.1)
    }

    pub async fn load(&mut self) -> Result<f64, Error> {
        Ok(self.run_timed("let again = FashionMnist::load()?;").await?.1)
    }

    pub fn process(&self) -> Option<u32> {
        self.session.process()
    }

    pub async fn end(self) {
        self.session.shut_down().await;
    }
}

fn failed(source: &str, text: &str) -> Error {
    let found = format!("\n{source}\n{text}");
    Error::new("timing a cell", "a cell that works", found, "run `cargo lab test`, which shows what is wrong")
}

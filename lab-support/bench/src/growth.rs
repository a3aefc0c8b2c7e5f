use lab_base::Error;

use crate::contender::Contender;
use crate::network::Network;
use crate::plan::Bench;
use crate::race::release_build;
use crate::table::Row;

/// An epoch of the baseline in batches of 1 to 1024 images.
pub async fn batches(bench: &Bench) -> Result<Vec<Row>, Error> {
    let mut release = release_build(bench, bench.threads)?;
    let mut rows = Vec::new();
    for batch_size in [1, 4, 16, 32, 64, 256, 1024] {
        let network = Network::one_hidden_layer(128).in_batches_of(batch_size);
        rows.push(epochs(&mut release, format!("batches of {batch_size}"), &network, bench.runs).await?);
    }
    Ok(rows)
}

/// An epoch of 784-N-10 for N from 32 to 1024.
pub async fn widths(bench: &Bench) -> Result<Vec<Row>, Error> {
    let mut release = release_build(bench, bench.threads)?;
    let mut rows = Vec::new();
    for neurons in [32, 64, 128, 256, 512, 1024] {
        let network = Network::one_hidden_layer(neurons);
        rows.push(epochs(&mut release, format!("{neurons} neurons"), &network, bench.runs).await?);
    }
    Ok(rows)
}

/// An epoch of the baseline on one thread, two ... as many as there are cores.
pub async fn threads(bench: &Bench) -> Result<Vec<Row>, Error> {
    let network = Network::one_hidden_layer(128);
    let mut rows = Vec::new();
    for threads in 1..=crate::machine::cores() {
        let mut release = release_build(bench, threads)?;
        let plural = if threads == 1 { "" } else { "s" };
        rows.push(epochs(&mut release, format!("{threads} thread{plural}"), &network, bench.runs).await?);
    }
    Ok(rows)
}

async fn epochs(release: &mut Contender, work: String, network: &Network, runs: usize) -> Result<Row, Error> {
    release.build(network).await?;
    release.fit().await?;
    let mut epochs = Vec::with_capacity(runs);
    for _ in 0..runs {
        epochs.push(release.fit().await?);
    }
    println!("  {work}: {epochs:.3?} s");
    Ok(Row::seconds(work, vec![epochs]))
}

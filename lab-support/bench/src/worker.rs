use std::io::stdin;
use std::time::Instant;

use lab_base::Error;
use lab_support::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::network::Network;

/// What a program is asked to do, on one line of its standard input. It answers with a line
/// `{"seconds": ...}`.
#[derive(Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "lowercase")]
pub enum Request {
    /// Make a network; what comes next is about it.
    Build { network: Network },
    /// Train for one epoch.
    Fit,
    /// Predict the 10,000 test images.
    Predict,
    /// Read the data set from its files.
    Load,
}

/// Does what it is asked until there are no more requests: the release build that is timed.
pub fn serve() -> Result<(), Error> {
    let data = FashionMnist::load()?;
    let (train, test) = (data.train.normalized(), data.test.normalized());
    let mut network = Network::one_hidden_layer(128);
    let mut model = network.model()?;
    for line in stdin().lines() {
        let line = line.map_err(|e| misunderstood(&e))?;
        let request = serde_json::from_str(&line).map_err(|e| misunderstood(&e))?;
        let start = Instant::now();
        match request {
            Request::Build { network: wanted } => (model, network) = (wanted.model()?, wanted),
            Request::Fit => {
                model.fit(&train, Fit::epochs(1).batch_size(network.batch_size()).quiet())?;
            }
            Request::Predict => drop(model.predict(&test)?),
            Request::Load => drop(FashionMnist::load()?),
        }
        println!("{}", json!({ "seconds": start.elapsed().as_secs_f64() }));
    }
    Ok(())
}

fn misunderstood(found: &dyn std::fmt::Display) -> Error {
    Error::new("being timed", "a request on each line", found, "`cargo lab bench` starts this by itself")
}

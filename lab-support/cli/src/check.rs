//! What is done and what is open in a worked copy, or in a class of them.

mod arguments;
mod class;
mod lines;

use std::path::PathBuf;

use lab_base::{Error, files, home, processes, watch};
use serde_json::Value;

use crate::handins;
use crate::notebook::Notebook;
use crate::points::{self, Points};
use crate::report::Report;
use crate::setup::Kernel;
use crate::submission::Rules;
use crate::{page, run, setup, shut_in, submission, terminal};

pub use arguments::Arguments;

/// True when every check of every copy has passed.
pub async fn all(arguments: Arguments) -> Result<bool, Error> {
    if arguments.into.is_some() {
        // Its class may be killed, and nobody else would wait for what it finds.
        watch::end_with_parent();
    }
    let mut paths = run::notebooks(&home::root()?)?;
    paths.retain(|path| !path.ends_with(run::SHEET));
    let solved: Vec<Notebook> = paths.iter().map(|path| Notebook::load(path)).collect::<Result<_, _>>()?;
    let chosen = arguments::chosen(arguments.notebooks.as_deref(), &solved)?;
    let points = arguments.points.as_deref().map_or(Ok(Points::default()), Points::parse)?;
    let (kernel, (places, left_out)) = match arguments.into {
        // Whoever started this has set up the lab, and knows that the place is one hand-in.
        Some(_) => (Kernel::of(&home::root()?)?, (vec![arguments.place.clone()], Vec::new())),
        None => {
            let found = handins::find(&arguments.place, &solved)?;
            (setup::ensure()?, found)
        }
    };
    left_out.iter().for_each(|note| eprintln!("{}", terminal::line(note)));
    let limits = arguments.time_limits(chosen.len())?;
    let chosen: Vec<_> = chosen.into_iter().zip(limits).collect();
    let shut_in = match arguments.not_shut_in {
        true => Err("--not-shut-in says so".into()),
        false => shut_in::check(),
    };
    if arguments.into.is_none()
        && let Err(why) = &shut_in
    {
        eprintln!("hand-ins run with all that you may do yourself, since {}", terminal::line(why));
    }
    let reports = match places.as_slice() {
        [place] => {
            // Also what leaves its session ends with its check.
            processes::adopt();
            let limits = arguments.limits(1);
            limits.bound_this_process();
            let trainings = arguments.trainings.clone();
            let others = arguments.into.as_ref().and_then(|_| Some(place.parent()?.to_path_buf()));
            let rules = Rules { limits, shut_in: shut_in.is_ok(), others, chosen, trainings };
            vec![submission::examine(&kernel, handins::read(place, &solved), &solved, &rules).await?]
        }
        _ => class::check(&arguments, &kernel, &places, &solved, chosen).await?,
    };
    if let Some(into) = &arguments.into {
        let text = serde_json::to_vec(&reports).unwrap_or_default();
        files::write_atomically(into, &text)?;
        return Ok(true);
    }
    match reports.as_slice() {
        _ if arguments.json => {
            println!("{}", terminal::json(&Value::Array(reports.iter().map(Report::json).collect())));
        }
        [report] => lines::print_table(report),
        _ => (),
    }
    let file = arguments.html.clone().or_else(|| own_page(&places));
    if let Some(file) = file {
        let title = format!("Checks of {}", handins::name(&places[0]));
        let title = if places.len() > 1 { format!("Checks of {} hand-ins", places.len()) } else { title };
        files::write_atomically(&file, page::html(&title, &reports, &points, &left_out).as_bytes())?;
        eprintln!("side by side, for a browser: {}", terminal::line(&home::display(&file)));
    }
    if let Some(file) = &arguments.csv {
        files::write_atomically(file, points::csv(&reports, &points).as_bytes())?;
        eprintln!("for a gradebook: {}", terminal::line(&home::display(file)));
    }
    Ok(reports.iter().all(Report::is_complete))
}

/// Where one copy's own page goes: to what its notebooks make.
fn own_page(places: &[PathBuf]) -> Option<PathBuf> {
    let [place] = places else { return None };
    let data = place.join("data");
    data.is_dir().then(|| data.join("check.html"))
}

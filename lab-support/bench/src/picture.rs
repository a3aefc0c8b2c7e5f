use std::path::Path;

use lab_base::{Error, Source, files, home};
use lab_support::plot::{Times, times};

use crate::plan::Part;
use crate::race::OURS;
use crate::table::Table;

/// Draws the tables that have been saved: `speed.png`, the same work by the lab and by others, and
/// `growth.png`, how the time of an epoch changes with what is asked for.
pub fn draw(folder: &Path, source: Source) -> Result<(), Error> {
    let (mut races, mut growth, mut machine) = (Vec::new(), Vec::new(), String::new());
    for part in [Part::Dense, Part::Convolution] {
        if let Some(table) = Table::load(folder, &part.name())? {
            races.extend((0..table.rows.len()).map(|row| across(&table, row)));
            machine = table.note;
        }
    }
    for part in [Part::Batches, Part::Widths, Part::Threads] {
        if let Some(table) = Table::load(folder, &part.name())? {
            growth.push(down(&table));
            machine = table.note;
        }
    }
    let machine = machine.split(';').next().unwrap_or_default();
    save(folder, "speed.png", "The same work, by the lab and by others", machine, &races, source)?;
    save(folder, "growth.png", "How the time of an epoch grows", machine, &growth, source)
}

/// One kind of work: a bar for each who did it.
fn across(table: &Table, row: usize) -> Times {
    let row = &table.rows[row];
    let bar = |(i, name): (usize, &String)| Some((name.clone(), row.median(i)?));
    let bars = table.columns.iter().enumerate().filter_map(bar).collect();
    Times { work: row.work.clone(), bars, ours: OURS }
}

/// The first column: a bar for each kind of work.
fn down(table: &Table) -> Times {
    let bars: Vec<_> = table.rows.iter().filter_map(|row| Some((row.work.clone(), row.median(0)?))).collect();
    Times { work: table.title.clone(), ours: bars.len(), bars }
}

/// Nothing is drawn of what was never measured.
fn save(
    folder: &Path,
    name: &str,
    title: &str,
    machine: &str,
    groups: &[Times],
    source: Source,
) -> Result<(), Error> {
    if groups.is_empty() {
        return Ok(());
    }
    let note = format!("median of several runs, each group on a scale of its own; {machine}");
    let figure = times(title, &note, groups, source)?;
    let path = folder.join(name);
    files::write_atomically(&path, figure.png())?;
    println!("drawn: {}", home::display(&path));
    Ok(())
}

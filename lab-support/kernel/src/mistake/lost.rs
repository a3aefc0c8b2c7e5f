//! What became of a variable that a cell has made and that is not there.

use super::pattern::written;
use super::place::Located;
use crate::history::{Came, History, Told, defines, short};
use crate::source::Source;

/// What became of a variable that some line has made.
pub fn value_of(name: &str, located: &Located, source: &Source, history: &History) -> Option<String> {
    let own = source.cell().lines().position(|line| defines(line, name) && line.contains("let"));
    let made = history.maker(name);
    if located.is_in_item && (own.is_some() || made.is_some()) {
        return Some(format!(
            "A function does not see the cells' variables: take `{name}` as an argument, `fn f({name}: \u{2026})`, and \
             pass it, `f({name})`."
        ));
    }
    match own {
        Some(at) if at > located.line => {
            return Some(format!("`{name}` is made only in line {}: move that line up.", at + 1));
        }
        Some(at) if at < located.line => {
            let line = at + 1;
            return Some(format!(
                "`{name}` is made in line {line} within braces, and is not known outside of them."
            ));
        }
        _ => (),
    }
    let Some(Told { cell, line, came }) = made else { return unknown_maker(name, history) };
    Some(match came {
        Came::Nothing => {
            format!("Cell [{cell}], which makes `{name}`, did not run: mend it and run it first.")
        }
        Came::Lost => format!(
            "`{name}` was lost when the process that runs the cells ended: run cell [{cell}] again, which makes it."
        ),
        Came::Failed => {
            format!("Cell [{cell}], which makes `{name}`, ended with an error: mend it and run it again.")
        }
        Came::Worked => match history.giver(name) {
            Some(given) => given_away(name, &given, cell),
            None => {
                format!("`{name}` is gone: run cell [{cell}] again, which makes it (`{}`).", short(&line))
            }
        },
    })
}

/// Of a variable that no cell makes anew, as far as is known.
fn unknown_maker(name: &str, history: &History) -> Option<String> {
    let given = history.giver(name);
    history.has_made(name).then(|| match given {
        Some(given) => moved(name, &given, "run the cell again that makes it"),
        None => format!("`{name}` is gone: run the cell again that makes it."),
    })
}

fn given_away(name: &str, given: &Told, made: u64) -> String {
    let again = match given.cell == made {
        true => "run that cell again".into(),
        false => format!("run cell [{made}] again, which makes it"),
    };
    moved(name, given, &again)
}

fn moved(name: &str, given: &Told, again: &str) -> String {
    let to = written(&format!("let $w = {name} ;"), &given.line);
    let to = to.map_or(String::new(), |found| format!("into `{}` ", found[0]));
    format!(
        "`{name}` was moved {to}in cell [{}] (`{}`). Write `{name}.clone()` there, or `&{name}` where it is only looked \
         at, and {again}.",
        given.cell,
        short(&given.line)
    )
}

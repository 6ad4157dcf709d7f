//! What each report says of one rich Assessment, seen from outside: rendered bytes, read as their readers do.

// A test's helpers may fail as its tests do.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

mod csv;
mod cyclonedx;
mod fixture;
mod json;
mod sarif;
mod schema;
mod terminal;
mod xlsx;

use tieout_model::{Assessment, Persona};
use tieout_report::{Format, Options, render};

/// A report of an Assessment for a persona, as text.
fn text(format: Format, assessment: &Assessment, persona: Persona) -> String {
    let options = Options { persona, ..Options::default() };
    String::from_utf8(render(format, assessment, &options, &fixture::sources).unwrap()).unwrap()
}

/// The same as JSON.
fn json(format: Format, assessment: &Assessment, persona: Persona) -> serde_json::Value {
    serde_json::from_str(&text(format, assessment, persona)).unwrap()
}

/// Characters that a terminal acts on or that cannot be seen, but for line ends.
fn hazards(text: &str) -> Vec<char> {
    text.chars()
        .filter(|c| {
            (c.is_control() && !matches!(c, '\n' | '\r' | '\t'))
                || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
        })
        .collect()
}

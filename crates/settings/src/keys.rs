//! Keys of a configuration file against the keys that exist, each mistake with its place and a suggestion.

use crate::ConfigError;
use std::ops::Range;
use toml_edit::{Item, TableLike};

/// The keys a table may have. `Table` says what stands below.
pub(crate) enum Key {
    Value(&'static str),
    Table(&'static str, &'static [Key]),
    /// A table whose keys are the user's own.
    Open(&'static str),
}

impl Key {
    fn name(&self) -> &'static str {
        match self {
            Key::Value(name) | Key::Table(name, _) | Key::Open(name) => name,
        }
    }
}

/// The nearest of the known words, if any is near enough to be what was meant.
pub fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    known
        .into_iter()
        .map(|candidate| {
            (strsim::jaro_winkler(&word.to_ascii_lowercase(), &candidate.to_ascii_lowercase()), candidate)
        })
        .filter(|(score, _)| *score >= 0.8)
        .max_by(|a, b| a.0.total_cmp(&b.0).then_with(|| b.1.cmp(a.1)))
        .map(|(_, candidate)| candidate)
}

/// Line and column (from 1) of a byte offset.
pub(crate) fn position(text: &str, offset: usize) -> (usize, usize) {
    let before = text.get(..offset).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    (line, column)
}

/// Checks the keys of a table and of the tables below it.
pub(crate) fn check(
    file: &str,
    text: &str,
    path: &str,
    table: &dyn TableLike,
    keys: &[Key],
) -> Result<(), ConfigError> {
    for (name, item) in table.iter() {
        let Some(key) = keys.iter().find(|key| key.name() == name) else {
            let span = table.get_key_value(name).and_then(|(key, _)| key.span());
            return Err(unknown(file, text, path, name, span, keys));
        };
        let Key::Table(_, below) = key else { continue };
        let inner = if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
        match item {
            Item::ArrayOfTables(tables) => {
                for table in tables {
                    check(file, text, &inner, table, below)?;
                }
            }
            _ => {
                if let Some(table) = item.as_table_like() {
                    check(file, text, &inner, table, below)?;
                }
            }
        }
    }
    Ok(())
}

fn unknown(
    file: &str,
    text: &str,
    path: &str,
    name: &str,
    span: Option<Range<usize>>,
    keys: &[Key],
) -> ConfigError {
    let (line, column) = span.map_or((1, 1), |span| position(text, span.start));
    let names = || keys.iter().map(Key::name);
    let help = match nearest(name, names()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("the keys here are {}", names().collect::<Vec<_>>().join(", ")),
    };
    let place = if path.is_empty() { String::new() } else { format!(" in [{path}]") };
    ConfigError::Invalid {
        file: file.to_owned(),
        line,
        column,
        message: format!("`{name}` is no setting{place}; {help}"),
    }
}

//! TOML into trees with places, on the spanned values of the `toml` crate. What a table means is not known here.

use crate::{Interner, LineIndex, MAX_DEPTH, Problem};
use std::ops::Range;
use std::sync::Arc;
use tieout_model::tree::Entry;
use tieout_model::{Node, Place, Value};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// A TOML text as a tree. Entries stand in the order of the text; dates are texts; an array of tables is a list. A
/// table in brackets spans its header only, as the parser sees it.
///
/// # Errors
/// The first thing that makes the text no TOML, with its place.
pub fn parse(file: &Arc<str>, text: &str) -> Result<Node, Problem> {
    let index = LineIndex::new(text);
    let table = DeTable::parse(text).map_err(|error| {
        let range = error.span().unwrap_or(0..0);
        Problem { message: error.message().to_owned(), at: index.place(file, range) }
    })?;
    let mut reader = Reader { file, index, names: Interner::default() };
    let at = reader.place(0..text.len());
    let value = reader.table(table.get_ref(), 0)?;
    Ok(Node { value, at })
}

struct Reader<'a> {
    file: &'a Arc<str>,
    index: LineIndex<'a>,
    names: Interner,
}

impl Reader<'_> {
    fn place(&self, range: Range<usize>) -> Place {
        self.index.place(self.file, range)
    }

    fn table(&mut self, table: &DeTable<'_>, depth: usize) -> Result<Value, Problem> {
        let mut rows: Vec<_> = table.iter().collect();
        rows.sort_by_key(|(key, _)| key.span().start);
        let mut entries = Vec::with_capacity(rows.len());
        for (key, value) in rows {
            entries.push(Entry {
                key: self.names.intern(key.get_ref()),
                at: self.place(key.span()),
                node: self.node(value, depth + 1)?,
            });
        }
        Ok(Value::Map(entries))
    }

    fn node(&mut self, spanned: &Spanned<DeValue<'_>>, depth: usize) -> Result<Node, Problem> {
        let at = self.place(spanned.span());
        if depth > MAX_DEPTH {
            return Err(Problem { message: format!("nested more than {MAX_DEPTH} levels deep"), at });
        }
        let value = match spanned.get_ref() {
            DeValue::String(text) => Value::Text(self.names.intern(text)),
            DeValue::Integer(number) => match i64::from_str_radix(number.as_str(), number.radix()) {
                Ok(number) => Value::Int(number),
                Err(_) => Value::Text(number.as_str().into()),
            },
            DeValue::Float(number) => match number.as_str().parse::<f64>() {
                Ok(parsed) => Value::Float(parsed),
                Err(_) => Value::Text(number.as_str().into()),
            },
            DeValue::Boolean(flag) => Value::Bool(*flag),
            DeValue::Datetime(time) => Value::Text(time.to_string().into()),
            DeValue::Array(items) => {
                let mut list = Vec::with_capacity(items.len());
                for item in items.iter() {
                    list.push(self.node(item, depth + 1)?);
                }
                Value::List(list)
            }
            DeValue::Table(table) => self.table(table, depth)?,
        };
        Ok(Node { value, at })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(text: &str) -> Node {
        parse(&"a.toml".into(), text).unwrap()
    }

    #[test]
    fn values_keep_their_lines_and_entries_their_order() {
        let node = read("z = 1\n[[package]]\nname = \"b\"\nversion = '1.0'\n\n[[package]]\nname = \"a\"\n");
        let keys: Vec<&str> = node.entries().iter().map(|entry| &*entry.key).collect();
        assert_eq!(keys, ["z", "package"]);
        let packages = node.get("package").unwrap().items();
        let lines: Vec<u32> =
            packages.iter().map(|package| package.get("name").unwrap().at.file_line().unwrap().1).collect();
        assert_eq!(lines, [3, 7]);
        assert_eq!(packages[0].get("version").unwrap().as_text(), Some("1.0"));
    }

    #[test]
    fn dates_are_texts_and_a_broken_text_is_told_with_its_line() {
        assert_eq!(read("d = 2024-10-10\n").get("d").unwrap().as_text(), Some("2024-10-10"));
        let problem = parse(&"a.toml".into(), "a = 1\nb = [\n").unwrap_err();
        assert!(problem.at.file_line().unwrap().1 >= 2, "{problem:?}");
    }

    proptest! {
        #[test]
        fn no_text_panics(text in "([a-z\\[\\]{}=\"'., \n0-9-]|\\PC){0,60}") {
            let _ = parse(&"a.toml".into(), &text);
        }
    }
}

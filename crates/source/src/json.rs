//! JSON into trees with places, on the syntax tree of `jsonc-parser`. Comments and trailing commas are read,
//! for real files have them; anything looser is an error.

use crate::{Interner, LineIndex, MAX_DEPTH, Problem};
use jsonc_parser::ast::{ObjectPropName, Value as Json};
use jsonc_parser::common::Ranged;
use jsonc_parser::{CollectOptions, ParseOptions, parse_to_ast};
use std::collections::HashMap;
use std::sync::Arc;
use tieout_model::tree::Entry;
use tieout_model::{Node, Place, Value};

/// A JSON text as a tree, with what is odd about it: the last of two equal keys counts, and each such key is a
/// problem. A byte order mark is skipped.
///
/// # Errors
/// The first thing that makes the text no JSON, with its place: a syntax error, no value at all, or nesting
/// that is too deep.
pub fn parse(file: &Arc<str>, text: &str) -> Result<(Node, Vec<Problem>), Problem> {
    let index = LineIndex::new(text);
    let bom = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    let body = text.get(bom..).unwrap_or_default();
    if let Some(offset) = too_deep(body) {
        let message = format!("nested more than {MAX_DEPTH} levels deep");
        return Err(Problem { message, at: index.place(file, bom + offset..bom + offset + 1) });
    }
    let options = ParseOptions {
        allow_comments: true,
        allow_trailing_commas: true,
        allow_loose_object_property_names: false,
        allow_missing_commas: false,
        allow_single_quoted_strings: false,
        allow_hexadecimal_numbers: false,
        allow_unary_plus_numbers: false,
        allow_bare_decimal_point_numbers: false,
        allow_non_finite_numbers: false,
        allow_extended_string_escapes: false,
    };
    let parsed = parse_to_ast(body, &CollectOptions::default(), &options).map_err(|error| {
        let range = error.range();
        Problem {
            message: error.kind().to_string(),
            at: index.place(file, bom + range.start..bom + range.end),
        }
    })?;
    let value = parsed.value.ok_or_else(|| Problem {
        message: "there is no JSON value in this file".to_owned(),
        at: index.place(file, 0..0),
    })?;
    let mut reader = Reader { file, index, bom, names: Interner::default(), problems: Vec::new() };
    let node = reader.node(&value);
    Ok((node, reader.problems))
}

struct Reader<'a> {
    file: &'a Arc<str>,
    index: LineIndex<'a>,
    bom: usize,
    names: Interner,
    problems: Vec<Problem>,
}

impl Reader<'_> {
    fn place(&self, what: &impl Ranged) -> Place {
        let range = what.range();
        self.index.place(self.file, self.bom + range.start..self.bom + range.end)
    }

    // Recurses no deeper than `MAX_DEPTH`, which was checked before.
    fn node(&mut self, json: &Json<'_>) -> Node {
        let at = self.place(json);
        let value = match json {
            Json::NullKeyword(_) => Value::Null,
            Json::BooleanLit(flag) => Value::Bool(flag.value),
            Json::NumberLit(number) => self.number(number.value),
            Json::StringLit(text) => Value::Text(self.names.intern(&text.value)),
            Json::Array(array) => Value::List(array.elements.iter().map(|item| self.node(item)).collect()),
            Json::Object(object) => {
                let mut entries: Vec<Entry> = Vec::with_capacity(object.properties.len());
                let mut places: HashMap<Arc<str>, usize> = HashMap::with_capacity(object.properties.len());
                for property in &object.properties {
                    let key = self.names.intern(property.name.as_str());
                    let at = match &property.name {
                        ObjectPropName::String(name) => self.place(name),
                        ObjectPropName::Word(name) => self.place(name),
                    };
                    let node = self.node(&property.value);
                    let earlier = places.get(&key).and_then(|place| entries.get_mut(*place));
                    if let Some(entry) = earlier {
                        let message = format!("the key `{key}` stands here twice; the last one counts");
                        self.problems.push(Problem { message, at: at.clone() });
                        *entry = Entry { key, at, node };
                        continue;
                    }
                    places.insert(key.clone(), entries.len());
                    entries.push(Entry { key, at, node });
                }
                Value::Map(entries)
            }
        };
        Node::new(value, at)
    }

    /// Numbers that a 64-bit integer or a double does not print again as written stay text.
    fn number(&mut self, text: &str) -> Value {
        if let Ok(int) = text.parse::<i64>() {
            return Value::Int(int);
        }
        match text.parse::<f64>() {
            Ok(float) if float.is_finite() && float.to_string() == text => Value::Float(float),
            Ok(float) if float.is_finite() && text.contains(['e', 'E']) => Value::Float(float),
            _ => Value::Text(self.names.intern(text)),
        }
    }
}

/// The offset of the first bracket that nests too deeply, strings left out.
fn too_deep(text: &str) -> Option<usize> {
    let (mut depth, mut in_string, mut escaped) = (0usize, false, false);
    for (offset, byte) in text.bytes().enumerate() {
        if in_string {
            match byte {
                _ if escaped => escaped = false,
                b'\\' => escaped = true,
                b'"' => in_string = false,
                _ => {}
            }
            continue;
        }
        match byte {
            b'"' => in_string = true,
            b'{' | b'[' => {
                depth += 1;
                if depth > MAX_DEPTH {
                    return Some(offset);
                }
            }
            b'}' | b']' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn read(text: &str) -> Result<(Node, Vec<Problem>), Problem> {
        parse(&"t.json".into(), text)
    }

    #[test]
    fn values_and_keys_keep_their_places() {
        let (node, problems) =
            read("\u{feff}{\n  \"a\": [1, -2.5, \"é\", true, null],\n  \"b\": {\"c\": 1}\n}\n").unwrap();
        assert_eq!(problems, []);
        assert_eq!(node.to_json(), json!({"a": [1, -2.5, "é", true, null], "b": {"c": 1}}));
        assert_eq!(node.entry("b").unwrap().place().file_line(), Some(("t.json", 3)));
        let Place::Text(at) = &node.get("b").unwrap().get("c").unwrap().at else { panic!("no place") };
        assert_eq!((at.start.column, at.end.column), (14, 15));
    }

    #[test]
    fn the_last_of_two_equal_keys_wins_and_is_told() {
        let (node, problems) = read(r#"{"a": 1, "b": 2, "a": 3}"#).unwrap();
        assert_eq!(node.to_json(), json!({"a": 3, "b": 2}));
        assert_eq!(problems.len(), 1);
    }

    #[test]
    fn comments_and_trailing_commas_are_read() {
        assert_eq!(read("{\"a\": [1,], // x\n}").unwrap().0.to_json(), json!({"a": [1]}));
    }

    #[test]
    fn what_is_no_json_is_an_error_with_its_place() {
        for text in ["", "{", "{\"a\" 1}", "[1 2]", "{'a': 1}", "\"a\" \"b\"", "nul"] {
            assert!(read(text).is_err(), "{text}");
        }
        assert_eq!(read("{\n\"a\": }").unwrap_err().at.file_line(), Some(("t.json", 2)));
    }

    #[test]
    fn deep_nesting_is_an_error_and_brackets_in_strings_are_not_nesting() {
        assert!(read(&"[".repeat(1_000_000)).unwrap_err().message.contains("levels deep"));
        assert!(read(&format!("\"{}\"", "[".repeat(500))).is_ok());
    }

    #[test]
    fn numbers_that_would_change_stay_text() {
        let (node, _) = read("[12345678901234567890123, 1.10, 1e3]").unwrap();
        assert_eq!(node.to_json(), json!(["12345678901234567890123", "1.10", 1000.0]));
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "[a-c:\\-\\[\\]{},'\"/*# \\n\\\\0-9u.eE+\\PC]{0,200}") {
            let _ = read(&text);
        }
    }
}

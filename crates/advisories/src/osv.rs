//! OSV records (Open Source Vulnerability format, schema 1.7) as they are read: lenient, since each field but the id
//! may be missing, and fields that nobody needs here are passed over. A record is reduced at once to what an advisory
//! keeps of it, so that an archive's texts are never all in memory.

use crate::merge::normalise;
use crate::range::{Event, Span, spans};
use crate::severity::Rating;
use pep440_rs::Version;
use serde::de::{Deserializer, SeqAccess, Visitor};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::str::FromStr;

/// A summary is not longer than this, in characters.
const SUMMARY: usize = 200;

/// A record that could not be read, or a part of one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Skipped {
    /// Its file in the archive, or its id.
    pub record: String,
    /// What is wrong with it.
    pub why: String,
}

/// What is kept of a record.
#[derive(Debug, Clone, Default)]
pub(crate) struct Record {
    pub(crate) id: String,
    pub(crate) aliases: Vec<String>,
    /// `YYYY-MM-DD`
    pub(crate) day: Option<String>,
    pub(crate) withdrawn: bool,
    /// One line, and whether the record itself calls it a summary.
    pub(crate) summary: (bool, String),
    pub(crate) vectors: Vec<String>,
    /// A database's word for the severity.
    pub(crate) word: Option<Rating>,
    /// What it says of packages of PyPI.
    pub(crate) affected: Vec<Part>,
    /// What of it could not be read.
    pub(crate) unread: Vec<String>,
}

/// What a record says of one package.
#[derive(Debug, Clone, Default)]
pub(crate) struct Part {
    /// Normalised.
    pub(crate) name: String,
    pub(crate) spans: Vec<Span>,
    /// Listed versions that are in none of the stretches, as written.
    pub(crate) versions: Vec<String>,
    pub(crate) vectors: Vec<String>,
    pub(crate) word: Option<Rating>,
    pub(crate) symbols: Vec<String>,
}

/// Text; a whole number is taken for text, null for none. Anything else is an error.
#[derive(Debug, Default, PartialEq)]
struct Text<'a>(Cow<'a, str>);

impl<'de: 'a, 'a> Deserialize<'de> for Text<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Text<'a>, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = Text<'de>;
            fn expecting(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
                f.write_str("text")
            }
            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Text<'de>, E> {
                Ok(Text(Cow::Borrowed(text)))
            }
            fn visit_str<E>(self, text: &str) -> Result<Text<'de>, E> {
                Ok(Text(Cow::Owned(text.to_owned())))
            }
            fn visit_u64<E>(self, number: u64) -> Result<Text<'de>, E> {
                Ok(Text(Cow::Owned(number.to_string())))
            }
            fn visit_unit<E>(self) -> Result<Text<'de>, E> {
                Ok(Text::default())
            }
        }
        deserializer.deserialize_any(Reader)
    }
}

/// A list; null is an empty one. Anything else is an error.
#[derive(Debug)]
struct List<T>(Vec<T>);

impl<T> Default for List<T> {
    fn default() -> List<T> {
        List(Vec::new())
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for List<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<List<T>, D::Error> {
        struct Reader<T>(std::marker::PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for Reader<T> {
            type Value = List<T>;
            fn expecting(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
                f.write_str("a list")
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<List<T>, A::Error> {
                let mut out = Vec::new();
                while let Some(item) = items.next_element()? {
                    out.push(item);
                }
                Ok(List(out))
            }
            fn visit_unit<E>(self) -> Result<List<T>, E> {
                Ok(List::default())
            }
        }
        deserializer.deserialize_any(Reader(std::marker::PhantomData))
    }
}

#[derive(Deserialize)]
struct WireRecord<'a> {
    #[serde(borrow)]
    id: Text<'a>,
    #[serde(borrow, default)]
    modified: Text<'a>,
    #[serde(borrow, default)]
    withdrawn: Text<'a>,
    #[serde(borrow, default)]
    aliases: List<Text<'a>>,
    #[serde(borrow, default)]
    summary: Text<'a>,
    #[serde(borrow, default)]
    details: Text<'a>,
    #[serde(borrow, default)]
    severity: List<WireSeverity<'a>>,
    #[serde(borrow, default)]
    affected: List<WireAffected<'a>>,
    #[serde(default)]
    database_specific: Specific,
}

/// A vector; its text tells the version of CVSS.
#[derive(Deserialize)]
struct WireSeverity<'a> {
    #[serde(borrow, default)]
    score: Text<'a>,
}

#[derive(Deserialize)]
struct WireAffected<'a> {
    #[serde(borrow, default)]
    package: Option<WirePackage<'a>>,
    #[serde(borrow, default)]
    severity: List<WireSeverity<'a>>,
    #[serde(borrow, default)]
    ranges: List<WireRange<'a>>,
    #[serde(borrow, default)]
    versions: List<Text<'a>>,
    #[serde(default)]
    ecosystem_specific: Specific,
    #[serde(default)]
    database_specific: Specific,
}

#[derive(Deserialize)]
struct WirePackage<'a> {
    #[serde(borrow, default)]
    name: Text<'a>,
    #[serde(borrow, default)]
    ecosystem: Text<'a>,
}

#[derive(Deserialize)]
struct WireRange<'a> {
    #[serde(borrow, default, rename = "type")]
    kind: Text<'a>,
    #[serde(borrow, default)]
    events: List<WireEvent<'a>>,
}

#[derive(Deserialize)]
struct WireEvent<'a> {
    #[serde(borrow, default)]
    introduced: Option<Text<'a>>,
    #[serde(borrow, default)]
    fixed: Option<Text<'a>>,
    #[serde(borrow, default)]
    last_affected: Option<Text<'a>>,
    #[serde(borrow, default)]
    limit: Option<Text<'a>>,
}

/// Fields of the databases' own: GHSA's word for the severity, symbols. Of any shape, so that an odd one costs
/// nothing.
#[derive(Debug, Default, PartialEq)]
struct Specific {
    word: Option<Rating>,
    symbols: Vec<String>,
}

impl<'de> Deserialize<'de> for Specific {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Specific, D::Error> {
        let value = serde_json::Value::deserialize(deserializer)?;
        let word = value.get("severity").and_then(|word| word.as_str()).and_then(Rating::of_word);
        let mut symbols = Vec::new();
        for key in ["symbols", "functions", "affected_functions", "imports"] {
            symbols.extend(texts(value.get(key)).map(str::to_owned));
        }
        for import in list(value.get("imports")) {
            // PyPA: `attribute` of each of `modules`; Go and others: `symbols` of `path`.
            let path = import.get("path").and_then(|path| path.as_str());
            let modules: Vec<&str> = texts(import.get("modules")).chain(path).collect();
            let attribute = import.get("attribute").and_then(|attribute| attribute.as_str());
            let names: Vec<&str> = texts(import.get("symbols")).chain(attribute).collect();
            match modules.as_slice() {
                [] => symbols.extend(names.iter().map(|name| (*name).to_owned())),
                modules => symbols.extend(
                    modules
                        .iter()
                        .flat_map(|module| names.iter().map(move |name| format!("{module}.{name}"))),
                ),
            }
        }
        Ok(Specific { word, symbols })
    }
}

fn list(value: Option<&serde_json::Value>) -> impl Iterator<Item = &serde_json::Value> {
    value.and_then(|value| value.as_array()).into_iter().flatten()
}

fn texts(value: Option<&serde_json::Value>) -> impl Iterator<Item = &str> {
    list(value).filter_map(|item| item.as_str())
}

impl Record {
    /// A record from its JSON.
    ///
    /// # Errors
    /// Why it is no record.
    pub(crate) fn from_json(json: &[u8]) -> Result<Record, String> {
        let json = json.strip_prefix(b"\xef\xbb\xbf").unwrap_or(json);
        let wire: WireRecord = serde_json::from_slice(json).map_err(|error| brief(&error.to_string()))?;
        reduced(wire)
    }

    /// A record from a tree (YAML). Numbers there keep their text, so a version that looks like one stays itself.
    ///
    /// # Errors
    /// Why it is no record.
    pub(crate) fn from_value(mut value: serde_json::Value) -> Result<Record, String> {
        numbers_to_texts(&mut value);
        Record::from_json(value.to_string().as_bytes())
    }
}

fn numbers_to_texts(value: &mut serde_json::Value) {
    match value {
        serde_json::Value::Number(number) => *value = number.to_string().into(),
        serde_json::Value::Array(items) => items.iter_mut().for_each(numbers_to_texts),
        serde_json::Value::Object(map) => map.values_mut().for_each(numbers_to_texts),
        _ => {}
    }
}

fn reduced(wire: WireRecord<'_>) -> Result<Record, String> {
    let id = clean(&wire.id.0);
    if id.is_empty() {
        return Err("it has no id".to_owned());
    }
    let withdrawn = !wire.withdrawn.0.is_empty();
    if !withdrawn && wire.affected.0.is_empty() {
        return Err(format!("{id} does not say what it affects"));
    }
    let own = one_line(&wire.summary.0);
    let mut record = Record {
        aliases: wire
            .aliases
            .0
            .iter()
            .map(|alias| clean(&alias.0))
            .filter(|alias| !alias.is_empty())
            .collect(),
        day: wire.modified.0.get(..10).filter(|day| is_day(day)).map(str::to_owned),
        withdrawn,
        summary: if own.is_empty() { (false, one_line(&wire.details.0)) } else { (true, own) },
        vectors: vectors(&wire.severity),
        word: wire.database_specific.word,
        affected: Vec::new(),
        unread: Vec::new(),
        id,
    };
    if withdrawn {
        return Ok(record);
    }
    let mut foreign = false;
    for affected in &wire.affected.0 {
        match &affected.package {
            Some(package) if !is_pypi(&package.ecosystem.0) && !package.ecosystem.0.is_empty() => {
                foreign = true
            }
            Some(package) if !package.ecosystem.0.is_empty() && !package.name.0.trim().is_empty() => {
                part(package, affected, &mut record);
            }
            _ => record.unread.push("it affects something that has no name or no ecosystem".to_owned()),
        }
    }
    // What says nothing of any package is no record; that of other ecosystems is one that nobody needs here.
    match record.unread.is_empty() || foreign || !record.affected.is_empty() {
        true => Ok(record),
        false => Err(format!("{}: {}", record.id, record.unread.join("; "))),
    }
}

fn part(package: &WirePackage<'_>, affected: &WireAffected<'_>, record: &mut Record) {
    let name = normalise(&package.name.0);
    let before = record.unread.len();
    let mut stretches = Vec::new();
    for range in affected.ranges.0.iter().filter(|range| range.kind.0 != "GIT") {
        match spans(&events(range)) {
            Ok(spans) => stretches.extend(spans),
            // Versions from before PEP 440 stand before all others (as OSV orders them), so such a range says nothing of
            // any version but those that are listed.
            Err(_) if !affected.versions.0.is_empty() && is_legacy(range) => {}
            Err(why) => record.unread.push(format!("{}: {why}", brief(&name))),
        }
    }
    let outside = |text: &&Text<'_>| match Version::from_str(&text.0) {
        Ok(version) => {
            let public = if version.is_local() { version.without_local() } else { version };
            !stretches.iter().any(|span| span.contains(&public))
        }
        Err(_) => true,
    };
    let versions: Vec<String> =
        affected.versions.0.iter().filter(outside).map(|text| text.0.clone().into_owned()).collect();
    if stretches.is_empty() && versions.is_empty() && record.unread.len() == before {
        record.unread.push(format!("{}: it names no affected version", brief(&name)));
    }
    let mut symbols = affected.ecosystem_specific.symbols.clone();
    symbols.extend(affected.database_specific.symbols.iter().cloned());
    record.affected.push(Part {
        name,
        versions,
        spans: stretches,
        vectors: vectors(&affected.severity),
        word: affected.database_specific.word.max(affected.ecosystem_specific.word),
        symbols,
    });
}

/// Whether what cannot be read of a range's end is a version all the same, of a scheme older than PEP 440.
fn is_legacy(range: &WireRange<'_>) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_' | b'+' | b':');
    let known = |text: &str| {
        Version::from_str(text).is_ok()
            || (text.starts_with(|first: char| first.is_ascii_digit()) && text.bytes().all(plain))
    };
    let events = events(range);
    events.contains(&Event::Introduced("0"))
        && events.iter().all(|event| match event {
            Event::Introduced(text) => Version::from_str(text).is_ok(),
            Event::Fixed(text) | Event::LastAffected(text) | Event::Limit(text) => known(text),
        })
}

fn events<'a>(range: &'a WireRange<'_>) -> Vec<Event<'a>> {
    let mut events = Vec::with_capacity(range.events.0.len());
    for event in &range.events.0 {
        events.extend(event.introduced.as_ref().map(|text| Event::Introduced(&text.0)));
        events.extend(event.fixed.as_ref().map(|text| Event::Fixed(&text.0)));
        events.extend(event.last_affected.as_ref().map(|text| Event::LastAffected(&text.0)));
        events.extend(event.limit.as_ref().map(|text| Event::Limit(&text.0)));
    }
    events
}

fn vectors(severity: &List<WireSeverity<'_>>) -> Vec<String> {
    severity.0.iter().map(|vector| vector.score.0.clone().into_owned()).collect()
}

fn is_pypi(ecosystem: &str) -> bool {
    let name = ecosystem.split(':').next().unwrap_or_default();
    name.eq_ignore_ascii_case("PyPI")
}

fn is_day(text: &str) -> bool {
    text.bytes().enumerate().all(|(at, byte)| match at {
        4 | 7 => byte == b'-',
        _ => byte.is_ascii_digit(),
    })
}

/// An id as a terminal may show it.
fn clean(id: &str) -> String {
    id.trim().chars().filter(|char| !is_hidden(*char)).take(100).collect()
}

/// Control characters, and those that turn the direction of text or are not seen.
fn is_hidden(char: char) -> bool {
    char.is_control()
        || matches!(char, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// Text of others as part of a message.
pub(crate) fn brief(text: &str) -> String {
    text.chars().filter(|char| !is_hidden(*char)).take(120).collect()
}

/// The first sentence, on one line, not longer than a reader needs.
fn one_line(text: &str) -> String {
    // No more than what may be needed is looked at: details may be long.
    let start: String =
        text.chars().take(SUMMARY * 4).filter(|char| !is_hidden(*char) || char.is_whitespace()).collect();
    let line = start.split_whitespace().collect::<Vec<_>>().join(" ");
    let line = match line.match_indices(". ").find(|(at, _)| *at > 20 && !abbreviated(line.get(..*at))) {
        Some((at, _)) => line.get(..=at).unwrap_or_default(),
        None => &line,
    };
    match line.char_indices().nth(SUMMARY - 1) {
        Some((end, _)) if line.chars().count() > SUMMARY => {
            format!("{}…", line.get(..end).unwrap_or_default().trim_end())
        }
        _ => line.to_owned(),
    }
}

/// Whether the full stop after this text ends an abbreviation, not a sentence.
fn abbreviated(before: Option<&str>) -> bool {
    let last = before.and_then(|text| text.rsplit([' ', '(']).next()).unwrap_or_default();
    matches!(last, "e.g" | "i.e" | "vs" | "etc" | "cf" | "Inc" | "v" | "No") || last.len() == 1
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn fields_that_are_null_or_unknown_cost_nothing() {
        let record = Record::from_json(
            br#"{"id": "A-1", "aliases": null, "summary": null, "severity": null, "withdrawn": null, "new": {"x": [1]},
                 "database_specific": "odd", "affected": [{"package": {"ecosystem": "PyPI", "name": "A.b"},
                 "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": 0}, {"fixed": "1.10"}]}], "versions": null}]}"#,
        )
        .unwrap();
        assert!(!record.withdrawn && record.unread.is_empty());
        assert_eq!(record.affected[0].name, "a-b");
        assert_eq!(record.affected[0].spans.len(), 1);
    }

    #[test]
    fn what_is_no_record_says_why() {
        let why = |json: &str| Record::from_json(json.as_bytes()).unwrap_err();
        assert!(why("{").contains("EOF"));
        assert!(why(r#"{"id": " "}"#).contains("no id"));
        assert!(why(r#"{"id": "A-1"}"#).contains("A-1 does not say what it affects"));
        assert!(why(r#"{"id": "A-1", "affected": [{}]}"#).contains("no name"));
        assert!(why(&format!("{}{}", "[".repeat(5000), "]".repeat(5000))).len() < 200);
    }

    #[test]
    fn a_part_that_cannot_be_read_is_named_and_the_rest_is_kept() {
        let affected = json!([{"package": {"ecosystem": "PyPI", "name": "a"}, "versions": ["1.0"],
            "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "next week"}]}]}]);
        let record = Record::from_value(json!({"id": "A-1", "affected": affected})).unwrap();
        assert_eq!(record.affected[0].versions, ["1.0"]);
        assert!(record.unread[0].contains("next week"), "{:?}", record.unread);
    }

    #[test]
    fn a_summary_is_the_first_sentence_without_control_characters() {
        let of = |text: &str| one_line(text);
        assert_eq!(of("An issue was found in Django. It is bad."), "An issue was found in Django.");
        assert_eq!(
            of("A flaw (e.g. in the \u{1b}[31mparser) of v. 2"),
            "A flaw (e.g. in the [31mparser) of v. 2"
        );
        assert_eq!(of("a\u{0}\n\nb\u{202e}c"), "a bc");
        assert_eq!(of(&"x".repeat(500)).chars().count(), SUMMARY);
    }

    #[test]
    fn symbols_are_read_in_the_layouts_of_pypa_and_ghsa() {
        let specific = |value: serde_json::Value| Specific::deserialize(value).unwrap().symbols;
        assert_eq!(
            specific(json!({"imports": [{"attribute": "load", "modules": ["yaml", "yaml.loader"]}]})),
            ["yaml.load", "yaml.loader.load"]
        );
        assert_eq!(specific(json!({"affected_functions": ["yaml.load", 7]})), ["yaml.load"]);
        assert_eq!(specific(json!({"imports": [{"path": "a.b", "symbols": ["c"]}]})), ["a.b.c"]);
    }
}

//! The formats a report can have, and their names on the command line.

use crate::Error;
use std::fmt;
use std::str::FromStr;

/// A report's format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Format {
    /// For a person at a terminal.
    Terminal,
    /// The Assessment itself; `tieout report` reads it again.
    Json,
    /// The results, one JSON object a line.
    Jsonl,
    /// The results, one row each.
    Csv,
    /// SARIF 2.1.0, for code hosts and editors.
    Sarif,
    /// A workbook for an auditor.
    Xlsx,
}

impl Format {
    /// All, in the order of the help.
    pub const ALL: [Format; 6] =
        [Format::Terminal, Format::Json, Format::Jsonl, Format::Csv, Format::Sarif, Format::Xlsx];

    /// The name on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Format::Terminal => "terminal",
            Format::Json => "json",
            Format::Jsonl => "jsonl",
            Format::Csv => "csv",
            Format::Sarif => "sarif",
            Format::Xlsx => "xlsx",
        }
    }

    /// The usual ending of a file in this format, without the dot.
    pub fn extension(self) -> &'static str {
        match self {
            Format::Terminal => "txt",
            other => other.as_str(),
        }
    }

    /// The format whose usual ending a file name has: `-o findings.sarif` needs no `-f`.
    pub fn of_file_name(name: &str) -> Option<Format> {
        let (_, ending) = name.rsplit_once('.')?;
        Format::ALL.into_iter().find(|format| format.extension().eq_ignore_ascii_case(ending))
    }

    /// False for formats that are bytes and not text, which must not go to a terminal.
    pub fn is_text(self) -> bool {
        self != Format::Xlsx
    }

    /// Every name, for messages.
    pub(crate) fn names() -> String {
        let mut names: Vec<&str> = Format::ALL.into_iter().map(Format::as_str).collect();
        let last = names.pop().unwrap_or_default();
        format!("{} or {last}", names.join(", "))
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Format {
    type Err = Error;

    fn from_str(word: &str) -> Result<Format, Error> {
        let lower = word.to_ascii_lowercase();
        if let Some(format) = Format::ALL.into_iter().find(|format| format.as_str() == lower) {
            return Ok(format);
        }
        Err(Error::UnknownFormat { word: word.to_owned(), suggestion: nearest(&lower) })
    }
}

/// What people type for a format that has another name here.
const SYNONYMS: [(&str, &str); 9] = [
    ("text", "terminal"),
    ("txt", "terminal"),
    ("human", "terminal"),
    ("pretty", "terminal"),
    ("ndjson", "jsonl"),
    ("json-lines", "jsonl"),
    ("excel", "xlsx"),
    ("xls", "xlsx"),
    ("workbook", "xlsx"),
];

fn nearest(word: &str) -> Option<&'static str> {
    if let Some((_, name)) = SYNONYMS.iter().find(|(synonym, _)| *synonym == word) {
        return Some(name);
    }
    Format::ALL
        .into_iter()
        .map(|format| (strsim::damerau_levenshtein(word, format.as_str()), format.as_str()))
        .min()
        .filter(|(distance, name)| *distance <= name.len() / 2)
        .map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_parses_to_its_format_in_any_case() {
        for format in Format::ALL {
            assert_eq!(format.as_str().parse::<Format>().unwrap(), format);
            assert_eq!(format.as_str().to_uppercase().parse::<Format>().unwrap(), format);
        }
    }

    #[test]
    fn a_misspelt_format_is_answered_with_the_nearest_and_with_all() {
        let message = |word: &str| word.parse::<Format>().unwrap_err().to_string();
        assert!(message("jsno").contains("did you mean `json`?"), "{}", message("jsno"));
        assert!(message("sariff").contains("did you mean `sarif`?"));
        assert!(message("excel").contains("did you mean `xlsx`?"));
        assert!(message("text").contains("did you mean `terminal`?"));
        assert!(!message("protobuf").contains("did you mean"));
        assert!(message("protobuf").contains("terminal, json, jsonl, csv, sarif or xlsx"));
    }

    #[test]
    fn a_file_name_tells_its_format() {
        assert_eq!(Format::of_file_name("out/a.b/Findings.SARIF"), Some(Format::Sarif));
        assert_eq!(Format::of_file_name("a.txt"), Some(Format::Terminal));
        assert_eq!(Format::of_file_name("a.json5"), None);
        assert_eq!(Format::of_file_name("json"), None);
    }
}

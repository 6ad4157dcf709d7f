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
    /// CycloneDX 1.6: packages and runtimes, and what is known of their vulnerabilities.
    Cyclonedx,
    /// A workbook for an auditor.
    Xlsx,
}

impl Format {
    /// All, in the order of the help.
    pub const ALL: [Format; 7] = [
        Format::Terminal,
        Format::Json,
        Format::Jsonl,
        Format::Csv,
        Format::Sarif,
        Format::Cyclonedx,
        Format::Xlsx,
    ];

    /// The name on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Format::Terminal => "terminal",
            Format::Json => "json",
            Format::Jsonl => "jsonl",
            Format::Csv => "csv",
            Format::Sarif => "sarif",
            Format::Cyclonedx => "cyclonedx",
            Format::Xlsx => "xlsx",
        }
    }

    /// The usual ending of a file in this format, without the dot.
    pub fn extension(self) -> &'static str {
        match self {
            Format::Terminal => "txt",
            Format::Cyclonedx => "cdx.json",
            other => other.as_str(),
        }
    }

    /// The format whose usual ending a file name has: `-o findings.sarif` needs no `-f`.
    pub fn of_file_name(name: &str) -> Option<Format> {
        let lower = name.to_ascii_lowercase();
        let has_it = |format: &Format| {
            lower.strip_suffix(format.extension()).is_some_and(|before| before.ends_with('.'))
        };
        // `.cdx.json` is more than `.json`.
        Format::ALL.into_iter().filter(has_it).max_by_key(|format| format.extension().len())
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
const SYNONYMS: [(&str, &str); 13] = [
    ("text", "terminal"),
    ("txt", "terminal"),
    ("human", "terminal"),
    ("pretty", "terminal"),
    ("ndjson", "jsonl"),
    ("json-lines", "jsonl"),
    ("sbom", "cyclonedx"),
    ("bom", "cyclonedx"),
    ("cdx", "cyclonedx"),
    ("vex", "cyclonedx"),
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
        assert!(message("sbom").contains("did you mean `cyclonedx`?"));
        assert!(message("excel").contains("did you mean `xlsx`?"));
        assert!(message("text").contains("did you mean `terminal`?"));
        assert!(!message("protobuf").contains("did you mean"));
        assert!(message("protobuf").contains("terminal, json, jsonl, csv, sarif, cyclonedx or xlsx"));
    }

    #[test]
    fn a_file_name_tells_its_format() {
        assert_eq!(Format::of_file_name("out/a.b/Findings.SARIF"), Some(Format::Sarif));
        assert_eq!(Format::of_file_name("sbom.CDX.json"), Some(Format::Cyclonedx));
        assert_eq!(Format::of_file_name("cdx.json"), Some(Format::Json));
        assert_eq!(Format::of_file_name("acdx.json"), Some(Format::Json));
        assert_eq!(Format::of_file_name("a.txt"), Some(Format::Terminal));
        assert_eq!(Format::of_file_name("a.json5"), None);
        assert_eq!(Format::of_file_name("json"), None);
    }
}

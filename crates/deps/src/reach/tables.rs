//! The two tables of facts: which symbols an advisory is about (data/symbols.toml), and which package provides an import
//! name (data/import_names.tsv). A test reads every row.

use serde::Deserialize;
use std::collections::HashMap;
use std::sync::OnceLock;

/// What an advisory is about.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Flaw {
    /// Normalised name.
    pub(super) package: String,
    /// PYSEC, CVE and GHSA.
    #[cfg_attr(not(test), expect(dead_code, reason = "found by the row's text; a test compares"))]
    pub(super) ids: Vec<String>,
    /// Dotted names of the package.
    #[serde(default)]
    pub(super) symbols: Vec<String>,
    /// Methods of objects whose class cannot be told.
    #[serde(default)]
    pub(super) methods: Vec<String>,
    /// Names of other packages that hand the flawed thing on.
    #[serde(default)]
    pub(super) through: Vec<String>,
    /// Arguments with which a call is none of the flaw's: `yaml.SafeLoader`.
    #[serde(default)]
    pub(super) unless_given: Vec<String>,
    /// Modules whose import is use enough.
    #[serde(default)]
    pub(super) modules: Vec<String>,
    /// Names that the project's settings bind.
    #[serde(default)]
    pub(super) settings: Vec<String>,
    /// Every use of the package may reach it.
    #[serde(default)]
    pub(super) any: bool,
    #[cfg_attr(not(test), expect(dead_code, reason = "for readers of the table; a test asks for it"))]
    #[serde(default)]
    pub(super) why: String,
    #[cfg_attr(not(test), expect(dead_code, reason = "for readers of the table; a test asks for it"))]
    pub(super) source: String,
}

const SYMBOLS: &str = include_str!("../../data/symbols.toml");
const IMPORT_NAMES: &str = include_str!("../../data/import_names.tsv");

/// A row as text, read when it is asked for: most runs ask for a few.
struct Row {
    text: &'static str,
    flaw: OnceLock<Flaw>,
}

struct Rows {
    rows: Vec<Row>,
    by_id: HashMap<&'static str, usize>,
}

fn rows() -> &'static Rows {
    static ROWS: OnceLock<Rows> = OnceLock::new();
    ROWS.get_or_init(|| {
        let texts = SYMBOLS.split("[[flaw]]").skip(1);
        let rows: Vec<Row> = texts.map(|text| Row { text, flaw: OnceLock::new() }).collect();
        let ids =
            rows.iter().enumerate().flat_map(|(number, row)| ids_in(row.text).map(move |id| (id, number)));
        let by_id = ids.collect();
        Rows { rows, by_id }
    })
}

/// The strings of `ids = ["…", …]`.
fn ids_in(row: &'static str) -> impl Iterator<Item = &'static str> {
    let list =
        row.split_once("ids = [").and_then(|(_, rest)| rest.split_once(']')).map_or("", |(list, _)| list);
    list.split('"').skip(1).step_by(2)
}

impl Row {
    fn flaw(&self) -> &Flaw {
        // A test has read every row: none is malformed.
        self.flaw.get_or_init(|| toml::from_str(self.text).unwrap_or_default())
    }
}

/// All rows.
#[cfg(test)]
pub(super) fn flaws() -> Vec<&'static Flaw> {
    rows().rows.iter().map(Row::flaw).collect()
}

/// The row of an advisory by any of its ids.
pub(super) fn flaw(package: &str, ids: &[String]) -> Option<&'static Flaw> {
    let rows = rows();
    let rows = ids.iter().filter_map(|id| rows.rows.get(*rows.by_id.get(id.as_str())?));
    rows.map(Row::flaw).find(|flaw| flaw.package == package)
}

/// The rows of import name and distributions.
pub(super) fn import_names() -> impl Iterator<Item = (&'static str, std::str::Split<'static, char>)> {
    let rows = IMPORT_NAMES.lines().filter(|line| !line.starts_with('#'));
    rows.filter_map(|line| line.split_once('\t')).map(|(name, packages)| (name, packages.split(',')))
}

/// The import names that the table knows of a package.
pub(super) fn imported_as(package: &str) -> &'static [&'static str] {
    static BY_PACKAGE: OnceLock<HashMap<&'static str, Vec<&'static str>>> = OnceLock::new();
    let by_package = BY_PACKAGE.get_or_init(|| {
        let mut by_package: HashMap<_, Vec<_>> = HashMap::new();
        for (name, packages) in import_names() {
            packages.for_each(|package| by_package.entry(package).or_default().push(name));
        }
        by_package
    });
    by_package.get(package).map_or(&[], Vec::as_slice)
}

//! The facts of `data/runtimes.toml`, and files of the same form that replace rows of it. What follows from a date is not
//! known here.

use crate::Product;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock, OnceLock};
use thiserror::Error;
use tieout_model::tree::Entry;
use tieout_model::{Node, Value};
use tieout_source::Problem;
use time::Date;
use time::macros::format_description;

const DATA: &str = include_str!("../data/runtimes.toml");

static EMBEDDED: LazyLock<Table> = LazyLock::new(|| {
    let mut table = Table { as_of: Date::MIN, products: BTreeMap::new() };
    // A test holds that there is none; were there one, its row would be unknown, which never passes.
    let _problems = table.take(&"data/runtimes.toml".into(), DATA);
    table
});

/// Why a file of facts cannot be used.
#[derive(Debug, Error)]
pub enum TableError {
    /// The file cannot be read.
    #[error("`{path}` cannot be read: {why}")]
    Unread {
        /// As given.
        path: PathBuf,
        /// What the system says.
        why: String,
    },
    /// It holds mistakes: all of them, each with its place.
    #[error("{} of {path} cannot be used: {}", places(.problems), first(.problems))]
    Mistakes {
        /// As given.
        path: PathBuf,
        /// In the order of the file.
        problems: Vec<Problem>,
    },
}

fn places(problems: &[Problem]) -> String {
    match problems {
        [one] => match one.at.file_line() {
            Some((_, line)) => format!("line {line}"),
            None => "one entry".to_owned(),
        },
        all => format!("{} entries", all.len()),
    }
}

fn first(problems: &[Problem]) -> &str {
    problems.first().map_or("", |problem| &problem.message)
}

/// What is known of a release. A day that is not known is `None`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Release {
    /// First stable release.
    pub released: Option<Date>,
    /// From this day only security fixes.
    pub end_of_bugfix: Option<Date>,
    /// From this day no security patch.
    pub end_of_life: Option<Date>,
    /// True where the source lists the release as supported and names no end.
    pub no_end_announced: bool,
    /// AWS: from this day no security patch and no support.
    pub deprecated: Option<Date>,
    /// AWS: from this day nothing new can be created with it.
    pub create_blocked: Option<Date>,
    /// AWS: from this day what there is can no longer be updated; of Glue, no longer be run.
    pub update_blocked: Option<Date>,
    /// What the platform names in its place.
    pub successor: Option<Arc<str>>,
    /// Debian's and Ubuntu's word for the release, in lower case.
    pub code_name: Option<Arc<str>>,
    /// The release of Amazon Linux below a runtime of Lambda and its base image.
    pub system: Option<Arc<str>>,
    /// The Python of a release of Glue.
    pub python: Option<Arc<str>>,
}

/// What is known of a product.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// Where the facts come from.
    pub source: Arc<str>,
    /// The day on which they stood there.
    pub seen: Date,
    /// The releases by the name that a declaration comes down to (`3.8`, `python3.8`).
    pub releases: BTreeMap<Arc<str>, Release>,
}

/// Facts of runtimes, dated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// The day of the newest look at the sources.
    pub as_of: Date,
    products: BTreeMap<Product, Facts>,
}

const PRODUCTS: [Product; 8] = [
    Product::Python,
    Product::Lambda,
    Product::AmazonLinux,
    Product::Glue,
    Product::Debian,
    Product::Alpine,
    Product::Ubuntu,
    Product::OpenSsl,
];

/// The table that the user gave in place of the embedded one.
static IN_FORCE: OnceLock<Table> = OnceLock::new();

impl Table {
    /// The facts that every check goes by: the user's where they were given, else the embedded ones.
    pub fn in_force() -> &'static Table {
        IN_FORCE.get().unwrap_or_else(|| Table::embedded())
    }

    /// Puts the user's table in force for this process. The first one stays.
    pub fn put_in_force(self) {
        let _first_stays = IN_FORCE.set(self);
    }

    /// The facts that the program brings along.
    pub fn embedded() -> &'static Table {
        &EMBEDDED
    }

    /// The embedded facts with the rows of a file put in place of theirs.
    ///
    /// # Errors
    /// Where the file cannot be read, and where anything in it is not as the form says: nothing of it is used then, so that
    /// a slip of the pen does not leave an old fact in force unseen.
    pub fn load(path: &Path) -> Result<Table, TableError> {
        let text = tieout_source::read_text(path)
            .map_err(|error| TableError::Unread { path: path.to_owned(), why: error.to_string() })?;
        Table::embedded()
            .with_rows(&path.to_string_lossy().into(), &text)
            .map_err(|problems| TableError::Mistakes { path: path.to_owned(), problems })
    }

    /// These facts with the rows of a text put in place of theirs.
    ///
    /// # Errors
    /// All mistakes of the text, each with its place.
    pub fn with_rows(&self, file: &Arc<str>, text: &str) -> Result<Table, Vec<Problem>> {
        let mut table = self.clone();
        let problems = table.take(file, text);
        if problems.is_empty() { Ok(table) } else { Err(problems) }
    }

    /// What is known of a product.
    pub fn facts(&self, product: Product) -> Option<&Facts> {
        self.products.get(&product)
    }

    /// What is known of a release.
    pub fn release(&self, product: Product, release: &str) -> Option<&Release> {
        self.facts(product)?.releases.get(release)
    }

    /// Takes the rows of a text in; the mistakes of it.
    fn take(&mut self, file: &Arc<str>, text: &str) -> Vec<Problem> {
        let mut problems = Vec::new();
        let node = match tieout_source::toml::parse(file, text) {
            Ok(node) => node,
            Err(problem) => return vec![problem],
        };
        for entry in node.entries() {
            let product = PRODUCTS.into_iter().find(|product| product.as_str() == &*entry.key);
            match (&*entry.key, product) {
                ("as_of", _) => match day(&entry.node) {
                    Ok(day) => self.as_of = self.as_of.max(day),
                    Err(problem) => problems.push(problem),
                },
                (_, Some(product)) => self.product(product, entry, &mut problems),
                (key, None) => {
                    let known = PRODUCTS.map(Product::as_str).join(", ");
                    problems.push(wrong(entry, format!("`{key}` is no product; known are {known}")));
                }
            }
        }
        problems
    }

    fn product(&mut self, product: Product, entry: &Entry, problems: &mut Vec<Problem>) {
        if !matches!(entry.node.value, Value::Map(_)) {
            problems.push(wrong(entry, format!("`{}` is a table of facts", entry.key)));
            return;
        }
        // A product that is new needs a source and a day; one that is known keeps its own.
        let before = self.products.get(&product).cloned();
        let mut facts =
            before.unwrap_or(Facts { source: "".into(), seen: Date::MIN, releases: BTreeMap::new() });
        for inner in entry.node.entries() {
            match &*inner.key {
                "source" => match inner.node.as_text() {
                    Some(source) => facts.source = source.into(),
                    None => problems.push(wrong(inner, "`source` is a text")),
                },
                "seen" => match day(&inner.node) {
                    Ok(seen) => facts.seen = seen,
                    Err(problem) => problems.push(problem),
                },
                "releases" if matches!(inner.node.value, Value::Map(_)) => {
                    for row in inner.node.entries() {
                        let release = release(row, problems);
                        facts.releases.insert(row.key.clone(), release);
                    }
                }
                "releases" => problems.push(wrong(inner, "`releases` is a table of rows")),
                key => problems
                    .push(wrong(inner, format!("`{key}` is not known here; `releases` holds the rows"))),
            }
        }
        self.products.insert(product, facts);
    }
}

fn wrong(entry: &Entry, message: impl Into<String>) -> Problem {
    Problem { message: message.into(), at: entry.at.clone() }
}

/// A row; what is wrong in it is told, and left out.
fn release(row: &Entry, problems: &mut Vec<Problem>) -> Release {
    let mut release = Release::default();
    if !matches!(row.node.value, Value::Map(_)) {
        problems.push(wrong(row, format!("`{}` is a row of days: {{ end_of_life = 2030-10-31 }}", row.key)));
        return release;
    }
    for cell in row.node.entries() {
        let date = match &*cell.key {
            "released" => Some(&mut release.released),
            "end_of_bugfix" => Some(&mut release.end_of_bugfix),
            "end_of_life" => Some(&mut release.end_of_life),
            "deprecated" => Some(&mut release.deprecated),
            "create_blocked" => Some(&mut release.create_blocked),
            "update_blocked" => Some(&mut release.update_blocked),
            _ => None,
        };
        if let Some(date) = date {
            match day(&cell.node) {
                Ok(day) => *date = Some(day),
                Err(problem) => problems.push(problem),
            }
            continue;
        }
        if &*cell.key == "no_end_announced" {
            match cell.node.value {
                Value::Bool(flag) => release.no_end_announced = flag,
                _ => problems.push(wrong(cell, "`no_end_announced` is true or false")),
            }
            continue;
        }
        let word = match &*cell.key {
            "successor" => &mut release.successor,
            "code_name" => &mut release.code_name,
            "system" => &mut release.system,
            "python" => &mut release.python,
            key => {
                problems.push(wrong(cell, format!("`{key}` is no fact of a release")));
                continue;
            }
        };
        match cell.node.as_text() {
            Some(text) => *word = Some(text.into()),
            None => problems.push(wrong(cell, format!("`{}` is a text", cell.key))),
        }
    }
    if let (Some(released), Some(end)) = (release.released, release.end_of_life)
        && released > end
    {
        problems.push(wrong(row, format!("`{}` ends ({end}) before it is released ({released})", row.key)));
    }
    release
}

/// A day, written as TOML's date or as a text.
fn day(node: &Node) -> Result<Date, Problem> {
    let form = format_description!("[year]-[month]-[day]");
    node.as_text().and_then(|text| Date::parse(text, form).ok()).ok_or_else(|| Problem {
        message: "not a day; days are written YYYY-MM-DD".to_owned(),
        at: node.at.clone(),
    })
}

#[cfg(test)]
#[path = "table_tests.rs"]
mod tests;

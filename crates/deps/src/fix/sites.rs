//! Where in a file the specifiers of packages stand, as spans of its bytes, so that an edit leaves all else as it is.

use super::clauses::Syntax;
use crate::name::is_name;
use crate::{Component, FileKind, PackageName};
use std::collections::BTreeSet;
use std::ops::Range;
use tieout_model::{Place, Position};
use tieout_source::LineIndex;
use toml_edit::{Document, Item, Value};

/// The specifier of one entry.
pub(super) struct Site {
    pub(super) name: PackageName,
    pub(super) syntax: Syntax,
    /// Where the entry begins.
    pub(super) at: usize,
    /// The specifier; or why it is not edited.
    pub(super) span: Result<Range<usize>, &'static str>,
}

/// The sites of a file that name one of the components.
pub(super) fn sites(path: &str, kind: FileKind, text: &str, components: &[&Component]) -> Vec<Site> {
    // Positions do not count a byte order mark.
    let body = text.strip_prefix('\u{feff}').unwrap_or(text);
    let skipped = text.len() - body.len();
    let mut sites = match kind {
        FileKind::Script => script(body),
        FileKind::Pyproject => toml(body, pyproject),
        _ => lines(path, body, components),
    };
    let names: BTreeSet<&PackageName> = components.iter().map(|component| &component.name).collect();
    sites.retain(|site| names.contains(&site.name));
    for site in &mut sites {
        site.at += skipped;
        if let Ok(span) = &mut site.span {
            *span = span.start + skipped..span.end + skipped;
        }
    }
    sites
}

/// Entries of a requirements file or setup.cfg, which the parser has found already.
fn lines(path: &str, text: &str, components: &[&Component]) -> Vec<Site> {
    let index = LineIndex::new(text);
    let mut sites = Vec::new();
    for component in components {
        let Place::Text(place) = &component.at else { continue };
        if &*place.file != path {
            continue;
        }
        let (start, end) = (offset(text, &index, place.start), offset(text, &index, place.end));
        let Some(entry) = text.get(start..end) else { continue };
        let bare = |text: &str| {
            text.chars().filter(|c| !c.is_whitespace() && !"()".contains(*c)).collect::<String>()
        };
        let span = match requirement(entry) {
            // What stands there must be what was read: else something is joined or quoted in a way that is not seen here.
            Some((name, span))
                if name == component.name
                    && entry
                        .get(span.clone())
                        .is_some_and(|found| bare(found) == bare(&component.written)) =>
            {
                Ok(start + span.start..start + span.end)
            }
            _ => Err("the entry is written in a way that is not edited (over several lines?)"),
        };
        sites.push(Site { name: component.name.clone(), syntax: Syntax::Pep440, at: start, span });
    }
    sites
}

fn offset(text: &str, index: &LineIndex<'_>, position: Position) -> usize {
    let start = index.line_start(position.line);
    let column = usize::try_from(position.column).unwrap_or(usize::MAX).saturating_sub(1);
    let line = text.get(start..).unwrap_or_default();
    line.char_indices().nth(column).map_or(text.len(), |(at, _)| start + at)
}

/// The name of a requirement (PEP 508) and the span of its specifier; `None` where it is none.
fn requirement(text: &str) -> Option<(PackageName, Range<usize>)> {
    let skip = |at: usize| {
        let rest = text.get(at..).unwrap_or_default();
        at + rest.len() - rest.trim_start_matches([' ', '\t']).len()
    };
    let start = skip(0);
    let rest = text.get(start..)?;
    let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    let end = start + rest.find(|c| !is_part(c)).unwrap_or(rest.len());
    let name = text.get(start..end).filter(|name| is_name(name))?;
    let mut at = skip(end);
    if text.get(at..)?.starts_with('[') {
        at = skip(at + text.get(at..)?.find(']')? + 1);
    }
    let mut closing = None;
    if text.get(at..)?.starts_with('(') {
        at = skip(at + 1);
        closing = Some(')');
    }
    let rest = text.get(at..)?;
    let ends = |c: char| matches!(c, ';' | '#' | '\\' | '\n' | '\r') || Some(c) == closing;
    let stop = rest.find(ends).unwrap_or(rest.len());
    // ` --hash` and other options of the entry.
    let options = [" -", "\t-"].iter().filter_map(|option| rest.find(option)).min().unwrap_or(rest.len());
    let specifier = rest.get(..stop.min(options))?.trim_end();
    let fits = specifier.is_empty() || specifier.starts_with(['<', '>', '=', '!', '~']);
    fits.then(|| (PackageName::new(name), at..at + specifier.len()))
}

/// The sites of a TOML text. Where it is broken the parser has said so, and nothing is edited.
fn toml(text: &str, walk: fn(&Item, &mut Collector<'_>)) -> Vec<Site> {
    let Ok(document) = Document::parse(text) else { return Vec::new() };
    let mut collector = Collector { text, sites: Vec::new() };
    walk(document.as_item(), &mut collector);
    collector.sites
}

struct Collector<'t> {
    text: &'t str,
    sites: Vec<Site>,
}

impl Collector<'_> {
    /// The text of a string as it stands between its quotes.
    fn inner(&self, value: &Value) -> Option<(usize, Result<Range<usize>, &'static str>)> {
        let string = value.as_str()?;
        let span = value.span()?;
        let raw = self.text.get(span.clone())?;
        let quote = ["\"\"\"", "'''", "\"", "'"].into_iter().find(|quote| raw.starts_with(quote))?;
        let inner = span.start + quote.len()..span.end.checked_sub(quote.len())?;
        let plain = self.text.get(inner.clone()) == Some(string);
        Some((span.start, if plain { Ok(inner) } else { Err("the text has escapes, and is not edited") }))
    }

    /// A requirement (PEP 508).
    fn requirement(&mut self, value: &Value) {
        let (Some(string), Some((at, inner))) = (value.as_str(), self.inner(value)) else { return };
        // PDM writes editable ones as pip does.
        let Some((name, span)) = requirement(string) else { return };
        let span = inner.map(|inner| inner.start + span.start..inner.start + span.end);
        self.sites.push(Site { name, syntax: Syntax::Pep440, at, span });
    }

    /// A list of requirements; other things in it are passed over.
    fn list(&mut self, item: Option<&Item>) {
        for value in item.and_then(Item::as_array).into_iter().flat_map(|array| array.iter()) {
            self.requirement(value);
        }
    }

    /// A table of lists.
    fn lists(&mut self, item: Option<&Item>) {
        for (_, item) in item.and_then(Item::as_table_like).into_iter().flat_map(|table| table.iter()) {
            self.list(Some(item));
        }
    }

    /// A table of constraints by name: a text, a table with a version, or several of them.
    fn constraints(&mut self, item: Option<&Item>) {
        for (name, item) in item.and_then(Item::as_table_like).into_iter().flat_map(|table| table.iter()) {
            let name = PackageName::new(name);
            match item {
                Item::Value(value) => self.constraint(&name, value),
                Item::ArrayOfTables(tables) => {
                    for version in tables.iter().filter_map(|table| table.get("version")?.as_value()) {
                        self.constraint(&name, version);
                    }
                }
                other => {
                    if let Some(version) = other.get("version").and_then(Item::as_value) {
                        self.constraint(&name, version);
                    }
                }
            }
        }
    }

    fn constraint(&mut self, name: &PackageName, value: &Value) {
        match value {
            Value::InlineTable(table) => {
                if let Some(version) = table.get("version") {
                    self.constraint(name, version);
                }
            }
            Value::Array(several) => {
                for version in several.iter().filter_map(|one| one.as_inline_table()?.get("version")) {
                    self.constraint(name, version);
                }
            }
            value => {
                let Some((at, span)) = self.inner(value) else { return };
                self.sites.push(Site { name: name.clone(), syntax: Syntax::Poetry, at, span });
            }
        }
    }
}

fn at_path<'t>(root: &'t Item, path: &[&str]) -> Option<&'t Item> {
    path.iter().try_fold(root, |item, key| item.as_table_like()?.get(key))
}

fn pyproject(root: &Item, collector: &mut Collector<'_>) {
    const LISTS: [&[&str]; 9] = [
        &["project", "dependencies"],
        &["build-system", "requires"],
        &["tool", "uv", "dev-dependencies"],
        &["tool", "uv", "constraint-dependencies"],
        &["tool", "uv", "override-dependencies"],
        &["tool", "uv", "build-constraint-dependencies"],
        &["tool", "rye", "dev-dependencies"],
        &["tool", "flit", "metadata", "requires"],
        &["tool", "flit", "metadata", "dev-requires"],
    ];
    const TABLES_OF_LISTS: [&[&str]; 4] = [
        &["project", "optional-dependencies"],
        &["dependency-groups"],
        &["tool", "pdm", "dev-dependencies"],
        &["tool", "flit", "metadata", "requires-extra"],
    ];
    const CONSTRAINTS: [&[&str]; 3] = [
        &["tool", "poetry", "dependencies"],
        &["tool", "poetry", "dev-dependencies"],
        &["tool", "pdm", "resolution", "overrides"],
    ];
    for path in LISTS {
        collector.list(at_path(root, path));
    }
    for path in TABLES_OF_LISTS {
        collector.lists(at_path(root, path));
    }
    for path in CONSTRAINTS {
        collector.constraints(at_path(root, path));
    }
    let tables = |path: &[&str]| at_path(root, path).and_then(Item::as_table_like);
    for (_, environment) in tables(&["tool", "hatch", "envs"]).into_iter().flat_map(|table| table.iter()) {
        for key in ["dependencies", "extra-dependencies"] {
            collector.list(environment.get(key));
        }
    }
    for (_, group) in tables(&["tool", "poetry", "group"]).into_iter().flat_map(|table| table.iter()) {
        collector.constraints(group.get("dependencies"));
    }
}

/// The block of a script (PEP 723): its TOML with blanks for the comment signs and for all lines before it, so that
/// every byte keeps its place.
fn script(text: &str) -> Vec<Site> {
    const OPEN: &str = "# /// script";
    let mut opened = false;
    let (mut masked, mut closed) = (String::with_capacity(text.len()), None);
    let blank =
        |line: &str| line.bytes().map(|byte| if byte == b'\n' { '\n' } else { ' ' }).collect::<String>();
    for line in text.split_inclusive('\n') {
        let bare = line.trim_end_matches(['\n', '\r']);
        if !opened {
            opened = bare.trim_end() == OPEN;
            masked.push_str(&blank(line));
            continue;
        }
        if bare != "#" && !bare.starts_with("# ") {
            break;
        }
        if bare.trim_end() == "# ///" {
            closed = Some(masked.len());
        }
        masked.push_str("  ".get(..bare.len().min(2)).unwrap_or_default());
        masked.push_str(line.get(bare.len().min(2)..).unwrap_or_default());
    }
    let Some(end) = closed else { return Vec::new() };
    masked.truncate(end);
    toml(&masked, |root, collector| collector.list(root.get("dependencies")))
}

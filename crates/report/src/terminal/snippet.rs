//! Excerpts of source files for the terminal: only the lines that a finding needs, made visible, cut to a
//! length that can be read, with spans mapped from lines and columns to bytes.

use crate::text::{self, SourceLine};
use annotate_snippets::{Annotation, AnnotationKind, Element, Origin, Snippet};
use std::collections::BTreeMap;
use std::ops::Range;

/// A span over more lines than this is shown by its first line.
const MAX_SPAN_LINES: usize = 6;
/// Lines around a marked one that may be shown; the renderer prints short gaps in full.
const NEAR: usize = 3;
/// A longer line (generated, minified) is cut around its main mark before the renderer trims it to the width.
const MAX_LINE_CHARS: usize = 2_000;

/// The texts of files, each asked for once.
pub(crate) struct Sources<'a> {
    provider: &'a dyn Fn(&str) -> Option<String>,
    texts: BTreeMap<String, Option<Text>>,
}

/// A text and where its lines begin.
struct Text {
    text: String,
    starts: Vec<usize>,
}

impl Text {
    fn new(text: String) -> Text {
        let mut starts = vec![0];
        starts.extend(text.match_indices('\n').map(|(at, _)| at + 1));
        Text { text, starts }
    }

    /// A line without its end, from 1.
    fn line(&self, number: usize) -> Option<&str> {
        let start = *self.starts.get(number.checked_sub(1)?)?;
        let end = self.starts.get(number).map_or(self.text.len(), |next| next - 1);
        self.text.get(start..end).map(|line| line.strip_suffix('\r').unwrap_or(line))
    }

    fn lines(&self) -> usize {
        self.starts.len()
    }
}

/// A place to mark, lines and columns from 1, the end exclusive in columns.
#[derive(Debug, Clone)]
pub(crate) struct Mark {
    pub(crate) kind: AnnotationKind,
    pub(crate) line: usize,
    pub(crate) column: usize,
    pub(crate) end_line: usize,
    pub(crate) end_column: usize,
    pub(crate) label: Option<String>,
}

impl Mark {
    /// A line that is shown and not marked.
    pub(crate) fn visible(line: usize) -> Mark {
        Mark { kind: AnnotationKind::Visible, line, column: 1, end_line: line, end_column: 2, label: None }
    }

    /// From a column to the end of its line.
    pub(crate) fn rest_of_line(kind: AnnotationKind, line: usize, column: usize, label: String) -> Mark {
        Mark { kind, line, column, end_line: line, end_column: usize::MAX, label: Some(label) }
    }

    /// The mark as it is drawn: a span over many lines by its first one, with a word where it ends.
    fn clamped(mut self) -> Mark {
        self.end_line = self.end_line.max(self.line);
        if self.end_line - self.line >= MAX_SPAN_LINES {
            let to = format!("… to line {}", self.end_line);
            self.label = Some(match self.label {
                Some(label) => format!("{label} {to}"),
                None => to,
            });
            self.end_line = self.line;
            self.end_column = usize::MAX;
        }
        self
    }
}

impl<'a> Sources<'a> {
    pub(crate) fn new(provider: &'a dyn Fn(&str) -> Option<String>) -> Sources<'a> {
        Sources { provider, texts: BTreeMap::new() }
    }

    /// A file's lines with marks on them, under its name and position; only the latter where the text is not to
    /// be had or has no such lines.
    pub(crate) fn excerpt(&mut self, file: &str, marks: &[Mark]) -> Vec<Element<'static>> {
        match self.snippet(file, marks) {
            // The renderer counts the column in what it shows, which is right only where all is shown.
            Some((snippet, true)) => vec![origin(file, marks).into(), snippet.into()],
            Some((snippet, false)) => vec![snippet.path(text::line(file).into_owned()).into()],
            None => vec![origin(file, marks).into()],
        }
    }

    /// The snippet, and whether a line of it had to be cut.
    fn snippet(
        &mut self,
        file: &str,
        marks: &[Mark],
    ) -> Option<(Snippet<'static, Annotation<'static>>, bool)> {
        let provider = self.provider;
        let text =
            self.texts.entry(file.to_owned()).or_insert_with(|| provider(file).map(Text::new)).as_ref()?;
        let marks: Vec<Mark> = marks
            .iter()
            .filter(|mark| mark.line >= 1 && mark.line <= text.lines())
            .map(|mark| {
                let mut mark = mark.clone().clamped();
                mark.end_line = mark.end_line.min(text.lines());
                mark
            })
            .collect();
        if !marks.iter().any(|mark| mark.kind.eq(&AnnotationKind::Primary)) {
            return None;
        }
        let first = marks.iter().map(|mark| mark.line).min()?;
        let last = marks.iter().map(|mark| mark.end_line).max()?;
        let window = Window::new(text, first, last, &marks);
        let annotations: Vec<Annotation<'static>> =
            marks.iter().map(|mark| window.annotation(mark)).collect();
        let cut = window.lines.values().any(|(_, line, kept)| kept.len() < line.text.len());
        Some((Snippet::source(window.source).line_start(first).annotations(annotations), cut))
    }
}

/// `file:line:column` of the first mark.
fn origin(file: &str, marks: &[Mark]) -> Origin<'static> {
    let origin = Origin::path(text::line(file).into_owned());
    match marks.first() {
        Some(mark) if mark.line > 0 => origin.line(mark.line).char_column(mark.column.max(1)),
        _ => origin,
    }
}

/// The lines from the first mark to the last as one text; those far from any mark are left empty, which the
/// renderer folds away anyhow.
struct Window {
    source: String,
    /// By line: where it begins in `source`, the line, and what was cut off before it.
    lines: BTreeMap<usize, (usize, SourceLine, Range<usize>)>,
}

impl Window {
    fn new(text: &Text, first: usize, last: usize, marks: &[Mark]) -> Window {
        let mut window = Window { source: String::new(), lines: BTreeMap::new() };
        let near =
            |line: usize| marks.iter().any(|mark| line + NEAR >= mark.line && line <= mark.end_line + NEAR);
        for number in first..=last {
            let start = window.source.len();
            if near(number) {
                let line = SourceLine::new(text.line(number).unwrap_or_default());
                let kept = kept(&line, number, marks);
                window.source.push_str(&shown(&line, &kept));
                window.lines.insert(number, (start, line, kept));
            }
            window.source.push('\n');
        }
        window
    }

    /// The byte of a line and column in `source`, within the part of the line that was kept.
    fn offset(&self, line: usize, column: usize) -> usize {
        let Some((start, source_line, kept)) = self.lines.get(&line) else { return self.source.len() };
        let at = source_line.offset(column).clamp(kept.start, kept.end);
        let mark = if kept.start > 0 { CUT.len() } else { 0 };
        start + at - kept.start + mark
    }

    fn annotation(&self, mark: &Mark) -> Annotation<'static> {
        let start = self.offset(mark.line, mark.column);
        let end = self.offset(mark.end_line, mark.end_column).max(start);
        mark.kind.span(start..end).label(mark.label.as_deref().map(|label| text::line(label).into_owned()))
    }
}

/// Stands for what was cut off a line.
const CUT: &str = "…";

/// The bytes of a line that are shown: all, or some around its first mark.
fn kept(line: &SourceLine, number: usize, marks: &[Mark]) -> Range<usize> {
    if line.chars() <= MAX_LINE_CHARS {
        return 0..line.text.len();
    }
    let first = marks.iter().find(|mark| mark.line == number && mark.kind != AnnotationKind::Visible);
    let column = first.map_or(1, |mark| mark.column).min(line.chars());
    let from = column.saturating_sub(MAX_LINE_CHARS / 4).max(1);
    line.offset(from)..line.offset(from + MAX_LINE_CHARS)
}

fn shown(line: &SourceLine, kept: &Range<usize>) -> String {
    let part = line.text.get(kept.clone()).unwrap_or_default();
    let before = if kept.start > 0 { CUT } else { "" };
    let after = if kept.end < line.text.len() { CUT } else { "" };
    format!("{before}{part}{after}")
}

//! One finding as a block: severity, check and message; the lines it points to or the resource in the account;
//! what it is about; what to do.

use super::Page;
use super::snippet::{Mark, Sources};
use super::style;
use crate::{text, words};
use annotate_snippets::{AnnotationKind, Element, Group, Level, Origin};
use tieout_model::{Finding, FindingStatus, Location, TraceStep};

/// Further places and steps that are shown before the rest is only counted.
const MAX_PLACES: usize = 4;
/// Steps of a trace that are shown.
const MAX_STEPS: usize = 12;
/// Columns that `   = help: ` takes, about.
const GUTTER: usize = 13;

impl Page<'_> {
    /// The block of a finding, without a line end.
    pub(super) fn finding(&self, finding: &Finding, sources: &mut Sources<'_>) -> String {
        let style = style::of(finding.severity);
        let title = Level::ERROR
            .with_name(self.level_name(finding))
            .primary_title(text::line(&finding.message).into_owned())
            .id(text::line(&finding.check).into_owned());
        let mut notes: Vec<Element<'static>> = Vec::new();
        let mut main = Group::with_title(title);
        main = main.elements(self.places(finding, sources, &mut notes));
        main = main.elements(notes);
        main = main.elements(self.facts(finding));
        let mut groups = vec![main];
        groups.extend(self.trace(&finding.trace, sources));
        self.painter.renderer(style, self.width()).render(&groups)
    }

    fn level_name(&self, finding: &Finding) -> String {
        match finding.status {
            FindingStatus::Open => finding.severity.to_string(),
            other => format!("{}, {}", finding.severity, words::finding_status(other)),
        }
    }

    /// The main place with its lines, the further places of the same file marked beside it, and those elsewhere.
    fn places(
        &self,
        finding: &Finding,
        sources: &mut Sources<'_>,
        notes: &mut Vec<Element<'static>>,
    ) -> Vec<Element<'static>> {
        let max = if self.options.verbose { usize::MAX } else { MAX_PLACES };
        let (first, others) = match finding.locations.split_first() {
            Some((first, others)) => (first.clone(), others),
            None => (subject_place(finding), [].as_slice()),
        };
        let (shown, hidden) = others.split_at(others.len().min(max));
        let mut elements = Vec::new();
        let mut rest: Vec<&Location> = shown.iter().collect();
        if let Some((file, mark)) = mark(&first, AnnotationKind::Primary) {
            let mut marks = vec![mark];
            marks.extend(declaration(finding, file));
            rest.retain(|location| match mark_in(location, file) {
                Some(further) => {
                    marks.push(further);
                    false
                }
                None => true,
            });
            elements.extend(sources.excerpt(file, &marks));
        } else {
            elements.push(origin(&first).into());
        }
        for location in rest {
            match mark(location, AnnotationKind::Primary) {
                Some((file, mark)) => elements.extend(sources.excerpt(file, &[mark])),
                None => notes.push(note(format!("also at {}", described(location)), self.width())),
            }
        }
        if !hidden.is_empty() {
            let more = text::counted(hidden.len(), "more place");
            notes.push(note(format!("and {more}; `--verbose` or `-f json` lists them"), self.width()));
        }
        elements
    }

    /// What it is about, why it is not open, what to do.
    fn facts(&self, finding: &Finding) -> Vec<Element<'static>> {
        let width = self.width();
        let about = about(finding);
        let mut facts = vec![note(format!("{about}; {} confidence", finding.confidence.as_str()), width)];
        if let Some(reason) = &finding.status_reason {
            facts.push(named(words::finding_status(finding.status), reason, width));
        }
        // A command stands on a line of its own, so that it is never broken and is easy to copy.
        let explain = text::line(&format!("`tieout explain {}`", finding.check)).into_owned();
        let mut help: Vec<String> = Vec::new();
        help.extend(self.fix(finding).map(|fix| match fix.starts_with('`') {
            true => text::line(&fix).into_owned(),
            false => wrapped(&fix, width),
        }));
        let command = finding.fixes.first().and_then(|fix| fix.command.as_ref());
        help.extend(command.map(|command| text::line(&format!("`{command}`")).into_owned()));
        let more = if help.is_empty() { "tells why and how to fix it" } else { "tells more" };
        help.push(format!("{explain} {more}"));
        facts.push(Level::HELP.message(help.join("\n")).into());
        facts
    }

    /// The fix in short: the finding's own, else the first sentence of the guide's.
    fn fix(&self, finding: &Finding) -> Option<String> {
        if let Some(fix) = finding.fixes.first() {
            return Some(fix.title.trim_end_matches('.').to_owned());
        }
        text::short_fix(&self.tally.check(&finding.check)?.guide.fix)
    }

    /// The way from source to sink, a group of its own.
    fn trace(&self, trace: &[TraceStep], sources: &mut Sources<'_>) -> Option<Group<'static>> {
        if trace.is_empty() {
            return None;
        }
        let mut group = Group::with_title(Level::NOTE.secondary_title("how it gets there"));
        let mut steps = trace.iter().enumerate().take(MAX_STEPS).peekable();
        while let Some((at, step)) = steps.next() {
            // Steps that follow one another in a file share a snippet.
            let mut marks = vec![step_mark(at, step)];
            while let Some((next_at, next)) = steps.next_if(|(_, next)| next.file == step.file) {
                marks.push(step_mark(next_at, next));
            }
            group = group.elements(sources.excerpt(&step.file, &marks));
        }
        Some(group)
    }
}

/// The subject in words; not its id again where the main place is that very id.
fn about(finding: &Finding) -> String {
    let subject = &finding.subject;
    let place = finding.locations.first().cloned().unwrap_or_else(|| subject_place(finding));
    let said = described(&place);
    let mut about = match (&subject.name, &subject.type_name) {
        (Some(name), Some(type_name)) if said.contains(&subject.id) => format!("{name} ({type_name})"),
        (Some(name), None) if said.contains(&subject.id) => name.clone(),
        _ => words::subject(subject),
    };
    for (word, value) in [("account", &subject.account), ("region", &subject.region)] {
        if let Some(value) =
            value.as_deref().filter(|value| !said.contains(*value) && !about.contains(*value))
        {
            about = format!("{about}, {word} {value}");
        }
    }
    about
}

/// The line that declares the subject, where it is another than the main place's in the same file.
fn declaration(finding: &Finding, file: &str) -> Option<Mark> {
    let line = finding.subject.line?;
    let elsewhere =
        !matches!(finding.locations.first(), Some(Location::Text { line: main, .. }) if *main == line);
    (finding.subject.file.as_deref() == Some(file) && elsewhere).then(|| Mark::visible(line as usize))
}

fn step_mark(at: usize, step: &TraceStep) -> Mark {
    let label = format!("{}. {}", at + 1, step.message);
    Mark::rest_of_line(AnnotationKind::Primary, step.line as usize, step.column as usize, label)
}

/// A place in a file as a mark on it.
fn mark(location: &Location, kind: AnnotationKind) -> Option<(&str, Mark)> {
    match location {
        Location::Text { file, line, column, end_line, end_column } => Some((
            file,
            Mark {
                kind,
                line: *line as usize,
                column: *column as usize,
                end_line: *end_line as usize,
                end_column: *end_column as usize,
                label: None,
            },
        )),
        Location::Package { file, line, purl } => {
            Some((file, Mark::rest_of_line(kind, *line as usize, 1, purl.clone())))
        }
        Location::Cloud { .. } | Location::Endpoint { .. } => None,
    }
}

/// A further place of the same file.
fn mark_in(location: &Location, file: &str) -> Option<Mark> {
    let (other, mut mark) = mark(location, AnnotationKind::Context)?;
    (other == file).then_some(())?;
    mark.label.get_or_insert_with(|| "also here".to_owned());
    Some(mark)
}

/// Where a finding without a place is: its subject.
fn subject_place(finding: &Finding) -> Location {
    let subject = &finding.subject;
    match (&subject.file, subject.line) {
        (Some(file), Some(line)) => {
            Location::Text { file: file.clone(), line, column: 1, end_line: line, end_column: u32::MAX }
        }
        _ => Location::Cloud {
            arn: subject.arn.clone().unwrap_or_else(|| subject.id.clone()),
            pointer: String::new(),
        },
    }
}

fn origin(location: &Location) -> Origin<'static> {
    Origin::path(described(location))
}

/// A place in words, fit to print.
fn described(location: &Location) -> String {
    let text = match location {
        Location::Text { file, line, column, .. } => format!("{file}:{line}:{column}"),
        Location::Package { purl, file, line } => format!("{purl} in {file}:{line}"),
        Location::Cloud { arn, pointer } if pointer.is_empty() => arn.clone(),
        Location::Cloud { arn, pointer } => format!("{arn} at {pointer}"),
        Location::Endpoint { endpoint } => endpoint.clone(),
    };
    text::line(&text).into_owned()
}

fn note(words: String, width: usize) -> Element<'static> {
    Level::NOTE.message(wrapped(&words, width)).into()
}

fn named(name: &'static str, words: &str, width: usize) -> Element<'static> {
    Level::NOTE.with_name(name).message(wrapped(words, width)).into()
}

fn wrapped(words: &str, width: usize) -> String {
    text::wrap(&text::line(words), width.saturating_sub(GUTTER)).join("\n")
}

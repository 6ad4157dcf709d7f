//! The summary under the findings: what was looked at, findings by severity and engine, results by status, what
//! could not be assessed and what would settle it, notices, and one line that says it all.

use super::Page;
use super::style;
use crate::tally::{EngineTally, Severities, Statuses, worst_first};
use crate::text::{self, counted, grouped};
use crate::{tally, words};
use std::collections::BTreeMap;
use tieout_model::{Finding, GapCount, Persona, Severity};

/// Gaps that are shown before the rest is only counted.
const TOP_GAPS: usize = 5;

impl Page<'_> {
    /// Appends the summary.
    pub(super) fn summary(&self, shown: &[&Finding], out: &mut String) {
        let auditor = self.options.persona >= Persona::Auditor;
        let mut parts = vec![self.scope()];
        if self.tally.open.total() > 0 {
            parts.push(self.findings_table());
        }
        parts.push(self.results_table());
        if auditor {
            parts.push(self.checks_table());
        }
        parts.push(self.gaps(auditor || self.options.verbose));
        parts.push(self.notices());
        parts.push(self.last_words(shown));
        parts.retain(|part| !part.is_empty());
        out.push_str(&parts.join("\n"));
    }

    /// What was looked at, and as of when.
    fn scope(&self) -> String {
        let scope = &self.assessment.scope;
        let mut looked_at: Vec<String> = scope.roots.clone();
        looked_at.extend(
            scope.accounts.iter().map(|account| {
                format!("account {} ({})", account.id, counted(account.regions.len(), "region"))
            }),
        );
        looked_at.extend(scope.endpoints.iter().cloned());
        let mut out = String::new();
        if !looked_at.is_empty() {
            self.fact(&mut out, "Audited", &looked_at.join(", "));
        }
        let mut as_of = self.assessment.as_of.clone();
        let data = &self.assessment.tool.data;
        if !data.is_empty() {
            let dates: Vec<String> = data.iter().map(|(name, date)| format!("{name} {date}")).collect();
            as_of = format!("{as_of}; data of {}", dates.join(", "));
        }
        self.fact(&mut out, "As of", &as_of);
        out
    }

    /// A heading and wrapped text beside it.
    fn fact(&self, out: &mut String, name: &str, words: &str) {
        let lines = text::wrap(&text::line(words), self.width().saturating_sub(9));
        for (at, line) in lines.iter().enumerate() {
            let head = if at == 0 { self.painter.bold(&format!("{name:<9}")) } else { " ".repeat(9) };
            out.push_str(&format!("{head}{line}\n"));
        }
    }

    fn findings_table(&self) -> String {
        let mut header = vec!["Findings".to_owned()];
        header.extend(worst_first().map(|severity| severity.to_string()));
        header.push("total".to_owned());
        let mut table = Grid::new(header);
        let row = |name: &str, open: &Severities| {
            let mut row = vec![Cell::plain(text::line(name).into_owned())];
            row.extend(worst_first().map(|severity| self.severity_count(severity, open.of(severity))));
            row.push(Cell::plain(grouped(open.total())));
            row
        };
        let engines: Vec<(&&str, &EngineTally)> =
            self.tally.engines.iter().filter(|(_, engine)| engine.open.total() > 0).collect();
        for (name, engine) in &engines {
            table.rows.push(row(name, &engine.open));
        }
        if engines.len() > 1 {
            table.rows.push(row("all", &self.tally.open));
        }
        table.render(self)
    }

    fn severity_count(&self, severity: Severity, count: usize) -> Cell {
        let painted = match count {
            0 => self.painter.dim("0"),
            count => self.painter.paint(style::of(severity), &grouped(count)),
        };
        Cell { painted, width: grouped(count).len() }
    }

    fn results_table(&self) -> String {
        if self.tally.results.total() == 0 {
            return "Nothing was judged: no check applies to what was found.\n".to_owned();
        }
        let mut table = Grid::new(status_header("Results"));
        for (name, engine) in self.tally.engines.iter().filter(|(_, engine)| engine.results.total() > 0) {
            table.rows.push(self.statuses_row(name, &engine.results));
        }
        if table.rows.len() > 1 {
            table.rows.push(self.statuses_row("all", &self.tally.results));
        }
        table.render(self)
    }

    fn checks_table(&self) -> String {
        let mut table = Grid::new(status_header("Checks"));
        for (check, statuses) in &self.tally.by_check {
            table.rows.push(self.statuses_row(check, statuses));
        }
        if table.rows.is_empty() { String::new() } else { table.render(self) }
    }

    fn statuses_row(&self, name: &str, statuses: &Statuses) -> Vec<Cell> {
        let number = |count: usize| match count {
            0 => Cell { painted: self.painter.dim("0"), width: 1 },
            count => Cell::plain(grouped(count)),
        };
        vec![
            Cell::plain(text::line(name).into_owned()),
            number(statuses.pass),
            number(statuses.fail),
            number(statuses.not_assessed),
            number(statuses.not_applicable),
        ]
    }

    /// What was not known, what left most open first.
    fn gaps(&self, all: bool) -> String {
        let mut gaps: Vec<&GapCount> = self.assessment.gaps.iter().collect();
        gaps.sort_by(|a, b| b.results.cmp(&a.results).then_with(|| a.cmp(b)));
        let touched = gaps.iter().filter(|gap| gap.results > 0).count();
        if gaps.is_empty() {
            return String::new();
        }
        let limit = if all { gaps.len() } else { TOP_GAPS.min(touched.max(1)) };
        let heading = match self.tally.results.not_assessed {
            0 => "Not seen".to_owned(),
            results => format!("Not assessed: {}", counted(results, "result")),
        };
        let mut out = format!("{}\n", self.painter.bold(&heading));
        let waiting = if all { tally::waiting(self.assessment) } else { BTreeMap::new() };
        for gap in gaps.iter().take(limit) {
            self.gap(gap, &mut out);
            if let Some(checks) = waiting.get(&tally::gap_key(gap)) {
                let checks: Vec<String> = checks
                    .iter()
                    .map(|(check, results)| format!("{check} ({})", grouped(*results)))
                    .collect();
                self.beside_gap(&format!("left open: {}", checks.join(", ")), &mut out);
            }
        }
        if gaps.len() > limit {
            let more = counted(gaps.len() - limit, "more gap");
            out.push_str(&format!("         and {more}; `--persona auditor` or `--verbose` lists them\n"));
        }
        out
    }

    fn gap(&self, gap: &GapCount, out: &mut String) {
        let width = self.width().saturating_sub(9);
        let what = format!("{}: {}", words::reason(gap.reason), gap.what);
        for (at, line) in text::wrap(&text::line(&what), width).iter().enumerate() {
            let head = if at == 0 { format!("{:>7}  ", grouped(gap.results)) } else { " ".repeat(9) };
            out.push_str(&format!("{head}{line}\n"));
        }
        if !gap.resolve_with.is_empty() {
            self.beside_gap(&format!("to settle it: {}", gap.resolve_with), out);
        }
    }

    fn beside_gap(&self, words: &str, out: &mut String) {
        for line in text::wrap(&text::line(words), self.width().saturating_sub(11)) {
            out.push_str(&format!("{}{}\n", " ".repeat(11), self.painter.dim(&line)));
        }
    }

    /// What no persona hides.
    fn notices(&self) -> String {
        let mut out = String::new();
        for notice in &self.assessment.notices {
            let lines = text::wrap(&text::line(notice), self.width().saturating_sub(8));
            for (at, line) in lines.iter().enumerate() {
                let head = if at == 0 {
                    self.painter.paint(style::of(Severity::Medium), "notice:")
                } else {
                    " ".repeat(7)
                };
                out.push_str(&format!("{head} {line}\n"));
            }
        }
        out
    }

    /// The line a reader takes away.
    fn last_words(&self, shown: &[&Finding]) -> String {
        let open = &self.tally.open;
        let mut out = String::new();
        if !self.assessment.complete {
            let words = "Incomplete: something that was asked for could not be seen at all; \
                         what is missing is listed above.";
            for line in text::wrap(words, self.width()) {
                out.push_str(&format!("{}\n", self.painter.paint(style::of(Severity::Medium), &line)));
            }
        }
        if open.total() == 0 {
            let head = self.painter.good("No open findings");
            out.push_str(&format!("{head}: {} passed.\n", counted(self.tally.results.pass, "result")));
        } else {
            let parts: Vec<String> = worst_first()
                .filter(|severity| open.of(*severity) > 0)
                .map(|severity| {
                    let words = format!("{} {severity}", grouped(open.of(severity)));
                    self.painter.paint(style::of(severity), &words)
                })
                .collect();
            let head = self.painter.bold(&counted(open.total(), "open finding"));
            out.push_str(&format!("{head}: {}.\n", parts.join(", ")));
        }
        out.push_str(&self.set_aside());
        out.push_str(&self.hidden(shown));
        out
    }

    /// Findings that someone has dealt with: they stay in the record.
    fn set_aside(&self) -> String {
        let parts: Vec<String> = [
            (self.tally.excepted, "excepted"),
            (self.tally.suppressed, "suppressed"),
            (self.tally.baseline, "in the baseline"),
        ]
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, word)| format!("{} {word}", grouped(count)))
        .collect();
        if parts.is_empty() { String::new() } else { format!("Set aside: {}.\n", parts.join(", ")) }
    }

    /// How many findings this persona does not see, and who does.
    fn hidden(&self, shown: &[&Finding]) -> String {
        let hidden = self.assessment.findings.len() - shown.len().min(self.assessment.findings.len());
        if hidden == 0 {
            return String::new();
        }
        let (whom, why) = match self.options.persona {
            Persona::Engineer => ("auditor", "less certain, set aside, or for an auditor"),
            _ => ("pedantic", "only for those who want everything"),
        };
        let words = format!(
            "{} not shown ({why}): `--persona {whom}` shows {}.",
            counted(hidden, "finding"),
            if hidden == 1 { "it" } else { "them" }
        );
        text::wrap(&words, self.width()).into_iter().map(|line| self.painter.dim(&line) + "\n").collect()
    }
}

fn status_header(first: &str) -> Vec<String> {
    [first, "passed", "failed", "not assessed", "n/a"].map(str::to_owned).to_vec()
}

/// A cell that is already painted, with the columns it takes.
struct Cell {
    painted: String,
    width: usize,
}

impl Cell {
    fn plain(text: String) -> Cell {
        Cell { width: text::width(&text), painted: text }
    }
}

/// A small table: the first column to the left, numbers to the right.
struct Grid {
    header: Vec<String>,
    rows: Vec<Vec<Cell>>,
}

impl Grid {
    fn new(header: Vec<String>) -> Grid {
        Grid { header, rows: Vec::new() }
    }

    fn render(&self, page: &Page<'_>) -> String {
        let numbers: Vec<usize> = self.header.iter().skip(1).map(|title| text::width(title).max(6)).collect();
        let taken: usize = numbers.iter().map(|width| width + 2).sum();
        let longest =
            self.rows.iter().filter_map(|row| row.first()).map(|cell| cell.width).max().unwrap_or(0);
        let most = page.width().saturating_sub(taken).max(12);
        let title = self.header.first().map(String::as_str).unwrap_or_default();
        let first = longest.max(text::width(title)).min(most);
        let mut out = page.painter.bold(&format!("{title:<first$}"));
        for (title, width) in self.header.iter().skip(1).zip(&numbers) {
            out.push_str(&page.painter.bold(&format!("  {title:>width$}")));
        }
        out.push('\n');
        for row in &self.rows {
            for (at, cell) in row.iter().enumerate() {
                if at == 0 {
                    // A name that is too long stays whole and pushes its numbers out: it is there to be copied.
                    out.push_str(&cell.painted);
                    out.push_str(&" ".repeat(first.saturating_sub(cell.width)));
                } else {
                    let width = numbers.get(at - 1).copied().unwrap_or_default();
                    out.push_str(&" ".repeat((width + 2).saturating_sub(cell.width)));
                    out.push_str(&cell.painted);
                }
            }
            out.push('\n');
        }
        out
    }
}

//! The report for a person at a terminal: the findings one by one with the lines they point to, then a summary.
//! All text from outside is made visible before it is laid out; colours are the only escapes that are written.

mod finding;
mod snippet;
mod style;
mod summary;

use crate::Options;
use crate::tally::{Tally, chosen};
use snippet::Sources;
use style::Painter;
use tieout_model::Assessment;

/// Renders the whole page.
pub(crate) fn render(
    assessment: &Assessment,
    options: &Options,
    sources: &dyn Fn(&str) -> Option<String>,
) -> String {
    let page =
        Page { assessment, options, tally: Tally::new(assessment), painter: Painter::new(options.color) };
    let findings = chosen(assessment, options.persona);
    let mut sources = Sources::new(sources);
    let mut out = String::new();
    for finding in &findings {
        out.push_str(&page.finding(finding, &mut sources));
        out.push_str("\n\n");
    }
    page.summary(&findings, &mut out);
    out
}

/// What every part of the page needs.
struct Page<'a> {
    assessment: &'a Assessment,
    options: &'a Options,
    tally: Tally<'a>,
    painter: Painter,
}

impl Page<'_> {
    /// Columns to fill.
    fn width(&self) -> usize {
        self.options.width.max(40)
    }
}

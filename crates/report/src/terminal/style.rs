//! Colours of the terminal report, and nothing else that a terminal acts on.

use annotate_snippets::Renderer;
use anstyle::{AnsiColor, Style};
use tieout_model::Severity;

/// Paints words, or leaves them plain.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Painter {
    color: bool,
}

impl Painter {
    pub(crate) fn new(color: bool) -> Painter {
        Painter { color }
    }

    /// Text in a style.
    pub(crate) fn paint(self, style: Style, text: &str) -> String {
        if self.color && !text.is_empty() {
            format!("{}{text}{}", style.render(), style.render_reset())
        } else {
            text.to_owned()
        }
    }

    /// A heading.
    pub(crate) fn bold(self, text: &str) -> String {
        self.paint(Style::new().bold(), text)
    }

    /// What matters less.
    pub(crate) fn dim(self, text: &str) -> String {
        self.paint(Style::new().dimmed(), text)
    }

    /// A word that is good news.
    pub(crate) fn good(self, text: &str) -> String {
        self.paint(AnsiColor::Green.on_default().bold(), text)
    }

    /// The renderer of a finding's block: the severity's colour on its name and underlines.
    pub(crate) fn renderer(self, style: Style, width: usize) -> Renderer {
        let renderer = if self.color { Renderer::styled().error(style) } else { Renderer::plain() };
        renderer.term_width(width)
    }
}

/// The colour of a severity.
pub(crate) fn of(severity: Severity) -> Style {
    match severity {
        Severity::Critical => AnsiColor::BrightMagenta.on_default().bold(),
        Severity::High => AnsiColor::BrightRed.on_default().bold(),
        Severity::Medium => AnsiColor::Yellow.on_default().bold(),
        Severity::Low => AnsiColor::BrightBlue.on_default().bold(),
        Severity::Info => AnsiColor::Cyan.on_default().bold(),
    }
}

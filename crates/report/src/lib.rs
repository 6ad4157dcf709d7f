//! Views of an [`Assessment`]: terminal, JSON, JSON Lines, CSV, SARIF, CycloneDX and a workbook. Each is a pure function
//! of the Assessment and the [`Options`]; none computes a verdict, reads a file or asks the clock.

mod csv;
mod cyclonedx;
mod error;
mod format;
mod json;
mod read;
mod sarif;
mod tally;
mod terminal;
mod text;
mod words;
mod xlsx;

pub use error::Error;
pub use format::Format;
pub use read::read;
pub use tally::sees;
use tieout_model::{Assessment, Persona};

/// How a report is to look. The terminal uses all of it; SARIF and the others only the persona.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// Whose view: what is shown on the terminal, and whether SARIF holds passes too.
    pub persona: Persona,
    /// Whether the terminal's text carries ANSI colours. The caller decides (NO_COLOR, a pipe, a flag).
    pub color: bool,
    /// Columns of the terminal; widths under 40 are taken as 40.
    pub width: usize,
    /// Whether the terminal lists everything that it would otherwise shorten: every gap, every further place.
    pub verbose: bool,
}

impl Default for Options {
    fn default() -> Options {
        Options { persona: Persona::Engineer, color: false, width: 80, verbose: false }
    }
}

/// Renders an Assessment. `sources` gives the text of a file that was audited, by its path in the Assessment;
/// where it gives none, the terminal shows the place without its lines. The other formats do not ask.
///
/// # Errors
/// Where the Assessment cannot be written in the format, for example a workbook that Excel could not open.
pub fn render(
    format: Format,
    assessment: &Assessment,
    options: &Options,
    sources: &dyn Fn(&str) -> Option<String>,
) -> Result<Vec<u8>, Error> {
    match format {
        Format::Terminal => Ok(terminal::render(assessment, options, sources).into_bytes()),
        Format::Json => json::assessment(assessment),
        Format::Jsonl => json::results(assessment),
        Format::Csv => csv::results(assessment),
        Format::Sarif => json::pretty(Format::Sarif, &sarif::log(assessment, options)),
        Format::Cyclonedx => json::pretty(Format::Cyclonedx, &cyclonedx::document(assessment)),
        Format::Xlsx => xlsx::workbook(assessment),
    }
}

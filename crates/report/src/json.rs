//! JSON: the Assessment as it is, and its results one a line. Beyond what JSON demands, characters that a
//! terminal acts on are written as `\u…`, so that a document is safe to print and reads back the same.

use crate::{Error, Format, text};
use serde::Serialize;
use serde_json::ser::{CompactFormatter, Formatter, PrettyFormatter, Serializer};
use std::io;
use tieout_model::{Assessment, Cell};

/// The Assessment, pretty, with a line end.
pub(crate) fn assessment(assessment: &Assessment) -> Result<Vec<u8>, Error> {
    let is_sayable = |cell: &Cell| !matches!(cell, Cell::Number(number) if !number.is_finite());
    if assessment.tables.iter().flat_map(|table| table.rows.iter().flatten()).all(is_sayable) {
        return pretty(Format::Json, assessment);
    }
    // JSON has no word for infinity; `null` would not read back.
    let mut sayable = assessment.clone();
    for cell in sayable.tables.iter_mut().flat_map(|table| table.rows.iter_mut().flatten()) {
        if !is_sayable(cell) {
            *cell = Cell::Unknown("not a finite number".to_owned());
        }
    }
    pretty(Format::Json, &sayable)
}

/// The results, one a line.
pub(crate) fn results(assessment: &Assessment) -> Result<Vec<u8>, Error> {
    let mut out = Vec::new();
    for result in &assessment.results {
        let mut serializer = Serializer::with_formatter(&mut out, Safe(CompactFormatter));
        result.serialize(&mut serializer).map_err(|source| Error::Json { format: Format::Jsonl, source })?;
        out.push(b'\n');
    }
    Ok(out)
}

/// Any document, pretty, with a line end.
pub(crate) fn pretty(format: Format, document: &impl Serialize) -> Result<Vec<u8>, Error> {
    let mut out = Vec::new();
    let mut serializer = Serializer::with_formatter(&mut out, Safe(PrettyFormatter::new()));
    document.serialize(&mut serializer).map_err(|source| Error::Json { format, source })?;
    out.push(b'\n');
    Ok(out)
}

/// A formatter that also escapes what serde_json may leave as it is: DEL, C1 controls, direction marks and
/// invisible characters.
struct Safe<F>(F);

impl<F: Formatter> Formatter for Safe<F> {
    fn write_string_fragment<W: ?Sized + io::Write>(
        &mut self,
        out: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        if text::is_plain(fragment) {
            return out.write_all(fragment.as_bytes());
        }
        let mut rest = fragment;
        while let Some(at) = rest.find(text::is_hazardous) {
            let (before, after) = rest.split_at(at);
            out.write_all(before.as_bytes())?;
            let mut chars = after.chars();
            if let Some(c) = chars.next() {
                for unit in c.encode_utf16(&mut [0; 2]) {
                    write!(out, "\\u{unit:04x}")?;
                }
            }
            rest = chars.as_str();
        }
        out.write_all(rest.as_bytes())
    }

    fn begin_array<W: ?Sized + io::Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.begin_array(out)
    }

    fn end_array<W: ?Sized + io::Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.end_array(out)
    }

    fn begin_array_value<W: ?Sized + io::Write>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        self.0.begin_array_value(out, first)
    }

    fn end_array_value<W: ?Sized + io::Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.end_array_value(out)
    }

    fn begin_object<W: ?Sized + io::Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.begin_object(out)
    }

    fn end_object<W: ?Sized + io::Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.end_object(out)
    }

    fn begin_object_key<W: ?Sized + io::Write>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        self.0.begin_object_key(out, first)
    }

    fn begin_object_value<W: ?Sized + io::Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.begin_object_value(out)
    }

    fn end_object_value<W: ?Sized + io::Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.end_object_value(out)
    }
}

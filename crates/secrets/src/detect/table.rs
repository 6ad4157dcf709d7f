//! Tables of comma-separated values: a column that is named as a secret, or a column of names beside one of values.

use super::Scan;
use crate::binding::Binding;
use crate::judge::kind_of_name;
use crate::literal::{Value, Via};
use crate::text::{byte, shown};
use std::ops::Range;

/// A longer first line names no columns.
const LONGEST_HEADER: usize = 4096;

impl Scan<'_> {
    /// The secrets of a `.csv` or `.tsv` file whose first line names a column as one.
    pub(super) fn table(&mut self) {
        let bytes = self.document.bytes;
        let first_end = memchr::memchr(b'\n', bytes).unwrap_or(bytes.len());
        if first_end > LONGEST_HEADER {
            return;
        }
        let Some(separator) = separator(bytes, first_end) else { return };
        let header: Vec<String> = cells(bytes, 0..first_end, separator)
            .into_iter()
            .map(|cell| shown(bytes, cell).trim_start_matches('\u{feff}').to_owned())
            .collect();
        let secret: Vec<usize> = (0..header.len())
            .filter(|at| header.get(*at).is_some_and(|name| kind_of_name(name).is_some()))
            .collect();
        let column = |names: &[&str]| {
            header.iter().position(|name| names.iter().any(|known| name.eq_ignore_ascii_case(known)))
        };
        let pair = column(&["name", "key", "variable", "parameter", "setting"]).zip(column(&["value"]));
        if secret.is_empty() && pair.is_none() {
            return;
        }
        let mut start = first_end + 1;
        while start < bytes.len() {
            let end = memchr::memchr(b'\n', bytes.get(start..).unwrap_or_default())
                .map_or(bytes.len(), |at| start + at);
            let row = cells(bytes, start..end, separator);
            for at in &secret {
                if let (Some(name), Some(cell)) = (header.get(*at), row.get(*at)) {
                    self.cell(name.clone(), cell.clone());
                }
            }
            if let Some((name, value)) = pair.and_then(|(name, value)| row.get(name).zip(row.get(value))) {
                self.cell(shown(bytes, name.clone()).into_owned(), value.clone());
            }
            start = end + 1;
        }
    }

    fn cell(&mut self, name: String, range: Range<usize>) {
        let text = shown(self.document.bytes, range.clone()).into_owned();
        let value = Value { text, range, quoted: true, split: false, open: false, via: Via::Direct };
        let binding = Binding { name, value };
        self.worded(&binding);
        self.bound(binding);
    }
}

/// What stands between the cells of the first line.
fn separator(bytes: &[u8], end: usize) -> Option<u8> {
    let line = bytes.get(..end).unwrap_or_default();
    let count = |sign: u8| memchr::memchr_iter(sign, line).count();
    [b',', b';', b'\t', b'|'].into_iter().filter(|sign| count(*sign) > 0).max_by_key(|sign| count(*sign))
}

/// The cells of a line, without their quotes.
fn cells(bytes: &[u8], line: Range<usize>, separator: u8) -> Vec<Range<usize>> {
    let mut cells = Vec::new();
    let mut start = line.start;
    let mut quoted = false;
    for at in line.clone() {
        match byte(bytes, at) {
            b'"' => quoted = !quoted,
            found if found == separator && !quoted => {
                cells.push(bare(bytes, start..at));
                start = at + 1;
            }
            _ => {}
        }
    }
    cells.push(bare(bytes, start..line.end));
    cells
}

fn bare(bytes: &[u8], cell: Range<usize>) -> Range<usize> {
    let outside = |byte: u8| matches!(byte, b' ' | b'\r' | b'"');
    let mut range = cell;
    while !range.is_empty() && outside(byte(bytes, range.start)) {
        range.start += 1;
    }
    while !range.is_empty() && outside(byte(bytes, range.end - 1)) {
        range.end -= 1;
    }
    range
}

//! From byte offsets to lines and columns. Columns count Unicode scalar values, as [`Position`] says.

use std::ops::Range;
use std::sync::Arc;
use tieout_model::{Place, Position};

/// Where the lines of one text start, so that an offset becomes a position in O(log lines).
#[derive(Debug, Clone)]
pub struct LineIndex<'text> {
    text: &'text str,
    starts: Vec<u32>,
    ascii: bool,
}

impl<'text> LineIndex<'text> {
    /// Reads the text once. Lines end at `\n`; a `\r` before it belongs to the line.
    pub fn new(text: &'text str) -> LineIndex<'text> {
        let mut starts = Vec::with_capacity(text.len() / 32 + 1);
        starts.push(0);
        for (offset, byte) in text.bytes().enumerate() {
            if byte == b'\n' {
                starts.push(u32::try_from(offset + 1).unwrap_or(u32::MAX));
            }
        }
        LineIndex { text, starts, ascii: text.is_ascii() }
    }

    /// The position of a byte offset. An offset after the end is the end; one inside a character is that
    /// character's.
    pub fn position(&self, offset: usize) -> Position {
        let offset = offset.min(self.text.len());
        let after = self.starts.partition_point(|start| *start as usize <= offset);
        let line = after.max(1);
        let start = self.starts.get(line - 1).copied().unwrap_or(0) as usize;
        let column = if self.ascii { offset - start } else { self.characters(start, offset) };
        Position { line: narrow(line), column: narrow(column + 1) }
    }

    fn characters(&self, start: usize, offset: usize) -> usize {
        let bytes = self.text.as_bytes().get(start..offset).unwrap_or_default();
        let starts = bytes.iter().filter(|byte| (**byte & 0b1100_0000) != 0b1000_0000).count();
        // An offset inside a character counts the character's first byte, which is before it.
        starts - usize::from(!self.text.is_char_boundary(offset)).min(starts)
    }

    /// The place of a range of bytes in the file.
    pub fn place(&self, file: &Arc<str>, range: Range<usize>) -> Place {
        Place::text(file, self.position(range.start), self.position(range.end.max(range.start)))
    }

    /// How many lines the text has; at least 1.
    pub fn lines(&self) -> usize {
        self.starts.len()
    }

    /// The text of a line (from 1) without its line break; empty where there is no such line.
    pub fn line(&self, line: u32) -> &'text str {
        let Some(index) = (line as usize).checked_sub(1) else { return "" };
        let Some(start) = self.starts.get(index) else { return "" };
        let end = self.starts.get(index + 1).map_or(self.text.len(), |next| *next as usize);
        self.text.get(*start as usize..end).unwrap_or_default().trim_end_matches(['\n', '\r'])
    }

    /// The byte offset of the first character of a line (from 1); the end of the text after the last line.
    pub fn line_start(&self, line: u32) -> usize {
        let index = (line as usize).saturating_sub(1);
        self.starts.get(index).map_or(self.text.len(), |start| *start as usize)
    }
}

fn narrow(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str, offset: usize) -> (u32, u32) {
        let position = LineIndex::new(text).position(offset);
        (position.line, position.column)
    }

    #[test]
    fn lines_and_columns_count_from_one() {
        let text = "ab\ncd\r\n\nx";
        assert_eq!(at(text, 0), (1, 1));
        assert_eq!(at(text, 2), (1, 3));
        assert_eq!(at(text, 3), (2, 1));
        assert_eq!(at(text, 7), (3, 1));
        assert_eq!(at(text, 8), (4, 1));
        assert_eq!(at(text, 999), (4, 2));
        assert_eq!(at("", 0), (1, 1));
    }

    #[test]
    fn columns_count_characters_and_not_bytes() {
        let text = "é🦀x\nü=1";
        assert_eq!(at(text, 2), (1, 2));
        assert_eq!(at(text, 6), (1, 3));
        assert_eq!(at(text, 7), (1, 4));
        assert_eq!(at(text, 10), (2, 2));
    }

    #[test]
    fn an_offset_inside_a_character_is_that_characters() {
        assert_eq!(at("é🦀", 1), (1, 1));
        assert_eq!(at("é🦀", 4), (1, 2));
    }

    #[test]
    fn a_line_is_given_without_its_break() {
        let index = LineIndex::new("a\r\nbc\n");
        assert_eq!(index.lines(), 3);
        assert_eq!((index.line(1), index.line(2), index.line(3), index.line(9)), ("a", "bc", "", ""));
        assert_eq!(index.line_start(2), 3);
    }
}

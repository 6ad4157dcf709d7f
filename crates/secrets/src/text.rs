//! Small questions about bytes at a position; past the end there is the byte 0.

use std::ops::Range;

/// The byte at a position; 0 past the end.
pub(crate) fn byte(bytes: &[u8], at: usize) -> u8 {
    bytes.get(at).copied().unwrap_or_default()
}

/// The byte before a position; 0 at the start.
pub(crate) fn before(bytes: &[u8], at: usize) -> u8 {
    at.checked_sub(1).map_or(0, |at| byte(bytes, at))
}

/// A part of the bytes; empty where the range is out of bounds.
pub(crate) fn part(bytes: &[u8], range: Range<usize>) -> &[u8] {
    bytes.get(range).unwrap_or_default()
}

/// A part as text; what is no UTF-8 is replaced.
pub(crate) fn shown(bytes: &[u8], range: Range<usize>) -> std::borrow::Cow<'_, str> {
    String::from_utf8_lossy(part(bytes, range))
}

/// True where the bytes at a position are this text.
pub(crate) fn has(bytes: &[u8], at: usize, text: &str) -> bool {
    bytes.get(at..).is_some_and(|rest| rest.starts_with(text.as_bytes()))
}

/// The first position from here that is no space or tab.
pub(crate) fn skip_blanks(bytes: &[u8], at: usize) -> usize {
    skip_while(bytes, at, |byte| matches!(byte, b' ' | b'\t'))
}

/// The first position from here that is no white space.
pub(crate) fn skip_space(bytes: &[u8], at: usize) -> usize {
    skip_while(bytes, at, |byte| byte.is_ascii_whitespace())
}

/// The first position from here whose byte is another; at most 4,096 on.
pub(crate) fn skip_while(bytes: &[u8], at: usize, is: impl Fn(u8) -> bool) -> usize {
    const MOST: usize = 4096;
    let rest = part(bytes, at.min(bytes.len())..bytes.len().min(at.saturating_add(MOST)));
    at + rest.iter().position(|byte| !is(*byte)).unwrap_or(rest.len())
}

/// The position before here after the last byte that is another; at most 4,096 back.
pub(crate) fn back_while(bytes: &[u8], at: usize, is: impl Fn(u8) -> bool) -> usize {
    const MOST: usize = 4096;
    let from = at.saturating_sub(MOST);
    let rest = part(bytes, from..at);
    from + rest.iter().rposition(|byte| !is(*byte)).map_or(0, |index| index + 1)
}

/// Where the line of a position begins, at most 4,096 bytes before it.
pub(crate) fn line_start(bytes: &[u8], at: usize) -> usize {
    back_while(bytes, at, |byte| byte != b'\n')
}

/// Where the line of a position ends, at most 4,096 bytes after it: the position of its line break.
pub(crate) fn line_end(bytes: &[u8], at: usize) -> usize {
    const MOST: usize = 4096;
    let rest = part(bytes, at.min(bytes.len())..bytes.len().min(at.saturating_add(MOST)));
    let end = at + memchr::memchr(b'\n', rest).unwrap_or(rest.len());
    if before(bytes, end) == b'\r' && end > at { end - 1 } else { end }
}

/// A letter, digit or `_`.
pub(crate) fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

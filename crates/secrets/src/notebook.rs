//! Notebooks (.ipynb): the texts of their cells and outputs as a person wrote or saw them, each byte with the way back to
//! the file. The file is scanned, not checked: of a damaged one comes what can be read. What else a notebook holds (its
//! metadata) is plain JSON, and not told here; nor are secrets.

#[cfg(test)]
mod tests;

/// A text of a notebook: a cell's source, or an output.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cell {
    /// The text, with JSON's escapes undone.
    pub text: Vec<u8>,
    /// True for what a program put out.
    pub is_output: bool,
    /// Where parts of the text begin, and where these stand in the file: a string, and what follows an escape.
    parts: Vec<(usize, usize)>,
}

impl Cell {
    /// Where a byte of the text stands in the file.
    pub fn file_offset(&self, offset: usize) -> usize {
        let after = self.parts.partition_point(|(from, _)| *from <= offset);
        let part = after.checked_sub(1).and_then(|at| self.parts.get(at));
        part.map_or(0, |(from, file)| file + (offset - from))
    }
}

/// Values that nest deeper are passed over.
const DEEPEST: usize = 64;

/// The texts of a notebook, in the order of the file; none where the bytes are no notebook.
pub fn cells(bytes: &[u8]) -> Vec<Cell> {
    let mut scan = Scan { bytes, at: 0, cells: Vec::new() };
    scan.value(Role::Other, 0);
    scan.cells
}

/// What a value is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    Other,
    /// In a list of outputs.
    Output,
    /// A text, given as a string or as a list of lines; of an output or not.
    Text(bool),
}

impl Role {
    /// The role of a value by its key and by the role of the object that holds it. `input` is that of format 3.
    fn of(self, key: &[u8]) -> Role {
        match (self, key) {
            (_, b"outputs") => Role::Output,
            (Role::Other, b"source" | b"input") => Role::Text(false),
            (Role::Output, b"text" | b"traceback" | b"evalue" | b"html" | b"json" | b"latex") => {
                Role::Text(true)
            }
            (Role::Output, _) if key.starts_with(b"text/") => Role::Text(true),
            (Role::Text(_), _) => Role::Other,
            (role, _) => role,
        }
    }
}

struct Scan<'b> {
    bytes: &'b [u8],
    at: usize,
    cells: Vec<Cell>,
}

impl Scan<'_> {
    fn peek(&mut self) -> Option<u8> {
        let rest = self.bytes.get(self.at..)?;
        let blank =
            |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, b',' | b':' | 0xef | 0xbb | 0xbf);
        self.at += rest.iter().position(|byte| !blank(byte))?;
        self.bytes.get(self.at).copied()
    }

    /// Passes over one value, and takes the texts in it.
    fn value(&mut self, role: Role, depth: usize) {
        let Role::Text(is_output) = role else { return self.inner(role, depth, None) };
        let mut cell = Cell { is_output, ..Cell::default() };
        self.inner(role, depth, Some(&mut cell));
        if !cell.text.is_empty() {
            self.cells.push(cell);
        }
    }

    /// Strings go into the cell, where there is one.
    fn inner(&mut self, role: Role, depth: usize, mut cell: Option<&mut Cell>) {
        match self.peek() {
            Some(b'"') => self.string(cell.as_deref_mut()),
            Some(b'{' | b'[') if depth >= DEEPEST => self.pass(),
            Some(b'{') => self.object(role, depth),
            Some(b'[') => {
                self.at += 1;
                while self.peek().is_some_and(|byte| byte != b']') {
                    self.inner(role, depth + 1, cell.as_deref_mut());
                }
                self.at += 1;
            }
            // A closing bracket that nothing opened, or a number or a word.
            Some(b'}' | b']') => self.at += 1,
            Some(_) => {
                let rest = self.bytes.get(self.at..).unwrap_or_default();
                let ends = |byte: &u8| byte.is_ascii_whitespace() || b",:\"{}[]".contains(byte);
                self.at += rest.iter().position(ends).unwrap_or(rest.len()).max(1);
            }
            None => self.at = self.bytes.len(),
        }
    }

    fn object(&mut self, role: Role, depth: usize) {
        self.at += 1;
        while let Some(byte) = self.peek() {
            match byte {
                b'}' => break,
                b'"' => {
                    let mut key = Cell::default();
                    self.string(Some(&mut key));
                    if !matches!(self.peek(), Some(b'}') | None) {
                        self.value(role.of(&key.text), depth + 1);
                    }
                }
                // No key: damaged.
                _ => self.value(Role::Other, depth + 1),
            }
        }
        self.at += 1;
    }

    /// Passes over a value that nests too deep.
    fn pass(&mut self) {
        let mut open = 0usize;
        while let Some(byte) = self.peek() {
            match byte {
                b'"' => {
                    self.string(None);
                    continue;
                }
                b'{' | b'[' => open += 1,
                b'}' | b']' => open = open.saturating_sub(1),
                _ => {}
            }
            self.at += 1;
            if open == 0 {
                return;
            }
        }
    }

    /// Passes over a string; its text goes to the end of the cell.
    fn string(&mut self, mut cell: Option<&mut Cell>) {
        self.at += 1;
        loop {
            let rest = self.bytes.get(self.at..).unwrap_or_default();
            let length = memchr::memchr2(b'"', b'\\', rest).unwrap_or(rest.len());
            if let Some(cell) = cell.as_deref_mut() {
                cell.parts.push((cell.text.len(), self.at));
                cell.text.extend_from_slice(rest.get(..length).unwrap_or_default());
            }
            self.at += length;
            match rest.get(length) {
                Some(b'\\') => {
                    let (character, length) = escape(rest.get(length + 1..).unwrap_or_default());
                    if let Some(cell) = cell.as_deref_mut() {
                        cell.parts.push((cell.text.len(), self.at));
                        cell.text.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
                    }
                    self.at += 1 + length;
                }
                Some(_) => {
                    self.at += 1;
                    return;
                }
                None => return,
            }
        }
    }
}

/// What an escape stands for, and its length without the backslash.
fn escape(rest: &[u8]) -> (char, usize) {
    let Some(first) = rest.first() else { return ('\\', 0) };
    let plain = match first {
        b'n' => '\n',
        b't' => '\t',
        b'r' => '\r',
        b'b' => '\u{8}',
        b'f' => '\u{c}',
        b'u' => return unicode(rest),
        other => char::from(*other),
    };
    (plain, 1)
}

fn unicode(rest: &[u8]) -> (char, usize) {
    let unit = |at: usize| {
        let digits = std::str::from_utf8(rest.get(at..at + 4)?).ok()?;
        u16::from_str_radix(digits, 16).ok()
    };
    let Some(first) = unit(1) else { return ('u', 1) };
    let second = if rest.get(5..7) == Some(b"\\u") { unit(7) } else { None };
    let units = [first, second.unwrap_or_default()];
    match char::decode_utf16(units).next() {
        Some(Ok(character)) => (character, if character.len_utf16() == 2 { 11 } else { 5 }),
        _ => (char::REPLACEMENT_CHARACTER, 5),
    }
}

//! JSON text into a borrowed tree with byte spans: strict as AWS is (no comments, no trailing commas, no
//! duplicate keys), fast because the simulator reads thousands of documents. Only [`crate::doc`] uses it.

use crate::doc::{At, Doc, DocEntry, DocValue};
use std::borrow::Cow;

/// The deepest nesting that is read; deeper is an error, so that no document can exhaust the stack.
const MAX_DEPTH: u32 = 64;

/// Why a text is no JSON, and at which byte.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub(crate) struct JsonError {
    pub(crate) message: String,
    pub(crate) offset: usize,
}

/// Parses one JSON value that is the whole text.
pub(crate) fn parse(text: &str) -> Result<Doc<'_>, JsonError> {
    if u32::try_from(text.len()).is_err() {
        return Err(JsonError { message: "the text is longer than 4 GiB".to_owned(), offset: 0 });
    }
    let mut reader = Reader { text, at: 0, depth: 0 };
    reader.space();
    let doc = reader.value()?;
    reader.space();
    match reader.peek() {
        None => Ok(doc),
        Some(_) => Err(reader.error("text after the end of the document")),
    }
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    depth: u32,
}

impl<'a> Reader<'a> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn error(&self, message: impl Into<String>) -> JsonError {
        JsonError { message: message.into(), offset: self.at }
    }

    fn space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\n' | b'\r' | b'\t')) {
            self.at += 1;
        }
    }

    fn found(&self) -> String {
        match self.text.get(self.at..).and_then(|rest| rest.chars().next()) {
            Some(char) => format!("found `{char}`"),
            None => "the document ends here".to_owned(),
        }
    }

    fn value(&mut self) -> Result<Doc<'a>, JsonError> {
        let start = self.at;
        let value = match self.peek() {
            Some(b'{') => self.nested(Reader::map)?,
            Some(b'[') => self.nested(Reader::list)?,
            Some(b'"') => DocValue::Text(self.string()?),
            Some(b'-' | b'0'..=b'9') => self.number()?,
            Some(b't') => self.word("true", DocValue::Scalar("true".into()))?,
            Some(b'f') => self.word("false", DocValue::Scalar("false".into()))?,
            Some(b'n') => self.word("null", DocValue::Null)?,
            _ => return Err(self.error(format!("a value must stand here; {}", self.found()))),
        };
        Ok(Doc { value, at: At::Span(start as u32, self.at as u32) })
    }

    fn nested(
        &mut self,
        read: fn(&mut Reader<'a>) -> Result<DocValue<'a>, JsonError>,
    ) -> Result<DocValue<'a>, JsonError> {
        if self.depth >= MAX_DEPTH {
            return Err(self.error("nested too deeply"));
        }
        self.depth += 1;
        self.at += 1;
        let value = read(self);
        self.depth -= 1;
        value
    }

    fn map(&mut self) -> Result<DocValue<'a>, JsonError> {
        self.space();
        if self.peek() == Some(b'}') {
            self.at += 1;
            return Ok(DocValue::Map(Vec::new()));
        }
        let mut entries: Vec<DocEntry<'a>> = Vec::with_capacity(4);
        loop {
            self.space();
            if self.peek() != Some(b'"') {
                return Err(self.error(format!("a key in quotes must stand here; {}", self.found())));
            }
            let start = self.at;
            let key = self.string()?;
            let at = At::Span(start as u32, self.at as u32);
            if entries.iter().any(|entry| entry.key == key) {
                return Err(JsonError { message: format!("the key `{key}` stands twice"), offset: start });
            }
            self.space();
            self.expect(b':')?;
            self.space();
            let doc = self.value()?;
            entries.push(DocEntry { key, at, doc });
            self.space();
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b'}') => {
                    self.at += 1;
                    return Ok(DocValue::Map(entries));
                }
                _ => return Err(self.error(format!("`,` or `}}` must stand here; {}", self.found()))),
            }
        }
    }

    fn list(&mut self) -> Result<DocValue<'a>, JsonError> {
        let mut items = Vec::new();
        self.space();
        if self.peek() == Some(b']') {
            self.at += 1;
            return Ok(DocValue::List(items));
        }
        loop {
            self.space();
            items.push(self.value()?);
            self.space();
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b']') => {
                    self.at += 1;
                    return Ok(DocValue::List(items));
                }
                _ => return Err(self.error(format!("`,` or `]` must stand here; {}", self.found()))),
            }
        }
    }

    fn expect(&mut self, byte: u8) -> Result<(), JsonError> {
        if self.peek() == Some(byte) {
            self.at += 1;
            return Ok(());
        }
        Err(self.error(format!("`{}` must stand here; {}", char::from(byte), self.found())))
    }

    fn word(&mut self, word: &str, value: DocValue<'a>) -> Result<DocValue<'a>, JsonError> {
        if self.text.get(self.at..).is_some_and(|rest| rest.starts_with(word)) {
            self.at += word.len();
            return Ok(value);
        }
        Err(self.error(format!("a value must stand here; {}", self.found())))
    }

    fn number(&mut self) -> Result<DocValue<'a>, JsonError> {
        let start = self.at;
        while matches!(self.peek(), Some(b'-' | b'+' | b'.' | b'e' | b'E' | b'0'..=b'9')) {
            self.at += 1;
        }
        let text = self.text.get(start..self.at).unwrap_or_default();
        let digits = text.strip_prefix('-').unwrap_or(text);
        let zero_led = digits.len() > 1 && digits.starts_with('0') && !digits.starts_with("0.");
        if zero_led || digits.ends_with('.') || text.parse::<f64>().is_err() {
            return Err(JsonError { message: format!("`{text}` is no number"), offset: start });
        }
        Ok(DocValue::Scalar(Cow::Borrowed(text)))
    }

    /// A string; the opening quote is at the current position.
    fn string(&mut self) -> Result<Cow<'a, str>, JsonError> {
        self.at += 1;
        let start = self.at;
        let rest = self.text.as_bytes().get(start..).unwrap_or_default();
        let end = rest.iter().position(|byte| matches!(byte, b'"' | b'\\' | 0..=0x1f));
        match end.and_then(|end| rest.get(end).map(|byte| (end, *byte))) {
            Some((end, b'"')) => {
                self.at = start + end + 1;
                Ok(Cow::Borrowed(self.text.get(start..start + end).unwrap_or_default()))
            }
            _ => self.escaped_string().map(Cow::Owned),
        }
    }

    fn escaped_string(&mut self) -> Result<String, JsonError> {
        let mut out = String::new();
        loop {
            let Some(char) = self.text.get(self.at..).and_then(|rest| rest.chars().next()) else {
                return Err(self.error("the text in quotes does not end"));
            };
            match char {
                '"' => {
                    self.at += 1;
                    return Ok(out);
                }
                '\\' => out.push(self.escape()?),
                '\u{0}'..='\u{1f}' => return Err(self.error("a control character stands in the text")),
                other => {
                    out.push(other);
                    self.at += other.len_utf8();
                }
            }
        }
    }

    fn escape(&mut self) -> Result<char, JsonError> {
        self.at += 1;
        let char = match self.peek() {
            Some(b'"') => '"',
            Some(b'\\') => '\\',
            Some(b'/') => '/',
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => return self.unicode_escape(),
            _ => return Err(self.error(format!("no such escape; {}", self.found()))),
        };
        self.at += 1;
        Ok(char)
    }

    fn unicode_escape(&mut self) -> Result<char, JsonError> {
        let start = self.at;
        let wrong = |offset| JsonError { message: "no such character".to_owned(), offset };
        let high = self.hex()?;
        if !(0xd800..0xdc00).contains(&high) {
            return char::from_u32(high).ok_or_else(|| wrong(start));
        }
        if self.peek() != Some(b'\\') {
            return Err(wrong(start));
        }
        self.at += 1;
        if self.peek() != Some(b'u') {
            return Err(wrong(start));
        }
        let low = self.hex()?;
        if !(0xdc00..0xe000).contains(&low) {
            return Err(wrong(start));
        }
        char::from_u32(0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00)).ok_or_else(|| wrong(start))
    }

    /// `uXXXX` at the current position.
    fn hex(&mut self) -> Result<u32, JsonError> {
        let digits = self.text.get(self.at + 1..self.at + 5).unwrap_or_default();
        if digits.len() != 4 || !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(self.error("`\\u` needs four hexadecimal digits"));
        }
        self.at += 5;
        u32::from_str_radix(digits, 16).map_err(|_| self.error("`\\u` needs four hexadecimal digits"))
    }
}

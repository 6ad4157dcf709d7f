//! Just enough of tar to read files as a stream: headers of 512 bytes, the names of ustar, GNU's long names, pax paths and
//! sizes. The crate `tar` holds names and extensions of any length; here they are bounded.

use std::io::{self, Read};

const BLOCK: usize = 512;
/// Longer names and extensions are faults.
const MOST_NAME: u64 = 1 << 16;

pub(super) struct Tar<'r> {
    reader: &'r mut dyn Read,
    /// Bytes before the next header: what is left of the content, and of the block.
    left: u64,
    padding: u64,
}

/// Name, and size for files that have content.
type Next = (String, Option<u64>);

impl<'r> Tar<'r> {
    pub(super) fn new(reader: &'r mut dyn Read) -> Tar<'r> {
        Tar { reader, left: 0, padding: 0 }
    }

    /// The next entry; `None` at the end.
    pub(super) fn next(&mut self) -> io::Result<Option<Next>> {
        let (mut long_name, mut long_size) = (None, None);
        loop {
            let rest = self.left.saturating_add(self.padding);
            if io::copy(&mut (&mut *self.reader).take(rest), &mut io::sink())? < rest {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            (self.left, self.padding) = (0, 0);
            let Some(header) = header(self.reader)? else { return Ok(None) };
            let size = match long_size.filter(|_| !header.is_extension()) {
                Some(size) => size,
                None => header.size,
            };
            self.left = size;
            self.padding = (BLOCK as u64 - size % BLOCK as u64) % BLOCK as u64;
            match header.kind {
                b'L' => long_name = Some(self.text()?.trim_end_matches('\0').to_owned()),
                b'x' => {
                    let text = self.text()?;
                    long_name = pax(&text, "path").map(str::to_owned).or(long_name);
                    long_size = pax(&text, "size").and_then(|size| size.parse().ok());
                }
                b'K' | b'g' => {}
                kind => {
                    let has_content = matches!(kind, 0 | b'0' | b'7');
                    let name = long_name.unwrap_or(header.name);
                    let is_file = has_content && !name.ends_with('/');
                    return Ok(Some((name, is_file.then_some(size))));
                }
            }
        }
    }

    /// The content of the entry that came last.
    pub(super) fn content(&mut self) -> Content<'_, 'r> {
        Content { tar: self }
    }

    fn text(&mut self) -> io::Result<String> {
        if self.left > MOST_NAME {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "a name in it is too long"));
        }
        let mut bytes = Vec::new();
        self.content().read_to_end(&mut bytes)?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }
}

/// A reader of one entry.
pub(super) struct Content<'t, 'r> {
    tar: &'t mut Tar<'r>,
}

impl Read for Content<'_, '_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let most = buffer.len().min(usize::try_from(self.tar.left).unwrap_or(usize::MAX));
        let read = self.tar.reader.read(buffer.get_mut(..most).unwrap_or_default())?;
        if read == 0 && most > 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.tar.left -= read as u64;
        Ok(read)
    }
}

struct Header {
    name: String,
    kind: u8,
    size: u64,
}

impl Header {
    /// One that tells of the next.
    fn is_extension(&self) -> bool {
        matches!(self.kind, b'L' | b'K' | b'x' | b'g')
    }
}

/// `None` at the end.
fn header(reader: &mut dyn Read) -> io::Result<Option<Header>> {
    let mut block = Vec::with_capacity(BLOCK);
    reader.take(BLOCK as u64).read_to_end(&mut block)?;
    if block.iter().all(|byte| *byte == 0) {
        return Ok(None);
    }
    if block.len() < BLOCK {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    let size = number(field(&block, 124, 12));
    let Some(size) = size.filter(|_| is_header(&block)) else {
        return Err(io::Error::new(
            io::ErrorKind::InvalidData,
            "no tar archive, or a damaged one: a header is none",
        ));
    };
    let (prefix, name) = (text(field(&block, 345, 155)), text(field(&block, 0, 100)));
    // GNU's own form has other fields in the place of the prefix.
    let has_prefix = block.get(257..263) == Some(b"ustar\0".as_slice()) && !prefix.is_empty();
    let name = if has_prefix { format!("{prefix}/{name}") } else { name };
    let kind = block.get(156).copied().unwrap_or_default();
    // Links, devices and folders have no content, whatever their size says.
    let size = if matches!(kind, b'1'..=b'6') { 0 } else { size };
    Ok(Some(Header { name, kind, size }))
}

/// True for a block whose checksum is right: it counts its own field as blanks.
pub(super) fn is_header(block: &[u8]) -> bool {
    let Some(block) = block.get(..BLOCK) else { return false };
    let own = 148..156;
    if !field(block, 148, 8).iter().all(|byte| matches!(byte, b'0'..=b'7' | b' ' | 0)) {
        return false;
    }
    let bytes = block.iter().enumerate();
    let sum: u64 = bytes.map(|(at, byte)| if own.contains(&at) { 32 } else { u64::from(*byte) }).sum();
    number(field(block, 148, 8)) == Some(sum)
}

fn field(block: &[u8], from: usize, length: usize) -> &[u8] {
    block.get(from..from + length).unwrap_or_default()
}

fn text(field: &[u8]) -> String {
    let end = memchr::memchr(0, field).unwrap_or(field.len());
    String::from_utf8_lossy(field.get(..end).unwrap_or_default()).into_owned()
}

/// Octal digits; or, where the first bit is set, GNU's binary form.
fn number(field: &[u8]) -> Option<u64> {
    match field.split_first() {
        Some((first, rest)) if *first == 0x80 => {
            let (high, low) = rest.split_at_checked(rest.len().checked_sub(8)?)?;
            high.iter()
                .all(|byte| *byte == 0)
                .then(|| low.iter().fold(0, |sum, byte| sum << 8 | u64::from(*byte)))
        }
        _ => {
            let text = text(field);
            let digits = text.trim();
            if digits.is_empty() { Some(0) } else { u64::from_str_radix(digits, 8).ok() }
        }
    }
}

/// `30 path=some/long/name`, each with its length before it.
fn pax<'t>(text: &'t str, key: &str) -> Option<&'t str> {
    text.lines().find_map(|line| line.split_once(' ')?.1.strip_prefix(key)?.strip_prefix('='))
}

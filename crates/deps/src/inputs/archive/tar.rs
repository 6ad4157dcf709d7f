//! Just enough of tar to find small files in a source archive as a stream: headers of 512 bytes, the names of ustar, GNU's
//! long names and pax paths. Nothing is unpacked.

use std::io::{self, Read};

/// How much is read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    pub(super) entries: usize,
    pub(super) file: u64,
}

const BLOCK: usize = 512;

/// The files that are wanted, by name, and why the rest could not be read.
pub(super) fn files(
    reader: &mut impl Read,
    wanted: &dyn Fn(&str) -> bool,
    limits: Limits,
) -> (Vec<(String, Vec<u8>)>, Option<String>) {
    let mut found = Vec::new();
    let mut long_name: Option<String> = None;
    for _ in 0..limits.entries {
        let (name, kind, size) = match header(reader) {
            Ok(Some(header)) => header,
            Ok(None) => return (found, None),
            Err(error) => return (found, Some(format!("no source archive: {error}"))),
        };
        let is_name = matches!(kind, b'L' | b'x');
        let name = long_name.take().filter(|_| !is_name).unwrap_or(name);
        let keep = is_name || (matches!(kind, 0 | b'0') && wanted(&name));
        let keep = keep && size <= limits.file;
        let bytes = match content(reader, size, keep) {
            Ok(bytes) => bytes,
            Err(error) => return (found, Some(format!("{name}: {error}"))),
        };
        match kind {
            b'L' => long_name = Some(String::from_utf8_lossy(&bytes).trim_end_matches('\0').to_owned()),
            b'x' => long_name = pax_path(&String::from_utf8_lossy(&bytes)),
            _ if keep => found.push((name, bytes)),
            _ => {}
        }
    }
    (found, Some(format!("more than the limit of {} entries", limits.entries)))
}

/// Name, kind and size; `None` at the end.
fn header(reader: &mut impl Read) -> io::Result<Option<(String, u8, u64)>> {
    let mut block = [0u8; BLOCK];
    let mut filled = 0;
    while let Some(rest) = block.get_mut(filled..).filter(|rest| !rest.is_empty()) {
        match reader.read(rest)? {
            0 if filled == 0 => return Ok(None),
            0 => return Err(io::ErrorKind::UnexpectedEof.into()),
            more => filled += more,
        }
    }
    if block.iter().all(|byte| *byte == 0) {
        return Ok(None);
    }
    let text = |from: usize, length: usize| {
        let bytes = block.get(from..from + length).unwrap_or_default();
        let end = bytes.iter().position(|byte| *byte == 0).unwrap_or(bytes.len());
        String::from_utf8_lossy(bytes.get(..end).unwrap_or_default()).into_owned()
    };
    let octal = |text: String| u64::from_str_radix(text.trim(), 8).ok();
    // The checksum counts its own field as blanks.
    let sum: u64 = block
        .iter()
        .enumerate()
        .map(|(at, byte)| if (148..156).contains(&at) { 32 } else { u64::from(*byte) })
        .sum();
    let (Some(size), Some(true)) = (octal(text(124, 12)), octal(text(148, 8)).map(|told| told == sum)) else {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "a header that is none"));
    };
    let (prefix, name) = (text(345, 155), text(0, 100));
    let is_ustar = block.get(257..262) == Some(b"ustar".as_slice());
    let name = if is_ustar && !prefix.is_empty() { format!("{prefix}/{name}") } else { name };
    Ok(Some((name, block.get(156).copied().unwrap_or_default(), size)))
}

fn content(reader: &mut impl Read, size: u64, keep: bool) -> io::Result<Vec<u8>> {
    let padded = size.div_ceil(BLOCK as u64).saturating_mul(BLOCK as u64);
    let mut bytes = Vec::new();
    let read = match keep {
        true => reader.take(padded).read_to_end(&mut bytes)? as u64,
        false => io::copy(&mut reader.take(padded), &mut io::sink())?,
    };
    if read < size {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    bytes.truncate(usize::try_from(size).unwrap_or(usize::MAX));
    Ok(bytes)
}

/// `30 path=some/long/name`
fn pax_path(text: &str) -> Option<String> {
    text.lines().find_map(|line| line.split_once(" path=").map(|(_, path)| path.to_owned()))
}

//! Tokens of PyPI: macaroons in their second binary form, in base64 behind `pypi-`. A version byte, then fields of a type, a
//! length and bytes; the first names the place, the last is a signature of 32 bytes.
//! Source: the libmacaroons format v2 (doc/format.txt) and PyPI's documentation of its tokens.

use super::holds::decoded;

const VERSION: u8 = 2;
const LOCATION: u8 = 1;
const IDENTIFIER: u8 = 2;

/// A macaroon of `pypi.org` or `test.pypi.org`: version, place and identifier are there.
pub fn is_pypi_token(text: &str) -> bool {
    let Some(bytes) = text.strip_prefix("pypi-").and_then(decoded) else { return false };
    let Some((&VERSION, rest)) = bytes.split_first() else { return false };
    let Some((place, rest)) = field(rest, LOCATION) else { return false };
    let known: [&[u8]; 2] = [b"pypi.org", b"test.pypi.org"];
    known.contains(&place) && field(rest, IDENTIFIER).is_some_and(|(id, _)| !id.is_empty())
}

/// The bytes of the field that stands first, where it is of that type, and what follows.
fn field(bytes: &[u8], kind: u8) -> Option<(&[u8], &[u8])> {
    let (found, rest) = bytes.split_first()?;
    // Lengths of 128 and more take a second byte; no identifier of PyPI's is so long.
    let (length, rest) = rest.split_first()?;
    (*found == kind && *length < 128).then(|| rest.split_at_checked(usize::from(*length))).flatten()
}

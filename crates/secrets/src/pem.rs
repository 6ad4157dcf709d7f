//! Private keys in PEM (RFC 7468), PuTTY's and PGP's armour, raw or with their line breaks escaped.

use crate::text::{has, part, shown};
use std::ops::Range;

/// A private key.
pub(crate) struct PrivateKey {
    /// The base64 of its body, white space left out.
    pub body: String,
    /// From its first dash to its last.
    pub range: Range<usize>,
    /// Whether a passphrase guards it.
    pub encrypted: bool,
}

/// What stands after `BEGIN`: RFC 5915, 5958, 7468, 8017, OpenSSH's PROTOCOL.key, RFC 4716, RFC 9580.
const LABELS: &[&str] = &[
    "PRIVATE KEY",
    "ENCRYPTED PRIVATE KEY",
    "RSA PRIVATE KEY",
    "EC PRIVATE KEY",
    "DSA PRIVATE KEY",
    "OPENSSH PRIVATE KEY",
    "PGP PRIVATE KEY BLOCK",
    "SSH2 ENCRYPTED PRIVATE KEY",
    "ANY PRIVATE KEY",
    "ED25519 PRIVATE KEY",
];

/// No private key is longer; in bytes.
const LONGEST: usize = 32 * 1024;
/// The shortest body: an Ed25519 key in PKCS #8 has 64 characters.
const SHORTEST: usize = 60;

/// The private key whose `-----BEGIN` stands here.
pub(crate) fn private_key(bytes: &[u8], start: usize) -> Option<PrivateKey> {
    const BEGIN: &str = "-----BEGIN ";
    if !has(bytes, start, BEGIN) {
        return None;
    }
    let block = part(bytes, start..bytes.len().min(start + LONGEST));
    let label_at = BEGIN.len();
    let label_end =
        label_at + memchr::memmem::find(part(block, label_at..block.len().min(label_at + 80)), b"-----")?;
    let label = shown(block, label_at..label_end).into_owned();
    if !LABELS.contains(&label.as_str()) {
        return None;
    }
    let body_at = label_end + "-----".len();
    let closing = memchr::memmem::find(part(block, body_at..block.len()), b"-----END ")? + body_at;
    let end = closing + "-----END ".len() + label.len() + "-----".len();
    let raw = shown(block, body_at..closing).replace("\\r", "").replace("\\n", "\n").replace("\\\\n", "\n");
    let mut body = String::new();
    let mut encrypted = label.starts_with("ENCRYPTED");
    for line in raw.split(['\n', '\r']) {
        let line = line.trim_matches(|c: char| {
            c.is_whitespace()
                || matches!(c, '"' | '\'' | '+' | ',' | '\\' | '#' | '>' | '|' | '*' | '(' | ')')
        });
        if line.contains(": ") {
            encrypted |= line.starts_with("Proc-Type") && line.contains("ENCRYPTED");
            continue;
        }
        // A checksum of PGP's.
        if line.starts_with('=') && line.len() == 5 {
            continue;
        }
        body.push_str(line);
    }
    let is_base64 =
        body.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'='));
    if body.len() < SHORTEST || !is_base64 || !is_der(&body, &label) {
        return None;
    }
    if label == "OPENSSH PRIVATE KEY" {
        // The magic, then the name of the cipher; `none` in base64 after the magic and a length of four.
        encrypted |= !body.get(20..).is_some_and(|rest| rest.starts_with("AAAABG5vbmU"));
    }
    Some(PrivateKey { body, range: start..(start + end).min(bytes.len()), encrypted })
}

/// A body parses as what its label says: a DER sequence, OpenSSH's magic, or a PGP packet.
fn is_der(body: &str, label: &str) -> bool {
    use base64::Engine as _;
    let head = body.get(..48).unwrap_or(body);
    let Ok(bytes) = base64::engine::general_purpose::STANDARD.decode(head) else { return false };
    // A key of zeros or of one character is made up.
    let mut seen: Vec<u8> = body.bytes().collect();
    seen.sort_unstable();
    seen.dedup();
    if seen.len() < 16 {
        return false;
    }
    match label {
        "OPENSSH PRIVATE KEY" => bytes.starts_with(b"openssh-key-v1\0"),
        "PGP PRIVATE KEY BLOCK" => bytes.first().is_some_and(|first| first & 0x80 != 0),
        "SSH2 ENCRYPTED PRIVATE KEY" => true,
        // What is encrypted in the traditional form has no structure that shows.
        _ => bytes.first() == Some(&0x30) || !matches!(label, "PRIVATE KEY" | "ENCRYPTED PRIVATE KEY"),
    }
}

//! AWS access keys: ids, the accounts in them, and their secrets beside them.

use crate::judge::{entropy, is_published};
use crate::rules::Rules;
use crate::text::{before, byte, is_word, part, shown};
use crate::{Document, Found, Secret};
use std::ops::Range;
use tieout_model::Confidence;
use tieout_source::redact::is_dummy;

/// How far from its id a secret stands, in bytes: some ten lines.
const NEAR: usize = 700;
/// How far a secret without a name of its own may be.
const BESIDE: usize = 250;

/// The access key id that begins here: `AKIA`, `ASIA`, `ABIA` or `ACCA` and sixteen characters of base32.
/// Source: IAM User Guide, "IAM identifiers", unique id prefixes.
pub(crate) fn key_id_at(bytes: &[u8], start: usize) -> Option<Range<usize>> {
    let range = start..start + 20;
    let id = part(bytes, range.clone());
    let rest = id.get(4..)?;
    if !matches!(id.get(..4), Some(b"AKIA" | b"ASIA" | b"ABIA" | b"ACCA"))
        || !rest.iter().all(|byte| matches!(byte, b'A'..=b'Z' | b'2'..=b'7'))
    {
        return None;
    }
    let lead = before(bytes, start);
    if (is_word(lead) && !(start >= 2 && matches!(byte(bytes, start - 2), b'\\')))
        || is_word(byte(bytes, range.end))
        || matches!(byte(bytes, range.end), b'/' | b'+')
        || matches!(lead, b'/' | b'+')
    {
        return None;
    }
    let text = shown(bytes, range.clone());
    let body = text.get(4..)?;
    if is_published(&text)
        || is_dummy(body)
        || entropy(body) < 2.5
        || has_run(body)
        || ["FAKE", "TEST", "DUMMY", "SAMPLE"].iter().any(|word| body.contains(word))
    {
        return None;
    }
    Some(range)
}

fn has_run(text: &str) -> bool {
    let bytes = text.as_bytes();
    let rises = bytes.windows(2).filter(|pair| matches!(pair, [a, b] if a.wrapping_add(1) == *b)).count();
    let same = bytes.windows(4).any(|four| four.iter().all(|byte| Some(byte) == four.first()));
    same || rises * 2 > bytes.len()
}

/// The account of an access key id: bits 1 to 40 of its sixteen base32 characters. Keys made before 2019, whose fifth
/// character is `I` or `J`, do not hold it.
pub fn account_of(id: &str) -> Option<String> {
    let body = id.get(4..20)?;
    if body.starts_with(['I', 'J']) {
        return None;
    }
    let mut bits: u128 = 0;
    for byte in body.bytes() {
        let digit = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'2'..=b'7' => byte - b'2' + 26,
            _ => return None,
        };
        bits = (bits << 5) | u128::from(digit);
    }
    // Eighty bits: of the first forty-eight the lowest seven are another thing.
    let first_six = bits >> 32;
    let account = (first_six & 0x7fff_ffff_ff80) >> 7;
    (account <= 999_999_999_999).then(|| format!("{account:012}"))
}

/// True for a name in snake case that says `secret access key`.
pub(crate) fn is_secret_name(name: &str) -> bool {
    name.contains("secret_access_key")
        || name.contains("aws_secret")
        || name.contains("secret_key")
        || name.contains("secretaccesskey")
        || name.contains("secretkey")
        || name.contains("aws_key")
        || name.ends_with("aws_access_key")
        || name.contains("secret_access")
        || name.contains("s3_secret")
        || name == "secret"
}

/// Forty characters of base64 that a generator made.
pub(crate) fn is_secret_key(text: &str) -> bool {
    let has = |is: fn(&u8) -> bool| text.as_bytes().iter().any(is);
    text.len() == 40
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'+'))
        && has(u8::is_ascii_digit)
        && has(u8::is_ascii_uppercase)
        && has(u8::is_ascii_lowercase)
        && entropy(text) >= 4.0
        && !is_dummy(text)
}

/// Joins each access key id with its secret: one finding, with both places.
pub(crate) fn pair(rules: &Rules, document: &Document<'_>, found: &mut Vec<Found>) {
    let Some(both) = rules.detected.rule("aws-access-key") else { return };
    let lone = rules.detected.rule("aws-access-key-id");
    let secret_rule = rules.detected.rule("aws-secret-access-key");
    let ids: Vec<usize> =
        (0..found.len()).filter(|index| found.get(*index).map(|found| found.rule) == lone).collect();
    let mut taken: Vec<usize> = Vec::new();
    for id in ids {
        let Some(at) = found.get(id).map(|found| found.range.clone()) else { continue };
        let distance = |range: &Range<usize>| {
            if range.start >= at.end { range.start - at.end } else { at.start.saturating_sub(range.end) }
        };
        let named = found
            .iter()
            .enumerate()
            .filter(|(index, candidate)| {
                Some(candidate.rule) == secret_rule
                    && !taken.contains(index)
                    && distance(&candidate.range) <= NEAR
            })
            // After the id is where it is written, so what follows wins over what stands before.
            .min_by_key(|(_, candidate)| {
                (
                    distance(&candidate.range) + if candidate.range.start < at.start { 60 } else { 0 },
                    candidate.range.start,
                )
            });
        let secret = match named {
            Some((index, candidate)) => {
                let pair = (candidate.secret.clone(), candidate.range.clone());
                taken.push(index);
                Some(pair)
            }
            None => beside(document.bytes, &at)
                .map(|range| (Secret::new(shown(document.bytes, range.clone()).into_owned()), range)),
        };
        let (Some((secret, range)), Some(found)) = (secret, found.get_mut(id)) else { continue };
        found.rule = both;
        found.secret = secret;
        found.second = Some(range);
        found.confidence = if document.is_example() { Confidence::Medium } else { Confidence::High };
    }
    let mut index = 0;
    found.retain(|_| {
        index += 1;
        !taken.contains(&(index - 1))
    });
}

/// A secret without a name near an id: forty characters of base64 that stand alone.
fn beside(bytes: &[u8], id: &Range<usize>) -> Option<Range<usize>> {
    let from = id.start.saturating_sub(BESIDE);
    let to = bytes.len().min(id.end + BESIDE);
    let inside = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'+');
    let mut runs: Vec<Range<usize>> = Vec::new();
    let mut start = None;
    for at in from..=to {
        if at < to && inside(byte(bytes, at)) {
            start.get_or_insert(at);
            continue;
        }
        if let Some(begun) = start.take()
            && at - begun == 40
            && is_secret_key(&shown(bytes, begun..at))
            && !is_published(&shown(bytes, begun..at))
            && byte(bytes, at) != b'='
            && !matches!(before(bytes, begun), b'_' | b'-')
        {
            runs.push(begun..at);
        }
    }
    runs.into_iter().min_by_key(|range| {
        if range.start > id.end { range.start - id.end } else { id.start.saturating_sub(range.end) + 60 }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_holds_its_account() {
        // Computed from the layout: see `account_of`; the id is made here, not taken from anywhere.
        let account: u128 = 123_456_789_012;
        let bits: u128 = (account << 7) << 32 | 0x8000_0000_0000_0000_0000;
        let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
        let body: String =
            (0..16).rev().map(|index| char::from(alphabet[((bits >> (index * 5)) & 31) as usize])).collect();
        assert_eq!(account_of(&format!("AKIA{body}")).as_deref(), Some("123456789012"));
        assert_eq!(account_of("AKIAIOSFODNN7ABCDEFG"), None);
        assert_eq!(account_of("AKIA"), None);
    }
}

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

/// The access key id that begins here: `AKIA`, `ASIA`, `ABIA` or `ACCA` and sixteen characters, of base32 as AWS issues them; the
/// other digits stand in ids that were altered, and their secrets beside them may be as issued.
/// Source: IAM User Guide, "IAM identifiers", unique id prefixes.
pub(crate) fn key_id_at(bytes: &[u8], start: usize) -> Option<Range<usize>> {
    let range = start..start + 20;
    let id = part(bytes, range.clone());
    let rest = id.get(4..)?;
    if !matches!(id.get(..4), Some(b"AKIA" | b"ASIA" | b"ABIA" | b"ACCA"))
        || !rest.iter().all(|byte| matches!(byte, b'A'..=b'Z' | b'0'..=b'9'))
    {
        return None;
    }
    let lead = before(bytes, start);
    if (is_word(lead) && !(start >= 2 && matches!(byte(bytes, start - 2), b'\\')))
        || is_word(byte(bytes, range.end))
        || matches!(byte(bytes, range.end), b'/' | b'+')
        || matches!(lead, b'/' | b'+') && before(bytes, start.saturating_sub(1)) != b'/'
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
    found.sort_by_key(|found| (found.range.start, found.range.end));
    let ids: Vec<usize> =
        (0..found.len()).filter(|index| found.get(*index).map(|found| found.rule) == lone).collect();
    let mut taken: Vec<usize> = Vec::new();
    for id in ids {
        let Some(at) = found.get(id).map(|found| found.range.clone()) else { continue };
        let named = found
            .iter()
            .enumerate()
            .filter(|(index, candidate)| Some(candidate.rule) == secret_rule && !taken.contains(index))
            .map(|(index, candidate)| (distance(&at, &candidate.range), index))
            .filter(|(far, _)| *far <= NEAR)
            .min();
        let unnamed = beside(document.bytes, &at).map(|range| (distance(&at, &range), range));
        // A secret says by its name what it is; one without must stand nearer.
        let (secret, range) = match (named, unnamed) {
            (Some((far, index)), unnamed) if unnamed.as_ref().is_none_or(|(near, _)| far <= *near) => {
                let Some(candidate) = found.get(index) else { continue };
                taken.push(index);
                (candidate.secret.clone(), candidate.range.clone())
            }
            (_, Some((_, range))) => (Secret::new(shown(document.bytes, range.clone()).into_owned()), range),
            _ => continue,
        };
        // The same secret may have been found by its name too.
        let is_same = |other: &Found| Some(other.rule) == secret_rule && other.range == range;
        taken.extend(found.iter().position(is_same));
        let Some(found) = found.get_mut(id) else { continue };
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

/// How far a secret stands from its id. People write the id first, so what stands before it counts as farther.
fn distance(id: &Range<usize>, secret: &Range<usize>) -> usize {
    match secret.start >= id.end {
        true => secret.start - id.end,
        false => id.start.saturating_sub(secret.end) + 60,
    }
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
    runs.into_iter().min_by_key(|range| distance(id, range))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scan;

    #[test]
    fn two_keys_near_each_other_keep_their_own_secrets() {
        let rules = Rules::built_in().unwrap();
        let (one, two) = ("AKIAQ3EGRZ7XW5VNBK2T", "AKIAYLVVLKIOQ2ATWD4B");
        let secrets =
            ["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", "c6AQCEn/t8483YCR1yI3nS9aU0C3P1aa+wlWT4Oy"];
        let text = format!(
            "AWS_ACCESS_KEY_ID={one} AWS_SECRET_ACCESS_KEY={} aws s3 ls\n\nexport A_KEY={two}\nexport A_SECRET={}\n",
            secrets[0], secrets[1]
        );
        let found = scan(&rules, &Document::new("run.sh", text.as_bytes()));
        let told: Vec<_> = found
            .iter()
            .map(|found| {
                (found.access_key_id.clone().unwrap(), text[found.second.clone().unwrap()].to_owned())
            })
            .collect();
        assert_eq!(told, [(one.to_owned(), secrets[0].to_owned()), (two.to_owned(), secrets[1].to_owned())]);
    }

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

//! Offline checks that tell a real secret from a text of the same shape: checksums, what base64 holds, structure. Each is named
//! by rules in `validators`. Whether a value is a placeholder is asked of every secret, in `judge`.

mod base58;
mod checksum;
mod holds;
mod macaroon;

use tieout_source::redact::is_dummy;

/// An offline check of a secret.
pub type Validator = fn(&str) -> bool;

/// The check of a name, as rules name it.
pub fn named(name: &str) -> Option<Validator> {
    VALIDATORS.iter().find(|(known, _)| *known == name).map(|(_, check)| *check)
}

const VALIDATORS: &[(&str, Validator)] = &[
    ("app-password", app_password),
    ("aws-bedrock", holds::bedrock_key),
    ("base58check", base58::has_checksum),
    ("base64", holds::is_base64),
    ("cloudflare-tunnel", holds::cloudflare_tunnel),
    ("discord", discord),
    ("django-key", django_key),
    ("elastic", holds::elastic_key),
    ("fernet", holds::fernet_key),
    ("github-crc32", checksum::github),
    ("grafana-key", holds::grafana_key),
    ("jwt", holds::json_web_token),
    ("mnemonic", mnemonic),
    ("not-dummy", |text| !is_dummy(text)),
    ("npm-crc32", checksum::npm),
    ("pypi-macaroon", macaroon::is_pypi_token),
    ("random", random),
    ("sendgrid", sendgrid),
    ("sentry", holds::sentry_token),
    ("slack", slack),
    ("supabase-service-role", holds::supabase_service_role),
    ("twitter-bearer", twitter_bearer),
];

/// Whether a check is about what a token holds, not about a sum over it.
pub(crate) fn is_of_structure(name: &str) -> bool {
    matches!(name, "jwt" | "supabase-service-role" | "grafana-key" | "sentry" | "pypi-macaroon" | "discord")
}

/// A token that holds JSON as it should, whatever the JSON says.
pub(crate) fn is_json(text: &str) -> bool {
    holds::is_json(text)
}

/// Four times four random letters, as Apple's and Google's passwords for one app are; not four words of four letters.
fn app_password(text: &str) -> bool {
    const WORDS: &[&str] =
        &["your", "pass", "word", "here", "this", "code", "test", "abcd", "some", "that", "from"];
    !text.split([' ', '-']).any(|part| WORDS.contains(&part)) && distinct(text) >= 7
}

/// A bot token of Discord: its first part is the bot's id in base64.
/// Source: Discord developer documentation, "Snowflakes", and the anatomy of a token there.
fn discord(text: &str) -> bool {
    let Some(id) = text.split('.').next().and_then(holds::decoded) else { return false };
    (17..=20).contains(&id.len()) && id.iter().all(u8::is_ascii_digit)
}

/// Fifty characters as Django's `get_random_secret_key` draws them from fifty (`django/core/management/utils.py`): among them
/// fourteen signs and ten digits, so that a text of words has too few of both.
fn django_key(text: &str) -> bool {
    let signs = text.bytes().filter(|byte| !byte.is_ascii_alphanumeric()).count();
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    signs >= 4 && digits >= 2 && distinct(text) >= 20
}

/// Twelve to twenty-four words, by threes, as BIP 39 has them; most of them different, none that stands in sentences alone.
fn mnemonic(text: &str) -> bool {
    const NOT_IN_BIP_39: &[&str] = &[
        "the", "and", "for", "are", "was", "not", "your", "from", "have", "has", "which", "word", "words",
        "here", "with", "phrase", "mnemonic", "recovery", "replace", "into", "some", "been", "were", "its",
        "our",
    ];
    let words: Vec<&str> = text.split(' ').collect();
    let mut different = words.clone();
    different.sort_unstable();
    different.dedup();
    matches!(words.len(), 12 | 15 | 18 | 21 | 24)
        && different.len() * 4 >= words.len() * 3
        && !words.iter().any(|word| NOT_IN_BIP_39.contains(word))
}

/// What a generator made, not a person out of words: of hexadecimal digits both kinds, of other characters those that change
/// their class at every third place at least.
fn random(text: &str) -> bool {
    let bytes = text.as_bytes();
    let count = |is: fn(&u8) -> bool| bytes.iter().filter(|byte| is(byte)).count();
    let (digits, letters) = (count(u8::is_ascii_digit), count(u8::is_ascii_alphabetic));
    if count(u8::is_ascii_hexdigit) == bytes.len() {
        return digits * 6 >= bytes.len() && letters * 8 >= bytes.len() && distinct(text) >= 8;
    }
    let class = |byte: &u8| (byte.is_ascii_lowercase(), byte.is_ascii_uppercase(), byte.is_ascii_digit());
    let changes = bytes.windows(2).filter(|pair| matches!(pair, [a, b] if class(a) != class(b))).count();
    digits > 0 && distinct(text) >= 9 && changes * 3 >= bytes.len() && !text.contains("://")
}

/// `SG.`, an id of sixteen bytes and a key of thirty-two, both random: letters of both cases and digits in the key.
fn sendgrid(text: &str) -> bool {
    text.rsplit('.').next().is_some_and(has_all_classes)
}

/// The ids of a Slack token are numbers that count, not ones typed in a row, and its last part is random.
fn slack(text: &str) -> bool {
    let mut parts = text.split('-').skip(1);
    let random = text.rsplit('-').next().unwrap_or_default();
    parts.all(|part| part == random || (distinct(part) > 2 && !"1234567890123456789".contains(part)))
        && distinct(random) >= 8
}

/// A bearer token of X is escaped for URLs: it has `%2B`, `%2F` or `%3D`, which base64 of other things has not.
fn twitter_bearer(text: &str) -> bool {
    ["%2B", "%2F", "%3D"].iter().any(|escape| text.contains(escape)) && distinct(text) >= 20
}

fn has_all_classes(text: &str) -> bool {
    let has = |is: fn(&u8) -> bool| text.as_bytes().iter().any(&is);
    has(u8::is_ascii_uppercase) && has(u8::is_ascii_lowercase) && has(u8::is_ascii_digit)
}

/// How many different bytes a text has.
fn distinct(text: &str) -> usize {
    let mut bytes = text.as_bytes().to_vec();
    bytes.sort_unstable();
    bytes.dedup();
    bytes.len()
}

#[cfg(test)]
mod tests;

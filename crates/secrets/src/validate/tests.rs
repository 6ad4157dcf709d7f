//! Tests of the checks, on values made here.

use super::*;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use proptest::prelude::*;

fn holds(name: &str, text: &str) -> bool {
    named(name).unwrap()(text)
}

#[test]
fn names_are_sorted_and_there_once() {
    let names: Vec<&str> = VALIDATORS.iter().map(|(name, _)| *name).collect();
    let mut sorted = names.clone();
    sorted.sort_unstable();
    sorted.dedup();
    assert_eq!(names, sorted);
    assert!(named("luck").is_none());
}

/// The token that is published with the description of the checksum (it never opened anything); written in parts, so that
/// no scanner of this repository takes it for one of ours.
#[test]
fn the_published_github_token_has_its_checksum() {
    let token = ["ghp_", "zQWBuTSOoRi4A9spHcVY5ncnsDkxkJ", "0mLq17"].concat();
    assert!(holds("github-crc32", &token));
    assert!(!holds("github-crc32", &token.replace("0mLq17", "0mLq18")));
    assert!(!holds("github-crc32", "ghp_short"));
    assert!(!holds("github-crc32", "ghp_"));
    assert!(holds("npm-crc32", &token.replace("ghp_", "npm_")));
    assert!(!holds("npm-crc32", &token));
}

#[test]
fn a_macaroon_names_pypi_and_an_identifier() {
    let token = |place: &str, id: &[u8]| {
        let mut bytes = vec![2, 1, place.len() as u8];
        bytes.extend(place.bytes());
        bytes.extend([2, id.len() as u8]);
        bytes.extend(id);
        bytes.extend([0, 0, 6, 32]);
        bytes.extend([7; 32]);
        format!("pypi-{}", URL_SAFE_NO_PAD.encode(bytes))
    };
    assert!(holds("pypi-macaroon", &token("pypi.org", b"0123")));
    assert!(holds("pypi-macaroon", &token("test.pypi.org", b"0123")));
    assert!(!holds("pypi-macaroon", &token("evil.example", b"0123")));
    assert!(!holds("pypi-macaroon", &token("pypi.org", b"")));
    assert!(!holds("pypi-macaroon", "pypi-AgEIcHlwaS5vcmc"));
    assert!(!holds("pypi-macaroon", "pypi-"));
}

#[test]
fn a_wif_key_has_its_checksum() {
    // Address 1 of the Bitcoin wiki's page on the format: an example.
    let example = ["5HueCGU8rMjxEXxiPuD5BDku4MkFqeZyd4dZ1jvhTVqvbTLvyTJ", ""].concat();
    assert!(holds("base58check", &example));
    assert!(!holds("base58check", &example.replace("TJ", "TK")));
    assert!(!holds("base58check", "0OIl"));
    assert!(!holds("base58check", ""));
}

#[test]
fn a_web_token_has_an_algorithm_and_claims() {
    let token = |header: &str, claims: &str| {
        format!("{}.{}.c2ln", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims))
    };
    assert!(holds("jwt", &token(r#"{"alg":"RS256"}"#, r#"{"sub":"worker"}"#)));
    assert!(!holds("jwt", &token(r#"{"alg":"none"}"#, r#"{"sub":"worker"}"#)));
    assert!(!holds("jwt", &token(r#"{"typ":"JWT"}"#, r#"{"sub":"worker"}"#)));
    assert!(!holds("jwt", &token(r#"{"alg":"HS256"}"#, r#"{"sub":"1234567890","name":"John Doe"}"#)));
    assert!(!holds("jwt", &token(r#"{"alg":"HS256"}"#, r#"{"role":"anon","iss":"supabase"}"#)));
    assert!(!holds("jwt", "a.b.c"));
    assert!(holds(
        "supabase-service-role",
        &token(r#"{"alg":"HS256"}"#, r#"{"role":"service_role","iss":"supabase"}"#)
    ));
    assert!(holds("jwt", &token(r#"{"alg":"HS256"}"#, r#"{"role":"service_role","iss":"acme"}"#)));
    assert!(!holds("supabase-service-role", &token(r#"{"alg":"HS256"}"#, r#"{"role":"anon"}"#)));
}

#[test]
fn keys_that_hold_json_show_by_their_members() {
    assert!(holds("grafana-key", &STANDARD.encode(r#"{"k":"abc","n":"ci","id":1}"#)));
    assert!(!holds("grafana-key", &STANDARD.encode(r#"{"k":"abc"}"#)));
    assert!(holds("cloudflare-tunnel", &STANDARD.encode(r#"{"a":"1","t":"2","s":"3"}"#)));
    assert!(!holds("cloudflare-tunnel", &STANDARD.encode(r#"{"alg":"HS256"}"#)));
    let body = STANDARD.encode(r#"{"iat":1690000000.1,"url":"https://sentry.io","org":"acme"}"#);
    assert!(holds("sentry", &format!("sntrys_{body}_{}", "q".repeat(43))));
    assert!(!holds("sentry", &format!("sntrys_{body}")));
    assert!(holds(
        "aws-bedrock",
        &format!("ABSK{}", STANDARD.encode("BedrockAPIKey-ab12-at-123456789012:zzz"))
    ));
    assert!(!holds("aws-bedrock", &format!("ABSK{}", STANDARD.encode("Something else"))));
    assert!(holds("elastic", &STANDARD.encode("VuaCfGcBCdbkQm-e5aOx:ui2lp2axTNmsyakw9tvNnw")));
    assert!(!holds("elastic", &STANDARD.encode("user:pw")));
}

#[test]
fn a_fernet_key_has_thirty_two_bytes() {
    assert!(holds("fernet", &base64::engine::general_purpose::URL_SAFE.encode([9; 32])));
    assert!(!holds("fernet", &base64::engine::general_purpose::URL_SAFE.encode([9; 31])));
    assert!(!holds("fernet", "not base64 at all, but of forty-four letters"));
}

#[test]
fn ids_typed_in_a_row_are_no_slack_ids() {
    assert!(holds("slack", "xoxb-2837465091-9182736450192-aB3dE5fG7hJ9kL2mN4pQ6rS8"));
    assert!(!holds("slack", "xoxb-1234567890-1234567890123-aB3dE5fG7hJ9kL2mN4pQ6rS8"));
    assert!(!holds("slack", "xoxb-2837465091-9182736450192-xxxxxxxxxxxxxxxxxxxxxxxx"));
}

#[test]
fn a_discord_token_begins_with_an_id() {
    assert!(holds("discord", &format!("{}.abcdef.ghij", STANDARD.encode("112233445566778899"))));
    assert!(!holds("discord", &format!("{}.abcdef.ghij", STANDARD.encode("not a snowflake id"))));
}

#[test]
fn a_recovery_phrase_is_no_sentence() {
    assert!(holds("mnemonic", "ocean lava fork museum tuna bridge apple zone kite merge dust actor"));
    assert!(!holds("mnemonic", "test test test test test test test test test test test junk"));
    assert!(!holds("mnemonic", "the words that open your wallet are kept here and nowhere else ok"));
    assert!(!holds("mnemonic", "ocean lava fork"));
}

#[test]
fn four_common_words_are_no_app_password() {
    assert!(holds("app-password", "qzjf mwta kbyh xnde"));
    assert!(holds("app-password", "qzjf-mwta-kbyh-xnde"));
    assert!(!holds("app-password", "your pass word here"));
    assert!(!holds("app-password", "aaaa-aaaa-bbbb-bbbb"));
}

#[test]
fn words_are_not_random() {
    assert!(holds("random", "k3Rw9qTz7xV5nC8jH4t6"));
    assert!(holds("random", "5339d83900521021ab7c27309ca97230"));
    assert!(!holds("random", "change-this-before-you-deploy-2024"));
    assert!(!holds("random", "https://auth.example.com/keys/v1"));
    assert!(!holds("random", "0000000000000000000000000000000a"));
    assert!(!holds("random", ""));
}

#[test]
fn a_django_key_has_signs_and_digits() {
    assert!(holds("django-key", "k3$w@9q!z7&x(2v^m5n)c8-j_4h=t6+r1y*g0f%d#sbplaueio"));
    assert!(!holds("django-key", "change-this-to-something-that-is-long-and-secret!!"));
}

proptest! {
    #[test]
    fn no_text_breaks_a_check(text in ".{0,200}") {
        for (_, check) in VALIDATORS {
            check(&text);
            check(&format!("pypi-{text}"));
            check(&format!("sntrys_{text}_{text}"));
        }
    }

    #[test]
    fn a_changed_letter_breaks_the_checksum(body in "[A-Za-z0-9]{30}", at in 0usize..30) {
        let token = tieout_made(&body);
        prop_assert!(holds("github-crc32", &token));
        let mut other: Vec<u8> = token.into_bytes();
        other[4 + at] = if other[4 + at] == b'a' { b'b' } else { b'a' };
        prop_assert!(!holds("github-crc32", std::str::from_utf8(&other).unwrap()));
    }
}

/// A token with its checksum, computed another way than the check does.
fn tieout_made(body: &str) -> String {
    let digits: Vec<char> = ('0'..='9').chain('A'..='Z').chain('a'..='z').collect();
    let mut number = crc32fast::hash(body.as_bytes()) as usize;
    let mut sum = String::new();
    while number > 0 {
        sum.insert(0, digits[number % 62]);
        number /= 62;
    }
    format!("ghp_{body}{sum:0>6}")
}

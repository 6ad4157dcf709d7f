//! What stands in the place of a secret: published examples, placeholders, templates, encrypted values, made-up ones.

use super::spelling::Mix;
use std::sync::LazyLock;
use tieout_model::sha256_hex;
use tieout_source::redact::is_placeholder;

/// Examples that vendors publish, by the first half of their SHA-256.
static PUBLISHED: LazyLock<Vec<&str>> = LazyLock::new(|| {
    let mut known: Vec<&str> = include_str!("../../rules/published.tsv")
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split('\t').next())
        .collect();
    known.sort_unstable();
    known
});

/// True for a value that a vendor publishes as an example, and for those that say so.
pub(crate) fn is_published(secret: &str) -> bool {
    let upper = secret.to_ascii_uppercase();
    if upper.contains("EXAMPLE") || upper.contains("PLACEHOLDER") || upper.contains("CHANGEME") {
        return true;
    }
    let mut hash = sha256_hex(secret.as_bytes());
    hash.truncate(32);
    PUBLISHED.binary_search(&hash.as_str()).is_ok()
}

/// A value that stands for one to come, or says where it is.
pub(crate) fn is_stand_in(text: &str) -> bool {
    let text = text.trim();
    is_placeholder(text)
        || text.contains("...")
        || text.contains('…')
        || text.contains("{}")
        || is_template(text)
        || is_encrypted(text)
        || text == "UseDevelopmentStorage=true"
        || is_windows_path(text)
}

/// `C:\ProgramData\app\key.xml`
fn is_windows_path(text: &str) -> bool {
    matches!(text.as_bytes(), [drive, b':', b'\\', ..] if drive.is_ascii_alphabetic())
}

/// Keys that vendors mean to stand in pages and apps, whatever name they are bound to: Mapbox, Stripe, Clerk, Langfuse, PostHog,
/// Supabase, LaunchDarkly's client side, Square's application ids, Razorpay's key ids.
pub(crate) fn is_publishable(text: &str) -> bool {
    const LEADS: &[&str] = &[
        "pk.eyJ",
        "pk_live_",
        "pk_test_",
        "pk-lf-",
        "phc_",
        "sb_publishable_",
        "mob-",
        "sq0idp-",
        "rzp_live_",
        "rzp_test_",
    ];
    LEADS.iter().any(|lead| text.starts_with(lead))
}

/// A regular expression: it has classes of characters.
pub(crate) fn is_expression(text: &str) -> bool {
    text.contains('[')
        && ["a-z]", "A-Z]", "0-9]", "0-9a-f", "a-z0-9", "A-Za-z", "\\d", "\\w", "^\\"]
            .iter()
            .any(|class| text.contains(class))
}

/// Holes of templates: `%(password)s`, `{password}`, `<your key>`, `%s`, `#{x}`.
pub(crate) fn is_template(text: &str) -> bool {
    let hole = |open: &str, close: char| {
        text.match_indices(open).any(|(at, _)| {
            let rest = text.get(at + open.len()..).unwrap_or_default();
            rest.split_once(close).is_some_and(|(inside, _)| {
                inside.len() >= 3
                    && inside.len() <= 60
                    && inside.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_' || c == ' ')
                    && inside.chars().all(|c| {
                        c.is_ascii_alphanumeric()
                            || matches!(c, '_' | '.' | '-' | ' ' | ':' | '[' | ']' | '\'' | '"')
                    })
            })
        })
    };
    hole("%(", ')')
        || hole("{", '}')
        || hole("<", '>')
        || hole("#{", '}')
        || is_command(text)
        || text.contains("{{")
        || text.contains("}}")
        || matches!(text, "%s" | "%d" | "%v" | "?")
        || text.starts_with("%s")
        || text.ends_with("%s")
        || text.contains("#{")
        || has_closing_tag(text)
        || (text.starts_with('@') && text.ends_with('@'))
        || text.starts_with("@{")
        || text.starts_with("@Microsoft.KeyVault")
        || (text.starts_with('%') && text.ends_with('%'))
}

/// `</code>`: markup around a value of its own.
fn has_closing_tag(text: &str) -> bool {
    text.split("</").skip(1).any(|rest| {
        rest.split_once('>').is_some_and(|(name, _)| {
            !name.is_empty()
                && name.len() <= 12
                && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit())
        })
    })
}

/// `$(command …)`: what a shell puts in.
pub(crate) fn is_command(text: &str) -> bool {
    text.split_once("$(").and_then(|(_, rest)| rest.split_once(')')).is_some_and(|(inside, _)| {
        inside.len() >= 3
            && inside
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || matches!(c, ' ' | '_' | '-' | '.' | '/' | '"' | '\''))
    })
}

/// What is encrypted already: sops, Ansible's vault, Jasypt, KMS, sealed secrets, Chamber.
pub(crate) fn is_encrypted(text: &str) -> bool {
    const LEADS: &[&str] = &[
        "ENC[",
        "ENC(",
        "$ANSIBLE_VAULT",
        "AQICAH",
        "AgA",
        "vault:v",
        "!vault",
        "enc:",
        "{cipher}",
        "secure:",
        "{aes}",
    ];
    let hashed = [
        "$2a$",
        "$2b$",
        "$2y$",
        "$argon2",
        "$1$",
        "$5$",
        "$6$",
        "pbkdf2_",
        "scrypt:",
        "pbkdf2:",
        "{SSHA",
        "{SHA",
        "bcrypt",
        "sha256$",
        "sha1$",
        "md5$",
        "$apr1$",
        "$P$",
        "SCRAM-SHA",
        "$pbkdf2",
        "argon2$",
        "bcrypt_sha256$",
    ];
    // Django's mark for a user without a usable password.
    (text.starts_with('!') && text.len() == 41)
        || LEADS.iter().chain(&hashed).any(|lead| text.starts_with(lead)) && text.len() > 12
        // A sealed secret begins with the length of its key's block, which RSA encrypted: 512 bytes.
        || (text.len() >= 300 && ["AgB", "AgC", "AgD"].iter().any(|lead| text.starts_with(lead)))
}

/// Values that only a test or an example has.
pub(crate) fn is_made_up(text: &str) -> bool {
    const PARTS: &[&str] = &[
        "example",
        "sample",
        "dummy",
        "fake",
        "placeholder",
        "changeme",
        "chang3",
        "change-me",
        "change_me",
        "replace",
        "your-",
        "your_",
        "yourp",
        "yours",
        "xxxx",
        "****",
        "todo",
        "insert",
        "redacted",
        "notreal",
        "not-real",
        "not_real",
        "not-a-",
        "not_a_",
        "mysecret",
        "my-secret",
        "my_secret",
        "mypass",
        "my-pass",
        "my_pass",
        "my-token",
        "mytoken",
        "my_token",
        "my-api",
        "my_api",
        "myapikey",
        "test-",
        "test_",
        "testing",
        "-test",
        "_test",
        "testpass",
        "testtoken",
        "testsecret",
        "testkey",
        "foobar",
        "foo-",
        "foo_",
        "invalid",
        "unused",
        "do-not-use",
        "donotuse",
        "do_not_use",
        "insecure",
        "00000000",
        "11111111",
        "12345678",
        "abcdefgh",
        "abc123",
        "qwerty",
        "lorem",
        "password",
        "passw0rd",
        "supersecret",
        "super-secret",
        "super_secret",
        "topsecret",
        "secret-key",
        "secret_key",
        "secretkey",
        "some-",
        "some_",
        "a-secret",
        "a_secret",
        "any-",
        "-here",
        "_here",
        "deadbeef",
    ];
    if text.len() > 100 {
        return false;
    }
    let lower = text.to_ascii_lowercase();
    if PARTS.iter().any(|part| lower.contains(part)) {
        // A part may be there by chance, or be the beginning of a real one: what is left must still be long and odd.
        let left = PARTS.iter().fold(lower.clone(), |left, part| left.replace(part, ""));
        let mix = Mix::of(&left);
        return !(is_personal_rest(&left) || left.len() >= 20 && mix.looks_random(&left));
    }
    false
}

/// What a person adds to a common word to make a password of it: signs and digits in number.
pub(crate) fn is_personal_rest(left: &str) -> bool {
    let digits = left.chars().filter(char::is_ascii_digit).count();
    let signs =
        left.chars().filter(|c| !c.is_ascii_alphanumeric() && !matches!(c, '-' | '_' | '.' | ' ')).count();
    digits >= 2 && signs >= 1 && left.len() >= 6
}

/// The same character five times in a row.
pub(crate) fn has_run_of_five(text: &str) -> bool {
    text.as_bytes().windows(5).any(|five| five.iter().all(|byte| Some(byte) == five.first()))
}

/// The same character or pair over and over.
pub(crate) fn is_repeated(text: &str) -> bool {
    let mut seen: Vec<char> = text.chars().collect();
    let length = seen.len();
    seen.sort_unstable();
    seen.dedup();
    seen.len() <= 2
        || (length >= 8 && seen.len() <= 3)
        || ((16..=60).contains(&length) && seen.len() <= length / 6)
}

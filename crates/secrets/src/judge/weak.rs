//! Passwords that people choose, where the context leaves no doubt that it is one: a word, a number, a few words. What they
//! stand beside is told in `account`.

use super::spelling::Mix;
use super::stand_in::{has_run_of_five, is_repeated};
use tieout_source::redact::{is_dummy, words};

/// Values that stand in a password's place, name one, or come with a product.
const COMMON: &[&str] = &[
    "pass",
    "passwd",
    "passwort",
    "password",
    "pwd",
    "secret",
    "token",
    "apikey",
    "admin",
    "administrator",
    "root",
    "toor",
    "test",
    "tests",
    "testing",
    "tester",
    "user",
    "username",
    "guest",
    "anonymous",
    "public",
    "private",
    "postgres",
    "postgresql",
    "mysql",
    "mariadb",
    "mongo",
    "mongodb",
    "redis",
    "rabbitmq",
    "oracle",
    "sqlserver",
    "mssql",
    "elastic",
    "minio",
    "minioadmin",
    "docker",
    "keycloak",
    "grafana",
    "jenkins",
    "nexus",
    "sonar",
    "vagrant",
    "tiger",
    "welcome",
    "letmein",
    "qwerty",
    "asdfgh",
    "abcdef",
    "iloveyou",
    "changeit",
    "changeme",
    "default",
    "example",
    "sample",
    "dummy",
    "stub",
    "mock",
    "fake",
    "ignored",
    "ignore",
    "unused",
    "unknown",
    "unset",
    "undefined",
    "missing",
    "empty",
    "blank",
    "nothing",
    "nopass",
    "nopassword",
    "none",
    "null",
    "true",
    "false",
    "string",
    "varchar",
    "bytes",
    "object",
    "value",
    "values",
    "input",
    "hidden",
    "masked",
    "redacted",
    "required",
    "optional",
    "enabled",
    "disabled",
    "login",
    "logout",
    "local",
    "localhost",
    "staging",
    "develop",
    "development",
    "production",
    "foobar",
    "foobaz",
    "whatever",
    "something",
    "anything",
    "placeholder",
    "credential",
    "credentials",
    "kennwort",
    "contrasena",
    "senha",
    "parola",
    "haslo",
    "wachtwoord",
    "passord",
    "salasana",
    "heslo",
    "jelszo",
    "lozinka",
    "motdepasse",
    "adgangskode",
    "losenord",
    "prompt",
    "stdin",
    "environment",
    "environ",
    "keyring",
    "vault",
    "encrypted",
    "plaintext",
    "plain",
    "basic",
    "bearer",
    "digest",
    "database",
    "server",
    "client",
    "service",
    "account",
    "field",
    "column",
    "config",
    "option",
    "options",
    "random",
    "generated",
    "replace",
    "inherit",
    "manual",
    "automatic",
    "always",
    "never",
    "auto",
    "kerberos",
    "windows",
    "native",
    "base64",
    "sha256",
    "utf8",
    "aes256",
    "hunter2",
    "s3cr3t",
    "secret123",
    "password1",
    "pass1234",
    "test1234",
    "test123",
    "admin123456",
    "abc123",
    "abcd1234",
    "1q2w3e4r",
    "qwerty123",
    "fake123",
    "foo123",
    "hashed",
    "hash",
    "datetime",
    "date",
    "email",
    "integer",
    "number",
    "nullable",
    "sometimes",
    "confirmed",
    "filled",
    "present",
    "minlength",
    "maxlength",
];

/// True for what stands in the place of a password in everybody's files.
pub(super) fn is_common(text: &str) -> bool {
    COMMON.contains(&text.to_ascii_lowercase().as_str())
}

/// True for a word or words with numbers that a person may have chosen for a password: it still must not be one of those that stand
/// in everybody's files.
pub(super) fn is_chosen(text: &str) -> bool {
    let length = text.len();
    if !(5..=40).contains(&length)
        || !text.bytes().all(|byte| byte.is_ascii_graphic())
        || has_run_of_five(text)
    {
        return false;
    }
    if text.contains(['"', '\'', '`', '<', '>', '(', ')', '{', '}', '[', ']', '\\', '=', ';', ',', '|'])
        || is_dummy(text)
    {
        return false;
    }
    if is_common(text) {
        return false;
    }
    let mix = Mix::of(text);
    if mix.digits == length {
        return is_number(text);
    }
    let joins = text.chars().filter(|c| matches!(c, '-' | '_' | '.' | ':' | '/' | '@')).count();
    if joins > 0 {
        // `see-the-wiki`, `svc_orders`, `db.password`: words that are joined name something, unless numbers make a secret of them.
        return mix.digits >= 2 && mix.lower > 0 && mix.upper > 0
            || mix.digits >= 3 && joins == 1 && mix.lower >= 3;
    }
    if mix.digits + mix.signs > 0 {
        return mix.lower + mix.upper >= 3;
    }
    // Letters alone: one word in one case.
    length >= 6 && (mix.upper == 0 || mix.lower == 0) && words(text).len() == 1
}

/// True for what may stand as a password where a program takes it from: anything but what asks for one.
pub(super) fn is_in_use(text: &str) -> bool {
    const ASKS: &[&str] = &[
        "your",
        "example",
        "change",
        "replace",
        "xxx",
        "placeholder",
        "insert",
        "todo",
        "redacted",
        "_here",
        "-here",
    ];
    let lower = text.to_ascii_lowercase();
    (6..=64).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_graphic())
        && !text.contains(['<', '>', '{', '}', '(', ')', '$', '%'])
        && text.bytes().any(|byte| byte.is_ascii_alphanumeric())
        && !COMMON.contains(&lower.as_str())
        && !ASKS.iter().any(|part| lower.contains(part))
}

/// True for what may sign in use: words with a number, or one word that is none of those that stand for a key.
pub(super) fn is_key_in_use(text: &str) -> bool {
    const STANDS_FOR: &[&str] = &[
        "secret", "key", "dev", "test", "pass", "token", "foo", "dead", "beef", "local", "flask", "django",
        "fake", "mock", "sample", "dummy", "invalid", "insecure", "env", "vault", "ssm", "config",
        "settings", "random", "demo",
    ];
    let lower = text.to_ascii_lowercase();
    if !is_in_use(text)
        || lower.starts_with("my")
        || lower.starts_with("some")
        || has_run_of_five(text)
        || is_dummy(text)
    {
        return false;
    }
    let mix = Mix::of(text);
    let is_joined = text.contains(['-', '_', '.', '/', ':']);
    if mix.digits >= 3 && mix.lower + mix.upper >= 6 {
        return !["fake", "mock", "sample", "dummy", "invalid", "test", "insecure", "1234", "123"]
            .iter()
            .any(|part| lower.contains(part));
    }
    mix.digits == 0
        && mix.signs == 0
        && !is_joined
        && text.len() >= 8
        && !STANDS_FOR.iter().any(|part| lower.contains(part))
}

/// Digits alone that are no sequence and no date.
pub(super) fn is_number(text: &str) -> bool {
    let is_date = text.len() == 8 && (text.starts_with("19") || text.starts_with("20"));
    let steps = |step: i16| {
        let next = |pair: &[u8]| matches!(pair, [a, b] if i16::from(*b) - i16::from(*a) == step);
        text.as_bytes().windows(2).filter(|pair| next(pair)).count()
    };
    (8..=20).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_digit())
        && !is_date
        && !is_dummy(text)
        && [1, 0, -1].iter().all(|step| steps(*step) * 2 < text.len())
}

/// Words of prose about secrets, and of prose in general: a passphrase has none of them.
const PROSE: &[&str] = &[
    "password",
    "passwords",
    "passphrase",
    "secret",
    "secrets",
    "token",
    "key",
    "your",
    "my",
    "enter",
    "type",
    "invalid",
    "incorrect",
    "wrong",
    "bad",
    "required",
    "must",
    "should",
    "please",
    "not",
    "no",
    "is",
    "are",
    "was",
    "be",
    "for",
    "of",
    "to",
    "with",
    "without",
    "from",
    "or",
    "and",
    "if",
    "use",
    "used",
    "using",
    "when",
    "this",
    "that",
    "it",
    "in",
    "on",
    "at",
    "by",
    "an",
    "a",
    "minimum",
    "maximum",
    "characters",
    "letters",
    "digits",
    "some",
    "any",
    "new",
    "old",
    "current",
    "confirm",
    "repeat",
    "forgot",
    "reset",
    "change",
    "show",
    "hide",
    "user",
    "username",
    "admin",
    "login",
    "test",
    "example",
    "sample",
    "dummy",
    "fake",
    "default",
    "value",
    "string",
    "text",
    "here",
    "todo",
    "set",
    "get",
    "missing",
    "empty",
    "shared",
    "client",
    "server",
    "app",
    "api",
    "different",
    "correct",
    "long",
    "short",
    "random",
    "very",
    "super",
    "changeme",
    "me",
    "grant",
    "code",
    "credentials",
    "strong",
    "weak",
    "plain",
    "hashed",
    "encrypted",
    "between",
    "input",
    "keying",
    "material",
    "confirmation",
    "accept",
    "info",
    "context",
    "label",
    "message",
    "least",
    "account",
];

/// `correct horse battery staple`: words of one case, none of which belongs to a sentence about secrets.
pub(super) fn is_phrase(text: &str, least: usize) -> bool {
    let all: Vec<&str> = text.split(' ').map(|word| word.trim_end_matches(',')).collect();
    let mut distinct = all.clone();
    distinct.sort_unstable();
    distinct.dedup();
    distinct.len() >= least
        && !is_repeated(text)
        && (least..=8).contains(&all.len())
        && text.len() >= 10
        && all.iter().all(|word| word.len() >= 2 && word.bytes().all(|byte| byte.is_ascii_lowercase()))
        && !all.iter().any(|word| PROSE.contains(word))
}

/// `abcd efgh ijkl mnop`: as Google shows its passwords for apps.
pub(super) fn is_app_password(text: &str) -> bool {
    let groups: Vec<&str> = text.split(' ').collect();
    let mut letters: Vec<u8> = text.bytes().filter(u8::is_ascii_lowercase).collect();
    letters.sort_unstable();
    letters.dedup();
    groups.len() == 4
        && letters.len() >= 7
        && groups.iter().all(|group| group.len() == 4 && group.bytes().all(|byte| byte.is_ascii_lowercase()))
        && !is_phrase_of_english(&groups)
}

/// Four words of four letters each that are English by their pairs of letters.
fn is_phrase_of_english(groups: &[&str]) -> bool {
    groups.iter().map(|group| super::spelling::rare_pairs(group)).sum::<usize>() < 2
}

/// Characters of every class, signs of many kinds: what WordPress and the like make for salts, spaces and brackets included.
pub(super) fn is_salt(text: &str) -> bool {
    let mix = Mix::of(text);
    let mut signs: Vec<u8> = text
        .bytes()
        .filter(|byte| {
            byte.is_ascii_punctuation() && !matches!(byte, b'-' | b'_' | b'.' | b',' | b'/' | b':')
        })
        .collect();
    signs.sort_unstable();
    signs.dedup();
    let spaces = text.bytes().filter(|byte| *byte == b' ').count();
    (24..=128).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_graphic() || byte == b' ')
        && mix.lower >= 3
        && mix.upper >= 3
        && mix.digits >= 2
        && signs.len() >= 6
        && spaces * 6 <= text.len()
        && mix.changes * 2 >= text.len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_chosen_word_is_told_from_a_stand_in() {
        for chosen in [
            "sdkteam",
            "yankeessuck",
            "CCAPSESG",
            "metigol1",
            "nvidia1",
            "batu7",
            "harbor24",
            "134679852",
            "P@ssw0rt19",
        ] {
            assert!(is_chosen(chosen), "{chosen}");
        }
        for other in [
            "admin",
            "changeit",
            "postgres",
            "see-the-wiki",
            "svc_orders",
            "from-env",
            "userPassword",
            "abcd",
            "12345678",
            "11111111",
            "20240101",
            "aaaaaaa",
            "string",
            "fn(x)",
        ] {
            assert!(!is_chosen(other), "{other}");
        }
    }

    #[test]
    fn a_phrase_is_told_from_a_sentence_about_passwords() {
        for phrase in ["keyboard cat dog", "all along the watchtower", "correct horse battery staple"] {
            assert!(is_phrase(phrase, 3) || phrase.starts_with("correct"), "{phrase}");
        }
        for other in [
            "enter your password",
            "at least eight characters",
            "must not be empty",
            "Keyboard Cat Dog",
            "one two",
        ] {
            assert!(!is_phrase(other, 3), "{other}");
        }
    }

    #[test]
    fn a_password_for_an_app_is_told_from_four_short_words() {
        assert!(is_app_password("pzvq ysdk htga wkcd"));
        assert!(!is_app_password("this time last year"));
        assert!(!is_app_password("xxxx xxxx xxxx xxxx"));
        assert!(!is_app_password("pzvq ysdk htga"));
    }

    proptest! {
        #[test]
        fn any_text_is_judged(text in "\\PC{0,60}") {
            let _ = (is_in_use(&text), is_key_in_use(&text), is_chosen(&text), is_number(&text), is_phrase(&text, 2), is_app_password(&text), is_salt(&text));
        }
    }
}

//! Secrets that show in the name of a setting, and the many values beside such names that are none.

use super::formats;

/// What the words of a name say about its value. A row matches where its words stand next to each other.
const NAMES: &[(&[&str], &str)] = &[
    (&["password"], "password"),
    (&["passwords"], "password"),
    (&["passwd"], "password"),
    (&["passphrase"], "password"),
    (&["passcode"], "password"),
    (&["pwd"], "password"),
    (&["pass"], "password"),
    (&["psk"], "password"),
    (&["pw"], "password"),
    (&["redis", "auth"], "password"),
    (&["api", "key"], "API key"),
    (&["apikey"], "API key"),
    (&["app", "key"], "API key"),
    (&["access", "key"], "credentials"),
    (&["accesskey"], "credentials"),
    (&["account", "key"], "credentials"),
    (&["storage", "key"], "credentials"),
    (&["auth", "key"], "API key"),
    (&["license", "key"], "API key"),
    (&["private", "key"], "private key"),
    (&["privatekey"], "private key"),
    (&["signing", "key"], "private key"),
    (&["encryption", "key"], "private key"),
    (&["master", "key"], "private key"),
    (&["jwt", "key"], "private key"),
    (&["hmac", "key"], "private key"),
    (&["aes", "key"], "private key"),
    (&["fernet", "key"], "private key"),
    (&["cipher", "key"], "private key"),
    (&["secret"], "secret"),
    (&["secrets"], "secret"),
    (&["secretkey"], "secret"),
    (&["clientsecret"], "secret"),
    (&["token"], "token"),
    (&["authtoken"], "token"),
    (&["accesstoken"], "token"),
    (&["credential"], "credentials"),
    (&["credentials"], "credentials"),
    (&["creds"], "credentials"),
    (&["connection", "string"], "credentials"),
    (&["salt"], "secret"),
    (&["pepper"], "secret"),
];

/// A last word that makes the name one of something else: where the secret is, or how long it lives.
const ABOUT_IT: &[&str] = &[
    "arn",
    "name",
    "names",
    "path",
    "paths",
    "id",
    "ids",
    "url",
    "uri",
    "urls",
    "endpoint",
    "host",
    "hostname",
    "file",
    "filename",
    "dir",
    "directory",
    "prefix",
    "suffix",
    "ttl",
    "expiry",
    "expiration",
    "expires",
    "expire",
    "timeout",
    "length",
    "size",
    "type",
    "algorithm",
    "alg",
    "issuer",
    "audience",
    "header",
    "region",
    "version",
    "count",
    "limit",
    "rotation",
    "enabled",
    "disabled",
    "required",
    "policy",
    "alias",
    "table",
    "bucket",
    "parameter",
    "param",
    "ref",
    "location",
    "field",
    "column",
    "index",
    "provider",
    "manager",
    "store",
    "scope",
    "scopes",
    "days",
    "hours",
    "minutes",
    "seconds",
    "duration",
    "period",
    "interval",
    "validity",
    "lifetime",
    "age",
    "format",
    "role",
    "user",
    "username",
    "reset",
    "mode",
    "key_id",
    "min",
    "max",
    "regex",
    "pattern",
    "kms",
    "validation",
    "hash_rounds",
    "rounds",
    "budget",
    "usage",
    "template",
    "through",
    "thru",
    "page",
    "message",
    "label",
    "prompt",
    "hint",
    "callback",
];

/// A first word that makes it a count or a switch: `MAX_TOKENS`, `USE_PASSWORD`.
const NOT_IT_BEFORE: &[&str] = &[
    "max", "min", "use", "enable", "disable", "has", "is", "allow", "require", "num", "total", "public",
    "skip", "next",
];

/// What a name says that its value is, if it says it is a secret.
pub fn secret_name(name: &str) -> Option<&'static str> {
    let words = words(name);
    let last = words.last()?;
    let first = words.first()?;
    if ABOUT_IT.contains(&last.as_str()) || (words.len() > 1 && NOT_IT_BEFORE.contains(&first.as_str())) {
        return None;
    }
    let row = NAMES.iter().find(|(row, _)| {
        // `PASSWORD1` and `api_key2` are one of several.
        let is =
            |word: &String, wanted: &&str| word.trim_end_matches(|c: char| c.is_ascii_digit()) == *wanted;
        words.windows(row.len()).any(|window| window.iter().zip(*row).all(|(word, wanted)| is(word, wanted)))
    });
    if let Some((_, kind)) = row {
        return Some(kind);
    }
    // Names written as one word: `dbpassword`, `MYSQLPASSWORD`.
    let ends = [
        ("password", "password"),
        ("passwd", "password"),
        ("apikey", "API key"),
        ("secretkey", "secret"),
        ("requirepass", "password"),
        ("masterauth", "password"),
        ("storepass", "password"),
        ("keypass", "password"),
        ("dbpass", "password"),
        ("smtppass", "password"),
        ("rootpass", "password"),
    ];
    ends.iter().find(|(end, _)| last.ends_with(end)).map(|(_, kind)| *kind)
}

/// The words of `DB_PASSWORD`, `dbPassword`, `db-password`, `DBPassword`, in lower case.
pub fn words(name: &str) -> Vec<String> {
    let characters: Vec<char> = name.chars().collect();
    let mut words = vec![String::new()];
    for (index, c) in characters.iter().enumerate() {
        if !c.is_alphanumeric() {
            words.push(String::new());
            continue;
        }
        let before = index.checked_sub(1).and_then(|index| characters.get(index));
        let after = characters.get(index + 1);
        let hump = c.is_uppercase()
            && before.is_some_and(|before| {
                before.is_lowercase()
                    || before.is_ascii_digit()
                    || (before.is_uppercase() && after.is_some_and(|after| after.is_lowercase()))
            });
        if hump {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut() {
            word.extend(c.to_lowercase());
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

/// Whether a value under a name that says "secret" can be the secret itself.
pub(super) fn is_secret_value(name: &str, kind: &str, value: &str) -> bool {
    let length = value.chars().count();
    if !(4..=4096).contains(&length) || is_placeholder(value) || is_reference(value) {
        return false;
    }
    let digits_only = value.chars().all(|c| c.is_ascii_digit() || c == '.');
    if digits_only && length < 8 {
        return false;
    }
    words(value) != words(name) && (kind == "password" || !is_name_of_something(value))
}

/// Words that people put where a value is to come.
const PLACEHOLDERS: &[&str] = &[
    "changeme",
    "change_me",
    "change-me",
    "changeit",
    "replaceme",
    "replace_me",
    "replace-me",
    "placeholder",
    "example",
    "sample",
    "dummy",
    "todo",
    "tbd",
    "none",
    "null",
    "nil",
    "undefined",
    "empty",
    "default",
    "unset",
    "secret",
    "password",
    "pass",
    "passwd",
    "pwd",
    "token",
    "test",
    "fake",
    "redacted",
    "removed",
    "hidden",
    "masked",
    "notset",
    "not-set",
    "not_set",
    "n/a",
    "true",
    "false",
    "yes",
    "no",
    "on",
    "off",
    "enabled",
    "disabled",
    "enable",
    "disable",
    "required",
    "optional",
    "string",
    "value",
    "insert",
    "xxx",
    "foo",
    "bar",
    "foobar",
    "your",
    "yourpassword",
    "mypassword",
    "apikey",
    "api_key",
    "api-key",
    "auto",
    "plain",
    "plaintext",
    "basic",
    "bearer",
    "oauth",
    "oauth2",
    "jwt",
    "iam",
    "vault",
    "ssm",
    "secretsmanager",
    "kms",
    "env",
    "file",
];

/// Starts and parts that only a placeholder has.
const PLACEHOLDER_PARTS: &[&str] = &[
    "examplekey",
    "changeme",
    "change-me",
    "change_me",
    "change this",
    "replaceme",
    "replace-me",
    "replace_me",
    "replace with",
    "placeholder",
    "your-",
    "your_",
    "yourpassword",
    "<your",
    "insert-",
    "insert_",
    "dummy",
    "todo",
    "xxxx",
    "fixme",
    "notused",
    "not-used",
    "not_used",
    "not-a-real",
    "fake-",
    "fake_",
    "redacted",
    "to-be-",
    "to_be_",
];

/// A value that stands for one to come.
pub fn is_placeholder(value: &str) -> bool {
    let lower = value.trim().to_lowercase();
    let stars = |c: char| matches!(c, '*' | 'x' | '.' | '-' | '_' | '?' | '•' | '…' | '#' | '0');
    let bracketed = [('<', '>'), ('[', ']'), ('{', '}'), ('(', ')'), ('%', '%')]
        .iter()
        .any(|(open, close)| lower.starts_with(*open) && lower.ends_with(*close));
    lower.is_empty()
        || lower.chars().all(stars)
        || bracketed
        || is_variable(&lower)
        || is_call(&lower)
        || PLACEHOLDERS.contains(&lower.as_str())
        || PLACEHOLDER_PARTS.iter().any(|part| lower.contains(part))
        || lower.contains("${")
        || lower.contains("{{")
        || (lower.len() >= 6 && formats::is_dummy(&lower) && !lower.starts_with(|c: char| c.is_ascii_digit()))
}

/// `$NAME`, `${NAME}`, `$(command)`: what a shell puts in.
fn is_variable(lower: &str) -> bool {
    lower.strip_prefix('$').is_some_and(|rest| {
        rest.starts_with(['{', '('])
            || (!rest.is_empty()
                && rest.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | ':' | '.')))
    })
}

/// `env(DB_PASSWORD)`, `file(./key)`: what fetches the value.
fn is_call(lower: &str) -> bool {
    lower.strip_suffix(')').and_then(|rest| rest.split_once('(')).is_some_and(|(name, _)| {
        !name.is_empty() && name.chars().all(|c| c.is_ascii_alphabetic() || matches!(c, '_' | '.'))
    })
}

/// A value that says where the secret is.
pub fn is_reference(value: &str) -> bool {
    let lower = value.to_ascii_lowercase();
    let schemes = [
        "arn:",
        "ssm:",
        "secretsmanager:",
        "vault:",
        "env:",
        "file:",
        "kms:",
        "s3://",
        "op://",
        "sm://",
        "projects/",
    ];
    schemes.iter().any(|scheme| lower.starts_with(scheme))
        || is_path(value)
        || is_plain_url(&lower)
        || is_uuid(&lower)
}

/// `/app/db/password`, `./key.pem`, `~/.ssh/id`, `config/secret.json`
fn is_path(value: &str) -> bool {
    let shaped =
        value.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '/' | '_' | '-' | '.' | '~' | '@'));
    let starts = ["/", "./", "../", "~/"].iter().any(|start| value.starts_with(start));
    // Base64 may start with a slash and hold others: a path has words between its slashes.
    let worded = value.split('/').filter(|part| !part.is_empty()).all(is_wordlike);
    let file = [".pem", ".key", ".json", ".crt", ".txt", ".yaml", ".yml", ".env"]
        .iter()
        .any(|end| value.ends_with(end));
    shaped && ((worded && (starts || value.contains('/'))) || file)
}

fn is_plain_url(lower: &str) -> bool {
    ["http://", "https://"].iter().any(|scheme| lower.starts_with(scheme))
}

/// Thirty-two hexadecimal digits in the groups of a UUID (RFC 9562), in lower case.
pub fn is_uuid(lower: &str) -> bool {
    let parts: Vec<usize> = lower.split('-').map(str::len).collect();
    parts == [8, 4, 4, 4, 12] && lower.chars().all(|c| c.is_ascii_hexdigit() || c == '-')
}

/// A part made of words: letters in one case or humps, few digits at its end.
fn is_wordlike(part: &str) -> bool {
    let digits = part.chars().filter(char::is_ascii_digit).count();
    let letters = part.chars().filter(char::is_ascii_alphabetic).count();
    let changes = part
        .as_bytes()
        .windows(2)
        .filter_map(|pair| <[u8; 2]>::try_from(pair).ok())
        .filter(|[a, b]| {
            a.is_ascii_digit() != b.is_ascii_digit() || (a.is_ascii_lowercase() && b.is_ascii_uppercase())
        })
        .count();
    letters >= digits && changes * 4 <= part.len().max(4)
}

/// `orders-db-creds`, `prod/db/creds`, `OrdersDbCredentials`: a name of a secret, most often in Secrets Manager or
/// a Kubernetes secret. A setting called "password" holds no such name, but the password.
pub fn is_name_of_something(value: &str) -> bool {
    let letters_only =
        value.chars().all(|c| c.is_ascii_alphabetic() || matches!(c, '-' | '_' | '/' | '.' | ':'));
    let words = words(value);
    let telling = words.iter().any(|word| {
        NAMES.iter().any(|(row, _)| row.contains(&word.as_str()) && word.len() > 3)
            || matches!(word.as_str(), "key" | "db" | "database" | "prod" | "dev" | "staging")
    });
    letters_only && words.len() > 1 && telling
}

//! Whether a value can be the secret that its name says it is: not a placeholder, a reference, a word, a hash, an id.

use crate::Document;
use crate::literal::{Value, Via};
use crate::syntax::Syntax;
use std::sync::LazyLock;
use tieout_model::{Confidence, sha256_hex};
use tieout_source::redact::{
    is_dummy, is_name_of_something, is_placeholder, is_reference, is_uuid, secret_name, words,
};

/// Shannon entropy in bits a character.
pub fn entropy(text: &str) -> f64 {
    let bytes = text.as_bytes();
    if bytes.is_empty() {
        return 0.0;
    }
    let mut counts = [0u32; 256];
    for byte in bytes {
        if let Some(count) = counts.get_mut(usize::from(*byte)) {
            *count += 1;
        }
    }
    let length = f64::from(u32::try_from(bytes.len()).unwrap_or(u32::MAX));
    counts
        .iter()
        .filter(|count| **count > 0)
        .map(|count| f64::from(*count) / length)
        .map(|p| -p * p.log2())
        .sum()
}

/// Examples that vendors publish, by the first half of their SHA-256.
static PUBLISHED: LazyLock<Vec<&str>> = LazyLock::new(|| {
    let mut known: Vec<&str> = include_str!("../rules/published.tsv")
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split('\t').next())
        .collect();
    known.sort_unstable();
    known
});

/// True for a value that a vendor publishes as an example, and for those that say so.
pub fn is_published(secret: &str) -> bool {
    let upper = secret.to_ascii_uppercase();
    if upper.contains("EXAMPLE") || upper.contains("PLACEHOLDER") || upper.contains("CHANGEME") {
        return true;
    }
    let mut hash = sha256_hex(secret.as_bytes());
    hash.truncate(32);
    PUBLISHED.binary_search(&hash.as_str()).is_ok()
}

/// A value that stands for one to come, or says where it is.
pub fn is_stand_in(text: &str) -> bool {
    let text = text.trim();
    is_placeholder(text)
        || text.contains("...")
        || text.contains('…')
        || text.contains("{}")
        || is_template(text)
        || is_encrypted(text)
}

/// Keys that vendors mean to stand in pages and apps, whatever name they are bound to: Mapbox, Stripe, Clerk, Langfuse, PostHog,
/// Supabase, LaunchDarkly's client side, Square's application ids, Razorpay's key ids.
fn is_publishable(text: &str) -> bool {
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
fn is_expression(text: &str) -> bool {
    text.contains('[')
        && ["a-z]", "A-Z]", "0-9]", "a-z0-9", "A-Za-z", "\\d", "\\w", "^\\"]
            .iter()
            .any(|class| text.contains(class))
}

/// Holes of templates: `%(password)s`, `{password}`, `<your key>`, `%s`, `#{x}`.
fn is_template(text: &str) -> bool {
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
        || text.starts_with("@{")
        || text.starts_with("@Microsoft.KeyVault")
        || (text.starts_with('%') && text.ends_with('%'))
}

/// `$(command …)`: what a shell puts in.
fn is_command(text: &str) -> bool {
    text.split_once("$(").and_then(|(_, rest)| rest.split_once(')')).is_some_and(|(inside, _)| {
        inside.len() >= 3
            && inside
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || matches!(c, ' ' | '_' | '-' | '.' | '/' | '"' | '\''))
    })
}

/// What is encrypted already: sops, Ansible's vault, Jasypt, KMS, sealed secrets, Chamber.
fn is_encrypted(text: &str) -> bool {
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
}

/// Words that say of a name that its value is a digest, a position or public, whatever else it says.
const OTHER_THINGS: &[&str] = &[
    "hash",
    "hashes",
    "digest",
    "sha",
    "sha1",
    "sha256",
    "sha512",
    "md5",
    "checksum",
    "etag",
    "commit",
    "fingerprint",
    "thumbprint",
    "integrity",
    "csrf",
    "csrfmiddlewaretoken",
    "xsrf",
    "continuation",
    "cursor",
    "pagination",
    "paging",
    "nexttoken",
    "idempotency",
    "public",
    "publishable",
    "sitekey",
    "page",
    "tokenizer",
    "tokenized",
    "tokenize",
    "eos",
    "bos",
    "unk",
    "cls",
    "sep",
    "placeholder",
    "reset",
    "purchase",
    "spec",
    "last",
    "sync",
    "next",
];

/// Last words that make the name one of something else.
const LABELS: &[&str] = &[
    "source",
    "namespace",
    "sources",
    "separator",
    "delimiter",
    "marker",
    "help",
    "description",
    "error",
    "msg",
    "text",
    "title",
    "doc",
    "comment",
    "example",
    "sample",
    "metavar",
    "selector",
    "xpath",
    "class",
    "style",
    "icon",
    "color",
    "schema",
    "model",
    "encoding",
    "charset",
    "strategy",
    "generator",
    "validator",
    "hasher",
    "backend",
    "attribute",
    "attr",
    "var",
    "variable",
    "envvar",
    "property",
    "option",
    "flag",
    "widget",
    "input",
    "form",
    "element",
    "button",
    "link",
    "image",
    "used",
    "grant",
    "grants",
    "response",
    "request",
    "date",
    "time",
    "at",
    "on",
    "types",
    "nonce",
    "tokens",
    "storage",
    "status",
    "state",
    "hook",
    "env",
    "kind",
    "method",
    "enc",
    "claims",
    "claim",
    "question",
    "strength",
    "set",
];

/// What a name says that its value is, where it says a secret.
pub fn kind_of_name(name: &str) -> Option<&'static str> {
    let kind = secret_name(name)?;
    let words = words(name);
    let says = |list: &[&str], word: &String| list.contains(&word.as_str());
    if words.iter().any(|word| says(OTHER_THINGS, word))
        || words.last().is_some_and(|word| says(LABELS, word))
    {
        return None;
    }
    // Cooking and cryptography share these: only as the last word are they a setting.
    if words.iter().any(|word| matches!(word.as_str(), "salt" | "pepper"))
        && words.last().is_none_or(|word| word != "salt")
    {
        return None;
    }
    Some(kind)
}

/// How sure it is that a value is the secret that its name says; `None` where it is none.
pub fn plausible(document: &Document<'_>, name: &str, kind: &str, value: &Value) -> Option<Confidence> {
    let text = value.text.trim();
    let length = text.chars().count();
    if document.third_party || value.open || !(4..=4096).contains(&length) {
        return None;
    }
    if is_stand_in(text)
        || is_reference(text)
        || text.contains("://")
        || is_published(text)
        || is_uuid(&text.to_ascii_lowercase())
    {
        return None;
    }
    if !text.is_ascii() || text.chars().any(char::is_whitespace) {
        return None;
    }
    let own = words(text);
    if own == words(name)
        || is_publishable(text)
        || is_expression(text)
        || is_code(text, value, document.syntax)
        || is_repeated(text)
        || has_run_of_five(text)
        || is_dummy(text)
        || is_made_up(text)
    {
        return None;
    }
    let mix = Mix::of(text);
    let human = kind == "password" || name_says_password(name);
    let strong = mix.looks_random(text);
    if value.via != Via::Direct && !strong {
        let weak_default = human && value.via == Via::Default && mix.is_mixed() && length >= 8;
        if !weak_default {
            return None;
        }
    }
    if is_session(document, value.range.start) {
        return None;
    }
    if document.is_example() {
        return (strong && length >= 12 && entropy(text) >= 3.3).then_some(Confidence::Medium);
    }
    if strong {
        return Some(if length >= 12 { Confidence::High } else { Confidence::Medium });
    }
    if !human {
        // Made up by a person: words with digits or signs, of some length.
        let personal = mix.is_mixed()
            && length >= 10
            && (mix.digits > 0 || mix.signs > 0)
            && !is_identifier(text)
            && kind != "token";
        return (personal && !is_name_of_something(text)).then_some(Confidence::Medium);
    }
    if is_name_of_something(text) || is_telling(&own) {
        return None;
    }
    let classes = [mix.lower, mix.upper, mix.digits, mix.signs].iter().filter(|count| **count > 0).count();
    let chosen = mix.is_mixed() && length >= 6 && !is_wordy(text);
    let composed = classes >= 3 && length >= 8 && (mix.digits >= 2 || mix.changes >= 4);
    (chosen || composed).then_some(Confidence::Medium)
}

/// True in a session of the interpreter that a docstring shows, and a little after its prompts.
fn is_session(document: &Document<'_>, at: usize) -> bool {
    if document.syntax != Syntax::Python {
        return false;
    }
    let before = document.bytes.get(at.saturating_sub(1500)..at).unwrap_or_default();
    let prompt = memchr::memmem::rfind(before, b">>> ");
    // Past the end of the string the code is real again.
    prompt.is_some_and(|prompt| {
        memchr::memmem::find(before.get(prompt..).unwrap_or_default(), b"\"\"\"").is_none()
    })
}

fn name_says_password(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    ["pass", "pwd"].iter().any(|word| lower.contains(word))
}

/// Values that only a test or an example has.
fn is_made_up(text: &str) -> bool {
    const PARTS: &[&str] = &[
        "example",
        "sample",
        "dummy",
        "fake",
        "placeholder",
        "changeme",
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
        "hunter2",
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
        return !(left.len() >= 20 && mix.looks_random(&left)) && !is_personal_rest(&left);
    }
    false
}

/// What a person adds to a common word to make a password of it: signs and digits in number.
fn is_personal_rest(left: &str) -> bool {
    let digits = left.chars().filter(char::is_ascii_digit).count();
    let signs =
        left.chars().filter(|c| !c.is_ascii_alphanumeric() && !matches!(c, '-' | '_' | '.' | ' ')).count();
    digits >= 2 && signs >= 1 && left.len() >= 6
}

/// A bare value that is an expression of the language around it.
fn is_code(text: &str, value: &Value, syntax: Syntax) -> bool {
    if value.quoted {
        return text.starts_with("lambda ")
            || text.contains("()")
            || text.contains("=>")
            || text.contains("environ")
            || (text.ends_with(']')
                && text.starts_with(|c: char| c.is_ascii_alphabetic())
                && text.contains('['));
    }
    let call = text.contains('(')
        && text.ends_with(')')
        && text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    let path = !text.chars().any(|c| c.is_ascii_digit())
        && text.split('.').count() > 1
        && text.split('.').all(|part| {
            part.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
                && part.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        })
        && syntax != Syntax::Env;
    call || path
        || text.contains("::")
        || text.contains("![")
        || text.starts_with(['{', '[', '<', '(', '&', '*', '@', '|', '>', '=', '`', '\\'])
        || text.ends_with(['(', '{', '[', ':', ','])
}

/// The same character five times in a row.
fn has_run_of_five(text: &str) -> bool {
    text.as_bytes().windows(5).any(|five| five.iter().all(|byte| Some(byte) == five.first()))
}

/// The same character or pair over and over.
fn is_repeated(text: &str) -> bool {
    let mut seen: Vec<char> = text.chars().collect();
    let length = seen.len();
    seen.sort_unstable();
    seen.dedup();
    seen.len() <= 2
        || (length >= 8 && seen.len() <= 3)
        || ((16..=60).contains(&length) && seen.len() <= length / 6)
}

/// Words that name a thing, not a secret: `prod-db-2`.
fn is_telling(words: &[String]) -> bool {
    const TELLING: &[&str] = &[
        "password",
        "passwd",
        "secret",
        "token",
        "key",
        "db",
        "database",
        "prod",
        "production",
        "dev",
        "staging",
        "name",
        "arn",
        "user",
        "username",
        "admin",
        "default",
        "version",
        "sha256",
        "aes",
        "rsa",
        "hmac",
        "md5",
        "utf8",
        "base64",
        "http",
        "https",
        "oauth2",
        "v1",
        "v2",
        "field",
        "type",
        "auth",
        "credential",
        "credentials",
        "login",
    ];
    words.iter().any(|word| TELLING.contains(&word.as_str()))
}

/// The text without a day such as `2025-02-19`.
fn without_date(text: &str) -> String {
    let bytes = text.as_bytes();
    let is_day = |window: &[u8]| {
        window
            .iter()
            .enumerate()
            .all(|(index, byte)| if index == 4 || index == 7 { *byte == b'-' } else { byte.is_ascii_digit() })
    };
    match bytes.windows(10).position(is_day) {
        Some(at) => {
            format!("{}{}", text.get(..at).unwrap_or_default(), text.get(at + 10..).unwrap_or_default())
        }
        None => text.to_owned(),
    }
}

/// Words and numbers, joined by signs or in camel case: a person's word, or a name.
fn is_wordy(text: &str) -> bool {
    let dated = without_date(text);
    let text = dated.as_str();
    let mut letters = 0usize;
    let mut numbers = 0usize;
    let mut odd = false;
    for word in words(text) {
        for chunk in word
            .split_inclusive(|c: char| c.is_ascii_digit())
            .flat_map(|part| part.split(|c: char| c.is_ascii_digit()))
            .filter(|chunk| !chunk.is_empty())
        {
            letters += 1;
            let rare = rare_pairs(chunk);
            let has_vowel = chunk.chars().any(|c| matches!(c, 'a' | 'e' | 'i' | 'o' | 'u' | 'y'));
            // Short chunks are abbreviations.
            odd |= chunk.len() >= 4 && (rare * 4 > chunk.len() || (chunk.len() >= 6 && !has_vowel));
        }
        let mut in_number = false;
        for c in word.chars() {
            let digit = c.is_ascii_digit();
            numbers += usize::from(digit && !in_number);
            in_number = digit;
        }
    }
    let all: usize = text.chars().filter(char::is_ascii_alphabetic).count();
    odd |= all >= 12 && rare_pairs(text) * 5 > all;
    // A name has few numbers, or long words between them.
    let few = numbers * 2 <= letters + 1 || (numbers <= letters && all * 2 >= letters * 9);
    let signs = text
        .chars()
        .filter(|c| !c.is_ascii_alphanumeric() && !matches!(c, '-' | '_' | '.' | ':' | '/' | ' ' | ',' | '|'))
        .count();
    !odd && signs == 0 && letters > 0 && few
}

/// Words joined by one sign, or in camel case, perhaps with a number at the end of each: a name.
fn is_identifier(text: &str) -> bool {
    is_wordy(text) && !Mix::of(text).is_scrambled(text)
}

/// How many characters of each class a text has.
struct Mix {
    lower: usize,
    upper: usize,
    digits: usize,
    signs: usize,
    changes: usize,
    length: usize,
}

impl Mix {
    fn of(text: &str) -> Mix {
        let class = |byte: u8| match byte {
            b'a'..=b'z' => 0,
            b'A'..=b'Z' => 1,
            b'0'..=b'9' => 2,
            _ => 3,
        };
        let mut counts = [0usize; 4];
        let mut changes = 0;
        let mut last = None;
        for byte in text.bytes() {
            let class = class(byte);
            if let Some(count) = counts.get_mut(class) {
                *count += 1;
            }
            changes += usize::from(last.is_some_and(|last| last != class));
            last = Some(class);
        }
        let [lower, upper, digits, signs] = counts;
        Mix { lower, upper, digits, signs, changes, length: text.len() }
    }

    /// Letters with digits or signs.
    fn is_mixed(&self) -> bool {
        self.lower + self.upper > 0 && (self.digits > 0 || self.signs > 0)
    }

    /// Letters that change their case as no name does.
    fn is_scrambled(&self, text: &str) -> bool {
        self.length >= 10 && self.changes * 100 >= (self.length - 1) * 45 && rare_pairs(text) > 0
    }

    /// True for what a generator made, not a person out of words.
    fn looks_random(&self, text: &str) -> bool {
        if self.length < 8 {
            return false;
        }
        if self.digits == self.length {
            return false;
        }
        let letters = self.lower + self.upper;
        if letters == self.length && (self.lower == 0 || self.upper == 0) {
            // One case: only rare pairs tell.
            return self.length >= 16 && rare_pairs(text) * 100 >= self.length * 28;
        }
        let hex = text.bytes().all(|byte| byte.is_ascii_hexdigit());
        if hex {
            return self.length >= 16 && self.digits * 6 >= self.length && letters * 8 >= self.length;
        }
        if is_identifier(text) {
            return false;
        }
        // Words and numbers change seldom; a generator at every other character.
        let often = self.changes * 100 >= (self.length - 1) * 40;
        let odd = rare_pairs(text) * 100 >= letters * 20;
        (often && self.digits + self.signs > 0)
            || (often && odd)
            || (odd && self.changes * 100 >= (self.length - 1) * 22 && self.length >= 12)
    }
}

/// Pairs of letters that hardly any English word has, one bit a second letter (a is bit 0) for each first letter. Counted from the
/// words of common identifiers and English by hand: a pair is common where it stands in many words.
const COMMON_PAIRS: [&str; 26] = [
    "bcdefgijklmnoprstuvwxyz",
    "abdeijlorstuy",
    "acehiklorstuy",
    "adefgilmnorsuvwy",
    "abcdefghijklmnopqrstuvwxyz",
    "aefilorstuy",
    "aeghilmnorstuy",
    "aeilmnorstuwy",
    "abcdefgklmnopqrstvxz",
    "aeou",
    "aeilnosuwy",
    "abcdefgiklmopstuvwy",
    "abcefilmnopstuy",
    "abcdefgijklmnoprstuvwxyz",
    "abcdefghijklmnoprstuvwxyz",
    "aehiloprstuwy",
    "u",
    "abcdefghiklmnoprstuvwxy",
    "acefhiklmnopqrstuvwy",
    "aceghilmnoprstuwxyz",
    "abcdefgiklmnoprstvxyz",
    "aeiouy",
    "aehiklnorsty",
    "acehiopstuxy",
    "abceilmnoprstuw",
    "aeioyz",
];

fn rare_pairs(text: &str) -> usize {
    let lower = text.to_ascii_lowercase();
    lower
        .as_bytes()
        .windows(2)
        .filter(|pair| match pair {
            [a @ b'a'..=b'z', b @ b'a'..=b'z'] => {
                COMMON_PAIRS.get(usize::from(*a - b'a')).is_some_and(|common| !common.as_bytes().contains(b))
            }
            _ => false,
        })
        .count()
}

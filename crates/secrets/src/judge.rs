//! Whether a value can be the secret that its name says it is: not a placeholder, a reference, a word, a hash, an id.

mod account;
mod spelling;
mod stand_in;
mod weak;

pub(crate) use spelling::{entropy, looks_random};
pub(crate) use stand_in::{is_made_up, is_published, is_stand_in};

use crate::Document;
use crate::literal::{Value, Via};
use crate::syntax::Syntax;
use spelling::{Mix, is_identifier, is_wordy};
use stand_in::{has_run_of_five, is_expression, is_publishable, is_repeated};
use tieout_model::Confidence;
use tieout_source::redact::{is_dummy, is_name_of_something, is_reference, is_uuid, secret_name, words};

/// Words that say of a name that its value is a digest, a position or public, whatever else it says.
const OTHER_THINGS: &[&str] = &[
    "hash",
    "hashes",
    "hashed",
    "encrypted",
    "ciphertext",
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
    "stdin",
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
    let human = kind == "password" || name_says_password(name) || words(name) == ["secret", "string"];
    let direct = matches!(value.via, Via::Direct | Via::Account);
    if direct && !document.is_example() && is_unusual(document, name, kind, human, value) {
        return Some(Confidence::Medium);
    }
    let lower = text.to_ascii_lowercase();
    let is_uuid = is_uuid(&lower);
    if is_stand_in(text)
        || text
            .strip_suffix('@')
            .is_some_and(|name| name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-'))
        || (is_reference(text) && !is_random_base64(text) && !is_uuid)
        || text.contains("://")
        || is_published(if is_uuid { &lower } else { text })
    {
        return None;
    }
    if is_uuid {
        let is_key =
            !document.is_example() && !names_an_event(name) && entropy(&lower) >= 3.0 && !is_dummy(&lower);
        return (is_key && value.via != Via::Argument).then_some(Confidence::Medium);
    }
    if !text.is_ascii() || text.chars().any(char::is_whitespace) {
        return None;
    }
    if direct && human && account::is_login_file(document.path) && weak::is_in_use(text) {
        return Some(Confidence::Medium);
    }
    // Flask, Django and the libraries of JWT take what is assigned: any literal is the key that signs.
    if direct
        && value.quoted
        && matches!(document.syntax, Syntax::Python | Syntax::Code)
        && !document.is_example()
        && ["secret_key", "jwt_secret"].iter().any(|end| words(name).join("_").ends_with(end))
        && weak::is_key_in_use(text)
    {
        return Some(Confidence::Medium);
    }
    let own = words(text);
    if own == words(name)
        || is_publishable(text)
        || is_expression(text)
        || (is_code(text, value, document.syntax) && !is_urandom(document, name, text))
        || is_repeated(text)
        || has_run_of_five(text)
            && !(length >= 36 && Mix::of(text).looks_random(text) && entropy(text) >= 4.0)
        || is_dummy(text)
        || is_made_up(text)
    {
        return None;
    }
    let mix = Mix::of(text);
    let strong = mix.looks_random(text);
    if !direct && !strong {
        let weak_default = human
            && matches!(value.via, Via::Default | Via::Comparison)
            && (mix.digits > 0 || has_sign(text))
            && mix.is_mixed()
            && length >= 8;
        if !weak_default {
            return None;
        }
    }
    if is_session(document, value.range.start) || is_sealed(document, value.range.start) {
        return None;
    }
    if document.is_example() {
        // A runbook's login: the account beside the password, which somebody chose with care.
        let is_login = direct
            && human
            && document.syntax == Syntax::Text
            && length >= 10
            && mix.digits >= 2
            && has_both_cases(text)
            && weak::is_chosen(text)
            && account::stands_beside(document, value.range.start, true);
        let is_random = strong && length >= 12 && entropy(text) >= 3.3;
        return (is_login || is_random).then_some(Confidence::Medium);
    }
    if strong {
        return Some(if length >= 12 { Confidence::High } else { Confidence::Medium });
    }
    if direct && is_certain(document, name, human, value) {
        return Some(Confidence::Medium);
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
    // `harbor24`: weak, and in use.
    let weak = !weak::is_common(text)
        && mix.digits >= 2
        && mix.signs == 0
        && length >= 7
        && mix.lower + mix.upper >= 4;
    // `27328704ef`: a number with a few letters.
    let numeric = mix.digits >= 6 && mix.digits < length && mix.signs == 0 && length >= 8;
    let is_default = value.via == Via::Default && length >= 10;
    if ((weak || numeric) && direct || weak && is_default) && !is_algorithm(text) {
        return Some(Confidence::Medium);
    }
    // `Admin_2024`: a number of three digits at the end of words in both cases makes a password of a name.
    let numbered = mix.upper > 0 && mix.lower > 0 && mix.signs > 0 && has_number(text) && length >= 8;
    if numbered && direct && kind == "password" {
        return Some(Confidence::Medium);
    }
    if is_name_of_something(text) || (is_telling(&own) && !has_sign(text)) {
        return None;
    }
    // `Benutzer-Passwort`, `ACTUAL_ANSWER_7`, `if_you_see_this_please_use_x`: a label or a sentence.
    let labelled = mix.digits == 0 && is_identifier(text);
    let worded = own.len() >= 3 && mix.lower == 0 && mix.digits <= 1
        || own.len() >= 6 && is_wordy(&text.replace(|c: char| c.is_ascii_digit(), ""));
    if labelled || worded {
        return None;
    }
    let classes = [mix.lower, mix.upper, mix.digits, mix.signs].iter().filter(|count| **count > 0).count();
    let chosen = mix.is_mixed() && (mix.digits > 0 || has_sign(text)) && length >= 6 && !is_wordy(text);
    let composed = classes >= 3 && length >= 8 && (mix.digits >= 2 || mix.changes >= 4);
    (chosen || composed).then_some(Confidence::Medium)
}

/// Values of a form of their own, which other words say are none: spaces, brackets, a UUID, digits, other alphabets.
fn is_unusual(document: &Document<'_>, name: &str, kind: &str, human: bool, value: &Value) -> bool {
    let text = value.text.trim();
    if is_published(text) {
        return false;
    }
    let of_code = matches!(document.syntax, Syntax::Python | Syntax::Code);
    let words = words(name);
    let last = words.last().map_or("", String::as_str);
    if value.quoted && text.contains(' ') {
        let names_phrase = matches!(last, "passphrase" | "secret" | "key" | "password" | "passwd" | "pwd")
            && kind != "API key";
        let alone = words.len() == 1 && document.syntax == Syntax::Python;
        let placed =
            of_code || matches!(document.syntax, Syntax::Env | Syntax::Shell | Syntax::Toml | Syntax::Ini);
        let names_phrase = names_phrase && words.len() <= 3;
        return weak::is_salt(text)
            || human && weak::is_app_password(text)
            || placed
                && names_phrase
                && kind != "token"
                && weak::is_phrase(text, if human && alone { 2 } else { 3 });
    }
    if value.quoted && weak::is_salt(text) {
        return true;
    }
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        return value.quoted
            && matches!(kind, "password" | "secret" | "private key")
            && weak::is_number(text);
    }
    let foreign = !text.is_ascii() && !text.chars().any(|c| c.is_whitespace() || c.is_control());
    foreign
        && human
        && text.chars().all(|c| c.is_alphanumeric() || c.is_ascii_punctuation())
        && has_sign_of_ascii(text)
        && has_digit(text)
}

fn has_digit(text: &str) -> bool {
    text.chars().any(|c| c.is_ascii_digit())
}

fn has_sign_of_ascii(text: &str) -> bool {
    text.chars().any(|c| c.is_ascii_punctuation() && !matches!(c, '-' | '_' | '.' | ':' | '/' | ','))
}

/// Three digits in a row.
fn has_number(text: &str) -> bool {
    text.as_bytes().windows(3).any(|three| three.iter().all(u8::is_ascii_digit))
}

/// True where what is around a value leaves no doubt that it is a password, or the key of a framework, however weak it is.
fn is_certain(document: &Document<'_>, name: &str, human: bool, value: &Value) -> bool {
    let text = value.text.trim();
    let letters_alone = text.bytes().all(|byte| byte.is_ascii_alphabetic());
    if is_algorithm(text) {
        return false;
    }
    if value.via == Via::Account {
        return weak::is_chosen(text) || letters_alone && text.len() >= 8 && has_both_cases(text);
    }
    if !weak::is_chosen(text) {
        return false;
    }
    if !human {
        // `app.secret_key = "buyandride"`
        let spelled = words(name).join("_");
        let signs = ["secret_key", "session_secret", "cookie_secret", "secret_or_key", "jwt_secret"];
        return value.quoted
            && matches!(document.syntax, Syntax::Python | Syntax::Code)
            && text.len() >= 8
            && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
            && signs.iter().any(|sign| spelled.ends_with(sign));
    }
    account::names_service(name)
        || document.syntax == Syntax::Env
        || account::stands_beside(document, value.range.start, letters_alone)
}

fn has_both_cases(text: &str) -> bool {
    text.contains(|c: char| c.is_ascii_lowercase()) && text.contains(|c: char| c.is_ascii_uppercase())
}

/// True where a UUID is no key but the number of one call: `ClientRequestToken`, `creation_token`.
fn names_an_event(name: &str) -> bool {
    const EVENTS: &[&str] = &[
        "client",
        "request",
        "creation",
        "correlation",
        "task",
        "upload",
        "event",
        "device",
        "instance",
        "trace",
        "registration",
        "install",
        "push",
        "operation",
        "job",
        "batch",
        "message",
        "dedup",
        "deduplication",
        "lock",
        "change",
        "update",
        "lifecycle",
        "action",
        "transaction",
        "execution",
        "workflow",
    ];
    let words = words(name);
    words.iter().any(|word| word == "token") && words.iter().any(|word| EVENTS.contains(&word.as_str()))
}

/// Base64 that holds slashes, and looks like a path for it.
fn is_random_base64(text: &str) -> bool {
    text.len() >= 32
        && !text.contains([':', '.', '_'])
        && !text.starts_with('/')
        && Mix::of(text).looks_random(text)
}

/// A sign that joins no words.
fn has_sign(text: &str) -> bool {
    text.chars().any(|c| !c.is_ascii_alphanumeric() && !matches!(c, '-' | '_' | '.' | ':' | '/'))
}

/// `sha256`, `aes128`: a way to hash or encrypt.
fn is_algorithm(text: &str) -> bool {
    const NAMES: &[&str] = &[
        "sha", "md", "aes", "rsa", "base", "utf", "hmac", "pbkdf", "ed", "ecdsa", "hs", "rs", "es", "bcrypt",
        "argon", "rc", "des", "iso", "python", "http",
    ];
    let letters: String =
        text.chars().filter(char::is_ascii_alphabetic).collect::<String>().to_ascii_lowercase();
    NAMES.iter().any(|name| letters.starts_with(name) && letters.len() <= name.len() + 3)
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

/// True under `encryptedData:` of a SealedSecret, whose values are ciphertext.
fn is_sealed(document: &Document<'_>, at: usize) -> bool {
    if document.syntax != Syntax::Yaml {
        return false;
    }
    let before = document.bytes.get(at.saturating_sub(16 << 10)..at).unwrap_or_default();
    memchr::memmem::rfind(before, b"encryptedData:")
        .is_some_and(|data| memchr::memmem::find(before.get(data..).unwrap_or_default(), b"\n---").is_none())
}

fn name_says_password(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    ["pass", "pwd"].iter().any(|word| lower.contains(word))
}

fn is_numbered(text: &str) -> bool {
    text.matches("\\x").count() >= 4 || text.matches('%').count() >= 5
}

/// `SECRET_KEY = b"\xf9\x12…"`: what `os.urandom` made for Flask, of sixteen bytes at least, outside of tests.
fn is_urandom(document: &Document<'_>, name: &str, text: &str) -> bool {
    words(name).join("_").ends_with("secret_key")
        && !document.is_example()
        && text.matches("\\x").count() >= 10
        && entropy(text) >= 3.0
}

/// A bare value that is an expression of the language around it.
fn is_code(text: &str, value: &Value, syntax: Syntax) -> bool {
    // Bytes that are written as numbers: keys of tests and tables, parts of URLs.
    if is_numbered(text) {
        return true;
    }
    if value.quoted {
        return text.starts_with("lambda ")
            || is_dotted(text)
            || is_rule_of_form(text)
            || (text.starts_with("'$") && text.ends_with('\''))
            || (text.contains("()") && !is_noise(text))
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
    let name_length =
        text.chars().take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.')).count();
    let rest = text.get(name_length..).unwrap_or_default();
    // A call or a type that goes on behind the value: `getenv("A",`, `Vec<Vec<u8>>`.
    let opens = name_length > 1
        && text.starts_with(|c: char| c.is_ascii_alphabetic())
        && ["(\"", "('", "(b\"", "(b'", "<"].iter().any(|lead| rest.starts_with(lead));
    call || path
        || opens
        || text.contains("::")
        || text.contains("![")
        || text.starts_with(['{', '[', '<', '(', '&', '*', '@', '|', '>', '=', '`', '\\'])
        || text.ends_with(['(', '{', '[', ':', ','])
}

/// Signs of many kinds in a long text, as Django's keys have: no code.
fn is_noise(text: &str) -> bool {
    let mut signs: Vec<char> = text.chars().filter(|c| c.is_ascii_punctuation()).collect();
    signs.sort_unstable();
    signs.dedup();
    text.len() >= 30 && signs.len() >= 6
}

/// `required|string|min:8`: what Laravel asks of a field.
fn is_rule_of_form(text: &str) -> bool {
    text.split('|').count() >= 2
        && text.split('|').all(|rule| {
            rule.starts_with(|c: char| c.is_ascii_lowercase())
                && rule.chars().take_while(|c| *c != ':').all(|c| c.is_ascii_lowercase() || c == '_')
        })
}

/// `package.module.file:Class`
fn is_dotted(text: &str) -> bool {
    text.contains(':')
        && text.split(['.', ':']).count() >= 3
        && text
            .split(['.', ':'])
            .all(|part| !part.is_empty() && part.chars().all(|c| c.is_ascii_alphabetic() || c == '_'))
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

//! A rule: data that says how a kind of secret is told. Read from TOML; the built-in ones are compacted by `build.rs`.

use serde::Deserialize;
use std::collections::HashSet;
use thiserror::Error;
use tieout_model::Severity;

/// The family of a secret: each has a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Group {
    /// Credentials of AWS.
    Aws,
    /// Private keys.
    PrivateKey,
    /// Passwords of databases, queues and caches in their addresses.
    Database,
    /// Tokens and keys that a vendor issues.
    Token,
    /// Keys by which a framework signs and encrypts.
    FrameworkKey,
    /// Passwords, and secrets that show by their name alone.
    Password,
}

/// How a kind of secret is told. The fields are those of `rules/*.toml`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Rule {
    /// Unique, `VENDOR-what`.
    pub id: String,
    /// As reports name it.
    pub kind: String,
    /// Its family.
    pub group: Group,
    /// How bad it is where it stands in the clear.
    #[serde(default = "high")]
    pub severity: Severity,
    /// Texts of which one stands in the match or in the name, compared without regard to case.
    #[serde(default)]
    pub keywords: Vec<String>,
    /// Words of which one stands in the name, in small letters and without separators. They cost nothing: they are looked for in
    /// names alone that the engine found by a word that many secrets share (`secret`, `token`, `key`, `password`).
    #[serde(default)]
    pub words: Vec<String>,
    /// A regular expression for secrets that show by their own format; its first group is the secret, where it has one.
    #[serde(default)]
    pub pattern: Option<String>,
    /// How many bytes of the match may stand before the keyword.
    #[serde(default)]
    pub before: usize,
    /// Whether letters and digits may stand right before and after the match.
    #[serde(default)]
    pub open: bool,
    /// A regular expression that is searched in the name to which the value is bound, in lower snake case.
    #[serde(default)]
    pub name: Option<String>,
    /// A regular expression that the whole value matches.
    #[serde(default)]
    pub value: Option<String>,
    /// Least Shannon entropy of the secret, in bits a character.
    #[serde(default)]
    pub entropy: f64,
    /// Names of offline checks ([`crate::validate`]) that must all hold.
    #[serde(default)]
    pub validators: Vec<String>,
    /// The logic of the engine that finds it, where no pattern can.
    #[serde(default)]
    pub detector: Option<String>,
    /// Where it is rotated.
    pub rotate: String,
    /// Examples of one finding each: file name and text.
    #[serde(default)]
    pub positive: Vec<(String, String)>,
    /// Examples without a finding.
    #[serde(default)]
    pub negative: Vec<(String, String)>,
}

fn high() -> Severity {
    Severity::High
}

/// Why rules are not taken.
#[derive(Debug, Error)]
pub enum RuleError {
    /// The file is no TOML, or has other fields than a rule.
    #[error("{0}")]
    Toml(#[from] toml::de::Error),
    /// A rule that cannot work.
    #[error("rule `{id}`: {message}")]
    Rule {
        /// The rule's id.
        id: String,
        /// What is wrong.
        message: String,
    },
    /// The built-in rules are damaged.
    #[error("the built-in rules: {0}")]
    BuiltIn(#[from] serde_json::Error),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    rule: Vec<Rule>,
}

/// The rules of a TOML file, held to what a rule needs.
///
/// # Errors
/// Where the text is no TOML, a field is unknown, or a rule cannot work.
pub fn parse(text: &str) -> Result<Vec<Rule>, RuleError> {
    let rules = toml::from_str::<File>(text)?.rule;
    for rule in &rules {
        let wrong = |message: &str| RuleError::Rule { id: rule.id.clone(), message: message.to_owned() };
        if rule.pattern.is_none() && rule.value.is_none() && rule.detector.is_none() {
            return Err(wrong("it needs `pattern`, or `name` and `value`"));
        }
        if rule.value.is_some() != rule.name.is_some() {
            return Err(wrong("`name` and `value` go together"));
        }
        if rule.detector.is_none() && rule.keywords.is_empty() && rule.words.is_empty() {
            return Err(wrong("it needs `keywords` or `words`"));
        }
        if rule.pattern.is_some() && rule.keywords.is_empty() {
            return Err(wrong("`pattern` needs `keywords`"));
        }
        if !rule.words.is_empty() && rule.name.is_none() {
            return Err(wrong("`words` need `name`"));
        }
        if rule.words.iter().any(|word| {
            word.len() < 2 || word.bytes().any(|byte| !byte.is_ascii_lowercase() && !byte.is_ascii_digit())
        }) {
            return Err(wrong("a word has small letters and digits alone"));
        }
        if rule.keywords.iter().any(|word| word.len() < 3 || !word.is_ascii()) {
            return Err(wrong("a keyword has at least three characters, all ASCII"));
        }
        for name in &rule.validators {
            if crate::validate::named(name).is_none() {
                return Err(wrong(&format!("there is no validator `{name}`")));
            }
        }
        for pattern in [&rule.pattern, &rule.name, &rule.value].into_iter().flatten() {
            crate::pattern::compile(pattern).map_err(|error| wrong(&error))?;
        }
    }
    let mut ids = HashSet::new();
    if let Some(twice) = rules.iter().find(|rule| !ids.insert(rule.id.as_str())) {
        return Err(RuleError::Rule { id: twice.id.clone(), message: "the id is there twice".to_owned() });
    }
    Ok(rules)
}

/// The built-in rules, without their examples.
///
/// # Errors
/// Where the compact form is damaged, which a test rules out.
pub fn built_in() -> Result<Vec<Rule>, RuleError> {
    Ok(serde_json::from_slice(include_bytes!(concat!(env!("OUT_DIR"), "/rules.json")))?)
}

//! The rules put to work: one automaton over all keywords in front of everything.

use crate::pattern::Pattern;
use crate::prefilter::Prefilter;
use crate::rule::{Rule, RuleError};
use crate::validate::{Validator, named};
use base64::Engine as _;
use std::collections::BTreeMap;

/// Logic of the engine that a keyword sets off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Detector {
    /// A password in a URL.
    Url,
    /// A PEM block.
    Pem,
    /// An AWS access key id, and its secret beside it.
    AwsKeyId,
    /// A name that says that its value is a secret.
    Name,
    /// A name of some key: whose, the words of a rule say.
    Key,
    /// `Authorization: Bearer …`, `Basic …`.
    Authorization,
    /// `curl -u user:password`, `sshpass -p password`.
    CommandLine,
    /// A call that takes a secret: `HTTPBasicAuth("user", "password")`.
    Call,
    /// `ConvertTo-SecureString "password"`.
    SecureString,
    /// `user:password` in base64, as container tools keep it.
    DockerAuth,
    /// The beginning of a secret in base64.
    Base64,
    /// A Secret of Kubernetes, whose values stand in base64.
    KubernetesSecret,
    /// A string that is decoded from base64.
    Decoded,
    /// Strings that are joined.
    Join,
}

/// What a keyword sets off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Use {
    /// The pattern of a rule.
    Pattern(usize),
    /// The name and value of a rule.
    Named(usize),
    /// Logic of the engine.
    Detector(Detector),
}

/// A rule with its patterns.
#[derive(Debug)]
pub(crate) struct Ready {
    pub rule: Rule,
    pub pattern: Option<Pattern>,
    pub name: Option<Pattern>,
    pub value: Option<Pattern>,
    pub validators: Vec<Validator>,
}

/// Rules that are ready to be asked.
#[derive(Debug)]
pub struct Rules {
    pub(crate) rules: Vec<Ready>,
    pub(crate) prefilter: Prefilter,
    /// By keyword of the prefilter.
    pub(crate) uses: Vec<Vec<Use>>,
    /// Words of names, each with its rule.
    pub(crate) words: Vec<(String, usize)>,
    pub(crate) detected: Detected,
}

/// The rules that the engine's own logic reports under.
#[derive(Debug, Default)]
pub(crate) struct Detected {
    by_detector: BTreeMap<String, usize>,
}

impl Detected {
    /// The rule of a detector's name.
    pub(crate) fn rule(&self, detector: &str) -> Option<usize> {
        self.by_detector.get(detector).copied()
    }
}

/// What sets off the engine's own logic.
const KEYWORDS: &[(Detector, &[&str])] = &[
    (Detector::Url, &["://"]),
    (Detector::Pem, &["-----begin"]),
    (Detector::AwsKeyId, &["akia", "asia", "abia", "acca"]),
    (
        Detector::Name,
        &[
            "passw",
            "passphrase",
            "passcode",
            "pwd",
            "secret",
            "token",
            "api_key",
            "apikey",
            "api-key",
            "api.key",
            "access_key",
            "accesskey",
            "access-key",
            "access.key",
            "auth_key",
            "authkey",
            "auth-key",
            "private_key",
            "privatekey",
            "private-key",
            "credential",
            "creds",
            "signing_key",
            "signingkey",
            "encryption_key",
            "encryptionkey",
            "master_key",
            "masterkey",
            "jwt_key",
            "_pass",
            "-pass",
            "pass:",
            "pass=",
            "pass =",
            "pass\"",
            "pass'",
            "pass>",
            "pass ",
            "app_key",
            "appkey",
            "account_key",
            "accountkey",
            "storage_key",
            "storagekey",
            "connection_string",
            "connectionstring",
            "license_key",
            "identified by",
            "identified with",
            "hmac_key",
            "_salt",
            "_pw",
            "dbpass",
            "fernet_key",
            "cipher_key",
            "redis_auth",
            "_auth",
            "masterauth",
            "api key",
            "secret key",
            "pepper",
            "psk=",
            "_psk",
            "pw:",
        ],
    ),
    (Detector::Key, &["_key", "-key", "key=", "key:", "key =", "key\"", "key'"]),
    (Detector::Authorization, &["bearer ", "basic "]),
    (
        Detector::Call,
        &[
            "basicauth(",
            "auth=(",
            "auth = (",
            ".login(",
            "digestauth(",
            "networkcredential(",
            ".getconnection(",
            "mysqli_connect(",
            "mysql_connect(",
            "new mysqli(",
            "new pdo(",
            "ftp_login(",
            "jwt.sign(",
            "jwt.verify(",
            "jwt.encode(",
            "jwt.decode(",
            "hmac.new(",
            "unsafe_plain_text(",
            "credentials = (",
            "credentials=(",
            "creds = (",
            "createhmac(",
            "simple_bind_s(",
            "simple_bind(",
            "oracle.connect(",
            "oracledb.connect(",
            "create_superuser(",
            "create_user(",
            "keyring.set_password(",
        ],
    ),
    (Detector::SecureString, &["convertto-securestring "]),
    (Detector::DockerAuth, &["\"auth\"", "_auth="]),
    (Detector::KubernetesSecret, &["kind: secret"]),
    (Detector::Decoded, &["b64decode("]),
    (Detector::Join, &[".join([", ".join(("]),
];

/// What secrets begin with that are also looked for in base64.
const WRAPPED: &[&str] = &[
    "AKIA",
    "ghp_",
    "gho_",
    "ghs_",
    "github_pat_",
    "glpat-",
    "xoxb-",
    "xoxp-",
    "sk_live_",
    "rk_live_",
    "npm_",
    "pypi-",
    "-----BEGIN ",
    "postgres",
    "mysql:",
    "mysql+",
    "mongodb",
    "redis:",
    "rediss:",
    "amqp:",
    "hvs.",
    "sk-ant-",
    "sk-proj-",
    "dop_v1_",
    "password",
    "secret",
    "AIza",
    "https://hooks.slack",
    "\"auth\"",
    "\"auths\"",
];

impl Rules {
    /// The built-in rules.
    ///
    /// # Errors
    /// Where they are damaged, which a test rules out.
    pub fn built_in() -> Result<Rules, RuleError> {
        Rules::new(crate::rule::built_in()?)
    }

    /// The built-in rules and the user's own over them: one of the same id replaces the built-in one.
    ///
    /// # Errors
    /// Where a rule cannot work.
    pub fn with(own: Vec<Rule>) -> Result<Rules, RuleError> {
        let mut rules = crate::rule::built_in()?;
        rules.retain(|rule| own.iter().all(|own| own.id != rule.id));
        rules.extend(own);
        Rules::new(rules)
    }

    fn new(rules: Vec<Rule>) -> Result<Rules, RuleError> {
        let mut keywords: BTreeMap<String, Vec<Use>> = BTreeMap::new();
        for (detector, words) in KEYWORDS {
            for word in *words {
                keywords.entry((*word).to_owned()).or_default().push(Use::Detector(*detector));
            }
        }
        for word in crate::detect::command_keywords() {
            keywords.entry(word.to_owned()).or_default().push(Use::Detector(Detector::CommandLine));
        }
        for word in WRAPPED.iter().flat_map(|lead| in_base64(lead)) {
            keywords.entry(word.to_ascii_lowercase()).or_default().push(Use::Detector(Detector::Base64));
        }
        let mut detected = Detected::default();
        let mut words: Vec<(String, usize)> = Vec::new();
        for (index, rule) in rules.iter().enumerate() {
            if let Some(detector) = &rule.detector {
                detected.by_detector.insert(detector.clone(), index);
            }
            words.extend(rule.words.iter().map(|word| (word.clone(), index)));
            for word in &rule.keywords {
                let uses = keywords.entry(word.to_ascii_lowercase()).or_default();
                if rule.pattern.is_some() {
                    uses.push(Use::Pattern(index));
                }
                if rule.value.is_some() && rule.words.is_empty() {
                    uses.push(Use::Named(index));
                }
            }
        }
        for uses in keywords.values_mut() {
            uses.sort_unstable();
            uses.dedup();
        }
        let prefilter = Prefilter::new(keywords.keys());
        let ready = rules.into_iter().map(|rule| Ready {
            pattern: rule.pattern.clone().map(Pattern::new),
            name: rule.name.clone().map(Pattern::new),
            // At its end too: of two ways that match, the first in the rule may be the shorter.
            value: rule.value.as_ref().map(|value| Pattern::new(format!("(?:{value})\\z"))),
            validators: rule.validators.iter().filter_map(|name| named(name)).collect(),
            rule,
        });
        Ok(Rules {
            rules: ready.collect(),
            prefilter,
            uses: keywords.into_values().collect(),
            words,
            detected,
        })
    }

    /// The rules, in the order of their ids.
    pub fn all(&self) -> Vec<&Rule> {
        let mut rules: Vec<&Rule> = self.rules.iter().map(|ready| &ready.rule).collect();
        rules.sort_by(|a, b| a.id.cmp(&b.id));
        rules
    }

    /// The rule of a finding.
    pub fn rule(&self, index: usize) -> Option<&Rule> {
        self.rules.get(index).map(|ready| &ready.rule)
    }
}

/// What of a text is the same in base64 wherever it begins: for each of the three ways that it can fall.
fn in_base64(text: &str) -> Vec<String> {
    let engine = base64::engine::general_purpose::STANDARD_NO_PAD;
    (0..3)
        .filter_map(|shift| {
            let mut bytes = vec![0u8; shift];
            bytes.extend_from_slice(text.as_bytes());
            let encoded = engine.encode(&bytes);
            // The first characters hold bits of what stands before, the last of what follows.
            let from = (shift * 8).div_ceil(6);
            let to = bytes.len() * 8 / 6;
            encoded.get(from..to).filter(|word| word.len() >= 4).map(str::to_owned)
        })
        .collect()
}

//! Secrets that show in the value itself: formats that their issuers publish.

/// Every kind that a [`super::Secret`] may have.
pub(super) const KINDS: &[&str] = &[
    "AWS access key id",
    "AWS secret access key",
    "private key",
    "password in a URL",
    "GitHub token",
    "GitLab token",
    "Slack token",
    "Slack webhook",
    "Stripe key",
    "Google API key",
    "SendGrid key",
    "npm token",
    "PyPI token",
    "Twilio key",
    "OpenAI key",
    "Anthropic key",
    "Square token",
    "Shopify token",
    "DigitalOcean token",
    "Vault token",
    "Azure storage key",
    "password",
    "token",
    "API key",
    "private key",
    "secret",
    "credentials",
];

/// A token that starts with a prefix, and has so many characters of an alphabet after it.
struct Token {
    prefix: &'static str,
    kind: &'static str,
    least: usize,
    most: usize,
    alphabet: fn(char) -> bool,
}

const fn token(
    prefix: &'static str,
    kind: &'static str,
    least: usize,
    most: usize,
    alphabet: fn(char) -> bool,
) -> Token {
    Token { prefix, kind, least, most, alphabet }
}

fn alnum(c: char) -> bool {
    c.is_ascii_alphanumeric()
}
fn url_safe(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '-')
}
fn dotted(c: char) -> bool {
    url_safe(c) || c == '.'
}
fn hex(c: char) -> bool {
    c.is_ascii_hexdigit()
}

/// Prefixes as the issuers document them.
const TOKENS: &[Token] = &[
    token("ghp_", "GitHub token", 36, 255, alnum),
    token("gho_", "GitHub token", 36, 255, alnum),
    token("ghu_", "GitHub token", 36, 255, alnum),
    token("ghs_", "GitHub token", 36, 255, alnum),
    token("ghr_", "GitHub token", 36, 255, alnum),
    token("github_pat_", "GitHub token", 60, 255, url_safe),
    token("glpat-", "GitLab token", 20, 100, dotted),
    token("xoxb-", "Slack token", 20, 200, url_safe),
    token("xoxp-", "Slack token", 20, 200, url_safe),
    token("xoxa-", "Slack token", 20, 200, url_safe),
    token("xoxr-", "Slack token", 20, 200, url_safe),
    token("xoxs-", "Slack token", 20, 200, url_safe),
    token("xapp-", "Slack token", 20, 200, url_safe),
    token("https://hooks.slack.com/services/", "Slack webhook", 30, 120, |c| alnum(c) || c == '/'),
    token("sk_live_", "Stripe key", 16, 255, alnum),
    token("rk_live_", "Stripe key", 16, 255, alnum),
    token("sk_test_", "Stripe key", 16, 255, alnum),
    token("whsec_", "Stripe key", 24, 255, |c| alnum(c) || matches!(c, '+' | '/' | '=')),
    token("AIza", "Google API key", 35, 35, url_safe),
    token("SG.", "SendGrid key", 60, 80, dotted),
    token("npm_", "npm token", 36, 36, alnum),
    token("pypi-AgEIcHlwaS5vcmc", "PyPI token", 50, 300, url_safe),
    token("sk-ant-", "Anthropic key", 40, 200, url_safe),
    token("sk-proj-", "OpenAI key", 40, 255, url_safe),
    token("sq0csp-", "Square token", 40, 60, url_safe),
    token("sq0atp-", "Square token", 20, 60, url_safe),
    token("shpat_", "Shopify token", 32, 32, hex),
    token("shpss_", "Shopify token", 32, 32, hex),
    token("dop_v1_", "DigitalOcean token", 64, 64, hex),
    token("hvs.", "Vault token", 24, 200, url_safe),
];

/// The kind of a value that is a secret by its own format.
pub(super) fn known(value: &str) -> Option<&'static str> {
    if is_access_key_id(value) {
        return Some("AWS access key id");
    }
    if is_private_key(value) {
        return Some("private key");
    }
    if let Some(token) = TOKENS.iter().find(|token| token.matches(value)) {
        return Some(token.kind);
    }
    if value.contains("AccountKey=") && value.contains("DefaultEndpointsProtocol=") {
        return Some("Azure storage key");
    }
    url_password(value).is_some().then_some("password in a URL")
}

impl Token {
    fn matches(&self, value: &str) -> bool {
        value.strip_prefix(self.prefix).is_some_and(|rest| {
            (self.least..=self.most).contains(&rest.len())
                && rest.chars().all(self.alphabet)
                && !is_dummy(rest)
                && !rest.to_ascii_uppercase().contains("EXAMPLE")
        })
    }
}

/// `AKIA…` or `ASIA…` with 16 characters of base32; AWS's documented examples end in `EXAMPLE`.
/// Source: IAM User Guide, "IAM identifiers", unique id prefixes.
pub(super) fn is_access_key_id(value: &str) -> bool {
    let Some(rest) = value.strip_prefix("AKIA").or_else(|| value.strip_prefix("ASIA")) else { return false };
    rest.len() == 16
        && rest.chars().all(|c| matches!(c, 'A'..='Z' | '2'..='7'))
        && !rest.ends_with("EXAMPLE")
        && !rest.contains("EXAMPLE")
        && !is_dummy(rest)
}

/// Forty characters of base64 beside a name that says what they are.
pub(super) fn aws_secret_key(name: &str, value: &str) -> Option<&'static str> {
    let name: String =
        name.chars().filter(|c| c.is_ascii_alphanumeric()).collect::<String>().to_ascii_lowercase();
    let says_so =
        name.contains("awssecret") || name.contains("secretaccesskey") || name.contains("secretkey");
    (says_so && is_secret_access_key(value)).then_some("AWS secret access key")
}

/// The shape of an AWS secret access key, documented examples and file paths left out.
pub(super) fn is_secret_access_key(value: &str) -> bool {
    value.len() == 40
        && value.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '/' | '+' | '='))
        && value.chars().any(|c| c.is_ascii_digit() || matches!(c, '+' | '/'))
        && value.chars().any(|c| c.is_ascii_lowercase())
        && value.chars().any(|c| c.is_ascii_uppercase())
        && !value.contains("EXAMPLE")
        && !is_dummy(value)
}

/// A PEM block of a private key, with something in it.
pub(super) fn is_private_key(value: &str) -> bool {
    let Some((_, after)) = value.split_once("-----BEGIN ") else { return false };
    let Some((label, body)) = after.split_once("-----") else { return false };
    let body = body.split("-----END").next().unwrap_or_default();
    label.ends_with("PRIVATE KEY") && body.chars().filter(char::is_ascii_alphanumeric).count() >= 32
}

/// The password of a URL's `user:password@host`, where it is a real one.
pub(super) fn url_password(value: &str) -> Option<&str> {
    let (scheme, rest) = value.split_once("://")?;
    let schemed = !scheme.is_empty()
        && scheme.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '.' | '-'));
    if !schemed || value.chars().any(char::is_whitespace) {
        return None;
    }
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    // A password may hold a slash or an `@`; the host follows the last `@` of what is left.
    let (user_info, host) = authority.rsplit_once('@').or_else(|| rest.rsplit_once('@'))?;
    let (_, password) = user_info.split_once(':')?;
    (!host.is_empty() && !password.is_empty() && !super::names::is_placeholder(password)).then_some(password)
}

/// One character over and over, or a plain run such as `1234567890` or `abcdefgh`: made up.
pub fn is_dummy(text: &str) -> bool {
    let bytes = text.as_bytes();
    let pairs = bytes.windows(2).filter_map(|pair| <[u8; 2]>::try_from(pair).ok());
    let (mut same, mut next, mut all) = (0usize, 0usize, 0usize);
    for [a, b] in pairs {
        all += 1;
        same += usize::from(a == b);
        next += usize::from(a.wrapping_add(1) == b || (a == b'9' && b == b'0'));
    }
    all > 0 && (same * 4 >= all * 3 || next * 5 >= all * 4)
}

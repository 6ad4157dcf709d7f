//! The bare text of a secret: what it is without what it is wrapped in, so that the same secret has the same fingerprint
//! wherever it stands.

use super::formats::url_password;
use std::borrow::Cow;

/// The password of a URL, the base64 of a private key, the key of a connection string; else the value without the blanks
/// around it.
pub(super) fn bare<'v>(kind: &str, value: &'v str) -> Cow<'v, str> {
    let value = value.trim();
    match kind {
        "password in a URL" => Cow::Borrowed(url_password(value).unwrap_or(value)),
        "private key" => pem_body(value).map_or(Cow::Borrowed(value), Cow::Owned),
        "Azure storage key" => Cow::Borrowed(account_key(value).unwrap_or(value)),
        _ => Cow::Borrowed(value),
    }
}

/// The base64 between the lines of a PEM block, headers, line breaks (escaped or not) and quotes left out (RFC 7468).
fn pem_body(value: &str) -> Option<String> {
    let (_, after) = value.split_once("-----BEGIN ")?;
    let (_, body) = after.split_once("-----")?;
    let body = body.split("-----END").next()?;
    let unescaped = body.replace("\\r", "").replace("\\n", "\n");
    let decor = |c: char| {
        c.is_whitespace() || matches!(c, '"' | '\'' | '+' | ',' | '\\' | '#' | '>' | '|' | '*' | '(' | ')')
    };
    let lines = unescaped.split(['\n', '\r']).map(|line| line.trim_matches(decor));
    // Headers; a checksum of PGP's.
    let is_other = |line: &str| line.contains(": ") || (line.starts_with('=') && line.len() == 5);
    Some(lines.filter(|line| !is_other(line)).collect())
}

fn account_key(value: &str) -> Option<&str> {
    let (_, after) = value.split_once("AccountKey=")?;
    after.split(';').next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_the_same_bare_text_however_it_is_wrapped() {
        assert_eq!(bare("password in a URL", "postgres://app:s3cr3tpw@db:5432/orders"), "s3cr3tpw");
        assert_eq!(bare("password", "  s3cr3tpw\n"), "s3cr3tpw");
        let lines = "-----BEGIN EC PRIVATE KEY-----\nMHcCAQEE\nIIrYSSNQ\n-----END EC PRIVATE KEY-----";
        let escaped = lines.replace('\n', "\\n");
        assert_eq!(bare("private key", lines), "MHcCAQEEIIrYSSNQ");
        assert_eq!(bare("private key", &escaped), "MHcCAQEEIIrYSSNQ");
        assert_eq!(bare("Azure storage key", "DefaultEndpointsProtocol=https;AccountKey=abc==;X=y"), "abc==");
    }
}

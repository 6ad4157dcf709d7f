//! Calls and commands that take a secret in a place of their own: `smtp.login("user", "password")`, `jwt.sign(claims, "secret")`,
//! `ConvertTo-SecureString "password"`.

use super::Scan;
use crate::judge::plausible;
use crate::literal::{self, Value, Via};
use crate::syntax::Syntax;
use crate::text::{byte, is_word, part, skip_space, skip_while};
use std::ops::Range;

/// A call, as its keyword begins: which argument is the secret, counted from 0, which the account, and what the secret is.
struct Call {
    keyword: &'static str,
    secret: usize,
    account: Option<usize>,
    kind: &'static str,
}

const fn login(keyword: &'static str, account: usize) -> Call {
    Call { keyword, secret: account + 1, account: Some(account), kind: "password" }
}

/// The account, something else, the password.
const fn third(keyword: &'static str) -> Call {
    Call { keyword, secret: 2, account: Some(0), kind: "password" }
}

const fn keyed(keyword: &'static str, secret: usize) -> Call {
    Call { keyword, secret, account: None, kind: "secret" }
}

const CALLS: &[Call] = &[
    login("basicauth(", 0),
    login("digestauth(", 0),
    login("auth=(", 0),
    login("auth = (", 0),
    login(".login(", 0),
    login("networkcredential(", 0),
    login("simple_bind_s(", 0),
    login("simple_bind(", 0),
    login("oracle.connect(", 0),
    login("oracledb.connect(", 0),
    third("create_superuser("),
    third("create_user("),
    third("keyring.set_password("),
    login("credentials = (", 0),
    login("credentials=(", 0),
    login("creds = (", 0),
    // Java: the address, the user, the password.
    login(".getconnection(", 1),
    // PHP: the host or the address, the user, the password.
    login("mysqli_connect(", 1),
    login("mysql_connect(", 1),
    login("new mysqli(", 1),
    login("new pdo(", 1),
    login("ftp_login(", 1),
    keyed("jwt.sign(", 1),
    keyed("jwt.verify(", 1),
    keyed("jwt.decode(", 1),
    keyed("hmac.new(", 0),
    Call { keyword: "unsafe_plain_text(", secret: 0, account: None, kind: "password" },
    keyed("jwt.encode(", 1),
    keyed("createhmac(", 1),
];

impl Scan<'_> {
    pub(super) fn call(&mut self, hit: Range<usize>) {
        let (bytes, syntax) = (self.document.bytes, self.document.syntax);
        if !matches!(syntax, Syntax::Python | Syntax::Code) {
            return;
        }
        let keyword = part(bytes, hit.clone()).to_ascii_lowercase();
        let Some(call) = CALLS.iter().find(|call| call.keyword.as_bytes() == keyword) else { return };
        let account = call.account.and_then(|index| argument(bytes, hit.end, index));
        if account
            .is_some_and(|at| literal::string(bytes, at, syntax).is_some_and(|user| is_nobody(&user.text)))
        {
            return;
        }
        let Some(at) = argument(bytes, hit.end, call.secret) else { return };
        let Some(value) = literal::string(bytes, at, syntax) else { return };
        self.given(call.kind, value);
    }

    /// `ConvertTo-SecureString "…" -AsPlainText`
    pub(super) fn secure_string(&mut self, at: usize) {
        let bytes = self.document.bytes;
        let mut start = skip_while(bytes, at, |byte| matches!(byte, b' ' | b'\t'));
        // Switches before the text.
        for _ in 0..4 {
            if byte(bytes, start) != b'-' {
                break;
            }
            let end = skip_while(bytes, start, |byte| is_word(byte) || byte == b'-');
            start = skip_while(bytes, end, |byte| matches!(byte, b' ' | b'\t'));
        }
        if let Some(value) = literal::word(bytes, start, Syntax::Shell) {
            self.given("password", value);
        }
    }

    fn given(&mut self, kind: &'static str, value: Value) {
        let value = Value { via: Via::Account, ..value };
        let Some(confidence) = plausible(&self.document, kind, kind, &value) else { return };
        let Some(rule) = self.rules.detected.rule(kind) else { return };
        let secret = value.text.clone();
        self.push(rule, String::new(), &secret, value.range, confidence);
    }
}

/// Accounts that everybody has.
fn is_nobody(user: &str) -> bool {
    matches!(user.to_ascii_lowercase().as_str(), "anonymous" | "anonymous@" | "guest")
}

/// Where an argument begins, counted from 0, from behind the parenthesis of its call.
fn argument(bytes: &[u8], at: usize, index: usize) -> Option<usize> {
    /// A call that is longer is none that a person wrote by hand.
    const LONGEST: usize = 600;
    let end = bytes.len().min(at + LONGEST);
    let mut position = at;
    let (mut depth, mut seen) = (0usize, 0usize);
    let mut quote = 0u8;
    while position < end {
        if seen == index && depth == 0 && quote == 0 {
            return Some(skip_space(bytes, position));
        }
        let here = byte(bytes, position);
        match here {
            b'\\' if quote != 0 => position += 1,
            _ if quote != 0 => quote = if here == quote { 0 } else { quote },
            b'"' | b'\'' | b'`' => quote = here,
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' if depth == 0 => return None,
            b')' | b']' | b'}' => depth -= 1,
            b',' if depth == 0 => seen += 1,
            _ => {}
        }
        position += 1;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_argument_is_found_behind_strings_and_brackets() {
        let text = br#"f("a,b", { c: [1, 2] }, 'third')"#;
        let at = argument(text, 2, 2).unwrap();
        assert_eq!(part(text, at..at + 7), b"'third'");
        assert_eq!(argument(text, 2, 3), None);
    }

    proptest! {
        #[test]
        fn any_text_has_an_argument_within_it_or_none(text in "[(),'\"\\\\a\\[{]{0,60}", at in 0usize..70, index in 0usize..4) {
            if let Some(found) = argument(text.as_bytes(), at, index) {
                prop_assert!(found <= text.len().max(at));
            }
        }
    }
}

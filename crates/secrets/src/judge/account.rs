//! Whether a value stands beside the account that it opens, or under a name that leaves no doubt. What such a value may be is told
//! in `weak`.

use crate::Document;
use crate::syntax::Syntax;
use crate::text::{byte, line_end, line_start, part, shown, skip_while};
use tieout_source::redact::{is_placeholder, is_reference, words};

/// What a name of a password says of the service that it opens.
const SERVICES: &[&str] = &[
    "db",
    "database",
    "mysql",
    "postgres",
    "postgresql",
    "pg",
    "mongo",
    "mongodb",
    "redis",
    "smtp",
    "imap",
    "pop3",
    "mail",
    "email",
    "ftp",
    "sftp",
    "ssh",
    "root",
    "ldap",
    "rabbitmq",
    "amqp",
    "mqtt",
    "wifi",
    "wlan",
    "psk",
    "keystore",
    "truststore",
    "store",
    "ansible",
    "become",
    "sudo",
    "vnc",
    "jdbc",
    "datasource",
    "proxy",
    "sa",
    "dba",
    "mssql",
    "oracle",
    "nexus",
    "jenkins",
    "sonar",
    "jira",
    "svn",
    "elastic",
    "kafka",
    "vpn",
    "router",
    "cert",
    "pfx",
    "p12",
    "jks",
    "admin",
    "administrator",
    "superuser",
];

/// True where a name says which service its password opens: `imap_pass`, `MYSQL_ROOT_PASSWORD`, `storePassword`.
pub(super) fn names_service(name: &str) -> bool {
    let words = words(name);
    let joined = words.join("_");
    words.len() > 1
        && (words.iter().any(|word| SERVICES.contains(&word.as_str()))
            || joined == "key_password"
            || joined == "key_pass")
}

/// Files from which a program takes a login, in lower case: whatever stands there as a password is one.
const LOGIN_FILES: &[&str] = &[
    ".ftpconfig",
    "sftp-config.json",
    "sftp.json",
    ".remote-sync.json",
    ".esmtprc",
    ".msmtprc",
    "msmtprc",
    ".fetchmailrc",
    ".muttrc",
    ".my.cnf",
    ".netrc",
    "_netrc",
    ".lftprc",
    ".smbcredentials",
    ".wgetrc",
    ".curlrc",
    "filezilla.xml",
    "recentservers.xml",
    "sitemanager.xml",
    "webservers.xml",
    "data-sources.xml",
    "data-sources.json",
    "dbeaver-data-sources.xml",
    "robomongo.json",
    "deployment-config.json",
    "ventrilo_srv.ini",
    "tomcat-users.xml",
    "wp-config.php",
    "wpa_supplicant.conf",
];

/// True in a file from which a program takes a login.
pub(super) fn is_login_file(path: &str) -> bool {
    let name = path.rsplit(['/', '!']).next().unwrap_or(path);
    LOGIN_FILES.iter().any(|known| name.eq_ignore_ascii_case(known))
}

/// Words of names under which an account stands.
const NAMES: &[&[u8]] = &[b"user", b"login", b"email", b"uid", b"account"];

/// Accounts that hardly a text that people read speaks of.
const KNOWN: &[&str] = &[
    "root",
    "admin",
    "administrator",
    "sa",
    "postgres",
    "dba",
    "system",
    "oracle",
    "ubuntu",
    "devops",
    "deploy",
];

/// True where an account's literal name stands at most three lines before a position or two after it. `strict`: an address or a name
/// that no text for people has.
pub(super) fn stands_beside(document: &Document<'_>, at: usize, strict: bool) -> bool {
    const FARTHEST: usize = 500;
    let bytes = document.bytes;
    let mut start = line_start(bytes, at);
    for _ in 0..3 {
        start = if start == 0 { 0 } else { line_start(bytes, start - 1) };
    }
    let mut end = line_end(bytes, at);
    for _ in 0..2 {
        end = line_end(bytes, (end + 1).min(bytes.len()));
    }
    let window = start.max(at.saturating_sub(FARTHEST))..end.min(at + FARTHEST);
    let lower = part(bytes, window.clone()).to_ascii_lowercase();
    let strict = strict
        || matches!(document.syntax, Syntax::Json | Syntax::Yaml | Syntax::Ini | Syntax::Text | Syntax::Xml);
    NAMES.iter().any(|name| {
        memchr::memmem::find_iter(&lower, name).any(|found| {
            account_at(bytes, window.start + found + name.len())
                .is_some_and(|account| is_account(&account, strict))
        })
    })
}

/// The literal that a name holds whose word ends here.
fn account_at(bytes: &[u8], end: usize) -> Option<String> {
    let sign = skip_while(bytes, end, |byte| {
        byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b' ' | b'"' | b'\'' | b']' | b'.')
    });
    if sign - end > 24 || !matches!(byte(bytes, sign), b'=' | b':' | b',' | b'>') {
        return None;
    }
    let start = skip_while(bytes, sign, |byte| {
        matches!(byte, b'=' | b':' | b',' | b'>' | b' ' | b'\t' | b'"' | b'\'' | b'@')
    });
    if start - sign > 12 {
        return None;
    }
    let stop = skip_while(bytes, start, |byte| {
        byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'@' | b'+' | b'-' | b'\\')
    });
    // A call or a path of the language is no literal.
    if matches!(byte(bytes, stop), b'(' | b'[' | b'$' | b'{') {
        return None;
    }
    Some(shown(bytes, start..stop).into_owned())
}

fn is_account(text: &str, strict: bool) -> bool {
    const OTHER: &[&str] = &[
        "string",
        "str",
        "text",
        "none",
        "null",
        "true",
        "false",
        "varchar",
        "user",
        "username",
        "name",
        "login",
        "email",
        "id",
        "password",
        "anonymous",
        "guest",
        "self",
        "this",
        "required",
        "optional",
        "value",
        "example",
        "test",
        "undefined",
        "char",
        "const",
        "let",
        "var",
    ];
    let lower = text.to_ascii_lowercase();
    if !(2..=80).contains(&text.len())
        || OTHER.contains(&lower.as_str())
        || is_placeholder(text)
        || is_reference(text)
    {
        return false;
    }
    let has_address = text.split_once('@').is_some_and(|(name, host)| !name.is_empty() && host.contains('.'));
    let named = text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '_' | '-'))
        && text.starts_with(|c: char| c.is_ascii_alphabetic());
    if strict {
        return has_address
            || KNOWN.contains(&lower.as_str())
            || named && text.contains(|c: char| c.is_ascii_digit() || c == '_');
    }
    has_address || named || KNOWN.contains(&lower.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn beside(path: &str, text: &str) -> bool {
        stands_beside(&Document::new(path, text.as_bytes()), text.find("HERE").unwrap(), false)
    }

    #[test]
    fn an_account_beside_is_seen() {
        assert!(beside("a.cs", "\"Data Source=x;User ID=sa;Password=HERE\""));
        assert!(beside("a.rb", "{:email => \"jack@metacorp.com\", :password => \"HERE\"}"));
        assert!(beside(
            "a.php",
            "define('DB_USER', 'brit');\n\n// the password\ndefine('DB_PASSWORD', 'HERE');"
        ));
        assert!(beside("a.py", "connect(user='retail_user',\n  host='x',\n  password='HERE')"));
    }

    #[test]
    fn a_label_or_a_variable_is_no_account() {
        assert!(!beside("de.json", "{\"username\": \"benutzer\", \"password\": \"HERE\"}"));
        assert!(!beside("a.py", "connect(user=local_config.get(), password='HERE')"));
        assert!(!beside("a.py", "def f(user: str, password: str = 'HERE')"));
        assert!(!beside("a.py", "x = 1\npassword = 'HERE'"));
    }

    proptest! {
        #[test]
        fn any_text_is_looked_at(text in "(user|login=|\\PC|\n|@|'){0,40}", at in 0usize..400) {
            let _ = stands_beside(&Document::new("a.py", text.as_bytes()), at.min(text.len()), false);
        }
    }
}

//! Passwords in URLs.

use crate::Document;
use crate::judge::{is_published, is_stand_in, looks_random};
use crate::text::{back_while, byte, part, shown, skip_while};
use std::ops::Range;
use tieout_model::Confidence;
use tieout_source::redact::is_dummy;

/// A password in a URL.
pub(crate) struct UrlPassword {
    /// The detector's name for the scheme.
    pub detector: &'static str,
    pub password: String,
    pub range: Range<usize>,
    pub url_start: usize,
    pub confidence: Confidence,
}

/// What a scheme, its drivers left out, leads to.
const SCHEMES: &[(&str, &[&str])] = &[
    (
        "postgres-url",
        &["postgres", "postgresql", "psql", "cockroachdb", "redshift", "timescaledb", "postgis"],
    ),
    ("mysql-url", &["mysql", "mariadb", "aurora", "mysql2", "mysqlx", "tidb"]),
    ("mongodb-url", &["mongodb"]),
    ("redis-url", &["redis", "rediss", "valkey", "sentinel"]),
    ("amqp-url", &["amqp", "amqps", "pyamqp", "rabbitmq", "kombu"]),
    (
        "database-url",
        &[
            "mssql",
            "sqlserver",
            "oracle",
            "snowflake",
            "clickhouse",
            "clickhouses",
            "db2",
            "ibm_db_sa",
            "teradatasql",
            "vertica",
            "hive",
            "presto",
            "trino",
            "couchdb",
            "couchbase",
            "neo4j",
            "bolt",
            "cassandra",
            "elasticsearch",
            "opensearch",
            "influxdb",
            "firebird",
            "sybase",
            "memcached",
            "nats",
            "kafka",
            "mqtt",
            "mqtts",
            "awsathena",
            "jdbc",
        ],
    ),
    ("basic-auth-url", &["http", "https"]),
];

/// Names of hosts that only examples have.
const EXAMPLE_HOSTS: &[&str] = &[
    "host",
    "hostname",
    "server",
    "example.com",
    "example.org",
    "example.net",
    "your-host",
    "domain.com",
    "foo",
    "foo.com",
    "bar",
    "test",
    "somehost",
    "myhost",
    "dbhost",
    "db_host",
    "host1",
    "localhost.com",
    "h",
    "site.com",
    "my.host",
    "proxy",
    "proxy.com",
    "proxy.example.com",
    "user",
];

/// Passwords that only examples have.
const EXAMPLE_PASSWORDS: &[&str] = &[
    "pass",
    "password",
    "passwd",
    "pwd",
    "secret",
    "tiger",
    "pw",
    "p",
    "pass1",
    "word",
    "pass123",
    "bar",
    "foo",
    "baz",
    "test",
    "guest",
    "passw0rd",
    "password123",
    "mypassword",
    "mypass",
    "pswd",
    "passphrase",
    "user",
    "admin",
    "root",
    "x",
    "y",
    "b",
    "12345",
    "123456",
    "postgres",
    "mysql",
    "redis",
    "rabbitmq",
    "mongo",
    "token",
    "x-oauth-basic",
    "x-token-auth",
    "oauth2",
    "hunter2",
    "changeit",
    "s3cr3t",
    "secret123",
];

/// The password of the URL whose `://` this is.
pub(crate) fn password_in(document: &Document<'_>, hit: Range<usize>) -> Option<UrlPassword> {
    let bytes = document.bytes;
    // Most URLs have a host and then a slash: the shortest way out. What is no printable ASCII ends one, as in binaries.
    let stop = |byte: u8| {
        byte.is_ascii_whitespace()
            || !(b'!'..=b'~').contains(&byte)
            || matches!(byte, b'"' | b'\'' | b'<' | b'>' | b'`' | b'\\' | b'|' | b'^')
    };
    let colon = skip_while(bytes, hit.end, |byte| !stop(byte) && !matches!(byte, b':' | b'/' | b'@' | b'?'));
    // An address of IPv6 has colons of its own.
    if byte(bytes, colon) != b':' || byte(bytes, hit.end) == b'[' {
        return None;
    }
    let end = skip_while(bytes, colon, |byte| !stop(byte)).min(colon + 400);
    let rest = part(bytes, colon + 1..end);
    // The host follows the last `@` before the path; an unescaped slash may stand in a password.
    let authority = rest.iter().position(|byte| matches!(byte, b'/' | b'?' | b'#')).unwrap_or(rest.len());
    let at = part(rest, 0..authority).iter().rposition(|byte| *byte == b'@').or_else(|| {
        let first = rest.iter().position(|byte| *byte == b'@')?;
        // `http://host:8080/a@b` has a port and a path.
        let port = part(rest, 0..authority);
        (!port.is_empty() && !port.iter().all(u8::is_ascii_digit)).then_some(first)
    })?;
    let range = colon + 1..colon + 1 + at;
    let user = shown(bytes, hit.end..colon).into_owned();
    let password = shown(bytes, range.clone()).into_owned();
    let host_end = skip_while(bytes, range.end + 1, |byte| {
        byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_')
    });
    let host = shown(bytes, range.end + 1..host_end).to_ascii_lowercase();
    let host_is_template =
        host.is_empty() && matches!(byte(bytes, range.end + 1), b'{' | b'$' | b'%' | b'<' | b'(');
    if password.len() < 3
        || is_stand_in(&password)
        || is_published(&password)
        || password.contains("://")
        || password.contains(['{', '}', '$']) && is_hole(&password)
    {
        return None;
    }
    let scheme_start = back_while(bytes, hit.start, |byte| {
        byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'.' | b'-' | b'_')
    });
    let scheme = shown(bytes, scheme_start..hit.start).to_ascii_lowercase();
    let base = scheme.split('+').next().unwrap_or_default();
    // `sqs://id:secret@` has no host: boto knows it.
    if host.is_empty() && !host_is_template && byte(bytes, range.end + 1) != b'[' && base != "sqs" {
        return None;
    }
    let lower = password.to_ascii_lowercase();
    // `app:app@db` is everybody's; at a host in the world it is in use.
    let doubled = lower == user.to_ascii_lowercase() && (!host.contains('.') || host.starts_with("127."));
    let weak = EXAMPLE_PASSWORDS.contains(&lower.as_str()) || doubled || is_dummy(&password);
    let is_name = password.len() < 24
        && password.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_')
        && password.contains('_');
    if is_name || password.contains(',') && password.contains(':') {
        return None;
    }
    if weak || is_example_host(&host) || lower.contains("password") && password.len() < 14 {
        return None;
    }
    let is_plain_word = password.chars().all(|c| c.is_ascii_lowercase() || matches!(c, '-' | '_'));
    let local = matches!(
        host.as_str(),
        "localhost" | "127.0.0.1" | "0.0.0.0" | "db" | "database" | "postgres" | "mysql" | "redis" | "mongo"
    );
    if is_plain_word && (local || document.third_party || document.is_example()) {
        return None;
    }
    if document.third_party || document.is_example() {
        let mixed =
            password.chars().any(|c| c.is_ascii_digit()) && password.chars().any(|c| c.is_ascii_alphabetic());
        if !(mixed || looks_random(&password)) || password.len() < 10 || local || host.contains("example") {
            return None;
        }
    }
    let detector = SCHEMES.iter().find(|(_, names)| names.contains(&base)).map_or("url", |(name, _)| *name);
    let confidence =
        if is_plain_word || document.is_example() { Confidence::Medium } else { Confidence::High };
    Some(UrlPassword { detector, password, range, url_start: scheme_start, confidence })
}

fn is_example_host(host: &str) -> bool {
    EXAMPLE_HOSTS.contains(&host)
        || host.ends_with(".example.com")
        || host.ends_with(".example.org")
        || host.ends_with(".example")
        || host.ends_with(".invalid")
        || host.starts_with("your")
        || host.ends_with(".test")
}

/// `{password}`, `$PASSWORD`, `${x}`
fn is_hole(password: &str) -> bool {
    let inner = password.trim_matches(|c| matches!(c, '{' | '}' | '$' | '(' | ')'));
    password.len() != inner.len()
        && (inner.is_empty()
            || inner.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | ':' | '[' | ']')))
        && (password.starts_with(['{', '$']))
}

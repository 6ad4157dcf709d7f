//! Secrets and their look-alikes.

use super::*;
use proptest::prelude::*;

const AKIA: &str = concat!("AKIA", "Q3EGVX6ZT5LHW7NB");
const AWS_SECRET: &str = concat!("wJ4lrXUt9FEMI/K7MDENG", "bPxRfi+CYzq5kd8Wm3h");

fn kind(name: &str, value: &str) -> Option<&'static str> {
    classify_secret(name, value).map(|secret| secret.kind)
}

#[test]
fn values_under_telling_names_are_secrets() {
    for (name, value, expected) in [
        ("DB_PASSWORD", "hunter2!", "password"),
        ("dbPassword", "S3cure-Pa55", "password"),
        ("MYSQL_PWD", "tiger99", "password"),
        ("POSTGRES_PASS", "corr3cthorse", "password"),
        ("MYSQLPASSWORD", "tiger99", "password"),
        ("STRIPE_API_KEY", "a8f3e1c9d7b24650", "API key"),
        ("apiKey", "9f86d081884c7d65", "API key"),
        ("JWT_SECRET", "my-super-long-signing-value-42", "secret"),
        ("SECRET_KEY", "django-insecure-3k2j4h5", "secret"),
        ("AuthToken", "eyJhbGciOiJIUzI1NiJ9abc", "token"),
        ("PRIVATE_KEY", "MIIEvQIBADANBgkqhkiG9w0B", "private key"),
        ("REDIS_PASSWORD", "12345678", "password"),
        ("DJANGO_SECRET_KEY", "fj3$kd!92mz@", "secret"),
        ("DB_PASSWORD", "my-secret-password", "password"),
        ("REDIS_AUTH", "AUTH_n0tsh0rt99", "password"),
        ("CONNECTION_STRING", "Server=db;User Id=sa;Password=Hunter2!;", "credentials"),
    ] {
        assert_eq!(kind(name, value), Some(expected), "{name}={value}");
    }
}

#[test]
fn known_formats_are_secrets_under_any_name() {
    let pem =
        format!("-----BEGIN RSA PRIVATE KEY-----\n{}\n-----END RSA PRIVATE KEY-----", "MIIEow7f".repeat(8));
    let github = format!("ghp_{}", "aB3dE6gH9jK2mN5pQ8sT1vW4yZ7bC0eF3hI6");
    let stripe = format!("sk_{}_{}", "live", "4eC39HqLyjWDarjtT1zdp7dc");
    for (name, value, expected) in [
        ("KEY", AKIA, "AWS access key id"),
        ("WHATEVER_ID", AKIA, "AWS access key id"),
        ("AWS_SECRET_ACCESS_KEY", AWS_SECRET, "AWS secret access key"),
        ("X", pem.as_str(), "private key"),
        ("X", github.as_str(), "GitHub token"),
        ("PAYMENTS", stripe.as_str(), "Stripe key"),
        ("DATABASE_URL", "postgres://app:s3cr3tpw@db.internal:5432/orders", "password in a URL"),
        ("CACHE", "redis://:p4ssw0rd@cache:6379/0", "password in a URL"),
    ] {
        assert_eq!(kind(name, value), Some(expected), "{name}={value}");
    }
}

#[test]
fn look_alikes_are_no_secrets() {
    for (name, value) in [
        ("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE"),
        ("ID", "AKIA0000000000000000"),
        ("ID", "AKIAlowercaseletters"),
        ("AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"),
        ("DB_PASSWORD", "{{resolve:secretsmanager:prod/db:SecretString:password}}"),
        ("DB_PASSWORD", "${DB_PASSWORD}"),
        ("DB_PASSWORD", "$DB_PASSWORD"),
        ("DB_PASSWORD", "changeme"),
        ("DB_PASSWORD", "<your password>"),
        ("DB_PASSWORD", "xxxxxxxx"),
        ("DB_PASSWORD", "********"),
        ("DB_PASSWORD", "/app/prod/db/password"),
        ("DB_PASSWORD", "arn:aws:secretsmanager:eu-west-1:123456789012:secret:db-AbCdEf"),
        ("DB_PASSWORD", "true"),
        ("DB_PASSWORD", ""),
        ("DB_PASSWORD_ARN", "something-long-9"),
        ("DB_SECRET_NAME", "orders-db-9"),
        ("SECRET_ID", "orders/db1"),
        ("TOKEN_URL", "https://login.example.com/oauth/token"),
        ("TOKEN_TTL", "86400"),
        ("MAX_TOKENS", "4096000000"),
        ("PASSWORD_MIN_LENGTH", "12"),
        ("TOKEN_EXPIRY_SECONDS", "36000000"),
        ("SECRET_NAME", "db-password"),
        ("DB_SECRET", "orders-db-credentials"),
        ("API_KEY_HEADER", "x-api-key-value"),
        ("JWT_TOKEN_ISSUER", "https://issuer"),
        ("LOG_LEVEL", "INFO"),
        ("COMPASS_HEADING", "north1234"),
        ("BYPASS_CACHE", "trueish99"),
        ("TABLE", "passwords-2024"),
        ("DATABASE_URL", "postgres://db.internal:5432/orders"),
        ("DATABASE_URL", "postgres://app:${PASSWORD}@db.internal/orders"),
        ("DATABASE_URL", "postgres://user:password@localhost/db"),
        ("CERT", "-----BEGIN CERTIFICATE-----\nMIIBszCCAVmgAwIBAgIU\n-----END CERTIFICATE-----"),
        ("PUBLIC_KEY", "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A"),
        ("PARTITION_KEY", "customerId42"),
        ("PRIMARY_KEY", "orderNumber7"),
        ("KMS_KEY_ID", "1234abcd-12ab-34cd-56ef-1234567890ab"),
        ("PASSWORD_RESET_URL", "https://app/reset9"),
        ("AWS_SECRET", "ssm:/prod/aws1"),
        ("DB_CREDENTIALS_SECRET", "OrdersDbCredentials"),
        ("PASSWORD", "env(DB_PASSWORD)"),
        ("PASS_THROUGH", "passthrough1"),
        ("PASSWORD_RESET_TEMPLATE", "reset-v2-99"),
        ("CSRF_TOKEN_HEADER", "X-CSRF-Token"),
        ("DATABASE_URL", "postgres://user:pass@localhost:5432/db"),
    ] {
        assert_eq!(kind(name, value), None, "{name}={value}");
    }
}

#[test]
fn little_of_a_secret_is_shown() {
    assert_eq!(shown("hunter2!"), "h…!");
    assert_eq!(shown("abc"), "…");
    assert_eq!(shown("abcd"), "a…");
    assert_eq!(shown("0123456789abcdefXYZ"), "01…YZ");
}

#[test]
fn a_mark_carries_the_fact_and_is_recognised_again() {
    let secret = classify_secret("DB_PASSWORD", "hunter2-and:more⟧").unwrap();
    let marked = mark(&secret);
    assert!(!marked.contains("unter2"), "{marked}");
    let again = classify_secret("ANY", &marked).unwrap();
    assert_eq!(again.kind, "password");
    assert_eq!(classify_secret("DB_PASSWORD", "⟦other⟧").map(|secret| secret.kind), Some("password"));
}

#[test]
fn secrets_in_a_script_are_found_with_their_lines() {
    let script = format!(
        "#!/bin/bash\nexport DB_PASSWORD='hunter2!x'\nmysql --user app --password t1gers9z\naws configure set aws_access_key_id {AKIA}\ncurl https://bot:s3cr3tpw@ci.example.org/x\necho \"password\": \"q9x8w7v6\"\nexport REGION=eu-west-1\n-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n",
        "MIIEow7f".repeat(8)
    );
    let found: Vec<_> =
        find_secrets(&script).into_iter().map(|hit| (hit.line_offset, hit.secret.kind)).collect();
    let expected = [
        (1, "password"),
        (2, "password"),
        (3, "AWS access key id"),
        (4, "password in a URL"),
        (5, "password"),
        (7, "private key"),
    ];
    assert_eq!(found, expected);
    let clean = redact_secrets_in(&script);
    for secret in ["hunter2!x", "t1gers9z", AKIA, "s3cr3tpw", "q9x8w7v6", "MIIEow7f"] {
        assert!(!clean.contains(secret), "{secret} is still there: {clean}");
    }
    assert!(clean.contains("export REGION=eu-west-1"));
    assert!(clean.contains("@ci.example.org/x"));
}

#[test]
fn a_script_without_secrets_is_left_as_it_is() {
    let script = "#!/bin/bash\nyum install -y httpd\nPASSWORD=$(aws ssm get-parameter --name /db/password)\nexport TOKEN=\"$1\"\necho pass: ok\n";
    assert_eq!(find_secrets(script), []);
    assert!(matches!(redact_secrets_in(script), Cow::Borrowed(_)));
}

#[test]
fn control_and_direction_characters_are_made_visible() {
    assert_eq!(escape_terminal("plain é ✓"), "plain é ✓");
    assert_eq!(escape_terminal("a\u{1b}[31mred"), "a\\u{1b}[31mred");
    assert_eq!(escape_terminal("x\u{202e}y\nz"), "x\\u{202e}y\\u{a}z");
}

proptest! {
    #[test]
    fn no_text_makes_it_panic_and_no_whole_secret_is_shown(name in "\\PC{0,20}", value in "\\PC{0,80}") {
        if let Some(secret) = classify_secret(&name, &value) {
            let length = value.trim().chars().count();
            prop_assert!(secret.shown.chars().count() <= length / 4 + 1);
        }
        let _ = redact_secrets_in(&value);
        let _ = escape_terminal(&value);
    }

    #[test]
    fn text_with_quotes_and_assignments_never_panics(text in "[a-zA-Z0-9='\":;,@/ \\n\\-_{}é]{0,200}") {
        let clean = redact_secrets_in(&text).into_owned();
        for hit in find_secrets(&text) {
            prop_assert!(text.get(hit.range.clone()).is_some());
        }
        prop_assert!(clean.len() + 1 > 0);
    }
}

#[test]
fn a_mark_tells_which_secret_it_was_and_marks_of_earlier_versions_are_read() {
    let secret = classify_secret("DB_PASSWORD", "Tr4vel-Kettle-93x").unwrap();
    assert_eq!(secret.fingerprint, fingerprint("Tr4vel-Kettle-93x"));
    assert_eq!(classify_secret("ANY", &mark(&secret)), Some(secret));
    let old = "⟦secret:password:Tr…3x⟧";
    let read = classify_secret("DB_PASSWORD", old).unwrap();
    assert_eq!((read.kind, read.shown.as_str(), read.fingerprint.as_str()), ("password", "Tr…3x", ""));
    assert_eq!(mark(&read), old);
}

#[test]
fn a_password_in_a_url_is_the_same_secret_as_the_password_alone() {
    let url = classify_secret("DATABASE_URL", "postgres://app:Tr4vel-Kettle-93x@db:5432/orders").unwrap();
    assert_eq!(url.fingerprint, fingerprint("Tr4vel-Kettle-93x"));
    let script = "psql postgres://app:Tr4vel-Kettle-93x@db:5432/orders";
    assert_eq!(find_secrets(script)[0].secret.fingerprint, url.fingerprint);
}

#[test]
fn a_redacted_script_still_tells_its_secrets_and_is_not_redacted_again() {
    let script = format!(
        "export AWS_SECRET_ACCESS_KEY={AWS_SECRET}\nexport DB_PASSWORD='Tr4vel-Kettle-93x' x=1\n\
         curl \"https://bot:Rusty-Anvil-77q@ci.internal/x\" && psql postgres://app:Mellow-Otter-5k@db/orders\n"
    );
    let redacted = redact_secrets_in(&script).into_owned();
    assert_eq!(redact_secrets_in(&redacted), redacted);
    let told = |text: &str| -> Vec<(String, String)> {
        find_secrets(text).into_iter().map(|hit| (hit.name, hit.secret.fingerprint)).collect()
    };
    assert_eq!(told(&redacted), told(&script), "{redacted}");
    assert_eq!(told(&script).len(), 4);
}

//! What to do about a secret that was found: take it back where it was issued, and keep the next one in a store.

use crate::{Group, Rule};
use tieout_model::Fix;
use tieout_source::redact::words;

/// The steps, in their order.
pub(crate) fn fixes(rule: &Rule, name: &str) -> Vec<Fix> {
    let plain = |title: String| Fix { title, safe: false, edits: Vec::new(), command: None };
    let mut fixes = vec![plain(format!("Take it back: {}", rule.rotate))];
    if rule.group == Group::Aws {
        fixes.push(plain(
            "Keep none: on AWS the function's or task's role gives credentials of an hour, and boto3 finds them by itself; from outside use IAM Roles Anywhere or OIDC (CI)".to_owned(),
        ));
        return fixes;
    }
    let parameter = parameter_name(rule, name);
    fixes.push(Fix {
        title: format!(
            "Keep the next one in Parameter Store as a SecureString, and read it once at start: boto3.client(\"ssm\").get_parameter(Name=\"{parameter}\", WithDecryption=True)[\"Parameter\"][\"Value\"]"
        ),
        safe: false,
        edits: Vec::new(),
        command: Some(format!("aws ssm put-parameter --name {parameter} --type SecureString --value file:///dev/stdin")),
    });
    fixes.push(plain(format!(
        "Let the role read that one parameter: {{\"Effect\": \"Allow\", \"Action\": \"ssm:GetParameter\", \"Resource\": \"arn:aws:ssm:REGION:ACCOUNT:parameter{parameter}\"}}, and kms:Decrypt on its key where that is your own"
    )));
    if rule.group == Group::Database {
        fixes.push(plain(
            "Or keep it in Secrets Manager, which rotates it: boto3.client(\"secretsmanager\").get_secret_value(SecretId=…) and secretsmanager:GetSecretValue on that secret; better still no password: IAM authentication of RDS".to_owned(),
        ));
    }
    fixes
}

/// `/app/db_password` of `DB_PASSWORD`; only characters that a parameter's name may have.
fn parameter_name(rule: &Rule, name: &str) -> String {
    let words = words(name).into_iter().filter(|word| word.bytes().all(|byte| byte.is_ascii_alphanumeric()));
    let spelled = words.collect::<Vec<_>>().join("_");
    let spelled = if spelled.is_empty() { rule.id.replace('-', "_") } else { spelled };
    format!("/app/{}", spelled.get(..60).unwrap_or(&spelled))
}

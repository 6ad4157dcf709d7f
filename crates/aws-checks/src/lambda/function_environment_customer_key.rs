//! With AWS's own key, whoever may read the function may read its environment.

use crate::{Cx, Each, Judge};
use tieout_aws_state::types::Function;
use tieout_model::{About, Confidence, Judged, Persona, Severity, Verdict};

/// The check.
pub static CHECK: Each<Function> = Each {
    about: About {
        id: "lambda-function-environment-customer-key",
        title: "Lambda environment is encrypted with a customer key",
        severity: Severity::Low,
        confidence: Confidence::High,
        persona: Persona::Auditor,
        cwe: &[311],
        controls: &[],
        objectives: &["encryption-at-rest", "lambda-hardening"],
        reads: &["lambda:ListFunctions"],
        aliases: &[
            ("prowler", "awslambda_function_env_vars_not_encrypted_with_cmk"),
            ("checkov", "CKV_AWS_173"),
        ],
        guide: include_str!("function_environment_customer_key.md"),
    },
    judge: Judge::Configuration(judge),
};

fn judge(function: &Function, _cx: &Cx<'_>) -> Judged {
    let variables = &function.environment.variables;
    if variables.known()?.is_none_or(|tree| tree.entries().is_empty()) {
        return Ok(Verdict::not_applicable("it has no environment variables"));
    }
    let key = &function.kms_key_arn;
    // A reference to a key is a key, even where its ARN is known only after deployment.
    if key.is_written() {
        return Ok(Verdict::pass("a customer key is configured"));
    }
    Ok(Verdict::fail("the environment is encrypted with AWS's own key only", key.place()))
}

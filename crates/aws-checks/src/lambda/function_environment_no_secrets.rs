//! Environment variables are shown to everyone who may read the function's configuration.

use crate::secret::{detail_of, detail_of_all};
use crate::{Cx, Each, Judge};
use tieout_aws_state::types::Function;
use tieout_model::{About, Confidence, Judged, Persona, Problem, Severity, Value, Verdict};
use tieout_source::redact::classify_secret;

/// The check.
pub static CHECK: Each<Function> = Each {
    about: About {
        id: "lambda-function-environment-no-secrets",
        title: "Lambda environment holds no secret",
        severity: Severity::Critical,
        confidence: Confidence::High,
        persona: Persona::Engineer,
        cwe: &[798, 312],
        controls: &[],
        objectives: &["secrets-management", "lambda-hardening"],
        reads: &["lambda:ListFunctions"],
        aliases: &[("prowler", "awslambda_function_no_secrets_in_variables"), ("checkov", "CKV_AWS_45")],
        guide: include_str!("function_environment_no_secrets.md"),
    },
    judge: Judge::Configuration(judge),
};

fn judge(function: &Function, _cx: &Cx<'_>) -> Judged {
    let variables = &function.environment.variables;
    let Some(tree) = variables.known()? else {
        return Ok(Verdict::pass("it has no environment variables"));
    };
    let mut problem = Problem::default();
    let mut said = Vec::new();
    let mut details = Vec::new();
    let mut open = None;
    for entry in tree.entries() {
        // A variable named like a secret whose value is settled elsewhere may well be one in clear.
        if !matches!(entry.node.value, Value::Ref { .. }) && is_named_like_one(&entry.key) {
            open = open.or(entry.node.gap());
        }
        // What is put together at deployment (a reference, a dynamic reference) is no literal.
        let Some(secret) = entry.node.scalar_text().and_then(|value| classify_secret(&entry.key, &value))
        else {
            continue;
        };
        said.push(format!("{} ({}, {})", entry.key, secret.kind, secret.shown));
        problem = problem.at(&entry.place());
        details.push(detail_of(&entry.key, &secret));
    }
    if said.is_empty() {
        if let Some(gap) = open {
            return Err(gap);
        }
        return Ok(Verdict::pass(format!("none of its {} variables holds a secret", tree.entries().len())));
    }
    problem.message = format!("the environment holds {}", said.join(", "));
    Ok(problem.detail(detail_of_all(details)).into())
}

/// Whether any value that is long and odd enough would be taken for a secret under this name.
fn is_named_like_one(name: &str) -> bool {
    classify_secret(name, "Tr4vel-Kettle-93x").is_some()
}

//! A function that anyone on the internet with an AWS account may run, at your cost and with your role.

use crate::{Cx, Each, Judge};
use tieout_aws_state::types::Function;
use tieout_aws_state::types::Permission;
use tieout_iam::Grant;
use tieout_model::{About, Confidence, Judged, Persona, Severity, Verdict};

/// The check.
pub static CHECK: Each<Function> = Each {
    about: About {
        id: "lambda-function-policy-not-public",
        title: "Lambda function cannot be invoked by everyone",
        severity: Severity::Critical,
        confidence: Confidence::High,
        persona: Persona::Engineer,
        cwe: &[284],
        controls: &["AWS-FSBP:Lambda.1"],
        objectives: &["lambda-hardening", "network-exposure"],
        reads: &["lambda:ListFunctions", "lambda:GetPolicy"],
        aliases: &[("prowler", "awslambda_function_not_publicly_accessible"), ("checkov", "CKV_AWS_301")],
        guide: include_str!("function_policy_not_public.md"),
    },
    judge: Judge::Configuration(judge),
};

fn judge(function: &Function, cx: &Cx<'_>) -> Judged {
    if let Some(policy) = function.live.policy.known()? {
        let exposure = policy.exposure();
        let public = exposure.public()?;
        if let Some(grant) = public.iter().find(|grant| !is_url_grant(grant)) {
            return Ok(Verdict::fail("the function's policy lets everyone invoke it", &grant.statement.at));
        }
    }
    for (_, permission) in cx.naming(Permission::FUNCTION_NAME)? {
        let guarded = permission.source_account.is_written()
            || permission.source_arn.is_written()
            || permission.principal_org_id.is_written()
            || permission.function_url_auth_type.is_written()
            || permission.invoked_via_function_url.is_true()?;
        if permission.principal.text()? == "*" && !guarded {
            return Ok(Verdict::fail(
                "a permission lets everyone invoke the function",
                permission.principal.place(),
            ));
        }
    }
    Ok(Verdict::pass("no statement lets everyone invoke it"))
}

/// A grant for function URLs is judged with the URL (`lambda-url-authenticated`).
fn is_url_grant(grant: &Grant<'_>) -> bool {
    grant
        .statement
        .conditions
        .iter()
        .any(|condition| condition.key.eq_ignore_ascii_case("lambda:FunctionUrlAuthType"))
}

//! Without a source, any customer's bucket or topic can drive the service to call the function (confused deputy).

use crate::{Cx, Each, Judge};
use tieout_aws_state::types::Permission;
use tieout_model::{About, Confidence, Judged, Persona, Severity, Verdict};

/// Services that call a function only by the account's own configuration of it.
const NEEDS_NONE: [&str; 1] = ["edgelambda.amazonaws.com"];

/// The check.
pub static CHECK: Each<Permission> = Each {
    about: About {
        id: "lambda-permission-names-source",
        title: "Lambda permission for a service names its source",
        severity: Severity::Medium,
        confidence: Confidence::High,
        persona: Persona::Auditor,
        cwe: &[441],
        controls: &[],
        objectives: &["lambda-hardening", "least-privilege"],
        reads: &["lambda:ListFunctions", "lambda:GetPolicy"],
        aliases: &[("checkov", "CKV_AWS_364")],
        guide: include_str!("permission_names_source.md"),
    },
    judge: Judge::Configuration(judge),
};

fn judge(permission: &Permission, _cx: &Cx<'_>) -> Judged {
    let principal = permission.principal.text()?;
    if !principal.ends_with(".amazonaws.com") {
        return Ok(Verdict::not_applicable(format!("{principal} is no AWS service")));
    }
    let named = [&permission.source_arn, &permission.source_account, &permission.principal_org_id];
    if named.iter().any(|setting| setting.is_written()) {
        return Ok(Verdict::pass("it names its source"));
    }
    if NEEDS_NONE.contains(&principal) {
        return Ok(Verdict::pass(format!("{principal} acts only for the function's own account")));
    }
    let message = format!(
        "{principal} may invoke the function on behalf of any account: there is no SourceArn or SourceAccount"
    );
    Ok(Verdict::fail(message, permission.principal.place()))
}

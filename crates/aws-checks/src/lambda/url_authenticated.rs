//! A URL without authentication is a door to the function's role for the whole internet.

use crate::{Cx, Each, Judge};
use tieout_aws_state::types::Url;
use tieout_model::{About, Confidence, Gap, Judged, Persona, Severity, Verdict};

/// The check.
pub static CHECK: Each<Url> = Each {
    about: About {
        id: "lambda-url-authenticated",
        title: "Lambda function URL asks who calls",
        severity: Severity::High,
        confidence: Confidence::High,
        persona: Persona::Engineer,
        cwe: &[306],
        controls: &[],
        objectives: &["lambda-hardening", "network-exposure"],
        reads: &["lambda:ListFunctions", "lambda:ListFunctionUrlConfigs"],
        aliases: &[("prowler", "awslambda_function_url_public"), ("checkov", "CKV_AWS_258")],
        guide: include_str!("url_authenticated.md"),
    },
    judge: Judge::Configuration(judge),
};

fn judge(url: &Url, _cx: &Cx<'_>) -> Judged {
    let kind = &url.auth_type;
    Ok(match kind.text()? {
        "AWS_IAM" => Verdict::pass("callers must sign their requests (AWS_IAM)"),
        "NONE" => {
            Verdict::fail("the function URL answers everyone on the internet: AuthType is NONE", kind.place())
        }
        other => return Err(Gap::unsupported(format_args!("AuthType `{other}`"))),
    })
}

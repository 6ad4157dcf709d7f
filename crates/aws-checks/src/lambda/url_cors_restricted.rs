//! Any web page may call the function from its visitors' browsers.

use crate::{Cx, Each, Judge};
use tieout_aws_state::types::Url;
use tieout_model::{About, Confidence, Judged, Persona, Problem, Severity, Verdict};

/// The check.
pub static CHECK: Each<Url> = Each {
    about: About {
        id: "lambda-url-cors-restricted",
        title: "Lambda function URL answers chosen origins only",
        severity: Severity::Low,
        confidence: Confidence::High,
        persona: Persona::Auditor,
        cwe: &[942],
        controls: &[],
        objectives: &["lambda-hardening"],
        reads: &["lambda:ListFunctions", "lambda:ListFunctionUrlConfigs"],
        aliases: &[("prowler", "awslambda_function_url_cors_policy")],
        guide: include_str!("url_cors_restricted.md"),
    },
    judge: Judge::Configuration(judge),
};

fn judge(url: &Url, _cx: &Cx<'_>) -> Judged {
    for origin in url.cors.allow_origins.items()? {
        if origin.text()? != "*" {
            continue;
        }
        if url.cors.allow_credentials.is_true()? {
            let message = "every web page may call the URL with its visitors' credentials";
            return Ok(Problem::new(message).at(origin.place()).severity(Severity::Medium).into());
        }
        return Ok(Verdict::fail("every web page may call the URL: AllowOrigins has `*`", origin.place()));
    }
    Ok(Verdict::pass("no wildcard among the allowed origins"))
}

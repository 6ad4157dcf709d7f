//! A runtime without security patches.

use crate::{Cx, Each, Judge};
use tieout_aws_state::types::Function;
use tieout_lifecycle::{Product, RuntimeDeclaration, RuntimeState, Table};
use tieout_model::{About, Confidence, Detail, Judged, Persona, Problem, Severity, Verdict};

/// The check.
pub static CHECK: Each<Function> = Each {
    about: About {
        id: "lambda-function-runtime-supported",
        title: "Lambda function runs on a supported runtime",
        severity: Severity::High,
        confidence: Confidence::High,
        persona: Persona::Engineer,
        cwe: &[1104],
        controls: &["AWS-FSBP:Lambda.2"],
        objectives: &["lambda-hardening", "vulnerable-dependencies"],
        reads: &["lambda:ListFunctions"],
        aliases: &[("prowler", "awslambda_function_using_supported_runtimes"), ("checkov", "CKV_AWS_363")],
        guide: include_str!("function_runtime_supported.md"),
    },
    judge: Judge::Configuration(judge),
};

fn judge(function: &Function, cx: &Cx<'_>) -> Judged {
    let setting = &function.runtime;
    let Some(identifier) = setting.known()? else {
        return Ok(Verdict::not_applicable("a container image brings its own runtime"));
    };
    let declaration = RuntimeDeclaration {
        product: Product::Lambda,
        release: Ok(identifier.clone()),
        exact: None,
        at_least: false,
        written: identifier.clone(),
        by: "AWS::Lambda::Function".to_owned(),
        at: setting.place().clone(),
    };
    let today = cx.state.as_of();
    let verdict = tieout_lifecycle::judge(&declaration, Table::in_force(), today);
    let instead = verdict.successor.as_ref().map(|name| format!("; {name} is supported")).unwrap_or_default();
    let fail = |message: String| {
        Problem::new(message)
            .at(setting.place())
            .detail(Detail::Runtime(verdict.detail(&declaration, Vec::new())))
    };
    Ok(match &verdict.state {
        RuntimeState::Unknown(gap) => return Err(gap.clone()),
        RuntimeState::Ended { since } | RuntimeState::LetsInEnded { since } => {
            let blocked = match verdict.blocked {
                Some(day) if day <= today => format!("; the function cannot be updated since {day}"),
                Some(day) => format!("; the function cannot be updated from {day}"),
                None => String::new(),
            };
            fail(format!("{identifier} is without security patches since {since}{blocked}{instead}")).into()
        }
        RuntimeState::EndsSoon { on } => {
            let days = (*on - today).whole_days();
            let message = format!("{identifier} is supported for {days} more days, until {on}{instead}");
            fail(message).severity(Severity::Low).into()
        }
        RuntimeState::Supported { until: Some(until) } => {
            Verdict::pass(format!("{identifier} is supported until {until}"))
        }
        RuntimeState::Supported { until: None } => {
            Verdict::pass(format!("{identifier} is supported, and no end is announced"))
        }
    })
}

//! A runtime without security patches.

use super::runtimes::find;
use crate::{Cx, Each, Judge};
use tieout_aws_state::types::Function;
use tieout_model::time::Duration;
use tieout_model::{About, Confidence, Gap, Judged, Persona, Severity, Verdict};

/// A runtime that ends within half a year passes with a word of warning.
const SOON: Duration = Duration::days(180);

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
    let Some(runtime) = find(identifier) else {
        return Err(Gap::unsupported(format_args!(
            "the runtime {identifier}, which the table of runtimes does not know"
        )));
    };
    let today = cx.state.as_of();
    let instead = runtime.successor.map(|name| format!("; {name} is supported")).unwrap_or_default();
    if runtime.deprecated <= today {
        let blocked = if runtime.update_blocked <= today {
            format!("the function cannot be updated since {}", runtime.update_blocked)
        } else {
            format!("the function cannot be updated from {}", runtime.update_blocked)
        };
        let message = format!(
            "{identifier} is without security patches since {}; {blocked}{instead}",
            runtime.deprecated
        );
        return Ok(Verdict::fail(message, setting.place()));
    }
    if runtime.deprecated - today <= SOON {
        let days = (runtime.deprecated - today).whole_days();
        let message =
            format!("{identifier} is supported for {days} more days, until {}{instead}", runtime.deprecated);
        return Ok(Verdict::pass(message));
    }
    Ok(Verdict::pass(format!("{identifier} is supported until {}", runtime.deprecated)))
}

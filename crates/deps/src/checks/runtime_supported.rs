//! A runtime without security patches, or one that will soon be.

use crate::{Cx, DepsCheck, Judge, Product, RuntimeDeclaration};
use tieout_lifecycle::{RuntimeState, RuntimeVerdict, Table, cpython, judge as stands};
use tieout_model::{About, AdvisoryHit, Confidence, Detail, Judged, Persona, Problem, Severity, Verdict};

/// The check.
pub static CHECK: DepsCheck = DepsCheck {
    about: About {
        id: "deps-runtime-supported",
        title: "Runtime gets security patches",
        severity: Severity::High,
        confidence: Confidence::High,
        persona: Persona::Engineer,
        cwe: &[1104],
        controls: &[],
        objectives: &["vulnerable-dependencies"],
        reads: &[],
        aliases: &[],
        guide: include_str!("runtime_supported.md"),
    },
    judge: Judge::Runtime(judge),
    answers_for_unaudited: false,
};

fn judge(runtime: &RuntimeDeclaration, cx: &Cx<'_>) -> Judged {
    let verdict = stands(runtime, Table::in_force(), cx.as_of);
    let what = name(runtime);
    let instead = verdict.successor.as_ref().map(|name| format!("; {name} is supported")).unwrap_or_default();
    let problem = |message: String| {
        Problem::new(message)
            .at(&runtime.at)
            .detail(Detail::Runtime(verdict.detail(runtime, own_advisories(runtime))))
    };
    Ok(match &verdict.state {
        RuntimeState::Unknown(gap) => return Err(gap.clone()),
        RuntimeState::Ended { since } => {
            let message =
                format!("{what} gets no security patches since {since}{}{instead}", blocked(&verdict, cx));
            problem(message).into()
        }
        RuntimeState::LetsInEnded { since } => {
            let message =
                format!("`{}` lets in {what}, which gets no security patches since {since}", runtime.written);
            problem(message).severity(Severity::Low).confidence(Confidence::Medium).into()
        }
        RuntimeState::EndsSoon { on } => {
            let days = (*on - cx.as_of).whole_days();
            problem(format!("{what} gets security patches for {days} more days, until {on}{instead}"))
                .severity(Severity::Low)
                .into()
        }
        RuntimeState::Supported { until: Some(until) } => {
            Verdict::pass(format!("{what} gets security patches until {until}"))
        }
        RuntimeState::Supported { until: None } => {
            Verdict::pass(format!("{what} gets security patches, and no end is announced"))
        }
    })
}

/// The interpreter's own advisories, where its exact version is declared: `runtime_no_known_vulnerabilities` judges them.
fn own_advisories(runtime: &RuntimeDeclaration) -> Vec<AdvisoryHit> {
    let exact = runtime.exact.as_deref().filter(|_| runtime.product == Product::Python && !runtime.at_least);
    exact.and_then(cpython::affecting).unwrap_or_default()
}

fn blocked(verdict: &RuntimeVerdict, cx: &Cx<'_>) -> String {
    match verdict.blocked {
        Some(day) if day <= cx.as_of => format!("; AWS refuses updates since {day}"),
        Some(day) => format!("; AWS refuses updates from {day}"),
        None => String::new(),
    }
}

/// `Python 3.8`, `the Lambda runtime python3.8`.
fn name(runtime: &RuntimeDeclaration) -> String {
    let release = runtime.release.as_deref().unwrap_or(&runtime.written);
    match runtime.product {
        Product::Python => format!("Python {release}"),
        Product::Lambda => format!("the Lambda runtime {release}"),
        Product::AmazonLinux => format!("Amazon Linux {release}"),
        Product::Glue => format!("Glue {release}"),
        Product::Debian => format!("Debian {release}"),
        Product::Alpine => format!("Alpine {release}"),
        Product::Ubuntu => format!("Ubuntu {release}"),
        Product::OpenSsl => format!("OpenSSL {release}"),
    }
}

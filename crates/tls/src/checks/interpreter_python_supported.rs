//! An interpreter whose branch of Python gets no security patches, or soon none.

use crate::python::{PythonReport, python_branch};
use crate::{Cx, Judge, TlsCheck};
use tieout_lifecycle::{Product, RuntimeDeclaration, RuntimeState, Table, judge as stands};
use tieout_model::{About, Confidence, Gap, Judged, Persona, Place, Problem, Reason, Severity, Verdict};

/// The check.
pub static CHECK: TlsCheck = TlsCheck {
    about: About {
        id: "tls-interpreter-python-supported",
        title: "Interpreter gets security patches",
        severity: Severity::Medium,
        confidence: Confidence::High,
        persona: Persona::Engineer,
        cwe: &[1104],
        controls: &[],
        objectives: &["tls"],
        reads: &[],
        aliases: &[],
        guide: include_str!("interpreter_python_supported.md"),
    },
    judge: Judge::Interpreter(judge),
};

fn judge(report: &PythonReport, cx: &Cx<'_>) -> Judged {
    let version = report.python.as_deref().unwrap_or_default();
    let unknown = || Gap::new(Reason::Unresolved, "the interpreter's version", "name one that says it");
    let declaration = RuntimeDeclaration {
        product: Product::Python,
        release: Ok(python_branch(version).ok_or_else(unknown)?),
        exact: Some(version.to_owned()),
        at_least: false,
        written: version.to_owned(),
        by: report.interpreter.clone(),
        at: Place::None,
    };
    Ok(match stands(&declaration, Table::in_force(), cx.as_of).state {
        RuntimeState::Unknown(gap) => return Err(gap),
        RuntimeState::Ended { since } | RuntimeState::LetsInEnded { since } => {
            Problem::new(format!("Python {version} gets no security patches since {since}")).into()
        }
        RuntimeState::EndsSoon { on } => {
            let days = (on - cx.as_of).whole_days();
            Problem::new(format!("Python {version} gets security patches for {days} more days, until {on}"))
                .severity(Severity::Low)
                .into()
        }
        RuntimeState::Supported { until } => Verdict::pass(match until {
            Some(until) => format!("Python {version} gets security patches until {until}"),
            None => format!("Python {version} gets security patches"),
        }),
    })
}

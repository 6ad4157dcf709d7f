//! How far an advisory concerns the project (VEX), from the reach of the code and from what people decided. It claims no more
//! than is known: docs/output.md has the table.

use super::put;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use tieout_model::{Finding, FindingStatus, Rank};

/// One finding of an advisory and a component, with the ranks that it was given.
pub(super) struct Case<'a> {
    pub(super) finding: &'a Finding,
    /// The rank of the package: how the code touches it at all.
    pub(super) package: Option<Rank>,
    /// The rank of the advisory: how the code touches what it is about.
    pub(super) hit: Option<Rank>,
}

/// The analysis of all findings of one advisory and component. `alone`: the project names the component itself, and it is
/// known that no other package requires it.
pub(super) fn analysis(cases: &[Case<'_>], alone: bool) -> Value {
    let set_aside =
        |case: &Case<'_>| matches!(case.finding.status, FindingStatus::Excepted | FindingStatus::Suppressed);
    let decided = !cases.is_empty() && cases.iter().all(set_aside);
    let unreachable = alone && !cases.is_empty() && cases.iter().all(is_uncalled);
    let mut analysis = match (unreachable, decided) {
        (true, _) => json!({ "state": "not_affected", "justification": "code_not_reachable" }),
        // Someone lives with it: that does not make the project safe from it.
        (false, true) => json!({ "state": "exploitable" }),
        (false, false) => json!({ "state": "in_triage" }),
    };
    let mut said: Vec<String> = vec![reach(cases, unreachable).to_owned()];
    if decided {
        put(&mut analysis, "response", json!(["will_not_fix"]));
        let reasons: BTreeSet<&str> =
            cases.iter().filter_map(|case| case.finding.status_reason.as_deref()).collect();
        said.extend(reasons.into_iter().map(|reason| format!("Decided: {reason}")));
    }
    put(&mut analysis, "detail", Value::String(said.join(" ")));
    analysis
}

/// True where the advisory names what is at fault, the code calls the package, and calls nothing of that. Where an advisory
/// names nothing, a package that is called is called for it too; so a lower rank says that it names something.
fn is_uncalled(case: &Case<'_>) -> bool {
    case.package == Some(Rank::Called) && case.hit == Some(Rank::Imported)
}

fn reach(cases: &[Case<'_>], unreachable: bool) -> &'static str {
    let ranks: Option<BTreeSet<Rank>> = cases.iter().map(|case| case.hit.or(case.package)).collect();
    match ranks.and_then(|ranks| ranks.first().copied()) {
        Some(Rank::Called) => "The project's code calls what the advisory is about.",
        Some(Rank::Imported) if unreachable => {
            "The project's code uses the package and calls nothing that the advisory names; no other package requires it."
        }
        Some(Rank::Imported) => {
            "The project's code imports the package; no call of what the advisory is about was found in it. Other packages may make one."
        }
        Some(Rank::Installed) => {
            "No import of the package was found in the project's code. Other packages may use it."
        }
        Some(Rank::Declared) => {
            "A manifest names the package; no import was found, and nothing says that it is installed."
        }
        None => "It is not known whether the project's code reaches it.",
    }
}

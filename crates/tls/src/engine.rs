//! The loop over what was probed. A check judges one endpoint or interpreter; the engine walks them all, keeps a broken check
//! from ending the run, and enters every verdict in the ledger.

use crate::endpoint::{Endpoint, REACH};
use crate::python::{Client, Configured, PythonReport};
use crate::wire::Version;
use tieout_check::{Ledger, Record, judge_safely};
use tieout_model::time::Date;
use tieout_model::{About, CheckInfo, Judged, Place, Subject, SubjectKind, Verdict};

/// What a check sees besides its subject.
pub struct Cx<'a> {
    /// What was seen of servers.
    pub endpoints: &'a [Endpoint],
    /// What was seen of interpreters.
    pub interpreters: &'a [PythonReport],
    /// The least version that counts as good.
    pub minimum: Version,
    /// The day on which dates are judged.
    pub as_of: Date,
}

/// What a check judges, and how.
#[derive(Clone, Copy)]
pub enum Judge {
    /// Each server that was reached; of those that were not, no check says anything but why.
    Endpoint(fn(&Endpoint, &Cx<'_>) -> Judged),
    /// Each client of each interpreter.
    Client(fn(&Client, &Cx<'_>) -> Judged),
    /// Each client as the project's code configures it.
    Configured(fn(&Configured, &Cx<'_>) -> Judged),
    /// Each interpreter as a whole.
    Interpreter(fn(&PythonReport, &Cx<'_>) -> Judged),
}

/// A check of what probes saw.
pub struct TlsCheck {
    /// Its declaration.
    pub about: About,
    /// Its logic.
    pub judge: Judge,
}

/// A check as reports show it.
pub fn info(check: &TlsCheck) -> CheckInfo {
    let subject = match check.judge {
        Judge::Endpoint(_) => "endpoint",
        Judge::Client(_) | Judge::Interpreter(_) => "interpreter",
        Judge::Configured(_) => "file",
    };
    tieout_check::info(&check.about, crate::ENGINE, &[subject])
}

/// Runs the chosen checks on what was probed.
pub fn run(cx: &Cx<'_>, checks: &[&'static TlsCheck]) -> Ledger {
    let mut ledger = Ledger::default();
    for check in checks {
        let mut enter = |subject: &Subject, place: &Place, judge: &dyn Fn() -> Judged| {
            let judged = judge_safely(check.about.id, judge);
            ledger.record(Record { about: &check.about, subject, place, judged, evidence: &[] });
        };
        match check.judge {
            Judge::Endpoint(judge) => {
                for endpoint in cx.endpoints {
                    let subject = Subject::new(SubjectKind::Endpoint, &*endpoint.endpoint);
                    let place = Place::Endpoint(endpoint.endpoint.as_str().into());
                    let judge = || endpoint.told(REACH).and_then(|()| judge(endpoint, cx));
                    enter(&subject, &place, &|| Ok(with_sources(judge()?, endpoint, &place)));
                }
            }
            Judge::Client(judge) => {
                for interpreter in cx.interpreters {
                    for client in &interpreter.clients {
                        let id = format!("{} {}", interpreter.interpreter, client.name);
                        let subject = Subject {
                            name: Some(client.name.clone()),
                            ..Subject::new(SubjectKind::Runtime, id)
                        };
                        enter(&subject, &Place::None, &|| judge(client, cx));
                    }
                }
            }
            Judge::Configured(judge) => {
                for row in cx.interpreters.iter().flat_map(|interpreter| &interpreter.configured) {
                    enter(&row.subject(), &row.place(), &|| judge(row, cx));
                }
            }
            Judge::Interpreter(judge) => {
                for interpreter in cx.interpreters {
                    let subject = Subject::new(SubjectKind::Runtime, &*interpreter.interpreter);
                    enter(&subject, &Place::None, &|| judge(interpreter, cx));
                }
            }
        }
    }
    ledger
}

/// A problem of an endpoint that somebody's file or account states is one of that place too.
fn with_sources(verdict: Verdict, endpoint: &Endpoint, place: &Place) -> Verdict {
    match verdict {
        Verdict::Fail(mut problem) if !endpoint.stated_by.is_empty() => {
            if problem.places.is_empty() {
                problem.places.push(place.clone());
            }
            problem.places.extend(endpoint.stated_by.iter().map(|one| one.at.clone()));
            Verdict::Fail(problem)
        }
        other => other,
    }
}

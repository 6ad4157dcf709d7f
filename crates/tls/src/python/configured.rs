//! The clients that a project's code configures: which of their configurations are probed, equal ones once, and the rows that
//! come of it. What a row is judged to be is for the checks and the verdict.

use super::project::vocabulary::Configuration;
use super::project::{Code, Stated};
use super::report::Client;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use tieout_model::{Gap, Place, Position, Reason, Subject, SubjectKind};

/// More configurations that differ are not probed: each takes nine connections.
const MOST: usize = 64;

/// A client as the project's code configures it, and what it did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Configured {
    /// The file, relative to the project.
    pub path: String,
    /// The line on which the client is made or called.
    pub line: u32,
    /// The client.
    pub client: String,
    /// The settings, one each, in Python's words.
    #[serde(default)]
    pub settings: Vec<String>,
    /// What the code loads and the probe has its own of: authorities, the client's certificate.
    #[serde(default)]
    pub not_rebuilt: Vec<String>,
    /// Whether it is in a test: then it is told, and no reason to fail.
    #[serde(default)]
    pub test: bool,
    /// What the interpreter says to the configuration, where it does not take it: no connection is made with it.
    #[serde(default)]
    pub refused: Option<String>,
    /// Where the client is, then where its settings are.
    #[serde(skip)]
    pub places: Vec<Place>,
    /// Whether all its findings are suppressed, accepted or known before.
    #[serde(skip)]
    pub waived: bool,
    /// What it did.
    #[serde(flatten)]
    pub seen: Client,
}

impl Configured {
    /// Where it is.
    pub fn place(&self) -> Place {
        self.places.first().cloned().unwrap_or_else(|| {
            let start = Position { line: self.line, column: 1 };
            Place::text(&self.path.as_str().into(), start, start)
        })
    }

    /// What a verdict on it is about. Its id has no line, so that it outlives moved ones.
    pub fn subject(&self) -> Subject {
        Subject {
            name: Some(self.client.clone()),
            file: Some(self.path.clone()),
            line: Some(self.line),
            ..Subject::new(
                SubjectKind::File,
                format!("{} {}: {}", self.path, self.client, self.settings.join("; ")),
            )
        }
    }

    /// What could not be told of it.
    pub fn gaps(&self) -> impl Iterator<Item = Gap> {
        self.seen.gaps().map(|gap| {
            let what = format!("{}:{}: {}", self.path, self.line, gap.what);
            Gap::new(gap.reason, what, gap.resolve_with.to_string())
        })
    }

    /// Whether it counts for the verdict.
    pub fn counts(&self) -> bool {
        !self.test && !self.waived && self.refused.is_none()
    }

    fn new(stated: &Stated, seen: Client, refused: Option<String>) -> Configured {
        let place = stated.places.first().and_then(Place::file_line);
        let (path, line) = place.map_or_else(Default::default, |(path, line)| (path.to_owned(), line));
        Configured {
            path,
            line,
            client: seen.name.clone(),
            settings: stated.configuration.settings(),
            not_rebuilt: stated.ignored.iter().map(|name| (*name).to_owned()).collect(),
            test: stated.test,
            refused,
            places: stated.places.clone(),
            waived: false,
            seen,
        }
    }
}

/// What is to be probed, and what cannot be.
pub(super) struct Plan {
    /// The configurations, each once.
    pub(super) configurations: Vec<Configuration>,
    /// For each client of the code the number of its configuration.
    stated: Vec<(Stated, usize)>,
    pub(super) gaps: Vec<Gap>,
    /// Whether one of the gaps is in the code of the backend.
    pub(super) open: bool,
}

/// Chooses what to probe, given the clients that the interpreter has.
pub(super) fn plan(code: &Code, installed: &[String]) -> Plan {
    let mut plan = Plan {
        configurations: Vec::new(),
        stated: Vec::new(),
        gaps: code.gaps.iter().chain(&code.test_gaps).cloned().collect(),
        open: !code.gaps.is_empty(),
    };
    let mut numbers: BTreeMap<Configuration, usize> = BTreeMap::new();
    // The backend's own come before those of tests.
    let (tests, own): (Vec<&Stated>, Vec<&Stated>) = code.stated.iter().partition(|stated| stated.test);
    for stated in own.into_iter().chain(tests) {
        let client = stated.configuration.client;
        let is_there = client == "ssl" || installed.iter().any(|name| name == client);
        let mut stated = stated.clone();
        if !is_there {
            plan.gap(
                &stated,
                format!("what {client} does as it is configured: this interpreter has no {client}"),
                "install it in the environment that is probed",
            );
            // What its context does is told all the same.
            let Some(alone) = stated.configuration.alone() else { continue };
            stated.configuration = alone;
        }
        let next = plan.configurations.len();
        if next >= MOST && !numbers.contains_key(&stated.configuration) {
            plan.gap(
                &stated,
                format!(
                    "what {client} does as it is configured: {MOST} other configurations are probed before it"
                ),
                "probe a part of the project by itself",
            );
            continue;
        }
        let number = *numbers.entry(stated.configuration.clone()).or_insert(next);
        if number == next {
            plan.configurations.push(stated.configuration.clone());
        }
        plan.stated.push((stated, number));
    }
    plan
}

impl Plan {
    fn gap(&mut self, stated: &Stated, what: String, resolve: &str) {
        let place = stated.places.first().and_then(Place::file_line);
        let at = place.map_or_else(String::new, |(path, line)| format!("{path}:{line}: "));
        self.gaps.push(Gap::new(Reason::Unsupported, format!("{at}{what}"), resolve));
        self.open |= !stated.test;
    }

    /// The rows, by path and line, once each configuration is probed.
    pub(super) fn rows(&self, seen: &[(Client, Option<String>)]) -> Vec<Configured> {
        let mut rows: Vec<Configured> = self
            .stated
            .iter()
            .filter_map(|(stated, number)| {
                let (client, refused) = seen.get(*number)?.clone();
                Some(Configured::new(stated, client, refused))
            })
            .collect();
        rows.sort_by(|a, b| {
            (&a.path, a.line, &a.client, &a.settings).cmp(&(&b.path, b.line, &b.client, &b.settings))
        });
        rows
    }
}

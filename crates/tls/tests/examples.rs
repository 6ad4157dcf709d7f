//! Every example of every guide, each one test named after its check, section, language and number:
//! `tls-endpoint-old-versions-refused::fails::endpoint::1`.

use libtest_mimic::{Arguments, Failed, Trial};
use std::collections::BTreeMap;
use tieout_check::{Example, holds, is_complete, parse_guide};
use tieout_model::time::{Date, macros::date};
use tieout_tls::endpoint::Endpoint;
use tieout_tls::python::PythonReport;
use tieout_tls::wire::Version;
use tieout_tls::{Cx, TlsCheck};

/// The day on which the examples' dates are judged.
const AS_OF: Date = date!(2026 - 01 - 15);

fn main() {
    let arguments = Arguments::from_args();
    let trials: Vec<Trial> = tieout_tls::checks::CHECKS.iter().flat_map(|check| trials_of(check)).collect();
    if let Some(word) = &arguments.filter
        && !trials.iter().any(|trial| trial.name().contains(word))
    {
        eprintln!("no example of a registered check has `{word}` in its name: nothing is tested");
    }
    libtest_mimic::run(&arguments, trials).exit();
}

fn trials_of(check: &'static TlsCheck) -> Vec<Trial> {
    let id = check.about.id;
    let guide = parse_guide(check.about.guide);
    let mut numbers: BTreeMap<String, usize> = BTreeMap::new();
    let mut trials = Vec::new();
    for example in guide.examples.clone() {
        let group = format!("{id}::{}::{}", example.expect.as_str(), example.language);
        let number = numbers.entry(group.clone()).or_default();
        *number += 1;
        trials.push(Trial::test(format!("{group}::{number}"), move || run(check, &example)));
    }
    trials.push(Trial::test(format!("{id}::guide"), move || Ok(is_complete(&guide)?)));
    trials
}

/// A fence `interpreter` holds what `tieout tls python -f json` prints, a fence `endpoint` holds what a probe saw, as `tieout tls endpoint -f json` prints it; `"minimum"` is `--min`.
fn run(check: &'static TlsCheck, example: &Example) -> Result<(), Failed> {
    let seen: serde_json::Value = serde_json::from_str(&example.text)?;
    let minimum = seen.get("minimum").and_then(|word| Version::named(word.as_str()?));
    let mut endpoints: Vec<Endpoint> = Vec::new();
    let mut interpreters: Vec<PythonReport> = Vec::new();
    match example.language.as_str() {
        "endpoint" => {
            let endpoint = Endpoint {
                endpoint: "shop.example:443".into(),
                reachable: true,
                ..serde_json::from_value(seen)?
            };
            endpoints.push(endpoint);
        }
        "interpreter" => {
            let report = PythonReport {
                interpreter: "/srv/app/.venv/bin/python".into(),
                ..serde_json::from_value(seen)?
            };
            interpreters.push(report);
        }
        language => return Err(format!("examples in `{language}` are not run").into()),
    }
    let cx = Cx {
        endpoints: &endpoints,
        interpreters: &interpreters,
        minimum: minimum.unwrap_or(Version::Tls12),
        as_of: AS_OF,
    };
    let (results, findings, _) = tieout_tls::run(&cx, &[check]).finish();
    Ok(holds(example, &results, &findings)?)
}

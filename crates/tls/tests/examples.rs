//! Every example of every guide, each one test named after its check, section, language and number:
//! `tls-endpoint-old-versions-refused::fails::endpoint::1`.

use libtest_mimic::Failed;
use std::process::ExitCode;
use tieout_check::Example;
use tieout_check::harness::{self, Said};
use tieout_model::time::{Date, macros::date};
use tieout_tls::endpoint::Endpoint;
use tieout_tls::python::PythonReport;
use tieout_tls::wire::Version;
use tieout_tls::{Cx, TlsCheck};

/// The day on which the examples' dates are judged.
const AS_OF: Date = date!(2026 - 01 - 15);

fn main() -> ExitCode {
    let checks = tieout_tls::checks::CHECKS.iter().map(|check| (check.about.id, check.about.guide, *check));
    harness::main(checks, run)
}

/// A fence `interpreter` holds what `tieout tls python -f json` prints, a fence `endpoint` holds what a probe saw, as `tieout tls endpoint -f json` prints it; `"minimum"` is `--min`.
fn run(check: &'static TlsCheck, example: &Example, _: &str) -> Result<Said, Failed> {
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
    Ok((results, findings))
}

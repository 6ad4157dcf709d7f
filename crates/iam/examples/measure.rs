//! What `cargo xtask bench iam` measures of this crate, by itself: answers and times for a folder of policies,
//! and times for a file of decisions. `measure answers FOLDER`, `measure times FOLDER`, `measure decisions FILE`.

use serde_json::{Value, json};
use std::borrow::Cow;
use std::hint::black_box;
use std::io::Write as _;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;
use tieout_iam::eval::{Context, ContextValue, Layers, Principal, Request, Settings, evaluate};
use tieout_iam::facts::facts;
use tieout_iam::lint::{PolicyKind, lint};
use tieout_iam::{Policy, WildcardKind, simulate_jsonl};

type Failed = Box<dyn std::error::Error>;

/// Times are taken of so many rounds, and the one in the middle counts.
const ROUNDS: usize = 15;

fn main() -> Result<(), Failed> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    match args.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["answers", folder] => answers(folder),
        ["times", folder] => times(folder),
        ["decisions", file] => decisions(file),
        _ => Err("measure answers FOLDER | times FOLDER | decisions FILE".into()),
    }
}

/// A policy's file name and text, by name.
fn read(folder: &str) -> Result<Vec<(String, String)>, Failed> {
    let mut paths: Vec<PathBuf> =
        std::fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<std::io::Result<_>>()?;
    paths.sort();
    let name = |path: &PathBuf| path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    paths.iter().map(|path| Ok((name(path), std::fs::read_to_string(path)?))).collect()
}

/// All that is asked of a policy by itself.
fn audit(policy: &Policy) {
    black_box(policy.full_administrator());
    black_box(policy.wildcard_grants());
    black_box(policy.powers());
    black_box(policy.exposure());
}

/// A line a policy: its lints, what is not assessed, and what the audit finds.
fn answers(folder: &str) -> Result<(), Failed> {
    let mut out = std::io::stdout().lock();
    for (name, text) in read(folder)? {
        let policy = Policy::from_json(&text, &Arc::from(name.as_str()));
        let linted = lint(&policy, PolicyKind::guess(&policy));
        let lints: Vec<Value> = linted.lints.iter().map(|lint| json!([lint.rule, lint.message])).collect();
        let gaps: Vec<&str> = linted.gaps.iter().map(|(gap, _)| &*gap.what).collect();
        let line = json!({"file": name, "lints": lints, "gaps": gaps, "audit": found(&policy)});
        writeln!(out, "{line}")?;
    }
    Ok(())
}

/// What the audit finds: a kind and what it is about.
fn found(policy: &Policy) -> Vec<Value> {
    let mut found = Vec::new();
    if policy.full_administrator().is_yes() {
        found.push(json!(["administrator", "*"]));
    }
    for grant in policy.wildcard_grants().items {
        let kind = match grant.kind {
            WildcardKind::AllActions => "all-actions",
            WildcardKind::Service(_) => "service",
            WildcardKind::AllBut => "all-but",
            WildcardKind::EveryResource => "every-resource",
        };
        let conditions = if grant.statement.conditions.is_empty() { "" } else { " if" };
        found.push(json!([format!("{kind}{conditions}"), grant.action.text()]));
        if grant.grants_permissions() {
            found.push(json!([format!("permissions{conditions}"), grant.action.text()]));
        }
    }
    for power in policy.powers().items {
        let reach = if power.unlimited { "" } else { " limited" };
        found.push(json!([format!("{}{reach}", power.way.kind.as_str()), power.way.actions.join(" ")]));
    }
    for grant in policy.exposure().grants {
        found.push(json!(["audience", format!("{:?}", grant.audience)]));
    }
    found
}

/// Microseconds a policy, of each part and of the dearest policy as a whole.
fn times(folder: &str) -> Result<(), Failed> {
    let policies = read(folder)?;
    let start = Instant::now();
    black_box(facts().action_count());
    let tables = micros(start);
    let file: Arc<str> = "policy.json".into();
    let parsed: Vec<Policy> = policies.iter().map(|(_, text)| Policy::from_json(text, &file)).collect();
    let kinds: Vec<PolicyKind> = parsed.iter().map(PolicyKind::guess).collect();
    let count = policies.len();
    let parse = middle(count, || {
        for (_, text) in &policies {
            black_box(Policy::from_json(text, &file));
        }
    });
    let audited = middle(count, || parsed.iter().for_each(audit));
    let linted = middle(count, || {
        for (policy, kind) in parsed.iter().zip(&kinds) {
            black_box(lint(policy, *kind));
        }
    });
    let mut whole: Vec<f64> = policies
        .iter()
        .map(|(_, text)| {
            middle(1, || {
                let policy = Policy::from_json(text, &file);
                audit(&policy);
                black_box(lint(&policy, PolicyKind::guess(&policy)));
            })
        })
        .collect();
    whole.sort_by(f64::total_cmp);
    let at = |part: f64| whole.get((part * (count - 1) as f64) as usize);
    let bytes: usize = policies.iter().map(|(_, text)| text.len()).sum();
    println!(
        "{}",
        json!({"facts": format!("{} of {}", facts().source(), facts().date()), "policies": count, "bytes": bytes, "tables": tables, "parse": parse, "audit": audited,
               "lint": linted, "median": at(0.5), "p99": at(0.99), "most": at(1.0)})
    );
    Ok(())
}

/// The middle one of the rounds, in microseconds a piece.
fn middle(count: usize, mut run: impl FnMut()) -> f64 {
    let mut rounds: Vec<f64> = (0..ROUNDS)
        .map(|_| {
            let start = Instant::now();
            run();
            micros(start) / count.max(1) as f64
        })
        .collect();
    rounds.sort_by(f64::total_cmp);
    rounds.get(ROUNDS / 2).copied().unwrap_or_default()
}

fn micros(start: Instant) -> f64 {
    start.elapsed().as_secs_f64() * 1e6
}

/// Microseconds a case: of the file as a whole (read, decide, write) and of the decision alone.
fn decisions(file: &str) -> Result<(), Failed> {
    let text = std::fs::read_to_string(file)?;
    let count = text.lines().count();
    let whole = middle(count, || {
        let mut out = Vec::new();
        if let Err(error) = simulate_jsonl(text.as_bytes(), &mut out) {
            eprintln!("measure: {error}");
        }
        black_box(out);
    });
    let cases: Vec<Case> = text.lines().map(Case::read).collect::<Result<_, _>>()?;
    let contexts: Vec<Context<'_>> = cases.iter().map(Case::context).collect();
    let decide = middle(count, || {
        for (case, context) in cases.iter().zip(&contexts) {
            black_box(case.decide(context));
        }
    });
    println!("{}", json!({"cases": count, "whole": whole, "decide": decide}));
    Ok(())
}

/// A case, its documents read.
struct Case {
    case: Value,
    identity: Vec<Policy>,
    resource: Option<Policy>,
    boundary: Vec<Policy>,
    session: Option<Policy>,
    scp: Vec<Vec<Policy>>,
    rcp: Vec<Vec<Policy>>,
    vpce: Vec<Policy>,
}

impl Case {
    fn read(line: &str) -> Result<Case, Failed> {
        let case: Value = serde_json::from_str(line)?;
        let file: Arc<str> = "case".into();
        let document = |value: &Value| Policy::from_json(&value.to_string(), &file);
        let list = |value: Option<&Value>| -> Vec<Policy> {
            value.and_then(Value::as_array).into_iter().flatten().map(document).collect()
        };
        let levels = |value: Option<&Value>| -> Vec<Vec<Policy>> {
            value.and_then(Value::as_array).into_iter().flatten().map(|level| list(Some(level))).collect()
        };
        let policies = case.get("policies");
        let layer = |name: &str| policies.and_then(|all| all.get(name));
        Ok(Case {
            identity: list(layer("identity")),
            resource: layer("resource").map(document),
            boundary: list(layer("boundary")),
            session: layer("session").map(document),
            scp: levels(layer("scp")),
            rcp: levels(layer("rcp")),
            vpce: list(layer("vpce")),
            case,
        })
    }

    fn asked(&self, name: &str) -> Option<&Value> {
        self.case.get("request")?.get(name)
    }

    fn text(&self, name: &str) -> &str {
        self.asked(name).and_then(Value::as_str).unwrap_or_default()
    }

    fn context(&self) -> Context<'_> {
        let mut context = Context::new();
        for (key, value) in self.asked("context").and_then(Value::as_object).into_iter().flatten() {
            let value = match value.as_array() {
                Some(items) => {
                    ContextValue::Many(items.iter().filter_map(Value::as_str).map(Cow::Borrowed).collect())
                }
                None => ContextValue::One(Cow::Borrowed(value.as_str().unwrap_or_default())),
            };
            context.set(key.as_str(), value);
        }
        context
    }

    fn decide<'a>(&'a self, context: &'a Context<'a>) -> tieout_iam::eval::Verdict {
        let principal = Principal::parse(self.text("principal")).unwrap_or(Principal::Anonymous);
        let request = Request {
            principal,
            action: self.text("action"),
            resource: self.text("resource"),
            resource_account: self.asked("resourceAccount").and_then(Value::as_str),
            context,
        };
        let layers = Layers {
            identity: &self.identity,
            resource: self.resource.as_ref(),
            boundary: &self.boundary,
            session: self.session.as_ref(),
            scp: &self.scp,
            rcp: &self.rcp,
            vpce: &self.vpce,
        };
        evaluate(&request, &layers, Settings::default()).verdict
    }
}

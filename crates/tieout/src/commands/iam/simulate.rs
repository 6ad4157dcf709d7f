//! `tieout iam simulate`: what AWS would decide, from a file of cases or from the policies of a project or an
//! account.

use super::policy;
use crate::account;
use crate::cli::{Cli, Expect, ListFormat, SimulateArgs};
use crate::exit::{Exit, Failed};
use crate::output::print;
use crate::plan::{self, Account, configuration_for, source_options};
use crate::progress::Progress;
use crate::{scrub, source};
use anyhow::{Context as _, Result, bail};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs::File;
use std::io::{BufReader, BufWriter};
use std::path::{Path, PathBuf};
use tieout_access::{
    Answer, Catalogue, Entry, Find, Given, Question, Target, ask, find_principal, find_resource, fits,
    is_principal,
};
use tieout_aws_state::State;
use tieout_iam::eval::Verdict;
use tieout_iam::facts::facts;
use tieout_iam::{Pattern, Policy, simulate_jsonl};
use tieout_model::{Evidence, Place};
use tieout_settings::Found;
use tieout_source::redact::escape_terminal as clean;
use time::OffsetDateTime;

/// At most so many actions of one wildcard are asked.
const MOST_ACTIONS: usize = 200;

/// Decides, and prints one decision an action.
pub fn run(cli: &Cli, args: &SimulateArgs) -> Result<Exit> {
    if let Some(file) = &args.jsonl {
        return cases(file);
    }
    let (Some(who), Some(what)) = (&args.principal, &args.resource) else {
        bail!("give --principal, --action and --resource, or --jsonl");
    };
    let asked = actions(&args.action)?;
    let read = read(cli, args, &asked)?;
    let catalogue = Catalogue::new(&read.state);
    let subject = match find_principal(&catalogue, who) {
        Find::One(subject) => subject,
        Find::Several(all) => bail!("{}", several("principal", who, &all)),
        Find::None => return Err(unknown("principal", who, &catalogue.entries(is_principal)).into()),
    };
    let target = match find_resource(&catalogue, what) {
        Find::One(target) => target,
        Find::Several(all) => bail!("{}", several("resource", what, &all)),
        Find::None => return Err(unknown("resource", what, &catalogue.entries(|_| true)).into()),
    };
    let (actions, left) = on_target(asked, &target)?;
    let given = given(args, &read.found)?;
    let answers: Vec<(&str, Answer)> = actions
        .iter()
        .map(|action| {
            let question = Question { subject: &subject, action, target: &target, given: &given };
            (action.as_str(), ask(&catalogue, &question))
        })
        .collect();
    let text = match args.format {
        ListFormat::Json => {
            let rows: Vec<Value> =
                answers.iter().map(|(action, answer)| row(action, answer, &read.evidence)).collect();
            format!("{}\n", serde_json::to_string_pretty(&rows)?)
        }
        ListFormat::Text => words(&answers, &read.evidence),
    };
    print(text.as_bytes())?;
    if left > 0 {
        eprintln!("tieout: {left} more actions match; the first {MOST_ACTIONS} were asked");
    }
    Ok(exit(args.expect, &answers))
}

fn exit(expect: Option<Expect>, answers: &[(&str, Answer)]) -> Exit {
    let met = |verdict| match expect {
        None => true,
        Some(Expect::Allowed) => verdict == Verdict::Allowed,
        Some(Expect::Denied) => matches!(verdict, Verdict::ExplicitlyDenied | Verdict::ImplicitlyDenied),
    };
    if answers.iter().all(|(_, answer)| met(answer.verdict)) { Exit::Clean } else { Exit::Findings }
}

fn cases(file: &Path) -> Result<Exit> {
    let out = BufWriter::new(std::io::stdout().lock());
    let done = if file == Path::new("-") {
        simulate_jsonl(std::io::stdin().lock(), out)
    } else {
        let opened = File::open(file).with_context(|| format!("reading {}", file.display()))?;
        simulate_jsonl(BufReader::new(opened), out)
    };
    match done {
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(Exit::Clean),
        other => other.map(|()| Exit::Clean).with_context(|| format!("reading {}", file.display())),
    }
}

/// An action to ask, and the wildcard that it is of.
struct Asked {
    name: String,
    wildcard: Option<String>,
}

/// The actions, wildcards expanded.
fn actions(words: &[String]) -> Result<Vec<Asked>> {
    let mut all = Vec::new();
    for word in words {
        if !word.contains(':') {
            bail!("`{word}` is no action; write it as `s3:GetObject`");
        }
        if !word.contains(['*', '?']) {
            if facts().action(word).is_none() {
                eprintln!("tieout: {} is not in the table of actions ({})", clean(word), facts().date());
            }
            all.push(Asked { name: word.clone(), wildcard: None });
            continue;
        }
        let pattern = Pattern::new(word, false, Place::None);
        let before = all.len();
        all.extend(
            facts()
                .matching(&pattern)
                .iter()
                .map(|one| Asked { name: one.full_name(), wildcard: Some(word.clone()) }),
        );
        if all.len() == before {
            bail!("`{word}` matches no action of the table ({})", facts().date());
        }
    }
    Ok(all)
}

/// The actions that can be on the resource, and how many were left out. One that is written out and cannot be is
/// a mistake; a wildcard stands for those that can.
fn on_target(asked: Vec<Asked>, target: &Target<'_>) -> Result<(Vec<String>, usize)> {
    let mut all = Vec::new();
    let mut left = 0;
    let mut wildcards: Vec<(String, usize)> = Vec::new();
    for Asked { name, wildcard } in asked {
        let fits = fits(&name, target);
        let Some(wildcard) = wildcard else {
            if let Err(why) = fits {
                bail!("{why}");
            }
            all.push(name);
            continue;
        };
        if wildcards.last().is_none_or(|(last, _)| *last != wildcard) {
            wildcards.push((wildcard, 0));
        }
        let Some((_, number)) = wildcards.last_mut().filter(|_| fits.is_ok()) else { continue };
        *number += 1;
        if *number > MOST_ACTIONS {
            left += 1;
        } else {
            all.push(name);
        }
    }
    if let Some((word, _)) = wildcards.iter().find(|(_, number)| *number == 0) {
        bail!("no action of `{word}` is on {}", target.id);
    }
    Ok((all, left))
}

/// What was read.
struct Read {
    state: State,
    evidence: Vec<Evidence>,
    found: Found,
}

fn read(cli: &Cli, args: &SimulateArgs, actions: &[Asked]) -> Result<Read> {
    let of_account = account::of_flags(&args.account);
    let paths = match (&of_account, args.paths.as_slice()) {
        (Account::No, []) => vec![PathBuf::from(".")],
        (_, paths) => paths.to_vec(),
    };
    let found = configuration_for(&args.config, &paths)?;
    let mut options = source_options(&args.source, &found, &plan::exclude(&args.exclude, &found)?)?;
    options.account = args.deployment_account.as_deref().map(Into::into).or(options.account);
    options.region = args.deployment_region.as_deref().map(Into::into).or(options.region);
    let mut read = source::read(&paths, &options)?;
    for (gap, place) in &read.reading.gaps {
        let place = place.file_line().map(|(file, line)| format!("{file}:{line}: ")).unwrap_or_default();
        eprintln!("tieout: {}", clean(&format!("{place}{}", gap.what)));
    }
    let mut declared = std::mem::take(&mut read.reading.resources);
    let (mut population_gaps, mut evidence) = (Vec::new(), Vec::new());
    let progress = Progress::new(cli.quiet);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let account = runtime.block_on(async {
        let Some(session) = account::connect(&of_account, &args.account, &found, &progress).await? else {
            return Ok::<_, anyhow::Error>(None);
        };
        let calls = calls(actions, matches!(of_account, Account::Replay(_)));
        let reading = account::read_by(&session, &args.account, &found, calls).await;
        if let Some(file) = &args.account.record {
            session.write_record(file)?;
        }
        Ok(Some(reading))
    });
    progress.done();
    if let Some(account) = account? {
        declared.extend(account.collected.resources);
        population_gaps = account.collected.population_gaps;
        evidence = account.evidence;
    } else if read.reading.files.is_empty() {
        return Err(Failed(Exit::Nothing, "no CloudFormation, SAM, CDK or Terraform here".to_owned()).into());
    }
    let state = State::build(declared, population_gaps, OffsetDateTime::now_utc().date());
    Ok(Read { state, evidence, found })
}

/// The IAM actions whose answers bear on the question: all that a record may hold; of a live account IAM, and
/// the services that are asked about.
fn calls(actions: &[Asked], record: bool) -> BTreeSet<&'static str> {
    let services: BTreeSet<&str> =
        actions.iter().filter_map(|action| action.name.split(':').next()).chain(["iam", "lambda"]).collect();
    let wanted =
        |action: &str| record || action.split(':').next().is_some_and(|prefix| services.contains(prefix));
    let of_checks = account::actions(&tieout_aws_checks::checks());
    let policies =
        ["kms:ListKeys", "kms:DescribeKey", "kms:GetKeyPolicy", "kms:ListAliases", "lambda:GetPolicy"];
    let all = of_checks.into_iter().chain(policies).filter(|action| wanted(action));
    all.chain(account::BASE_ACTIONS).collect()
}

fn given(args: &SimulateArgs, found: &Found) -> Result<Given> {
    let mut context: Vec<(String, Vec<String>)> = Vec::new();
    for (key, value) in &args.context {
        match context.iter_mut().find(|(known, _)| known.eq_ignore_ascii_case(key)) {
            Some((_, values)) => values.push(value.clone()),
            None => context.push((key.clone(), vec![value.clone()])),
        }
    }
    let level = |file: &PathBuf| policy(file).map(|one| vec![one]);
    let session: Vec<Policy> = args.session.iter().map(|file| policy(file)).collect::<Result<_>>()?;
    let iac = &found.config.iac;
    Ok(Given {
        context,
        exact: args.exact_context,
        resource_account: args.resource_account.clone(),
        account: args.deployment_account.clone().or_else(|| iac.account.clone()),
        region: args.deployment_region.clone().or_else(|| iac.region.clone()),
        scp: args.scp.iter().map(level).collect::<Result<_>>()?,
        rcp: args.rcp.iter().map(level).collect::<Result<_>>()?,
        session: session.into_iter().reduce(|mut all, one| {
            all.statements.extend(one.statements);
            all
        }),
    })
}

fn several(kind: &str, word: &str, all: &[Entry]) -> String {
    let names: Vec<String> =
        all.iter().take(8).map(|one| format!("{} ({})", one.id, one.type_name)).collect();
    format!("{kind} `{word}` may be any of: {}; give its address or ARN", names.join(", "))
}

fn unknown(kind: &str, word: &str, all: &[Entry]) -> Failed {
    let names = all.iter().flat_map(|one| std::iter::once(&one.id).chain(&one.name));
    let likeness = |name: &str| {
        let within = name.to_lowercase().contains(&word.to_lowercase());
        strsim::jaro_winkler(&name.to_lowercase(), &word.to_lowercase()) + if within { 1.0 } else { 0.0 }
    };
    let mut near: Vec<(f64, &String)> =
        names.map(|name| (likeness(name), name)).filter(|(likeness, _)| *likeness > 0.75).collect();
    near.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(b.1)));
    let mut near: Vec<&str> = near.into_iter().map(|(_, name)| name.as_str()).collect();
    near.dedup();
    near.truncate(4);
    let hint = match near.as_slice() {
        [] => "`tieout dump` lists what is there".to_owned(),
        near => format!("did you mean `{}`?", near.join("`, `")),
    };
    Failed(Exit::Nothing, format!("there is no {kind} `{word}` in what was read; {hint}"))
}

fn row(action: &str, answer: &Answer, evidence: &[Evidence]) -> Value {
    let mut row = json!({
        "principal": answer.principal,
        "action": action,
        "resource": answer.resource,
        "decision": answer.verdict,
        "because": {"layer": answer.because.layer, "statement": answer.because.statement},
        "policy": answer.because.policy,
        "why": answer.why,
        "keys": answer.keys,
        "gaps": answer.gaps,
        "notes": answer.notes,
    });
    if let Some(map) = row.as_object_mut() {
        match &answer.because.place {
            Place::Text(text) => {
                map.insert("file".to_owned(), json!(&*text.file));
                map.insert("line".to_owned(), json!(text.start.line));
            }
            Place::Cloud(cloud) => {
                map.insert("source".to_owned(), json!(source_of(&cloud.evidence, evidence)));
                map.insert("pointer".to_owned(), json!(&*cloud.pointer));
            }
            Place::Endpoint(_) | Place::None => {}
        }
    }
    scrub::json("", row)
}

/// The call that told.
fn source_of<'e>(sha256: &str, evidence: &'e [Evidence]) -> &'e str {
    evidence.iter().find(|one| one.sha256 == sha256).map_or("", |one| one.source.as_str())
}

fn words(answers: &[(&str, Answer)], evidence: &[Evidence]) -> String {
    let mut out = String::new();
    let mut notes: Vec<&String> = Vec::new();
    for (action, answer) in answers {
        let verdict = format!("{:?}", answer.verdict);
        let _ = writeln!(
            out,
            "{verdict}: {} {} on {}",
            clean(&answer.principal),
            clean(action),
            clean(&answer.resource)
        );
        let _ = writeln!(out, "  {}", clean(&answer.why));
        let place = match &answer.because.place {
            Place::Text(text) => format!("{}:{}", text.file, text.start.line),
            Place::Cloud(cloud) => format!("{} at {}", source_of(&cloud.evidence, evidence), cloud.pointer),
            Place::Endpoint(_) | Place::None => String::new(),
        };
        if !place.is_empty() {
            let _ = writeln!(out, "  --> {}", clean(&place));
        }
        if !answer.keys.is_empty() {
            let _ = writeln!(out, "  context keys: {}", clean(&answer.keys.join(", ")));
        }
        for gap in &answer.gaps {
            let _ = writeln!(out, "  not known: {}", clean(&gap.what));
            let _ = writeln!(out, "    to settle it: {}", clean(&gap.resolve_with));
        }
        notes.extend(answer.notes.iter().filter(|note| !notes.contains(note)).collect::<Vec<_>>());
    }
    for note in notes {
        let _ = writeln!(out, "note: {}", clean(note));
    }
    out
}

//! `tieout iam lint`: what is wrong or odd in policy documents.

use crate::cli::{LintArgs, ListFormat};
use crate::exit::Exit;
use crate::output::print;
use anyhow::{Context, Result};
use serde_json::json;
use std::fmt::Write as _;
use std::io::IsTerminal;
use std::sync::Arc;
use tieout_iam::Policy;
use tieout_iam::lint::{Lint, LintLevel, Linted, PolicyKind, lint};
use tieout_model::Place;
use tieout_source::redact::escape_terminal as clean;

/// A file's lints.
struct Read {
    file: Arc<str>,
    kind: PolicyKind,
    linted: Linted,
}

/// Lints the files.
pub fn run(args: &LintArgs) -> Result<Exit> {
    let mut all = Vec::new();
    for path in &args.files {
        let text = tieout_source::read_text(path).with_context(|| format!("reading {}", path.display()))?;
        let file: Arc<str> = path.display().to_string().into();
        let policy = Policy::from_json(&text, &file);
        let kind = args.kind.unwrap_or_else(|| PolicyKind::guess(&policy));
        all.push(Read { file, kind, linted: lint(&policy, kind) });
    }
    let text = match args.format {
        ListFormat::Text => words(&all),
        ListFormat::Json => {
            let rows: Vec<_> = all.iter().flat_map(rows).collect();
            format!("{}\n", serde_json::to_string_pretty(&rows)?)
        }
    };
    print(text.as_bytes())?;
    let bad = all.iter().flat_map(|read| &read.linted.lints).any(|lint| lint.level >= LintLevel::Warning);
    Ok(if bad { Exit::Findings } else { Exit::Clean })
}

fn level(lint: &Lint) -> &'static str {
    match lint.level {
        LintLevel::Suggestion => "suggestion",
        LintLevel::Warning => "warning",
        LintLevel::Error => "error",
    }
}

fn position(place: &Place) -> (u32, u32) {
    match place {
        Place::Text(text) => (text.start.line, text.start.column),
        _ => (1, 1),
    }
}

fn words(all: &[Read]) -> String {
    let mut out = String::new();
    let (mut lints, mut open) = (0, 0);
    for Read { file, linted, .. } in all {
        for lint in &linted.lints {
            let (line, column) = position(&lint.at);
            let _ = writeln!(
                out,
                "{}:{line}:{column}: {}[{}]: {}",
                clean(file),
                level(lint),
                lint.rule,
                clean(&lint.message)
            );
        }
        for (gap, at) in &linted.gaps {
            let (line, column) = position(at);
            let _ = writeln!(out, "{}:{line}:{column}: not assessed: {}", clean(file), clean(&gap.what));
        }
        lints += linted.lints.len();
        open += linted.gaps.len();
    }
    // A summary is for a person; a script reads lines.
    if std::io::stdout().is_terminal() {
        let _ = writeln!(out, "{} policies, {lints} lints, {open} not assessed", all.len());
    }
    out
}

fn rows(read: &Read) -> Vec<serde_json::Value> {
    let row = |level: &str, rule: &str, message: &str, at: &Place| {
        let (line, column) = position(at);
        json!({"file": &*read.file, "line": line, "column": column, "kind": read.kind.as_str(), "level": level, "rule": rule, "message": message})
    };
    let lints = read.linted.lints.iter().map(|lint| row(level(lint), lint.rule, &lint.message, &lint.at));
    let gaps =
        read.linted.gaps.iter().map(|(gap, at)| row("not_assessed", gap.reason.as_str(), &gap.what, at));
    lints.chain(gaps).collect()
}

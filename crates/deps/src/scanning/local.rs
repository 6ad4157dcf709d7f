//! Scanners in files that a pipeline or a person runs: tox, nox, make, just, pre-commit; and the scripts of a Jenkinsfile.

use super::commands::{Command, Found, commands_of};
use super::{ScanPlace, Scanner};
use std::collections::BTreeSet;
use std::sync::Arc;
use tieout_model::Node;

/// What runs such a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Runner {
    Tox,
    Nox,
    Make,
    Just,
    PreCommit,
}

/// A pipeline's call of a runner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Invocation {
    runner: Runner,
    /// What it is to run; empty for what the file says itself.
    targets: Vec<String>,
}

impl Invocation {
    /// The call that a command is.
    pub(super) fn of(command: &Command) -> Option<Invocation> {
        let words = command.bare();
        let (first, rest) = words.split_first()?;
        let after = |flags: &[&str]| -> Vec<String> {
            let at = rest.iter().position(|word| flags.contains(&word.as_str()));
            let listed = at.and_then(|at| rest.get(at + 1)).map_or("", String::as_str);
            listed.split([',', ' ']).filter(|word| !word.is_empty()).map(str::to_owned).collect()
        };
        let plain =
            || rest.iter().filter(|word| !word.starts_with('-') && !word.contains('=')).cloned().collect();
        let (runner, targets) = match first.rsplit('/').next().unwrap_or_default() {
            "tox" => (Runner::Tox, after(&["-e"])),
            "nox" => (Runner::Nox, after(&["-s", "--session", "--sessions", "-e"])),
            "make" | "gmake" => (Runner::Make, plain()),
            "just" => (Runner::Just, plain()),
            "pre-commit" | "prek" if rest.first().is_some_and(|word| word == "run") => {
                let hooks: Vec<String> = plain();
                (Runner::PreCommit, hooks.into_iter().skip(1).collect())
            }
            _ => return None,
        };
        Some(Invocation { runner, targets })
    }
}

/// A command of a target.
struct Step {
    target: String,
    line: u32,
    found: Found,
    by_hand: bool,
}

/// Adds the scanners of a file.
pub(super) fn look(
    path: &Arc<str>,
    text: &str,
    runner: Runner,
    invocations: &[Invocation],
    scanners: &mut Vec<Scanner>,
) {
    let mut needs = Vec::new();
    let steps = match runner {
        Runner::Tox => tox(text),
        Runner::Nox => nox(text),
        Runner::Make | Runner::Just => recipes(text, &mut needs),
        Runner::PreCommit => pre_commit(path, text),
    };
    let called: Vec<&Invocation> = invocations.iter().filter(|one| one.runner == runner).collect();
    // A bare `make` runs the first target; the other runners run all that they have.
    let first = needs.first().map(|(target, _): &(String, Vec<String>)| target.clone());
    let mut targets: BTreeSet<String> = called.iter().flat_map(|one| one.targets.clone()).collect();
    let everything = called.iter().any(|one| one.targets.is_empty());
    if everything && matches!(runner, Runner::Make | Runner::Just) {
        targets.extend(first);
    }
    let everything = everything && !matches!(runner, Runner::Make | Runner::Just);
    close(&mut targets, &needs);
    for step in steps {
        let runs = !step.by_hand && (everything || targets.contains(&step.target));
        scanners.push(Scanner {
            place: if runs { ScanPlace::CalledByPipeline } else { ScanPlace::ByHand },
            tool: step.found.tool,
            file: path.clone(),
            line: step.line,
            when: step.target,
            gates: step.found.gates,
        });
    }
}

/// Adds what targets need, and what that needs.
fn close(targets: &mut BTreeSet<String>, needs: &[(String, Vec<String>)]) {
    loop {
        let more: Vec<String> = needs
            .iter()
            .filter(|(target, _)| targets.contains(target))
            .flat_map(|(_, needed)| needed.iter().filter(|one| !targets.contains(*one)).cloned())
            .collect();
        if more.is_empty() {
            return;
        }
        targets.extend(more);
    }
}

/// The scanner of a line of commands; a leading `-` lets it fail.
fn of_line(line: &str) -> Option<Found> {
    let trimmed = line.trim().trim_start_matches('@');
    let lenient = trimmed.starts_with('-');
    let body = trimmed.trim_start_matches(['-', '@', '+', ' ']);
    let found = commands_of(body).iter().find_map(Command::scanner)?;
    Some(Found { gates: found.gates && !lenient, ..found })
}

fn tox(text: &str) -> Vec<Step> {
    let (mut section, mut key) = (String::new(), String::new());
    let mut out = Vec::new();
    for (line, number) in text.lines().zip(1u32..) {
        let trimmed = line.trim();
        if trimmed.is_empty() || trimmed.starts_with(['#', ';']) {
            continue;
        }
        let indented = line.starts_with([' ', '\t']);
        if let Some(name) = trimmed.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'))
            && !indented
        {
            section = name.to_owned();
            continue;
        }
        let mut value = trimmed;
        if !indented && let Some((name, after)) = trimmed.split_once('=') {
            (key, value) = (name.trim().to_owned(), after.trim());
        }
        let environment = section.strip_prefix("testenv");
        if let Some(environment) = environment
            && matches!(key.as_str(), "commands" | "commands_pre" | "commands_post")
            && let Some(found) = of_line(value)
        {
            let target = environment.trim_start_matches(':').to_owned();
            out.push(Step { target, line: number, found, by_hand: false });
        }
    }
    out
}

/// `session.run("pip-audit", "-r", "requirements.txt")`
fn nox(text: &str) -> Vec<Step> {
    let mut session = String::new();
    let mut out = Vec::new();
    for (line, number) in text.lines().zip(1u32..) {
        let trimmed = line.trim_start();
        if trimmed.starts_with('#') {
            continue;
        }
        if let Some(name) = trimmed.strip_prefix("def ").and_then(|rest| rest.split('(').next()) {
            session = name.trim().to_owned();
        }
        let Some(at) = line.find("session.run(").or_else(|| line.find("session.run_always(")) else {
            continue;
        };
        // Arguments may go on in the next lines.
        let rest: String = text.lines().skip(number as usize - 1).take(12).collect::<Vec<_>>().join(" ");
        let call = rest.get(at..).and_then(|rest| rest.split_once('(')).map_or("", |(_, call)| call);
        let call = call.split(')').next().unwrap_or_default();
        let words: Vec<String> = call
            .split(',')
            .filter_map(|word| {
                let word = word.trim();
                let quote = word.chars().next().filter(|c| matches!(c, '"' | '\''))?;
                Some(word.trim_matches(quote).to_owned())
            })
            .collect();
        let lenient = call.contains("success_codes");
        if let Some(found) = (Command { words, lenient }).scanner() {
            out.push(Step { target: session.clone(), line: number, found, by_hand: false });
        }
    }
    out
}

/// The recipes of a Makefile or a justfile, and which target needs which.
fn recipes(text: &str, needs: &mut Vec<(String, Vec<String>)>) -> Vec<Step> {
    let mut targets: Vec<String> = Vec::new();
    let mut out = Vec::new();
    for (line, number) in text.lines().zip(1u32..) {
        let trimmed = line.trim();
        if trimmed.is_empty() || trimmed.starts_with('#') {
            continue;
        }
        if line.starts_with(['\t', ' ']) {
            if let Some(found) = of_line(trimmed) {
                for target in &targets {
                    out.push(Step { target: target.clone(), line: number, found, by_hand: false });
                }
            }
            continue;
        }
        let Some((left, right)) = line.split_once(':') else { continue };
        if left.contains('=') || right.starts_with('=') {
            continue;
        }
        // Parameters of a just recipe stand behind its name.
        targets = left.split_whitespace().map(str::to_owned).collect();
        if targets.iter().any(|target| target.starts_with('.')) {
            targets.clear();
            continue;
        }
        let (needed, command) = right.split_once(';').unwrap_or((right, ""));
        let needed = needed.split('#').next().unwrap_or_default();
        let needed: Vec<String> = needed.split_whitespace().map(str::to_owned).collect();
        for target in &targets {
            needs.push((target.clone(), needed.clone()));
            if let Some(found) = of_line(command) {
                out.push(Step { target: target.clone(), line: number, found, by_hand: false });
            }
        }
    }
    out
}

fn pre_commit(path: &Arc<str>, text: &str) -> Vec<Step> {
    let (documents, _) = tieout_source::yaml::parse(path, text);
    let repos = documents.iter().flat_map(|root| root.get("repos").map(Node::items).unwrap_or_default());
    let hooks = repos.flat_map(|repo| repo.get("hooks").map(Node::items).unwrap_or_default());
    let mut out = Vec::new();
    for hook in hooks {
        let id = hook.get("id").and_then(Node::as_text).unwrap_or_default();
        let entry = hook.get("entry").and_then(Node::as_text);
        let known = match id {
            "pip-audit" => Some("pip-audit"),
            "python-safety-dependencies-check" => Some("safety"),
            "osv-scanner" => Some("osv-scanner"),
            "uv-audit" => Some("uv audit"),
            _ => None,
        };
        let found = match (entry, known) {
            (Some(entry), _) => of_line(entry),
            (None, Some(tool)) => Some(Found { tool, gates: true }),
            (None, None) => None,
        };
        let stages = hook.get("stages").map(Node::items).unwrap_or_default();
        let by_hand = !stages.is_empty() && stages.iter().all(|stage| stage.as_text() == Some("manual"));
        if let Some(found) = found {
            let line = hook.at.file_line().map_or(1, |(_, line)| line);
            out.push(Step { target: id.to_owned(), line, found, by_hand });
        }
    }
    out
}

/// The scripts of `sh '…'` in a Jenkinsfile, with their lines; comments left out.
pub(super) fn groovy_scripts(text: &str) -> Vec<(u32, String)> {
    let mut out = Vec::new();
    let mut rest = text;
    let mut line = 1u32;
    let mut word = String::new();
    while let Some(c) = rest.chars().next() {
        let taken = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            rest.find("*/").map_or(rest.len(), |end| end + 2)
        } else if matches!(c, '\'' | '"') {
            let (content, whole) = quoted(rest, c);
            if matches!(word.as_str(), "sh" | "script" | "bat") {
                out.push((line, content.to_owned()));
            }
            word.clear();
            whole
        } else {
            match c {
                c if c.is_alphanumeric() || c == '_' => {
                    // A new word begins behind anything but a letter.
                    if word.ends_with(' ') {
                        word.clear();
                    }
                    word.push(c);
                }
                ' ' | '(' | ':' => {
                    let kept = word.trim_end().len();
                    word.truncate(kept);
                    if out.is_empty() || !word.is_empty() {
                        word.push(' ');
                    }
                }
                _ => word.clear(),
            }
            c.len_utf8()
        };
        let (passed, after) = rest.split_at_checked(taken.max(1)).unwrap_or((rest, ""));
        line = line.saturating_add(u32::try_from(passed.matches('\n').count()).unwrap_or(0));
        rest = after;
        if rest.starts_with(['\'', '"']) {
            word = word.trim().to_owned();
        }
    }
    out
}

/// The content of a quoted text at the start of `rest`, and the length of the whole.
fn quoted(rest: &str, quote: char) -> (&str, usize) {
    let triple: String = [quote; 3].iter().collect();
    let mark = if rest.starts_with(&triple) { triple.as_str() } else { triple.get(..1).unwrap_or("'") };
    let body = rest.get(mark.len()..).unwrap_or_default();
    match body.find(mark) {
        Some(end) => (body.get(..end).unwrap_or_default(), mark.len() * 2 + end),
        None => (body, rest.len()),
    }
}

//! Whether the project scans its dependencies itself: a look at its pipelines and at what runs beside them. Which packages have
//! advisories is not known here; nothing is run.

mod commands;
mod local;

use crate::Tree;
use commands::{Found, commands_of, scanner_of_action};
use local::Invocation;
use std::sync::Arc;
use tieout_model::{Node, Value};

/// Where a scanner stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ScanPlace {
    /// In a pipeline.
    Pipeline,
    /// In a file that a pipeline runs (tox, nox, make, just, pre-commit).
    CalledByPipeline,
    /// A service of the platform that opens updates (Dependabot, Renovate).
    Updates,
    /// In a file that people may run by hand, or in a pipeline that is started by hand only.
    ByHand,
}

/// A scanner of dependencies that the project runs.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Scanner {
    /// Where it stands.
    pub place: ScanPlace,
    /// `pip-audit`, `Dependabot`.
    pub tool: &'static str,
    /// The file, relative to the audited root.
    pub file: Arc<str>,
    /// Line, from 1.
    pub line: u32,
    /// When it runs, as the file says: `push, schedule`, `weekly`, `session audit`.
    pub when: String,
    /// False where a finding of it stops nothing (`|| true`, `continue-on-error`, no exit code).
    pub gates: bool,
}

impl Scanner {
    /// True where it runs without anybody thinking of it.
    pub fn is_regular(&self) -> bool {
        self.place != ScanPlace::ByHand
    }
}

/// The answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scanning {
    /// These; those that run regularly first.
    Found(Vec<Scanner>),
    /// None in these files.
    None {
        /// The files that were looked at, sorted.
        looked_at: Vec<Arc<str>>,
    },
    /// The project has no pipeline, and nothing else that could run one.
    NoCi,
}

/// What a file is to the look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Workflow,
    GitLab,
    Pipeline,
    Jenkins,
    Dependabot,
    Renovate,
    Local(local::Runner),
}

/// Looks for scanners of dependencies in the files of a project.
pub fn scanner_in_ci(tree: &Tree) -> Scanning {
    let files: Vec<(&Arc<str>, Kind)> =
        tree.paths().filter_map(|path| Some((path, kind_of(path)?))).collect();
    if files.is_empty() {
        return Scanning::NoCi;
    }
    let mut scanners = Vec::new();
    let mut invocations = Vec::new();
    for (path, kind) in &files {
        let Ok(text) = tree.text(path) else { continue };
        let mut look = Look { path, text: &text, scanners: &mut scanners, invocations: &mut invocations };
        match kind {
            Kind::Local(_) => {}
            Kind::Jenkins => look.jenkins(),
            Kind::Dependabot => look.dependabot(),
            Kind::Renovate => look.renovate(),
            Kind::Workflow | Kind::GitLab | Kind::Pipeline => look.pipeline(*kind),
        }
    }
    for (path, kind) in &files {
        if let Kind::Local(runner) = kind
            && let Ok(text) = tree.text(path)
        {
            local::look(path, &text, *runner, &invocations, &mut scanners);
        }
    }
    scanners.sort();
    scanners.dedup();
    if scanners.is_empty() {
        return Scanning::None { looked_at: files.into_iter().map(|(path, _)| path.clone()).collect() };
    }
    Scanning::Found(scanners)
}

/// The kind of a file. Platforms read their files at the root of a repository only; templates of projects have some deeper.
fn kind_of(path: &str) -> Option<Kind> {
    let name = path.rsplit('/').next().unwrap_or(path);
    let yaml = name.ends_with(".yml") || name.ends_with(".yaml");
    let kind = match path {
        _ if yaml && path.strip_prefix(".github/workflows/").is_some_and(|rest| !rest.contains('/')) => {
            Kind::Workflow
        }
        ".gitlab-ci.yml" => Kind::GitLab,
        _ if yaml && path.starts_with(".gitlab/ci/") => Kind::GitLab,
        ".github/dependabot.yml" | ".github/dependabot.yaml" => Kind::Dependabot,
        "renovate.json" | "renovate.json5" | ".renovaterc" | ".renovaterc.json" => Kind::Renovate,
        ".github/renovate.json" | ".github/renovate.json5" | ".gitlab/renovate.json" => Kind::Renovate,
        ".circleci/config.yml" | "bitbucket-pipelines.yml" | "azure-pipelines.yml" | ".travis.yml" => {
            Kind::Pipeline
        }
        ".pre-commit-config.yaml" | ".pre-commit-config.yml" => Kind::Local(local::Runner::PreCommit),
        _ if yaml && name.starts_with("buildspec") => Kind::Pipeline,
        _ => match name {
            "Jenkinsfile" => Kind::Jenkins,
            "tox.ini" => Kind::Local(local::Runner::Tox),
            "noxfile.py" => Kind::Local(local::Runner::Nox),
            "Makefile" | "makefile" | "GNUmakefile" => Kind::Local(local::Runner::Make),
            "justfile" => Kind::Local(local::Runner::Just),
            _ => return None,
        },
    };
    Some(kind)
}

/// How a step runs, by the maps around it.
#[derive(Clone, Default)]
struct Around {
    when: String,
    lets_fail: bool,
    by_hand: bool,
}

struct Look<'a> {
    path: &'a Arc<str>,
    text: &'a str,
    scanners: &'a mut Vec<Scanner>,
    invocations: &'a mut Vec<Invocation>,
}

/// Keys below which texts are commands.
const COMMANDS: [&str; 17] = [
    "run",
    "script",
    "before_script",
    "after_script",
    "commands",
    "command",
    "bash",
    "powershell",
    "pwsh",
    "sh",
    "inline",
    "inlineScript",
    "install",
    "before_install",
    "after_success",
    "before_deploy",
    "finally",
];

impl Look<'_> {
    fn add(&mut self, found: &Found, line: u32, around: &Around) {
        self.scanners.push(Scanner {
            place: if around.by_hand { ScanPlace::ByHand } else { ScanPlace::Pipeline },
            tool: found.tool,
            file: self.path.clone(),
            line,
            when: around.when.clone(),
            gates: found.gates && !around.lets_fail,
        });
    }

    fn pipeline(&mut self, kind: Kind) {
        let (documents, _) = tieout_source::yaml::parse(self.path, self.text);
        for root in &documents {
            let mut around = Around { when: "each run of the pipeline".to_owned(), ..Around::default() };
            if kind == Kind::Workflow {
                // YAML 1.1 reads a bare `on` as true.
                let triggers = triggers(root.get("on").or_else(|| root.get("true")));
                around.by_hand =
                    !triggers.is_empty() && triggers.iter().all(|one| one == "workflow_dispatch");
                around.when = triggers.join(", ");
            }
            if kind == Kind::GitLab {
                self.templates(root, &around);
            }
            self.walk(root, "", &around, root);
        }
    }

    /// GitLab's own templates and components for the scanning of dependencies.
    fn templates(&mut self, root: &Node, around: &Around) {
        let disabled = root.at_path(&["variables", "DEPENDENCY_SCANNING_DISABLED"]);
        if disabled.is_some_and(|node| node.scalar_text().is_some_and(|text| matches!(&*text, "true" | "1")))
        {
            return;
        }
        let Some(include) = root.get("include") else { return };
        let items = match &include.value {
            Value::List(items) => items.as_slice(),
            _ => std::slice::from_ref(include),
        };
        for item in items {
            for key in ["template", "component"] {
                let Some(name) = item.get(key) else { continue };
                let lower = name.as_text().unwrap_or_default().to_ascii_lowercase();
                if lower.contains("dependency-scanning") || lower.ends_with("auto-devops.gitlab-ci.yml") {
                    let found = Found { tool: "GitLab dependency scanning", gates: false };
                    self.add(&found, line_of(name), around);
                }
            }
        }
    }

    fn walk(&mut self, node: &Node, key: &str, around: &Around, root: &Node) {
        match &node.value {
            Value::Map(entries) => {
                if is_off(node) {
                    return;
                }
                let mut inner = around.clone();
                let flag = |key| node.get(key).and_then(Node::as_bool) == Some(true);
                inner.lets_fail |=
                    flag("continue-on-error") || flag("allow_failure") || flag("continueOnError");
                inner.by_hand |= node.get("when").and_then(Node::as_text) == Some("manual");
                self.action(node, &inner);
                for entry in entries {
                    let hidden = key.is_empty() && entry.key.starts_with('.');
                    if hidden && !is_extended(root, &entry.key) {
                        continue;
                    }
                    self.walk(&entry.node, &entry.key, &inner, root);
                }
            }
            Value::List(items) => {
                for item in items {
                    match item.as_text() {
                        // An orb's step of CircleCI.
                        Some(step) if key == "steps" => self.step(step, item, around),
                        _ => self.walk(item, key, around, root),
                    }
                }
            }
            Value::Text(script) if COMMANDS.contains(&key) => self.script(script, node, around),
            _ => {}
        }
    }

    /// An action, a task or a pipe that scans by itself.
    fn action(&mut self, node: &Node, around: &Around) {
        for key in ["uses", "task", "pipe"] {
            let Some(name) = node.get(key) else { continue };
            if let Some(found) = name.as_text().and_then(|text| scanner_of_action(text, node.get("with"))) {
                self.add(&found, line_of(name), around);
            }
        }
        for entry in node.entries().iter().filter(|entry| entry.key.starts_with("snyk/scan")) {
            self.add(&Found { tool: "snyk", gates: true }, line_of(&entry.node), around);
        }
    }

    fn step(&mut self, step: &str, node: &Node, around: &Around) {
        if step.starts_with("snyk/scan") {
            self.add(&Found { tool: "snyk", gates: true }, line_of(node), around);
        }
    }

    fn script(&mut self, script: &str, node: &Node, around: &Around) {
        for command in commands_of(script) {
            let line = self.line(node, &command.words);
            if let Some(found) = command.scanner() {
                self.add(&found, line, around);
            }
            if !around.by_hand {
                self.invocations.extend(Invocation::of(&command));
            }
        }
    }

    /// The line of a command of a script: a folded text keeps none of its own.
    fn line(&self, node: &Node, words: &[String]) -> u32 {
        let first = line_of(node);
        let last = match &node.at {
            tieout_model::Place::Text(place) => place.end.line,
            _ => first,
        };
        let lines = self.text.lines().zip(1u32..).skip(first.saturating_sub(1) as usize);
        let lines: Vec<(&str, u32)> = lines.take_while(|(_, number)| *number <= last).collect();
        let is_it = |line: &str| commands_of(line).iter().any(|command| command.words == words);
        let holds = |line: &str| {
            !line.trim_start().starts_with('#') && words.iter().all(|word| line.contains(word.as_str()))
        };
        let found =
            lines.iter().find(|(line, _)| is_it(line)).or_else(|| lines.iter().find(|(line, _)| holds(line)));
        found.map_or(first, |(_, number)| *number)
    }

    fn jenkins(&mut self) {
        let around = Around { when: "each run of the pipeline".to_owned(), ..Around::default() };
        for (line, script) in local::groovy_scripts(self.text) {
            for command in commands_of(&script) {
                if let Some(found) = command.scanner() {
                    self.add(&found, line, &around);
                }
                self.invocations.extend(Invocation::of(&command));
            }
        }
    }

    fn dependabot(&mut self) {
        let (documents, _) = tieout_source::yaml::parse(self.path, self.text);
        for root in &documents {
            for update in root.get("updates").map(Node::items).unwrap_or_default() {
                let Some(ecosystem) = update.get("package-ecosystem") else { continue };
                if matches!(ecosystem.as_text(), Some("pip" | "uv" | "conda")) {
                    let interval = update.at_path(&["schedule", "interval"]).and_then(Node::as_text);
                    self.updates(
                        "Dependabot",
                        line_of(ecosystem),
                        interval.unwrap_or("as Dependabot chooses"),
                    );
                }
            }
        }
    }

    fn renovate(&mut self) {
        // JSON5 allows comments, which this reader of JSON does not: then the file's being there has to do.
        if let Ok((root, _)) = tieout_source::json::parse(self.path, self.text) {
            const PYTHON: [&str; 9] = [
                "pip_requirements",
                "pip_setup",
                "pip-compile",
                "pipenv",
                "poetry",
                "pep621",
                "pep723",
                "setup-cfg",
                "python",
            ];
            let off = root.get("enabled").and_then(Node::as_bool) == Some(false);
            let managers = root.get("enabledManagers").map(Node::items).unwrap_or_default();
            let other = !managers.is_empty()
                && !managers.iter().any(|one| one.as_text().is_some_and(|name| PYTHON.contains(&name)));
            if off || other {
                return;
            }
        }
        self.updates("Renovate", 1, "as Renovate's schedule says");
    }

    fn updates(&mut self, tool: &'static str, line: u32, when: &str) {
        self.scanners.push(Scanner {
            place: ScanPlace::Updates,
            tool,
            file: self.path.clone(),
            line,
            when: when.to_owned(),
            gates: false,
        });
    }
}

fn line_of(node: &Node) -> u32 {
    node.at.file_line().map_or(1, |(_, line)| line)
}

/// True for a job or step that never runs.
fn is_off(node: &Node) -> bool {
    let never = |key: &str| {
        let text = node.get(key).and_then(Node::scalar_text).unwrap_or_default();
        let bare = text.trim().trim_start_matches("${{").trim_end_matches("}}").trim();
        matches!(bare, "false" | "never")
    };
    let rules = node.get("rules").map(Node::items).unwrap_or_default();
    let no_rule = !rules.is_empty()
        && rules.iter().all(|rule| rule.get("when").and_then(Node::as_text) == Some("never"));
    no_rule || ["if", "condition", "enabled", "when"].iter().any(|key| never(key))
}

/// True where some job of GitLab extends a hidden one.
fn is_extended(root: &Node, hidden: &str) -> bool {
    root.entries().iter().filter_map(|entry| entry.node.get("extends")).any(|extends| {
        extends.as_text() == Some(hidden) || extends.items().iter().any(|one| one.as_text() == Some(hidden))
    })
}

/// The events that start a workflow.
fn triggers(on: Option<&Node>) -> Vec<String> {
    let Some(on) = on else { return Vec::new() };
    match &on.value {
        Value::Text(event) => vec![event.to_string()],
        Value::List(events) => events.iter().filter_map(Node::as_text).map(str::to_owned).collect(),
        Value::Map(entries) => entries.iter().map(|entry| entry.key.to_string()).collect(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests;

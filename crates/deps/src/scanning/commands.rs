//! Commands of a shell script as far as the look for scanners needs them, and which of them scan dependencies. Nothing is
//! expanded or run.

use tieout_model::Node;

/// A scanner that was recognised.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) tool: &'static str,
    /// True where a finding of it ends the step.
    pub(super) gates: bool,
}

/// A simple command.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Command {
    /// Its words, quotes taken off.
    pub(super) words: Vec<String>,
    /// True where its exit code is dropped (`|| true`, a pipe without pipefail).
    pub(super) lenient: bool,
}

/// The simple commands of a script.
pub(super) fn commands_of(script: &str) -> Vec<Command> {
    let pipefail = script.contains("pipefail");
    let mut out: Vec<Command> = Vec::new();
    let mut splitter = Splitter::default();
    let joined = script.replace("\\\r\n", " ").replace("\\\n", " ");
    let mut chars = joined.chars().peekable();
    // What stands before the command that is being read.
    let mut before = "";
    let mut end = |splitter: &mut Splitter, after: &'static str| {
        let words = splitter.take();
        if words.is_empty() {
            return;
        }
        if before == "||"
            && matches!(words.first().map(String::as_str), Some("true" | ":" | "echo" | "printf" | "exit"))
            && words
                .get(1)
                .is_none_or(|word| words.first().is_some_and(|first| first != "exit") || word == "0")
            && let Some(last) = out.last_mut()
        {
            last.lenient = true;
        }
        out.push(Command { words, lenient: after == "|" && !pipefail });
        before = after;
    };
    while let Some(c) = chars.next() {
        match c {
            '\'' | '"' => {
                for inner in chars.by_ref() {
                    if inner == c {
                        break;
                    }
                    splitter.push(inner);
                }
                splitter.started = true;
            }
            '#' if splitter.word.is_empty() && !splitter.started => {
                for inner in chars.by_ref() {
                    if inner == '\n' {
                        break;
                    }
                }
                end(&mut splitter, ";");
            }
            '\n' | ';' | '(' | ')' => end(&mut splitter, ";"),
            '&' if chars.peek() == Some(&'&') => {
                chars.next();
                end(&mut splitter, "&&");
            }
            '|' if chars.peek() == Some(&'|') => {
                chars.next();
                end(&mut splitter, "||");
            }
            '|' => end(&mut splitter, "|"),
            '&' => end(&mut splitter, ";"),
            c if c.is_whitespace() => splitter.next(),
            c => splitter.push(c),
        }
    }
    end(&mut splitter, ";");
    out
}

#[derive(Default)]
struct Splitter {
    words: Vec<String>,
    word: String,
    /// True within a word, which may be empty (`""`).
    started: bool,
}

impl Splitter {
    fn push(&mut self, c: char) {
        self.word.push(c);
        self.started = true;
    }

    fn next(&mut self) {
        if self.started {
            self.words.push(std::mem::take(&mut self.word));
        }
        self.started = false;
    }

    fn take(&mut self) -> Vec<String> {
        self.next();
        std::mem::take(&mut self.words)
    }
}

/// Words before the command itself.
const BEFORE: [&str; 13] =
    ["sudo", "exec", "time", "env", "command", "then", "do", "else", "if", "!", "@", "-", "{"];

impl Command {
    /// The words from the command itself on: runners such as `uv run` and `python -m` taken away.
    pub(super) fn bare(&self) -> &[String] {
        let mut words = self.words.as_slice();
        loop {
            let text = |index: usize| words.get(index).map_or("", String::as_str);
            let first = text(0).rsplit('/').next().unwrap_or_default();
            let skip = match (first, text(1)) {
                (word, _) if BEFORE.contains(&word) => 1,
                (word, _) if is_assignment(word) => 1,
                ("uv" | "poetry" | "pipenv" | "pdm" | "hatch" | "rye" | "pipx" | "pixi", "run") => 2,
                ("uvx" | "npx", _) => 1,
                (python, "-m") if python.starts_with("python") || python == "py" => 2,
                ("docker" | "podman", "run") => match words.iter().position(|word| is_image(word)) {
                    Some(at) => at,
                    None => return words,
                },
                ("uv", "tool") if text(2) == "run" => 3,
                _ => return words,
            };
            // Options of the runner: `uv run --frozen pip-audit`, `uvx --from x pip-audit`.
            let mut next = words.get(skip..).unwrap_or_default();
            while let [option, rest @ ..] = next {
                next = match option.as_str() {
                    "--from" | "--with" | "--spec" | "--group" | "--python" | "-p" | "--extra"
                        if skip > 0 =>
                    {
                        rest.get(1..).unwrap_or_default()
                    }
                    option if option.starts_with('-') && skip > 0 && option.len() > 1 => rest,
                    _ => break,
                };
            }
            if next.len() >= words.len() {
                return words;
            }
            words = next;
        }
    }

    /// The scanner that this command runs.
    pub(super) fn scanner(&self) -> Option<Found> {
        let words = self.bare();
        let tool = words.first()?.rsplit('/').next().unwrap_or_default();
        let tool = tool.split(['@', ':']).next().unwrap_or_default();
        let rest: Vec<&str> = words.iter().skip(1).map(String::as_str).collect();
        if rest.iter().any(|word| matches!(*word, "--version" | "--help" | "-h" | "-V")) {
            return None;
        }
        let verb = rest.iter().find(|word| !word.starts_with('-')).copied().unwrap_or_default();
        let has = |flag: &str| rest.iter().any(|word| word.split('=').next() == Some(flag));
        let found = |tool, gates| Some(Found { tool, gates: gates && !self.lenient });
        match (tool, verb) {
            ("pip-audit" | "pip_audit", _) => found("pip-audit", true),
            ("safety", "check" | "scan") => found("safety", !has("--continue-on-error")),
            ("uv", "audit") => found("uv audit", true),
            ("pipenv", "check" | "audit" | "scan") => found("pipenv check", true),
            ("poetry", "audit") => found("poetry audit", true),
            ("osv-scanner", _) => found("osv-scanner", true),
            ("trivy", "fs" | "filesystem" | "image" | "repo" | "repository" | "rootfs" | "sbom" | "vm") => {
                found("trivy", has("--exit-code"))
            }
            ("grype", _) if !rest.is_empty() && verb != "db" => found("grype", has("--fail-on") || has("-f")),
            ("snyk", "test") => found("snyk", true),
            ("snyk", "monitor") => found("snyk", false),
            ("snyk", "container") if rest.contains(&"test") => found("snyk", true),
            ("tieout", "deps" | "audit") => found("tieout", true),
            ("dependency-check" | "dependency-check.sh", _) => found("dependency-check", has("--failOnCVSS")),
            ("jake", "ddt" | "oss" | "iq") => found("jake", true),
            ("docker", "scout") if rest.contains(&"cves") => found("docker scout", has("--exit-code")),
            _ => None,
        }
    }
}

fn is_assignment(word: &str) -> bool {
    word.split_once('=').is_some_and(|(name, _)| {
        !name.is_empty() && name.bytes().all(|b| b == b'_' || b.is_ascii_alphanumeric())
    })
}

/// Images whose command is the scanner of the same name.
fn is_image(word: &str) -> bool {
    let name = word.split('@').next().unwrap_or_default();
    let name = name.rsplit_once(':').map_or(name, |(name, _)| name);
    ["aquasec/trivy", "anchore/grype", "snyk/snyk", "google/osv-scanner"]
        .iter()
        .any(|image| name.ends_with(image))
}

/// The scanner that an action, a task or a pipe is.
pub(super) fn scanner_of_action(uses: &str, with: Option<&Node>) -> Option<Found> {
    let name = uses.split('@').next().unwrap_or_default().to_ascii_lowercase();
    let name = name.split(':').next().unwrap_or_default();
    let input = |key: &str| with.and_then(|with| with.get(key)).and_then(Node::scalar_text);
    let found = |tool, gates| Some(Found { tool, gates });
    match name {
        "pypa/gh-action-pip-audit" | "trailofbits/gh-action-pip-audit" => found("pip-audit", true),
        "pyupio/safety-action" | "pyupio/safety" => found("safety", true),
        "actions/dependency-review-action" => found("dependency-review", true),
        "aquasecurity/trivy-action" => {
            let misses = input("scan-type").is_some_and(|kind| &*kind == "config")
                || input("scanners").is_some_and(|kinds| !kinds.contains("vuln"));
            if misses { None } else { found("trivy", input("exit-code").is_some_and(|code| &*code != "0")) }
        }
        "aquasecurity/trivy-pipe" | "trivy" => found("trivy", false),
        "anchore/scan-action" => found("grype", input("fail-build").is_none_or(|flag| &*flag != "false")),
        "snyksecurityscan" | "snyk/snyk-scan" => found("snyk", true),
        "docker/scout-action" => {
            found("docker scout", input("exit-code").is_some_and(|flag| &*flag == "true"))
        }
        "dependency-check/dependency-check_action" | "dependency-check-build-task" => {
            found("dependency-check", false)
        }
        name if name.starts_with("google/osv-scanner-action") => found("osv-scanner", true),
        // `snyk/actions/setup` installs it only; `iac` reads no packages.
        name if name.starts_with("snyk/actions/") => {
            let kind = name.trim_start_matches("snyk/actions/");
            if matches!(kind, "setup" | "iac") { None } else { found("snyk", true) }
        }
        _ => None,
    }
}

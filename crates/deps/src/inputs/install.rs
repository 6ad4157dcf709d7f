//! Commands that install packages (`pip install`, `uv pip install`, `pipx install`, `poetry add`, …): what they ask for. How a
//! file holds the commands is in `dockerfile`.

use super::shell::Word;
use super::{Cx, poetry_constraint, urls};
use crate::{Component, Group, IndexKind, Tree};
use std::sync::Arc;
use tieout_model::{Gap, Place, Reason};

/// Where a command stands, and what its file says around it.
pub(super) struct Around<'a> {
    /// The place of a span of the command's text.
    pub(super) place: &'a dyn Fn(usize, usize) -> Place,
    /// What is installed together: the file and line of the command.
    pub(super) from: Arc<str>,
    /// The group of what it installs.
    pub(super) group: Group,
    /// Sources of `COPY` and `ADD`, as written: paths in the project of files in the image.
    pub(super) copied: &'a [String],
    /// True once the file has built wheels from what it names: installing these names nothing new.
    pub(super) built: &'a mut bool,
}

/// Words that go before a command.
const BEFORE: [&str; 20] = [
    "sudo", "exec", "env", "time", "then", "do", "else", "elif", "if", "while", "!", "{", "nice", "command",
    "RUN", "-E", "-H", "xvfb-run", "retry", "nohup",
];

/// Options of pip and uv that take a value in the next word, and name nothing to audit.
const WITH_VALUE: [&str; 36] = [
    "-t",
    "--target",
    "--prefix",
    "--root",
    "--python-version",
    "--platform",
    "--implementation",
    "--abi",
    "--only-binary",
    "--no-binary",
    "--upgrade-strategy",
    "--cache-dir",
    "--timeout",
    "--retries",
    "--progress-bar",
    "--src",
    "-b",
    "--build",
    "--log",
    "--proxy",
    "--cert",
    "--client-cert",
    "--exists-action",
    "--python",
    "-p",
    "--report",
    "--config-settings",
    "--global-option",
    "--install-option",
    "--use-feature",
    "--use-deprecated",
    "--root-user-action",
    "--wheel-dir",
    "-w",
    "-d",
    "--dest",
];

/// What a command does with its words.
#[derive(Clone, Copy, PartialEq)]
enum Tool {
    /// Requirements as pip takes them.
    Pip,
    /// The same, of wheels that are installed later.
    PipWheel,
    /// Poetry's `NAME@CONSTRAINT`.
    Poetry,
    /// A package of a conda channel.
    Conda,
}

/// Reads one command; true where it has to do with Python packages at all.
pub(super) fn command(cx: &mut Cx<'_>, words: &[Word], around: &mut Around<'_>) -> bool {
    let mut words = words;
    let mut fed = false;
    while let Some((first, rest)) = words.split_first() {
        if let Some((name, value)) = assignment(&first.text) {
            setting(cx, name, value, (around.place)(first.at, first.end));
        } else if first.text == "xargs" {
            fed = true;
        } else if !(BEFORE.contains(&first.text.as_str()) || fed && first.text.starts_with('-')) {
            break;
        }
        words = rest;
    }
    let Some((tool, arguments)) = tool(words) else { return false };
    let whole = || {
        let (start, end) = (words.first().map_or(0, |word| word.at), words.last().map_or(0, |word| word.end));
        (around.place)(start, end)
    };
    if fed {
        let gap = Gap::new(
            Reason::Unresolved,
            "the packages come from another command",
            "name a requirements file: pip install -r FILE",
        );
        cx.unaudited("xargs pip install", gap, whole());
    }
    match tool {
        Tool::Conda => {
            let gap = Gap::new(
                Reason::Unsupported,
                "what a conda command installs is not read",
                "name an environment file: conda env create -f environment.yml",
            );
            cx.unaudited("conda install", gap, whole());
        }
        Tool::Poetry => poetry_add(cx, arguments, around),
        Tool::Pip | Tool::PipWheel => {
            pip(cx, arguments, around);
            *around.built |= tool == Tool::PipWheel;
        }
    }
    true
}

/// A variable set before a command: `PIP_INDEX_URL=…`.
pub(super) fn assignment(word: &str) -> Option<(&str, &str)> {
    let (name, value) = word.split_once('=')?;
    let shaped = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    (shaped && !name.starts_with(|c: char| c.is_ascii_digit())).then_some((name, value))
}

/// Variables by which pip and uv are told of indexes.
pub(super) fn setting(cx: &mut Cx<'_>, name: &str, value: &str, at: Place) {
    let kind = match name {
        "PIP_INDEX_URL" | "UV_INDEX_URL" | "UV_DEFAULT_INDEX" => IndexKind::Only,
        "PIP_EXTRA_INDEX_URL" | "UV_EXTRA_INDEX_URL" | "UV_INDEX" => IndexKind::Extra,
        "PIP_FIND_LINKS" | "UV_FIND_LINKS" => IndexKind::Links,
        "PIP_TRUSTED_HOST" | "UV_INSECURE_HOST" => IndexKind::Trusted,
        _ => return,
    };
    for value in value.split_whitespace().filter(|value| !value.starts_with("${")) {
        cx.index(kind, value, at.clone());
    }
}

/// The tool that a command runs, and the words behind its subcommand.
fn tool(words: &[Word]) -> Option<(Tool, &[Word])> {
    let (first, rest) = words.split_first()?;
    let program = first.text.rsplit(['/', '\\']).next().unwrap_or_default();
    let program = program.strip_suffix(".exe").unwrap_or(program);
    let versioned = |name: &str| {
        program
            .strip_prefix(name)
            .is_some_and(|rest| rest.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.'))
    };
    if versioned("python") || program == "py" {
        let module = rest.iter().position(|word| word.text == "-m")?;
        return tool(rest.get(module + 1..)?);
    }
    if versioned("pip") {
        return subcommand(
            rest,
            &[("install", Tool::Pip), ("wheel", Tool::PipWheel), ("download", Tool::PipWheel)],
        );
    }
    match program {
        "uv" => {
            let (name, rest) = next_word(rest)?;
            match name {
                "pip" => subcommand(rest, &[("install", Tool::Pip)]),
                "tool" => subcommand(rest, &[("install", Tool::Pip)]),
                "add" => Some((Tool::Pip, rest)),
                _ => None,
            }
        }
        "pipx" => subcommand(rest, &[("install", Tool::Pip), ("inject", Tool::Pip)]),
        "pipenv" => subcommand(rest, &[("install", Tool::Pip)]),
        "pdm" => subcommand(rest, &[("add", Tool::Pip)]),
        "poetry" => subcommand(rest, &[("add", Tool::Poetry)]),
        "easy_install" => Some((Tool::Pip, rest)),
        "conda" | "mamba" | "micromamba" => subcommand(rest, &[("install", Tool::Conda)]),
        _ => None,
    }
}

/// The first word that is no option, and what follows it.
fn next_word(words: &[Word]) -> Option<(&str, &[Word])> {
    let at = words.iter().position(|word| !word.text.starts_with('-'))?;
    Some((&words.get(at)?.text, words.get(at + 1..)?))
}

fn subcommand<'w>(words: &'w [Word], known: &[(&str, Tool)]) -> Option<(Tool, &'w [Word])> {
    // Options before it may have values of their own: the subcommand is the first known word.
    let at = words.iter().position(|word| known.iter().any(|(name, _)| word.text == *name))?;
    let (_, tool) = known.iter().find(|(name, _)| words.get(at).is_some_and(|word| word.text == *name))?;
    Some((*tool, words.get(at + 1..)?))
}

fn pip(cx: &mut Cx<'_>, words: &[Word], around: &mut Around<'_>) {
    let mut words = words.iter();
    while let Some(word) = words.next() {
        let place = (around.place)(word.at, word.end);
        let text = word.text.as_str();
        if !text.starts_with('-') {
            requirement(cx, text, around, place);
            continue;
        }
        let (name, inline) = match text.split_once('=') {
            Some((name, value)) if text.starts_with("--") => (name, Some(value)),
            _ => (text, None),
        };
        // `-rrequirements.txt`
        let (name, inline) = match name.get(..2).zip(name.get(2..)) {
            Some((short @ ("-r" | "-c" | "-e" | "-i" | "-f"), value)) if !value.is_empty() => {
                (short, Some(value))
            }
            _ => (name, inline),
        };
        let mut value = || inline.map(str::to_owned).or_else(|| words.next().map(|word| word.text.clone()));
        match name {
            "-r" | "--requirement" | "--requirements" => include(cx, value(), false, around, place),
            "-c" | "--constraint" | "--constraints" => include(cx, value(), true, around, place),
            "-e" | "--editable" => {
                if let Some(value) = value() {
                    requirement(cx, &value, around, place);
                }
            }
            "-i" | "--index-url" | "--default-index" => index(cx, IndexKind::Only, value(), place),
            "--extra-index-url" | "--index" => index(cx, IndexKind::Extra, value(), place),
            "-f" | "--find-links" => index(cx, IndexKind::Links, value(), place),
            "--trusted-host" | "--allow-insecure-host" => index(cx, IndexKind::Trusted, value(), place),
            name if WITH_VALUE.contains(&name) => {
                value();
            }
            _ => {}
        }
    }
}

fn index(cx: &mut Cx<'_>, kind: IndexKind, value: Option<String>, at: Place) {
    if let Some(value) = value {
        cx.index(kind, &value, at);
    }
}

fn include(cx: &mut Cx<'_>, value: Option<String>, constraint: bool, around: &Around<'_>, at: Place) {
    let Some(value) = value else { return cx.unreadable("-r", "the option lacks its value", at) };
    match in_project(cx.tree, &cx.path, &value, around.copied) {
        Some(path) => cx.include_path(around.from.clone(), path.into(), constraint),
        None => {
            let gap = Gap::new(
                Reason::Unresolved,
                format!("{value} is not found in the project"),
                "put the file into the project, or copy it into the image under its own name",
            );
            cx.unaudited(&value, gap, at);
        }
    }
}

/// The file of the project that becomes a file of an image: by what `COPY` names, else by the longest end of its path
/// that there is, seen from the folder of the file or one above it.
fn in_project(tree: &Tree, from: &str, written: &str, copied: &[String]) -> Option<String> {
    let written = written.trim_start_matches("file://").replace('\\', "/");
    let name = written.rsplit('/').next().filter(|name| !name.is_empty())?;
    let sources = copied.iter().map(|source| {
        let source = source.trim_end_matches('/');
        let file = source.rsplit('/').next().unwrap_or_default();
        if file == name { source.to_owned() } else { format!("{source}/{name}") }
    });
    let parts: Vec<&str> = written.split('/').filter(|part| !part.is_empty() && *part != ".").collect();
    let ends = (0..parts.len()).filter_map(|at| Some(parts.get(at..)?.join("/")));
    // A file whose whole path is there is meant before one that only `COPY` brings to the same name.
    let whole = Some(parts.join("/")).into_iter();
    let candidates: Vec<String> = whole.chain(sources).chain(ends).collect();
    let mut folder = from.rsplit_once('/').map_or("", |(folder, _)| folder);
    loop {
        let seen_from = if folder.is_empty() { "x".to_owned() } else { format!("{folder}/x") };
        let found = candidates
            .iter()
            .filter_map(|candidate| Tree::resolve(&seen_from, candidate.trim_start_matches('/')))
            .find(|path| tree.contains(path));
        if found.is_some() || folder.is_empty() {
            return found;
        }
        folder = folder.rsplit_once('/').map_or("", |(outer, _)| outer);
    }
}

/// A requirement, or a path in the image.
fn requirement(cx: &mut Cx<'_>, text: &str, around: &Around<'_>, at: Place) {
    let open = text.contains("${") || text.contains("$(") || text.starts_with('$');
    if open {
        let gap = Gap::new(
            Reason::Unresolved,
            text.to_owned(),
            "give the variable a default in the file, or write the version",
        );
        cx.unaudited(text, gap, at);
        return;
    }
    let local = text.starts_with(['.', '/', '~']) || text.contains('*');
    let named_wheel = urls::is_archive(text) && urls::locate(text).name.is_some();
    if local && !named_wheel && !text.contains("://") {
        if !(*around.built || project_around(cx.tree, &cx.path)) {
            let gap = Gap::new(
                Reason::Unresolved,
                format!("{text}: what is installed from there is not known"),
                "audit that folder too, or the built image's packages",
            );
            cx.unaudited(text, gap, at);
        }
        return;
    }
    cx.require(text, around.group.clone(), at);
}

/// True where a folder around the file holds a project: a path in the image is then most likely that project's.
fn project_around(tree: &Tree, from: &str) -> bool {
    let mut folder = from.rsplit_once('/').map_or("", |(folder, _)| folder);
    loop {
        let held = ["pyproject.toml", "setup.py", "setup.cfg"].iter().any(|name| {
            let path = if folder.is_empty() { (*name).to_owned() } else { format!("{folder}/{name}") };
            tree.contains(&path)
        });
        if held || folder.is_empty() {
            return held;
        }
        folder = folder.rsplit_once('/').map_or("", |(outer, _)| outer);
    }
}

fn poetry_add(cx: &mut Cx<'_>, words: &[Word], around: &Around<'_>) {
    let mut group = around.group.clone();
    let mut words = words.iter();
    while let Some(word) = words.next() {
        let place = (around.place)(word.at, word.end);
        match word.text.as_str() {
            "-D" | "--dev" => group = Group::Dev,
            "-G" | "--group" | "-E" | "--extras" | "--python" | "--platform" | "--source" | "--markers" => {
                let value = words.next();
                if matches!(word.text.as_str(), "-G" | "--group")
                    && value.is_some_and(|value| value.text != "main")
                {
                    group = Group::Dev;
                }
            }
            option if option.starts_with('-') => {}
            text => match text.split_once('@').filter(|_| !text.contains("://") && !text.contains('$')) {
                Some((name, written)) if crate::name::is_name(name) => {
                    let mut component = Component::new(name, cx.kind, place);
                    component.group = group.clone();
                    component.direct = Some(true);
                    component.written = written.to_owned();
                    // `@latest` is whatever there is.
                    component.pin = poetry_constraint::pin(if written == "latest" { "*" } else { written });
                    cx.out.components.push(component);
                }
                _ => requirement(cx, text, around, place),
            },
        }
    }
}

//! Commands for lock files, one a tool and folder. Words come from files that others wrote: each is quoted.

use super::{Command, Packages, Planner, Wants, exact_target, folder};
use crate::{FileKind, PackageName};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// The tools that write lock files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Tool {
    Uv,
    Poetry,
    Pipenv,
    Pdm,
    CondaLock,
}

fn tool(kind: FileKind, file: &str) -> Option<Tool> {
    Some(match kind {
        FileKind::UvLock => Tool::Uv,
        FileKind::PoetryLock => Tool::Poetry,
        FileKind::Pipfile | FileKind::PipfileLock => Tool::Pipenv,
        FileKind::PdmLock => Tool::Pdm,
        FileKind::CondaLock if is_conda_lock(file) => Tool::CondaLock,
        _ => return None,
    })
}

/// `conda-lock.yml`, and not an explicit list.
pub(super) fn is_conda_lock(file: &str) -> bool {
    file.ends_with(".yml") || file.ends_with(".yaml")
}

/// The commands that bring the wanted versions into lock files.
pub(super) fn of_locks(planner: &mut Planner<'_>, wants: &Wants) -> Vec<Command> {
    let mut all: BTreeMap<(&str, Tool, &str), Packages> = BTreeMap::new();
    for component in &planner.reading.components {
        let (file, _) = component.file_line();
        let (Some(to), Some(tool)) = (exact_target(component, wants), tool(component.kind, file)) else {
            continue;
        };
        if planner.is_refused(file, &component.name) {
            continue;
        }
        // conda-lock is told which of several files it is; the others know their one.
        let named = if tool == Tool::CondaLock { file } else { "" };
        let packages = all.entry((folder(file), tool, named)).or_default();
        let slot = packages.entry(component.name.clone()).or_insert_with(|| to.clone());
        *slot = to.max(slot.clone());
    }
    all.into_iter()
        .map(|((directory, tool, file), packages)| command(directory, tool, file, &packages))
        .collect()
}

fn command(directory: &str, tool: Tool, file: &str, packages: &Packages) -> Command {
    let pinned = || packages.iter().map(|(name, to)| format!("{name}=={to}"));
    let names = || packages.keys().map(ToString::to_string);
    let said = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<String>>();
    let before = |option: &'static str, word: String| [option.to_owned(), word];
    let mut words = Vec::new();
    match tool {
        Tool::Uv => {
            words.extend(said(&["uv", "lock"]));
            words.extend(pinned().flat_map(|word| before("--upgrade-package", word)));
        }
        Tool::Poetry => {
            words.extend(said(&["poetry", "update"]));
            words.extend(names());
        }
        Tool::Pipenv => {
            words.extend(said(&["pipenv", "upgrade"]));
            words.extend(pinned());
        }
        Tool::Pdm => {
            words.extend(said(&["pdm", "update"]));
            words.extend(names());
        }
        Tool::CondaLock => {
            let name = file.rsplit('/').next().unwrap_or(file);
            words.extend(said(&["conda-lock", "lock", "--lockfile", name]));
            words.extend(names().flat_map(|word| before("--update", word)));
        }
    }
    let wanted: Vec<String> = packages.iter().map(|(name, to)| format!("{name} {to}")).collect();
    let exactly = matches!(tool, Tool::Uv | Tool::Pipenv);
    let or_later = if exactly { "" } else { " or later" };
    let why = format!("the lock file gets {}{or_later}", wanted.join(", "));
    Command { directory: directory.to_owned(), command: line(&words), why }
}

impl Planner<'_> {
    /// True where a manifest of the file's folder does not let the package get its version.
    pub(super) fn is_refused(&self, file: &str, name: &PackageName) -> bool {
        self.refused.contains(&(folder(file).to_owned(), name.clone()))
    }
}

/// A line for a POSIX shell.
pub(super) fn line(words: &[String]) -> String {
    words.iter().map(|word| quoted(word)).collect::<Vec<_>>().join(" ")
}

/// A word that a shell takes as it is: bare where it is harmless, else in single quotes. Control characters stand as
/// escapes (`$'\x1b'`), so that none reaches a terminal.
fn quoted(word: &str) -> String {
    let harmless = |c: char| c.is_ascii_alphanumeric() || "-_./:,@%+=".contains(c);
    if !word.is_empty() && !word.starts_with('=') && word.chars().all(harmless) {
        return word.to_owned();
    }
    let printable = |c: char| (' '..='~').contains(&c) || (c.is_alphanumeric() && !c.is_control());
    if word.chars().all(printable) {
        return format!("'{}'", word.replace('\'', "'\\''"));
    }
    let mut out = String::from("$'");
    for c in word.chars() {
        match c {
            '\'' | '\\' => out.extend(['\\', c]),
            c if printable(c) => out.push(c),
            c => {
                for byte in c.encode_utf8(&mut [0; 4]).bytes() {
                    let _ = write!(out, "\\x{byte:02x}");
                }
            }
        }
    }
    out.push('\'');
    out
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn a_word_reaches_the_shell_as_it_is() {
        for (word, expected) in [
            ("django==3.2", "django==3.2"),
            ("a b", "'a b'"),
            ("it's", "'it'\\''s'"),
            ("$(rm -rf /)", "'$(rm -rf /)'"),
            ("a;b", "'a;b'"),
            ("", "''"),
            ("1!2.0", "'1!2.0'"),
            ("é", "'é'"),
            ("\u{1b}[31m", "$'\\x1b[31m'"),
            ("a\nb", "$'a\\x0ab'"),
            ("\u{202e}x", "$'\\xe2\\x80\\xaex'"),
        ] {
            assert_eq!(quoted(word), expected, "{word:?}");
        }
    }
}

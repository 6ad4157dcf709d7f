//! `cargo xtask tidy`: what the compiler does not hold: the arrows between crates, registration of checks,
//! unique ids, headings of guides, generated files, sizes and first lines of files.

use anyhow::{Context, Result, bail};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use tieout_check::{Expect, parse_guide};

/// A file that a person writes is at most this long.
const MAX_LINES: usize = 800;

/// Which of our crates each crate may depend on, besides what these depend on themselves. `docs` of the
/// design: ARCHITECTURE.md.
const ARROWS: &[(&str, &[&str])] = &[
    ("model", &[]),
    ("check", &["model"]),
    ("source", &["model"]),
    ("iam", &["model"]),
    ("aws-state", &["check", "source", "iam"]),
    ("access", &["aws-state"]),
    ("aws-live", &["aws-state"]),
    ("iac", &["aws-state"]),
    ("aws-checks", &["aws-state", "lifecycle"]),
    ("lifecycle", &["source"]),
    ("advisories", &["source"]),
    ("python-syntax", &["source"]),
    ("deps", &["check", "source", "advisories", "lifecycle", "python-syntax"]),
    ("secrets", &["check", "source", "python-syntax"]),
    ("tls", &["check", "source", "lifecycle", "python-syntax"]),
    ("correlate", &["aws-state", "access"]),
    ("settings", &["model"]),
    ("report", &["model"]),
];

/// Runs every rule and names every breach.
pub fn run(args: &[String]) -> Result<()> {
    if !args.is_empty() {
        bail!("cargo xtask tidy");
    }
    let root = root();
    let mut breaches = Vec::new();
    arrows(&root, &mut breaches)?;
    files(&root, &mut breaches)?;
    checks(&root, &mut breaches)?;
    if let Err(stale) = crate::state::run(&["--check".to_owned()]) {
        breaches.push(format!("{stale:#}"));
    }
    if breaches.is_empty() {
        return Ok(());
    }
    for breach in &breaches {
        eprintln!("tidy: {breach}");
    }
    bail!("{} breach(es)", breaches.len())
}

/// The workspace's root.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().map_or_else(PathBuf::new, Path::to_owned)
}

/// What a crate may reach, through those it may depend on.
fn reach<'a>(name: &'a str, into: &mut BTreeSet<&'a str>) {
    let direct = ARROWS.iter().find(|(known, _)| *known == name).map(|(_, to)| *to).unwrap_or_default();
    for next in direct {
        if into.insert(next) {
            reach(next, into);
        }
    }
}

fn arrows(root: &Path, breaches: &mut Vec<String>) -> Result<()> {
    for folder in folders(&root.join("crates"))? {
        let name = file_name(&folder);
        if name == "tieout" {
            continue;
        }
        if !ARROWS.iter().any(|(known, _)| *known == name) {
            breaches.push(format!("crates/{name}: say in xtask/src/tidy.rs what it may depend on"));
            continue;
        }
        let mut allowed = BTreeSet::new();
        reach(&name, &mut allowed);
        let manifest: toml::Table = toml::from_str(&fs::read_to_string(folder.join("Cargo.toml"))?)?;
        let dependencies = manifest.get("dependencies").and_then(toml::Value::as_table);
        for dependency in dependencies.into_iter().flat_map(|table| table.keys()) {
            let ours = dependency.strip_prefix("tieout-");
            if let Some(ours) = ours.filter(|ours| !allowed.contains(ours)) {
                breaches.push(format!("crates/{name} depends on {ours}: engines meet through facts only"));
            }
        }
    }
    Ok(())
}

fn files(root: &Path, breaches: &mut Vec<String>) -> Result<()> {
    let mut all = Vec::new();
    for top in ["crates", "xtask", "fuzz"] {
        rust_files(&root.join(top), &mut all)?;
    }
    for path in all {
        let shown = path.strip_prefix(root).unwrap_or(&path).display().to_string();
        if shown.contains("/generated/") || shown.contains(".gen.") {
            continue;
        }
        let text = fs::read_to_string(&path)?;
        let lines = text.lines().count();
        if lines > MAX_LINES {
            breaches
                .push(format!("{shown}: {lines} lines; a file is at most {MAX_LINES}: make two rooms of it"));
        }
        if !text.starts_with("//!") {
            breaches
                .push(format!("{shown}: begin with a `//!` paragraph: what lives here, and what does not"));
        }
    }
    Ok(())
}

fn checks(root: &Path, breaches: &mut Vec<String>) -> Result<()> {
    let mut ids: BTreeMap<String, String> = BTreeMap::new();
    // A folder of checks, and the first word of their ids.
    let mut rooms: Vec<(PathBuf, String)> = folders(&root.join("crates/aws-checks/src"))?
        .into_iter()
        .map(|folder| (folder.clone(), file_name(&folder)))
        .filter(|(_, name)| name != "tables")
        .collect();
    rooms.push((root.join("crates/deps/src/checks"), "deps".to_owned()));
    rooms.push((root.join("crates/tls/src/checks"), "tls".to_owned()));
    for (service, name) in rooms {
        let shown_folder = service.strip_prefix(root).unwrap_or(&service).display().to_string();
        let registry =
            fs::read_to_string(service.join("mod.rs")).with_context(|| format!("{shown_folder}/mod.rs"))?;
        let mut files = Vec::new();
        rust_files(&service, &mut files)?;
        for file in files {
            let stem = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            let text = fs::read_to_string(&file)?;
            if stem == "mod" || !text.contains("pub static CHECK:") {
                continue;
            }
            let shown = format!("{shown_folder}/{stem}");
            check(&shown, &name, &stem, &text, &registry, breaches);
            guide(&shown, &file.with_extension("md"), breaches);
            let id = format!("{name}-{}", stem.replace('_', "-"));
            if let Some(other) = ids.insert(id.clone(), shown.clone()) {
                breaches.push(format!("{shown}: the id {id} is taken by {other}"));
            }
        }
    }
    Ok(())
}

fn check(shown: &str, service: &str, stem: &str, text: &str, registry: &str, breaches: &mut Vec<String>) {
    let id = format!("{service}-{}", stem.replace('_', "-"));
    if !text.contains(&format!("id: \"{id}\"")) {
        breaches.push(format!("{shown}.rs: its id must be `{id}`, as its file is called"));
    }
    if !registry.contains(&format!("mod {stem};")) || !registry.contains(&format!("{stem}::")) {
        breaches.push(format!("{shown}.rs is not registered in the folder's mod.rs"));
    }
    if !text.contains(&format!("include_str!(\"{stem}.md\")")) {
        breaches.push(format!("{shown}.rs: its guide must be {stem}.md"));
    }
}

fn guide(shown: &str, path: &Path, breaches: &mut Vec<String>) {
    let Ok(text) = fs::read_to_string(path) else {
        breaches.push(format!("{shown}.md is missing"));
        return;
    };
    let file = parse_guide(&text);
    for problem in &file.problems {
        breaches.push(format!("{shown}.md:{}: {}", problem.line, problem.message));
    }
    for (expect, section) in [(Expect::Passes, "Passes"), (Expect::Fails, "Fails")] {
        if !file.examples.iter().any(|example| example.expect == expect) {
            breaches.push(format!("{shown}.md: no example under `## {section}`"));
        }
    }
}

fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

fn folders(path: &Path) -> Result<Vec<PathBuf>> {
    let mut found: Vec<PathBuf> = fs::read_dir(path)
        .with_context(|| path.display().to_string())?
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| path.is_dir())
        .collect();
    found.sort();
    Ok(found)
}

fn rust_files(path: &Path, found: &mut Vec<PathBuf>) -> Result<()> {
    if !path.is_dir() {
        return Ok(());
    }
    let mut entries: Vec<PathBuf> =
        fs::read_dir(path)?.filter_map(|entry| entry.ok().map(|entry| entry.path())).collect();
    entries.sort();
    for entry in entries {
        if entry.is_dir() && file_name(&entry) != "target" {
            rust_files(&entry, found)?;
        } else if entry.extension().is_some_and(|extension| extension == "rs") {
            found.push(entry);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_allowed_arrows_have_no_cycle() {
        for (name, _) in ARROWS {
            let mut reached = BTreeSet::new();
            reach(name, &mut reached);
            assert!(!reached.contains(name), "{name} reaches itself");
        }
    }

    #[test]
    fn a_check_under_another_id_than_its_file_is_a_breach() {
        let mut breaches = Vec::new();
        let text = "About { id: \"s3-other\" } include_str!(\"bucket_x.md\")";
        check("s3/bucket_x", "s3", "bucket_x", text, "mod bucket_x;\n&bucket_x::CHECK", &mut breaches);
        assert_eq!(breaches, ["s3/bucket_x.rs: its id must be `s3-bucket-x`, as its file is called"]);
    }

    #[test]
    fn an_unregistered_check_is_a_breach() {
        let mut breaches = Vec::new();
        let text = "About { id: \"s3-bucket-x\" } include_str!(\"bucket_x.md\")";
        check("s3/bucket_x", "s3", "bucket_x", text, "mod other;", &mut breaches);
        assert_eq!(breaches, ["s3/bucket_x.rs is not registered in the folder's mod.rs"]);
    }
}

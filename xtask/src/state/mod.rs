//! `cargo xtask state`: the structs and tables of `crates/aws-state/src/generated` out of
//! `crates/aws-state/tables/*.toml`.

mod emit;
pub mod parse;

use anyhow::{Context, Result, bail};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Generates the files; with `--check` only tells whether they are up to date.
pub fn run(args: &[String]) -> Result<()> {
    let check = match args {
        [] => false,
        [flag] if flag == "--check" => true,
        _ => bail!("cargo xtask state [--check]"),
    };
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/aws-state");
    let services = parse::read_tables(&root.join("tables"))?;
    let mut stale = Vec::new();
    let files = emit::files(&services)?;
    let written: BTreeSet<String> = files.iter().map(|(name, _)| name.clone()).collect();
    for (name, text) in files {
        let path = root.join("src/generated").join(&name);
        let same = fs::read_to_string(&path).is_ok_and(|old| old == text);
        if same {
            continue;
        }
        if check {
            stale.push(name);
        } else {
            fs::create_dir_all(root.join("src/generated"))?;
            fs::write(&path, text).with_context(|| format!("writing {}", path.display()))?;
        }
    }
    for left_over in left_over(&root.join("src/generated"), &written)? {
        if check {
            stale.push(left_over.display().to_string());
        } else {
            fs::remove_file(&left_over)?;
        }
    }
    if !stale.is_empty() {
        bail!("{} do not match crates/aws-state/tables; run `cargo xtask state`", stale.join(", "));
    }
    Ok(())
}

/// Files of services that have no table any more.
fn left_over(folder: &Path, written: &BTreeSet<String>) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.file_name().is_some_and(|name| !written.contains(&*name.to_string_lossy())) {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

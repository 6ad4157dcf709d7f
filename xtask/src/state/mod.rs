//! `cargo xtask state`: the structs and tables of `crates/aws-state/src/generated` out of
//! `crates/aws-state/tables/*.toml`.

mod emit;
pub mod parse;

use anyhow::{Context, Result, bail};
use std::fs;
use std::path::Path;

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
    for (name, text) in emit::files(&services)? {
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
    if !stale.is_empty() {
        bail!("{} do not match crates/aws-state/tables; run `cargo xtask state`", stale.join(", "));
    }
    Ok(())
}

//! `cargo xtask advisories`: the index of advisories that is built into tieout, from an archive of PyPA's records.

use crate::tidy::root;
use anyhow::{Context, Result, bail};
use std::path::PathBuf;
use tieout_advisories::{load, packed, unpacked};

/// Makes the index, or says that it is stale.
pub fn run(args: &[String]) -> Result<()> {
    let check = args.iter().any(|arg| arg == "--check");
    let rest: Vec<&String> = args.iter().filter(|arg| *arg != "--check").collect();
    let archive = match rest.as_slice() {
        [] => root().join("../shared/advisories/pypi-osv.zip"),
        [path] => PathBuf::from(path),
        _ => bail!("cargo xtask advisories [--check] [ARCHIVE]"),
    };
    let index = root().join("crates/advisories/data/pypi.idx");
    if check {
        let kept = std::fs::read(&index).with_context(|| index.display().to_string())?;
        let Some(opened) = unpacked(&kept) else { bail!("{}: cannot be opened", index.display()) };
        if !archive.is_file() {
            println!(
                "advisories: {} is not there; the index opens ({} records of {})",
                archive.display(),
                opened.source().records,
                opened.source().date.as_deref().unwrap_or("an unknown day"),
            );
            return Ok(());
        }
        let made = load(&archive)?;
        // Compared unpacked: the packing may differ from one version of the library to the next.
        let again = unpacked(&packed(made)?).context("the new index cannot be opened")?;
        if again.to_bytes() != opened.to_bytes() {
            bail!("{}: stale; run `cargo xtask advisories`", index.display());
        }
        println!("advisories: the index is that of {}", archive.display());
        return Ok(());
    }
    let made = load(&archive)?;
    let (records, packages) = (made.source().records, made.source().packages);
    for skipped in &made.source().skipped {
        println!("skipped: {}: {}", skipped.record, skipped.why);
    }
    let bytes = packed(made)?;
    std::fs::write(&index, &bytes).with_context(|| index.display().to_string())?;
    println!("{}: {records} records, {packages} packages, {} bytes", index.display(), bytes.len());
    Ok(())
}

//! Makes one compact file of the rules in `rules/*.toml`: without their examples, and in a form that is read in a fraction of
//! the time. The examples are read by the tests alone.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::{env, fs};

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=rules");
    let mut files: Vec<PathBuf> =
        fs::read_dir("rules")?.map(|entry| Ok(entry?.path())).collect::<Result<_, std::io::Error>>()?;
    files.retain(|path| path.extension().is_some_and(|ending| ending == "toml"));
    files.sort();
    let mut rules = Vec::new();
    for file in files {
        println!("cargo::rerun-if-changed={}", file.display());
        rules.extend(rules_of(&file).map_err(|error| format!("{}: {error}", file.display()))?);
    }
    let out = PathBuf::from(env::var("OUT_DIR")?).join("rules.json");
    fs::write(out, serde_json::to_vec(&rules)?)?;
    Ok(())
}

fn rules_of(file: &Path) -> Result<Vec<serde_json::Value>, Box<dyn Error>> {
    let parsed: serde_json::Value = toml::from_str(&fs::read_to_string(file)?)?;
    let rules = parsed.get("rule").and_then(|rules| rules.as_array()).cloned().unwrap_or_default();
    Ok(rules
        .into_iter()
        .map(|mut rule| {
            if let Some(fields) = rule.as_object_mut() {
                fields.remove("positive");
                fields.remove("negative");
            }
            rule
        })
        .collect())
}

//! `tieout checks` and `tieout explain`.

use crate::cli::{ChecksArgs, Cli, ListFormat};
use crate::exit::Exit;
use crate::output::print;
use crate::plan::{Checks, choose};
use anyhow::{Result, bail};
use std::fmt::Write as _;
use tieout_model::CheckInfo;
use tieout_settings::{Found, nearest};

/// Lists the chosen checks.
pub fn list(args: &ChecksArgs) -> Result<Exit> {
    let infos = choose(&args.choice, &Found::default())?.infos();
    let text = match args.format {
        ListFormat::Json => {
            let mut json = serde_json::to_value(&infos)?;
            for check in json.as_array_mut().into_iter().flatten() {
                if let Some(check) = check.as_object_mut() {
                    check.remove("guide");
                }
            }
            format!("{}\n", serde_json::to_string_pretty(&json)?)
        }
        ListFormat::Text => table(&infos),
    };
    print(text.as_bytes())?;
    Ok(Exit::Clean)
}

fn table(infos: &[CheckInfo]) -> String {
    let width = infos.iter().map(|info| info.id.len()).max().unwrap_or_default();
    let mut out = String::new();
    for info in infos {
        let _ = writeln!(out, "{:width$}  {:8}  {}", info.id, info.severity, info.title);
    }
    let _ = writeln!(out, "\n{} checks; `tieout explain ID` tells more", infos.len());
    out
}

/// Explains one check.
pub fn explain(_cli: &Cli, id: &str) -> Result<Exit> {
    let infos = Checks::all().infos();
    let asked = id.split_once(':').map_or(id, |(_, id)| id);
    let by_alias = |info: &&CheckInfo| info.aliases.values().flatten().any(|alias| alias == asked);
    let mut found: Vec<&CheckInfo> = infos.iter().filter(|info| info.id == id).collect();
    if found.is_empty() {
        found = infos.iter().filter(by_alias).collect();
    }
    if found.is_empty() {
        let ids = infos.iter().map(|info| info.id.as_str());
        match nearest(
            id,
            ids.chain(infos.iter().flat_map(|info| info.aliases.values().flatten()).map(String::as_str)),
        ) {
            Some(near) => bail!("there is no check `{id}`; did you mean `{near}`?"),
            None => bail!("there is no check `{id}`; `tieout checks` lists them"),
        }
    }
    let text: Vec<String> = found.into_iter().map(page).collect();
    print(text.join("\n").as_bytes())?;
    Ok(Exit::Clean)
}

fn page(info: &CheckInfo) -> String {
    let mut out = format!("{}\n{}\n\n", info.title, "=".repeat(info.title.chars().count()));
    let mut line = |name: &str, value: String| {
        if !value.is_empty() {
            let _ = writeln!(out, "{name:11} {value}");
        }
    };
    line("check", info.id.clone());
    line("severity", format!("{}, confidence {}", info.severity, info.confidence.as_str()));
    line("shown to", info.persona.as_str().to_owned());
    line("applies to", info.applies_to.join(", "));
    line("reads", info.reads.join(", "));
    line("CWE", info.cwe.join(", "));
    line("controls", info.controls.join(", "));
    line("objectives", info.objectives.join(", "));
    for (peer, ids) in &info.aliases {
        line(peer, ids.join(", "));
    }
    let guide = &info.guide;
    for (heading, text) in
        [("What it checks", &guide.what), ("Why it matters", &guide.why), ("How to fix", &guide.fix)]
    {
        let _ = write!(out, "\n{heading}\n{}\n{text}\n", "-".repeat(heading.len()));
    }
    if !guide.references.is_empty() {
        let _ = write!(out, "\nReferences\n----------\n{}\n", guide.references.join("\n"));
    }
    out
}

//! The tables as written: TOML into plain structs, with every mistake named by file and type.

use anyhow::{Context, Result, bail};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// A file of tables.
#[derive(Debug)]
pub struct Service {
    /// `s3`, from the file's name.
    pub name: String,
    pub types: Vec<Type>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(rename = "type")]
    types: Vec<Type>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Type {
    pub name: String,
    #[serde(default)]
    pub kind: Option<String>,
    pub id: String,
    #[serde(default)]
    pub keys: Vec<String>,
    #[serde(default)]
    pub arn: String,
    /// Template of the id in an account, where there is no ARN.
    #[serde(default)]
    pub local: String,
    /// For an alias: the property that names what it stands for.
    #[serde(default)]
    pub stands_for: String,
    /// Name of the struct, where the type's own last part is taken.
    #[serde(default)]
    pub rust: Option<String>,
    #[serde(default)]
    pub properties: BTreeMap<String, String>,
    #[serde(default)]
    pub live: BTreeMap<String, String>,
    #[serde(default)]
    pub links: BTreeMap<String, String>,
    #[serde(default, rename = "default")]
    pub defaults: Vec<Default>,
    #[serde(default)]
    pub terraform: Vec<Terraform>,
    #[serde(default)]
    pub api: Option<Api>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Default {
    pub path: String,
    pub json: String,
    #[serde(default)]
    pub scope: Option<String>,
    #[serde(default)]
    pub since: String,
    pub source: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Terraform {
    pub from: String,
    #[serde(default)]
    pub edge: Option<String>,
    #[serde(default)]
    pub when: BTreeMap<String, String>,
    #[serde(default)]
    pub present: Option<String>,
    #[serde(default)]
    pub split: Vec<String>,
    /// JSON by path: what holds where no row says anything.
    #[serde(default)]
    pub otherwise: BTreeMap<String, String>,
    pub rows: BTreeMap<String, Targets>,
}

/// One target or several for one source path.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub enum Targets {
    One(String),
    Many(Vec<String>),
}

impl Targets {
    pub fn all(&self) -> Vec<&str> {
        match self {
            Targets::One(one) => vec![one],
            Targets::Many(many) => many.iter().map(String::as_str).collect(),
        }
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Api {
    #[serde(default)]
    pub global: bool,
    pub list: Call,
    #[serde(default)]
    pub details: Vec<Call>,
    #[serde(default)]
    pub region_from: Option<String>,
    #[serde(default)]
    pub arn_from: Option<String>,
    #[serde(default)]
    pub require: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Call {
    /// `service:Operation`.
    pub call: String,
    #[serde(default)]
    pub params: BTreeMap<String, String>,
    #[serde(default)]
    pub items: String,
    #[serde(default)]
    pub each: Vec<Each>,
    #[serde(default)]
    pub join: Option<[String; 2]>,
    #[serde(default)]
    pub absent: Vec<String>,
    #[serde(default)]
    pub when: Option<[String; 2]>,
    pub rows: BTreeMap<String, Targets>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Each {
    pub items: String,
    pub call: String,
    pub params: BTreeMap<String, String>,
    #[serde(default)]
    pub absent: Vec<String>,
}

impl Type {
    /// Configuration paths, without `[]`, that no call of the API fills.
    pub fn unseen(&self) -> Vec<String> {
        let Some(api) = &self.api else { return Vec::new() };
        let calls = std::iter::once(&api.list).chain(&api.details);
        let filled: Vec<String> = calls
            .flat_map(|call| call.rows.values().flat_map(Targets::all))
            .map(target)
            .filter(|(_, live, _)| !live)
            .map(|(path, ..)| path.replace("[]", ""))
            .collect();
        // A path and what lies above and below it is asked for by a row.
        let below =
            |path: &str, above: &str| path.strip_prefix(above).is_some_and(|rest| rest.starts_with('.'));
        let is_filled =
            |path: &str| filled.iter().any(|row| path == row || below(path, row) || below(row, path));
        let mut unseen = BTreeSet::new();
        for path in self.properties.keys().map(|path| path.replace("[]", "")) {
            let parts: Vec<_> = path.split('.').collect();
            let prefixes = (1..=parts.len()).filter_map(|length| Some(parts.get(..length)?.join(".")));
            unseen.extend(prefixes.filter(|prefix| !is_filled(prefix)));
        }
        unseen.into_iter().collect()
    }

    /// The struct's name: `AWS::S3::Bucket` → `Bucket`.
    pub fn rust_name(&self) -> String {
        let last = || self.name.rsplit("::").next().unwrap_or(&self.name).to_owned();
        self.rust.clone().unwrap_or_else(last)
    }
}

/// Reads every table of a folder, sorted by name.
pub fn read_tables(folder: &Path) -> Result<Vec<Service>> {
    let mut paths: Vec<_> = fs::read_dir(folder)
        .with_context(|| format!("reading {}", folder.display()))?
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| path.extension().is_some_and(|extension| extension == "toml"))
        .collect();
    paths.sort();
    let services: Vec<Service> = paths.iter().map(|path| read(path)).collect::<Result<_>>()?;
    for service in &services {
        for one in &service.types {
            check(one).with_context(|| format!("tables/{}.toml, {}", service.name, one.name))?;
        }
    }
    Ok(services)
}

fn read(path: &Path) -> Result<Service> {
    let text = fs::read_to_string(path)?;
    let file: File = toml::from_str(&text).with_context(|| path.display().to_string())?;
    let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    Ok(Service { name, types: file.types })
}

/// The path of a row's target, without `live:` and transform: (path, live, transform).
pub fn target(text: &str) -> (&str, bool, &str) {
    let (path, transform) = text.split_once('|').unwrap_or((text, "Same"));
    let path = path.trim();
    match path.strip_prefix("live:") {
        Some(path) => (path, true, transform.trim()),
        None => (path, false, transform.trim()),
    }
}

fn check(one: &Type) -> Result<()> {
    let known = |path: &str, live: bool| {
        let list = if live { &one.live } else { &one.properties };
        // A row may fill a whole object or list whose leaves are in the allow-list.
        list.keys().any(|key| {
            key == path || key.starts_with(&format!("{path}.")) || key.starts_with(&format!("{path}[]"))
        }) || list.contains_key(path.trim_end_matches("[]"))
    };
    let rows = one.terraform.iter().map(|table| &table.rows);
    let calls =
        one.api.iter().flat_map(|api| std::iter::once(&api.list).chain(&api.details)).map(|call| &call.rows);
    for (from, to) in rows.chain(calls).flatten() {
        for text in to.all() {
            let (path, live, _) = target(text);
            if !known(path, live) {
                bail!("the row `{from}` leads to `{path}`, which is not in [type.properties] or [type.live]");
            }
        }
    }
    if !one.stands_for.is_empty() && !one.links.contains_key(&one.stands_for) {
        bail!("`stands_for` names `{}`, which is no link", one.stands_for);
    }
    for path in one.links.keys() {
        if !known(path, false) {
            bail!("the link `{path}` is not in [type.properties]");
        }
    }
    for (path, json) in one.terraform.iter().flat_map(|table| &table.otherwise) {
        if !known(path, false) {
            bail!("`otherwise` leads to `{path}`, which is not in [type.properties]");
        }
        serde_json::from_str::<serde_json::Value>(json)
            .with_context(|| format!("`otherwise` of `{path}` is no JSON"))?;
    }
    for row in &one.defaults {
        serde_json::from_str::<serde_json::Value>(&row.json)
            .with_context(|| format!("the default of `{}` is no JSON", row.path))?;
    }
    Ok(())
}

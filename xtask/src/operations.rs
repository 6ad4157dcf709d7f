//! `cargo xtask operations`: the table of read operations, `crates/aws-live/src/operations.gen.jsonl`, from the
//! allow-list `crates/aws-live/operations.txt` and the service models of a named botocore. What an operation may
//! be is judged by the tests of `tieout-aws-live`, not here.

// A JSON value read by a key that it lacks is null, and the values written to are objects made here.
#![allow(clippy::indexing_slicing)]

use anyhow::{Context, Result, bail};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::Command;

mod endpoints;
mod shapes;

const ALLOWED: &str = "crates/aws-live/operations.txt";
const TABLE: &str = "crates/aws-live/src/operations.gen.jsonl";
/// The last word of a line of [`ALLOWED`] whose operation answers with an address of code.
const CODE: &str = "code";

/// Writes the table, or with `--check` fails where the committed one is not what would be written.
/// `--botocore DIR` names the package's folder; else the Python of `target/venv`, then `python3`, is asked.
pub fn run(args: &[String]) -> Result<()> {
    let mut check = false;
    let mut folder = None;
    let mut args = args.iter();
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "--check" => check = true,
            "--botocore" => folder = Some(PathBuf::from(args.next().context("--botocore needs a folder")?)),
            other => {
                bail!("`{other}` is no flag of `cargo xtask operations`; it knows --check and --botocore DIR")
            }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().context("xtask has no parent folder")?;
    let botocore = match folder {
        Some(folder) => folder,
        None => find_botocore(root)?,
    };
    let committed = std::fs::read_to_string(root.join(TABLE)).unwrap_or_default();
    let version = version_of(&botocore)?;
    if check {
        let header: Value = serde_json::from_str(committed.lines().next().unwrap_or("{}"))?;
        let named = header["botocore"].as_str().unwrap_or("none");
        if named != version {
            // Another version's models differ by nature; what can be checked is that the lists agree.
            return same_operations(root, &committed, named, &version);
        }
    }
    let table = generate(root, &botocore, &version)?;
    if check && table != committed {
        bail!("{TABLE} is not what botocore {version} and {ALLOWED} yield; run `cargo xtask operations`");
    }
    if !check {
        std::fs::write(root.join(TABLE), &table)?;
        println!("{TABLE}: {} lines from botocore {version}", table.lines().count());
    }
    Ok(())
}

fn find_botocore(root: &Path) -> Result<PathBuf> {
    let venv = root.join("target/venv/bin/python");
    let python = if venv.exists() { venv } else { PathBuf::from("python3") };
    let script = "import botocore, os; print(os.path.dirname(botocore.__file__))";
    let output = Command::new(&python).args(["-c", script]).output();
    let found = output.ok().filter(|output| output.status.success());
    let Some(found) = found else {
        bail!("no botocore: run `cargo xtask test` once (it makes target/venv), or give --botocore DIR");
    };
    Ok(PathBuf::from(String::from_utf8(found.stdout)?.trim()))
}

fn version_of(botocore: &Path) -> Result<String> {
    let init = std::fs::read_to_string(botocore.join("__init__.py"))
        .with_context(|| format!("{} is no folder of the package botocore", botocore.display()))?;
    init.lines()
        .find_map(|line| line.strip_prefix("__version__ = "))
        .map(|version| version.trim_matches(['\'', '"']).to_owned())
        .context("botocore/__init__.py names no __version__")
}

fn same_operations(root: &Path, committed: &str, named: &str, found: &str) -> Result<()> {
    let listed: BTreeSet<(String, String)> =
        allowed(root)?.into_iter().map(|row| (row.service, row.operation)).collect();
    let mut held = BTreeSet::new();
    for line in committed.lines() {
        let line: Value = serde_json::from_str(line)?;
        if let (Some(service), Some(operation)) = (line["service"].as_str(), line["op"].as_str()) {
            held.insert((service.to_owned(), operation.to_owned()));
        }
    }
    if listed != held {
        let odd: Vec<_> = listed.symmetric_difference(&held).collect();
        bail!("{TABLE} and {ALLOWED} disagree on {odd:?}; run `cargo xtask operations`");
    }
    println!(
        "{TABLE} was made with botocore {named}; here is {found}: compared the lists of operations only"
    );
    Ok(())
}

/// A line of the allow-list.
struct Allowed {
    service: String,
    operation: String,
    action: Option<String>,
    /// It answers with an address of code: only `--function-code` may send it.
    code: bool,
}

fn allowed(root: &Path) -> Result<Vec<Allowed>> {
    let text = std::fs::read_to_string(root.join(ALLOWED))?;
    let mut rows = Vec::new();
    for (number, line) in text.lines().enumerate() {
        let line = line.split('#').next().unwrap_or_default();
        let words: Vec<&str> = line.split_whitespace().collect();
        let (words, code) = match words.split_last() {
            Some((&CODE, rest)) => (rest, true),
            _ => (words.as_slice(), false),
        };
        let (service, operation, action) = match words {
            [] => continue,
            [service, operation] => (service, operation, None),
            [service, operation, action] => (service, operation, Some((*action).to_owned())),
            _ => bail!("{ALLOWED}:{}: expected SERVICE OPERATION [IAM-ACTION] [code]", number + 1),
        };
        rows.push(Allowed { service: (*service).into(), operation: (*operation).into(), action, code });
    }
    Ok(rows)
}

fn generate(root: &Path, botocore: &Path, version: &str) -> Result<String> {
    let mut services: BTreeMap<String, BTreeMap<String, Allowed>> = BTreeMap::new();
    for row in allowed(root)? {
        let (service, operation) = (row.service.clone(), row.operation.clone());
        if services.entry(service.clone()).or_default().insert(operation.clone(), row).is_some() {
            bail!("{ALLOWED}: `{service} {operation}` stands there twice");
        }
    }
    let partitions = read_json(&botocore.join("data/partitions.json"))?;
    let mut lines = vec![json!({"by": "cargo xtask operations", "botocore": version})];
    lines.extend(endpoints::partition_lines(&partitions));
    for (service, operations) in &services {
        let folder = newest_version(&botocore.join("data").join(service))?;
        let model = read_json(&folder.join("service-2.json"))?;
        let rules = read_json(&folder.join("endpoint-rule-set-1.json"))?;
        let pages = read_json(&folder.join("paginators-1.json")).unwrap_or_default();
        lines.push(service_line(service, &model, endpoints::hosts(&partitions, &rules, &model)?));
        let mut used = shapes::Used::default();
        for (operation, row) in operations {
            let line = operation_line(row, &model, &pages, &mut used)
                .with_context(|| format!("{service} {operation}"))?;
            lines.push(line);
        }
        lines.extend(shapes::lines(service, &model, used)?);
    }
    let mut table = String::new();
    for line in lines {
        table.push_str(&line.to_string());
        table.push('\n');
    }
    Ok(table)
}

fn newest_version(folder: &Path) -> Result<PathBuf> {
    let mut versions: Vec<PathBuf> = std::fs::read_dir(folder)
        .with_context(|| format!("botocore has no service in {}", folder.display()))?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.is_dir())
        .collect();
    versions.sort();
    versions.pop().with_context(|| format!("{} has no version", folder.display()))
}

/// Reads `path`, or `path.gz` where the package ships it compressed.
fn read_json(path: &Path) -> Result<Value> {
    if let Ok(text) = std::fs::read_to_string(path) {
        return Ok(serde_json::from_str(&text)?);
    }
    let packed = PathBuf::from(format!("{}.gz", path.display()));
    let file = std::fs::File::open(&packed).with_context(|| format!("{} is not there", packed.display()))?;
    let mut text = String::new();
    flate2::read::GzDecoder::new(file).read_to_string(&mut text)?;
    Ok(serde_json::from_str(&text)?)
}

/// The protocol's word in the table: botocore's, with the version for JSON.
fn protocol(metadata: &Value) -> String {
    let name = metadata["protocol"].as_str().unwrap_or_default();
    match name {
        "json" => format!("json{}", metadata["jsonVersion"].as_str().unwrap_or("1.1")),
        other => other.to_owned(),
    }
}

fn service_line(service: &str, model: &Value, hosts: Vec<Value>) -> Value {
    let metadata = &model["metadata"];
    let prefix = &metadata["endpointPrefix"];
    let mut line = json!({
        "service": service,
        "id": metadata["serviceId"],
        "prefix": prefix,
        "signing": if metadata["signingName"].is_string() { &metadata["signingName"] } else { prefix },
        "protocol": protocol(metadata),
        "version": metadata["apiVersion"],
    });
    if let Some(target) = metadata["targetPrefix"].as_str() {
        line["target"] = json!(target);
    }
    if !hosts.is_empty() {
        line["hosts"] = Value::Array(hosts);
    }
    line
}

fn operation_line(row: &Allowed, model: &Value, pages: &Value, used: &mut shapes::Used) -> Result<Value> {
    let (service, operation) = (row.service.as_str(), row.operation.as_str());
    let found = &model["operations"][operation];
    if !found.is_object() {
        bail!("botocore's model has no such operation");
    }
    let metadata = &model["metadata"];
    let prefix = metadata["signingName"].as_str().or(metadata["endpointPrefix"].as_str()).unwrap_or(service);
    let mut line = json!({
        "op": operation,
        "service": service,
        "method": found["http"]["method"],
        "uri": found["http"]["requestUri"],
        "action": row.action.clone().unwrap_or_else(|| format!("{prefix}:{operation}")),
    });
    if row.code {
        line["class"] = json!(CODE);
    }
    if let Some(shape) = found["input"]["shape"].as_str() {
        line["in"] = json!(used.input(shape));
    }
    if let Some(shape) = found["output"]["shape"].as_str() {
        line["out"] = json!(used.output(shape));
    }
    if let Some(wrapper) = found["output"]["resultWrapper"].as_str() {
        line["wrapper"] = json!(wrapper);
    }
    if let Some(host) = found["endpoint"]["hostPrefix"].as_str() {
        line["host_prefix"] = json!(host);
    }
    let page = &pages["pagination"][operation];
    if page.is_object() {
        line["pages"] = paging(page)?;
    } else if let Some(pages) = paging_by_names(found, model) {
        line["pages"] = pages;
    }
    Ok(line)
}

/// Paging of an operation that has no paginator in botocore but whose members name a token: an answer must
/// never be cut short in silence.
fn paging_by_names(operation: &Value, model: &Value) -> Option<Value> {
    let members = |side: &str| model["shapes"][operation[side]["shape"].as_str()?]["members"].as_object();
    let (input, output) = (members("input")?, members("output")?);
    let tokens = [
        ("NextToken", "NextToken"),
        ("nextToken", "nextToken"),
        ("Marker", "NextMarker"),
        ("Marker", "Marker"),
        ("ContinuationToken", "NextContinuationToken"),
    ];
    let (asks, gives) =
        tokens.into_iter().find(|(a, b)| input.contains_key(*a) && output.contains_key(*b))?;
    let is_list = |reference: &Value| {
        reference["shape"].as_str().is_some_and(|shape| model["shapes"][shape]["type"] == "list")
    };
    let results: Vec<&String> =
        output.iter().filter(|(_, member)| is_list(member)).map(|(name, _)| name).collect();
    Some(json!({"in": [asks], "out": [gives], "results": results}))
}

fn paging(page: &Value) -> Result<Value> {
    let list = |value: &Value| -> Vec<Value> {
        match value {
            Value::Array(items) => items.clone(),
            Value::Null => Vec::new(),
            one => vec![one.clone()],
        }
    };
    let mut row = Map::new();
    for (name, field) in [("in", "input_token"), ("out", "output_token"), ("results", "result_key")] {
        let values = list(&page[field]);
        if values.iter().any(|value| value.as_str().is_some_and(|path| path.contains(['|', '[', '(']))) {
            bail!("the paginator's {field} is an expression that the client does not evaluate");
        }
        row.insert(name.to_owned(), Value::Array(values));
    }
    if page["more_results"].is_string() {
        row.insert("more".to_owned(), page["more_results"].clone());
    }
    Ok(Value::Object(row))
}

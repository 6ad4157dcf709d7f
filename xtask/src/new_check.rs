//! `cargo xtask new-check SERVICE NAME`: the two files of a check, registered, ready to be filled in.

use crate::tidy::root;
use anyhow::{Context, Result, bail};
use std::fs;
use std::path::Path;

const USAGE: &str = "cargo xtask new-check SERVICE NAME [AWS::Service::Type]
for example: cargo xtask new-check s3 bucket-policy-denies-http";

/// Writes and registers the files.
pub fn run(args: &[String]) -> Result<()> {
    let (service, name, wanted) = match args {
        [service, name] => (service, name, None),
        [service, name, wanted] => (service, name, Some(wanted.as_str())),
        _ => bail!("{USAGE}"),
    };
    let plain = |word: &str| {
        word.starts_with(|first: char| first.is_ascii_lowercase())
            && word
                .chars()
                .all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '-')
    };
    if !plain(service) || !plain(name) {
        bail!("SERVICE and NAME are lower case, with dashes\n{USAGE}");
    }
    let name = name.strip_prefix(&format!("{service}-")).unwrap_or(name);
    let root = root();
    let type_name = type_name(&root, service, wanted)?;
    let reads = reads(&root, &type_name)?;
    let source = root.join("crates/aws-checks/src");
    let (folder, stem) = (source.join(service), name.replace('-', "_"));
    let (logic, guide) = (folder.join(format!("{stem}.rs")), folder.join(format!("{stem}.md")));
    if logic.exists() || guide.exists() {
        bail!("{} exists already", logic.display());
    }
    let shown = format!("crates/aws-checks/src/{service}");
    let registry = folder.join("mod.rs");
    let is_new = !registry.exists();
    let text = if is_new { service_file(&type_name) } else { fs::read_to_string(&registry)? };
    let registered = register(&text, &format!("mod {stem};"), "CHECKS", &format!("&{stem}::CHECK,"))
        .with_context(|| format!("{shown}/mod.rs has no list `CHECKS` with one entry a line"))?;
    if is_new {
        let list = source.join("lib.rs");
        let text = fs::read_to_string(&list)?;
        let services =
            register(&text, &format!("pub mod {service};"), "SERVICES", &format!("{service}::CHECKS,"))
                .context("crates/aws-checks/src/lib.rs has no list `SERVICES` with one entry a line")?;
        fs::create_dir_all(&folder)?;
        fs::write(&list, services)?;
        println!("wrote    {shown}/mod.rs, the first check of {service}; registered in lib.rs");
    }
    fs::write(&logic, rust_file(service, name, &stem, &type_name, &reads))?;
    fs::write(&guide, guide_file(&type_name))?;
    fs::write(&registry, registered)?;
    println!("wrote    {shown}/{stem}.rs   what it is, and how it judges one {type_name}");
    println!("wrote    {shown}/{stem}.md   the guide; its examples are the tests");
    println!("registered in {shown}/mod.rs");
    println!(
        "\nnow fill in both, and run\n    cargo test -p tieout-aws-checks --test examples {service}-{name}"
    );
    Ok(())
}

/// The type that is judged: the wanted one, else the first of the service's table.
fn type_name(root: &Path, service: &str, wanted: Option<&str>) -> Result<String> {
    let tables = root.join("crates/aws-state/tables");
    let mut known = Vec::new();
    for entry in fs::read_dir(&tables)? {
        let path = entry?.path();
        let own = path.file_stem().is_some_and(|stem| stem == service);
        let file: toml::Table = toml::from_str(&fs::read_to_string(&path)?)?;
        let types = file.get("type").and_then(toml::Value::as_array).into_iter().flatten();
        for name in types.filter_map(|one| one.get("name")?.as_str()) {
            known.push((own, name.to_owned()));
        }
    }
    match wanted {
        Some(wanted) => match known.iter().find(|(_, name)| name == wanted) {
            Some((_, name)) => Ok(name.clone()),
            None => bail!("{wanted} is not in crates/aws-state/tables: add it there first"),
        },
        None => match known.iter().find(|(own, _)| *own) {
            Some((_, name)) => Ok(name.clone()),
            None => {
                bail!("no table crates/aws-state/tables/{service}.toml; say which type is judged: {USAGE}")
            }
        },
    }
}

/// The IAM actions of the calls that tell of a type in an account: its listing first, then its details.
fn reads(root: &Path, type_name: &str) -> Result<Vec<String>> {
    let operations = fs::read_to_string(root.join("crates/aws-live/src/operations.gen.jsonl"))?;
    let mut found: Vec<String> = Vec::new();
    for entry in fs::read_dir(root.join("crates/aws-state/tables"))? {
        let file: toml::Table = toml::from_str(&fs::read_to_string(entry?.path())?)?;
        let types = file.get("type").and_then(toml::Value::as_array).into_iter().flatten();
        let mut own = types.filter(|one| one.get("name").and_then(toml::Value::as_str) == Some(type_name));
        let Some(api) = own.next().and_then(|one| one.get("api")) else {
            continue;
        };
        let details = api.get("details").and_then(toml::Value::as_array).into_iter().flatten();
        for call in api.get("list").into_iter().chain(details).filter_map(|one| one.get("call")?.as_str()) {
            let action = action(&operations, call).unwrap_or_else(|| call.to_owned());
            if !found.contains(&action) {
                found.push(action);
            }
        }
    }
    Ok(found)
}

/// The action that allows a call: `s3:ListAllMyBuckets` for `s3:ListBuckets`.
fn action(operations: &str, call: &str) -> Option<String> {
    let (service, operation) = call.split_once(':')?;
    operations.lines().find_map(|line| {
        let row: serde_json::Value = serde_json::from_str(line).ok()?;
        let is_it = row.get("service")? == service && row.get("op")? == operation;
        is_it.then(|| row.get("action")?.as_str().map(str::to_owned)).flatten()
    })
}

/// A module and an entry of a list that has one entry a line, both in their order.
fn register(text: &str, module: &str, list: &str, entry: &str) -> Option<String> {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let start = lines.iter().position(|line| line.contains(&format!("static {list}:")))?;
    if !lines.get(start)?.ends_with('[') {
        return None;
    }
    let end = start + lines.iter().skip(start).position(|line| line.trim() == "];")?;
    let entries = lines.iter().enumerate().take(end).skip(start + 1);
    let at = entries
        .filter(|(_, line)| !line.trim().starts_with("//"))
        .find(|(_, line)| line.trim() > entry)
        .map_or(end, |(at, _)| at);
    lines.insert(at, format!("    {entry}"));
    let name = module_name(module)?;
    let modules: Vec<(usize, &str)> =
        lines.iter().enumerate().filter_map(|(at, line)| Some((at, module_name(line)?))).collect();
    let after = modules.iter().find(|(_, other)| *other > name).map(|(at, _)| *at);
    match after.or_else(|| modules.last().map(|(at, _)| at + 1)) {
        Some(at) => lines.insert(at, module.to_owned()),
        None => {
            let at = lines.iter().rposition(|line| line.starts_with("use "))? + 1;
            lines.splice(at..at, [String::new(), module.to_owned()]);
        }
    }
    Some(lines.join("\n") + "\n")
}

/// The name in `mod NAME;`, whoever may see it.
fn module_name(line: &str) -> Option<&str> {
    let (seen_by, rest) = line.strip_suffix(';')?.split_once("mod ")?;
    ["", "pub ", "pub(crate) "].contains(&seen_by).then_some(rest)
}

/// The `mod.rs` of a service that has no check yet.
fn service_file(type_name: &str) -> String {
    let service = type_name.split("::").nth(1).unwrap_or_default();
    format!(
        "//! Checks of {service}.\n\nuse crate::AwsCheck;\n\n/// Every check of this service.\npub static CHECKS: &[&dyn AwsCheck] = &[\n    // One a line: `cargo xtask new-check` adds to them.\n];\n"
    )
}

fn rust_file(service: &str, name: &str, stem: &str, type_name: &str, reads: &[String]) -> String {
    let short = type_name.rsplit("::").next().unwrap_or_default();
    let reads: Vec<String> = reads.iter().map(|action| format!("\"{action}\"")).collect();
    let reads = reads.join(", ");
    format!(
        r#"//! One sentence: what goes wrong where this does not hold.

use crate::{{Cx, Each, Judge}};
use tieout_aws_state::types::{short};
use tieout_model::{{About, Confidence, Judged, Persona, Severity, Verdict}};

/// The check.
pub static CHECK: Each<{short}> = Each {{
    about: About {{
        id: "{service}-{name}",
        title: "What should hold, in a line",
        severity: Severity::Medium,
        confidence: Confidence::High,
        persona: Persona::Engineer,
        cwe: &[],
        // Where a benchmark asks for it: "CIS-AWS-3.0:2.1.1", "AWS-FSBP:S3.8".
        controls: &[],
        // What it serves, at least one, in the words of the checks beside it: "encryption-at-rest".
        objectives: &[],
        // The IAM actions that an account is asked with: keep the listing, and the others that you need.
        reads: &[{reads}],
        // The same question at peers: ("prowler", "…"), ("checkov", "CKV_AWS_…").
        aliases: &[],
        guide: include_str!("{stem}.md"),
    }},
    judge: Judge::Configuration(judge),
}};

/// Read settings with `?`: what is not known becomes *not assessed* by itself. For example:
/// `let status = &it.versioning_configuration.status;`
/// `if status.text()? == "Enabled" {{ return Ok(Verdict::pass("versioning is on")); }}`
fn judge(it: &{short}, cx: &Cx<'_>) -> Judged {{
    it.here.known()?;
    Ok(Verdict::fail("say what is wrong, with the values", cx.place()))
}}
"#
    )
}

fn guide_file(type_name: &str) -> String {
    format!(
        "# What should hold, in a line

## What it checks

Which property of the `{type_name}`, and what it must be.

## Why it matters

What goes wrong otherwise.

## How to fix

Console, command line, Terraform, CloudFormation.

## Passes

```cloudformation
Resources:
  Good:
    Type: {type_name}
    Properties: {{}}
```

## Fails

A comment marks the line that the finding must point to: the property's, or the resource's where the property is absent.

```cloudformation
Resources:
  Bad: # finding
    Type: {type_name}
    Properties: {{}}
```

## References

- The AWS document's title
"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const S3: &str = "//! S3.\n\nuse crate::AwsCheck;\n\nmod a;\npub(crate) mod c;\n\npub static CHECKS: &[&dyn AwsCheck] = &[\n    &a::CHECK,\n    &c::CHECK,\n];\n";

    #[test]
    fn a_check_is_registered_in_its_order() {
        let registered = register(S3, "mod b;", "CHECKS", "&b::CHECK,").unwrap();
        assert!(registered.contains("mod a;\nmod b;\npub(crate) mod c;\n"), "{registered}");
        assert!(registered.contains("&a::CHECK,\n    &b::CHECK,\n    &c::CHECK,\n]"), "{registered}");
        let last = register(S3, "mod d;", "CHECKS", "&d::CHECK,").unwrap();
        assert!(last.contains("pub(crate) mod c;\nmod d;\n\n"), "{last}");
        assert!(last.contains("&c::CHECK,\n    &d::CHECK,\n]"), "{last}");
    }

    #[test]
    fn the_first_check_of_a_service_gets_a_list_of_its_own() {
        let registered = register(&service_file("AWS::KMS::Key"), "mod b;", "CHECKS", "&b::CHECK,").unwrap();
        assert_eq!(
            registered,
            "//! Checks of KMS.\n\nuse crate::AwsCheck;\n\nmod b;\n\n/// Every check of this service.\npub static CHECKS: &[&dyn AwsCheck] = &[\n    // One a line: `cargo xtask new-check` adds to them.\n    &b::CHECK,\n];\n"
        );
    }

    #[test]
    fn a_new_service_is_registered_in_the_crate_as_it_is_today() {
        let lib = fs::read_to_string(root().join("crates/aws-checks/src/lib.rs")).unwrap();
        let registered = register(&lib, "pub mod ecr;", "SERVICES", "ecr::CHECKS,").unwrap();
        assert!(registered.contains("pub mod ec2;\npub mod ecr;\nmod engine;\n"), "{registered}");
        assert!(
            registered.contains("    ec2::CHECKS,\n    ecr::CHECKS,\n    iam::CHECKS,\n"),
            "{registered}"
        );
    }

    #[test]
    fn a_check_begins_with_the_actions_of_the_calls_that_tell_of_its_type() {
        assert_eq!(reads(&root(), "AWS::Logs::LogGroup").unwrap(), ["logs:DescribeLogGroups"]);
        let bucket = reads(&root(), "AWS::S3::Bucket").unwrap();
        assert_eq!(bucket.first().unwrap(), "s3:ListAllMyBuckets");
        assert!(bucket.contains(&"s3:GetBucketVersioning".to_owned()), "{bucket:?}");
    }

    #[test]
    fn the_guide_it_writes_has_every_heading() {
        let file = tieout_check::parse_guide(&guide_file("AWS::S3::Bucket"));
        assert_eq!(file.problems, []);
        assert_eq!(file.examples.len(), 2);
    }
}

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
    let type_name = type_name(&root(), service, wanted)?;
    let folder = root().join("crates/aws-checks/src").join(service);
    let stem = name.replace('-', "_");
    let (logic, guide) = (folder.join(format!("{stem}.rs")), folder.join(format!("{stem}.md")));
    if logic.exists() || guide.exists() {
        bail!("{} exists already", logic.display());
    }
    let registry = folder.join("mod.rs");
    let registered = register(
        &fs::read_to_string(&registry).with_context(|| {
            format!(
                "{} is missing: a new service starts with its mod.rs; copy that of s3",
                registry.display()
            )
        })?,
        &stem,
    )
    .with_context(|| format!("{} has no `CHECKS` list", registry.display()))?;
    fs::write(&logic, rust_file(service, name, &stem, &type_name))?;
    fs::write(&guide, guide_file(&type_name))?;
    fs::write(&registry, registered)?;
    println!(
        "wrote    crates/aws-checks/src/{service}/{stem}.rs   what it is, and how it judges one subject"
    );
    println!("wrote    crates/aws-checks/src/{service}/{stem}.md   the guide; its examples are the tests");
    println!("registered in crates/aws-checks/src/{service}/mod.rs");
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

/// The registry with `mod NAME;` and an entry in `CHECKS`, both in their order.
fn register(text: &str, stem: &str) -> Option<String> {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    insert(&mut lines, &format!("mod {stem};"), |line| line.starts_with("mod "))?;
    let list = lines.iter().position(|line| line.contains("CHECKS"))?;
    let end = list + lines.iter().skip(list).position(|line| line.trim() == "];")?;
    let entry = format!("    &{stem}::CHECK,");
    let at = lines
        .iter()
        .take(end)
        .skip(list + 1)
        .position(|line| *line > entry)
        .map_or(end, |offset| list + 1 + offset);
    lines.insert(at, entry);
    Some(lines.join("\n") + "\n")
}

fn insert(lines: &mut Vec<String>, new: &str, alike: impl Fn(&str) -> bool) -> Option<()> {
    let first = lines.iter().position(|line| alike(line))?;
    let last = lines.iter().rposition(|line| alike(line))?;
    let at = (first..=last).find(|at| lines.get(*at).is_some_and(|line| alike(line) && line.as_str() > new));
    lines.insert(at.unwrap_or(last + 1), new.to_owned());
    Some(())
}

fn rust_file(service: &str, name: &str, stem: &str, type_name: &str) -> String {
    let short = type_name.rsplit("::").next().unwrap_or_default();
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
        controls: &[],
        objectives: &[],
        // The IAM actions that an account is asked with.
        reads: &[],
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

    #[test]
    fn a_check_is_registered_in_its_order() {
        let text = "//! S3.\n\nuse crate::AwsCheck;\n\nmod a;\nmod c;\n\npub static CHECKS: &[&dyn AwsCheck] = &[\n    &a::CHECK,\n    &c::CHECK,\n];\n";
        let registered = register(text, "b").unwrap();
        assert!(registered.contains("mod a;\nmod b;\nmod c;\n"), "{registered}");
        assert!(registered.contains("&a::CHECK,\n    &b::CHECK,\n    &c::CHECK,\n]"), "{registered}");
    }

    #[test]
    fn the_guide_it_writes_has_every_heading() {
        let file = tieout_check::parse_guide(&guide_file("AWS::S3::Bucket"));
        assert_eq!(file.problems, []);
        assert_eq!(file.examples.len(), 2);
    }
}

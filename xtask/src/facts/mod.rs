//! `cargo xtask facts`: the published names that the tables of `crates/aws-state` are verified against, from
//! named package versions, into compact files under `crates/aws-state/facts`: CloudFormation's schemas as
//! packaged with cfn-lint, the API's models as packaged with botocore, the Terraform provider's attributes as
//! packaged with its CDKTF binding. Only the types, operations and resources that the tables use.

mod api;
mod cloudformation;
mod terraform;

use crate::state::parse::{Service, read_tables};
use anyhow::{Context, Result, bail};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const HELP: &str = "\
cargo xtask facts [--check] [--python PYTHON]

  --check          extract again and compare, instead of writing
  --python PYTHON  whose packages cfn-lint and botocore are read (default: that of target/venv, else python3)
";

/// The names of each type, operation or resource: path → kind, both as they stand in the file.
type Names = BTreeMap<String, BTreeMap<String, String>>;

/// What one package tells.
struct Extract {
    /// `cfn-lint 1.58.0`.
    package: String,
    names: Names,
}

/// Writes the files, or with `--check` compares them with what is installed.
pub fn run(args: &[String]) -> Result<()> {
    let mut check = false;
    let mut python = default_python();
    let mut args = args.iter();
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "--check" => check = true,
            "--python" => python = PathBuf::from(args.next().context("--python needs a path")?),
            other => bail!("`{other}` is no flag of this command\n\n{HELP}"),
        }
    }
    let state = crate::python::root().join("crates/aws-state");
    let services = read_tables(&state.join("tables"))?;
    let used = Used::of(&services);
    let folder = state.join("facts");
    fs::create_dir_all(&folder)?;
    let mut stale = Vec::new();
    let files = [
        ("cloudformation.txt", python_package(&python, "cfn-lint", "cfnlint")),
        ("api.txt", python_package(&python, "botocore", "botocore")),
        (
            "terraform.txt",
            Ok(Package {
                name: "@cdktf/provider-aws",
                version: terraform::VERSION.into(),
                folder: PathBuf::new(),
            }),
        ),
    ];
    for (file, package) in files {
        let path = folder.join(file);
        let committed = fs::read_to_string(&path).unwrap_or_default();
        let package = match package {
            Ok(package) => package,
            Err(error) if check => {
                println!("{file}: not compared, {error:#}");
                continue;
            }
            Err(error) => return Err(error),
        };
        let titled = package.title();
        if check && !committed.starts_with(&format!("# {titled}:")) {
            let made = committed.lines().next().unwrap_or("nothing");
            println!("{file}: not compared, because {titled} is installed and the file is of `{made}`");
            continue;
        }
        let extracted = match file {
            "cloudformation.txt" => cloudformation::names(&package.folder, &used.types),
            "api.txt" => api::names(&package.folder, &used.operations),
            _ => terraform::names(&used.resources, check),
        };
        let names = match extracted {
            Ok(names) => names,
            Err(error) if check && file == "terraform.txt" => {
                println!("{file}: not compared, {error:#}");
                continue;
            }
            Err(error) => return Err(error.context(file)),
        };
        let text = text(&Extract { package: titled.clone(), names });
        if !check {
            fs::write(&path, &text)?;
            println!("{file}: {} lines from {titled}", text.lines().count());
        } else if text != committed {
            stale.push(file);
        } else {
            println!("{file}: is what {titled} says");
        }
    }
    if !stale.is_empty() {
        bail!(
            "crates/aws-state/facts: {} is not what is published; run `cargo xtask facts`",
            stale.join(", ")
        );
    }
    Ok(())
}

/// An installed package.
struct Package {
    name: &'static str,
    version: String,
    folder: PathBuf,
}

impl Package {
    fn title(&self) -> String {
        format!("{} {}", self.name, self.version)
    }
}

fn default_python() -> PathBuf {
    let venv = crate::python::root().join("target/venv/bin/python");
    if venv.exists() { venv } else { PathBuf::from("python3") }
}

fn python_package(python: &Path, name: &'static str, module: &str) -> Result<Package> {
    let script = format!(
        "import importlib.metadata as m, importlib.util as u, os\n\
         print(m.version('{name}'))\n\
         print(os.path.dirname(u.find_spec('{module}').origin))"
    );
    let output = Command::new(python)
        .args(["-c", &script])
        .output()
        .with_context(|| format!("{} cannot be started", python.display()))?;
    let text = String::from_utf8(output.stdout)?;
    let mut lines = text.lines();
    let (Some(version), Some(folder)) = (lines.next(), lines.next()) else {
        bail!("{name} is not installed for {}; `cargo xtask test` makes target/venv", python.display());
    };
    Ok(Package { name, version: version.to_owned(), folder: PathBuf::from(folder) })
}

/// What the tables use.
struct Used {
    types: BTreeSet<String>,
    operations: BTreeSet<(String, String)>,
    resources: BTreeSet<String>,
}

impl Used {
    fn of(services: &[Service]) -> Used {
        let mut used =
            Used { types: BTreeSet::new(), operations: BTreeSet::new(), resources: BTreeSet::new() };
        for one in services.iter().flat_map(|service| &service.types) {
            if one.name.starts_with("AWS::") {
                used.types.insert(one.name.clone());
            }
            used.resources.extend(one.terraform.iter().map(|table| table.from.clone()));
            let calls = one.api.iter().flat_map(|api| std::iter::once(&api.list).chain(&api.details));
            for call in calls {
                let names = std::iter::once(&call.call).chain(call.each.iter().map(|each| &each.call));
                used.operations.extend(
                    names.filter_map(|name| name.split_once(':')).map(|(a, b)| (a.to_owned(), b.to_owned())),
                );
            }
        }
        used
    }
}

/// One header line a group, one path a line behind it, sorted.
fn text(extract: &Extract) -> String {
    let mut out = format!(
        "# {}: the names that the tables of crates/aws-state use. Made by `cargo xtask facts`; do not edit.\n",
        extract.package
    );
    for (group, paths) in &extract.names {
        out.push_str(&format!("\n[{group}]\n"));
        for (path, kind) in paths {
            out.push_str(&format!("{path} {kind}\n"));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_of_facts_names_its_package_and_groups_its_paths() {
        let paths =
            BTreeMap::from([("B".to_owned(), "flag".to_owned()), ("A[].X".to_owned(), "text".to_owned())]);
        let extract =
            Extract { package: "botocore 1.2.3".into(), names: BTreeMap::from([("s3:Get".into(), paths)]) };
        let text = text(&extract);
        assert!(text.starts_with("# botocore 1.2.3:"));
        assert!(text.ends_with("\n[s3:Get]\nA[].X text\nB flag\n"));
    }
}

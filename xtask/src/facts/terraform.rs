//! The attributes of Terraform's AWS resources, from the type declarations of the provider's CDKTF binding
//! (`npm pack @cdktf/provider-aws`), whose comments name each attribute as Terraform does.

use super::Names;
use anyhow::{Context, Result, bail};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The version of the package; the last of its line.
pub const VERSION: &str = "21.22.1";

/// The arguments of the resources. `installed_only` never downloads.
pub fn names(resources: &BTreeSet<String>, installed_only: bool) -> Result<Names> {
    let archive = archive(installed_only)?;
    let folder = tempfile::tempdir()?;
    let files: BTreeMap<&String, String> = resources
        .iter()
        .map(|resource| {
            let folder = resource.trim_start_matches("aws_").replace('_', "-");
            (resource, format!("package/lib/{folder}/index.d.ts"))
        })
        .collect();
    let unpacked = Command::new("tar")
        .arg("-xzf")
        .arg(&archive)
        .arg("-C")
        .arg(folder.path())
        .args(files.values())
        .output()
        .context("tar cannot be started")?;
    if !unpacked.status.success() {
        bail!("the provider has no such resource: {}", String::from_utf8_lossy(&unpacked.stderr));
    }
    let mut names = Names::new();
    for (resource, file) in files {
        let text = fs::read_to_string(folder.path().join(&file)).with_context(|| file.clone())?;
        if !text.contains(&format!("tfResourceType = \"{resource}\"")) {
            bail!("{file} is not of `{resource}`");
        }
        names.insert(resource.clone(), attributes(&text));
    }
    Ok(names)
}

/// The package under `target/facts`, downloaded once.
fn archive(installed_only: bool) -> Result<PathBuf> {
    let folder = crate::python::root().join("target/facts");
    let path = folder.join(format!("cdktf-provider-aws-{VERSION}.tgz"));
    if path.exists() {
        return Ok(path);
    }
    if installed_only {
        bail!("{} is not there; `cargo xtask facts` downloads it (37 MB)", path.display());
    }
    fs::create_dir_all(&folder)?;
    let packed = Command::new("npm")
        .args(["pack", "--silent", &format!("@cdktf/provider-aws@{VERSION}")])
        .current_dir(&folder)
        .output()
        .context("npm cannot be started; it downloads the provider's declarations")?;
    if !packed.status.success() || !Path::new(&path).exists() {
        bail!("npm pack failed: {}", String::from_utf8_lossy(&packed.stderr));
    }
    Ok(path)
}

/// An interface of the declarations: attribute → the type behind it.
type Interfaces<'a> = BTreeMap<&'a str, BTreeMap<&'a str, &'a str>>;

fn attributes(text: &str) -> BTreeMap<String, String> {
    let interfaces = interfaces(text);
    let mut paths = BTreeMap::new();
    let top = interfaces
        .keys()
        .find(|name| text.contains(&format!("export interface {name} extends cdktf.TerraformMetaArguments")));
    if let Some(top) = top {
        walk(&interfaces, top, "", &mut Vec::new(), &mut paths);
    }
    paths
}

fn interfaces(text: &str) -> Interfaces<'_> {
    let mut found = Interfaces::new();
    let mut open: Option<&str> = None;
    let mut attribute: Option<&str> = None;
    for line in text.lines() {
        if let Some(rest) = line.strip_prefix("export interface ") {
            open = rest.split([' ', '{']).next();
            continue;
        }
        let Some(name) = open else { continue };
        let trimmed = line.trim_start();
        if line.starts_with('}') {
            open = None;
        } else if let Some((link, _)) =
            trimmed.split_once('}').filter(|_| trimmed.starts_with("* Docs at Terraform"))
        {
            // `… SecurityGroup#cidr_blocks SecurityGroup#cidr_blocks}`
            attribute = link.rsplit('#').next();
        } else if let Some((_, ty)) = trimmed.strip_prefix("readonly ").and_then(|rest| rest.split_once(": "))
            && let Some(attribute) = attribute.take()
        {
            found.entry(name).or_default().insert(attribute, ty);
        }
    }
    found
}

fn walk<'a>(
    interfaces: &Interfaces<'a>,
    name: &'a str,
    path: &str,
    above: &mut Vec<&'a str>,
    paths: &mut BTreeMap<String, String>,
) {
    if above.contains(&name) {
        return;
    }
    above.push(name);
    for (attribute, ty) in interfaces.get(name).into_iter().flatten() {
        let below = if path.is_empty() { (*attribute).to_owned() } else { format!("{path}.{attribute}") };
        let first = ty.split(" | ").next().unwrap_or(ty).trim_end_matches(';');
        let element = first.trim_end_matches("[]");
        match interfaces.get_key_value(element) {
            // Terraform writes a block of one as it writes several.
            Some((element, _)) => walk(interfaces, element, &format!("{below}[]"), above, paths),
            None => {
                paths.insert(below, kind(first).to_owned());
            }
        }
    }
    above.pop();
}

/// Our word for a type of the declarations.
fn kind(ty: &str) -> &'static str {
    match ty {
        "string" => "text",
        "boolean" => "flag",
        "number" => "int",
        list if list.ends_with("[]") => "texts",
        _ => "tree",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attributes_have_terraforms_names_and_blocks_are_entered() {
        let text = "\
export interface VpcConfig extends cdktf.TerraformMetaArguments {
    /**
    * Docs at Terraform Registry: {@link https://x/vpc#cidr_block Vpc#cidr_block}
    *
    * More words.
    */
    readonly cidrBlock?: string;
    /**
    * Docs at Terraform Registry: {@link https://x/vpc#tags Vpc#tags}
    */
    readonly tags?: {
        [key: string]: string;
    };
    /**
    * rule block
    *
    * Docs at Terraform Registry: {@link https://x/vpc#rule Vpc#rule}
    */
    readonly rule?: VpcRule[] | cdktf.IResolvable;
}
export interface VpcRule {
    /**
    * Docs at Terraform Registry: {@link https://x/vpc#on Vpc#on}
    */
    readonly on?: boolean | cdktf.IResolvable;
}
";
        let found: Vec<_> = attributes(text).iter().map(|(path, kind)| format!("{path} {kind}")).collect();
        assert_eq!(found, ["cidr_block text", "rule[].on flag", "tags tree"]);
    }
}

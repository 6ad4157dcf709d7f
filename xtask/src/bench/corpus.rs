//! The corpus of `bench iac`: real templates out of packages that `bench/sources.txt` names.

use crate::python::{Venv, root, succeed};
use anyhow::{Context, Result};
use flate2::read::GzDecoder;
use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

/// Templates on disk.
pub struct Corpus {
    /// The folder that holds them.
    pub folder: PathBuf,
    /// How many there are.
    pub templates: usize,
    /// `NAME==VERSION`, sorted.
    pub packages: BTreeSet<String>,
}

/// A folder inside a source distribution.
struct Source {
    package: String,
    folder: String,
}

/// Downloads the packages where they are not there yet, and lays their templates out anew.
pub fn lay_out(venv: &Venv) -> Result<Corpus> {
    let sources = read_sources(&root().join("bench").join("sources.txt"))?;
    let packages: BTreeSet<String> = sources.iter().map(|source| source.package.clone()).collect();
    let downloads = root().join("target").join("bench").join("downloads");
    fs::create_dir_all(&downloads)?;
    let folder = super::fresh_folder("iac-corpus")?;
    let mut templates = 0;
    for package in &packages {
        let archive = download(venv, package, &downloads)?;
        let wanted: Vec<&str> = sources
            .iter()
            .filter(|source| source.package == *package)
            .map(|source| source.folder.as_str())
            .collect();
        let name = package.split("==").next().unwrap_or(package);
        templates += unpack(&archive, &wanted, &folder.join(name))
            .with_context(|| format!("cannot unpack {}", archive.display()))?;
    }
    Ok(Corpus { folder, templates, packages })
}

fn read_sources(file: &Path) -> Result<Vec<Source>> {
    let text = fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
    text.lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(|line| {
            let (package, folder) =
                line.split_once(' ').with_context(|| format!("`{line}`: PACKAGE FOLDER"))?;
            Ok(Source { package: package.to_owned(), folder: folder.trim().to_owned() })
        })
        .collect()
}

fn download(venv: &Venv, package: &str, downloads: &Path) -> Result<PathBuf> {
    if let Some(archive) = archive_of(package, downloads)? {
        return Ok(archive);
    }
    println!("downloading {package} …");
    succeed(
        venv.command("python")
            .args(["-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"])
            .args(["--no-binary", ":all:", "--dest"])
            .arg(downloads)
            .arg(package),
    )?;
    archive_of(package, downloads)?
        .with_context(|| format!("pip brought no source distribution of {package}"))
}

/// Names of source distributions spell `-` as `_` or `-`.
fn archive_of(package: &str, downloads: &Path) -> Result<Option<PathBuf>> {
    let (name, version) = package.split_once("==").with_context(|| format!("`{package}` has no version"))?;
    let candidates = [name.replace('-', "_"), name.to_owned()];
    Ok(candidates
        .iter()
        .map(|name| downloads.join(format!("{name}-{version}.tar.gz")))
        .find(|archive| archive.exists()))
}

/// Writes the templates below the wanted folders of the archive; returns how many.
fn unpack(archive: &Path, wanted: &[&str], into: &Path) -> Result<usize> {
    let mut bytes = Vec::new();
    GzDecoder::new(File::open(archive)?).read_to_end(&mut bytes)?;
    let mut count = 0;
    for (path, content) in tar_files(&bytes) {
        // The first component is NAME-VERSION.
        let Some((_, inside)) = path.split_once('/') else { continue };
        let below =
            wanted.iter().any(|folder| inside.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/')));
        if !below || inside.split('/').any(|part| part == "..") || !is_template(inside, content) {
            continue;
        }
        let file = into.join(inside);
        fs::create_dir_all(file.parent().unwrap_or(into))?;
        fs::write(file, content)?;
        count += 1;
    }
    Ok(count)
}

/// A CloudFormation or SAM template: it has resources, and at least one of them has a type.
fn is_template(path: &str, content: &[u8]) -> bool {
    let ending = [".yaml", ".yml", ".json", ".template"].iter().any(|ending| path.ends_with(ending));
    let text = String::from_utf8_lossy(content);
    ending && text.contains("Resources") && text.contains("AWS::")
}

const BLOCK: usize = 512;

/// The regular files of a tar archive: paths and contents. What is malformed ends the list.
fn tar_files(mut bytes: &[u8]) -> Vec<(String, &[u8])> {
    let mut files = Vec::new();
    while let Some((header, rest)) = bytes.split_at_checked(BLOCK) {
        let Some(size) = octal(header.get(124..136).unwrap_or_default()) else { break };
        let Some((content, after)) = rest.split_at_checked(size) else { break };
        let kind = header.get(156).copied().unwrap_or_default();
        if kind == b'0' || kind == 0 {
            let name = text(header.get(..100).unwrap_or_default());
            let prefix = text(header.get(345..500).unwrap_or_default());
            let path = if prefix.is_empty() { name } else { format!("{prefix}/{name}") };
            if !path.is_empty() {
                files.push((path, content));
            }
        }
        bytes = after.get(padding(size)..).unwrap_or_default();
    }
    files
}

fn padding(size: usize) -> usize {
    size.next_multiple_of(BLOCK) - size
}

fn octal(field: &[u8]) -> Option<usize> {
    let digits = text(field);
    if digits.trim().is_empty() { Some(0) } else { usize::from_str_radix(digits.trim(), 8).ok() }
}

fn text(field: &[u8]) -> String {
    let end = field.iter().position(|byte| *byte == 0).unwrap_or(field.len());
    String::from_utf8_lossy(field.get(..end).unwrap_or_default()).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(path: &str, content: &[u8]) -> Vec<u8> {
        let mut header = vec![0; BLOCK];
        header[..path.len()].copy_from_slice(path.as_bytes());
        let size = format!("{:011o}", content.len());
        header[124..135].copy_from_slice(size.as_bytes());
        header[156] = b'0';
        let mut out = header;
        out.extend_from_slice(content);
        out.extend(std::iter::repeat_n(0, padding(content.len())));
        out
    }

    #[test]
    fn files_of_an_archive_are_read_one_after_the_other() {
        let mut archive = entry("p-1/a.yaml", b"Resources: {}");
        archive.extend(entry("p-1/b.json", &[b'x'; 512]));
        let files = tar_files(&archive);
        let names: Vec<&str> = files.iter().map(|(path, _)| path.as_str()).collect();
        assert_eq!(names, ["p-1/a.yaml", "p-1/b.json"]);
        assert_eq!(files[0].1, b"Resources: {}");
        assert_eq!(files[1].1.len(), 512);
    }

    #[test]
    fn an_archive_that_is_cut_yields_what_is_whole() {
        let mut archive = entry("p-1/a.yaml", b"one");
        archive.extend(entry("p-1/b.yaml", &[b'x'; 600]));
        archive.truncate(BLOCK * 3 + 100);
        assert_eq!(tar_files(&archive).len(), 1);
        assert!(tar_files(b"short").is_empty());
    }

    #[test]
    fn a_file_without_resources_is_no_template() {
        assert!(is_template("a/b.yaml", b"Resources:\n  B:\n    Type: AWS::S3::Bucket\n"));
        assert!(!is_template("a/b.yaml", b"Parameters: {}\n"));
        assert!(!is_template("a/b.md", b"Resources: AWS::S3::Bucket"));
    }
}

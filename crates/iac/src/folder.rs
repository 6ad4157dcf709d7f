//! Reading a whole folder: which file belongs to which dialect, all of them in parallel, in a fixed order.

use crate::cloudformation::{self, Found};
use crate::{Options, Reading, SourceFile, terraform};
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use thiserror::Error;
use tieout_aws_state::hosts;
use tieout_model::{Gap, Place, Position, Reason};
use tieout_source::{WalkError, WalkedFile, read_text, walk};

/// Why a folder cannot be read at all.
#[derive(Debug, Error)]
pub enum ReadFolderError {
    /// It cannot be walked.
    #[error(transparent)]
    Walk(#[from] WalkError),
}

/// Endings of the names of files that may be infrastructure as code.
const ENDINGS: &[&str] = &[
    ".yaml",
    ".yml",
    ".json",
    ".template",
    ".cfn",
    ".cform",
    ".jsonc",
    ".tf",
    ".tfvars",
    ".tofu",
    ".tfstate",
];

/// What a file is to be read as.
enum Part {
    Template(Arc<str>, Box<Found>),
    Terraform(SourceFile),
    Unreadable(Gap, Place),
}

/// Reads all infrastructure as code below a folder (or in one file).
///
/// # Errors
/// Where the folder itself cannot be opened. What is wrong with a file is a gap of the reading.
pub fn read_folder(root: &Path, options: &Options) -> Result<Reading, ReadFolderError> {
    let walked = walk(root, &options.walk)?;
    let files: Vec<&WalkedFile> = walked.files.iter().filter(|file| may_be_code(&file.path)).collect();
    let parts: Vec<Part> = files.par_iter().filter_map(|file| part_of(file, options)).collect();
    // Templates and configurations may name any file of the tree.
    let paths: BTreeMap<&str, &Path> =
        walked.files.iter().map(|file| (&*file.path, file.full.as_path())).collect();
    let open = |path: &str| {
        let text = read_text(paths.get(path)?).ok()?;
        Some(SourceFile { path: path.into(), text: text.into() })
    };
    let mut reading = put_together(parts, options, &open);
    for unread in walked.unread.iter().filter(|unread| unread.path.is_empty() || may_be_code(&unread.path)) {
        reading.gaps.push(unread_gap(&unread.path, &unread.message));
    }
    Ok(reading)
}

/// Reads files that are in memory already.
pub fn read_files(files: &[SourceFile], options: &Options) -> Reading {
    let mut sorted: Vec<&SourceFile> = files.iter().collect();
    sorted.sort_by(|a, b| a.path.cmp(&b.path));
    let parts: Vec<Part> = sorted.par_iter().filter_map(|file| classify((*file).clone(), options)).collect();
    let open = |path: &str| files.iter().find(|file| &*file.path == path).cloned();
    put_together(parts, options, &open)
}

fn may_be_code(path: &str) -> bool {
    ENDINGS.iter().any(|ending| path.ends_with(ending))
}

fn part_of(file: &WalkedFile, options: &Options) -> Option<Part> {
    match read_text(&file.full) {
        Ok(text) => classify(SourceFile { path: file.path.clone(), text: text.into() }, options),
        Err(error) => {
            let (gap, at) = unread_gap(&file.path, &error.to_string());
            Some(Part::Unreadable(gap, at))
        }
    }
}

fn classify(file: SourceFile, options: &Options) -> Option<Part> {
    if is_terraform(&file) {
        return Some(Part::Terraform(file));
    }
    let found = cloudformation::read_one(&file, options)?;
    Some(Part::Template(file.path, Box::new(found)))
}

/// Terraform's own files by name, plans and states by content.
fn is_terraform(file: &SourceFile) -> bool {
    let may_be_plan = || file.path.ends_with(".json") || file.path.ends_with(".tfstate");
    terraform::is_terraform(&file.path) || (may_be_plan() && terraform::is_plan_or_state(&file.text))
}

fn put_together(
    parts: Vec<Part>,
    options: &Options,
    open: &(dyn Fn(&str) -> Option<SourceFile> + Sync),
) -> Reading {
    let mut templates = BTreeMap::new();
    let mut terraform_files = Vec::new();
    let mut unreadable = Vec::new();
    for part in parts {
        match part {
            Part::Template(path, found) => {
                templates.insert(path, *found);
            }
            Part::Terraform(file) => terraform_files.push(file),
            Part::Unreadable(gap, at) => unreadable.push((gap, at)),
        }
    }
    let mut reading = cloudformation::read_nested(templates, options, open);
    reading.hosts = hosts::of_declared(&reading.resources);
    reading.extend(terraform::read(&terraform_files, options, open));
    reading.gaps.extend(unreadable);
    reading
}

fn unread_gap(path: &Arc<str>, message: &str) -> (Gap, Place) {
    let gap =
        Gap::new(Reason::Unreadable, format!("`{path}` was not read: {message}"), "make the file readable");
    (gap, Place::text(path, Position::START, Position::START))
}

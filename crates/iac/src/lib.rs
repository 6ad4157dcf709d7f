//! Infrastructure as code, lowered to resources in CloudFormation's words with their places. Text comes in,
//! [`Declared`] resources and gaps come out; typing, linking and judging them is done elsewhere.

pub mod cloudformation;
mod folder;
pub mod terraform;

pub use folder::{ReadFolderError, read_files, read_folder};

use std::collections::BTreeMap;
use std::sync::Arc;
use tieout_aws_state::hosts::StatedHost;
use tieout_aws_state::{Declared, Scope};
use tieout_model::{Gap, Place};
use tieout_source::WalkOptions;
use tieout_source::suppress::SuppressedId;

/// A file to read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceFile {
    /// Relative to the audited root, `/`-separated.
    pub path: Arc<str>,
    /// Its text.
    pub text: Arc<str>,
}

/// What the user knows that the source does not say.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Values of template parameters and Terraform variables, by name; they win over defaults and files.
    pub parameters: BTreeMap<String, String>,
    /// Further Terraform variable files, wherever they are kept, for every root module; later ones win.
    pub variable_files: Vec<SourceFile>,
    /// The region of the deployment.
    pub region: Option<Arc<str>>,
    /// The account of the deployment.
    pub account: Option<Arc<str>>,
    /// Which files of a folder are looked at.
    pub walk: WalkOptions,
}

/// A file that was read as infrastructure as code.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ReadFile {
    /// Relative to the root.
    pub path: Arc<str>,
    /// SHA-256 of its content, in hex.
    pub sha256: String,
    /// `cloudformation`, `sam`, `cdk`, `terraform`, `terraform-plan`.
    pub dialect: &'static str,
}

/// A suppression that stands in the tree and not in a comment (`Metadata` of a resource).
#[derive(Debug, Clone, PartialEq)]
pub struct MetadataSuppression {
    /// Where the resource was found.
    pub scope: Scope,
    /// The resource; `None` for the whole template.
    pub local: Option<Arc<str>>,
    /// The checks.
    pub ids: Vec<SuppressedId>,
    /// Why, in the author's words; empty where none are given.
    pub reason: String,
    /// Where it stands.
    pub at: Place,
}

/// Everything that was read, in an order that depends on the input only.
#[derive(Debug, Clone, Default)]
pub struct Reading {
    /// The resources.
    pub resources: Vec<Declared>,
    /// What could not be read or understood, and where.
    pub gaps: Vec<(Gap, Place)>,
    /// The files that were read.
    pub files: Vec<ReadFile>,
    /// Suppressions from metadata; those in comments are read with `tieout_source::suppress`.
    pub suppressions: Vec<MetadataSuppression>,
    /// The hosts that the resources state; of a Terraform state that lies beside its configuration too.
    pub hosts: Vec<StatedHost>,
}

impl Reading {
    /// Adds what another part of the input yielded.
    pub fn extend(&mut self, other: Reading) {
        self.resources.extend(other.resources);
        self.gaps.extend(other.gaps);
        self.files.extend(other.files);
        self.suppressions.extend(other.suppressions);
        self.hosts.extend(other.hosts);
    }
}

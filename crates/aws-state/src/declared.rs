//! A resource as a front end (IaC dialect or live account) hands it over, before it is typed and linked.

use std::sync::Arc;
use tieout_model::{Gap, Node, Place};

/// Where a resource was found. References are resolved within one scope first.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Scope {
    /// A unit of deployment in the source: the path of a template, or of a Terraform root module's folder.
    Source(Arc<str>),
    /// A live (or recorded) account, by its id.
    Account(Arc<str>),
}

/// A resource in CloudFormation's words, as read. Everything that is not known stands in the trees as such.
#[derive(Debug, Clone, PartialEq)]
pub struct Declared {
    /// Where it was found.
    pub scope: Scope,
    /// What a [`tieout_model::Value::Ref`] of the same scope names: logical id, Terraform address, or for
    /// an account the ARN or, where AWS has none, the id.
    pub local: Arc<str>,
    /// Type in CloudFormation's words: `AWS::S3::Bucket`.
    pub type_name: Arc<str>,
    /// Properties in CloudFormation's words and nesting: a map.
    pub properties: Node,
    /// Live-only facts (last used, key age, status): a map; `None` for source.
    pub live: Option<Node>,
    /// The whole declaration: starts at the line that names the resource.
    pub at: Place,
    /// The name a person would use, where the front end knows better than the properties say.
    pub name: Option<Arc<str>>,
    /// ARN, where known.
    pub arn: Option<Arc<str>>,
    /// Account id, where known.
    pub account: Option<Arc<str>>,
    /// Region, where known.
    pub region: Option<Arc<str>>,
    /// Why it is not certain that the resource exists (an unknown condition, count or for_each).
    pub uncertain: Option<Gap>,
}

impl Declared {
    /// The values at a path of the properties, else of the live facts: what names the resource.
    pub fn values(&self, path: &str) -> Vec<&Node> {
        let found = crate::mapping::select(&self.properties, path);
        match &self.live {
            Some(live) if found.is_empty() => crate::mapping::select(live, path),
            _ => found,
        }
    }
}

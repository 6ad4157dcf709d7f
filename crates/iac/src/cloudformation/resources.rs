//! The `Resources` section: each entry becomes a declared resource, with its properties evaluated.

use super::intrinsics::Evaluator;
use super::nested::NestedStack;
use super::parameters::Arguments;
use super::sam::Renamed;
use super::{Found, document, metadata};
use crate::SourceFile;
use std::sync::Arc;
use tieout_aws_state::{Declared, Scope};
use tieout_model::tree::Entry;
use tieout_model::{Gap, Node, Place, Reason};

/// One template, ready to be lowered.
pub(super) struct Template<'a> {
    root: &'a Node,
    file: &'a SourceFile,
    scope: Scope,
    evaluator: Evaluator<'a>,
}

impl<'a> Template<'a> {
    pub(super) fn new(
        root: &'a Node,
        file: &'a SourceFile,
        scope: &Arc<str>,
        arguments: &'a Arguments<'a>,
        renamed: Renamed,
    ) -> Template<'a> {
        let evaluator = Evaluator::new(root, arguments, renamed);
        Template { root, file, scope: Scope::Source(scope.clone()), evaluator }
    }

    /// Adds the template's resources, gaps, suppressions and nested stacks.
    pub(super) fn lower(&self, found: &mut Found) {
        metadata::suppressions(self.root, &self.scope, None, &mut found.reading.suppressions);
        for entry in self.root.get("Resources").map(Node::entries).unwrap_or_default() {
            self.resource(entry, found);
        }
    }

    fn resource(&self, entry: &Entry, found: &mut Found) {
        if entry.key.starts_with("Fn::") {
            found.reading.gaps.push(self.unread_entry(entry));
            return;
        }
        let Some(type_name) = entry.node.get("Type").and_then(Node::as_text) else {
            let what = format!("the resource `{}` has no type, so it cannot be deployed or read", entry.key);
            let gap = Gap::new(Reason::Unreadable, what, "give it a `Type`");
            found.reading.gaps.push((gap, entry.at.clone()));
            return;
        };
        let condition = entry.node.get("Condition").and_then(Node::scalar_text);
        let holds = condition.as_ref().map_or(Some(true), |name| self.evaluator.condition(name));
        if holds == Some(false) {
            return;
        }
        let properties = match (holds, &condition) {
            (None, Some(name)) => self.evaluator.assuming(name, true, || self.properties(entry)),
            _ => self.properties(entry),
        };
        let uncertain = match (holds, condition) {
            (None, Some(name)) => Some(Gap::unresolved(format!("the condition {name}"))),
            _ => None,
        };
        let options = self.evaluator.arguments.options;
        let declared = Declared {
            scope: self.scope.clone(),
            local: entry.key.clone(),
            type_name: type_name.into(),
            properties,
            live: None,
            at: entry.place(),
            name: metadata::cdk_path(&entry.node),
            arn: None,
            account: options.account.clone(),
            region: options.region.clone(),
            uncertain,
        };
        metadata::suppressions(&entry.node, &self.scope, Some(&entry.key), &mut found.reading.suppressions);
        if let Some(stack) = NestedStack::of(&declared, &entry.node, &self.file.path) {
            found.nested.push(stack);
        }
        found.reading.resources.push(declared);
    }

    /// The properties, at the place of the resource: what is absent from them is absent there.
    fn properties(&self, entry: &Entry) -> Node {
        let mut properties = match entry.node.get("Properties") {
            Some(properties) => self.evaluator.value(properties),
            None => Node::map(Place::None),
        };
        if properties.is_null() {
            properties = Node::map(Place::None);
        }
        properties.at = entry.place();
        properties
    }

    fn unread_entry(&self, entry: &Entry) -> (Gap, Place) {
        if &*entry.key != "Fn::Transform" {
            let (what, how) = (
                format!("resources made by `{}`", entry.key),
                "audit the processed template, or the account",
            );
            return (Gap::new(Reason::Unsupported, what, how), entry.at.clone());
        }
        let name = entry.node.get("Name").and_then(Node::as_text).unwrap_or("(unnamed)");
        document::macro_gap(name, &entry.at)
    }
}

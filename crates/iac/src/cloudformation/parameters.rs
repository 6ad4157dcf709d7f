//! What a template is deployed with: parameters and their defaults, and pseudo parameters.

use crate::Options;
use std::collections::HashMap;
use std::sync::Arc;
use tieout_model::tree::Entry;
use tieout_model::{Gap, Node, Place, Reason, Value};

/// What the deployment passes to a template.
pub(crate) struct Arguments<'a> {
    pub(crate) options: &'a Options,
    /// What a parent stack passes: values of its own scope, with its references made unknown.
    pub(crate) passed: HashMap<Arc<str>, Node>,
}

impl<'a> Arguments<'a> {
    /// A template of its own.
    pub(crate) fn new(options: &'a Options) -> Arguments<'a> {
        Arguments { options, passed: HashMap::new() }
    }

    /// A nested stack, given the `Parameters` map of its resource.
    pub(crate) fn nested(options: &'a Options, parameters: &Node) -> Arguments<'a> {
        let passed =
            parameters.entries().iter().map(|entry| (entry.key.clone(), foreign(&entry.node))).collect();
        Arguments { options, passed }
    }

    /// The value of each parameter.
    pub(super) fn values(&self, section: Option<&Node>) -> HashMap<Arc<str>, Node> {
        section
            .map(Node::entries)
            .unwrap_or_default()
            .iter()
            .map(|entry| (entry.key.clone(), self.value(entry)))
            .collect()
    }

    fn value(&self, parameter: &Entry) -> Node {
        let declared = &parameter.node;
        let kind = declared.get("Type").and_then(Node::as_text).unwrap_or("String");
        if kind.starts_with("AWS::SSM::Parameter::Value") {
            let how = "audit the deployed account: the value comes from SSM Parameter Store at deployment";
            let gap = Gap::new(Reason::Unresolved, parameter.key.clone(), how);
            return Node::unknown(gap, parameter.at.clone());
        }
        if let Some(passed) = self.passed.get(&parameter.key) {
            return typed(kind, passed);
        }
        if let Some(text) = self.options.parameters.get(&*parameter.key) {
            return typed(kind, &Node::text(text.as_str(), parameter.at.clone()));
        }
        if let Some(default) = declared.get("Default") {
            return typed(kind, default);
        }
        match declared.get("AllowedValues").map(Node::items) {
            Some([only]) => typed(kind, only),
            _ => Node::unknown(parameter_gap(&parameter.key), parameter.at.clone()),
        }
    }

    /// A pseudo parameter; `None` where CloudFormation has no such.
    pub(super) fn pseudo(&self, name: &str, at: &Place) -> Option<Node> {
        let known =
            |value: &Option<Arc<str>>| value.as_ref().map(|value| Node::text(value.clone(), at.clone()));
        let partition = partition(self.options.region.as_deref());
        let value = match name {
            "AWS::Region" => known(&self.options.region),
            "AWS::AccountId" => known(&self.options.account),
            "AWS::Partition" => Some(Node::text(partition, at.clone())),
            "AWS::URLSuffix" => {
                let suffix = if partition == "aws-cn" { "amazonaws.com.cn" } else { "amazonaws.com" };
                Some(Node::text(suffix, at.clone()))
            }
            "AWS::NoValue" => Some(Node::new(Value::Null, at.clone())),
            "AWS::StackName" | "AWS::StackId" | "AWS::NotificationARNs" => None,
            _ => return None,
        };
        let how = "audit the deployed account, or say which with --region and --account";
        Some(value.unwrap_or_else(|| Node::unknown(Gap::new(Reason::Unresolved, name, how), at.clone())))
    }
}

/// The partition of a region; `aws` where the region is not known.
fn partition(region: Option<&str>) -> &'static str {
    match region {
        Some(region) if region.starts_with("cn-") => "aws-cn",
        Some(region) if region.starts_with("us-gov-") => "aws-us-gov",
        _ => "aws",
    }
}

fn parameter_gap(name: &str) -> Gap {
    let how = format!(
        "give the parameter `{name}` a default or a value (--parameter {name}=…), or audit the account"
    );
    Gap::new(Reason::Unresolved, name, how)
}

/// A parameter's value by its type: lists are split, everything else stays as written.
fn typed(kind: &str, value: &Node) -> Node {
    let is_list = kind == "CommaDelimitedList" || kind.starts_with("List<");
    let at = value.at.clone();
    match (&value.value, is_list) {
        (Value::Null, false) => Node::text("", at),
        (Value::List(_) | Value::Unknown(_) | Value::Either { .. } | Value::Pieces(_), _) | (_, false) => {
            value.clone()
        }
        (_, true) => {
            let text = value.scalar_text().unwrap_or_default();
            let items = text.split(',').map(str::trim).filter(|item| !item.is_empty());
            Node::new(Value::List(items.map(|item| Node::text(item, at.clone())).collect()), at.clone())
        }
    }
}

/// A value of a parent stack as its child sees it: a reference names nothing in the child's own scope.
fn foreign(node: &Node) -> Node {
    let value = match &node.value {
        Value::Ref { .. } | Value::Pieces(_) => Value::Unknown(Gap::unresolved(node.expression())),
        Value::List(items) => Value::List(items.iter().map(foreign).collect()),
        Value::Either { condition, then, otherwise } => Value::Either {
            condition: condition.clone(),
            then: Box::new(foreign(then)),
            otherwise: Box::new(foreign(otherwise)),
        },
        other => other.clone(),
    };
    Node::new(value, node.at.clone())
}

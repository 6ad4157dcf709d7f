//! What `Metadata` says about a resource: CDK's path, and peers' suppressions.

use crate::MetadataSuppression;
use std::sync::Arc;
use tieout_aws_state::Scope;
use tieout_model::Node;
use tieout_source::suppress::SuppressedId;

/// Where a tool keeps its suppressions under `Metadata`, and what an entry calls its id and reason.
struct Keeper {
    path: &'static [&'static str],
    tool: Option<&'static str>,
    id: &'static str,
    reason: &'static str,
}

const KEEPERS: &[Keeper] = &[
    Keeper { path: &["tieout", "ignore"], tool: None, id: "id", reason: "reason" },
    Keeper { path: &["checkov", "skip"], tool: Some("checkov"), id: "id", reason: "comment" },
    Keeper { path: &["bridgecrew", "skip"], tool: Some("checkov"), id: "id", reason: "comment" },
    Keeper { path: &["cfn_nag", "rules_to_suppress"], tool: Some("cfn_nag"), id: "id", reason: "reason" },
    Keeper { path: &["cdk_nag", "rules_to_suppress"], tool: Some("cdk_nag"), id: "id", reason: "reason" },
    Keeper {
        path: &["cfn-lint", "config", "ignore_checks"],
        tool: Some("cfn-lint"),
        id: "id",
        reason: "reason",
    },
    Keeper { path: &["guard", "SuppressedRules"], tool: Some("cfn-guard"), id: "id", reason: "reason" },
];

/// The path of the construct that made the resource.
pub(super) fn cdk_path(resource: &Node) -> Option<Arc<str>> {
    let path = resource.at_path(&["Metadata", "aws:cdk:path"])?.as_text()?;
    // `Stack/Bucket/Resource`: the last part only says that it is the construct's own resource.
    Some(path.strip_suffix("/Resource").unwrap_or(path).into())
}

/// Adds the suppressions of a resource, or of a template as a whole.
pub(super) fn suppressions(
    node: &Node,
    scope: &Scope,
    local: Option<&Arc<str>>,
    into: &mut Vec<MetadataSuppression>,
) {
    let Some(metadata) = node.get("Metadata") else { return };
    for keeper in KEEPERS {
        let entries = metadata.at_path(keeper.path).map(Node::items).unwrap_or_default();
        for entry in entries {
            let Some(id) = entry.as_text().or_else(|| entry.get(keeper.id).and_then(Node::as_text)) else {
                continue;
            };
            let reason = entry.get(keeper.reason).and_then(Node::as_text).unwrap_or_default();
            into.push(MetadataSuppression {
                scope: scope.clone(),
                local: local.cloned(),
                ids: vec![SuppressedId { tool: keeper.tool.map(Into::into), id: id.into() }],
                reason: reason.to_owned(),
                at: entry.at.clone(),
            });
        }
    }
}

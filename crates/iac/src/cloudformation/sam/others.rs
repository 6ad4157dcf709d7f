//! SAM's smaller types: tables, layers and nested applications.

use super::build::{list, map, tag_list, text};
use super::function::stored;
use super::{Expansion, Origin};
use tieout_model::tree::Entry;
use tieout_model::{Node, Place};

impl Expansion<'_> {
    pub(super) fn simple_table(&mut self, origin: &Origin<'_>) {
        let key = origin.properties.entry("PrimaryKey");
        let at = key.map_or_else(|| origin.at(), Entry::place);
        let name = key.and_then(|key| key.node.get("Name")).cloned().unwrap_or_else(|| text(&at, "id"));
        let kind = match key.and_then(|key| key.node.get("Type")).and_then(Node::as_text) {
            Some("Number") => "N",
            Some("Binary") => "B",
            _ => "S",
        };
        let attribute = map(&at, [("AttributeName", name.clone()), ("AttributeType", text(&at, kind))]);
        let schema = map(&at, [("AttributeName", name), ("KeyType", text(&at, "HASH"))]);
        let mut properties = map(
            &origin.at(),
            [("AttributeDefinitions", list(&at, vec![attribute])), ("KeySchema", list(&at, vec![schema]))],
        );
        for key in
            ["TableName", "SSESpecification", "PointInTimeRecoverySpecification", "ProvisionedThroughput"]
        {
            if let Some(entry) = origin.properties.entry(key) {
                properties.set(key, entry.at.clone(), entry.node.clone());
            }
        }
        if origin.get("ProvisionedThroughput").is_none() {
            properties.set("BillingMode", origin.at(), text(&origin.at(), "PAY_PER_REQUEST"));
        }
        if let Some(tags) = origin.properties.entry("Tags") {
            properties.set("Tags", tags.at.clone(), tag_list(&tags.place(), Some(&tags.node), None));
        }
        self.make(origin, origin.id(), "AWS::DynamoDB::Table", properties);
    }

    pub(super) fn layer(&mut self, origin: &Origin<'_>) {
        let at = origin.at();
        let name = origin.get("LayerName").cloned().unwrap_or_else(|| text(&at, origin.id()));
        let mut properties = map(&at, [("LayerName", name)]);
        for entry in origin.properties.entries() {
            match &*entry.key {
                "ContentUri" => {
                    let content =
                        stored(&entry.node, &entry.place(), ["S3Bucket", "S3Key", "S3ObjectVersion"]);
                    properties.set("Content", entry.at.clone(), content);
                }
                "RetentionPolicy" | "LayerName" | "PublishLambdaVersion" => {}
                _ => properties.set(entry.key.clone(), entry.at.clone(), entry.node.clone()),
            }
        }
        self.make(origin, origin.id(), "AWS::Lambda::LayerVersion", properties);
    }

    /// A nested stack, local or from the repository of serverless applications.
    pub(super) fn application(&mut self, origin: &Origin<'_>) {
        let mut properties = Node::map(origin.at());
        if let Some(location) = origin.properties.entry("Location") {
            properties.set(
                "TemplateURL",
                location.at.clone(),
                template_url(&location.node, &location.place()),
            );
        }
        for key in ["Parameters", "NotificationARNs", "TimeoutInMinutes"] {
            if let Some(entry) = origin.properties.entry(key) {
                properties.set(key, entry.at.clone(), entry.node.clone());
            }
        }
        let tags = tag_list(&origin.at(), origin.get("Tags"), Some("lambda:createdBy"));
        properties.set("Tags", origin.at(), tags);
        self.make(origin, origin.id(), "AWS::CloudFormation::Stack", properties);
    }
}

/// A path or URL as it is; an application of the repository by its ARN.
fn template_url(location: &Node, at: &Place) -> Node {
    match location.get("ApplicationId") {
        Some(id) => match id.as_text() {
            Some(arn) => text(at, format!("serverlessrepo://{arn}")),
            None => id.clone(),
        },
        None => location.clone(),
    }
}

//! `AWS::Serverless::Function`: the function, its role, version and alias, URL, and asynchronous destinations.

use super::build::{allow, flag, get_att, inline_policy, list, map, reference, tag_list, text, trust};
use super::policies::Grants;
use super::{Expansion, Origin};
use std::sync::Arc;
use tieout_model::tree::Entry;
use tieout_model::{Node, Place};

/// Properties that SAM understands itself; all others are the Lambda function's own.
const SAM_ONLY: &[&str] = &[
    "CodeUri",
    "InlineCode",
    "ImageUri",
    "SourceKMSKeyArn",
    "Policies",
    "Role",
    "RolePath",
    "PermissionsBoundary",
    "AssumeRolePolicyDocument",
    "Tracing",
    "DeadLetterQueue",
    "Tags",
    "PropagateTags",
    "AutoPublishAlias",
    "AutoPublishAliasAllProperties",
    "AutoPublishCodeSha256",
    "VersionDescription",
    "VersionDeletionPolicy",
    "DeploymentPreference",
    "ProvisionedConcurrencyConfig",
    "EventInvokeConfig",
    "FunctionUrlConfig",
    "Events",
    "PublishToLatestPublished",
];

impl Expansion<'_> {
    pub(super) fn function(&mut self, origin: &Origin<'_>) {
        let id = origin.id().to_owned();
        let mut grants = Grants::default();
        self.lambda(origin);
        let alias = self.alias(origin);
        let target = alias.clone().unwrap_or_else(|| id.clone());
        if let Some(url) = origin.properties.entry("FunctionUrlConfig") {
            self.url(origin, url, &target);
        }
        if let Some(config) = origin.properties.entry("EventInvokeConfig") {
            self.invoke_config(origin, config, alias.is_some(), &mut grants);
        }
        if let Some(events) = origin.get("Events").cloned() {
            for event in events.entries() {
                self.event(origin, event, &target, &mut grants);
            }
        }
        if origin.get("Role").is_none() {
            self.function_role(origin, grants);
        }
    }

    fn lambda(&mut self, origin: &Origin<'_>) {
        let at = origin.at();
        let mut properties = Node::map(at.clone());
        if let Some(code) = code(origin) {
            properties.set("Code", code.at.clone(), code);
        }
        for entry in origin.properties.entries() {
            match &*entry.key {
                "Role" if !entry.node.is_null() => {
                    properties.set("Role", entry.at.clone(), entry.node.clone())
                }
                "Tracing" => {
                    let mode = map(&entry.place(), [("Mode", entry.node.clone())]);
                    properties.set("TracingConfig", entry.at.clone(), mode);
                }
                "DeadLetterQueue" => {
                    let target = entry.node.get("TargetArn").cloned().unwrap_or_default();
                    let config = map(&entry.place(), [("TargetArn", target)]);
                    properties.set("DeadLetterConfig", entry.at.clone(), config);
                }
                key if SAM_ONLY.contains(&key) => {}
                _ => properties.set(entry.key.clone(), entry.at.clone(), entry.node.clone()),
            }
        }
        if origin.get("Role").is_none() {
            let role = get_att(&at, &format!("{}Role", origin.id()), "Arn");
            properties.set("Role", at.clone(), role);
        }
        let tags = tag_list(&at, origin.get("Tags"), Some("lambda:createdBy"));
        properties.set("Tags", at, tags);
        self.make(origin, origin.id(), "AWS::Lambda::Function", properties);
    }

    fn function_role(&mut self, origin: &Origin<'_>, from_events: Grants) {
        let (at, name) = (origin.at(), format!("{}Role", origin.id()));
        let mut grants = Grants::default();
        grants.aws(&at, "service-role/AWSLambdaBasicExecutionRole");
        if let Some(tracing) = origin.properties.entry("Tracing")
            && self.plain(&tracing.node).is_none_or(|mode| matches!(&*mode, "Active" | "PassThrough"))
        {
            grants.aws(&tracing.place(), "AWSXrayWriteOnlyAccess");
        }
        if let Some(network) = origin.properties.entry("VpcConfig").filter(|entry| !entry.node.is_null()) {
            grants.aws(&network.place(), "service-role/AWSLambdaVPCAccessExecutionRole");
        }
        if let Some(queue) = origin.properties.entry("DeadLetterQueue") {
            grants.inline.extend(dead_letter_policy(queue));
        }
        if let Some(policies) = origin.get("Policies") {
            grants.add(policies, &name, self.gaps);
        }
        for managed in from_events.managed {
            let known = grants.managed.iter().any(|before| before.to_json() == managed.to_json());
            if !known {
                grants.managed.push(managed);
            }
        }
        grants.inline.extend(from_events.inline);
        let assume = origin.get("AssumeRolePolicyDocument").cloned();
        let assume = assume.unwrap_or_else(|| trust(&at, "lambda.amazonaws.com"));
        let tags = tag_list(&at, origin.get("Tags"), Some("lambda:createdBy"));
        self.role(origin, &name, assume, grants, Some(tags));
    }

    /// A role for a function or a state machine, with its path and boundary.
    pub(super) fn role(
        &mut self,
        origin: &Origin<'_>,
        name: &str,
        assume: Node,
        grants: Grants,
        tags: Option<Node>,
    ) {
        let at = origin.at();
        let place = origin.properties.entry("Policies").map_or_else(|| at.clone(), Entry::place);
        let mut properties = map(&at, [("AssumeRolePolicyDocument", assume)]);
        if !grants.managed.is_empty() {
            properties.set("ManagedPolicyArns", place.clone(), list(&place, grants.managed));
        }
        if !grants.inline.is_empty() {
            properties.set("Policies", place.clone(), list(&place, grants.inline));
        }
        for (from, to) in [("RolePath", "Path"), ("PermissionsBoundary", "PermissionsBoundary")] {
            if let Some(entry) = origin.properties.entry(from) {
                properties.set(to, entry.at.clone(), entry.node.clone());
            }
        }
        if let Some(tags) = tags {
            properties.set("Tags", at, tags);
        }
        self.make(origin, name, "AWS::IAM::Role", properties);
    }

    /// The version and alias of `AutoPublishAlias`; yields the alias's logical id.
    fn alias(&mut self, origin: &Origin<'_>) -> Option<String> {
        let publish =
            origin.properties.entry("AutoPublishAlias").filter(|entry| !entry.node.is_null())?.clone();
        let (at, id) = (publish.place(), origin.id().to_owned());
        let plain = self.plain(&publish.node);
        let suffix: String =
            plain.as_deref().unwrap_or_default().chars().filter(char::is_ascii_alphanumeric).collect();
        let (version, alias) = (format!("{id}Version"), format!("{id}Alias{suffix}"));
        let properties = map(&at, [("FunctionName", reference(&at, &id))]);
        self.make_for(origin, &publish, version.clone(), "AWS::Lambda::Version", properties);
        let mut properties = map(
            &at,
            [
                ("Name", publish.node.clone()),
                ("FunctionName", reference(&at, &id)),
                ("FunctionVersion", get_att(&at, &version, "Version")),
            ],
        );
        if let Some(config) = origin.properties.entry("ProvisionedConcurrencyConfig") {
            properties.set("ProvisionedConcurrencyConfig", config.at.clone(), config.node.clone());
        }
        self.make_for(origin, &publish, alias.clone(), "AWS::Lambda::Alias", properties);
        self.renamed.insert(format!("{id}.Alias").into(), alias.as_str().into());
        self.renamed.insert(format!("{id}.Version").into(), version.into());
        self.gradual(origin);
        Some(alias)
    }

    /// `FunctionUrlConfig`: the URL, and who may call it where that is everyone.
    fn url(&mut self, origin: &Origin<'_>, url: &Entry, target: &str) {
        let (at, id) = (url.place(), origin.id());
        let mut properties = map(&at, [("TargetFunctionArn", reference(&at, target))]);
        for entry in url.node.entries() {
            properties.set(entry.key.clone(), entry.at.clone(), entry.node.clone());
        }
        self.make_for(origin, url, format!("{id}Url"), "AWS::Lambda::Url", properties);
        let public = url.node.get("AuthType").is_some_and(|kind| self.plain(kind).as_deref() == Some("NONE"));
        if !public {
            return;
        }
        let at = url.node.entry("AuthType").map_or(at, Entry::place);
        let properties = map(
            &at,
            [
                ("Action", text(&at, "lambda:InvokeFunctionUrl")),
                ("FunctionName", reference(&at, target)),
                ("Principal", text(&at, "*")),
                ("FunctionUrlAuthType", text(&at, "NONE")),
            ],
        );
        self.make_for(
            origin,
            url,
            format!("{id}UrlPublicPermissions"),
            "AWS::Lambda::Permission",
            properties,
        );
        let properties = map(
            &at,
            [
                ("Action", text(&at, "lambda:InvokeFunction")),
                ("FunctionName", reference(&at, target)),
                ("Principal", text(&at, "*")),
                ("InvokedViaFunctionUrl", flag(&at, true)),
            ],
        );
        let name = format!("{id}URLInvokeAllowPublicAccess");
        self.make_for(origin, url, name, "AWS::Lambda::Permission", properties);
    }

    /// `EventInvokeConfig`: retries and destinations, and the permission to write to the destinations.
    fn invoke_config(&mut self, origin: &Origin<'_>, config: &Entry, aliased: bool, grants: &mut Grants) {
        let (at, id) = (config.place(), format!("{}EventInvokeConfig", origin.id()));
        let qualifier = match origin.get("AutoPublishAlias") {
            Some(alias) if aliased => alias.clone(),
            _ => text(&at, "$LATEST"),
        };
        let mut properties =
            map(&at, [("FunctionName", reference(&at, origin.id())), ("Qualifier", qualifier)]);
        for entry in config.node.entries().iter().filter(|entry| &*entry.key != "DestinationConfig") {
            properties.set(entry.key.clone(), entry.at.clone(), entry.node.clone());
        }
        if let Some(destinations) = config.node.entry("DestinationConfig") {
            let mut kept = Node::map(destinations.node.at.clone());
            for side in destinations.node.entries() {
                let target = self.destination(origin, side, &id, grants);
                kept.set(side.key.clone(), side.at.clone(), map(&side.place(), [("Destination", target)]));
            }
            properties.set("DestinationConfig", destinations.at.clone(), kept);
        }
        self.make_for(origin, config, id, "AWS::Lambda::EventInvokeConfig", properties);
    }

    /// Where results go. SAM makes a queue or a topic where none is named.
    fn destination(&mut self, origin: &Origin<'_>, side: &Entry, id: &str, grants: &mut Grants) -> Node {
        let at = side.place();
        let kind = side.node.get("Type").and_then(|kind| self.plain(kind)).unwrap_or_default();
        let made = match &*kind {
            "SQS" => Some(("AWS::SQS::Queue", "Queue")),
            "SNS" => Some(("AWS::SNS::Topic", "Topic")),
            _ => None,
        };
        let target = match (side.node.get("Destination"), made) {
            (Some(target), _) => target.clone(),
            (None, Some((type_name, suffix))) => {
                let name = format!("{id}{}{suffix}", side.key);
                self.make_for(origin, side, name.clone(), type_name, Node::map(at.clone()));
                if suffix == "Queue" { get_att(&at, &name, "Arn") } else { reference(&at, &name) }
            }
            (None, None) => Node::default(),
        };
        if let Some(action) = destination_action(&kind) {
            let name = format!("{id}{}{kind}Policy", side.key);
            grants.inline.push(inline_policy(&at, &name, vec![allow(&at, &[action], target.clone())]));
        }
        target
    }

    /// `DeploymentPreference`: CodeDeploy shifts traffic from one version to the next.
    fn gradual(&mut self, origin: &Origin<'_>) {
        let Some(preference) = origin.properties.entry("DeploymentPreference").cloned() else { return };
        let disabled = preference.node.get("Enabled").and_then(Node::as_bool) == Some(false);
        if disabled || preference.node.get("Type").is_none() {
            return;
        }
        let at = preference.place();
        self.deploys_gradually.get_or_insert_with(|| at.clone());
        let service_role = preference
            .node
            .get("Role")
            .cloned()
            .unwrap_or_else(|| get_att(&at, "CodeDeployServiceRole", "Arn"));
        let name = match preference.node.get("Type").and_then(|kind| self.plain(kind)) {
            Some(kind) if is_predefined_shift(&kind) => text(&at, format!("CodeDeployDefault.Lambda{kind}")),
            _ => preference.node.get("Type").cloned().unwrap_or_default(),
        };
        let causes = ["DEPLOYMENT_FAILURE", "DEPLOYMENT_STOP_ON_ALARM", "DEPLOYMENT_STOP_ON_REQUEST"];
        let causes = causes.iter().map(|cause| text(&at, *cause)).collect();
        let rollback = map(&at, [("Enabled", flag(&at, true)), ("Events", list(&at, causes))]);
        let style = [("DeploymentType", "BLUE_GREEN"), ("DeploymentOption", "WITH_TRAFFIC_CONTROL")];
        let mut properties = map(
            &at,
            [
                ("ApplicationName", reference(&at, "ServerlessDeploymentApplication")),
                ("ServiceRoleArn", service_role),
                ("DeploymentConfigName", name),
                ("AutoRollbackConfiguration", rollback),
                ("DeploymentStyle", map(&at, style.map(|(key, value)| (key, text(&at, value))))),
            ],
        );
        if let Some(alarms) = preference.node.entry("Alarms") {
            let names =
                alarms.node.items().iter().map(|alarm| map(&alarm.at, [("Name", alarm.clone())])).collect();
            let watched = map(
                &alarms.place(),
                [("Enabled", flag(&at, true)), ("Alarms", list(&alarms.place(), names))],
            );
            properties.set("AlarmConfiguration", alarms.at.clone(), watched);
        }
        let name = format!("{}DeploymentGroup", origin.id());
        self.make_for(origin, &preference, name, "AWS::CodeDeploy::DeploymentGroup", properties);
    }

    /// The application and role that all gradual deployments share.
    pub(super) fn deployment_role(&mut self, index: usize) {
        let Some(at) = self.deploys_gradually.clone() else { return };
        let mut grants = Grants::default();
        grants.aws(&at, "service-role/AWSCodeDeployRoleForLambda");
        let role = map(
            &at,
            [
                ("AssumeRolePolicyDocument", trust(&at, "codedeploy.amazonaws.com")),
                ("ManagedPolicyArns", list(&at, grants.managed)),
            ],
        );
        let application = map(&at, [("ComputePlatform", text(&at, "Lambda"))]);
        let mut add = |id: &str, type_name: &str, properties: Node| {
            let node = map(&at, [("Type", text(&at, type_name)), ("Properties", properties)]);
            self.made.push((index, Entry { key: id.into(), at: at.clone(), node }));
        };
        add("ServerlessDeploymentApplication", "AWS::CodeDeploy::Application", application);
        add("CodeDeployServiceRole", "AWS::IAM::Role", role);
    }
}

/// A way of shifting traffic that CodeDeploy brings along: its name has a pace in it.
fn is_predefined_shift(kind: &str) -> bool {
    kind == "AllAtOnce"
        || (kind.starts_with("Canary") || kind.starts_with("Linear")) && kind.contains("Percent")
}

/// What a role must be allowed for a destination of this type.
pub(super) fn destination_action(kind: &str) -> Option<&'static str> {
    match kind {
        "SQS" => Some("sqs:SendMessage"),
        "SNS" => Some("sns:publish"),
        "Lambda" => Some("lambda:InvokeFunction"),
        "EventBridge" => Some("events:PutEvents"),
        "S3Bucket" => Some("s3:PutObject"),
        _ => None,
    }
}

fn dead_letter_policy(queue: &Entry) -> Option<Node> {
    let at = queue.place();
    let action = destination_action(queue.node.get("Type").and_then(Node::as_text)?)?;
    let target = queue.node.get("TargetArn")?.clone();
    Some(inline_policy(&at, "DeadLetterQueuePolicy", vec![allow(&at, &[action], target)]))
}

/// Where the code is: inline, an image, a bucket, or a local path, which is kept as it is written.
fn code(origin: &Origin<'_>) -> Option<Node> {
    let at = |key: &str| origin.properties.entry(key).map_or_else(|| origin.at(), Entry::place);
    if let Some(inline) = origin.get("InlineCode") {
        return Some(map(&at("InlineCode"), [("ZipFile", inline.clone())]));
    }
    if let Some(image) = origin.get("ImageUri") {
        return Some(map(&at("ImageUri"), [("ImageUri", image.clone())]));
    }
    origin.get("CodeUri").map(|uri| stored(uri, &at("CodeUri"), ["S3Bucket", "S3Key", "S3ObjectVersion"]))
}

/// `s3://bucket/key`, or a map of `Bucket`, `Key` and `Version`, in the words of the target type.
pub(super) fn stored(uri: &Node, at: &Place, words: [&'static str; 3]) -> Node {
    let [bucket, key, version] = words;
    if let Some((name, path)) = uri.as_text().and_then(|text| text.strip_prefix("s3://")?.split_once('/')) {
        let (path, revision): (&str, Option<Arc<str>>) = match path.split_once("?versionId=") {
            Some((path, revision)) => (path, Some(revision.into())),
            None => (path, None),
        };
        let mut node = map(at, [(bucket, text(at, name)), (key, text(at, path))]);
        if let Some(revision) = revision {
            node.set(version, at.clone(), text(at, revision));
        }
        return node;
    }
    if uri.get("Bucket").is_none() {
        return uri.clone();
    }
    let mut node = Node::map(at.clone());
    for (from, to) in [("Bucket", bucket), ("Key", key), ("Version", version)] {
        if let Some(entry) = uri.entry(from) {
            node.set(to, entry.at.clone(), entry.node.clone());
        }
    }
    node
}

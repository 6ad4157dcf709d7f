//! Events of a function: who may invoke it, and what is made to do so. Polled sources are in `sources`, APIs in
//! `routes`.

use super::build::{allow, inline_policy};
use super::build::{flag, get_att, list, map, reference, sub, text, trust};
use super::policies::Grants;
use super::{Expansion, Origin};
use tieout_model::tree::Entry;
use tieout_model::{Gap, Node, Place, Value};

/// An event of a function.
pub(super) struct Event<'a> {
    pub(super) origin: &'a Origin<'a>,
    pub(super) entry: &'a Entry,
    /// `FunctionEvent`: what its resources are named after.
    pub(super) name: String,
    /// Logical id of the function or its alias.
    pub(super) target: &'a str,
}

impl Event<'_> {
    /// The ARN of the function, or of its alias, whose `Ref` is one.
    pub(super) fn arn(&self, at: &Place) -> Node {
        match self.target == self.origin.id() {
            true => get_att(at, self.target, "Arn"),
            false => reference(at, self.target),
        }
    }

    pub(super) fn get(&self, key: &str) -> Option<&Node> {
        self.entry.node.get("Properties")?.get(key).filter(|node| !node.is_null())
    }

    /// The properties of these names, as they are.
    pub(super) fn pick(&self, keys: &[&str]) -> Node {
        let mut picked = Node::map(self.entry.place());
        for entry in self.entry.node.get("Properties").map(Node::entries).unwrap_or_default() {
            if keys.contains(&&*entry.key) {
                picked.set(entry.key.clone(), entry.at.clone(), entry.node.clone());
            }
        }
        picked
    }
}

impl Expansion<'_> {
    pub(super) fn event(&mut self, origin: &Origin<'_>, entry: &Entry, target: &str, grants: &mut Grants) {
        let name = format!("{}{}", origin.id(), entry.key);
        let event = Event { origin, entry, name, target };
        let kind = entry.node.get("Type").and_then(Node::as_text).unwrap_or_default().to_owned();
        match kind.as_str() {
            "Api" => self.rest_event(&event),
            "HttpApi" => self.http_event(&event),
            "SQS" | "Kinesis" | "DynamoDB" | "MSK" | "MQ" | "SelfManagedKafka" | "DocumentDB" => {
                self.polled(&event, &kind, grants);
            }
            "SNS" => self.topic(&event, grants),
            "S3" => self.bucket(&event),
            "Schedule" => self.rule(&event, "Schedule"),
            "EventBridgeRule" | "CloudWatchEvent" => self.rule(&event, "Pattern"),
            "ScheduleV2" => self.schedule(&event),
            "CloudWatchLogs" => self.log_filter(&event),
            "IoTRule" => self.iot_rule(&event),
            "AlexaSkill" => self.alexa(&event),
            "Cognito" => self.user_pool(&event),
            _ => {
                let gap = Gap::unsupported(format!("the event type `{kind}` of `{}`", origin.id()));
                self.gaps.push((gap, entry.at.clone()));
            }
        }
    }

    /// A permission of a service to invoke the function.
    pub(super) fn permission(
        &mut self,
        event: &Event<'_>,
        suffix: &str,
        principal: &str,
        more: Vec<(&str, Node)>,
    ) {
        let at = event.entry.place();
        let mut properties = map(
            &at,
            [
                ("Action", text(&at, "lambda:InvokeFunction")),
                ("FunctionName", reference(&at, event.target)),
                ("Principal", text(&at, principal)),
            ],
        );
        for (key, node) in more {
            properties.set(key, at.clone(), node);
        }
        let id = format!("{}{suffix}", event.name);
        self.make_for(event.origin, event.entry, id, "AWS::Lambda::Permission", properties);
    }

    fn topic(&mut self, event: &Event<'_>, grants: &mut Grants) {
        let at = event.entry.place();
        let topic = event.get("Topic").cloned().unwrap_or_default();
        let mut subscription = event.pick(&["FilterPolicy", "FilterPolicyScope", "Region", "RedrivePolicy"]);
        subscription.set("TopicArn", at.clone(), topic.clone());
        let through_queue =
            event.get("SqsSubscription").filter(|node| node.as_bool() != Some(false)).cloned();
        let Some(queue) = through_queue else {
            self.permission(event, "Permission", "sns.amazonaws.com", vec![("SourceArn", topic)]);
            subscription.set("Protocol", at.clone(), text(&at, "lambda"));
            subscription.set("Endpoint", at.clone(), event.arn(&at));
            self.make_for(
                event.origin,
                event.entry,
                event.name.clone(),
                "AWS::SNS::Subscription",
                subscription,
            );
            return;
        };
        let own_queue = queue.get("QueueArn").is_none();
        let queue_id = format!("{}Queue", event.name);
        if own_queue {
            self.make_for(
                event.origin,
                event.entry,
                queue_id.clone(),
                "AWS::SQS::Queue",
                Node::map(at.clone()),
            );
        }
        let arn = queue.get("QueueArn").cloned().unwrap_or_else(|| get_att(&at, &queue_id, "Arn"));
        let url = queue.get("QueueUrl").cloned().unwrap_or_else(|| reference(&at, &queue_id));
        let condition = map(&at, [("ArnEquals", map(&at, [("aws:SourceArn", topic)]))]);
        let mut statement = allow(&at, &["sqs:SendMessage"], arn.clone());
        statement.set("Principal", at.clone(), text(&at, "*"));
        statement.set("Condition", at.clone(), condition);
        let document =
            map(&at, [("Version", text(&at, "2012-10-17")), ("Statement", list(&at, vec![statement]))]);
        let policy = map(&at, [("PolicyDocument", document), ("Queues", list(&at, vec![url]))]);
        let policy_id = queue.get("QueuePolicyLogicalId").and_then(Node::scalar_text);
        let policy_id = policy_id.map_or_else(|| format!("{}QueuePolicy", event.name), |id| id.to_string());
        self.make_for(event.origin, event.entry, policy_id, "AWS::SQS::QueuePolicy", policy);
        subscription.set("Protocol", at.clone(), text(&at, "sqs"));
        subscription.set("Endpoint", at.clone(), arn.clone());
        self.make_for(event.origin, event.entry, event.name.clone(), "AWS::SNS::Subscription", subscription);
        let mapping = map(
            &at,
            [
                ("EventSourceArn", arn),
                ("FunctionName", reference(&at, event.target)),
                ("Enabled", queue.get("Enabled").cloned().unwrap_or_else(|| flag(&at, true))),
                (
                    "BatchSize",
                    queue.get("BatchSize").cloned().unwrap_or_else(|| Node::new(Value::Int(10), at.clone())),
                ),
            ],
        );
        let mapping_id = format!("{}EventSourceMapping", event.name);
        self.make_for(event.origin, event.entry, mapping_id, "AWS::Lambda::EventSourceMapping", mapping);
        grants.aws(&at, "service-role/AWSLambdaSQSQueueExecutionRole");
    }

    fn bucket(&mut self, event: &Event<'_>) {
        let at = event.entry.place();
        let account = vec![("SourceAccount", reference(&at, "AWS::AccountId"))];
        self.permission(event, "Permission", "s3.amazonaws.com", account);
        let Some(bucket) =
            event.get("Bucket").and_then(|bucket| bucket.get("Ref")).and_then(Node::scalar_text)
        else {
            return;
        };
        let names = event.get("Events").cloned().unwrap_or_default();
        let names = if let Value::List(items) = names.value { items } else { vec![names] };
        let configurations = names.into_iter().map(|name| {
            let mut one = map(&at, [("Event", name), ("Function", event.arn(&at))]);
            if let Some(filter) = event.get("Filter") {
                one.set("Filter", filter.at.clone(), filter.clone());
            }
            one
        });
        let path = ["NotificationConfiguration", "LambdaConfigurations"];
        self.patches.push((bucket, path, list(&at, configurations.collect())));
    }

    /// `Schedule` and `EventBridgeRule`: a rule of EventBridge with the function as its target.
    fn rule(&mut self, event: &Event<'_>, subject: &str) {
        let at = event.entry.place();
        let mut properties = event.pick(&["Name", "Description", "State", "EventBusName"]);
        let word = if subject == "Schedule" { "ScheduleExpression" } else { "EventPattern" };
        if let Some(value) = event.get(subject) {
            properties.set(word, value.at.clone(), value.clone());
        }
        if let Some(enabled) = event.get("Enabled").and_then(Node::as_bool) {
            properties.set("State", at.clone(), text(&at, if enabled { "ENABLED" } else { "DISABLED" }));
        }
        let target_id = event.get("Target").and_then(|target| target.get("Id")).cloned();
        let mut target = map(
            &at,
            [
                ("Arn", event.arn(&at)),
                ("Id", target_id.unwrap_or_else(|| text(&at, format!("{}LambdaTarget", event.name)))),
            ],
        );
        for entry in event.pick(&["Input", "InputPath", "InputTransformer", "RetryPolicy"]).entries() {
            target.set(entry.key.clone(), entry.at.clone(), entry.node.clone());
        }
        if let Some(arn) = self.dead_letters(event) {
            target.set("DeadLetterConfig", at.clone(), map(&at, [("Arn", arn)]));
        }
        properties.set("Targets", at.clone(), list(&at, vec![target]));
        self.make_for(event.origin, event.entry, event.name.clone(), "AWS::Events::Rule", properties);
        let source = vec![("SourceArn", get_att(&at, &event.name, "Arn"))];
        self.permission(event, "Permission", "events.amazonaws.com", source);
    }

    /// The queue for events that could not be delivered; SAM makes one where only its type is given.
    pub(super) fn dead_letters(&mut self, event: &Event<'_>) -> Option<Node> {
        let config = event.get("DeadLetterConfig")?;
        if let Some(arn) = config.get("Arn") {
            return Some(arn.clone());
        }
        let at = event.entry.place();
        let named = config.get("QueueLogicalId").and_then(Node::scalar_text);
        let queue = named.map_or_else(|| format!("{}Queue", event.name), |id| id.to_string());
        self.make_for(event.origin, event.entry, queue.clone(), "AWS::SQS::Queue", Node::map(at.clone()));
        let arn = get_att(&at, &queue, "Arn");
        let mut statement = allow(&at, &["sqs:SendMessage"], arn.clone());
        statement.set("Principal", at.clone(), map(&at, [("Service", text(&at, "events.amazonaws.com"))]));
        let source = map(&at, [("aws:SourceArn", get_att(&at, &event.name, "Arn"))]);
        statement.set("Condition", at.clone(), map(&at, [("ArnEquals", source)]));
        let document =
            map(&at, [("Version", text(&at, "2012-10-17")), ("Statement", list(&at, vec![statement]))]);
        let policy =
            map(&at, [("PolicyDocument", document), ("Queues", list(&at, vec![reference(&at, &queue)]))]);
        self.make_for(event.origin, event.entry, format!("{queue}Policy"), "AWS::SQS::QueuePolicy", policy);
        Some(arn)
    }

    /// `ScheduleV2`: a schedule of EventBridge Scheduler, with a role of its own.
    fn schedule(&mut self, event: &Event<'_>) {
        let at = event.entry.place();
        let role = format!("{}Role", event.name);
        let own_role = event.get("RoleArn").is_none();
        let mut target = map(
            &at,
            [
                ("Arn", event.arn(&at)),
                ("RoleArn", event.get("RoleArn").cloned().unwrap_or_else(|| get_att(&at, &role, "Arn"))),
            ],
        );
        for entry in event.pick(&["Input", "RetryPolicy", "DeadLetterConfig"]).entries() {
            target.set(entry.key.clone(), entry.at.clone(), entry.node.clone());
        }
        let mut properties = event.pick(&[
            "ScheduleExpression",
            "ScheduleExpressionTimezone",
            "State",
            "StartDate",
            "EndDate",
            "GroupName",
            "KmsKeyArn",
            "Description",
            "Name",
            "FlexibleTimeWindow",
        ]);
        if properties.get("FlexibleTimeWindow").is_none() {
            properties.set("FlexibleTimeWindow", at.clone(), map(&at, [("Mode", text(&at, "OFF"))]));
        }
        if properties.get("Name").is_none() {
            properties.set("Name", at.clone(), text(&at, event.name.as_str()));
        }
        properties.set("Target", at.clone(), target);
        self.make_for(event.origin, event.entry, event.name.clone(), "AWS::Scheduler::Schedule", properties);
        if own_role {
            let statement = allow(&at, &["lambda:InvokeFunction"], event.arn(&at));
            let policy = inline_policy(&at, &format!("{}LambdaPolicy", event.name), vec![statement]);
            self.event_role(event, &role, "scheduler.amazonaws.com", policy);
        }
    }

    /// A role that a service takes to start what the event names.
    pub(super) fn event_role(&mut self, event: &Event<'_>, id: &str, service: &str, policy: Node) {
        let at = event.entry.place();
        let mut properties = map(
            &at,
            [("AssumeRolePolicyDocument", trust(&at, service)), ("Policies", list(&at, vec![policy]))],
        );
        if let Some(boundary) =
            event.get("PermissionsBoundary").or_else(|| event.origin.get("PermissionsBoundary"))
        {
            properties.set("PermissionsBoundary", boundary.at.clone(), boundary.clone());
        }
        self.make_for(event.origin, event.entry, id, "AWS::IAM::Role", properties);
    }

    fn log_filter(&mut self, event: &Event<'_>) {
        let at = event.entry.place();
        let group = event.get("LogGroupName").cloned().unwrap_or_default();
        let pattern =
            "arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:${__LogGroupName__}:*";
        let source = sub(&at, pattern, [("__LogGroupName__", group)]);
        self.permission(event, "Permission", "logs.amazonaws.com", vec![("SourceArn", source)]);
        let mut properties = event.pick(&["LogGroupName", "FilterPattern"]);
        properties.set("DestinationArn", at.clone(), event.arn(&at));
        self.make_for(
            event.origin,
            event.entry,
            event.name.clone(),
            "AWS::Logs::SubscriptionFilter",
            properties,
        );
    }

    fn iot_rule(&mut self, event: &Event<'_>) {
        let at = event.entry.place();
        let pattern = "arn:${AWS::Partition}:iot:${AWS::Region}:${AWS::AccountId}:rule/${RuleName}";
        let more = vec![
            ("SourceAccount", reference(&at, "AWS::AccountId")),
            ("SourceArn", sub(&at, pattern, [("RuleName", reference(&at, &event.name))])),
        ];
        self.permission(event, "Permission", "iot.amazonaws.com", more);
        let action = map(&at, [("Lambda", map(&at, [("FunctionArn", event.arn(&at))]))]);
        let mut payload = event.pick(&["Sql", "AwsIotSqlVersion"]);
        payload.set("RuleDisabled", at.clone(), flag(&at, false));
        payload.set("Actions", at.clone(), list(&at, vec![action]));
        let properties = map(&at, [("TopicRulePayload", payload)]);
        self.make_for(event.origin, event.entry, event.name.clone(), "AWS::IoT::TopicRule", properties);
    }

    fn alexa(&mut self, event: &Event<'_>) {
        let skill = event.get("SkillId").cloned();
        let more = skill.map(|skill| vec![("EventSourceToken", skill)]).unwrap_or_default();
        self.permission(event, "Permission", "alexa-appkit.amazon.com", more);
    }

    fn user_pool(&mut self, event: &Event<'_>) {
        let at = event.entry.place();
        let Some(pool) = event.get("UserPool").and_then(|pool| pool.get("Ref")).and_then(Node::scalar_text)
        else {
            return;
        };
        let properties = map(
            &at,
            [
                ("Action", text(&at, "lambda:InvokeFunction")),
                ("FunctionName", reference(&at, event.target)),
                ("Principal", text(&at, "cognito-idp.amazonaws.com")),
                ("SourceArn", get_att(&at, &pool, "Arn")),
            ],
        );
        let id = format!("{}CognitoPermission", event.target);
        if !self.made.iter().any(|(_, entry)| *entry.key == *id) {
            self.make_for(event.origin, event.entry, id, "AWS::Lambda::Permission", properties);
        }
        let triggers = event.get("Trigger").cloned().unwrap_or_default();
        let triggers = if let Value::List(items) = triggers.value { items } else { vec![triggers] };
        for trigger in triggers.iter().filter_map(Node::as_text) {
            let Some(trigger) = TRIGGERS.iter().find(|known| **known == trigger) else { continue };
            self.patches.push((pool.clone(), ["LambdaConfig", trigger], event.arn(&at)));
        }
    }
}

/// Triggers of a Cognito user pool, as `AWS::Cognito::UserPool LambdaConfig` names them.
const TRIGGERS: &[&str] = &[
    "CreateAuthChallenge",
    "CustomMessage",
    "DefineAuthChallenge",
    "PostAuthentication",
    "PostConfirmation",
    "PreAuthentication",
    "PreSignUp",
    "PreTokenGeneration",
    "UserMigration",
    "VerifyAuthChallengeResponse",
];

//! `AWS::Serverless::StateMachine`: the state machine, its role, and the events that start it.

use super::build::{allow, get_att, inline_policy, list, map, reference, tag_list, text, trust};
use super::events::Event;
use super::function::stored;
use super::policies::Grants;
use super::routes::{IMPLICIT_REST, Route, path_and_method};
use super::{Expansion, Origin};
use tieout_model::tree::Entry;
use tieout_model::{Gap, Node};

/// What SAM names otherwise than CloudFormation does.
const WORDS: &[(&str, &str)] = &[
    ("Name", "StateMachineName"),
    ("Type", "StateMachineType"),
    ("Logging", "LoggingConfiguration"),
    ("Tracing", "TracingConfiguration"),
    ("Role", "RoleArn"),
    ("DefinitionSubstitutions", "DefinitionSubstitutions"),
    ("EncryptionConfiguration", "EncryptionConfiguration"),
];

impl Expansion<'_> {
    pub(super) fn state_machine(&mut self, origin: &Origin<'_>) {
        let (at, id) = (origin.at(), origin.id().to_owned());
        let mut properties = Node::map(at.clone());
        if let Some(definition) = origin.properties.entry("Definition") {
            properties.set("Definition", definition.at.clone(), definition.node.clone());
        }
        if let Some(uri) = origin.properties.entry("DefinitionUri") {
            let location = stored(&uri.node, &uri.place(), ["Bucket", "Key", "Version"]);
            properties.set("DefinitionS3Location", uri.at.clone(), location);
        }
        for (from, to) in WORDS {
            if let Some(entry) = origin.properties.entry(from).filter(|entry| !entry.node.is_null()) {
                properties.set(*to, entry.at.clone(), entry.node.clone());
            }
        }
        let role = format!("{id}Role");
        let tags = tag_list(&at, origin.get("Tags"), Some("stateMachine:createdBy"));
        let own_role = origin.get("Role").is_none();
        if own_role {
            properties.set("RoleArn", at.clone(), get_att(&at, &role, "Arn"));
        }
        properties.set("Tags", at.clone(), tags.clone());
        self.make(origin, id, "AWS::StepFunctions::StateMachine", properties);
        if own_role {
            let mut grants = Grants::default();
            let traced = origin.properties.entry("Tracing");
            if let Some(tracing) =
                traced.filter(|entry| entry.node.get("Enabled").and_then(Node::as_bool) != Some(false))
            {
                grants.aws(&tracing.place(), "AWSXrayWriteOnlyAccess");
            }
            if let Some(policies) = origin.get("Policies") {
                grants.add(policies, &role, self.gaps);
            }
            self.role(origin, &role, trust(&at, "states.amazonaws.com"), grants, Some(tags));
        }
        for event in origin.get("Events").cloned().unwrap_or_default().entries() {
            self.start_event(origin, event);
        }
    }

    fn start_event(&mut self, origin: &Origin<'_>, entry: &Entry) {
        let target = origin.id();
        let event = Event { origin, entry, name: format!("{target}{}", entry.key), target };
        let at = entry.place();
        let role = format!("{}Role", event.name);
        let kind = entry.node.get("Type").and_then(Node::as_text).unwrap_or_default();
        let service = match kind {
            "Schedule" => self.start_rule(&event, "Schedule", "ScheduleExpression", &role),
            "EventBridgeRule" | "CloudWatchEvent" => {
                self.start_rule(&event, "Pattern", "EventPattern", &role)
            }
            "ScheduleV2" => self.start_schedule(&event, &role),
            "Api" => self.start_route(&event, &role),
            _ => {
                let gap = Gap::unsupported(format!("the event type `{kind}` of `{target}`"));
                self.gaps.push((gap, entry.at.clone()));
                return;
            }
        };
        let statement = allow(&at, &["states:StartExecution"], reference(&at, target));
        let of = if kind == "ScheduleV2" { &event.name } else { &role };
        let name = format!("{of}StartExecutionPolicy");
        if event.get("RoleArn").or_else(|| event.get("Role")).is_none() {
            self.event_role(&event, &role, service, inline_policy(&at, &name, vec![statement]));
        }
    }

    fn start_rule(&mut self, event: &Event<'_>, from: &str, to: &str, role: &str) -> &'static str {
        let at = event.entry.place();
        let mut properties = event.pick(&["Name", "Description", "State", "EventBusName"]);
        if let Some(value) = event.get(from) {
            properties.set(to, value.at.clone(), value.clone());
        }
        let mut target = map(
            &at,
            [
                ("Arn", reference(&at, event.target)),
                ("Id", text(&at, format!("{}StepFunctionsTarget", event.name))),
                ("RoleArn", event.get("RoleArn").cloned().unwrap_or_else(|| get_att(&at, role, "Arn"))),
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
        "events.amazonaws.com"
    }

    fn start_schedule(&mut self, event: &Event<'_>, role: &str) -> &'static str {
        let at = event.entry.place();
        let target = map(
            &at,
            [
                ("Arn", reference(&at, event.target)),
                ("RoleArn", event.get("RoleArn").cloned().unwrap_or_else(|| get_att(&at, role, "Arn"))),
            ],
        );
        let mut properties =
            event.pick(&["ScheduleExpression", "State", "GroupName", "KmsKeyArn", "Name", "Description"]);
        properties.set("FlexibleTimeWindow", at.clone(), {
            let window = event.get("FlexibleTimeWindow").cloned();
            window.unwrap_or_else(|| map(&at, [("Mode", text(&at, "OFF"))]))
        });
        if properties.get("Name").is_none() {
            properties.set("Name", at.clone(), text(&at, event.name.as_str()));
        }
        properties.set("Target", at.clone(), target);
        self.make_for(event.origin, event.entry, event.name.clone(), "AWS::Scheduler::Schedule", properties);
        "scheduler.amazonaws.com"
    }

    fn start_route(&mut self, event: &Event<'_>, role: &str) -> &'static str {
        let at = event.entry.place();
        let (path, method) = path_and_method(event, "/");
        if let Some(api) = self.api_of(event, "RestApiId", IMPLICIT_REST) {
            let uri = "arn:${AWS::Partition}:apigateway:${AWS::Region}:states:action/StartExecution";
            let integration = map(
                &at,
                [
                    ("type", text(&at, "aws")),
                    ("httpMethod", text(&at, "POST")),
                    ("uri", super::build::sub(&at, uri, [])),
                    ("credentials", get_att(&at, role, "Arn")),
                ],
            );
            let auth = event.get("Auth").cloned();
            let condition = event.origin.condition.clone();
            let route = Route { path, method, at, condition, integration, auth, is_default: false };
            self.routes.add(&api, route);
        }
        "apigateway.amazonaws.com"
    }
}

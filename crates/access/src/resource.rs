//! The policies of a resource: its own, those that name it from elsewhere, and what AWS puts where none is
//! written.

use crate::layers::{Body, Written};
use crate::target::Target;
use crate::text::arn;
use crate::world::World;
use tieout_aws_state::mapping::select;
use tieout_aws_state::{Resource, Scope};
use tieout_iam::Arn;
use tieout_model::{Gap, Node, Place, Reason, Value};

/// Types that hold their own resource policy, and where.
const OWN: [(&str, &str); 12] = [
    ("AWS::ApiGateway::RestApi", "Policy"),
    ("AWS::Backup::BackupVault", "AccessPolicy"),
    ("AWS::CodeArtifact::Domain", "PermissionsPolicyDocument"),
    ("AWS::DynamoDB::Table", "ResourcePolicy.PolicyDocument"),
    ("AWS::ECR::Repository", "RepositoryPolicyText"),
    ("AWS::EFS::FileSystem", "FileSystemPolicy"),
    ("AWS::Events::EventBus", "Policy"),
    ("AWS::KMS::Key", "KeyPolicy"),
    ("AWS::Lambda::Function", "Policy"),
    ("AWS::Lambda::LayerVersion", "Policy"),
    ("AWS::IAM::Role", "AssumeRolePolicyDocument"),
    ("AWS::OpenSearchService::Domain", "AccessPolicies"),
];

/// Types that are the policy of another: type, whose, the property that names it, the document.
const OF_ANOTHER: [(&str, &str, &str, &str); 5] = [
    ("AWS::Kinesis::ResourcePolicy", "AWS::Kinesis::Stream", "ResourceArn", "ResourcePolicy"),
    ("AWS::S3::BucketPolicy", "AWS::S3::Bucket", "Bucket", "PolicyDocument"),
    ("AWS::SNS::TopicPolicy", "AWS::SNS::Topic", "Topics", "PolicyDocument"),
    ("AWS::SQS::QueuePolicy", "AWS::SQS::Queue", "Queues", "PolicyDocument"),
    ("AWS::SecretsManager::ResourcePolicy", "AWS::SecretsManager::Secret", "SecretId", "ResourcePolicy"),
];

const PERMISSION: &str = "AWS::Lambda::Permission";
const LAYER_PERMISSION: &str = "AWS::Lambda::LayerVersionPermission";

/// Services whose resources have no policy of their own.
/// Source: IAM User Guide, "AWS services that work with IAM", column "Resource-based policies".
const WITHOUT: [&str; 18] = [
    "acm",
    "autoscaling",
    "cloudformation",
    "cloudfront",
    "cloudwatch",
    "cognito-idp",
    "ec2",
    "ecs",
    "eks",
    "elasticache",
    "elasticloadbalancing",
    "firehose",
    "rds",
    "route53",
    "states",
    "tag",
    "wafv2",
    "xray",
];

/// What speaks for a resource.
#[derive(Debug, Default)]
pub(crate) struct Own<'s> {
    pub(crate) policies: Vec<Written<'s>>,
    pub(crate) notes: Vec<String>,
}

/// Gathers the policies of a resource that bear on an action.
pub(crate) fn policies<'s>(target: &Target<'s>, action: &str, world: &World<'_, 's>) -> Own<'s> {
    let on_trust = action.split_once(':').is_some_and(|(service, _)| service.eq_ignore_ascii_case("sts"));
    let Some(resource) = target.resource else { return of_outsider(target, on_trust) };
    let mut own = Own::default();
    let type_name = &*resource.declared.type_name;
    // A trust policy says who assumes the role, and nothing of who may see or change it.
    if type_name == "AWS::IAM::Role" && !on_trust {
        return own;
    }
    if let Some((_, path)) = OWN.iter().find(|(name, _)| *name == type_name) {
        of_itself(resource, path, world, &mut own);
    }
    for (holder, of, edge, document) in OF_ANOTHER.iter().filter(|(_, of, ..)| *of == type_name) {
        debug_assert_eq!(*of, type_name);
        for (policy, gap) in naming(resource, holder, edge, world) {
            let label = format!("policy `{}`", policy.subject.id);
            own.policies.push(match gap {
                None => Written::of(label, policy, document),
                Some(gap) => Written::unknown(label, gap),
            });
        }
        unseen(resource, holder, world, &mut own);
    }
    for (holder, edge) in [(PERMISSION, "FunctionName"), (LAYER_PERMISSION, "LayerVersionArn")] {
        let of = if holder == PERMISSION { "AWS::Lambda::Function" } else { "AWS::Lambda::LayerVersion" };
        if type_name != of {
            continue;
        }
        for (permission, gap) in naming(resource, holder, edge, world) {
            let label = format!("permission `{}`", permission.subject.id);
            own.policies.push(match gap {
                None => of_permission(label, permission),
                Some(gap) => Written::unknown(label, gap),
            });
        }
    }
    own
}

fn of_outsider<'s>(target: &Target<'s>, on_trust: bool) -> Own<'s> {
    let service = Arn::parse(&target.id).map_or("", |arn| arn.service);
    if target.id == "*" || WITHOUT.contains(&service) || (service == "iam" && !on_trust) {
        return Own::default();
    }
    let gap = Gap::new(
        Reason::NotCollected,
        format!("the policy of {}, which is not in what was read", target.id),
        "read the source or the account in which it is",
    );
    Own { policies: vec![Written::unknown("its policy", gap)], notes: Vec::new() }
}

fn of_itself<'s>(resource: &'s Resource, path: &str, world: &World<'_, 's>, own: &mut Own<'s>) {
    let declared = &resource.declared;
    let written = declared.values(path).first().is_some_and(|node| !node.is_null());
    let is_key = &*declared.type_name == "AWS::KMS::Key";
    if written {
        own.policies.push(Written::of(format!("policy of `{}`", resource.subject.id), resource, path));
    } else if is_key && resource.is_live() {
        let gap = Gap::new(
            Reason::NotCollected,
            format!("the key policy of {}", resource.subject.id),
            "read the account with kms:GetKeyPolicy",
        );
        own.policies.push(Written::unknown("its key policy", gap));
    } else if is_key {
        let text = world.render(&arn(resource).unwrap_or_default());
        let account = Arn::parse(&text).map_or("", |arn| arn.account).to_owned();
        own.policies.push(Written::known("AWS's default key policy", default_key_policy(&account)));
        own.notes.push(format!(
            "{} has no key policy of its own: AWS's default one leaves it to IAM",
            resource.subject.id
        ));
    }
}

/// Source: KMS Developer Guide, "Default key policy".
fn default_key_policy(account: &str) -> tieout_iam::Policy {
    let text = format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Sid":"Enable IAM User Permissions","Effect":"Allow","Principal":{{"AWS":"arn:aws:iam::{account}:root"}},"Action":"kms:*","Resource":"*"}}]}}"#
    );
    let mut policy = tieout_iam::Policy::from_json(&text, &"AWS's default key policy".into());
    policy.statements.iter_mut().for_each(|statement| statement.at = Place::None);
    policy
}

fn unseen<'s>(resource: &Resource, holder: &str, world: &World<'_, 's>, own: &mut Own<'s>) {
    let declared = &resource.declared;
    let Scope::Account(account) = &declared.scope else { return };
    if let Some(gap) = world.catalogue.state.population_gap(holder, account, declared.region.as_deref()) {
        own.policies.push(Written::unknown("its policy", gap.clone()));
    }
}

/// The resources of a type that name another by a property, and those that may, with the gap.
fn naming<'s>(
    resource: &Resource,
    holder: &str,
    edge: &str,
    world: &World<'_, 's>,
) -> Vec<(&'s Resource, Option<Gap>)> {
    let mut all = Vec::new();
    for other in world.catalogue.state.of_type(holder) {
        if other.is_live() != resource.is_live() {
            continue;
        }
        let same = other.declared.scope == resource.declared.scope;
        let mut open = None;
        let mut found = false;
        for node in select(&other.declared.properties, edge).into_iter().flat_map(leaves) {
            match names(resource, node, &other.declared.scope, world) {
                Some(true) => found = true,
                Some(false) => {}
                None => {
                    open = open
                        .or_else(|| Some(node.gap().unwrap_or_else(|| Gap::unresolved(node.expression()))))
                }
            }
        }
        match (found, open) {
            (true, _) => all.push((other, None)),
            (false, Some(gap)) if same => all.push((other, Some(gap))),
            _ => {}
        }
    }
    all
}

fn leaves(node: &Node) -> Vec<&Node> {
    match &node.value {
        Value::List(items) => items.iter().flat_map(leaves).collect(),
        Value::Either { then, otherwise, .. } => leaves(then).into_iter().chain(leaves(otherwise)).collect(),
        Value::Null => Vec::new(),
        _ => vec![node],
    }
}

/// Whether a value names a resource; `None` where that cannot be told.
fn names(resource: &Resource, node: &Node, scope: &Scope, world: &World<'_, '_>) -> Option<bool> {
    let declared = &resource.declared;
    if let Value::Ref { id, .. } = &node.value {
        if *scope == declared.scope && *id == declared.local {
            return Some(true);
        }
        let all = world.catalogue.local(scope, id);
        // An alias or a version of a function may stand for it.
        let stands = |one: &&Resource| {
            tieout_aws_state::type_table(&one.declared.type_name)
                .is_some_and(|table| !table.stands_for.is_empty())
        };
        if let Some(alias) = all.iter().copied().find(stands) {
            let table = tieout_aws_state::type_table(&alias.declared.type_name)?;
            let to = *alias.declared.values(table.stands_for).first()?;
            return names(resource, to, scope, world);
        }
        return if all.is_empty() { None } else { Some(false) };
    }
    let settled = world.settle(node, scope);
    let text = settled.scalar_text()?;
    let own = [arn(resource), crate::text::name(resource), crate::text::attribute(resource, None)];
    let mut own = own.into_iter().flatten().map(|text| world.render(&text));
    Some(own.any(|name| *name == *text || text.strip_prefix(&name).is_some_and(|rest| rest.starts_with(':'))))
}

/// A Lambda permission as the statement that it adds.
/// Source: Lambda API Reference, AddPermission and AddLayerVersionPermission.
fn of_permission<'s>(label: String, permission: &'s Resource) -> Written<'s> {
    const CONDITIONS: [(&str, &str, &str); 7] = [
        ("SourceArn", "ArnLike", "aws:SourceArn"),
        ("SourceAccount", "StringEquals", "aws:SourceAccount"),
        ("PrincipalOrgID", "StringEquals", "aws:PrincipalOrgID"),
        ("OrganizationId", "StringEquals", "aws:PrincipalOrgID"),
        ("EventSourceToken", "StringEquals", "lambda:EventSourceToken"),
        ("FunctionUrlAuthType", "StringEquals", "lambda:FunctionUrlAuthType"),
        ("InvokedViaFunctionUrl", "Bool", "lambda:InvokedViaFunctionUrl"),
    ];
    let declared = &permission.declared;
    let at = &declared.at;
    let text = |text: &str| Node::text(text, at.clone());
    let get = |key: &str| declared.properties.get(key).filter(|node| !node.is_null()).cloned();
    let mut statement = Node::map(at.clone());
    statement.set("Sid", at.clone(), text(&permission.subject.id));
    statement.set("Effect", at.clone(), text("Allow"));
    if let Some(action) = get("Action") {
        statement.set("Action", at.clone(), action);
    }
    statement.set("Resource", at.clone(), text("*"));
    if let Some(principal) = get("Principal") {
        let kind = match principal.scalar_text().as_deref() {
            Some("*") => None,
            Some(name) if name.ends_with(".amazonaws.com") => Some("Service"),
            _ => Some("AWS"),
        };
        let value = match kind {
            None => principal,
            Some(kind) => {
                let mut map = Node::map(at.clone());
                map.set(kind, at.clone(), principal);
                map
            }
        };
        statement.set("Principal", at.clone(), value);
    }
    for (property, operator, key) in CONDITIONS {
        if let Some(value) = get(property) {
            let place = value.at.clone();
            statement.slot("Condition", at).slot(operator, at).set(key, place, value);
        }
    }
    let mut document = Node::map(at.clone());
    document.set("Version", at.clone(), text("2012-10-17"));
    document.set("Statement", at.clone(), Node::new(Value::List(vec![statement]), at.clone()));
    Written { label, body: Body::Made(document, &declared.scope), doubt: declared.uncertain.clone() }
}

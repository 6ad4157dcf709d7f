//! Texts of which a part may be open before deployment: the ARN, the name and the attributes of a resource.

use std::sync::Arc;
use tieout_aws_state::{Resource, type_table};
use tieout_model::{Node, Piece, Value};

/// Something that is settled at deployment only.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Atom {
    /// The account of the deployment.
    Account,
    /// Its region.
    Region,
    /// The name that AWS makes up for a resource without one; by the resource's id.
    Name(Arc<str>),
    /// An expression that is not known.
    Expression(Arc<str>),
    /// Which object of a bucket.
    Object,
    /// Who owns a resource whose ARN does not say it.
    Owner,
    /// A condition of the source, on or off.
    Condition(Arc<str>),
    /// Whether S3 block public access is on.
    Block,
}

/// A part of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Bit {
    Known(String),
    Open(Atom),
}

/// A text, part by part.
pub(crate) type Text = Vec<Bit>;

/// A text that is wholly known.
pub(crate) fn known(text: impl Into<String>) -> Text {
    vec![Bit::Known(text.into())]
}

/// ARN forms of types that no table describes: type, the property that names it, the form.
/// Source: Service Authorization Reference, resource types of each service.
const FORMS: [(&str, &str, &str); 15] = [
    ("AWS::DynamoDB::GlobalTable", "TableName", "arn:aws:dynamodb:{region}:{account}:table/{TableName}"),
    ("AWS::DynamoDB::Table", "TableName", "arn:aws:dynamodb:{region}:{account}:table/{TableName}"),
    ("AWS::ECR::Repository", "RepositoryName", "arn:aws:ecr:{region}:{account}:repository/{RepositoryName}"),
    ("AWS::ECS::Cluster", "ClusterName", "arn:aws:ecs:{region}:{account}:cluster/{ClusterName}"),
    (
        "AWS::EFS::FileSystem",
        "FileSystemId",
        "arn:aws:elasticfilesystem:{region}:{account}:file-system/{FileSystemId}",
    ),
    ("AWS::Events::EventBus", "Name", "arn:aws:events:{region}:{account}:event-bus/{Name}"),
    ("AWS::Events::Rule", "Name", "arn:aws:events:{region}:{account}:rule/{Name}"),
    ("AWS::Kinesis::Stream", "Name", "arn:aws:kinesis:{region}:{account}:stream/{Name}"),
    (
        "AWS::KinesisFirehose::DeliveryStream",
        "DeliveryStreamName",
        "arn:aws:firehose:{region}:{account}:deliverystream/{DeliveryStreamName}",
    ),
    ("AWS::Logs::LogGroup", "LogGroupName", "arn:aws:logs:{region}:{account}:log-group:{LogGroupName}"),
    ("AWS::SNS::Topic", "TopicName", "arn:aws:sns:{region}:{account}:{TopicName}"),
    ("AWS::SQS::Queue", "QueueName", "arn:aws:sqs:{region}:{account}:{QueueName}"),
    ("AWS::SSM::Parameter", "Name", "arn:aws:ssm:{region}:{account}:parameter/{Name}"),
    ("AWS::SecretsManager::Secret", "Name", "arn:aws:secretsmanager:{region}:{account}:secret:{Name}-aB3dE9"),
    (
        "AWS::StepFunctions::StateMachine",
        "StateMachineName",
        "arn:aws:states:{region}:{account}:stateMachine:{StateMachineName}",
    ),
];

/// Types whose `Ref` yields the ARN.
/// Source: AWS CloudFormation Template Reference, "Return values" of each type.
const REF_IS_ARN: [&str; 4] = [
    "AWS::IAM::ManagedPolicy",
    "AWS::SNS::Topic",
    "AWS::SecretsManager::Secret",
    "AWS::StepFunctions::StateMachine",
];

fn form(resource: &Resource) -> Option<(&'static str, &'static str)> {
    let type_name = &*resource.declared.type_name;
    let table =
        type_table(type_name).filter(|table| !table.arn.is_empty()).map(|table| (table.id, table.arn));
    table.or_else(|| FORMS.iter().find(|(name, ..)| *name == type_name).map(|(_, id, form)| (*id, *form)))
}

/// The ARN of a resource; `None` where its type has none that is known.
pub(crate) fn arn(resource: &Resource) -> Option<Text> {
    if let Some(arn) = &resource.declared.arn {
        return Some(known(&**arn));
    }
    let (_, form) = form(resource)?;
    let mut text = Text::new();
    let mut rest = form;
    while let Some((head, tail)) = rest.split_once('{') {
        push(&mut text, head);
        let (name, after) = tail.split_once('}')?;
        for bit in placeholder(resource, name) {
            match bit {
                Bit::Known(part) => push(&mut text, &part),
                open => text.push(open),
            }
        }
        rest = after;
    }
    push(&mut text, rest);
    // A parameter's name that starts with a slash brings the slash of its ARN along.
    if &*resource.declared.type_name == "AWS::SSM::Parameter" {
        for bit in &mut text {
            if let Bit::Known(part) = bit {
                *part = part.replace("parameter//", "parameter/");
            }
        }
    }
    Some(text)
}

fn push(text: &mut Text, part: &str) {
    match text.last_mut() {
        _ if part.is_empty() => {}
        Some(Bit::Known(last)) => last.push_str(part),
        _ => text.push(Bit::Known(part.to_owned())),
    }
}

fn placeholder(resource: &Resource, name: &str) -> Text {
    let declared = &resource.declared;
    match name {
        "partition" => known("aws"),
        "account" => {
            declared.account.as_ref().map_or_else(|| vec![Bit::Open(Atom::Account)], |id| known(&**id))
        }
        "region" => declared.region.as_ref().map_or_else(|| vec![Bit::Open(Atom::Region)], |id| known(&**id)),
        "Path" => match declared.values("Path").first() {
            Some(node) if !node.is_null() => of_node(node),
            _ => known("/"),
        },
        property => match declared.values(property).first() {
            Some(node) if !node.is_null() => of_node(node),
            _ => vec![Bit::Open(Atom::Name(resource.subject.id.as_str().into()))],
        },
    }
}

/// A value as a text: what is not known is open by its expression.
pub(crate) fn of_node(node: &Node) -> Text {
    if let Some(text) = node.scalar_text() {
        return known(&*text);
    }
    match &node.value {
        Value::Pieces(pieces) => {
            let mut text = Text::new();
            for piece in pieces {
                match piece {
                    Piece::Text(part) => push(&mut text, part),
                    Piece::Hole(hole) => text.extend(of_node(hole)),
                }
            }
            text
        }
        _ => vec![Bit::Open(atom_of(&node.expression()))],
    }
}

/// What an expression stands for.
pub(crate) fn atom_of(expression: &str) -> Atom {
    let name = bare(expression);
    match name {
        "AWS::AccountId" => Atom::Account,
        "AWS::Region" => Atom::Region,
        _ if name.starts_with("data.aws_caller_identity.") && name.ends_with(".account_id") => Atom::Account,
        _ if name.starts_with("data.aws_region.")
            && [".name", ".id", ".region"].iter().any(|end| name.ends_with(end)) =>
        {
            Atom::Region
        }
        _ => Atom::Expression(name.into()),
    }
}

/// `${AWS::Region}` without its braces.
fn bare(expression: &str) -> &str {
    let inner = expression.strip_prefix("${").and_then(|rest| rest.strip_suffix('}'));
    inner.filter(|inner| !inner.contains("${")).unwrap_or(expression)
}

/// The name of a resource.
pub(crate) fn name(resource: &Resource) -> Option<Text> {
    form(resource).map(|(id, _)| placeholder(resource, id))
}

/// What a reference to a resource stands for; `None` where that is not known.
pub(crate) fn attribute(resource: &Resource, attribute: Option<&str>) -> Option<Text> {
    let type_name = &*resource.declared.type_name;
    match attribute {
        Some("Arn" | "TopicArn" | "PolicyArn") => arn(resource),
        None if REF_IS_ARN.contains(&type_name) => arn(resource),
        None if type_name == "AWS::SQS::Queue" => {
            let mut url = known("https://sqs.");
            url.extend(placeholder(resource, "region"));
            url.push(Bit::Known(".amazonaws.com/".to_owned()));
            url.extend(placeholder(resource, "account"));
            url.push(Bit::Known("/".to_owned()));
            url.extend(name(resource)?);
            Some(url)
        }
        None => name(resource),
        Some(attribute) => {
            let (id, _) = form(resource)?;
            (attribute == id || attribute == "Name").then(|| name(resource)).flatten()
        }
    }
}

//! Identity policies as subjects: a customer's managed policies, and the inline policies of users, groups and
//! roles, wherever they are written. One check of policies judges them all.

use crate::AwsCheck;
use crate::engine::{agreed, evidence_of, record_unseen};
use tieout_aws_state::generated::iam::{GroupPolicies, RolePolicies, UserPolicies};
use tieout_aws_state::{Resource, State, Typed};
use tieout_check::{Ledger, Record, judge_safely};
use tieout_iam::Policy;
use tieout_model::{About, Gap, Judged, Place, Setting, Subject};

/// The types that are policies, or hold some.
const TYPES: [&str; 8] = [
    "AWS::IAM::ManagedPolicy",
    "AWS::IAM::Policy",
    "AWS::IAM::RolePolicy",
    "AWS::IAM::UserPolicy",
    "AWS::IAM::GroupPolicy",
    "AWS::IAM::Role",
    "AWS::IAM::User",
    "AWS::IAM::Group",
];

/// A check that judges every identity policy.
pub struct EachPolicy {
    /// Its declaration.
    pub about: About,
    /// Its logic, for one document.
    pub judge: fn(&Policy, Attachment) -> Judged,
}

/// To how many principals a policy is attached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Attachment {
    /// To one at least, or that is not known.
    Attached,
    /// To none: it takes effect with the next attachment.
    Detached,
    /// It is a permissions boundary and nothing else, which grants nothing.
    Boundary,
}

/// A policy in a resource.
struct Document<'a> {
    /// Its name within its holder; none where the resource is the policy.
    name: Option<String>,
    policy: &'a Setting<Policy>,
    place: &'a Place,
    attachment: Attachment,
}

impl AwsCheck for EachPolicy {
    fn about(&self) -> &About {
        &self.about
    }

    fn applies_to(&self) -> Vec<&'static str> {
        TYPES.to_vec()
    }

    fn needs_account(&self) -> bool {
        false
    }

    fn run(&self, state: &State) -> Ledger {
        let mut ledger = Ledger::default();
        for type_name in TYPES {
            for resource in state.of_type(type_name).filter(|resource| !is_aws_managed(resource)) {
                self.run_on(resource, &mut ledger);
            }
            record_unseen(&self.about, type_name, state, &mut ledger);
        }
        ledger
    }
}

impl EachPolicy {
    fn run_on(&self, resource: &Resource, ledger: &mut Ledger) {
        let forms: Vec<&Typed> = match resource.variants.as_slice() {
            [] => vec![&resource.typed],
            variants => variants.iter().map(|variant| &variant.typed).collect(),
        };
        let mut by_name: Vec<(Option<String>, Vec<Document<'_>>)> = Vec::new();
        for document in forms.into_iter().flat_map(documents) {
            match by_name.iter_mut().find(|(name, _)| *name == document.name) {
                Some((_, same)) => same.push(document),
                None => by_name.push((document.name.clone(), vec![document])),
            }
        }
        let evidence = evidence_of(resource);
        for (name, same) in by_name {
            let subject = subject_of(resource, name.as_deref(), same.first().map(|document| document.place));
            let judged = agreed(resource, same.iter().map(|document| self.judge_one(document)));
            let place = same.first().map_or(resource.place(), |document| document.place);
            let place = if *place == Place::None { resource.place() } else { place };
            ledger.record(Record {
                about: &self.about,
                subject: &subject,
                place,
                judged,
                evidence: &evidence,
            });
        }
    }

    fn judge_one(&self, document: &Document<'_>) -> Judged {
        let Some(policy) = document.policy.known()? else {
            return Err(Gap::unsupported("a policy without a document"));
        };
        judge_safely(self.about.id, || (self.judge)(policy, document.attachment))
    }
}

/// An inline policy is `PRINCIPAL#NAME`; any other is its resource.
fn subject_of(resource: &Resource, name: Option<&str>, place: Option<&Place>) -> Subject {
    let Some(name) = name else { return resource.subject.clone() };
    let mut subject = resource.subject.clone();
    subject.id = format!("{}#{name}", subject.id);
    subject.kind = tieout_model::SubjectKind::Resource;
    subject.type_name = subject.type_name.map(|holder| format!("{holder}Policy"));
    subject.name = Some(name.to_owned());
    subject.arn = None;
    if let Some((file, line)) = place.and_then(Place::file_line) {
        subject.file = Some(file.to_owned());
        subject.line = Some(line);
    }
    subject
}

/// `arn:aws:iam::aws:policy/…`: not the customer's to mend. Who has it is judged instead.
fn is_aws_managed(resource: &Resource) -> bool {
    resource.subject.arn.as_deref().is_some_and(|arn| arn.split(':').nth(4) == Some("aws"))
}

fn documents(typed: &Typed) -> Vec<Document<'_>> {
    let whole = |policy, attachment| vec![Document { name: None, policy, place: &Place::None, attachment }];
    match typed {
        Typed::ManagedPolicy(it) => {
            let live = &it.live;
            let used = |count: &Setting<i64>| count.known().ok().flatten().copied();
            let attachment =
                match (used(&live.attachment_count), used(&live.permissions_boundary_usage_count)) {
                    (Some(0), Some(1..)) => Attachment::Boundary,
                    (Some(0), _) => Attachment::Detached,
                    _ => Attachment::Attached,
                };
            whole(&it.policy_document, attachment)
        }
        Typed::InlinePolicy(it) => whole(&it.policy_document, Attachment::Attached),
        Typed::RolePolicy(it) => whole(&it.policy_document, Attachment::Attached),
        Typed::UserPolicy(it) => whole(&it.policy_document, Attachment::Attached),
        Typed::GroupPolicy(it) => whole(&it.policy_document, Attachment::Attached),
        Typed::Role(it) => {
            inline(&it.policies, |policy: &RolePolicies| (&policy.policy_name, &policy.policy_document))
        }
        Typed::User(it) => {
            inline(&it.policies, |policy: &UserPolicies| (&policy.policy_name, &policy.policy_document))
        }
        Typed::Group(it) => {
            inline(&it.policies, |policy: &GroupPolicies| (&policy.policy_name, &policy.policy_document))
        }
        _ => Vec::new(),
    }
}

fn inline<'a, P>(
    policies: &'a Setting<Vec<P>>,
    parts: impl Fn(&'a P) -> (&'a Setting<String>, &'a Setting<Policy>),
) -> Vec<Document<'a>> {
    let Ok(Some(policies)) = policies.known() else { return Vec::new() };
    let documents = policies.iter().enumerate().map(|(index, one)| {
        let (name, policy) = parts(one);
        let known = name.known().ok().flatten().cloned();
        Document {
            name: Some(known.unwrap_or_else(|| format!("{}", index + 1))),
            policy,
            place: policy.place(),
            attachment: Attachment::Attached,
        }
    });
    documents.collect()
}

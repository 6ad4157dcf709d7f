//! The questions that a peer and tieout both ask, in the words of each, and why the answers differ.

/// A question.
pub struct Question {
    pub peer: Peer,
    pub theirs: &'static str,
    pub ours: &'static [&'static str],
    /// Why the answers differ, by class of difference.
    pub why: &'static str,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Peer {
    Parliament,
    Cloudsplaining,
}

const fn parliament(theirs: &'static str, ours: &'static [&'static str], why: &'static str) -> Question {
    Question { peer: Peer::Parliament, theirs, ours, why }
}

const fn cloudsplaining(theirs: &'static str, ours: &'static [&'static str], why: &'static str) -> Question {
    Question { peer: Peer::Cloudsplaining, theirs, ours, why }
}

/// What is to be said of the table of known faults.
pub const KNOWN_FAULTS: &str = "\
Where a peer finds fewer: parliament stops at the first unknown word of a statement and says nothing of the rest;
takes a misspelt global key for one that it does not know of, and says so only where the statement names actions;
compares neither conditions with each other nor statements; knows no operator of its own mind where a value is of
another type but can be read. cloudsplaining expands `*` by actions and asks for a resource `*` and no condition, so that
a way to more permissions on `role/*` is none to it; a document without `Effect` ends it (counted as found).
";

/// Every question.
pub const QUESTIONS: [Question; 15] = [
    parliament(
        "UNKNOWN_ACTION",
        &["unknown-action", "wildcard-matches-nothing", "gap action"],
        "parliament's table is older (its package is of 2025): every action of the policies that it alone names \
         is in ours. Ours alone: actions of services that parliament does not know at all, so that it names the service, or \
         that AWS has withdrawn since.",
    ),
    parliament(
        "UNKNOWN_PREFIX",
        &["unknown-service", "gap service"],
        "The same for services: those that it alone names are in our table. Ours alone: services that AWS has \
         withdrawn (DeepLens, DeepRacer and others), which our newer table lacks: said to be *not assessed*, never wrong.",
    ),
    parliament(
        "UNKNOWN_CONDITION_FOR_ACTION",
        &["unknown-key", "key-of-other-action", "gap key"],
        "Theirs alone: keys that AWS has added since (`aws:ViaAWSService`, `glue:LakeFormationPermissions`, \
         `sagemaker:WorkteamType`, the keys of Deadline Cloud), keys with a part of one's own (`iam:ResourceTag/…`, \
         `eks:loggingType/…`), and an action of a wildcard that lacks a key which others of it have: we ask of each pattern \
         whether any action of it has the key. Ours alone: keys that no table lists, *not assessed*, and newer actions without the key.",
    ),
    parliament(
        "RESOURCE_MISMATCH",
        &["wrong-resource", "missing-resource-type"],
        "parliament asks of each statement by itself, and of each action of a wildcard, that every required type of \
         resource is there. Theirs alone: the other type stands in another statement of the same policy (EC2 and Systems Manager, \
         most of them); types of which one is enough (`bedrock:InvokeModel`, the listeners of load balancers); actions of a \
         wildcard that work on `*` only, beside others that fit; ARNs with a wildcard in the place of the type's word \
         (`arn:aws:logs:*:*:*`). Ours alone: actions that its table lacks.",
    ),
    parliament(
        "RESOURCE_STAR",
        &["every-resource", "every-resource if", "service", "service if", "all-actions", "all-actions if"],
        "Theirs alone: actions that read or list, which we do not count among those that should be limited. Ours \
         alone: actions that its table lacks or says to have no required resource.",
    ),
    parliament(
        "INVALID_ARN",
        &["resource-form", "short-arn", "unknown-partition", "account-form", "region-form"],
        "Theirs alone: `aws` in the place of the account, which is AWS's own account and right \
         (`arn:aws:cloudformation:*:aws:transform/…`), and a variable there.",
    ),
    parliament(
        "MISMATCHED_TYPE",
        &["wrong-operator", "value-type"],
        "Theirs alone: it takes no number with a point (`1.2` for `s3:TlsVersion`) and no ARN of fewer than six \
         fields where the operator is one of text. Ours alone: keys that its table lacks, and booleans compared as text, \
         which it counts below.",
    ),
    parliament(
        "MISMATCHED_TYPE_BUT_USABLE",
        &["wrong-operator"],
        "Theirs alone: text operators on ARNs, which work as they stand. Ours alone: the question above has them.",
    ),
    parliament(
        "RESOURCE_EFFECTIVELY_STAR",
        &["every-resource-by-form"],
        "Ours alone: parliament wants the list to be equal to the forms of its table, we want it to cover them. Theirs \
         alone: actions with a further type of resource that its table lacks or does not call required.",
    ),
    parliament(
        "RESOURCE_POLICY_PRIVILEGE_ESCALATION",
        &["permissions", "permissions if"],
        "Not the same question: parliament's is a bucket whose policy may be set while its objects may not be read \
         or written; ours is any action that changes permissions on every resource. On named buckets it is theirs alone: whoever may \
         set a policy may do what the policy says, which we do not call a fault.",
    ),
    cloudsplaining(
        "PrivilegeEscalation",
        &["escalation"],
        "Ours alone: ways that cloudsplaining's list lacks (`ssm:SendCommand`, `ssm:StartSession`, boundaries taken \
         away), and a `NotAction` whose actions it does not work out.",
    ),
    cloudsplaining(
        "DataExfiltration",
        &["content"],
        "Ours alone: `secretsmanager:BatchGetSecretValue`, and a `NotAction` on resources that it does not work out.",
    ),
    cloudsplaining(
        "CredentialsExposure",
        &["credentials"],
        "Ours alone: as above. `iam:UpdateAccessKey` and `cognito-idp:GetSigningCertificate`, which answer with no \
         secret, are on its list and not on ours; no policy differs by them.",
    ),
    cloudsplaining(
        "ResourceExposure",
        &["permissions"],
        "Theirs alone: its table calls actions *Permissions management* that AWS's reference of today calls *Write* or \
         *Read* (`iam:PassRole`, `iam:AddRoleToInstanceProfile`, `ram:AcceptResourceShareInvitation`, \
         `rds:ModifyDBClusterSnapshotAttribute`, `quicksight:DescribeDataSetPermissions`). Ours alone: the other way about, and \
         actions that its table lacks.",
    ),
    cloudsplaining(
        "InfrastructureModification",
        &["every-resource", "service", "all-actions", "all-but"],
        "Theirs alone: `s3:GetObject` and `ssm:GetParameter`, which its defaults always list; we list them as content. \
         Ours alone: a whole service whose actions can be limited to no resource, and actions that its table lacks.",
    ),
];

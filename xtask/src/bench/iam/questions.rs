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
This table is no test on unseen cases. The classes were chosen by us, with our rules and the peers' lists of issues at \
hand, and some rules were written or mended after a first run on them; it says what each tool asks, not how often it is \
right on policies of others. parliament runs as by default, without its community auditors, which ask for \
escalation and credentials too. Its RESOURCE_STAR is counted as found for every class on a resource `*`, though it does not \
name the power.

Where a tool finds fewer: parliament says nothing of `*` as an action, and lets some operators pass that do not fit the \
key's type. cloudsplaining does not ask whether a document is right; what ends it is counted as found. It asks for a \
resource `*` and no condition, so that a way to more permissions on `role/*` is none to it; tieout counts those \
apart, as limited. tieout does not count `iam:PassRole` as resource exposure, since AWS's reference calls it *Write*; \
cloudsplaining does.
";

/// Every question.
pub const QUESTIONS: [Question; 15] = [
    parliament(
        "UNKNOWN_ACTION",
        &["unknown-action", "wildcard-matches-nothing", "gap action"],
        "Theirs alone: actions that our table has and parliament's has not. Ours alone: actions that our table lacks, said to be *not assessed*, of services that parliament does not know at all or knows with the action.",
    ),
    parliament(
        "UNKNOWN_PREFIX",
        &["unknown-service", "gap service"],
        "Theirs alone: services that our table has and parliament's has not. Ours alone: services that our table no longer has and parliament's still has (DeepLens, DeepRacer, Elastic Inference, DeepComposer); *not assessed*, never wrong. Those that both lack (`assurance`, `builderid`, `zocalo`) are counted under both.",
    ),
    parliament(
        "UNKNOWN_CONDITION_FOR_ACTION",
        &["unknown-key", "key-of-other-action", "gap key"],
        "Theirs alone, counted by key and action on the run of 2026-11-25: of 1,787, our table too has no such key for the action in 1,453 (most are `sagemaker:WorkteamType` and `glue:LakeFormationPermissions` in wildcards), has it in 198, and 136 are global keys, of which we ask only whether they exist. We say it of a pattern only where no action of it has the key, and of a part of a statement only where that part is then never allowed: so these 1,453 are said by parliament and not by us. Ours alone: keys that no table lists, *not assessed*, and actions that parliament's table lacks.",
    ),
    parliament(
        "RESOURCE_MISMATCH",
        &["wrong-resource", "missing-resource-type"],
        "parliament asks of each statement by itself, and of each action of a wildcard, that every required type is there. Theirs alone, counted by action and type on the run of 2026-11-25: in 1,442 of 3,446 a statement of the same policy has the type; 1,481 are single actions of a wildcard that has others that fit; 85 work on `*` only; in 438 an action by name lacks a type in the whole policy (SageMaker 198, Bedrock 144, Elastic Disaster Recovery 33). AWS's reference marks alternatives as required too, so that we ask this of EC2 alone: some of the 438 may be faults that we miss. Ours alone: actions that its table lacks or has other types for.",
    ),
    parliament(
        "RESOURCE_STAR",
        &["every-resource", "every-resource if", "service", "service if", "all-actions", "all-actions if"],
        "Theirs alone: in 300 of 301 policies (run of 2026-11-25) every action named reads or lists, or can be limited to no resource by our table; one is a `NotAction`, which we report as such. Ours alone: actions that its table lacks or says to have no required resource, and wildcards of a whole service on any resource.",
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
        "Ours alone: parliament wants the list to be equal to the forms of its table, we want it to cover them, which is far more often so; it is a suggestion. Theirs alone: two policies whose statements name some of the types that the action has in our table.",
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
        "Ours alone: ways that cloudsplaining's list lacks (`ssm:SendCommand`, `ssm:StartSession`), and SageMaker's ways in statements that it does not take for unlimited.",
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
        "Theirs alone: its table calls actions *Permissions management* that ours calls *Write* or *Read* (`iam:PassRole`, `iam:AddRoleToInstanceProfile`, `ram:AcceptResourceShareInvitation`, `rds:ModifyDBClusterSnapshotAttribute`, `quicksight:DescribeDataSetPermissions`). Sharing a snapshot or a resource does expose it: here we follow AWS's words and find less. Ours alone: the other way about (`organizations`, `events`, `ecs`, `cloudhsm`, `s3files`).",
    ),
    cloudsplaining(
        "InfrastructureModification",
        &["every-resource", "service", "all-actions", "all-but"],
        "Theirs alone: `s3:GetObject` and `ssm:GetParameter`, which its defaults always list; we list them as content. Ours alone: wildcards of a whole service, which we count whatever the resource, and actions that are not in its table or not limited to resources there.",
    ),
];

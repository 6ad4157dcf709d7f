//! Nobody outside reads or writes the bucket: what ACL and policy grant, after all that holds it back.

use super::access::{self, Shield};
use super::acl;
use crate::{Cx, Each, Judge};
use tieout_aws_state::types::Bucket;
use tieout_model::{About, Confidence, Gap, Judged, Persona, Place, Problem, Severity, Verdict};

/// The check.
pub static CHECK: Each<Bucket> = Each {
    about: About {
        id: "s3-bucket-not-public",
        title: "S3 bucket is not open to the public",
        severity: Severity::High,
        confidence: Confidence::High,
        persona: Persona::Engineer,
        cwe: &[284, 732],
        controls: &["CIS-AWS-3.0:2.1.4", "AWS-FSBP:S3.2", "AWS-FSBP:S3.3"],
        objectives: &["network-exposure", "least-privilege"],
        reads: &[
            "s3:ListAllMyBuckets",
            "s3:GetBucketLocation",
            "s3:GetBucketAcl",
            "s3:GetBucketPolicy",
            "s3:GetBucketOwnershipControls",
            "s3:GetBucketPublicAccessBlock",
            "s3:GetAccountPublicAccessBlock",
        ],
        aliases: &[
            ("prowler", "s3_bucket_public_access"),
            ("prowler", "s3_bucket_policy_public_write_access"),
            ("checkov", "CKV_AWS_70"),
            ("checkov", "CKV_AWS_20"),
            ("checkov", "CKV_AWS_57"),
        ],
        guide: include_str!("bucket_not_public.md"),
    },
    judge: Judge::Configuration(judge),
};

/// A grant to the public: what it is, where, how bad, and what holds it back.
type Open<'a> = (String, &'a Place, Severity);

pub(crate) fn judge(bucket: &Bucket, cx: &Cx<'_>) -> Judged {
    let acl = by_acl(bucket, cx).and_then(|open| held(open, || access::shield_of_acl(bucket, cx)));
    let policy = by_policy(cx).and_then(|open| held(open, || access::shield_of_policy(bucket, cx)));
    match (acl, policy) {
        (Ok(Err(problem)), Ok(Err(other))) => Ok(Verdict::Fail(joined(problem, other))),
        (Ok(Err(problem)), _) | (_, Ok(Err(problem))) => Ok(Verdict::Fail(problem)),
        (Err(gap), _) | (_, Err(gap)) => Err(gap),
        (Ok(Ok(acl)), Ok(Ok(policy))) => Ok(Verdict::pass(format!("ACL: {acl}; policy: {policy}"))),
    }
}

fn by_acl<'a>(bucket: &'a Bucket, cx: &Cx<'_>) -> Result<Vec<Open<'a>>, Gap> {
    let public = acl::grants(bucket, cx)?.into_iter().filter(|grant| grant.grantee.is_public());
    Ok(public
        .map(|grant| (format!("the ACL grants {}", grant.label()), grant.place, grant.severity()))
        .collect())
}

fn by_policy<'a>(cx: &Cx<'a>) -> Result<Vec<Open<'a>>, Gap> {
    let mut open = Vec::new();
    for policy in access::policies(cx)? {
        let Some(policy) = policy.known()? else { continue };
        for grant in policy.exposure().public()? {
            let severity = if access::may_change(grant) { Severity::Critical } else { Severity::High };
            let what = format!(
                "{} of the policy lets anyone use {}",
                grant.statement.label(),
                access::actions_of(grant)
            );
            open.push((what, access::place_of(grant), severity));
        }
    }
    Ok(open)
}

/// Why the grants have no effect, or the problem that they are.
fn held(
    open: Vec<Open<'_>>,
    shield: impl FnOnce() -> Result<Shield, Gap>,
) -> Result<Result<String, Problem>, Gap> {
    let Some(worst) = open.iter().map(|(.., severity)| *severity).max() else {
        return Ok(Ok("no grant to the public".to_owned()));
    };
    let whats: Vec<&str> = open.iter().map(|(what, ..)| what.as_str()).collect();
    let what = whats.join(", and ");
    let (message, severity) = match shield()? {
        Shield::By(why) => return Ok(Ok(format!("{what}, blocked by {why}"))),
        Shield::None => (what, worst),
        Shield::NewBucketsOnly => (
            format!("{what}; only AWS's defaults for buckets made since April 2023 stand in the way"),
            worst.min(Severity::High),
        ),
    };
    let problem = Problem::new(message).severity(severity);
    Ok(Err(open.iter().fold(problem, |problem, (_, place, _)| problem.at(place))))
}

fn joined(one: Problem, other: Problem) -> Problem {
    Problem {
        message: format!("{}, and {}", one.message, other.message),
        places: one.places.into_iter().chain(other.places).collect(),
        severity: one.severity.max(other.severity),
        ..Problem::default()
    }
}

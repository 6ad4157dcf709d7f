//! The ACL lets nobody in but the owner: each grantee and permission, judged by what is effective.

use super::access::Shield;
use super::acl::{self, AclGrant, Grantee};
use crate::{Cx, Each, Judge};
use tieout_aws_state::types::Bucket;
use tieout_model::{About, Confidence, Judged, Persona, Problem, Severity, Verdict};

/// The check.
pub static CHECK: Each<Bucket> = Each {
    about: About {
        id: "s3-bucket-acl-grants",
        title: "S3 bucket's ACL grants nothing to others",
        severity: Severity::High,
        confidence: Confidence::High,
        persona: Persona::Engineer,
        cwe: &[284, 732],
        controls: &["AWS-FSBP:S3.12"],
        objectives: &["network-exposure", "least-privilege"],
        reads: &[
            "s3:ListAllMyBuckets",
            "s3:GetBucketLocation",
            "s3:GetBucketAcl",
            "s3:GetBucketOwnershipControls",
            "s3:GetBucketPublicAccessBlock",
            "s3:GetAccountPublicAccessBlock",
        ],
        aliases: &[
            ("prowler", "s3_bucket_public_list_acl"),
            ("prowler", "s3_bucket_public_write_acl"),
            ("checkov", "CKV_AWS_20"),
            ("checkov", "CKV_AWS_57"),
            ("checkov", "CKV_AWS_375"),
            ("checkov", "CKV2_AWS_43"),
        ],
        guide: include_str!("bucket_acl_grants.md"),
    },
    judge: Judge::Configuration(judge),
};

fn judge(bucket: &Bucket, cx: &Cx<'_>) -> Judged {
    let grants: Vec<AclGrant<'_>> = acl::grants(bucket, cx)?
        .into_iter()
        .filter(|grant| !matches!(grant.grantee, Grantee::Owner | Grantee::Service(_)))
        .collect();
    if grants.is_empty() {
        return Ok(Verdict::pass("the ACL grants nothing to anyone but the owner and AWS's log delivery"));
    }
    let (mut open, mut blocked) = (Vec::new(), Vec::new());
    for grant in &grants {
        match acl::shield(grant, bucket, cx)? {
            Shield::By(why) => blocked.push(format!("{} is blocked by {why}", grant.label())),
            Shield::None => open.push((grant, String::new())),
            Shield::NewBucketsOnly => {
                open.push((grant, " (refused for buckets made since April 2023)".to_owned()))
            }
        }
    }
    let Some(worst) = open.iter().map(|(grant, _)| grant.severity()).max() else {
        return Ok(Verdict::pass(blocked.join("; ")));
    };
    let labels: Vec<_> = open.iter().map(|(grant, note)| format!("{}{note}", grant.label())).collect();
    let problem = Problem::new(format!("the ACL grants {}", labels.join(", "))).severity(worst);
    Ok(open.iter().fold(problem, |problem, (grant, _)| problem.at(grant.place)).into())
}

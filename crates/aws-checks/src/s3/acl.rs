//! The grants of a bucket's ACL, in one shape whether written as a canned ACL or reported by the API.

use super::access::{self, Shield};
use crate::Cx;
use tieout_aws_state::generated::s3::BucketLiveGrants;
use tieout_aws_state::types::Bucket;
use tieout_model::{Gap, Place, Setting, Severity};

/// Whom a grant is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Grantee {
    /// The group AllUsers: anyone, without credentials.
    Everyone,
    /// The group AuthenticatedUsers: anyone with any AWS account.
    AnyAccount,
    /// S3's log delivery and other services of AWS.
    Service(&'static str),
    /// The bucket's owner.
    Owner,
    /// Another account: its name or canonical id.
    Other(String),
}

impl Grantee {
    /// True for everyone and for every AWS account.
    pub(crate) fn is_public(&self) -> bool {
        matches!(self, Grantee::Everyone | Grantee::AnyAccount)
    }

    /// How a message names it.
    pub(crate) fn label(&self) -> String {
        match self {
            Grantee::Everyone => "everyone (AllUsers)".to_owned(),
            Grantee::AnyAccount => "any AWS account (AuthenticatedUsers)".to_owned(),
            Grantee::Service(name) => (*name).to_owned(),
            Grantee::Owner => "the owner".to_owned(),
            Grantee::Other(id) => format!("another account ({id})"),
        }
    }
}

/// A grant of the ACL.
#[derive(Debug, Clone)]
pub(crate) struct AclGrant<'a> {
    /// For whom.
    pub(crate) grantee: Grantee,
    /// `READ`, `WRITE`, `READ_ACP`, `WRITE_ACP`, `FULL_CONTROL`.
    pub(crate) permission: &'a str,
    /// Where it is written.
    pub(crate) place: &'a Place,
}

impl AclGrant<'_> {
    /// `READ for everyone (AllUsers)`.
    pub(crate) fn label(&self) -> String {
        format!("{} for {}", self.permission, self.grantee.label())
    }

    /// How bad the grant is where nothing holds it back.
    pub(crate) fn severity(&self) -> Severity {
        match (self.grantee.is_public(), self.permission) {
            (true, "READ" | "READ_ACP") => Severity::High,
            (true, _) => Severity::Critical,
            (false, _) => Severity::Medium,
        }
    }
}

/// What holds a grant back. A public access block stops grants to the public; the ownership setting stops every grant.
pub(crate) fn shield(grant: &AclGrant<'_>, bucket: &Bucket, cx: &Cx<'_>) -> Result<Shield, Gap> {
    if grant.grantee.is_public() {
        return access::shield_of_acl(bucket, cx);
    }
    let off = access::acls_off(bucket);
    Ok(match (off.is_true()?, matches!(off, Setting::Default(..))) {
        (false, _) => Shield::None,
        (true, false) => Shield::By("ObjectOwnership BucketOwnerEnforced, which turns ACLs off".to_owned()),
        (true, true) => Shield::NewBucketsOnly,
    })
}

/// Every grant of a bucket's ACL: as the account reports it, the owner's own included, or before deployment
/// what the canned ACL will grant.
pub(crate) fn grants<'a>(bucket: &'a Bucket, cx: &Cx<'_>) -> Result<Vec<AclGrant<'a>>, Gap> {
    if !cx.resource.is_live() {
        return canned(bucket);
    }
    let mut all = Vec::new();
    let owner = bucket.live.owner.known()?.map(String::as_str);
    for grant in bucket.live.grants.items()? {
        let permission = grant.permission.text()?;
        all.push(AclGrant { grantee: grantee(grant, owner)?, permission, place: grant.permission.place() });
    }
    Ok(all)
}

fn grantee(grant: &BucketLiveGrants, owner: Option<&str>) -> Result<Grantee, Gap> {
    let uri = grant.grantee_uri.text()?;
    if !uri.is_empty() {
        return Ok(match uri.rsplit('/').next().unwrap_or_default() {
            "AllUsers" => Grantee::Everyone,
            "AuthenticatedUsers" => Grantee::AnyAccount,
            "LogDelivery" => Grantee::Service("S3 log delivery"),
            _ => Grantee::Other(uri.to_owned()),
        });
    }
    let id = grant.grantee_id.text()?;
    Ok(match id {
        _ if owner.is_some_and(|owner| owner == id) => Grantee::Owner,
        CLOUDFRONT_LOGS => Grantee::Service("CloudFront log delivery"),
        "" => Grantee::Other(grant.grantee_name.text()?.to_owned()),
        _ => Grantee::Other(id.to_owned()),
    })
}

/// The canonical id under which CloudFront delivers its standard logs.
/// Source: Amazon CloudFront Developer Guide, "Configure standard logging (legacy)".
const CLOUDFRONT_LOGS: &str = "c4c1ede66af53448b93c283ce9448c4ba468c9432aa01d700d3878632f77d2d0";

/// What a canned ACL grants on the bucket, in CloudFormation's spelling or Terraform's.
/// Source: Amazon S3 User Guide, "Canned ACL".
fn canned(bucket: &Bucket) -> Result<Vec<AclGrant<'_>>, Gap> {
    let word = bucket.access_control.text()?.replace('-', "").to_ascii_lowercase();
    let granted: &[(Grantee, &str)] = match word.as_str() {
        "publicread" => &[(Grantee::Everyone, "READ")],
        "publicreadwrite" => &[(Grantee::Everyone, "READ"), (Grantee::Everyone, "WRITE")],
        "authenticatedread" => &[(Grantee::AnyAccount, "READ")],
        "logdeliverywrite" => &[
            (Grantee::Service("S3 log delivery"), "WRITE"),
            (Grantee::Service("S3 log delivery"), "READ_ACP"),
        ],
        "awsexecread" => &[(Grantee::Service("Amazon EC2"), "READ")],
        // `BucketOwner…` speaks of objects only.
        "" | "private" | "bucketownerread" | "bucketownerfullcontrol" => &[],
        _ => return Err(Gap::unsupported(format_args!("the canned ACL `{word}`"))),
    };
    let place = bucket.access_control.place();
    Ok(granted
        .iter()
        .map(|(grantee, permission)| AclGrant { grantee: grantee.clone(), permission, place })
        .collect())
}

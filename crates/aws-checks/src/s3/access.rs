//! What is effective on a bucket: who is granted what by its ACL and policy, and what holds a public grant back.
//! Shared by the checks that ask; makes no verdict.

use crate::Cx;
use tieout_aws_state::types::{Bucket, BucketPolicy, S3PublicAccessBlock};
use tieout_iam::{ActionClause, Grant, Owner, Policy};
use tieout_model::{Gap, Place, Setting};

/// What holds a public grant back.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Shield {
    /// Nothing.
    None,
    /// It has no effect, and why.
    By(String),
    /// Only AWS's defaults for new buckets stand in its way: the deployment of a new bucket is refused, and a
    /// bucket made before April 2023 is open.
    NewBucketsOnly,
}

#[derive(Default)]
struct Search {
    by: Option<String>,
    by_default: bool,
    gap: Option<Gap>,
}

impl Search {
    fn flag(&mut self, flag: &Setting<bool>, name: &str) {
        match flag {
            Setting::Set(true, _) => self.by = self.by.take().or_else(|| Some(name.to_owned())),
            Setting::Default(true, _) => self.by_default = true,
            Setting::Unknown(gap, _) => self.gap = self.gap.take().or_else(|| Some(gap.clone())),
            _ => {}
        }
    }

    fn shield(self) -> Result<Shield, Gap> {
        match (self.by, self.gap) {
            (Some(by), _) => Ok(Shield::By(by)),
            (None, Some(gap)) => Err(gap),
            (None, None) if self.by_default => Ok(Shield::NewBucketsOnly),
            (None, None) => Ok(Shield::None),
        }
    }
}

/// Whether the ownership setting turns ACLs off.
pub(crate) fn acls_off(bucket: &Bucket) -> Setting<bool> {
    let off = |ownership: &Setting<String>| ownership.text().map(|text| text == "BucketOwnerEnforced");
    match &bucket.ownership_controls.rules {
        Setting::Set(rules, place) => match rules.first().map(|rule| (off(&rule.object_ownership), rule)) {
            Some((Ok(off), rule)) => Setting::Set(off, rule.object_ownership.place().clone()),
            Some((Err(gap), rule)) => Setting::Unknown(gap, rule.object_ownership.place().clone()),
            None => Setting::Absent(place.clone()),
        },
        Setting::Default(rules, place) => {
            let off = rules.first().is_some_and(|rule| off(&rule.object_ownership) == Ok(true));
            Setting::Default(off, place.clone())
        }
        Setting::Absent(place) => Setting::Absent(place.clone()),
        Setting::Unknown(gap, place) => Setting::Unknown(gap.clone(), place.clone()),
    }
}

/// The account's own public access block, where the state has one.
pub(crate) fn account_block<'a>(cx: &Cx<'a>) -> Result<Option<&'a S3PublicAccessBlock>, Gap> {
    Ok(cx.beside::<S3PublicAccessBlock>()?.first().map(|(_, block)| *block))
}

/// What holds back a grant of the ACL to everyone or to every AWS account.
pub(crate) fn shield_of_acl(bucket: &Bucket, cx: &Cx<'_>) -> Result<Shield, Gap> {
    let block = &bucket.public_access_block_configuration;
    let mut search = Search::default();
    search.flag(&acls_off(bucket), "ObjectOwnership BucketOwnerEnforced, which turns ACLs off");
    search.flag(&block.ignore_public_acls, "IgnorePublicAcls of the bucket");
    // Before deployment, S3 refuses the ACL itself.
    if !cx.resource.is_live() {
        search.flag(&block.block_public_acls, "BlockPublicAcls of the bucket");
    }
    match account_block(cx) {
        Ok(Some(account)) => search.flag(&account.ignore_public_acls, "IgnorePublicAcls of the account"),
        Ok(None) => {}
        Err(gap) => search.gap = search.gap.or(Some(gap)),
    }
    search.shield()
}

/// What holds back a grant of the bucket policy to everyone.
pub(crate) fn shield_of_policy(bucket: &Bucket, cx: &Cx<'_>) -> Result<Shield, Gap> {
    let block = &bucket.public_access_block_configuration;
    let mut search = Search::default();
    search.flag(&block.restrict_public_buckets, "RestrictPublicBuckets of the bucket");
    if !cx.resource.is_live() {
        search.flag(&block.block_public_policy, "BlockPublicPolicy of the bucket");
    }
    match account_block(cx) {
        Ok(Some(account)) => {
            search.flag(&account.restrict_public_buckets, "RestrictPublicBuckets of the account");
        }
        Ok(None) => {}
        Err(gap) => search.gap = search.gap.or(Some(gap)),
    }
    search.shield()
}

/// The bucket's policy. S3 keeps one a bucket, so that one which is known to name it is all there is.
pub(crate) fn policies<'a>(cx: &Cx<'a>) -> Result<Vec<&'a Setting<Policy>>, Gap> {
    let known = cx.state.known_naming(cx.resource, BucketPolicy::BUCKET);
    let all = if known.is_empty() { cx.naming(BucketPolicy::BUCKET)? } else { known };
    Ok(all.into_iter().map(|(_, policy)| &policy.policy_document).collect())
}

/// What the policy's questions need to know of the bucket.
pub(crate) fn owner<'a>(bucket: &'a Bucket, cx: &Cx<'a>) -> Owner<'a> {
    Owner {
        account: cx.account().map(|account| &**account),
        bucket: bucket.bucket_name.known().ok().flatten().map(String::as_str),
    }
}

/// The actions of a grant as a message names them.
pub(crate) fn actions_of(grant: &Grant<'_>) -> String {
    let patterns = grant.actions().patterns();
    let names: Vec<&str> = patterns.iter().take(3).map(|pattern| pattern.text()).collect();
    let more = if patterns.len() > 3 { format!(" and {} more", patterns.len() - 3) } else { String::new() };
    let all_but = if matches!(grant.actions(), ActionClause::NotAction(_)) { "all but " } else { "" };
    format!("{all_but}{}{more}", names.join(", "))
}

/// Where a grant is written: its principal, else its statement.
pub(crate) fn place_of<'p>(grant: &Grant<'p>) -> &'p Place {
    match grant.principal {
        Some(principal) if principal.value.at != Place::None => &principal.value.at,
        _ => &grant.statement.at,
    }
}

/// Whether a grant lets its audience change something.
pub(crate) fn may_change(grant: &Grant<'_>) -> bool {
    match grant.actions() {
        ActionClause::Action(patterns) => patterns.iter().any(|pattern| {
            let text = pattern.text().to_ascii_lowercase();
            !["s3:get", "s3:list", "s3:head"].iter().any(|read| text.starts_with(read))
        }),
        _ => true,
    }
}

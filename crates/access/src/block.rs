//! Whether S3 block public access keeps outsiders from a bucket with a public policy.

use crate::catalogue::Catalogue;
use tieout_aws_state::types::{Bucket, S3PublicAccessBlock};
use tieout_aws_state::{AwsType, Resource, Scope};
use tieout_model::{Gap, Setting};

/// What is known of it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Block {
    On,
    Off,
    Open(Gap),
}

/// `RestrictPublicBuckets` of a bucket or of its account.
pub(crate) fn block(catalogue: &Catalogue<'_>, resource: &Resource) -> Block {
    let Some(bucket) = Bucket::of(&resource.typed) else { return Block::Off };
    let declared = &resource.declared;
    let mut flags = vec![&bucket.public_access_block_configuration.restrict_public_buckets];
    let mut open = None;
    let beside = catalogue.state.all::<S3PublicAccessBlock>();
    flags.extend(
        beside
            .filter(|(other, _)| other.declared.scope == declared.scope)
            .map(|(_, account)| &account.restrict_public_buckets),
    );
    if let Scope::Account(account) = &declared.scope {
        open = catalogue.state.population_gap(S3PublicAccessBlock::NAME, account, None).cloned();
    }
    for flag in flags {
        match flag {
            Setting::Set(true, _) => return Block::On,
            Setting::Default(true, _) => {
                let what =
                    format!("whether {} is made after AWS's defaults of April 2023", resource.subject.id);
                open = open.or_else(|| Some(Gap::unresolved(what)));
            }
            Setting::Unknown(gap, _) => open = open.or_else(|| Some(gap.clone())),
            _ => {}
        }
    }
    open.map_or(Block::Off, Block::Open)
}

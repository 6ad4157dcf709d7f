//! Every bucket with what protects it, and every grant of its ACL with what is effective of it.

use super::cell::{column, place, text};
use crate::Cx;
use crate::s3::access::{self, Shield};
use crate::s3::acl::{self, AclGrant};
use crate::s3::{
    bucket_encryption, bucket_logging_enabled, bucket_not_public, bucket_policy_denies_http,
    bucket_public_access_block,
};
use std::collections::BTreeMap;
use tieout_aws_state::types::Bucket;
use tieout_aws_state::{Resource, State};
use tieout_model::{Cell, Column, ColumnKind, Gap, Judged, Status, Table, Verdict};

/// Every bucket with what protects it.
pub fn table(state: &State) -> Table {
    let rows = sorted(state).into_iter().map(|(resource, bucket)| row(state, resource, bucket)).collect();
    let mut columns = head();
    columns.extend([
        column("Open to the public", ColumnKind::Flag),
        column("Why", ColumnKind::Text),
        column("Policy to anyone", ColumnKind::Text),
        column("Ownership", ColumnKind::Text),
        column("Public access blocked", ColumnKind::Flag),
        column("TLS only", ColumnKind::Flag),
        column("Encryption", ColumnKind::Text),
        column("Versioning", ColumnKind::Text),
        column("MFA delete", ColumnKind::Text),
        column("Access logs", ColumnKind::Status),
        column("Where", ColumnKind::Text),
    ]);
    let note =
        "Every bucket, with what is effective after ownership setting, public access blocks and policy."
            .into();
    Table { id: "s3-buckets".into(), title: "S3 buckets".into(), note, columns, rows }
}

/// Every grantee of every bucket's ACL.
pub fn grants_table(state: &State) -> Table {
    let rows = sorted(state)
        .into_iter()
        .flat_map(|(resource, bucket)| grant_rows(state, resource, bucket))
        .collect();
    let mut columns = head();
    columns.push(column("Grantee", ColumnKind::Text));
    columns.extend(PERMISSIONS.map(|permission| column(permission, ColumnKind::Flag)));
    columns.extend([column("Effective", ColumnKind::Flag), column("Why", ColumnKind::Text)]);
    let note =
        "Every grantee of every bucket's ACL by permission, and whether the grant has an effect.".into();
    Table { id: "s3-grants".into(), title: "S3 grants".into(), note, columns, rows }
}

const PERMISSIONS: [&str; 5] = ["READ", "WRITE", "READ_ACP", "WRITE_ACP", "FULL_CONTROL"];

fn head() -> Vec<Column> {
    ["Bucket", "Account", "Region"].map(|title| column(title, ColumnKind::Text)).to_vec()
}

fn sorted(state: &State) -> Vec<(&Resource, &Bucket)> {
    let mut buckets: Vec<_> = state.all::<Bucket>().collect();
    buckets.sort_by(|(a, _), (b, _)| {
        (&a.subject.account, &a.subject.name, &a.subject.id).cmp(&(
            &b.subject.account,
            &b.subject.name,
            &b.subject.id,
        ))
    });
    buckets
}

fn about(resource: &Resource) -> Vec<Cell> {
    let subject = &resource.subject;
    let optional = |value: &Option<String>| value.clone().map_or(Cell::Empty, Cell::Text);
    vec![
        Cell::Text(subject.name.clone().unwrap_or_default()),
        optional(&subject.account),
        optional(&subject.region),
    ]
}

fn row(state: &State, resource: &Resource, bucket: &Bucket) -> Vec<Cell> {
    let cx = Cx { state, resource };
    let public = bucket_not_public::judge(bucket, &cx);
    let mut cells = about(resource);
    cells.extend([
        opposite(&public),
        why(&public),
        policy(&cx),
        ownership(bucket),
        holds(&bucket_public_access_block::judge(bucket, &cx)),
        holds(&bucket_policy_denies_http::judge(bucket, &cx)),
        why(&bucket_encryption::judge(bucket, &cx)),
        text(&bucket.versioning_configuration.status),
        text(&bucket.live.mfa_delete),
        status(&bucket_logging_enabled::judge(bucket, &cx)),
        place(resource.place()),
    ]);
    cells
}

/// Whether what a check asks for holds.
fn holds(judged: &Judged) -> Cell {
    match judged {
        Ok(Verdict::Pass(_)) => Cell::Flag(true),
        Ok(Verdict::Fail(_)) => Cell::Flag(false),
        Ok(Verdict::NotApplicable(_)) => Cell::Empty,
        Ok(Verdict::NotAssessed(gap)) | Err(gap) => Cell::Unknown(gap.to_string()),
    }
}

fn opposite(judged: &Judged) -> Cell {
    match holds(judged) {
        Cell::Flag(flag) => Cell::Flag(!flag),
        other => other,
    }
}

fn status(judged: &Judged) -> Cell {
    Cell::Status(match judged {
        Ok(Verdict::Pass(_)) => Status::Pass,
        Ok(Verdict::Fail(_)) => Status::Fail,
        Ok(Verdict::NotApplicable(_)) => Status::NotApplicable,
        Ok(Verdict::NotAssessed(_)) | Err(_) => Status::NotAssessed,
    })
}

fn why(judged: &Judged) -> Cell {
    match judged {
        Ok(Verdict::Pass(why) | Verdict::NotApplicable(why)) => Cell::Text(why.clone()),
        Ok(Verdict::Fail(problem)) => Cell::Text(problem.message.clone()),
        Ok(Verdict::NotAssessed(gap)) | Err(gap) => Cell::Unknown(gap.to_string()),
    }
}

fn ownership(bucket: &Bucket) -> Cell {
    match bucket.ownership_controls.rules.known() {
        Ok(rules) => {
            rules.and_then(|rules| rules.first()).map_or(Cell::Empty, |rule| text(&rule.object_ownership))
        }
        Err(gap) => Cell::Unknown(gap.to_string()),
    }
}

/// What the policy lets anyone do, whether or not it is blocked.
fn policy(cx: &Cx<'_>) -> Cell {
    let open = || -> Result<Vec<String>, Gap> {
        let mut open = Vec::new();
        for policy in access::policies(cx)? {
            let Some(policy) = policy.known()? else { continue };
            open.extend(policy.exposure().public()?.into_iter().map(access::actions_of));
        }
        Ok(open)
    };
    match open() {
        Ok(open) if open.is_empty() => Cell::Text("nothing".to_owned()),
        Ok(open) => Cell::Text(open.join("; ")),
        Err(gap) => Cell::Unknown(gap.to_string()),
    }
}

fn grant_rows(state: &State, resource: &Resource, bucket: &Bucket) -> Vec<Vec<Cell>> {
    let cx = Cx { state, resource };
    let grants = match acl::grants(bucket, &cx) {
        Ok(grants) => grants,
        Err(gap) => {
            let unknown = vec![Cell::Unknown(gap.to_string()); PERMISSIONS.len() + 3];
            return vec![about(resource).into_iter().chain(unknown).collect()];
        }
    };
    let mut by_grantee: BTreeMap<String, Vec<&AclGrant<'_>>> = BTreeMap::new();
    for grant in &grants {
        by_grantee.entry(grant.grantee.label()).or_default().push(grant);
    }
    let line = |(label, grants): (String, Vec<&AclGrant<'_>>)| {
        let mut cells = about(resource);
        cells.push(Cell::Text(label));
        cells.extend(
            PERMISSIONS.map(|wanted| Cell::Flag(grants.iter().any(|grant| grant.permission == wanted))),
        );
        cells.extend(grants.first().map_or([Cell::Empty, Cell::Empty], |grant| effect(grant, bucket, &cx)));
        cells
    };
    by_grantee.into_iter().map(line).collect()
}

/// Whether a grant has an effect, and why not.
fn effect(grant: &AclGrant<'_>, bucket: &Bucket, cx: &Cx<'_>) -> [Cell; 2] {
    if grant.grantee == acl::Grantee::Owner {
        return [Cell::Flag(true), Cell::Text("the owner's own".to_owned())];
    }
    match acl::shield(grant, bucket, cx) {
        Ok(Shield::None) => [Cell::Flag(true), Cell::Text("nothing holds it back".to_owned())],
        Ok(Shield::By(why)) => [Cell::Flag(false), Cell::Text(format!("blocked by {why}"))],
        Ok(Shield::NewBucketsOnly) => {
            [Cell::Flag(true), Cell::Text("refused for buckets made since April 2023 only".to_owned())]
        }
        Err(gap) => [Cell::Unknown(gap.to_string()), Cell::Empty],
    }
}

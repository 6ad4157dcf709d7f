//! Lints of what a kind of policy may say at all: elements, principals, ids, size.

use super::{Linted, PolicyKind};
use crate::policy::{Effect, Policy, Statement, Version};
use crate::{ActionClause, PrincipalClause, PrincipalKind, PrincipalPattern, ResourceClause};
use std::collections::BTreeSet;

/// The most characters of a kind of document, white space aside where AWS leaves it aside.
/// Source: the quotas of IAM and STS, AWS Organizations, Amazon S3, AWS KMS and Amazon VPC in AWS's user guides.
fn most_characters(kind: PolicyKind) -> (usize, &'static str) {
    match kind {
        PolicyKind::Identity => (10_240, "an inline policy of a role (a managed policy has 6,144)"),
        PolicyKind::Boundary => (6_144, "a managed policy"),
        PolicyKind::Trust => (4_096, "a trust policy (2,048 unless the quota was raised)"),
        PolicyKind::Session => (2_048, "a session policy"),
        PolicyKind::Scp => (10_240, "a service control policy"),
        PolicyKind::Rcp => (5_120, "a resource control policy"),
        PolicyKind::VpcEndpoint => (20_480, "a VPC endpoint policy"),
        PolicyKind::Key => (32_768, "a key policy"),
        PolicyKind::Resource => (20_480, "a bucket policy, the longest of the resource policies"),
    }
}

pub(super) fn document(policy: &Policy, kind: PolicyKind, out: &mut Linted) {
    let length = policy.characters();
    let (most, what) = most_characters(kind);
    if length > most {
        let message = format!("the document has {length} characters, and {most} is the most for {what}");
        out.error("too-large", message, &policy.at);
    } else if matches!(kind, PolicyKind::Identity) && length > 6_144 {
        let message = format!("the document has {length} characters; a managed policy has 6,144 at most");
        out.warn("too-large", message, &policy.at);
    }
    if policy.version == Version::V2008 && policy.gaps.is_empty() && policy.problems.is_empty() {
        let message = "the document is of the language of 2008, which knows no variables; add `\"Version\": \"2012-10-17\"`";
        out.suggest("old-version", message, &policy.at);
    }
    let mut seen = BTreeSet::new();
    for statement in &policy.statements {
        let Some(sid) = statement.sid.as_deref().filter(|sid| !sid.is_empty()) else { continue };
        if !seen.insert(sid) {
            let message = format!("the Sid `{sid}` stands twice; AWS wants it to be unique in a document");
            out.error("duplicate-sid", message, &statement.at);
        }
        if kind.is_of_identity() && !sid.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            let message = format!("the Sid `{sid}` may have letters and digits only");
            out.error("sid-form", message, &statement.at);
        }
    }
}

pub(super) fn statement(statement: &Statement, kind: PolicyKind, out: &mut Linted) {
    let written = statement.principal != PrincipalClause::Absent;
    match (kind.has_principals(), written) {
        (true, false) => {
            let message = format!("{} has no Principal, which this kind of policy needs", statement.label());
            out.error("missing-principal", message, &statement.at);
        }
        (false, true) => {
            let message =
                format!("{} has a Principal, which this kind of policy may not have", statement.label());
            out.error("unsupported-principal", message, &statement.at);
        }
        _ => {}
    }
    let no_resource = statement.resources == ResourceClause::Absent;
    match kind {
        PolicyKind::Trust if !no_resource => {
            let message = "a trust policy names no resource: it is the role's own";
            out.error("unsupported-resource", message, &statement.at);
        }
        PolicyKind::Trust => {}
        _ if no_resource => {
            let message = format!("{} has neither Resource nor NotResource", statement.label());
            out.error("missing-resource", message, &statement.at);
        }
        _ => {}
    }
    match kind {
        PolicyKind::Rcp => rcp(statement, out),
        PolicyKind::Trust => trust(statement, out),
        PolicyKind::VpcEndpoint => only_everyone(statement, "an endpoint policy", out),
        _ => {}
    }
    for principal in statement.principal.patterns() {
        one_principal(principal, out);
    }
    if let Some(gap) = statement.principal.gap() {
        out.open(gap, &statement.at);
    }
    if matches!(statement.principal, PrincipalClause::NotPrincipal(_)) {
        match statement.effect {
            Some(Effect::Allow) => out.error(
                "allow-not-principal",
                "Allow with NotPrincipal lets in everyone but these, anonymous callers too; name who is let in",
                &statement.at,
            ),
            _ => out.warn(
                "deny-not-principal",
                "Deny with NotPrincipal meets every caller that has a permissions boundary, named or not; \
                 use ArnNotLike on aws:PrincipalArn",
                &statement.at,
            ),
        }
    }
}

fn rcp(statement: &Statement, out: &mut Linted) {
    if statement.effect == Some(Effect::Allow) {
        let message = "a resource control policy of your own may only deny; RCPFullAWSAccess allows";
        out.error("rcp-allow", message, &statement.at);
    }
    if matches!(statement.actions, ActionClause::NotAction(_)) {
        out.error("rcp-not-action", "a resource control policy may not have NotAction", &statement.at);
    }
    if let Some(all) = statement.actions.patterns().iter().find(|pattern| pattern.is_any()) {
        out.error("rcp-all-actions", "a resource control policy must name services: `s3:*`", &all.at);
    }
    only_everyone(statement, "a resource control policy", out);
}

fn only_everyone(statement: &Statement, what: &str, out: &mut Linted) {
    let everyone = match &statement.principal {
        PrincipalClause::Principal(patterns) => {
            patterns.iter().all(|pattern| pattern.is_anyone() || pattern.value.hole().is_some())
        }
        PrincipalClause::NotPrincipal(_) => false,
        PrincipalClause::Absent | PrincipalClause::Unknown(_) => true,
    };
    if !everyone {
        let message = format!("the Principal of {what} must be `*`; limit callers by a condition");
        out.error("unsupported-principal", message, &statement.at);
    }
}

fn trust(statement: &Statement, out: &mut Linted) {
    for pattern in statement.actions.patterns() {
        let text = pattern.text().to_ascii_lowercase();
        if pattern.hole().is_none() && !text.starts_with("sts:") && !pattern.is_any() {
            let message = format!("`{pattern}` has no effect in a trust policy; only actions of sts do");
            out.error("trust-action", message, &pattern.at);
        }
    }
}

fn one_principal(principal: &PrincipalPattern, out: &mut Linted) {
    let Some(text) = principal.value.plain() else { return };
    let at = &principal.value.at;
    if principal.value.is_any() {
        return;
    }
    if principal.value.is_wild() {
        let message = format!(
            "`{text}`: a wildcard within a principal means nothing; name it, or limit `*` by a condition on aws:PrincipalArn"
        );
        out.error("wildcard-in-principal", message, at);
        return;
    }
    let fits = match principal.kind {
        PrincipalKind::Aws => {
            crate::principal::is_account_id(text) || text.starts_with("arn:") || is_unique_id(text)
        }
        PrincipalKind::Service => {
            text.ends_with(".amazonaws.com")
                || text.ends_with(".amazonaws.com.cn")
                || text.ends_with(".aws.internal")
        }
        PrincipalKind::CanonicalUser => text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit()),
        PrincipalKind::Federated | PrincipalKind::Anyone => true,
    };
    if !fits {
        out.error("principal-form", format!("`{text}` is no principal of this kind"), at);
    } else if is_unique_id(text) {
        let message = format!("`{text}` is the id of a principal that was deleted: nobody is meant by it");
        out.warn("deleted-principal", message, at);
    }
}

/// The id that AWS shows in place of a deleted user's or role's ARN.
fn is_unique_id(text: &str) -> bool {
    ["AIDA", "AROA"].iter().any(|prefix| text.starts_with(prefix)) && text.len() >= 16
}

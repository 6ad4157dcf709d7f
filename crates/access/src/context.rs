//! The context keys that follow from principal and resource, and those that the user gives.

use crate::ask::Given;
use crate::target::Subject;
use crate::text::of_node;
use crate::world::World;
use std::borrow::Cow;
use tieout_aws_state::mapping::select;
use tieout_iam::Arn;
use tieout_iam::eval::{Context, ContextValue, Principal};

/// Key and value of what every request of an SDK has.
pub(crate) const TLS: (&str, &str) = ("aws:SecureTransport", "true");

/// The context of a request. A key that is not there is unknown, or with [`Given::exact`] absent.
pub(crate) fn context(
    given: &Given,
    subject: &Subject<'_>,
    principal: Principal<'_>,
    resource: (&str, Option<&str>),
    world: &World<'_, '_>,
) -> Context<'static> {
    let mut context = if given.exact { Context::new() } else { Context::open() };
    let mut set = |key: &str, value: &str| {
        context.set(key.to_owned(), ContextValue::One(Cow::Owned(value.to_owned())));
    };
    set(TLS.0, TLS.1);
    let service = matches!(principal, Principal::Service(_));
    set("aws:PrincipalIsAWSService", if service { "true" } else { "false" });
    let kind = match principal {
        Principal::Root(..) => Some("Account"),
        Principal::User(_) => Some("User"),
        Principal::Role(_) | Principal::Session(_) => Some("AssumedRole"),
        Principal::FederatedUser(_) => Some("FederatedUser"),
        Principal::Anonymous => Some("Anonymous"),
        Principal::Provider(_) | Principal::Service(_) => None,
    };
    if let Some(kind) = kind {
        set("aws:PrincipalType", kind);
    }
    if let Principal::Service(name) = principal {
        set("aws:PrincipalServiceName", name);
    }
    if let Some(account) = principal.account() {
        set("aws:PrincipalAccount", account);
    }
    match principal {
        Principal::User(arn) => {
            set("aws:PrincipalArn", arn);
            set("aws:username", arn.rsplit('/').next().unwrap_or_default());
        }
        Principal::Role(arn) => set("aws:PrincipalArn", arn),
        // The key holds the role's ARN, path and all.
        Principal::Session(_) => {
            if let Some(role) = subject.holder.and_then(crate::text::arn) {
                set("aws:PrincipalArn", &world.render(&role));
            }
        }
        _ => {}
    }
    let (arn, owner) = resource;
    if let Some(owner) = owner {
        set("aws:ResourceAccount", owner);
    }
    let region = Arn::parse(arn).map_or("", |arn| arn.region);
    if !region.is_empty() && !region.contains(['*', '{']) {
        set("aws:RequestedRegion", region);
    }
    for (key, value) in tags(subject, world) {
        set(&key, &value);
    }
    for (key, values) in &given.context {
        let value = match values.as_slice() {
            [one] => ContextValue::One(Cow::Owned(one.clone())),
            several => ContextValue::Many(several.iter().cloned().map(Cow::Owned).collect()),
        };
        context.set(key.clone(), value);
    }
    context
}

fn tags(subject: &Subject<'_>, world: &World<'_, '_>) -> Vec<(String, String)> {
    let Some(holder) = subject.holder else { return Vec::new() };
    let tags = select(&holder.declared.properties, "Tags");
    let items = tags.into_iter().flat_map(|node| node.items());
    items
        .filter_map(|tag| {
            let (key, value) = (tag.get("Key")?.scalar_text()?, tag.get("Value")?);
            value.is_known().then(|| (format!("aws:PrincipalTag/{key}"), world.render(&of_node(value))))
        })
        .collect()
}

//! The policies of a principal: inline, attached, of its groups, written elsewhere; and its boundary.

use crate::catalogue::Catalogue;
use crate::layers::{Body, Written};
use crate::target::Subject;
use tieout_aws_state::mapping::select;
use tieout_aws_state::types::{
    Group, GroupPolicy, InlinePolicy, ManagedPolicy, Role, RolePolicy, User, UserPolicy, UserToGroupAddition,
};
use tieout_aws_state::{AwsType, Edge, Linked, Resource};
use tieout_iam::eval::Principal;
use tieout_iam::facts::managed_policy;
use tieout_model::{Gap, Reason, Value};

/// The policies that a principal's own side brings.
#[derive(Debug, Default)]
pub(crate) struct Identity<'s> {
    pub(crate) policies: Vec<Written<'s>>,
    /// None where it has no boundary.
    pub(crate) boundary: Vec<Written<'s>>,
}

/// Gathers them. What is not in sight is there as an unknown policy.
pub(crate) fn identity<'s>(catalogue: &Catalogue<'s>, subject: &Subject<'s>, arn: &str) -> Identity<'s> {
    let Some(holder) = subject.holder else { return of_outsider(catalogue, arn) };
    let mut out = Identity::default();
    match &*holder.declared.type_name {
        "AWS::IAM::Role" => {
            let mut own = Own { catalogue, holder, out: &mut out.policies };
            own.attached(Role::MANAGED_POLICY_ARNS);
            own.inline();
            own.elsewhere(RolePolicy::ROLE_NAME);
            own.elsewhere(InlinePolicy::ROLES);
            own.elsewhere(ManagedPolicy::ROLES);
            out.boundary = boundary(catalogue, holder, Role::PERMISSIONS_BOUNDARY);
        }
        _ => {
            let mut own = Own { catalogue, holder, out: &mut out.policies };
            own.attached(User::MANAGED_POLICY_ARNS);
            own.inline();
            own.elsewhere(UserPolicy::USER_NAME);
            own.elsewhere(InlinePolicy::USERS);
            own.elsewhere(ManagedPolicy::USERS);
            groups(catalogue, holder, &mut out.policies);
            out.boundary = boundary(catalogue, holder, User::PERMISSIONS_BOUNDARY);
        }
    }
    out
}

fn of_outsider<'s>(catalogue: &Catalogue<'s>, arn: &str) -> Identity<'s> {
    let has_policies = matches!(
        Principal::parse(arn),
        Some(Principal::User(_) | Principal::Role(_) | Principal::Session(_) | Principal::FederatedUser(_))
    );
    if !has_policies {
        return Identity::default();
    }
    let account = tieout_iam::Arn::parse(arn).map_or("", |arn| arn.account);
    let unseen =
        [Role::NAME, User::NAME].iter().find_map(|name| catalogue.state.population_gap(name, account, None));
    let gap = unseen.cloned().unwrap_or_else(|| {
        let what = format!("the policies of {arn}, which is not in what was read");
        Gap::new(Reason::NotCollected, what, "read the source or the account in which it is")
    });
    Identity { policies: vec![Written::unknown("its policies", gap)], boundary: Vec::new() }
}

fn groups<'s>(catalogue: &Catalogue<'s>, user: &'s Resource, out: &mut Vec<Written<'s>>) {
    let state = catalogue.state;
    let mut linked = state.follow(user, User::GROUPS);
    match state.naming(user, UserToGroupAddition::USERS) {
        Ok(additions) => {
            for (addition, _) in additions {
                linked.extend(state.follow(addition, UserToGroupAddition::GROUP_NAME));
            }
        }
        Err(gap) => out.push(Written::unknown("a group", gap)),
    }
    let mut seen = Vec::new();
    for group in linked {
        match group {
            Linked::To(group, _) if seen.contains(&group.subject.id) => {}
            Linked::To(group, _) => {
                seen.push(group.subject.id.clone());
                let mut own = Own { catalogue, holder: group, out };
                own.attached(Group::MANAGED_POLICY_ARNS);
                own.inline();
                own.elsewhere(GroupPolicy::GROUP_NAME);
                own.elsewhere(InlinePolicy::GROUPS);
                own.elsewhere(ManagedPolicy::GROUPS);
            }
            Linked::Outside(name) => out.push(Written::unknown(
                format!("group {name}"),
                Gap::unresolved(format_args!("the policies of group {name}")),
            )),
            Linked::Unknown(gap) => out.push(Written::unknown("a group", gap)),
        }
    }
}

fn boundary<'s, T: AwsType>(
    catalogue: &Catalogue<'s>,
    holder: &'s Resource,
    edge: Edge<T, ManagedPolicy>,
) -> Vec<Written<'s>> {
    let linked = catalogue.state.follow(holder, edge);
    let mut all: Vec<Written<'s>> = linked.into_iter().map(|linked| managed(linked)).collect();
    if let Some(gap) = depends(holder, edge.path) {
        all.iter_mut().for_each(|one| one.doubt = one.doubt.take().or_else(|| Some(gap.clone())));
    }
    all
}

/// What one holder has of its own.
struct Own<'o, 's> {
    catalogue: &'o Catalogue<'s>,
    holder: &'s Resource,
    out: &'o mut Vec<Written<'s>>,
}

impl<'s> Own<'_, 's> {
    fn attached<T: AwsType>(&mut self, edge: Edge<T, ManagedPolicy>) {
        let doubt = depends(self.holder, edge.path);
        for linked in self.catalogue.state.follow(self.holder, edge) {
            let mut written = managed(linked);
            written.doubt = written.doubt.or_else(|| doubt.clone());
            self.out.push(written);
        }
    }

    fn inline(&mut self) {
        let declared = &self.holder.declared;
        for node in select(&declared.properties, "Policies") {
            let items = match &node.value {
                Value::List(items) => items.iter().collect(),
                Value::Null => continue,
                Value::Either { .. } => vec![node],
                _ => {
                    let gap = node.gap().unwrap_or_else(|| Gap::unresolved(node.expression()));
                    self.out.push(Written::unknown("an inline policy", gap));
                    continue;
                }
            };
            for item in items {
                let name = item.get("PolicyName").map(|name| name.expression());
                let name = name.unwrap_or_else(|| "?".to_owned()).trim_matches('"').to_owned();
                self.out.push(Written {
                    label: format!("inline policy `{name}` of {}", self.holder.subject.id),
                    body: Body::Tree(item, &declared.scope, Some("PolicyDocument")),
                    doubt: None,
                });
            }
        }
    }

    fn elsewhere<P: AwsType, T: AwsType>(&mut self, edge: Edge<P, T>) {
        let state = self.catalogue.state;
        if let Err(gap) = state.naming(self.holder, edge) {
            self.out.push(Written::unknown("a policy that may be attached", gap));
        }
        for (resource, _) in state.known_naming(self.holder, edge) {
            let mut written =
                Written::of(format!("policy `{}`", resource.subject.id), resource, "PolicyDocument");
            written.doubt = written.doubt.or_else(|| depends(resource, edge.path));
            self.out.push(written);
        }
    }
}

fn managed<'s>(linked: Linked<'s, ManagedPolicy>) -> Written<'s> {
    match linked {
        Linked::To(resource, _) => {
            let has_document = resource.declared.values("PolicyDocument").iter().any(|node| !node.is_null());
            let arn = resource.subject.arn.as_deref().unwrap_or_default();
            match aws_managed(arn) {
                Some(written) if !has_document => written,
                _ => Written::of(format!("policy `{}`", resource.subject.id), resource, "PolicyDocument"),
            }
        }
        Linked::Outside(arn) => aws_managed(&arn).unwrap_or_else(|| {
            Written::unknown(&*arn, Gap::unresolved(format_args!("the managed policy {arn}")))
        }),
        Linked::Unknown(gap) => Written::unknown("an attached policy", gap),
    }
}

fn aws_managed<'s>(arn: &str) -> Option<Written<'s>> {
    if !arn.contains(":iam::aws:policy/") {
        return None;
    }
    Some(match managed_policy(arn) {
        Some(policy) => Written::known(arn, policy),
        None => Written::unknown(
            arn,
            Gap::new(
                Reason::Unsupported,
                format!("the AWS managed policy {arn}, which is not in the tables"),
                "read the account in which it is attached",
            ),
        ),
    })
}

/// Why it is not certain that a property holds: it depends on a condition.
fn depends(resource: &Resource, path: &str) -> Option<Gap> {
    let mut found = None;
    for node in select(&resource.declared.properties, path.trim_end_matches("[]")) {
        node.walk(&mut |node| {
            if let Value::Either { condition, .. } = &node.value {
                found.get_or_insert_with(|| Gap::unresolved(format_args!("condition {condition}")));
            }
        });
    }
    found
}

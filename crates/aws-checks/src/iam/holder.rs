//! What a principal is granted by its own policies: attached ones, inline ones, and those that name it from
//! elsewhere in the same deployment. What it has through its groups is the groups' matter.

use crate::Cx;
use tieout_aws_state::types::{
    Group, GroupPolicy, InlinePolicy, ManagedPolicy, Role, RolePolicy, User, UserPolicy,
};
use tieout_aws_state::{AwsType, Edge, Linked};
use tieout_iam::{Answer, Policy, full_administrator};
use tieout_model::{Gap, Place, Setting};

/// AWS's managed policies whose holder controls the account.
/// Source: AWS Managed Policy Reference Guide.
const ADMINISTRATORS: [(&str, &str); 2] = [
    ("AdministratorAccess", "AdministratorAccess"),
    ("IAMFullAccess", "IAMFullAccess, with which it can give itself every permission"),
];

/// An inline policy: its name and its document.
pub(super) type Inline<'a> = (&'a Setting<String>, &'a Setting<Policy>);

/// A user, role or group.
pub(super) trait Holder: AwsType {
    /// Its attached managed policies.
    const ATTACHED: Edge<Self, ManagedPolicy>;
    /// Their ARNs as written.
    fn attached(&self) -> &Setting<Vec<Setting<String>>>;
    /// Its inline policies: name and document. A gap where the list as a whole is not known.
    fn inline(&self) -> Result<Vec<Inline<'_>>, Gap>;
    /// Policies that name it from elsewhere.
    fn elsewhere<'a>(cx: &Cx<'a>) -> Result<Vec<Named<'a>>, Gap>;
}

/// A policy that grants to a principal.
pub(super) struct Named<'a> {
    /// How a message names it.
    pub(super) label: String,
    /// Its document.
    pub(super) policy: &'a Setting<Policy>,
    /// Where it is attached or written.
    pub(super) place: &'a Place,
}

/// The policies of one type that name a principal. Where one may name it that cannot be resolved, that is a
/// gap only if some policy of the type could make an administrator.
fn naming<'a, P: AwsType, T: AwsType>(
    cx: &Cx<'a>,
    edge: Edge<P, T>,
    document: fn(&P) -> &Setting<Policy>,
) -> Result<Vec<Named<'a>>, Gap> {
    if let Err(gap) = cx.naming(edge) {
        let harmless = |policy: &P| {
            document(policy)
                .known()
                .is_ok_and(|policy| policy.is_none_or(|it| it.full_administrator().is_no()))
        };
        if !cx.beside::<P>()?.iter().all(|(_, policy)| harmless(policy)) {
            return Err(gap);
        }
    }
    let named = cx.state.known_naming(cx.resource, edge).into_iter().map(|(resource, policy)| {
        let name = resource.subject.name.as_deref().unwrap_or(&resource.subject.id);
        Named { label: format!("policy `{name}`"), policy: document(policy), place: resource.place() }
    });
    Ok(named.collect())
}

macro_rules! holder {
    ($type:ty, $plural:ident, $own:ty, $edge:ident) => {
        impl Holder for $type {
            const ATTACHED: Edge<Self, ManagedPolicy> = <$type>::MANAGED_POLICY_ARNS;

            fn attached(&self) -> &Setting<Vec<Setting<String>>> {
                &self.managed_policy_arns
            }

            fn inline(&self) -> Result<Vec<Inline<'_>>, Gap> {
                Ok(self
                    .policies
                    .items()?
                    .iter()
                    .map(|one| (&one.policy_name, &one.policy_document))
                    .collect())
            }

            fn elsewhere<'a>(cx: &Cx<'a>) -> Result<Vec<Named<'a>>, Gap> {
                let mut all = naming(cx, <$own>::$edge, |it: &$own| &it.policy_document)?;
                all.extend(naming(cx, InlinePolicy::$plural, |it: &InlinePolicy| &it.policy_document)?);
                all.extend(naming(cx, ManagedPolicy::$plural, |it: &ManagedPolicy| &it.policy_document)?);
                Ok(all)
            }
        }
    };
}

holder!(User, USERS, UserPolicy, USER_NAME);
holder!(Role, ROLES, RolePolicy, ROLE_NAME);
holder!(Group, GROUPS, GroupPolicy, GROUP_NAME);

/// What makes a principal an administrator.
pub(super) struct Administrator<'a> {
    /// In words: `AdministratorAccess`, or the statement.
    pub(super) by: String,
    /// Where it is attached or written.
    pub(super) place: &'a Place,
}

/// Whether its own policies, together, make a principal an administrator.
pub(super) fn administrator<'a, T: Holder>(it: &'a T, cx: &Cx<'a>) -> Result<Option<Administrator<'a>>, Gap> {
    let mut gap = it.attached().gap().cloned();
    let mut named: Vec<Named<'a>> = Vec::new();
    for (linked, place) in attachments(it, cx) {
        let arn = match &linked {
            Linked::To(resource, _) => resource.subject.arn.as_deref().unwrap_or_default(),
            Linked::Outside(arn) => arn,
            Linked::Unknown(unknown) => {
                gap = gap.or_else(|| Some(unknown.clone()));
                continue;
            }
        };
        let aws_name = arn.split_once(":iam::aws:policy/").and_then(|(_, name)| name.rsplit('/').next());
        if let Some((_, by)) = ADMINISTRATORS.iter().find(|(name, _)| aws_name == Some(*name)) {
            return Ok(Some(Administrator { by: (*by).to_owned(), place }));
        }
        match &linked {
            Linked::To(resource, policy) => {
                let name = resource.subject.name.as_deref().unwrap_or(&resource.subject.id);
                named.push(Named {
                    label: format!("policy `{name}`"),
                    policy: &policy.policy_document,
                    place,
                });
            }
            // Of AWS's own policies only those above make an administrator.
            _ if aws_name.is_some() => {}
            _ => gap = gap.or_else(|| Some(Gap::unresolved(format_args!("the managed policy {arn}")))),
        }
    }
    match it.inline() {
        Ok(inline) => named.extend(inline.into_iter().map(|(name, policy)| Named {
            label: format!("inline policy `{}`", name.known().ok().flatten().map_or("?", String::as_str)),
            policy,
            place: policy.place(),
        })),
        Err(unknown) => gap = gap.or(Some(unknown)),
    }
    match T::elsewhere(cx) {
        Ok(elsewhere) => named.extend(elsewhere),
        Err(unknown) => gap = gap.or(Some(unknown)),
    }
    together(&named, gap)
}

/// Attached policies with the place of each.
fn attachments<'a, T: Holder>(it: &'a T, cx: &Cx<'a>) -> Vec<(Linked<'a, ManagedPolicy>, &'a Place)> {
    let linked = cx.follow(T::ATTACHED);
    let arns = it.attached().known().ok().flatten().map(Vec::as_slice).unwrap_or_default();
    let aligned = arns.len() == linked.len();
    let whole = it.attached().place();
    let place = |index: usize| arns.get(index).filter(|_| aligned).map_or(whole, Setting::place);
    linked.into_iter().enumerate().map(|(index, linked)| (linked, place(index))).collect()
}

fn together<'a>(named: &[Named<'a>], mut gap: Option<Gap>) -> Result<Option<Administrator<'a>>, Gap> {
    let mut documents: Vec<(&'a Policy, &Named<'a>)> = Vec::new();
    for one in named {
        match one.policy.known() {
            Ok(Some(policy)) => documents.push((policy, one)),
            Ok(None) => {}
            Err(unknown) => gap = gap.or(Some(unknown)),
        }
    }
    match full_administrator(documents.iter().map(|(policy, _)| *policy)) {
        Answer::Yes(found) => {
            let of = |policy: &Policy| policy.statements.iter().any(|one| std::ptr::eq(one, found.statement));
            let label = documents.iter().find(|(policy, _)| of(policy)).map_or("", |(_, named)| &named.label);
            let place = if found.statement.at == Place::None {
                documents.iter().find(|(policy, _)| of(policy)).map_or(&Place::None, |(_, named)| named.place)
            } else {
                &found.statement.at
            };
            Ok(Some(Administrator { by: format!("{} of {label}", found.statement.label()), place }))
        }
        Answer::Unknown(unknown) => Err(gap.unwrap_or(unknown)),
        Answer::No => gap.map_or(Ok(None), Err),
    }
}

//! Lints of `Resource` and `NotResource`.

use super::{Linted, PolicyKind};
use crate::answer::Tri;
use crate::arn::{arn_covers, is_short};
use crate::facts::{Action, Matching, ResourceType, facts};
use crate::glob;
use crate::pattern::Case;
use crate::policy::{Policy, Statement};
use crate::{ActionClause, Pattern, ResourceClause};
use tieout_model::Place;

pub(super) fn check(statement: &Statement, kind: PolicyKind, known: &[Matching<'_>], out: &mut Linted) {
    let patterns = statement.resources.patterns();
    if patterns.is_empty() && !matches!(statement.resources, ResourceClause::Absent) {
        out.error(
            "empty-list",
            "the list of resources is empty: the statement applies to nothing",
            &statement.at,
        );
    }
    for (index, pattern) in patterns.iter().enumerate() {
        if let Some(gap) = pattern.gap() {
            out.open(gap, &pattern.at);
            continue;
        }
        form(pattern, kind, out);
        let wider = patterns.iter().enumerate().find(|(at, other)| {
            let comparable = other.hole().is_none() && !other.has_variable();
            *at != index
                && comparable
                && may_cover(other, pattern)
                && arn_covers(other, pattern)
                && (other.text() != pattern.text() || *at < index)
        });
        if let Some((_, wider)) = wider {
            let message = format!("`{pattern}` is within `{wider}` of the same list; take it out");
            out.suggest("redundant-resource", message, &pattern.at);
        }
    }
    fit(statement, known, out);
}

/// A quick look before the comparison field by field: a list may have hundreds of ARNs.
fn may_cover(wide: &Pattern, narrow: &Pattern) -> bool {
    let (Some(wide_text), Some(narrow_text)) = (wide.plain(), narrow.plain()) else { return true };
    match is_short(wide) || is_short(narrow) {
        true => true,
        false if wide.is_wild() => glob::starts_alike(wide_text, narrow_text, false),
        false => wide_text == narrow_text,
    }
}

fn form(pattern: &Pattern, kind: PolicyKind, out: &mut Linted) {
    if pattern.is_any() {
        return;
    }
    let text = pattern.text();
    if !text.starts_with("arn:") {
        let message = format!("`{pattern}` is no resource; write an ARN, or `*`");
        out.error("resource-form", message, &pattern.at);
        return;
    }
    let fields: Vec<&str> = text.splitn(6, ':').collect();
    if is_short(pattern) && fields.len() < 6 {
        let message = match kind.is_of_identity() {
            true => format!(
                "`{pattern}` has {} of the six fields of an ARN; AWS takes each missing one for `*`",
                fields.len()
            ),
            false => format!(
                "`{pattern}` has {} of the six fields of an ARN and may match nothing here",
                fields.len()
            ),
        };
        out.warn("short-arn", message, &pattern.at);
        return;
    }
    let field = |index: usize| fields.get(index).copied().unwrap_or_default();
    let partition = field(1);
    if !partition.contains(['*', '?'])
        && !["aws", "aws-cn", "aws-us-gov", "aws-iso", "aws-iso-b", "aws-eusc"].contains(&partition)
    {
        out.error("unknown-partition", format!("`{partition}` is no partition of AWS"), &pattern.at);
    }
    let region = field(3);
    if !region.contains(['*', '?', '$']) && !region.is_empty() && !is_region(region) {
        let message = format!("`{region}` is no region; write one such as `eu-central-1`, or `*`");
        out.error("region-form", message, &pattern.at);
    }
    let account = field(4);
    let odd = !account.is_empty()
        && !account.contains(['*', '?', '$'])
        && !crate::principal::is_account_id(account)
        && account != "aws";
    if odd {
        let message = format!("`{account}` is no account id: twelve digits are");
        out.error("account-form", message, &pattern.at);
    }
    if text.split(':').take(5).any(|field| field.contains("${")) {
        let message = format!("`{pattern}` has a variable before the fifth colon, where AWS puts nothing in");
        out.error("variable-place", message, &pattern.at);
    }
}

/// `eu-central-1`, `us-gov-west-1`, `eusc-de-east-1`: letters in two groups or more, and a number.
fn is_region(text: &str) -> bool {
    let Some((area, number)) = text.rsplit_once('-') else { return false };
    let letters = |part: &str| part.len() >= 2 && part.bytes().all(|byte| byte.is_ascii_lowercase());
    let short = area.split('-').next().is_some_and(|part| part.len() <= 4);
    let digits = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    short && digits && area.contains('-') && area.split('-').all(letters)
}

/// Actions whose calls name resources of several types, where the policy allows some of these types only: such
/// a call is allowed only where another policy allows the rest. Of EC2 alone: AWS's reference marks as required
/// what each call names there, and elsewhere also what is one of several choices.
pub(super) fn missing_types(policy: &Policy, out: &mut Linted) {
    for statement in policy.statements.iter().filter(|statement| statement.allows()) {
        let (ActionClause::Action(patterns), ResourceClause::Resource(resources)) =
            (&statement.actions, &statement.resources)
        else {
            continue;
        };
        for pattern in patterns.iter().filter(|pattern| !pattern.is_wild() && pattern.hole().is_none()) {
            let is_of_ec2 =
                |action: &Action| action.service().is_some_and(|service| service.prefix() == "ec2");
            let Some(action) = facts().action(pattern.text()).filter(is_of_ec2) else { continue };
            let needed: Vec<Kind> =
                action.resource_types().filter(|kind| kind.required).map(Kind::of).collect();
            if needed.len() < 2 || !needed.iter().any(|kind| kind.is_any_of(resources)) {
                continue;
            }
            let missing: Vec<&str> = needed
                .iter()
                .filter(|kind| !policy.allows().any(|other| allows_on(other, pattern, **kind)))
                .map(|kind| kind.form)
                .collect();
            if !missing.is_empty() {
                let message = format!(
                    "a call of `{pattern}` also needs {}, which no statement allows",
                    missing.join(" and ")
                );
                out.suggest("missing-resource-type", message, &pattern.at);
            }
        }
    }
}

/// Whether a statement may allow an action on a type of resource.
fn allows_on(statement: &Statement, action: &Pattern, kind: Kind) -> bool {
    statement.actions.matches(action.text()) != Tri::No
        && match &statement.resources {
            ResourceClause::Resource(resources) => {
                resources.iter().any(|resource| resource.is_any() || kind.may_be(resource))
            }
            _ => true,
        }
}

/// Whether the statement's actions work on its resources at all.
fn fit(statement: &Statement, known: &[Matching<'_>], out: &mut Linted) {
    let (ActionClause::Action(_), ResourceClause::Resource(resources)) =
        (&statement.actions, &statement.resources)
    else {
        return;
    };
    let open = |pattern: &Pattern| {
        pattern.hole().is_some() || pattern.is_any() || !pattern.text().starts_with("arn:")
    };
    if resources.iter().any(open) {
        return;
    }
    let types: Vec<Vec<Kind>> = known.iter().map(kinds).collect();
    for (known, types) in known.iter().zip(&types).filter(|(known, _)| known.pattern().hole().is_none()) {
        let pattern = known.pattern();
        if known.is_empty() || types.iter().any(|kind| kind.is_any_of(resources)) {
            continue;
        }
        let only = known.iter().next().filter(|_| known.iter().nth(1).is_none());
        let message = match only {
            Some(action) if !action.is_on_resources() => {
                format!(
                    "`{pattern}` works on no resource and can only be allowed on `*`; here it has no effect"
                )
            }
            Some(action) => {
                let forms: Vec<&str> = action.resource_types().map(|kind| kind.arn).collect();
                format!(
                    "`{pattern}` works on {}; none of the resources is one, so it has no effect",
                    forms.join(", ")
                )
            }
            None => format!("no action of `{pattern}` works on any of the resources; it has no effect"),
        };
        out.error("wrong-resource", message, &pattern.at);
    }
    unused(known, &types, resources, out);
    if statement.allows() {
        every(known, &types, resources, out);
    }
}

/// Whether an action works on what one of some resource patterns may match.
pub(crate) fn works_on(action: Action, resources: &[Pattern]) -> bool {
    action.resource_types().any(|kind| resources.iter().any(|resource| may_be(resource, kind.pattern)))
}

/// The form of a bucket's ARN. A bucket's name has no slash, so that an ARN with one is of an object.
const BUCKET: &str = "arn:*:s3:::*";

/// Whether a resource pattern may match an ARN of a form.
fn may_be(resource: &Pattern, form: &str) -> bool {
    let place = |arn: &str| {
        let mut fields = arn.splitn(6, ':').skip(3);
        Some((fields.next()?.is_empty(), fields.next()?.is_empty(), fields.next()?.contains('/')))
    };
    match (resource.plain().and_then(place), place(form)) {
        (Some((_, _, true)), _) if form == BUCKET => return false,
        // What AWS owns has no account, but all have one of the two where the form has both.
        (Some((true, true, _)), Some((false, false, _))) => return false,
        _ => {}
    }
    if let Some(text) = resource.plain() {
        let known = glob::by_fields(text, form, |field, form| glob::meets(field, form, false));
        if let Some(known) = known {
            return known;
        }
    }
    is_short(resource) || resource.meets(&Pattern::new(form, false, Place::None), Case::Exact)
}

/// A resource type, with the service that its ARNs name.
#[derive(Clone, Copy, PartialEq)]
struct Kind {
    form: &'static str,
    service: &'static str,
}

impl Kind {
    fn of(kind: ResourceType) -> Kind {
        Kind { form: kind.pattern, service: service_field(kind.pattern).unwrap_or("*") }
    }

    fn may_be(self, resource: &Pattern) -> bool {
        let service = resource.plain().and_then(service_field).unwrap_or("*");
        let apart = service != self.service && !glob::is_wild(service) && !glob::is_wild(self.service);
        !apart && may_be(resource, self.form)
    }

    fn is_any_of(self, resources: &[Pattern]) -> bool {
        resources.iter().any(|resource| self.may_be(resource))
    }
}

/// The resource types of the actions that a pattern matches, each once.
fn kinds(known: &Matching<'_>) -> Vec<Kind> {
    let mut kinds: Vec<Kind> = Vec::new();
    for kind in known.resource_types() {
        let kind = Kind::of(kind);
        if !kinds.contains(&kind) {
            kinds.push(kind);
        }
    }
    kinds
}

fn service_field(arn: &str) -> Option<&str> {
    arn.split(':').nth(2)
}

/// Resources that together are all that the actions work on, as `*` would be.
fn every(known: &[Matching<'_>], types: &[Vec<Kind>], resources: &[Pattern], out: &mut Linted) {
    let covered = |kind: &Kind| {
        resources.iter().any(|resource| {
            // From within a partition nothing of another one is to be had, so that its name limits nothing.
            let covers = |text: &str| {
                let text = text.replacen("arn:aws:", "arn:*:", 1);
                glob::by_fields(&text, kind.form, |wide, form| glob::covers(wide, form, false))
            };
            !is_short(resource) && resource.plain().and_then(covers) == Some(true)
        })
    };
    let Some(first) = resources.first().filter(|_| types.iter().all(|types| !types.is_empty())) else {
        return;
    };
    if !known.is_empty() && types.iter().flatten().all(covered) {
        let message = format!(
            "`{first}` is every resource that the actions work on, as `*` is; name those that are meant"
        );
        out.suggest("every-resource-by-form", message, &first.at);
    }
}

/// Resources that none of the actions works on.
fn unused(known: &[Matching<'_>], types: &[Vec<Kind>], resources: &[Pattern], out: &mut Linted) {
    if known.iter().any(|known| known.pattern().hole().is_some() || known.is_empty()) {
        return;
    }
    let mut all: Vec<Kind> = Vec::new();
    for kind in types.iter().flatten() {
        if !all.contains(kind) {
            all.push(*kind);
        }
    }
    let used: Vec<bool> =
        resources.iter().map(|resource| all.iter().any(|kind| kind.may_be(resource))).collect();
    if !used.contains(&true) {
        return;
    }
    for (resource, _) in resources.iter().zip(used).filter(|(_, used)| !used) {
        let message =
            format!("none of the actions works on `{resource}`; take it out, or add the action that does");
        out.warn("unused-resource", message, &resource.at);
    }
}

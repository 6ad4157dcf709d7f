//! Whether a statement's `Resource` or `NotResource` takes in the resource of a request.
//!
//! AWS's documents settle most of it: fields, wildcards that keep to their field, a `*` at the end that takes in
//! what follows, short ARNs in the `Resource` of a policy of an identity. [`Unsettled`] is about the rest.

use super::Request;
use super::layer::{Layer, Reading};
use crate::ResourceClause;
use crate::answer::Tri;
use crate::matcher::{self, Fields, Mode};
use crate::pattern::{Case, Part, Pattern};

/// How forms of ARNs are read of which AWS's documents say nothing, or say that they are not allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unsettled {
    /// As they are written: a wildcard is a wildcard, a short ARN is short in `NotResource` too. For audits,
    /// where a grant that may be there must be seen.
    AsWritten,
    /// As published simulators read them, and nothing is granted by what AWS does not promise:
    /// - a short ARN in `NotResource` makes the statement say nothing;
    /// - a resource type with a wildcard (`role*/x`, `*:x`) matches nothing: the IAM user guide ("Identify AWS
    ///   resources with ARNs") refuses wildcards there, though examples of EC2 have them;
    /// - a variable without value, or before the resource, equals nothing, so that `NotResource` leaves nothing
    ///   out (the IAM user guide's "Policy variables with no value" speaks of values only, and a note of the
    ///   same page has it that such a statement may be invalid);
    /// - the fields before the resource have no case;
    /// - a short ARN with a wildcard in a resource's policy is completed.
    AsSimulators,
}

/// Whether the statement's resources take in the request's.
pub(crate) fn covered(clause: &ResourceClause, request: &Request<'_>, reading: Reading) -> Tri {
    let one = |pattern: &Pattern, negated| match reading.unsettled {
        Unsettled::AsSimulators => matches_settled(pattern, request, reading, negated),
        Unsettled::AsWritten => matches(pattern, request, fields(reading), Case::Exact),
    };
    match clause {
        ResourceClause::Resource(patterns) => {
            Tri::any(patterns.iter().map(|pattern| one(pattern, false).unwrap_or(Tri::No)))
        }
        ResourceClause::NotResource(patterns) => Tri::all(patterns.iter().map(|pattern| {
            let not = one(pattern, true).map_or(Tri::No, Tri::not);
            let void = matcher::may_be_void(pattern, &|key| request.context.variable(key));
            if void { not.min(Tri::Maybe) } else { not }
        })),
        ResourceClause::Absent => Tri::of(reading.layer == Layer::Resource),
    }
}

fn fields(reading: Reading) -> Fields {
    if reading.completes_arns() { Fields::ShortArn } else { Fields::ResourceArn }
}

fn matches(pattern: &Pattern, request: &Request<'_>, fields: Fields, head: Case) -> Option<Tri> {
    let mode = Mode { case: Case::Exact, head, wild: true, fields };
    matcher::matches(pattern, request.resource, mode, &|key| request.context.variable(key))
}

/// As [`Unsettled::AsSimulators`] says; `None` where the statement says nothing.
fn matches_settled(pattern: &Pattern, request: &Request<'_>, reading: Reading, negated: bool) -> Option<Tri> {
    if pattern.is_any() {
        return Some(Tri::Yes);
    }
    let on_resource = matches!(reading.layer, Layer::Resource | Layer::Vpce);
    if is_short(pattern) {
        let as_it_is = on_resource && !pattern.is_wild();
        if negated && !as_it_is {
            return None;
        }
        let fields = if on_resource && pattern.is_wild() { Fields::ShortArn } else { fields(reading) };
        return matches(pattern, request, fields, Case::Ignore);
    }
    if has_wild_type(pattern) {
        return Some(Tri::No);
    }
    // A variable without value equals nothing: `NotResource` then leaves nothing out.
    Some(matches(pattern, request, fields(reading), Case::Ignore).unwrap_or(Tri::No))
}

/// True for fewer than six fields; colons within variables part none.
fn is_short(pattern: &Pattern) -> bool {
    let colons = |text: &str| text.bytes().filter(|byte| *byte == b':').count();
    let Some(parts) = pattern.parts() else { return colons(pattern.text()) < 5 };
    let known = parts.iter().map(|part| match part {
        Part::Literal(text) => colons(text),
        Part::Hole(_) => 5,
        Part::Any | Part::One | Part::Variable { .. } => 0,
    });
    known.sum::<usize>() < 5
}

/// True where a wildcard stands in the resource type: before the first `/` or `:` of the resource. The names of
/// S3 have no type.
fn has_wild_type(pattern: &Pattern) -> bool {
    let mut fields = pattern.text().splitn(6, ':').skip(2);
    let is_s3 = fields.next().is_some_and(|service| service.eq_ignore_ascii_case("s3"));
    let resource = fields.nth(2).unwrap_or_default();
    match resource.split_once(['/', ':']) {
        Some((kind, _)) => !is_s3 && !kind.contains("${") && kind.contains(['*', '?']),
        None => false,
    }
}

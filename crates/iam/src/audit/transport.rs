//! Does a bucket policy refuse plain HTTP, and old TLS?

use super::Owner;
use crate::answer::{Answer, Tri};
use crate::arn::BucketScope;
use crate::condition::{Base, Condition};
use crate::policy::{Policy, Statement};
use tieout_model::Gap;

/// What a bucket policy says of transport.
#[derive(Debug, Clone, PartialEq)]
pub struct Transport<'p> {
    /// The statements that together refuse, for everyone, on the bucket and on its objects.
    pub statements: Vec<&'p Statement>,
    /// The lowest TLS version that is let in, where one is set (`1.2`).
    pub minimum: Option<String>,
}

impl Policy {
    /// Whether the policy denies everyone every S3 action over plain HTTP, on the bucket and its objects.
    pub fn denies_plain_http(&self, owner: Owner<'_>) -> Answer<Transport<'_>> {
        self.transport(owner, &|condition| is_plain_http(condition))
    }

    /// Whether the policy denies everyone every S3 action below a TLS version (`1.2`).
    pub fn denies_tls_below(&self, version: &str, owner: Owner<'_>) -> Answer<Transport<'_>> {
        self.transport(owner, &|condition| is_old_tls(condition, version))
    }

    fn transport(&self, owner: Owner<'_>, holds: &dyn Fn(&Condition) -> Tri) -> Answer<Transport<'_>> {
        let (mut bucket, mut objects) = (Tri::No, Tri::No);
        let mut statements = Vec::new();
        let mut gap: Option<Gap> = self.gaps.first().cloned();
        for statement in self.denies() {
            if !statement.principal.is_everyone() {
                gap = gap.or_else(|| statement.principal.gap().cloned());
                continue;
            }
            let when = Tri::all(statement.conditions.iter().map(holds));
            let what = statement.actions.covers(&crate::Pattern::new("s3:*", false, statement.at.clone()));
            let sure = Tri::all([when, what, if statement.denies() { Tri::Yes } else { Tri::Maybe }]);
            let scope = BucketScope::of(&statement.resources, owner.bucket);
            let (on_bucket, on_objects) = (sure.min(scope.bucket), sure.min(scope.objects));
            if on_bucket == Tri::No && on_objects == Tri::No {
                continue;
            }
            if on_bucket == Tri::Yes || on_objects == Tri::Yes {
                statements.push(statement);
            }
            if on_bucket == Tri::Maybe || on_objects == Tri::Maybe {
                gap = gap.or_else(|| gap_of(statement));
            }
            bucket = bucket.max(on_bucket);
            objects = objects.max(on_objects);
        }
        match (Tri::all([bucket, objects]), gap) {
            (Tri::Yes, _) => Answer::Yes(Transport { minimum: minimum(&statements), statements }),
            (_, Some(gap)) => Answer::Unknown(gap),
            (Tri::Maybe, None) => Answer::Unknown(Gap::unresolved("the bucket policy")),
            (Tri::No, None) => Answer::No,
        }
    }
}

fn gap_of(statement: &Statement) -> Option<Gap> {
    let condition = || {
        statement.conditions.iter().find_map(|condition| {
            condition.gap.clone().or_else(|| condition.values.iter().find_map(|v| v.gap().cloned()))
        })
    };
    statement
        .gap
        .clone()
        .or_else(|| statement.actions.gap().cloned())
        .or_else(|| statement.resources.gap().cloned())
        .or_else(condition)
}

/// Whether a condition holds for each request over plain HTTP.
fn is_plain_http(condition: &Condition) -> Tri {
    if condition.gap.is_some() {
        return Tri::Maybe;
    }
    let Some(operator) = condition.operator else { return Tri::Maybe };
    let value = |want: &str| {
        Tri::any(condition.values.iter().map(|value| match (value.literal(), value.gap()) {
            (Some(text), _) => Tri::of(text.eq_ignore_ascii_case(want)),
            (None, Some(_)) => Tri::Maybe,
            (None, None) => Tri::No,
        }))
    };
    if condition.is_on("aws:SecureTransport") {
        return match operator.base {
            Base::Bool | Base::StringEquals | Base::StringEqualsIgnoreCase | Base::StringLike => {
                value("false")
            }
            Base::StringNotEquals | Base::StringNotEqualsIgnoreCase | Base::StringNotLike => {
                Tri::all([value("true"), value("false").not()])
            }
            _ => Tri::No,
        };
    }
    // Plain HTTP has no TLS version.
    if condition.is_on("s3:TlsVersion") {
        return match operator.base {
            Base::Null => value("true"),
            base => Tri::of(operator.if_exists || base.is_negated()),
        };
    }
    Tri::No
}

/// Whether a condition holds for each request below a TLS version.
fn is_old_tls(condition: &Condition, version: &str) -> Tri {
    if condition.gap.is_some() {
        return Tri::Maybe;
    }
    if !condition.is_on("s3:TlsVersion") {
        return Tri::No;
    }
    let Some(wanted) = number(version) else { return Tri::No };
    match (condition.operator.map(|operator| operator.base), condition.values.first()) {
        (Some(Base::NumericLessThan), Some(value)) => match value.literal().and_then(number) {
            Some(limit) => Tri::of(limit >= wanted),
            None if value.gap().is_some() => Tri::Maybe,
            None => Tri::No,
        },
        (Some(Base::NumericLessThanEquals), Some(value)) => match value.literal().and_then(number) {
            Some(limit) => Tri::of(limit + 0.05 >= wanted),
            None if value.gap().is_some() => Tri::Maybe,
            None => Tri::No,
        },
        _ => Tri::No,
    }
}

fn number(text: &str) -> Option<f64> {
    text.parse::<f64>().ok().filter(|number| number.is_finite())
}

fn minimum(statements: &[&Statement]) -> Option<String> {
    statements
        .iter()
        .flat_map(|statement| &statement.conditions)
        .filter(|condition| {
            condition.is_on("s3:TlsVersion")
                && condition.operator.is_some_and(|operator| operator.base == Base::NumericLessThan)
        })
        .find_map(|condition| condition.values.first().and_then(|value| value.literal()))
        .map(str::to_owned)
}

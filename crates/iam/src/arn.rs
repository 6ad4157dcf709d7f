//! ARNs, `Resource` and `NotResource`: a pattern is compared field by field, a wildcard does not leave its
//! field but for the last one, and missing fields are wildcards.

use crate::answer::Tri;
use crate::glob;
use crate::pattern::{Case, Pattern, Token};
use tieout_model::Gap;

/// The fields of an ARN.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Arn<'a> {
    /// `aws`, `aws-cn`, `aws-us-gov`, …
    pub partition: &'a str,
    /// `s3`
    pub service: &'a str,
    /// Region, empty for global services.
    pub region: &'a str,
    /// Account id, empty for S3 buckets and other globally named resources.
    pub account: &'a str,
    /// All that follows the fifth colon.
    pub resource: &'a str,
}

impl<'a> Arn<'a> {
    /// The fields of an ARN; `None` where the text is none.
    pub fn parse(text: &'a str) -> Option<Arn<'a>> {
        let mut fields = text.splitn(6, ':');
        if fields.next() != Some("arn") {
            return None;
        }
        Some(Arn {
            partition: fields.next()?,
            service: fields.next()?,
            region: fields.next()?,
            account: fields.next()?,
            resource: fields.next()?,
        })
    }
}

/// The resources of a statement.
#[derive(Debug, Clone, PartialEq)]
pub enum ResourceClause {
    /// `Resource`: any of these.
    Resource(Vec<Pattern>),
    /// `NotResource`: all but these.
    NotResource(Vec<Pattern>),
    /// Neither is written: in a trust policy, the role itself; elsewhere AWS refuses the statement.
    Absent,
}

impl ResourceClause {
    /// The patterns as written.
    pub fn patterns(&self) -> &[Pattern] {
        match self {
            ResourceClause::Resource(patterns) | ResourceClause::NotResource(patterns) => patterns,
            ResourceClause::Absent => &[],
        }
    }

    /// The first gap among the patterns.
    pub(crate) fn gap(&self) -> Option<&Gap> {
        self.patterns().iter().find_map(Pattern::gap)
    }

    /// Whether it takes in every resource there is, but for a list of exceptions in `NotResource`.
    pub(crate) fn covers_nearly_all(&self) -> Tri {
        match self {
            ResourceClause::Resource(patterns) => Tri::any(patterns.iter().map(is_every_resource)),
            ResourceClause::NotResource(patterns) => {
                Tri::all(patterns.iter().map(|p| is_every_resource(p).not()))
            }
            ResourceClause::Absent => Tri::No,
        }
    }

    /// Whether it takes in every resource there is, without exception.
    pub(crate) fn covers_all(&self) -> Tri {
        match self {
            ResourceClause::Resource(_) => self.covers_nearly_all(),
            ResourceClause::NotResource(patterns) => Tri::of(patterns.is_empty()),
            ResourceClause::Absent => Tri::Yes,
        }
    }

    /// Whether every resource that a pattern matches is one of these.
    pub(crate) fn covers(&self, resource: &Pattern) -> Tri {
        match self {
            ResourceClause::Resource(patterns) => Tri::any(patterns.iter().map(|pattern| {
                if arn_covers(pattern, resource) {
                    Tri::Yes
                } else if pattern.hole().is_some() && pattern.meets(resource, Case::Exact) {
                    Tri::Maybe
                } else {
                    Tri::No
                }
            })),
            ResourceClause::NotResource(patterns) => Tri::all(patterns.iter().map(|pattern| {
                match (pattern.meets(resource, Case::Exact), pattern.hole().or(resource.hole())) {
                    (false, _) => Tri::Yes,
                    (true, Some(_)) => Tri::Maybe,
                    (true, None) => Tri::No,
                }
            })),
            ResourceClause::Absent => Tri::Yes,
        }
    }
}

/// Whether a pattern matches every resource: `*`, `arn:*`, `arn:aws:*:*:*:*`.
pub(crate) fn is_every_resource(pattern: &Pattern) -> Tri {
    if pattern.is_any() {
        return Tri::Yes;
    }
    let Some(text) = pattern.plain() else {
        // Only a hole with nothing but wildcards about it can turn out to be `*`.
        let open = pattern.parts().is_some_and(|parts| {
            parts.iter().all(|part| matches!(part, crate::Part::Hole(_) | crate::Part::Any))
        });
        return if open && !is_arn_reference(pattern) { Tri::Maybe } else { Tri::No };
    };
    let stars = |field: &str| !field.is_empty() && field.bytes().all(|byte| byte == b'*');
    let mut fields = text.splitn(6, ':');
    let head = fields.next().is_some_and(|field| field == "arn" || stars(field));
    let partition = fields.next().is_some_and(|field| field.starts_with("aws") || stars(field));
    Tri::of(head && partition && text.contains('*') && fields.all(stars))
}

/// True where the pattern is one reference to a resource of the deployment: an ARN or a name, never `*`.
fn is_arn_reference(pattern: &Pattern) -> bool {
    match pattern.parts() {
        Some([crate::Part::Hole(hole)]) => hole.reference.is_some(),
        _ => false,
    }
}

/// True where each resource of `narrow` is one of `wide`, field by field. Sound, as [`Pattern::covers`].
pub(crate) fn arn_covers(wide: &Pattern, narrow: &Pattern) -> bool {
    if wide.is_any() {
        return true;
    }
    let plain = wide.plain().zip(narrow.plain());
    let quick =
        plain.and_then(|(a, b)| glob::by_fields(a, b, |wide, narrow| glob::covers(wide, narrow, false)));
    if let Some(known) = quick {
        return known;
    }
    let (wide, narrow) = (wide.tokens(), narrow.tokens());
    let (Some(wide_fields), Some(narrow_fields)) = (fields(&wide), fields(&narrow)) else {
        // A hole that may hold colons: only like compares with like.
        return matches!(wide.first(), Some(Token::Open(..)))
            && wide.first() == narrow.first()
            && crate::pattern::covers(&wide, &narrow, Case::Exact);
    };
    let any: &[Token<'_>] = &[Token::Any];
    (0..6).all(|index| {
        let wide = wide_fields.get(index).copied().unwrap_or(any);
        let narrow = narrow_fields.get(index).copied().unwrap_or(any);
        crate::pattern::covers(wide, narrow, Case::Exact)
    })
}

/// True for a pattern with fewer than six fields.
pub(crate) fn is_short(pattern: &Pattern) -> bool {
    pattern.plain().is_none_or(|text| text.bytes().filter(|byte| *byte == b':').count() < 5)
}

/// The fields of an ARN pattern, at most six; `None` where the text does not start with known text.
fn fields<'t, 'a>(tokens: &'t [Token<'a>]) -> Option<Vec<&'t [Token<'a>]>> {
    if !matches!(tokens.first(), Some(Token::Char(_) | Token::Any)) {
        return None;
    }
    Some(tokens.splitn(6, |token| *token == Token::Char(':')).collect())
}

/// What a resource pattern of a bucket policy takes in: the bucket itself, and all of its objects. S3
/// refuses a policy that names another bucket, so that a name is taken to be the bucket's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct BucketScope {
    pub(crate) bucket: Tri,
    pub(crate) objects: Tri,
}

impl BucketScope {
    pub(crate) fn of(clause: &ResourceClause, name: Option<&str>) -> BucketScope {
        let ResourceClause::Resource(patterns) = clause else {
            let all = clause.covers_all();
            return BucketScope { bucket: all, objects: all };
        };
        let scopes: Vec<BucketScope> = patterns.iter().map(|pattern| bucket_scope(pattern, name)).collect();
        BucketScope {
            bucket: Tri::any(scopes.iter().map(|scope| scope.bucket)),
            objects: Tri::any(scopes.iter().map(|scope| scope.objects)),
        }
    }
}

fn bucket_scope(pattern: &Pattern, name: Option<&str>) -> BucketScope {
    let both = |tri| BucketScope { bucket: tri, objects: tri };
    if pattern.is_any() {
        return both(Tri::Yes);
    }
    let tokens = pattern.tokens();
    let last = match fields(&tokens) {
        Some(fields) if fields.len() < 6 => return both(is_every_resource(pattern)),
        Some(fields) => fields.last().copied().unwrap_or_default(),
        None => &tokens,
    };
    let slash = last.iter().position(|token| *token == Token::Char('/'));
    let (own, key) = last.split_at(slash.unwrap_or(last.len()));
    if let (Some(name), false) = (name, own.iter().any(|token| matches!(token, Token::Open(..)))) {
        let text: Vec<Token<'_>> = name.chars().map(Token::Char).collect();
        if !crate::pattern::covers(own, &text, Case::Exact) {
            return both(Tri::No);
        }
    }
    let Some(key) = key.get(1..) else {
        let ends_open = own.last() == Some(&Token::Any);
        let text_unknown = own.len() == 1 && pattern.hole().is_some_and(|hole| hole.reference.is_none());
        let objects = match (ends_open, text_unknown) {
            (true, _) => Tri::Yes,
            (_, true) => Tri::Maybe,
            _ => Tri::No,
        };
        return BucketScope { bucket: if text_unknown { Tri::Maybe } else { Tri::Yes }, objects };
    };
    if slash.is_none() {
        return both(Tri::No);
    }
    let objects = if !key.is_empty() && key.iter().all(|token| *token == Token::Any) {
        Tri::Yes
    } else if key.iter().all(|token| matches!(token, Token::Any | Token::Open(..))) && !key.is_empty() {
        Tri::Maybe
    } else {
        Tri::No
    };
    BucketScope { bucket: Tri::No, objects }
}

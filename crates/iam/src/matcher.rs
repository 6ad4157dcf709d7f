//! Matching a pattern against a known text: wildcards, policy variables, holes, and ARNs field by field.
//! Nothing is allocated here.

use crate::answer::Tri;
use crate::pattern::{Case, Part, Pattern, equal};
use std::str::Chars;

/// What a policy variable stands for in a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lookup<'a> {
    Value(&'a str),
    Absent,
    /// The request's context does not tell.
    Unknown,
}

/// Whether colons part the text into fields that a wildcard does not leave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fields {
    /// The text is one.
    One,
    /// The six fields of an ARN, all of them written: condition values.
    Arn,
    /// The same, where a `*` at the very end takes in all that follows: `arn:aws:sqs:*` in a resource's
    /// policy.
    ResourceArn,
    /// The same, where missing fields are wildcards: `arn:aws:sqs` in a policy of an identity.
    ShortArn,
}

impl Fields {
    fn is_resource(self) -> bool {
        matches!(self, Fields::ResourceArn | Fields::ShortArn)
    }
}

/// How a pattern is matched.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Mode {
    pub(crate) case: Case,
    /// The case of the fields of an ARN before the resource.
    pub(crate) head: Case,
    /// Whether `*` and `?` are wildcards.
    pub(crate) wild: bool,
    pub(crate) fields: Fields,
}

impl Mode {
    fn same(self, a: char, b: char, field: u8) -> bool {
        if field < LAST_FIELD { self.head.same(a, b) } else { self.case.same(a, b) }
    }
}

/// Colons that end a field; the rest of an ARN is one field.
const LAST_FIELD: u8 = 5;

/// Whether a pattern matches a text, with variables looked up in the request. `None` where a variable has no
/// value, or stands where none may (before the fifth colon of a resource): then the pattern says nothing,
/// and its opposite (`StringNotEquals`, `NotResource`) does not hold either.
pub(crate) fn matches<'a>(
    pattern: &'a Pattern,
    text: &str,
    mode: Mode,
    lookup: &dyn Fn(&str) -> Lookup<'a>,
) -> Option<Tri> {
    if mode.wild && mode.fields != Fields::Arn && pattern.is_any() {
        return Some(Tri::Yes);
    }
    let Some(parts) = pattern.parts() else {
        let plain = pattern.text();
        let whole = !(mode.wild && pattern.is_wild()) && mode.fields != Fields::ShortArn;
        let same = whole && equal(plain, text, mode.case);
        if same || (whole && mode.head == mode.case) {
            return Some(Tri::of(same));
        }
        let cursor = Cursor { chars: plain.chars(), wild: mode.wild, parts: &[] };
        return Some(Tri::of(run(cursor, text, mode, lookup)));
    };
    let mut open = false;
    let mut colons = 0;
    for part in parts {
        match part {
            Part::Hole(_) => open = true,
            Part::Literal(text) => colons += text.bytes().filter(|byte| *byte == b':').count(),
            Part::Variable { .. }
                if mode.fields.is_resource() && !open && colons < usize::from(LAST_FIELD) =>
            {
                return None;
            }
            Part::Variable { key, default } => match lookup(key) {
                Lookup::Value(_) => {}
                Lookup::Absent if default.is_some() => {}
                Lookup::Absent => return None,
                Lookup::Unknown => open = true,
            },
            Part::Any | Part::One => {}
        }
    }
    Some(match run(Cursor { chars: "".chars(), wild: false, parts }, text, mode, lookup) {
        false => Tri::No,
        true if open => Tri::Maybe,
        true => Tri::Yes,
    })
}

/// Whether a pattern may say nothing at all, as a variable without default may or may not have a value. Its
/// opposite then holds for none or for some.
pub(crate) fn may_be_void<'a>(pattern: &'a Pattern, lookup: &dyn Fn(&str) -> Lookup<'a>) -> bool {
    pattern.parts().unwrap_or_default().iter().any(|part| match part {
        Part::Variable { key, default: None } => lookup(key) == Lookup::Unknown,
        _ => false,
    })
}

/// Whether a text matches a pattern in which `*` and `?` are wildcards.
pub(crate) fn glob(pattern: &str, text: &str, case: Case) -> bool {
    let mode = Mode { case, head: case, wild: true, fields: Fields::One };
    run(Cursor { chars: pattern.chars(), wild: true, parts: &[] }, text, mode, &|_| Lookup::Absent)
}

enum Step {
    Char(char),
    One,
    Any,
    /// Any text, colons included.
    Open,
}

#[derive(Clone)]
struct Cursor<'a> {
    chars: Chars<'a>,
    /// Whether wildcards in `chars` count.
    wild: bool,
    parts: &'a [Part],
}

impl<'a> Cursor<'a> {
    fn next(&mut self, mode: Mode, lookup: &dyn Fn(&str) -> Lookup<'a>) -> Option<Step> {
        loop {
            match self.chars.next() {
                Some('*') if self.wild => return Some(Step::Any),
                Some('?') if self.wild => return Some(Step::One),
                Some(char) => return Some(Step::Char(char)),
                None => {}
            }
            let (first, rest) = self.parts.split_first()?;
            self.parts = rest;
            self.wild = false;
            match first {
                Part::Literal(text) => self.chars = text.chars(),
                Part::Any if mode.wild => return Some(Step::Any),
                Part::One if mode.wild => return Some(Step::One),
                Part::Any => return Some(Step::Char('*')),
                Part::One => return Some(Step::Char('?')),
                Part::Hole(_) => return Some(Step::Open),
                Part::Variable { key, default } => match (lookup(key), default) {
                    (Lookup::Value(text), _) => self.chars = text.chars(),
                    (Lookup::Absent, Some(default)) => self.chars = default.chars(),
                    (Lookup::Absent, None) => {}
                    (Lookup::Unknown, _) => return Some(Step::Open),
                },
            }
        }
    }
}

/// Where to go on after a wildcard that took too little.
struct Back<'a, 't> {
    cursor: Cursor<'a>,
    text: Chars<'t>,
    field: u8,
}

fn run<'a>(mut cursor: Cursor<'a>, text: &str, mode: Mode, lookup: &dyn Fn(&str) -> Lookup<'a>) -> bool {
    let mut text = text.chars();
    let mut field = if mode.fields == Fields::One { LAST_FIELD } else { 0 };
    // The last wildcard that keeps to its field, and the last that does not.
    let mut within: Option<Back<'a, '_>> = None;
    let mut across: Option<Back<'a, '_>> = None;
    loop {
        let mut after = cursor.clone();
        let step = after.next(mode, lookup);
        let mut ahead = text.clone();
        let went_on = match step {
            Some(Step::Any) if field < LAST_FIELD => {
                if mode.fields.is_resource() && after.clone().next(mode, lookup).is_none() {
                    return true;
                }
                within = Some(Back { cursor: after.clone(), text: text.clone(), field });
                cursor = after;
                continue;
            }
            Some(Step::Any | Step::Open) => {
                field = LAST_FIELD;
                within = None;
                across = Some(Back { cursor: after.clone(), text: text.clone(), field });
                cursor = after;
                continue;
            }
            Some(Step::One) => ahead.next().is_some_and(|have| have != ':' || field == LAST_FIELD),
            Some(Step::Char(want)) => {
                let same = ahead.next().is_some_and(|have| mode.same(want, have, field));
                if same && want == ':' && field < LAST_FIELD {
                    field += 1;
                }
                same
            }
            None if text.as_str().is_empty() => {
                if matches!(mode.fields, Fields::One | Fields::ShortArn) || field == LAST_FIELD {
                    return true;
                }
                false
            }
            None if mode.fields == Fields::ShortArn
                && field < LAST_FIELD
                && text.as_str().starts_with(':') =>
            {
                return true;
            }
            None => false,
        };
        if went_on {
            cursor = after;
            text = ahead;
            continue;
        }
        if let Some(back) = &mut within
            && back.text.next().is_some_and(|taken| taken != ':')
        {
            (cursor, text, field) = (back.cursor.clone(), back.text.clone(), back.field);
            continue;
        }
        within = None;
        match &mut across {
            Some(back) if !back.text.as_str().is_empty() => {
                back.text.next();
                (cursor, text, field) = (back.cursor.clone(), back.text.clone(), back.field);
            }
            _ => return false,
        }
    }
}

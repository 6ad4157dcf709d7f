//! Condition operators, keys and values as written.

use crate::pattern::Pattern;
use std::fmt;
use std::sync::Arc;
use tieout_model::{Gap, Place};

/// What an operator compares.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs)] // The names are AWS's own.
pub enum Base {
    StringEquals,
    StringNotEquals,
    StringEqualsIgnoreCase,
    StringNotEqualsIgnoreCase,
    StringLike,
    StringNotLike,
    NumericEquals,
    NumericNotEquals,
    NumericLessThan,
    NumericLessThanEquals,
    NumericGreaterThan,
    NumericGreaterThanEquals,
    DateEquals,
    DateNotEquals,
    DateLessThan,
    DateLessThanEquals,
    DateGreaterThan,
    DateGreaterThanEquals,
    Bool,
    BinaryEquals,
    IpAddress,
    NotIpAddress,
    ArnEquals,
    ArnLike,
    ArnNotEquals,
    ArnNotLike,
    Null,
}

const NAMES: [(&str, Base); 27] = [
    ("StringEquals", Base::StringEquals),
    ("StringNotEquals", Base::StringNotEquals),
    ("StringEqualsIgnoreCase", Base::StringEqualsIgnoreCase),
    ("StringNotEqualsIgnoreCase", Base::StringNotEqualsIgnoreCase),
    ("StringLike", Base::StringLike),
    ("StringNotLike", Base::StringNotLike),
    ("NumericEquals", Base::NumericEquals),
    ("NumericNotEquals", Base::NumericNotEquals),
    ("NumericLessThan", Base::NumericLessThan),
    ("NumericLessThanEquals", Base::NumericLessThanEquals),
    ("NumericGreaterThan", Base::NumericGreaterThan),
    ("NumericGreaterThanEquals", Base::NumericGreaterThanEquals),
    ("DateEquals", Base::DateEquals),
    ("DateNotEquals", Base::DateNotEquals),
    ("DateLessThan", Base::DateLessThan),
    ("DateLessThanEquals", Base::DateLessThanEquals),
    ("DateGreaterThan", Base::DateGreaterThan),
    ("DateGreaterThanEquals", Base::DateGreaterThanEquals),
    ("Bool", Base::Bool),
    ("BinaryEquals", Base::BinaryEquals),
    ("IpAddress", Base::IpAddress),
    ("NotIpAddress", Base::NotIpAddress),
    ("ArnEquals", Base::ArnEquals),
    ("ArnLike", Base::ArnLike),
    ("ArnNotEquals", Base::ArnNotEquals),
    ("ArnNotLike", Base::ArnNotLike),
    ("Null", Base::Null),
];

impl Base {
    /// True where it holds unless a value matches: `StringNotEquals` and its like. Such an operator holds
    /// where the key is absent.
    pub fn is_negated(self) -> bool {
        matches!(
            self,
            Base::StringNotEquals
                | Base::StringNotEqualsIgnoreCase
                | Base::StringNotLike
                | Base::NumericNotEquals
                | Base::DateNotEquals
                | Base::NotIpAddress
                | Base::ArnNotEquals
                | Base::ArnNotLike
        )
    }

    /// The name in the policy language.
    pub fn name(self) -> &'static str {
        NAMES.iter().find(|(_, base)| *base == self).map_or("", |(name, _)| name)
    }

    /// True where `*` and `?` in its values are wildcards.
    pub fn is_wild(self) -> bool {
        matches!(
            self,
            Base::StringLike
                | Base::StringNotLike
                | Base::ArnEquals
                | Base::ArnLike
                | Base::ArnNotEquals
                | Base::ArnNotLike
        )
    }
}

/// How an operator treats a key with several values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SetQualifier {
    /// `ForAllValues:` every value of the request must match; holds where there is none.
    All,
    /// `ForAnyValue:` some value of the request must match.
    Any,
}

/// A condition operator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Operator {
    /// What it compares.
    pub base: Base,
    /// `…IfExists`: holds where the key is absent.
    pub if_exists: bool,
    /// `ForAllValues:` or `ForAnyValue:`.
    pub set: Option<SetQualifier>,
}

impl Operator {
    /// The operator of a name, in any case; `None` where there is none.
    pub fn parse(name: &str) -> Option<Operator> {
        let strip = |text: &str, prefix: &str| {
            text.get(..prefix.len())
                .filter(|head| head.eq_ignore_ascii_case(prefix))
                .and_then(|_| text.get(prefix.len()..))
                .map(str::to_owned)
        };
        let (set, rest) = match (strip(name, "ForAllValues:"), strip(name, "ForAnyValue:")) {
            (Some(rest), _) => (Some(SetQualifier::All), rest),
            (_, Some(rest)) => (Some(SetQualifier::Any), rest),
            _ => (None, name.to_owned()),
        };
        let cut = rest.len().checked_sub("IfExists".len());
        let (base, if_exists) = match cut.and_then(|cut| Some((rest.get(..cut)?, rest.get(cut..)?))) {
            Some((base, tail)) if tail.eq_ignore_ascii_case("IfExists") => (base, true),
            _ => (rest.as_str(), false),
        };
        let base = NAMES.iter().find(|(name, _)| name.eq_ignore_ascii_case(base)).map(|(_, base)| *base)?;
        if base == Base::Null && if_exists {
            return None;
        }
        Some(Operator { base, if_exists, set })
    }
}

impl fmt::Display for Operator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let set = match self.set {
            Some(SetQualifier::All) => "ForAllValues:",
            Some(SetQualifier::Any) => "ForAnyValue:",
            None => "",
        };
        write!(f, "{set}{}{}", self.base.name(), if self.if_exists { "IfExists" } else { "" })
    }
}

/// One line of a `Condition`: an operator, a key and its values (any of them may match).
#[derive(Debug, Clone, PartialEq)]
pub struct Condition {
    /// The operator; `None` where it is not known or not an operator (see [`Condition::gap`]).
    pub operator: Option<Operator>,
    /// The key as written; keys have no case.
    pub key: Arc<str>,
    /// The values.
    pub values: Vec<Pattern>,
    /// What is not known of it as a whole.
    pub gap: Option<Gap>,
    /// Where it stands.
    pub at: Place,
}

impl Condition {
    /// True where the key is this one, in any case.
    pub fn is_on(&self, key: &str) -> bool {
        self.key.eq_ignore_ascii_case(key)
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let values: Vec<&str> = self.values.iter().map(Pattern::text).collect();
        match self.operator {
            Some(operator) => write!(f, "{operator} {} [{}]", self.key, values.join(", ")),
            None => write!(f, "{}", self.gap.as_ref().map_or("an unknown condition", |gap| &gap.what)),
        }
    }
}

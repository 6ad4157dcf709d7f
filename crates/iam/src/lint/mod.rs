//! What is wrong or odd in the text of a policy: misspelt actions and keys, patterns that match nothing,
//! conditions that cannot hold, statements without effect, each with its place. Whether a policy is too wide
//! is asked elsewhere ([`crate::Policy::wildcard_grants`], [`crate::sets`]).

mod actions;
pub(crate) mod conditions;
mod impossible;
mod resources;
mod shadow;
mod structure;

pub(crate) use resources::works_on;

use crate::facts::{Matching, facts};
use crate::policy::{Policy, Statement};
use std::fmt;
use tieout_model::{Gap, Place, Reason};

/// What a policy is for: the kinds differ in what they may say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PolicyKind {
    /// A managed policy, or an inline policy of a user, group or role.
    Identity,
    /// A policy of a bucket, queue, topic, function, secret, …
    Resource,
    /// A role's trust policy.
    Trust,
    /// A permissions boundary.
    Boundary,
    /// A session policy.
    Session,
    /// A service control policy.
    Scp,
    /// A resource control policy.
    Rcp,
    /// A VPC endpoint policy.
    VpcEndpoint,
    /// A KMS key policy.
    Key,
}

impl PolicyKind {
    /// All kinds.
    pub const ALL: [PolicyKind; 9] = [
        PolicyKind::Identity,
        PolicyKind::Resource,
        PolicyKind::Trust,
        PolicyKind::Boundary,
        PolicyKind::Session,
        PolicyKind::Scp,
        PolicyKind::Rcp,
        PolicyKind::VpcEndpoint,
        PolicyKind::Key,
    ];

    /// The word on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            PolicyKind::Identity => "identity",
            PolicyKind::Resource => "resource",
            PolicyKind::Trust => "trust",
            PolicyKind::Boundary => "boundary",
            PolicyKind::Session => "session",
            PolicyKind::Scp => "scp",
            PolicyKind::Rcp => "rcp",
            PolicyKind::VpcEndpoint => "vpce",
            PolicyKind::Key => "key",
        }
    }

    /// The kind of a document by what stands in it: a trust policy assumes roles and names no resource, a
    /// resource policy names principals.
    pub fn guess(policy: &Policy) -> PolicyKind {
        let has_principal =
            policy.statements.iter().any(|statement| statement.principal != crate::PrincipalClause::Absent);
        if !has_principal {
            return PolicyKind::Identity;
        }
        let all = |test: &dyn Fn(&Statement) -> bool| policy.statements.iter().all(test);
        let actions_of = |statement: &Statement, prefix: &str| {
            statement
                .actions
                .patterns()
                .iter()
                .all(|pattern| pattern.text().to_ascii_lowercase().starts_with(prefix))
        };
        if all(&|statement| {
            statement.resources == crate::ResourceClause::Absent && actions_of(statement, "sts:")
        }) {
            return PolicyKind::Trust;
        }
        if all(&|statement| actions_of(statement, "kms:")) { PolicyKind::Key } else { PolicyKind::Resource }
    }

    fn has_principals(self) -> bool {
        matches!(
            self,
            PolicyKind::Resource
                | PolicyKind::Trust
                | PolicyKind::Rcp
                | PolicyKind::VpcEndpoint
                | PolicyKind::Key
        )
    }

    fn is_of_identity(self) -> bool {
        matches!(self, PolicyKind::Identity | PolicyKind::Boundary | PolicyKind::Session)
    }
}

/// How bad a lint is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LintLevel {
    /// It could be simpler.
    Suggestion,
    /// It likely does not do what was meant.
    Warning,
    /// AWS refuses it, or it can have no effect.
    Error,
}

/// Something odd in a policy.
#[derive(Debug, Clone, PartialEq)]
pub struct Lint {
    /// The rule: `unknown-action`.
    pub rule: &'static str,
    /// How bad.
    pub level: LintLevel,
    /// What is wrong, why it matters, what to do.
    pub message: String,
    /// Where.
    pub at: Place,
}

impl fmt::Display for Lint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.rule, self.message)
    }
}

/// The lints of a policy, and what could not be judged.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Linted {
    /// In the order of the document.
    pub lints: Vec<Lint>,
    /// What is not assessed, with its place.
    pub gaps: Vec<(Gap, Place)>,
}

impl Linted {
    fn push(&mut self, level: LintLevel, rule: &'static str, message: impl Into<String>, at: &Place) {
        self.lints.push(Lint { rule, level, message: message.into(), at: at.clone() });
    }

    fn error(&mut self, rule: &'static str, message: impl Into<String>, at: &Place) {
        self.push(LintLevel::Error, rule, message, at);
    }

    fn warn(&mut self, rule: &'static str, message: impl Into<String>, at: &Place) {
        self.push(LintLevel::Warning, rule, message, at);
    }

    fn suggest(&mut self, rule: &'static str, message: impl Into<String>, at: &Place) {
        self.push(LintLevel::Suggestion, rule, message, at);
    }

    fn not_assessed(&mut self, what: impl Into<String>, at: &Place) {
        let gap = Gap::new(Reason::Unsupported, what.into(), "check the spelling, or update tieout");
        self.gaps.push((gap, at.clone()));
    }

    fn open(&mut self, gap: &Gap, at: &Place) {
        self.gaps.push((gap.clone(), at.clone()));
    }
}

/// Lints a policy.
pub fn lint(policy: &Policy, kind: PolicyKind) -> Linted {
    let mut out = Linted::default();
    for problem in &policy.problems {
        out.error("syntax", problem.message.clone(), &problem.at);
    }
    for gap in &policy.gaps {
        out.open(gap, &policy.at);
    }
    structure::document(policy, kind, &mut out);
    for statement in &policy.statements {
        if let Some(gap) = &statement.gap {
            out.open(gap, &statement.at);
        }
        structure::statement(statement, kind, &mut out);
        let known: Vec<Matching<'_>> =
            statement.actions.patterns().iter().map(|pattern| facts().matching(pattern)).collect();
        actions::check(statement, &known, &mut out);
        resources::check(statement, kind, &known, &mut out);
        conditions::check(statement, policy.version, &mut out);
    }
    if kind.is_of_identity() {
        resources::missing_types(policy, &mut out);
    }
    shadow::check(policy, &mut out);
    out
}

/// The nearest of some names, where one is near enough to be meant.
fn nearest<'n>(name: &str, names: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    let lower = name.to_ascii_lowercase();
    let far = (name.len() / 4).clamp(1, 3);
    names
        .filter(|known| known.len().abs_diff(name.len()) <= far)
        .map(|known| (strsim::damerau_levenshtein(&lower, &known.to_ascii_lowercase()), known))
        .filter(|(distance, _)| *distance <= far)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, known)| known)
}

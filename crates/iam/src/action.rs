//! `Action` and `NotAction`. Which actions exist is not known here.

use crate::answer::Tri;
use crate::pattern::{Case, Pattern};
use tieout_model::Gap;

/// The actions of a statement.
#[derive(Debug, Clone, PartialEq)]
pub enum ActionClause {
    /// `Action`: any of these.
    Action(Vec<Pattern>),
    /// `NotAction`: all but these.
    NotAction(Vec<Pattern>),
    /// Neither is written: the statement applies to nothing, and AWS refuses it.
    Absent,
}

impl ActionClause {
    /// The patterns as written.
    pub fn patterns(&self) -> &[Pattern] {
        match self {
            ActionClause::Action(patterns) | ActionClause::NotAction(patterns) => patterns,
            ActionClause::Absent => &[],
        }
    }

    /// Whether an action (`s3:GetObject`, any case) is one of these.
    pub(crate) fn matches(&self, action: &str) -> Tri {
        let any = |patterns: &[Pattern]| {
            Tri::any(patterns.iter().map(|pattern| pattern.matches(action, Case::Ignore)))
        };
        match self {
            ActionClause::Action(patterns) => any(patterns),
            ActionClause::NotAction(patterns) => any(patterns).not(),
            ActionClause::Absent => Tri::No,
        }
    }

    /// Whether every action that a pattern matches is one of these.
    pub(crate) fn covers(&self, action: &Pattern) -> Tri {
        let covered = |pattern: &Pattern| {
            if covers_action(pattern, action) {
                Tri::Yes
            } else if pattern.hole().is_some() && pattern.meets(action, Case::Ignore) {
                Tri::Maybe
            } else {
                Tri::No
            }
        };
        match self {
            ActionClause::Action(patterns) => Tri::any(patterns.iter().map(covered)),
            ActionClause::NotAction(patterns) => Tri::all(patterns.iter().map(|pattern| {
                match (pattern.meets(action, Case::Ignore), pattern.hole()) {
                    (false, _) => Tri::Yes,
                    (true, Some(_)) => Tri::Maybe,
                    (true, None) => Tri::No,
                }
            })),
            ActionClause::Absent => Tri::No,
        }
    }

    /// Whether every action there is, is one of these.
    pub(crate) fn covers_all(&self) -> Tri {
        match self {
            ActionClause::Action(patterns) => Tri::any(patterns.iter().map(|pattern| {
                if is_all_actions(pattern) {
                    Tri::Yes
                } else if pattern.hole().is_some() && pattern.matches("\u{0}:\u{0}", Case::Ignore) != Tri::No
                {
                    Tri::Maybe
                } else {
                    Tri::No
                }
            })),
            ActionClause::NotAction(patterns) if patterns.is_empty() => Tri::Yes,
            _ => Tri::No,
        }
    }

    /// The first gap among the patterns.
    pub(crate) fn gap(&self) -> Option<&Gap> {
        self.patterns().iter().find_map(Pattern::gap)
    }
}

fn covers_action(wide: &Pattern, narrow: &Pattern) -> bool {
    is_all_actions(wide) || wide.covers(narrow, Case::Ignore)
}

/// True for `*`, `*:*` and their like.
pub(crate) fn is_all_actions(pattern: &Pattern) -> bool {
    pattern.plain().is_some_and(|text| {
        text.starts_with(['*', ':'])
            && text.contains('*')
            && text.bytes().all(|byte| matches!(byte, b'*' | b':'))
            && text.matches(':').count() < 2
    })
}

/// The service of a wildcard over a whole service: `s3` for `s3:*`.
pub(crate) fn whole_service(pattern: &Pattern) -> Option<&str> {
    let (service, action) = pattern.plain()?.split_once(':')?;
    let whole = !action.is_empty() && action.bytes().all(|byte| byte == b'*');
    (whole && !service.contains(['*', '?'])).then_some(service)
}

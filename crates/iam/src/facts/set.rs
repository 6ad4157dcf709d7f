//! Sets of the actions that the tables know, as bits.

use super::{Action, Facts, facts};
use crate::{ActionClause, Pattern};

/// A set of actions.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ActionSet {
    words: Vec<u64>,
}

impl ActionSet {
    /// The empty set.
    pub fn new() -> ActionSet {
        ActionSet { words: vec![0; facts().action_count().div_ceil(64)] }
    }

    /// All actions that the tables know.
    pub fn all() -> ActionSet {
        let mut set = ActionSet::new();
        set.fill(0..facts().action_count());
        set
    }

    /// The actions that a clause takes in for certain. Actions that the tables do not know are not there.
    pub fn of(clause: &ActionClause) -> ActionSet {
        match clause {
            ActionClause::Action(patterns) => {
                ActionSet::matching(patterns.iter().filter(|p| p.hole().is_none()))
            }
            ActionClause::NotAction(patterns) => ActionSet::all().minus(&ActionSet::matching(patterns)),
            ActionClause::Absent => ActionSet::new(),
        }
    }

    /// The actions that any of the patterns may match.
    pub fn matching<'p>(patterns: impl IntoIterator<Item = &'p Pattern>) -> ActionSet {
        let mut set = ActionSet::new();
        for pattern in patterns {
            if crate::action::is_all_actions(pattern) {
                return ActionSet::all();
            }
            for action in facts().matching(pattern).iter() {
                set.insert(action);
            }
        }
        set
    }

    fn fill(&mut self, range: std::ops::Range<usize>) {
        for index in range {
            if let Some(word) = self.words.get_mut(index / 64) {
                *word |= 1 << (index % 64);
            }
        }
    }

    /// Puts an action in.
    pub fn insert(&mut self, action: Action) {
        self.fill(action.index()..action.index() + 1);
    }

    /// True where an action is in it.
    pub fn contains(&self, action: Action) -> bool {
        let index = action.index();
        self.words.get(index / 64).is_some_and(|word| word & (1 << (index % 64)) != 0)
    }

    /// The actions of either.
    #[must_use]
    pub fn union(&self, other: &ActionSet) -> ActionSet {
        self.zip(other, |a, b| a | b)
    }

    /// The actions of both.
    #[must_use]
    pub fn intersection(&self, other: &ActionSet) -> ActionSet {
        self.zip(other, |a, b| a & b)
    }

    /// The actions that are not in the other.
    #[must_use]
    pub fn minus(&self, other: &ActionSet) -> ActionSet {
        self.zip(other, |a, b| a & !b)
    }

    fn zip(&self, other: &ActionSet, join: impl Fn(u64, u64) -> u64) -> ActionSet {
        let words = self.words.iter().zip(&other.words).map(|(a, b)| join(*a, *b));
        ActionSet { words: words.collect() }
    }

    /// True where all its actions are in the other.
    pub fn is_subset(&self, other: &ActionSet) -> bool {
        self.words.iter().zip(&other.words).all(|(a, b)| a & !b == 0)
    }

    /// True where nothing is in it.
    pub fn is_empty(&self) -> bool {
        self.words.iter().all(|word| *word == 0)
    }

    /// How many actions are in it.
    pub fn len(&self) -> usize {
        self.words.iter().map(|word| word.count_ones() as usize).sum()
    }

    /// The actions, in the table's order: by service and name.
    pub fn iter(&self) -> impl Iterator<Item = Action> + '_ {
        let table: &'static Facts = facts();
        self.words.iter().enumerate().flat_map(move |(at, word)| {
            (0..64)
                .filter(move |bit| word & (1 << bit) != 0)
                .map(move |bit| Action { facts: table, index: at * 64 + bit })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::AccessLevel;
    use tieout_model::Place;

    fn set(pattern: &str) -> ActionSet {
        ActionSet::matching([&Pattern::new(pattern, false, Place::None)])
    }

    #[test]
    fn patterns_expand_to_the_actions_of_the_tables() {
        assert_eq!(set("*").len(), facts().action_count());
        assert!(set("s3:*").len() > 100);
        assert_eq!(set("S3:getobject").len(), 1);
        assert!(set("s3:NoSuchAction").is_empty());
        assert!(set("nosuchservice:*").is_empty());
        assert!(set("s3:Get*").is_subset(&set("s3:*")));
        assert!(!set("s3*:*").is_subset(&set("s3:*")), "s3-outposts is another service");
        let names: Vec<String> = set("sqs:*Message").iter().map(|action| action.full_name()).collect();
        assert_eq!(names, ["sqs:DeleteMessage", "sqs:ReceiveMessage", "sqs:SendMessage"]);
        assert_eq!(set("*").minus(&set("s3:*")).len() + set("s3:*").len(), facts().action_count());
    }

    #[test]
    fn an_action_knows_its_level_resources_and_keys() {
        let action = facts().action("S3:putobject").unwrap();
        assert_eq!((action.full_name().as_str(), action.level()), ("s3:PutObject", AccessLevel::Write));
        assert!(
            action.resource_types().any(|kind| kind.name == "object" && kind.arn.ends_with("/${ObjectName}"))
        );
        assert!(action.keys().any(|key| key.name == "s3:x-amz-acl"));
        assert!(!facts().action("s3:ListAllMyBuckets").unwrap().is_on_resources());
        assert_eq!(facts().action("iam:PutRolePolicy").unwrap().level(), AccessLevel::Permissions);
        assert!(facts().action("s3:PutObjects").is_none());
        assert!(facts().global_key("AWS:SourceIP").is_some());
        assert!(facts().global_key("aws:PrincipalTag/team").is_some());
        assert!(facts().global_key("aws:PrincipalTag/").is_none());
        assert_eq!(facts().date().len(), 10);
    }

    #[test]
    fn every_row_of_the_tables_is_found_again() {
        for service in facts().services() {
            assert_eq!(facts().service(service.prefix()).unwrap().name(), service.name());
            for action in service.actions() {
                let found = facts().action(&action.full_name()).unwrap();
                assert_eq!(found.index(), action.index(), "{}", action.full_name());
            }
        }
    }
}

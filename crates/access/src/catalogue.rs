//! The resources of a state by what names them: id, ARN, name.

use crate::text::{Text, arn, attribute};
use std::collections::HashMap;
use tieout_aws_state::{Resource, Scope, State};

/// The resources of a state, for look-ups.
pub struct Catalogue<'s> {
    /// The state.
    pub state: &'s State,
    by_local: HashMap<&'s Scope, HashMap<&'s str, Vec<&'s Resource>>>,
}

/// A resource as a user may name it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The id of the Assessment.
    pub id: String,
    /// The name, where it has one.
    pub name: Option<String>,
    /// The type.
    pub type_name: String,
}

impl<'s> Catalogue<'s> {
    /// Indexes a state.
    pub fn new(state: &'s State) -> Catalogue<'s> {
        let mut by_local: HashMap<_, HashMap<_, Vec<_>>> = HashMap::new();
        for resource in state.resources() {
            let declared = &resource.declared;
            by_local.entry(&declared.scope).or_default().entry(&*declared.local).or_default().push(resource);
        }
        Catalogue { state, by_local }
    }

    /// The text that a reference in a scope stands for.
    pub(crate) fn referred(&self, scope: &Scope, id: &str, name: Option<&str>) -> Option<Text> {
        let all = self.local(scope, id);
        all.iter().find_map(|resource| attribute(resource, name))
    }

    /// The resources that a reference in a scope may mean.
    pub(crate) fn local(&self, scope: &Scope, id: &str) -> &[&'s Resource] {
        let all = self.by_local.get(scope).and_then(|all| all.get(id));
        all.map(Vec::as_slice).unwrap_or_default()
    }

    /// Every resource that can be named, for suggestions.
    pub fn entries(&self, wanted: impl Fn(&str) -> bool) -> Vec<Entry> {
        let resources = self.state.resources().iter();
        let named = resources.filter(|resource| wanted(&resource.declared.type_name));
        let mut all: Vec<Entry> = named
            .map(|resource| Entry {
                id: resource.subject.id.clone(),
                name: resource.subject.name.clone(),
                type_name: resource.declared.type_name.to_string(),
            })
            .collect();
        all.dedup();
        all
    }

    /// True for a type of which a request can be asked.
    pub(crate) fn has_arn(resource: &Resource) -> bool {
        arn(resource).is_some()
    }
}

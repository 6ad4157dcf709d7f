//! The state: every resource of every source, typed, indexed and linked. Checks read it, nothing writes it.

use crate::generated::{Typed, read_typed};
use crate::links::Links;
use crate::table::TypeTable;
use crate::{Declared, Scope, type_table};
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use tieout_model::time::Date;
use tieout_model::{Gap, Place, Subject, SubjectKind, Value};

/// At most so many unknown conditions of one resource are tried both ways.
const MAX_CONDITIONS: usize = 4;

/// A typed resource.
#[derive(Debug)]
pub struct Resource {
    /// What a verdict about it is about.
    pub subject: Subject,
    /// What the front end handed over: the raw trees.
    pub declared: Declared,
    /// The struct; leaves that depend on an unknown condition are unknown unless both branches agree.
    pub typed: Typed,
    /// Where the resource depends on unknown conditions: the struct for every combination.
    pub variants: Vec<Variant>,
}

/// A resource under one combination of its unknown conditions.
#[derive(Debug)]
pub struct Variant {
    /// Conditions and what is assumed of them.
    pub assumptions: Vec<(Arc<str>, bool)>,
    /// The struct under these assumptions.
    pub typed: Typed,
}

impl Resource {
    /// True where it was read from an account, so that live facts can be asked.
    pub fn is_live(&self) -> bool {
        matches!(self.declared.scope, Scope::Account(_))
    }

    /// The place of the declaration.
    pub fn place(&self) -> &Place {
        &self.declared.at
    }
}

/// A whole population that could not be seen: the listing call was denied.
#[derive(Debug, Clone, PartialEq)]
pub struct PopulationGap {
    /// The type that could not be listed.
    pub type_name: Arc<str>,
    /// Account.
    pub account: Arc<str>,
    /// Region, `None` for global services.
    pub region: Option<Arc<str>>,
    /// Why.
    pub gap: Gap,
}

/// Every resource that a run knows.
#[derive(Debug)]
pub struct State {
    resources: Vec<Resource>,
    by_type: HashMap<Arc<str>, Vec<usize>>,
    pub(crate) links: Links,
    population_gaps: Vec<PopulationGap>,
    as_of: Date,
}

impl State {
    /// Types, indexes and links what the front ends read. `as_of` is the day on which ages are judged.
    pub fn build(mut declared: Vec<Declared>, mut population_gaps: Vec<PopulationGap>, as_of: Date) -> State {
        declared.sort_by(|a, b| {
            (&a.scope, &a.type_name, &a.local, &a.region).cmp(&(&b.scope, &b.type_name, &b.local, &b.region))
        });
        // Every region tells of a trail of several regions; it is one.
        declared.dedup_by(|a, b| {
            matches!(a.scope, Scope::Account(_))
                && (&a.scope, &a.type_name, &a.local) == (&b.scope, &b.type_name, &b.local)
        });
        let ids = unique_ids(&declared);
        let resources: Vec<Resource> =
            declared.into_iter().zip(ids).map(|(declared, id)| resource(declared, id)).collect();
        let mut by_type: HashMap<Arc<str>, Vec<usize>> = HashMap::new();
        for (index, resource) in resources.iter().enumerate() {
            by_type.entry(resource.declared.type_name.clone()).or_default().push(index);
        }
        let links = Links::find(&resources);
        population_gaps.sort_by(|a, b| {
            (&a.type_name, &a.account, &a.region).cmp(&(&b.type_name, &b.account, &b.region))
        });
        population_gaps.dedup();
        State { resources, by_type, links, population_gaps, as_of }
    }

    /// All resources, sorted by scope, type and id.
    pub fn resources(&self) -> &[Resource] {
        &self.resources
    }

    /// The resources of a type, with their structs.
    pub fn all<T: crate::AwsType>(&self) -> impl Iterator<Item = (&Resource, &T)> {
        self.of_type(T::NAME).filter_map(|resource| Some((resource, T::of(&resource.typed)?)))
    }

    /// The resources of a type by its name.
    pub fn of_type(&self, name: &str) -> impl Iterator<Item = &Resource> {
        let indexes = self.by_type.get(name).map(Vec::as_slice).unwrap_or_default();
        indexes.iter().filter_map(|index| self.resources.get(*index))
    }

    pub(crate) fn get(&self, index: usize) -> Option<&Resource> {
        self.resources.get(index)
    }

    /// The populations that could not be seen.
    pub fn population_gaps(&self) -> &[PopulationGap] {
        &self.population_gaps
    }

    /// Why the population of a type in an account (and region) is not known.
    pub fn population_gap(&self, type_name: &str, account: &str, region: Option<&str>) -> Option<&Gap> {
        self.population_gaps
            .iter()
            .find(|gap| {
                &*gap.type_name == type_name
                    && &*gap.account == account
                    && (region.is_none() || gap.region.is_none() || gap.region.as_deref() == region)
            })
            .map(|found| &found.gap)
    }

    /// The day on which ages and ends of life are judged.
    pub fn as_of(&self) -> Date {
        self.as_of
    }
}

/// The id of each resource in the Assessment: its local id, with the scope in front where another resource of
/// the same type in another scope has the same.
fn unique_ids(declared: &[Declared]) -> Vec<String> {
    let mut seen: HashMap<(&str, &str), usize> = HashMap::new();
    for one in declared {
        *seen.entry((&one.type_name, &one.local)).or_default() += 1;
    }
    declared
        .iter()
        .map(|one| match (&one.scope, seen.get(&(&*one.type_name, &*one.local))) {
            (Scope::Source(unit), Some(number)) if *number > 1 && !unit.is_empty() => {
                format!("{unit}#{}", one.local)
            }
            _ => one.local.to_string(),
        })
        .collect()
}

fn resource(declared: Declared, id: String) -> Resource {
    let table = type_table(&declared.type_name);
    let typed = read_typed(&declared.type_name, &declared.properties, declared.live.as_ref(), &declared.at);
    let variants = variants(&declared);
    let subject = subject(&declared, id, table);
    Resource { subject, declared, typed, variants }
}

fn subject(declared: &Declared, id: String, table: Option<&TypeTable>) -> Subject {
    let mut subject = Subject::new(table.map_or(SubjectKind::Resource, |table| table.kind), id);
    subject.type_name = Some(declared.type_name.to_string());
    let property = |key: &str| declared.values(key).first().and_then(|node| node.scalar_text());
    subject.name = declared
        .name
        .clone()
        .or_else(|| table.and_then(|table| property(table.id)))
        .map(|name| name.to_string());
    subject.arn = declared.arn.as_ref().map(ToString::to_string);
    subject.account = declared.account.as_ref().map(ToString::to_string);
    subject.region = declared.region.as_ref().map(ToString::to_string);
    if let Some((file, line)) = declared.at.file_line() {
        subject.file = Some(file.to_owned());
        subject.line = Some(line);
    }
    if subject.name.is_none() {
        // An account tells of it by ARN alone: its last part is the name.
        let arn = subject.arn.as_deref().filter(|arn| *arn == &*declared.local);
        let name = arn.and_then(|arn| arn.rsplit(['/', ':']).next()).filter(|name| !name.is_empty());
        subject.name = Some(name.unwrap_or(&declared.local).to_owned());
    }
    subject
}

/// The struct under every combination of the conditions that the resource's properties depend on; none where
/// there are no such conditions or too many.
fn variants(declared: &Declared) -> Vec<Variant> {
    let mut conditions = BTreeSet::new();
    declared.properties.walk(&mut |node| {
        if let Value::Either { condition, .. } = &node.value {
            conditions.insert(condition.clone());
        }
    });
    if conditions.is_empty() || conditions.len() > MAX_CONDITIONS {
        return Vec::new();
    }
    let conditions: Vec<_> = conditions.into_iter().collect();
    (0..1usize << conditions.len())
        .map(|bits| {
            let assumptions: Vec<_> = conditions
                .iter()
                .enumerate()
                .map(|(bit, name)| (name.clone(), bits & (1 << bit) == 0))
                .collect();
            let chosen =
                |name: &str| assumptions.iter().find(|(known, _)| &**known == name).map(|(_, holds)| *holds);
            let properties = declared.properties.choose(&chosen);
            let typed = read_typed(&declared.type_name, &properties, declared.live.as_ref(), &declared.at);
            Variant { assumptions, typed }
        })
        .collect()
}

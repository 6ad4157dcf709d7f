//! Which resource names which: typed edges by reference, ARN, name and id alike, and the questions that
//! checks ask of them.

use crate::mapping::select;
use crate::state::{Resource, State};
use crate::table::{LinkRow, TypeTable};
use crate::{AwsType, type_table};
use std::collections::HashMap;
use std::marker::PhantomData;
use std::sync::Arc;
use tieout_model::{Gap, Node, Piece, Value};

/// A property of `F` that names resources of type `T`; generated as constants beside the structs.
#[derive(Debug)]
pub struct Edge<F, T> {
    /// Path of the property.
    pub path: &'static str,
    marker: PhantomData<fn() -> (F, T)>,
}

impl<F, T> Clone for Edge<F, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<F, T> Copy for Edge<F, T> {}

impl<F, T> Edge<F, T> {
    /// The edge of a property path.
    pub const fn new(path: &'static str) -> Edge<F, T> {
        Edge { path, marker: PhantomData }
    }
}

/// What a property names.
#[derive(Debug)]
pub enum Linked<'a, T> {
    /// A resource of the state.
    To(&'a Resource, &'a T),
    /// Something that is not in the state: its name, id or ARN.
    Outside(Arc<str>),
    /// It cannot be told which.
    Unknown(Gap),
}

#[derive(Debug, Clone)]
enum Target {
    Resource(usize),
    Outside(Arc<str>),
    Unknown(Gap),
}

#[derive(Debug)]
struct Found {
    from: usize,
    path: &'static str,
    target: Target,
}

/// All edges of a state.
#[derive(Debug, Default)]
pub(crate) struct Links {
    edges: Vec<Found>,
    out: HashMap<usize, Vec<usize>>,
    into: HashMap<usize, Vec<usize>>,
}

impl Links {
    pub(crate) fn find(resources: &[Resource]) -> Links {
        let index = Index::of(resources);
        let mut links = Links::default();
        for (from, resource) in resources.iter().enumerate() {
            let Some(table) = type_table(&resource.declared.type_name) else { continue };
            for row in table.links {
                for node in select(&resource.declared.properties, row.path) {
                    for target in index.targets(resource, node, row.to) {
                        links.push(Found { from, path: row.path, target });
                    }
                }
            }
        }
        links
    }

    fn push(&mut self, found: Found) {
        let edge = self.edges.len();
        self.out.entry(found.from).or_default().push(edge);
        if let Target::Resource(to) = found.target {
            self.into.entry(to).or_default().push(edge);
        }
        self.edges.push(found);
    }

    fn of<'a>(
        &'a self,
        map: &'a HashMap<usize, Vec<usize>>,
        of: usize,
        path: &'a str,
    ) -> impl Iterator<Item = &'a Found> {
        map.get(&of)
            .map(Vec::as_slice)
            .unwrap_or_default()
            .iter()
            .filter_map(|edge| self.edges.get(*edge))
            .filter(move |found| found.path == path)
    }
}

/// Resources by everything that may name them.
struct Index<'a> {
    resources: &'a [Resource],
    by_local: HashMap<(&'a str, &'a str), Vec<usize>>,
    of_any_type: HashMap<&'a str, Vec<usize>>,
    by_key: HashMap<(&'a str, Arc<str>), Vec<usize>>,
}

impl<'a> Index<'a> {
    fn of(resources: &'a [Resource]) -> Index<'a> {
        let mut index = Index {
            resources,
            by_local: HashMap::new(),
            of_any_type: HashMap::new(),
            by_key: HashMap::new(),
        };
        for (at, resource) in resources.iter().enumerate() {
            let type_name = &*resource.declared.type_name;
            index.by_local.entry((type_name, &resource.declared.local)).or_default().push(at);
            index.of_any_type.entry(&resource.declared.local).or_default().push(at);
            let Some(table) = type_table(type_name) else { continue };
            let mut keys: Vec<Arc<str>> = std::iter::once(&table.id)
                .chain(table.keys)
                .flat_map(|key| resource.declared.values(key))
                .filter_map(Node::scalar_text)
                .collect();
            keys.extend(resource.declared.arn.clone());
            keys.push(resource.declared.local.clone());
            keys.sort();
            keys.dedup();
            for key in keys {
                index.by_key.entry((type_name, key)).or_default().push(at);
            }
        }
        index
    }

    fn targets(&self, from: &Resource, node: &Node, to: &str) -> Vec<Target> {
        match &node.value {
            Value::Null => Vec::new(),
            Value::List(items) => items.iter().flat_map(|item| self.targets(from, item, to)).collect(),
            Value::Either { then, otherwise, .. } => {
                let mut both = self.targets(from, then, to);
                both.extend(self.targets(from, otherwise, to));
                both
            }
            Value::Ref { id, .. } => vec![self.by_reference(from, id, to, node)],
            Value::Pieces(pieces) => vec![self.by_pieces(from, pieces, to, node)],
            Value::Unknown(gap) => vec![Target::Unknown(gap.clone())],
            _ => match node.scalar_text() {
                Some(text) => vec![self.by_text(from, &text, to)],
                None => Vec::new(),
            },
        }
    }

    fn by_reference(&self, from: &Resource, id: &Arc<str>, to: &str, node: &Node) -> Target {
        if let Some(at) = self.referred(from, id, to) {
            return Target::Resource(at);
        }
        let unknown = || Target::Unknown(node.gap().unwrap_or_else(|| Gap::unresolved(id)));
        let Some(other) = self.of_any_type.get(&**id).and_then(|all| self.in_scope(from, all)) else {
            // A parameter, or a resource that the tables do not know.
            return unknown();
        };
        // An alias of a function or of a key stands for it.
        if type_table(&other.declared.type_name).is_some_and(|table| !table.stands_for.is_empty()) {
            return self.through(other, to).map_or_else(unknown, Target::Resource);
        }
        // A stack's outputs and custom resources may name anything; any other resource is not of this type.
        match &*other.declared.type_name {
            "AWS::CloudFormation::Stack" | "AWS::CloudFormation::CustomResource" => unknown(),
            custom if custom.starts_with("Custom::") => unknown(),
            _ => Target::Outside(id.clone()),
        }
    }

    fn referred(&self, from: &Resource, id: &str, to: &str) -> Option<usize> {
        self.by_local.get(&(to, id)).and_then(|all| self.nearest(from, all))
    }

    fn in_scope(&self, from: &Resource, candidates: &[usize]) -> Option<&'a Resource> {
        let resources = candidates.iter().filter_map(|at| self.resources.get(*at));
        resources.into_iter().find(|resource| resource.declared.scope == from.declared.scope)
    }

    /// The resource for which an alias stands. One step only: an alias of an alias does not exist.
    fn through(&self, alias: &Resource, to: &str) -> Option<usize> {
        let table = type_table(&alias.declared.type_name)?;
        let named = alias.declared.values(table.stands_for);
        match &named.first()?.value {
            Value::Ref { id, .. } => self.referred(alias, id, to),
            Value::Text(text) => match self.by_own_text(alias, text, to) {
                Target::Resource(at) => Some(at),
                _ => None,
            },
            _ => None,
        }
    }

    /// `arn:aws:s3:::${Bucket}` and the like: the one reference in it, if it is to such a resource.
    fn by_pieces(&self, from: &Resource, pieces: &[Piece], to: &str, node: &Node) -> Target {
        let mut named = pieces.iter().filter_map(|piece| match piece {
            Piece::Hole(Node { value: Value::Ref { id, .. }, .. }) => self.referred(from, id, to),
            _ => None,
        });
        if let (Some(at), None) = (named.next(), named.next()) {
            return Target::Resource(at);
        }
        // An ARN whose partition, region or account is open, and whose name is not.
        if let Some(Piece::Text(last)) = pieces.last()
            && let Some(at) = self.named(from, last.rsplit([':', '/']).next().unwrap_or(last), to)
        {
            return Target::Resource(at);
        }
        Target::Unknown(node.gap().unwrap_or_else(|| Gap::unresolved(node.expression())))
    }

    fn by_text(&self, from: &Resource, text: &Arc<str>, to: &str) -> Target {
        let own = self.by_own_text(from, text, to);
        if matches!(own, Target::Resource(_)) {
            return own;
        }
        // The name or ARN of a key's alias. That of a function is told by its function's ARN.
        let Some(alias) = text.find("alias/").and_then(|start| text.get(start..)) else { return own };
        let stands = |link: &LinkRow, table: &TypeTable| link.path == table.stands_for && link.to == to;
        let found = crate::generated::TYPES
            .iter()
            .filter(|table| table.links.iter().any(|link| stands(link, table)))
            .find_map(|table| self.resources.get(self.named(from, alias, table.name)?))
            .filter(|resource| !text.starts_with("arn:") || !self.is_other(resource, text));
        found.and_then(|resource| self.through(resource, to)).map_or(own, Target::Resource)
    }

    fn by_own_text(&self, from: &Resource, text: &Arc<str>, to: &str) -> Target {
        // `…:log-group:NAME:*` names the group with all its streams, `…:function:NAME:QUALIFIER` the function
        // with one of its versions.
        if let Some(without) = without_qualifier(text)
            && let Target::Resource(at) = self.by_own_text(from, &without.into(), to)
        {
            return Target::Resource(at);
        }
        if let Some(at) = self.named(from, text, to) {
            return Target::Resource(at);
        }
        if text.starts_with("arn:")
            && let Some(name) = text.rsplit([':', '/']).next()
            && let Some(at) = self.named(from, name, to)
            && !self.contradicts(at, text)
        {
            return Target::Resource(at);
        }
        Target::Outside(text.clone())
    }

    /// An ARN of the text names another account or is not the resource's own.
    fn contradicts(&self, at: usize, arn: &str) -> bool {
        self.resources.get(at).is_none_or(|resource| self.is_other(resource, arn))
    }

    fn is_other(&self, resource: &Resource, arn: &str) -> bool {
        if let Some(own) = &resource.declared.arn {
            return **own != *arn;
        }
        let account = arn.split(':').nth(4).unwrap_or_default();
        let own = resource.declared.account.as_deref().unwrap_or(account);
        !account.is_empty() && own != account
    }

    fn named(&self, from: &Resource, key: &str, to: &str) -> Option<usize> {
        let type_name = type_table(to)?.name;
        self.by_key.get(&(type_name, Arc::from(key))).and_then(|all| self.nearest(from, all))
    }

    /// The candidate of the same scope and region, else of the same scope, else the only one elsewhere in the
    /// source.
    fn nearest(&self, from: &Resource, candidates: &[usize]) -> Option<usize> {
        let of = |at: &usize| self.resources.get(*at).map(|resource| &resource.declared);
        let same_scope =
            || candidates.iter().filter(|at| of(at).is_some_and(|one| one.scope == from.declared.scope));
        same_scope()
            .find(|at| of(at).is_some_and(|one| one.region == from.declared.region))
            .or_else(|| same_scope().next())
            .or_else(|| match candidates {
                [only]
                    if !from.is_live()
                        && of(only).is_some_and(|one| matches!(one.scope, crate::Scope::Source(_))) =>
                {
                    Some(only)
                }
                _ => None,
            })
            .copied()
    }
}

/// An ARN without what stands behind the resource's own.
fn without_qualifier(arn: &str) -> Option<&str> {
    if let Some(group) = arn.strip_suffix(":*") {
        return Some(group);
    }
    let is_qualified = arn.contains(":function:") && arn.split(':').count() == 8;
    if is_qualified { arn.rsplit_once(':').map(|(function, _)| function) } else { None }
}

impl State {
    fn position(&self, resource: &Resource) -> Option<usize> {
        let start = self.resources().as_ptr() as usize;
        let offset = (std::ptr::from_ref(resource) as usize).checked_sub(start)?;
        Some(offset / size_of::<Resource>())
    }

    /// What a property of a resource names.
    pub fn follow<F: AwsType, T: AwsType>(&self, from: &Resource, edge: Edge<F, T>) -> Vec<Linked<'_, T>> {
        let Some(at) = self.position(from) else { return Vec::new() };
        self.links
            .of(&self.links.out, at, edge.path)
            .map(|found| match &found.target {
                Target::Resource(to) => match self.get(*to).and_then(|to| Some((to, T::of(&to.typed)?))) {
                    Some((resource, typed)) => Linked::To(resource, typed),
                    None => Linked::Unknown(Gap::unsupported("a resource of another type")),
                },
                Target::Outside(text) => Linked::Outside(text.clone()),
                Target::Unknown(gap) => Linked::Unknown(gap.clone()),
            })
            .collect()
    }

    /// The resources of type `F` that name this one by the edge.
    ///
    /// # Errors
    /// The gap, where a resource of that type in the same scope may name this one but cannot be resolved, or
    /// where the population of that type could not be seen.
    pub fn naming<F: AwsType, T: AwsType>(
        &self,
        to: &Resource,
        edge: Edge<F, T>,
    ) -> Result<Vec<(&Resource, &F)>, Gap> {
        if let Some(account) = to.declared.account.as_deref().filter(|_| to.is_live())
            && let Some(gap) = self.population_gap(F::NAME, account, to.declared.region.as_deref())
        {
            return Err(gap.clone());
        }
        if let Some(gap) = self.unresolved(to, edge) {
            return Err(gap);
        }
        Ok(self.known_naming(to, edge))
    }

    /// The resources of type `F` that are known to name this one, whatever else may.
    pub fn known_naming<F: AwsType, T: AwsType>(
        &self,
        to: &Resource,
        edge: Edge<F, T>,
    ) -> Vec<(&Resource, &F)> {
        let Some(at) = self.position(to) else { return Vec::new() };
        self.links
            .of(&self.links.into, at, edge.path)
            .filter_map(|found| {
                let resource = self.get(found.from)?;
                Some((resource, F::of(&resource.typed)?))
            })
            .collect()
    }

    /// The gap of an edge of the same scope that may or may not name this resource.
    fn unresolved<F: AwsType, T: AwsType>(&self, to: &Resource, edge: Edge<F, T>) -> Option<Gap> {
        self.of_type(F::NAME)
            .filter(|resource| resource.declared.scope == to.declared.scope)
            .filter_map(|resource| self.position(resource))
            .flat_map(|at| self.links.of(&self.links.out, at, edge.path))
            .find_map(|found| match &found.target {
                Target::Unknown(gap) => Some(gap.clone()),
                _ => None,
            })
    }
}

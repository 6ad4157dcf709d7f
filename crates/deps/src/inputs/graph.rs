//! What a lock file's dependency graph says of each package: who pulled it in (the shortest chain), for which group, and
//! under which condition. Which file the graph was read from is not known here.

use crate::{Chain, Group, PackageName};
use std::collections::{BTreeSet, HashMap, VecDeque};
use std::sync::Arc;

/// Chains are cut after so many packages; no real one is near it.
const LONGEST_CHAIN: usize = 64;
/// So many packages of one name (forks of a resolution) are linked to.
const MOST_FORKS: usize = 64;
/// A condition of more alternatives, or a longer one, is not told: the package is taken as unconditional.
const MOST_ALTERNATIVES: usize = 8;
const LONGEST_MARKER: usize = 600;

/// What a package, or the project, asks for.
#[derive(Debug, Clone)]
pub(crate) struct Wish {
    pub(crate) name: PackageName,
    pub(crate) extras: Vec<String>,
    pub(crate) marker: Option<Arc<str>>,
}

#[derive(Debug)]
struct Edge {
    to: usize,
    marker: Option<Arc<str>>,
}

#[derive(Debug)]
struct Vertex {
    name: PackageName,
    edges: Vec<Edge>,
}

/// Packages and their extras, linked by what they ask for.
#[derive(Debug, Default)]
pub(crate) struct Graph {
    vertices: Vec<Vertex>,
    by_name: HashMap<PackageName, Vec<usize>>,
    extras: HashMap<usize, Vec<(String, usize)>>,
    roots: Vec<(Group, Edge)>,
}

/// What the walk tells of a package.
#[derive(Debug, Clone, Default)]
pub(crate) struct Walked {
    /// `None` where nothing leads to it.
    pub(crate) group: Option<Group>,
    pub(crate) chain: Chain,
    pub(crate) direct: bool,
    /// `None` where it is unconditional.
    pub(crate) marker: Option<String>,
}

impl Graph {
    /// Adds a package; packages come before all links.
    pub(crate) fn package(&mut self, name: &PackageName) -> usize {
        let index = self.vertices.len();
        self.vertices.push(Vertex { name: name.clone(), edges: Vec::new() });
        self.by_name.entry(name.clone()).or_default().push(index);
        index
    }

    /// An extra of a package, as a vertex of its own.
    pub(crate) fn extra(&mut self, package: usize, extra: &str) -> usize {
        let known = self.extras.entry(package).or_default();
        if let Some((_, vertex)) = known.iter().find(|(name, _)| name == extra) {
            return *vertex;
        }
        let vertex = self.vertices.len();
        known.push((extra.to_owned(), vertex));
        let name =
            self.vertices.get(package).map_or_else(|| PackageName::new(""), |vertex| vertex.name.clone());
        self.vertices.push(Vertex { name, edges: Vec::new() });
        vertex
    }

    /// Links a package or an extra to what it asks for. `fits` picks among several packages of that name; where none fits,
    /// all are taken.
    pub(crate) fn link(&mut self, from: usize, wish: &Wish, fits: &dyn Fn(usize) -> bool) {
        let targets = self.targets(wish, fits);
        let Some(vertex) = self.vertices.get_mut(from) else { return };
        vertex.edges.extend(targets.into_iter().map(|to| Edge { to, marker: wish.marker.clone() }));
    }

    /// Links the project itself to what it asks for.
    pub(crate) fn root(&mut self, group: &Group, wish: &Wish, fits: &dyn Fn(usize) -> bool) {
        for to in self.targets(wish, fits) {
            self.roots.push((group.clone(), Edge { to, marker: wish.marker.clone() }));
        }
    }

    fn targets(&self, wish: &Wish, fits: &dyn Fn(usize) -> bool) -> Vec<usize> {
        let Some(all) = self.by_name.get(&wish.name) else { return Vec::new() };
        let mut picked: Vec<usize> = match all.as_slice() {
            [only] => vec![*only],
            several => several.iter().copied().take(MOST_FORKS).filter(|index| fits(*index)).collect(),
        };
        if picked.is_empty() {
            picked = all.iter().copied().take(MOST_FORKS).collect();
        }
        let mut targets = picked.clone();
        for package in picked {
            let known = self.extras.get(&package).map_or(&[] as &[_], Vec::as_slice);
            targets.extend(
                known.iter().filter(|(name, _)| wish.extras.contains(name)).map(|(_, vertex)| *vertex),
            );
        }
        targets
    }

    /// The names that a vertex asks for, sorted.
    pub(crate) fn requires(&self, vertex: usize) -> Vec<PackageName> {
        let edges = self.vertices.get(vertex).map_or(&[] as &[_], |vertex| vertex.edges.as_slice());
        let own = self.vertices.get(vertex).map(|vertex| &vertex.name);
        let names = edges.iter().filter_map(|edge| Some(&self.vertices.get(edge.to)?.name));
        let mut names: Vec<PackageName> = names.filter(|name| Some(*name) != own).cloned().collect();
        names.sort();
        names.dedup();
        names
    }

    /// Walks from what the project asks for. A package of several groups is of the first (prod before optional before dev);
    /// of several shortest chains the first by name is told.
    pub(crate) fn walk(&self) -> Vec<Walked> {
        let mut walked = vec![Walked::default(); self.vertices.len()];
        for (_, edge) in &self.roots {
            if let Some(walked) = walked.get_mut(edge.to) {
                walked.direct = true;
            }
        }
        let groups: BTreeSet<&Group> = self.roots.iter().map(|(group, _)| group).collect();
        for group in groups {
            self.claim(group, &mut walked);
        }
        for (walked, marker) in walked.iter_mut().zip(self.markers()) {
            walked.marker = marker;
            if walked.direct {
                walked.chain = Chain::new();
            }
        }
        walked
    }

    /// Breadth first, each level in the order of its chains.
    fn claim(&self, group: &Group, walked: &mut [Walked]) {
        let roots = self.roots.iter().filter(|(of, _)| of == group).map(|(_, edge)| edge.to);
        let mut level: Vec<usize> = roots.collect();
        level.sort_by(|a, b| self.name(*a).cmp(&self.name(*b)).then(a.cmp(b)));
        level.retain(|index| take(walked, *index, group, Chain::new()));
        while !level.is_empty() {
            let mut next = Vec::new();
            for parent in level {
                let Some(vertex) = self.vertices.get(parent) else { continue };
                let chain = walked.get(parent).map(|walked| walked.chain.clone()).unwrap_or_default();
                let mut children: Vec<usize> = vertex.edges.iter().map(|edge| edge.to).collect();
                children.sort_by(|a, b| self.name(*a).cmp(&self.name(*b)).then(a.cmp(b)));
                for child in children {
                    if walked.get(child).is_none_or(|walked| walked.group.is_some()) {
                        continue;
                    }
                    let mut chain = chain.clone();
                    if self.name(child) != Some(&vertex.name) && chain.len() < LONGEST_CHAIN {
                        chain.push(vertex.name.clone());
                    }
                    if take(walked, child, group, chain) {
                        next.push(child);
                    }
                }
            }
            level = next;
        }
    }

    fn name(&self, vertex: usize) -> Option<&PackageName> {
        self.vertices.get(vertex).map(|vertex| &vertex.name)
    }

    /// The condition under which each vertex is installed: `None` where it always is, and where nothing leads to it.
    fn markers(&self) -> Vec<Option<String>> {
        let always = self.reach(true);
        let reached = self.reach(false);
        let is = |set: &[bool], index: usize| set.get(index).copied().unwrap_or(false);
        let open = |index: usize| is(&reached, index) && !is(&always, index);
        let mut conditions: Vec<Option<Condition>> = vec![Some(Condition::new()); self.vertices.len()];
        let mut waits = vec![0usize; self.vertices.len()];
        for (_, edge) in self.roots.iter().filter(|(_, edge)| open(edge.to)) {
            add(&mut conditions, edge, None);
        }
        for (index, vertex) in self.vertices.iter().enumerate().filter(|(index, _)| is(&reached, *index)) {
            for edge in vertex.edges.iter().filter(|edge| open(edge.to) && edge.to != index) {
                match open(index) {
                    true => *waits.get_mut(edge.to).unwrap_or(&mut 0) += 1,
                    false => add(&mut conditions, edge, None),
                }
            }
        }
        let mut done = vec![false; self.vertices.len()];
        let mut ready: VecDeque<usize> =
            (0..self.vertices.len()).filter(|index| open(*index) && waits.get(*index) == Some(&0)).collect();
        let mut stuck = (0..self.vertices.len()).filter(|index| open(*index));
        let mut next = |ready: &mut VecDeque<usize>, conditions: &mut [Option<Condition>], done: &[bool]| {
            ready.pop_front().or_else(|| {
                // Only circles are left: one of them is taken as unconditional, which is never too little.
                let index = stuck.find(|index| !is(done, *index))?;
                *conditions.get_mut(index)? = None;
                Some(index)
            })
        };
        while let Some(index) = next(&mut ready, &mut conditions, &done) {
            if std::mem::replace(done.get_mut(index).unwrap_or(&mut true), true) {
                continue;
            }
            let own = conditions.get(index).cloned().flatten();
            let edges = self.vertices.get(index).map_or(&[] as &[_], |vertex| vertex.edges.as_slice());
            for edge in edges.iter().filter(|edge| open(edge.to) && !is(&done, edge.to)) {
                add(&mut conditions, edge, own.as_ref());
                if let Some(waits) = waits.get_mut(edge.to) {
                    *waits = waits.saturating_sub(1);
                    if *waits == 0 {
                        ready.push_back(edge.to);
                    }
                }
            }
        }
        let texts = conditions.into_iter().enumerate().map(|(index, condition)| {
            let condition = condition.filter(|_| open(index))?;
            (!condition.is_empty()).then(|| told(&condition))
        });
        texts.collect()
    }

    /// What the project reaches, by unconditional edges only or by all.
    fn reach(&self, unconditional: bool) -> Vec<bool> {
        let mut reached = vec![false; self.vertices.len()];
        let follows = |edge: &&Edge| !unconditional || edge.marker.is_none();
        let mut left: Vec<usize> =
            self.roots.iter().map(|(_, edge)| edge).filter(follows).map(|edge| edge.to).collect();
        while let Some(index) = left.pop() {
            let Some(seen) = reached.get_mut(index) else { continue };
            if std::mem::replace(seen, true) {
                continue;
            }
            let edges = self.vertices.get(index).map_or(&[] as &[_], |vertex| vertex.edges.as_slice());
            left.extend(edges.iter().filter(follows).map(|edge| edge.to));
        }
        reached
    }
}

/// Gives a vertex that no earlier group has its group and chain.
fn take(walked: &mut [Walked], index: usize, group: &Group, chain: Chain) -> bool {
    let Some(walked) = walked.get_mut(index).filter(|walked| walked.group.is_none()) else { return false };
    walked.group = Some(group.clone());
    walked.chain = chain;
    true
}

/// Alternatives, each a set of markers that must all hold.
type Condition = BTreeSet<BTreeSet<Arc<str>>>;

/// Adds to a vertex's alternatives what an edge brings: its own marker, under the conditions of where it starts.
fn add(conditions: &mut [Option<Condition>], edge: &Edge, from: Option<&Condition>) {
    let Some(condition) = conditions.get_mut(edge.to) else { return };
    let Some(alternatives) = condition else { return };
    let open = Condition::from([BTreeSet::new()]);
    for alternative in from.unwrap_or(&open) {
        let mut alternative = alternative.clone();
        alternative.extend(edge.marker.clone());
        // An alternative that asks for more than another adds nothing.
        if !alternatives.iter().any(|other| other.is_subset(&alternative)) {
            alternatives.retain(|other| !alternative.is_subset(other));
            alternatives.insert(alternative);
        }
    }
    let length = alternatives.iter().flatten().map(|marker| marker.len()).sum::<usize>();
    if alternatives.len() > MOST_ALTERNATIVES
        || length > LONGEST_MARKER
        || alternatives.contains(&BTreeSet::new())
    {
        *condition = None;
    }
}

fn told(condition: &Condition) -> String {
    let one = |markers: &BTreeSet<Arc<str>>| {
        let group = |text: &Arc<str>| match markers.len() > 1 && text.contains(" or ") {
            true => format!("({text})"),
            false => text.to_string(),
        };
        markers.iter().map(group).collect::<Vec<_>>().join(" and ")
    };
    condition.iter().map(one).collect::<Vec<_>>().join(" or ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wish(text: &str) -> Wish {
        let (name, marker) =
            text.split_once(';').map_or((text, None), |(name, marker)| (name, Some(marker.trim())));
        Wish { name: PackageName::new(name), extras: Vec::new(), marker: marker.map(Into::into) }
    }

    fn walk(roots: &[(Group, &str)], edges: &[(&str, &[&str])]) -> Vec<(String, Walked)> {
        let mut graph = Graph::default();
        for (name, _) in edges {
            graph.package(&PackageName::new(name));
        }
        for (index, (_, wishes)) in edges.iter().enumerate() {
            wishes.iter().for_each(|to| graph.link(index, &wish(to), &|_| true));
        }
        roots.iter().for_each(|(group, name)| graph.root(group, &wish(name), &|_| true));
        edges.iter().map(|(name, _)| (*name).to_owned()).zip(graph.walk()).collect()
    }

    fn of<'a>(all: &'a [(String, Walked)], name: &str) -> &'a Walked {
        &all.iter().find(|(of, _)| of == name).unwrap().1
    }

    fn chain(walked: &Walked) -> Vec<&str> {
        walked.chain.iter().map(PackageName::as_str).collect()
    }

    #[test]
    fn the_shortest_chain_is_told_and_the_first_by_name_of_several() {
        let all = walk(
            &[(Group::Prod, "b"), (Group::Prod, "a"), (Group::Dev, "x")],
            &[
                ("a", &["m"]),
                ("b", &["n", "t"]),
                ("m", &["t"]),
                ("n", &["u"]),
                ("t", &["u"]),
                ("u", &["a"]),
                ("x", &["t", "y"]),
                ("y", &[]),
            ],
        );
        assert_eq!(chain(of(&all, "t")), ["b"]);
        assert_eq!(chain(of(&all, "u")), ["b", "n"]);
        assert_eq!((of(&all, "a").direct, chain(of(&all, "a"))), (true, vec![]));
        assert_eq!(of(&all, "t").group, Some(Group::Prod));
        assert_eq!((of(&all, "y").group.clone(), chain(of(&all, "y"))), (Some(Group::Dev), vec!["x"]));
    }

    #[test]
    fn a_package_is_conditional_only_where_every_way_to_it_is() {
        let all = walk(
            &[(Group::Prod, "a"), (Group::Prod, "w; os_name == 'nt'")],
            &[
                ("a", &["c; sys_platform == 'win32'", "d; x == '1'"]),
                ("w", &["d", "e; y == '2'"]),
                ("c", &["f"]),
                ("d", &[]),
                ("e", &["g"]),
                ("f", &[]),
                ("g", &["e"]),
            ],
        );
        assert_eq!(of(&all, "a").marker, None);
        assert_eq!(of(&all, "c").marker.as_deref(), Some("sys_platform == 'win32'"));
        assert_eq!(of(&all, "f").marker.as_deref(), Some("sys_platform == 'win32'"));
        assert_eq!(of(&all, "d").marker.as_deref(), Some("os_name == 'nt' or x == '1'"));
        // A circle: told as unconditional rather than too narrow.
        assert_eq!(of(&all, "e").marker, None);
    }

    #[test]
    fn diamonds_of_markers_stay_small() {
        let names: Vec<String> = (0..60).map(|index| format!("p{index}")).collect();
        let wishes: Vec<[String; 2]> = (0..60)
            .map(|index| {
                [format!("p{}; a == '{index}'", index + 1), format!("p{}; b == '{index}'", index + 2)]
            })
            .collect();
        let refs: Vec<Vec<&str>> =
            wishes.iter().map(|pair| pair.iter().map(String::as_str).collect()).collect();
        let edges: Vec<(&str, &[&str])> =
            names.iter().map(String::as_str).zip(refs.iter().map(Vec::as_slice)).collect();
        let all = walk(&[(Group::Prod, "p0; os_name == 'nt'")], &edges);
        assert!(all.iter().all(|(_, walked)| walked.marker.as_ref().is_none_or(|text| text.len() < 1000)));
    }
}

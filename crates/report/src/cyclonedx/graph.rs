//! What requires what. A file speaks of names; which component a name is, the same file says first, then the file nearest
//! to it.

use super::components::Bill;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use tieout_model::Component;

/// The edges between components.
pub(super) struct Graph {
    edges: BTreeMap<usize, BTreeSet<usize>>,
    /// Components whose files say what requires what: what they require is known, be it nothing.
    known: BTreeSet<usize>,
    required: BTreeSet<usize>,
}

impl Graph {
    /// The edges that the entries tell.
    pub(super) fn new(bill: &Bill<'_>) -> Graph {
        let names = Names::new(bill);
        let telling: BTreeSet<&str> = entries(bill)
            .filter(|(_, entry)| !entry.requires.is_empty() || !entry.chain.is_empty())
            .map(|(_, entry)| entry.file.as_str())
            .collect();
        let mut graph = Graph { edges: BTreeMap::new(), known: BTreeSet::new(), required: BTreeSet::new() };
        for (part, entry) in entries(bill) {
            for required in &entry.requires {
                for to in names.of_purl(required, &entry.file) {
                    graph.add(part, to);
                }
            }
            // A file that only says what pulled an entry in.
            if let Some(parent) = entry.chain.last() {
                for from in names.nearest(parent, &entry.file) {
                    graph.add(from, part);
                }
            }
        }
        let told = |entry: &Component| telling.contains(entry.file.as_str());
        let of_part = bill.parts.iter().enumerate();
        graph.known =
            of_part.filter(|(_, part)| part.entries.iter().all(|e| told(e))).map(|(at, _)| at).collect();
        graph
    }

    fn add(&mut self, from: usize, to: usize) {
        if from != to {
            self.edges.entry(from).or_default().insert(to);
            self.required.insert(to);
        }
    }

    /// True where it is known that no other package requires it.
    pub(super) fn stands_alone(&self, part: usize) -> bool {
        self.known.contains(&part) && !self.required.contains(&part)
    }

    /// The list. The project requires what is named directly, and what nothing else is known to require. A component whose
    /// requirements nobody tells is not in it: CycloneDX takes that for unknown.
    pub(super) fn dependencies(&self, bill: &Bill<'_>) -> Value {
        let reference = |at: &usize| bill.parts.get(*at).map(|part| part.bom_ref.as_str());
        let is_direct = |(at, part): &(usize, &super::components::Part<'_>)| {
            part.entries.iter().any(|entry| entry.direct == Some(true))
                || (!self.required.contains(at) && part.entries.iter().all(|entry| entry.chain.is_empty()))
        };
        let direct = bill.parts.iter().enumerate().filter(is_direct).map(|(_, part)| part.bom_ref.as_str());
        let direct: BTreeSet<&str> = direct.collect();
        let mut list = vec![json!({ "ref": super::PROJECT, "dependsOn": direct })];
        for (at, part) in bill.parts.iter().enumerate() {
            match self.edges.get(&at) {
                Some(edges) => {
                    let on: BTreeSet<&str> = edges.iter().filter_map(reference).collect();
                    list.push(json!({ "ref": part.bom_ref, "dependsOn": on }));
                }
                None if self.known.contains(&at) => list.push(json!({ "ref": part.bom_ref })),
                None => {}
            }
        }
        Value::Array(list)
    }
}

fn entries<'b, 'a>(bill: &'b Bill<'a>) -> impl Iterator<Item = (usize, &'a Component)> + use<'b, 'a> {
    bill.parts.iter().enumerate().flat_map(|(at, part)| part.entries.iter().map(move |entry| (at, *entry)))
}

/// Components by name and file.
struct Names<'a> {
    by_purl: BTreeMap<&'a str, usize>,
    by_name: BTreeMap<&'a str, BTreeMap<&'a str, BTreeSet<usize>>>,
}

impl<'a> Names<'a> {
    fn new(bill: &Bill<'a>) -> Names<'a> {
        let mut names = Names { by_purl: BTreeMap::new(), by_name: BTreeMap::new() };
        for (part, entry) in entries(bill) {
            names.by_purl.insert(&entry.purl, part);
            names.by_name.entry(&entry.name).or_default().entry(&entry.file).or_default().insert(part);
        }
        names
    }

    /// The component of a package URL; where it has no version, those of the name.
    fn of_purl(&self, purl: &str, file: &str) -> Vec<usize> {
        let (stem, version) = purl.split_once('@').unwrap_or((purl, ""));
        if !version.is_empty() {
            return self.by_purl.get(purl).copied().into_iter().collect();
        }
        self.nearest(stem.rsplit('/').next().unwrap_or(stem), file)
    }

    /// The components of a name in the file, else in the file that has the most folders in common with it.
    fn nearest(&self, name: &str, file: &str) -> Vec<usize> {
        let Some(files) = self.by_name.get(name) else { return Vec::new() };
        if let Some(parts) = files.get(file) {
            return parts.iter().copied().collect();
        }
        let nearest = files.iter().rev().max_by_key(|(other, _)| common(file, other));
        nearest.into_iter().flat_map(|(_, parts)| parts.iter().copied()).collect()
    }
}

/// How many folders two paths have in common.
fn common(a: &str, b: &str) -> usize {
    let folders = |path: &'_ str| path.matches('/').count();
    let shared = a.split('/').zip(b.split('/')).take_while(|(a, b)| a == b).count();
    shared.min(folders(a)).min(folders(b))
}

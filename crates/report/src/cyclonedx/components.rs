//! The components of the document: entries of several files with one package URL are one component with several
//! occurrences. What requires what is in `graph`.

use super::{property, put};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use tieout_model::{Assessment, Component, ComponentKind, Detail, Finding, Rank, Status, SubjectKind};

/// The longest version that the schema takes.
const LONGEST_VERSION: usize = 1024;

/// A component: all entries of one package URL.
pub(super) struct Part<'a> {
    /// Unique in the document.
    pub(super) bom_ref: String,
    /// At least one.
    pub(super) entries: Vec<&'a Component>,
}

/// All components, by package URL.
pub(super) struct Bill<'a> {
    /// Sorted.
    pub(super) parts: Vec<Part<'a>>,
    by_purl: BTreeMap<(ComponentKind, &'a str), usize>,
    by_place: BTreeMap<(&'a str, &'a str, u32), usize>,
}

/// What makes two entries one component. Without a package URL it is name and version.
fn key(component: &Component) -> (ComponentKind, &str, &str, Option<&str>) {
    match component.purl.as_str() {
        "" => (component.kind, "", &component.name, component.version.as_deref()),
        purl => (component.kind, purl, "", None),
    }
}

impl<'a> Bill<'a> {
    /// The components of the Assessment, and those that only findings name.
    pub(super) fn new(assessment: &'a Assessment, unlisted: &'a [Component]) -> Bill<'a> {
        let mut grouped: BTreeMap<_, Vec<&Component>> = BTreeMap::new();
        for component in assessment.components.iter().chain(unlisted) {
            grouped.entry(key(component)).or_default().push(component);
        }
        let (mut by_purl, mut by_place) = (BTreeMap::new(), BTreeMap::new());
        let mut taken = BTreeSet::from([super::PROJECT.to_owned()]);
        let mut parts = Vec::with_capacity(grouped.len());
        for ((kind, purl, ..), mut entries) in grouped {
            entries.sort_by(|a, b| (&a.file, a.line, *a).cmp(&(&b.file, b.line, *b)));
            by_purl.entry((kind, purl)).or_insert(parts.len());
            for entry in entries.iter().filter(|entry| entry.kind == ComponentKind::Platform) {
                by_place.insert((entry.name.as_str(), entry.file.as_str(), entry.line), parts.len());
            }
            let wanted = entries.first().map(|entry| reference(entry)).unwrap_or_default();
            parts.push(Part { bom_ref: unique(&mut taken, wanted), entries });
        }
        Bill { parts, by_purl, by_place }
    }

    /// The component that a finding is about.
    pub(super) fn of_finding(&self, finding: &Finding) -> Option<usize> {
        match finding.detail.as_deref()? {
            Detail::Package(package) => {
                self.by_purl.get(&(ComponentKind::Library, package.purl.as_str())).copied()
            }
            Detail::Runtime(runtime) => self.by_place.get(&runtime_place(finding, &runtime.name)).copied(),
            Detail::Secret(_) | Detail::Secrets(_) => None,
        }
    }

    /// The list.
    pub(super) fn components(&self, assessment: &Assessment) -> Value {
        let mut unknown: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for result in &assessment.results {
            if result.status == Status::NotAssessed && result.subject.kind == SubjectKind::Package {
                unknown.entry(&result.subject.id).or_default().insert(&result.reason);
            }
        }
        self.parts.iter().map(|part| component(part, &unknown)).collect()
    }
}

fn runtime_place<'f>(finding: &'f Finding, name: &'f str) -> (&'f str, &'f str, u32) {
    let subject = &finding.subject;
    (name, subject.file.as_deref().unwrap_or_default(), subject.line.unwrap_or_default())
}

fn reference(component: &Component) -> String {
    if !component.purl.is_empty() {
        return component.purl.clone();
    }
    let version = component.version.as_deref().unwrap_or_default();
    format!("{}:{}@{version}", kind(component.kind), component.name)
}

/// The reference, with a number behind it where it is taken.
pub(super) fn unique(taken: &mut BTreeSet<String>, wanted: String) -> String {
    let mut found = wanted.clone();
    let mut number = 1;
    while !taken.insert(found.clone()) {
        number += 1;
        found = format!("{wanted}#{number}");
    }
    found
}

fn kind(kind: ComponentKind) -> &'static str {
    match kind {
        ComponentKind::Library => "library",
        ComponentKind::Platform => "platform",
    }
}

/// What findings are about and the list of components does not hold, as in an Assessment that was cut by hand.
pub(super) fn unlisted(assessment: &Assessment) -> Vec<Component> {
    let known: BTreeSet<&str> = assessment.components.iter().map(|one| one.purl.as_str()).collect();
    let places: BTreeSet<(&str, &str, u32)> = assessment
        .components
        .iter()
        .filter(|one| one.kind == ComponentKind::Platform)
        .map(|one| (one.name.as_str(), one.file.as_str(), one.line))
        .collect();
    let missing = |finding: &Finding| match finding.detail.as_deref()? {
        Detail::Package(package) if !known.contains(package.purl.as_str()) => Some(Component {
            group: Some(package.group.clone()),
            purl: package.purl.clone(),
            ..bare(finding, ComponentKind::Library, &package.name, &package.version)
        }),
        Detail::Runtime(runtime) if !places.contains(&runtime_place(finding, &runtime.name)) => {
            Some(Component {
                purl: format!("pkg:generic/{}@{}", runtime.name, runtime.version),
                ..bare(finding, ComponentKind::Platform, &runtime.name, &runtime.version)
            })
        }
        _ => None,
    };
    assessment.findings.iter().filter_map(missing).collect()
}

fn bare(finding: &Finding, kind: ComponentKind, name: &str, version: &str) -> Component {
    Component {
        kind,
        name: name.to_owned(),
        version: Some(version.to_owned()),
        purl: String::new(),
        group: None,
        file: finding.subject.file.clone().unwrap_or_default(),
        line: finding.subject.line.unwrap_or_default(),
        marker: None,
        marker_holds: None,
        chain: Vec::new(),
        requires: Vec::new(),
        hashes: Vec::new(),
        direct: None,
        rank: None,
    }
}

fn component(part: &Part<'_>, unknown: &BTreeMap<&str, BTreeSet<&str>>) -> Value {
    let Some(first) = part.entries.first() else { return Value::Null };
    let mut component = json!({ "type": kind(first.kind), "bom-ref": part.bom_ref, "name": first.name });
    let version = part.entries.iter().find_map(|entry| entry.version.as_deref());
    let (fitting, long) = match version {
        Some(version) if version.chars().count() > LONGEST_VERSION => (None, Some(version)),
        version => (version, None),
    };
    if let Some(version) = fitting {
        put(&mut component, "version", json!(version));
    }
    put(&mut component, "scope", json!(scope(&part.entries)));
    let (hashes, odd) = hashes(&part.entries);
    if !hashes.is_empty() {
        put(&mut component, "hashes", Value::Array(hashes));
    }
    if !first.purl.is_empty() {
        put(&mut component, "purl", json!(first.purl));
    }
    let occurrences = occurrences(&part.entries);
    if !occurrences.is_empty() {
        put(&mut component, "evidence", json!({ "occurrences": occurrences }));
    }
    let mut properties = properties(&part.entries);
    properties.extend(long.map(|version| property("version", version)));
    properties.extend(odd.into_iter().map(|hash| property("hash", hash)));
    let reasons = unknown.get(first.purl.as_str()).into_iter().flatten();
    properties.extend(reasons.map(|reason| property("notAssessed", reason)));
    if !properties.is_empty() {
        put(&mut component, "properties", Value::Array(properties));
    }
    component
}

/// The widest of what the entries are for: production before an extra before development. What is never installed where
/// the project runs is left out of it.
fn scope(entries: &[&Component]) -> &'static str {
    let of = |entry: &&Component| {
        let group = entry.group.as_deref().unwrap_or("prod");
        match () {
            () if entry.marker_holds.as_deref() == Some("false") => (2, "excluded"),
            () if matches!(group, "dev" | "build") => (2, "excluded"),
            () if group.starts_with("optional") => (1, "optional"),
            () => (0, "required"),
        }
    };
    entries.iter().map(of).min().map_or("required", |(_, scope)| scope)
}

fn occurrences(entries: &[&Component]) -> Vec<Value> {
    let places: BTreeSet<(&str, u32)> = entries
        .iter()
        .filter(|entry| !entry.file.is_empty())
        .map(|entry| (&*entry.file, entry.line))
        .collect();
    let occurrence = |(file, line): (&str, u32)| match line {
        0 => json!({ "location": file }),
        line => json!({ "location": file, "line": line }),
    };
    places.into_iter().map(occurrence).collect()
}

fn properties(entries: &[&Component]) -> Vec<Value> {
    let mut all = Vec::new();
    let mut add = |name: &str, values: BTreeSet<&str>| {
        all.extend(values.into_iter().map(|value| property(name, value)));
    };
    let said = |direct: bool| if direct { "true" } else { "false" };
    add("group", entries.iter().filter_map(|entry| entry.group.as_deref()).collect());
    add("marker", entries.iter().filter_map(|entry| entry.marker.as_deref()).collect());
    add("markerHolds", entries.iter().filter_map(|entry| entry.marker_holds.as_deref()).collect());
    let direct = entries.iter().filter_map(|entry| entry.direct).max();
    add("direct", direct.map(said).into_iter().collect());
    let rank = entries.iter().filter_map(|entry| entry.rank).min();
    add("rank", rank.map(Rank::as_str).into_iter().collect());
    all
}

/// Algorithms: as packagers write them, as CycloneDX does, and how many digits a hash has.
const ALGORITHMS: [(&str, &str, usize); 11] = [
    ("blake2b", "BLAKE2b-512", 128),
    ("blake3", "BLAKE3", 64),
    ("md5", "MD5", 32),
    ("sha1", "SHA-1", 40),
    ("sha256", "SHA-256", 64),
    ("sha384", "SHA-384", 96),
    ("sha3256", "SHA3-256", 64),
    ("sha3384", "SHA3-384", 96),
    ("sha3512", "SHA3-512", 128),
    ("sha512", "SHA-512", 128),
    ("blake2b512", "BLAKE2b-512", 128),
];

/// The hashes that CycloneDX has a word for, and the others as they are.
fn hashes<'a>(entries: &[&'a Component]) -> (Vec<Value>, BTreeSet<&'a str>) {
    let (mut known, mut odd) = (BTreeSet::new(), BTreeSet::new());
    for hash in entries.iter().flat_map(|entry| &entry.hashes) {
        match spelled(hash) {
            Some(pair) => known.insert(pair),
            None => odd.insert(hash.as_str()),
        };
    }
    let known = known.into_iter().map(|(alg, content)| json!({ "alg": alg, "content": content }));
    (known.collect(), odd)
}

fn spelled(hash: &str) -> Option<(&'static str, String)> {
    let (algorithm, content) = hash.split_once(':')?;
    let algorithm: String = algorithm.to_ascii_lowercase().replace(['-', '_'], "");
    let (_, alg, digits) = ALGORITHMS.iter().find(|(written, ..)| *written == algorithm)?;
    let fits = content.len() == *digits && content.bytes().all(|byte| byte.is_ascii_hexdigit());
    fits.then(|| (*alg, content.to_ascii_lowercase()))
}

//! The advisories by package in one piece of bytes: a table of names, and for each package its advisories, decoded only
//! when they are asked for. The bytes are what is embedded and what the cache keeps.

use crate::merge::{Merged, normalise};
use crate::{Advisory, Source, SourceKind};
use serde::{Deserialize, Serialize};
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::rc::Rc;
use tieout_model::{Gap, Reason};

/// The first bytes; the number is that of the format.
pub(crate) const MAGIC: &[u8] = b"tieout advisories 2\n";

/// Advisories, looked up by package.
#[derive(Debug, Clone)]
pub struct Advisories {
    source: Source,
    /// (name, start, end) in `bodies`, sorted by name.
    table: Vec<(Box<str>, u32, u32)>,
    bodies: Vec<u8>,
    /// The packages that were asked about, where not all were (an API).
    asked: Option<BTreeSet<String>>,
    /// Packages about which nothing is known, and why.
    gaps: BTreeMap<String, Gap>,
    /// What was decoded: a project names the same packages in several files.
    decoded: RefCell<HashMap<u32, Rc<[Advisory]>>>,
}

/// The head of the bytes, one line of JSON.
#[derive(Debug, Serialize, Deserialize)]
struct Head {
    source: Source,
    /// FNV-1a of all that follows the head.
    check: u64,
    /// Name and length of its body, in the order of names.
    table: Vec<(Box<str>, u32)>,
}

impl Advisories {
    pub(crate) fn of(
        merged: &Merged,
        kind: SourceKind,
        label: &str,
        skipped: Vec<crate::Skipped>,
    ) -> Advisories {
        let source = Source {
            kind,
            label: label.to_owned(),
            date: merged.date.clone(),
            records: merged.records,
            packages: merged.packages.len(),
            withdrawn: merged.withdrawn,
            skipped,
        };
        let mut bodies = Vec::new();
        let mut table = Vec::with_capacity(merged.packages.len());
        for (name, advisories) in &merged.packages {
            let start = bodies.len();
            // Writing to memory fails only where a map has keys that are no texts, which these types have not.
            if serde_json::to_writer(&mut bodies, advisories).is_err() {
                bodies.truncate(start);
                continue;
            }
            table.push((name.as_str().into(), narrow(start), narrow(bodies.len())));
        }
        Advisories { source, table, bodies, asked: None, gaps: BTreeMap::new(), decoded: RefCell::default() }
    }

    /// What is known of them as a whole.
    pub fn source(&self) -> &Source {
        &self.source
    }

    /// The same, said to come from elsewhere: a cache, an archive's file.
    #[must_use]
    pub fn from_source(mut self, kind: SourceKind, label: &str) -> Advisories {
        self.source.kind = kind;
        label.clone_into(&mut self.source.label);
        self
    }

    /// The same, dated by its archive where that is known.
    #[must_use]
    pub(crate) fn dated(mut self, date: Option<String>) -> Advisories {
        self.source.date = date.or(self.source.date);
        self
    }

    /// The same, which answer only about the packages that were asked about, and of these not about those with a gap.
    #[must_use]
    pub(crate) fn bounded(mut self, asked: BTreeSet<String>, gaps: BTreeMap<String, Gap>) -> Advisories {
        self.asked = Some(asked);
        self.gaps = gaps;
        self
    }

    /// The advisories of a package, by its name in any spelling; sorted by ids.
    ///
    /// # Errors
    /// The gap, where it is not known whether there are any: the API did not answer, or was not asked.
    pub fn about(&self, name: &str) -> Result<Rc<[Advisory]>, Gap> {
        let name = normalise(name);
        if let Some(gap) = self.gaps.get(&name) {
            return Err(gap.clone());
        }
        if self.asked.as_ref().is_some_and(|asked| !asked.contains(&name)) {
            let what = format!("advisories of {name}: {} was not asked", self.source.label);
            return Err(Gap::new(Reason::NotCollected, what, "run again with this package in the project"));
        }
        let found = self.table.binary_search_by(|(known, ..)| (**known).cmp(name.as_str()));
        let Some((_, start, end)) = found.ok().and_then(|index| self.table.get(index)) else {
            return Ok(Rc::default());
        };
        if let Some(decoded) = self.decoded.borrow().get(start) {
            return Ok(decoded.clone());
        }
        let body = self.bodies.get(*start as usize..*end as usize).unwrap_or_default();
        let advisories: Vec<Advisory> = serde_json::from_slice(body).map_err(|error| {
            let what = format!("advisories of {name} in {}: {error}", self.source.label);
            Gap::new(Reason::Unreadable, what, "run `tieout advisories update`")
        })?;
        let advisories: Rc<[Advisory]> = advisories.into();
        self.decoded.borrow_mut().insert(*start, advisories.clone());
        Ok(advisories)
    }

    /// Whether any advisory is about a package.
    pub fn knows(&self, name: &str) -> bool {
        let name = normalise(name);
        self.table.binary_search_by(|(known, ..)| (**known).cmp(name.as_str())).is_ok()
    }

    /// The names of all packages, sorted.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.table.iter().map(|(name, ..)| &**name)
    }

    /// As bytes, to be kept.
    pub fn to_bytes(&self) -> Vec<u8> {
        let table = self.table.iter().map(|(name, start, end)| (name.clone(), end - start)).collect();
        let head = Head { source: self.source.clone(), check: fnv(&self.bodies), table };
        let mut bytes = MAGIC.to_vec();
        bytes.extend(serde_json::to_vec(&head).unwrap_or_default());
        bytes.push(b'\n');
        bytes.extend(&self.bodies);
        bytes
    }

    /// From bytes that [`Advisories::to_bytes`] made; `None` where they are others, or broken: make them anew.
    pub fn from_bytes(bytes: &[u8]) -> Option<Advisories> {
        let rest = bytes.strip_prefix(MAGIC)?;
        let end = rest.iter().position(|byte| *byte == b'\n')?;
        let head: Head = serde_json::from_slice(rest.get(..end)?).ok()?;
        let bodies = rest.get(end + 1..)?.to_vec();
        let mut at = 0u32;
        let mut table = Vec::with_capacity(head.table.len());
        for (name, length) in head.table {
            let end = at.checked_add(length)?;
            table.push((name, at, end));
            at = end;
        }
        let sorted = table.is_sorted_by(|a, b| a.0 < b.0);
        (sorted && at as usize == bodies.len() && fnv(&bodies) == head.check).then_some(Advisories {
            source: head.source,
            table,
            bodies,
            asked: None,
            gaps: BTreeMap::new(),
            decoded: RefCell::default(),
        })
    }
}

fn narrow(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// FNV-1a over eight bytes at a time: against broken files, not against forged ones.
fn fnv(bytes: &[u8]) -> u64 {
    let step = |hash: u64, word: u64| (hash ^ word).wrapping_mul(0x0000_0100_0000_01b3);
    let (words, rest) = bytes.as_chunks::<8>();
    let hash = words.iter().fold(0xcbf2_9ce4_8422_2325, |hash, word| step(hash, u64::from_le_bytes(*word)));
    rest.iter().fold(step(hash, bytes.len() as u64), |hash, byte| step(hash, u64::from(*byte)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::merge::merge;
    use crate::osv::Record;
    use serde_json::json;

    fn some() -> Advisories {
        let record = |id: &str, name: &str| {
            Record::from_value(json!({"id": id, "modified": "2024-10-10T00:00:00Z", "affected": [
                {"package": {"ecosystem": "PyPI", "name": name}, "versions": ["1.0"]}]}))
            .unwrap()
        };
        Advisories::of(
            &merge(vec![record("A-1", "B_b"), record("A-2", "a")]),
            SourceKind::File,
            "x.zip",
            Vec::new(),
        )
    }

    #[test]
    fn bytes_are_read_again_and_a_broken_byte_is_seen() {
        let bytes = some().to_bytes();
        let again = Advisories::from_bytes(&bytes).unwrap();
        assert_eq!(again.source(), some().source());
        assert_eq!(again.about("b.B"), some().about("b-b"));
        assert_eq!(again.about("b-b").unwrap().len(), 1);
        assert!(again.about("c").unwrap().is_empty() && again.knows("A") && !again.knows("c"));
        for index in [3, 30, bytes.len() - 5] {
            let mut broken = bytes.clone();
            broken[index] ^= 4;
            assert!(
                Advisories::from_bytes(&broken)
                    .is_none_or(|it| it.source() != some().source() || index == 30)
            );
        }
        assert!(Advisories::from_bytes(bytes.get(..bytes.len() - 1).unwrap()).is_none());
        assert!(Advisories::from_bytes(b"").is_none());
    }
}

//! Advisories from an OSV API (`POST /v1/querybatch`, `GET /v1/vulns/ID`; google.github.io/osv.dev/api): bounded in time
//! and size. What it does not answer is a gap of the packages concerned, never "no advisories".

use crate::fetch::shown;
use crate::merge::{merge, normalise};
use crate::osv::{Record, Skipped};
use crate::{Advisories, SourceKind};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;
use std::time::{Duration, Instant};
use tieout_model::{Gap, Reason};

/// Packages asked about at once; the API takes at most 1,000.
const BATCH: usize = 500;
/// Pages of one batch; more is an endless loop of the server's.
const MAX_PAGES: usize = 50;
/// Records fetched at the same time.
const WORKERS: usize = 8;
/// An answer is not larger than this, in bytes.
const MAX_ANSWER: u64 = 32 * 1024 * 1024;
/// One answer takes no longer.
const ANSWER: Duration = Duration::from_secs(20);
/// All of them take no longer.
const WHOLE: Duration = Duration::from_secs(300);

/// A package to ask about; without a version, about all of them.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Asked {
    /// Its name, in any spelling.
    pub name: String,
    /// Its version, without local part.
    pub version: Option<String>,
}

/// One answer of a batch.
#[derive(Deserialize)]
struct Answer {
    #[serde(default)]
    vulns: Vec<Named>,
    #[serde(default)]
    next_page_token: Option<String>,
}

#[derive(Deserialize)]
struct Named {
    id: String,
}

#[derive(Deserialize)]
struct Batch {
    results: Vec<Option<Answer>>,
}

/// The way to the API.
struct Api {
    base: String,
    agent: ureq::Agent,
    until: Instant,
}

/// Asks an API about packages. Whatever it does not answer is a gap of the package, which
/// [`Advisories::about`] tells. A fix is known as far as the API told of the advisories that affect the version.
pub fn from_api(base: &str, asked: &[Asked]) -> Advisories {
    let config = ureq::Agent::config_builder()
        .https_only(base.starts_with("https:"))
        .timeout_global(Some(ANSWER))
        .user_agent(concat!("tieout/", env!("CARGO_PKG_VERSION")))
        .build();
    let api = Api {
        base: base.trim_end_matches('/').to_owned(),
        agent: config.into(),
        until: Instant::now() + WHOLE,
    };
    let unique: BTreeSet<&Asked> = asked.iter().collect();
    let unique: Vec<&Asked> = unique.into_iter().collect();
    let mut gaps: BTreeMap<String, Gap> = BTreeMap::new();
    // Which packages each record was named for.
    let mut wanted: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for batch in unique.chunks(BATCH) {
        if let Err(why) = api.ids(batch, &mut wanted) {
            for asked in batch {
                gaps.entry(normalise(&asked.name)).or_insert_with(|| api.gap(&why));
            }
        }
    }
    let mut good = Vec::new();
    let mut skipped = Vec::new();
    for (id, record) in api.records(&wanted) {
        let why = match record {
            Ok(mut record) => {
                let unread = std::mem::take(&mut record.unread);
                skipped.extend(unread.into_iter().map(|why| Skipped { record: id.clone(), why }));
                good.push(record);
                continue;
            }
            Err(why) => format!("{id}: {why}"),
        };
        for name in wanted.get(&id).into_iter().flatten() {
            gaps.entry(name.clone()).or_insert_with(|| api.gap(&why));
        }
        skipped.push(Skipped { record: id, why });
    }
    skipped.sort();
    let known = unique.iter().map(|asked| normalise(&asked.name)).collect();
    Advisories::of(&merge(good), SourceKind::Api, &shown(&api.base), skipped).bounded(known, gaps)
}

impl Api {
    fn gap(&self, why: &str) -> Gap {
        let what = format!("advisories from {}: {why}", shown(&self.base));
        Gap::new(Reason::Network, what, "try again, or name an archive of OSV's with --advisories")
    }

    /// The ids of the records about each package of a batch.
    fn ids(&self, batch: &[&Asked], wanted: &mut BTreeMap<String, BTreeSet<String>>) -> Result<(), String> {
        let mut open: Vec<(&Asked, Option<String>)> = batch.iter().map(|asked| (*asked, None)).collect();
        for _ in 0..MAX_PAGES {
            let queries: Vec<Value> =
                open.iter().map(|(asked, token)| query(asked, token.as_deref())).collect();
            let text = self.text(|api| {
                let request = api.agent.post(format!("{}/v1/querybatch", api.base));
                request
                    .header("content-type", "application/json")
                    .send(json!({ "queries": queries }).to_string())
            })?;
            let answers: Batch =
                serde_json::from_slice(&text).map_err(|error| format!("an answer that is none: {error}"))?;
            if answers.results.len() != open.len() {
                return Err(format!("{} answers to {} questions", answers.results.len(), open.len()));
            }
            let mut next = Vec::new();
            for ((asked, _), answer) in open.iter().zip(answers.results) {
                let Some(answer) = answer else { continue };
                for named in answer.vulns {
                    wanted.entry(named.id).or_default().insert(normalise(&asked.name));
                }
                if let Some(token) = answer.next_page_token.filter(|token| !token.is_empty()) {
                    next.push((*asked, Some(token)));
                }
            }
            if next.is_empty() {
                return Ok(());
            }
            open = next;
        }
        Err(format!("more than {MAX_PAGES} pages"))
    }

    /// The records, in the order of their ids.
    fn records(
        &self,
        wanted: &BTreeMap<String, BTreeSet<String>>,
    ) -> BTreeMap<String, Result<Record, String>> {
        let queue = Mutex::new(wanted.keys());
        let done = Mutex::new(BTreeMap::new());
        let work = || {
            loop {
                let next = queue.lock().ok().and_then(|mut queue| queue.next());
                let Some(id) = next else { break };
                let record = self.record(id);
                if let Ok(mut done) = done.lock() {
                    done.insert(id.clone(), record);
                }
            }
        };
        std::thread::scope(|scope| {
            for _ in 0..WORKERS.min(wanted.len()) {
                scope.spawn(work);
            }
        });
        done.into_inner().unwrap_or_default()
    }

    fn record(&self, id: &str) -> Result<Record, String> {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b':');
        if id.is_empty() || id.len() > 100 || id.starts_with('.') || !id.bytes().all(plain) {
            return Err("this is no id of a record".to_owned());
        }
        let text = self.text(|api| api.agent.get(format!("{}/v1/vulns/{id}", api.base)).call())?;
        Record::from_json(&text)
    }

    /// An answer's text; what failed on the way is tried once more.
    fn text(
        &self,
        ask: impl Fn(&Api) -> Result<ureq::http::Response<ureq::Body>, ureq::Error>,
    ) -> Result<Vec<u8>, String> {
        let mut failed = String::new();
        for _ in 0..2 {
            if Instant::now() >= self.until {
                return Err(format!("no complete answer within {} seconds", WHOLE.as_secs()));
            }
            let answer = ask(self)
                .and_then(|mut response| response.body_mut().with_config().limit(MAX_ANSWER).read_to_vec());
            match answer {
                Ok(text) => return Ok(text),
                Err(error @ ureq::Error::StatusCode(status)) if status < 500 && status != 429 => {
                    return Err(error.to_string());
                }
                Err(error) => failed = error.to_string(),
            }
        }
        Err(failed)
    }
}

fn query(asked: &Asked, token: Option<&str>) -> Value {
    let mut query = json!({ "package": { "name": normalise(&asked.name), "ecosystem": "PyPI" } });
    if let Some(map) = query.as_object_mut() {
        let version = asked.version.as_deref().and_then(|version| version.split('+').next());
        map.extend(version.map(|version| ("version".to_owned(), version.into())));
        map.extend(token.map(|token| ("page_token".to_owned(), token.into())));
    }
    query
}

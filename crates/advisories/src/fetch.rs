//! Fetching OSV's archive of PyPI into the cache: only if it changed, checked before it replaces the one that is
//! there, in one step. Nothing but the archive is asked for: no package's name leaves the machine.

use crate::cache::{hex, open_or_build, part_file, replace};
use crate::load::{LoadError, load};
use crate::{Advisories, SourceKind};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use thiserror::Error;

/// Where OSV publishes its archive of PyPI (google.github.io/osv.dev/data).
pub const ARCHIVE_URL: &str = "https://osv-vulnerabilities.storage.googleapis.com/PyPI/all.zip";

/// The archive's name in the cache.
const ARCHIVE: &str = "pypi-all.zip";
/// What is known of it, beside it.
const SIDECAR: &str = "pypi-all.zip.json";
/// A larger archive is not taken, in bytes (OSV's is some 30 MB).
const MAX_ARCHIVE: u64 = 512 * 1024 * 1024;

/// Why the archive could not be fetched; the one in the cache is as it was.
#[derive(Debug, Error)]
pub enum FetchError {
    /// The server could not be reached, did not answer in time, or refused.
    #[error("{url}: {why}")]
    Network {
        /// Without credentials.
        url: String,
        /// What happened.
        why: String,
    },
    /// What came is no archive of advisories.
    #[error("what {url} sent is not taken: {why}")]
    Refused {
        /// Without credentials.
        url: String,
        /// What is wrong with it.
        why: String,
    },
    /// The cache could not be written.
    #[error("{path}: {source}")]
    Cache {
        /// The file or folder.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
}

/// What an update did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Updated {
    /// The archive was replaced by a newer one of so many bytes.
    Replaced {
        /// Its size.
        bytes: u64,
    },
    /// The archive in the cache is the newest.
    Unchanged,
}

/// What a look at the archive's age led to.
#[derive(Debug)]
pub enum Refreshed {
    /// It is young enough; nobody was asked.
    Young,
    /// It was fetched, or found to be the newest.
    Asked(Updated),
    /// It is old or not there, and could not be fetched: what is there is as it was.
    Failed(FetchError),
}

/// What is known of the archive in the cache.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Sidecar {
    url: String,
    etag: Option<String>,
    /// The day on which the server says it was made, `YYYY-MM-DD`.
    date: Option<String>,
    sha256: String,
    bytes: u64,
    /// When it was last known to be the newest, in seconds since 1970.
    checked: u64,
}

impl Sidecar {
    /// That of the archive in a cache, where both are there and fit.
    fn read(cache: &Path) -> Option<Sidecar> {
        let sidecar: Sidecar = serde_json::from_slice(&fs::read(cache.join(SIDECAR)).ok()?).ok()?;
        let bytes = fs::metadata(cache.join(ARCHIVE)).ok()?.len();
        (bytes == sidecar.bytes).then_some(sidecar)
    }

    fn write(&self, cache: &Path) -> Result<(), FetchError> {
        let bytes = serde_json::to_vec(self).unwrap_or_default();
        replace(cache, SIDECAR, &bytes).map_err(at(&cache.join(SIDECAR)))
    }
}

/// How long to wait.
#[derive(Debug, Clone, Copy)]
struct Patience {
    /// For an answer to begin.
    answer: Duration,
    /// For all of it.
    whole: Duration,
}

/// Fetches the archive into the cache if it changed. `progress` is told how many bytes came, and of how many where
/// the server says so. Proxies are those of the environment.
///
/// # Errors
/// Where it could not be fetched, is no archive of advisories, or cannot be kept; the one in the cache is as it was.
pub fn update(
    cache: &Path,
    url: &str,
    progress: &mut dyn FnMut(u64, Option<u64>),
) -> Result<Updated, FetchError> {
    let patience = Patience { answer: Duration::from_secs(30), whole: Duration::from_secs(1800) };
    fetch(cache, url, patience, progress)
}

/// Fetches the archive if the one in the cache is older than `max_age` or not there, and the server answers within
/// `timeout`.
pub fn refresh_if_old(cache: &Path, url: &str, max_age: Duration, timeout: Duration) -> Refreshed {
    let checked =
        Sidecar::read(cache).filter(|sidecar| sidecar.url == shown(url)).map(|sidecar| sidecar.checked);
    let young = checked.is_some_and(|at| now().checked_sub(at).is_some_and(|age| age < max_age.as_secs()));
    if young {
        return Refreshed::Young;
    }
    let patience = Patience { answer: timeout, whole: timeout.saturating_mul(10) };
    match fetch(cache, url, patience, &mut |_, _| {}) {
        Ok(updated) => Refreshed::Asked(updated),
        Err(error) => Refreshed::Failed(error),
    }
}

/// The advisories of the archive in the cache; `None` where there is no archive.
///
/// # Errors
/// As [`load`].
pub fn cached(cache: &Path) -> Option<Result<Advisories, LoadError>> {
    let archive = cache.join(ARCHIVE);
    if !archive.is_file() {
        return None;
    }
    let label = archive.display().to_string();
    let date = Sidecar::read(cache).and_then(|sidecar| sidecar.date);
    let all = open_or_build(&archive, Some(cache));
    Some(all.map(|all| all.from_source(SourceKind::Cache, &label).dated(date)))
}

fn fetch(
    cache: &Path,
    url: &str,
    patience: Patience,
    progress: &mut dyn FnMut(u64, Option<u64>),
) -> Result<Updated, FetchError> {
    let network = |why: String| FetchError::Network { url: shown(url), why };
    let known = Sidecar::read(cache).filter(|known| known.url == shown(url) && is_whole(cache, known));
    let mut request = agent(url, patience).get(url);
    if let Some(etag) = known.as_ref().and_then(|known| known.etag.as_deref()) {
        request = request.header("if-none-match", etag);
    }
    let mut response = request.call().map_err(|error| network(error.to_string()))?;
    let status = response.status().as_u16();
    if let (304, Some(known)) = (status, known) {
        Sidecar { checked: now(), ..known }.write(cache)?;
        return Ok(Updated::Unchanged);
    }
    if status != 200 {
        return Err(network(format!("the server answers {status}")));
    }
    let header =
        |name: &str| response.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let etag = header("etag");
    let date = header("last-modified").as_deref().and_then(day_of_http_date);
    let expected = header("content-length").and_then(|length| length.parse::<u64>().ok());

    let (part, file) = part_file(cache, ARCHIVE).map_err(at(cache))?;
    let body = response.body_mut().with_config().limit(MAX_ARCHIVE + 1).reader();
    let taken = take(body, file, expected, url, progress).and_then(|(bytes, sha256)| {
        validate(&part, url)?;
        fs::rename(&part, cache.join(ARCHIVE)).map_err(at(&cache.join(ARCHIVE)))?;
        let sidecar = Sidecar { url: shown(url), etag, date, sha256, bytes, checked: now() };
        sidecar.write(cache)?;
        Ok(Updated::Replaced { bytes })
    });
    if taken.is_err() {
        // That it stays there is no error of its own.
        let _ = fs::remove_file(&part);
    }
    taken
}

fn agent(url: &str, patience: Patience) -> ureq::Agent {
    ureq::Agent::config_builder()
        .https_only(url.starts_with("https:"))
        .timeout_connect(Some(patience.answer))
        .timeout_recv_response(Some(patience.answer))
        .timeout_global(Some(patience.whole))
        .user_agent(concat!("tieout/", env!("CARGO_PKG_VERSION")))
        .build()
        .into()
}

/// Writes the body to a file; its size and SHA-256.
fn take(
    mut body: impl Read,
    mut file: File,
    expected: Option<u64>,
    url: &str,
    progress: &mut dyn FnMut(u64, Option<u64>),
) -> Result<(u64, String), FetchError> {
    let refused = |why: String| FetchError::Refused { url: shown(url), why };
    let mut hash = Sha256::new();
    let mut bytes = 0u64;
    let mut buffer = vec![0u8; 64 * 1024];
    loop {
        let read = body.read(&mut buffer).map_err(|error| FetchError::Network {
            url: shown(url),
            why: format!("after {bytes} bytes: {error}"),
        })?;
        let Some(chunk) = buffer.get(..read).filter(|chunk| !chunk.is_empty()) else { break };
        hash.update(chunk);
        file.write_all(chunk).map_err(at(Path::new(ARCHIVE)))?;
        bytes += read as u64;
        if bytes > MAX_ARCHIVE {
            return Err(refused(format!("it is larger than {MAX_ARCHIVE} bytes")));
        }
        progress(bytes, expected);
    }
    if let Some(expected) = expected.filter(|expected| *expected != bytes) {
        return Err(refused(format!("{bytes} of {expected} bytes came")));
    }
    file.sync_all().map_err(at(Path::new(ARCHIVE)))?;
    Ok((bytes, hex(&hash.finalize())))
}

/// What replaces an archive must be one: it opens, and most of its records can be read.
fn validate(part: &Path, url: &str) -> Result<(), FetchError> {
    let refused = |why: String| FetchError::Refused { url: shown(url), why };
    let mut start = [0u8; 4];
    let begun = File::open(part).and_then(|mut file| file.read_exact(&mut start));
    if begun.is_err() || &start != b"PK\x03\x04" {
        return Err(refused("it is no zip archive".to_owned()));
    }
    let all = load(part).map_err(|error| match error {
        LoadError::Archive { why, .. } => refused(why),
        other => refused(match other {
            LoadError::Empty { .. } => "no record in it can be read".to_owned(),
            other => other.to_string(),
        }),
    })?;
    let source = all.source();
    if source.packages == 0 || source.skipped.len() > source.records {
        return Err(refused(format!("{} of its records cannot be read", source.skipped.len())));
    }
    Ok(())
}

/// Whether the archive in the cache still is what was fetched.
fn is_whole(cache: &Path, sidecar: &Sidecar) -> bool {
    let mut hash = Sha256::new();
    let copied =
        File::open(cache.join(ARCHIVE)).and_then(|mut file| io::copy(&mut file, &mut Hashing(&mut hash)));
    copied.is_ok() && hex(&hash.finalize()) == sidecar.sha256
}

struct Hashing<'h>(&'h mut Sha256);

impl Write for Hashing<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A URL without credentials and query, for messages and the sidecar.
pub(crate) fn shown(url: &str) -> String {
    let url = url.split(['?', '#']).next().unwrap_or_default();
    let Some((scheme, rest)) = url.split_once("://") else { return url.to_owned() };
    let (host, path) = rest.split_once('/').map_or((rest, None), |(host, path)| (host, Some(path)));
    let host = host.rsplit('@').next().unwrap_or_default();
    path.map_or_else(|| format!("{scheme}://{host}"), |path| format!("{scheme}://{host}/{path}"))
}

/// `2024-10-10` of `Thu, 10 Oct 2024 17:22:00 GMT` (RFC 9110, IMF-fixdate).
fn day_of_http_date(text: &str) -> Option<String> {
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let mut words = text.split_once(", ")?.1.split(' ');
    let day: u8 = words.next()?.parse().ok().filter(|day| (1..=31).contains(day))?;
    let name = words.next()?;
    let month = MONTHS.iter().position(|month| *month == name)? + 1;
    let year: u16 = words.next()?.parse().ok().filter(|year| (1970..=9999).contains(year))?;
    Some(format!("{year:04}-{month:02}-{day:02}"))
}

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map(|since| since.as_secs()).unwrap_or_default()
}

fn at(path: &Path) -> impl Fn(io::Error) -> FetchError {
    let path = path.to_owned();
    move |source| FetchError::Cache { path: path.clone(), source }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_day_of_a_header_and_a_url_without_secrets() {
        assert_eq!(day_of_http_date("Thu, 10 Oct 2024 17:22:00 GMT").as_deref(), Some("2024-10-10"));
        assert_eq!(day_of_http_date("2024-10-10"), None);
        assert_eq!(shown("https://user:secret@host/a?token=1"), "https://host/a");
        assert_eq!(shown("http://127.0.0.1:80"), "http://127.0.0.1:80");
    }
}

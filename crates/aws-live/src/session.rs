//! A session with one account, live or replayed: each distinct call is made once, leaves its evidence, and
//! can be recorded.

use crate::call::{Answer, Call, Failure};
use crate::client::{Client, SendError};
use crate::credential_report;
use crate::credentials::{ConnectError, ConnectOptions, resolve};
use crate::download::{DownloadLimits, FetchError, Fetched};
use crate::endpoint::{Endpoints, global_region, partition_of};
use crate::failure::expired;
use crate::record::{self, Entry, ErrorEntry, Header, Key, RecordError, Replay};
use crate::redaction::{redact, take_code_address};
use crate::table::{Operation, Service};
use aws_types::service_config::ServiceConfigKey;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use tieout_model::{Evidence, Gap, Reason};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use tokio::sync::OnceCell;

/// What a session does at the moment.
#[derive(Debug, Clone, Copy)]
pub struct Progress<'a> {
    /// botocore's name of the service.
    pub service: &'a str,
    /// The region.
    pub region: &'a str,
    /// Requests answered so far.
    pub calls: usize,
}

/// Is told of each answer.
pub type OnProgress = dyn Fn(Progress<'_>) + Send + Sync;

/// A session with one account.
#[derive(Debug)]
pub enum Session {
    /// The account itself.
    Live(Box<Live>),
    /// A record of it.
    Replay(Box<Replayed>),
}

/// A session with the account itself.
pub struct Live {
    client: Client,
    header: Mutex<Header>,
    book: Mutex<BTreeMap<Key, Arc<OnceCell<Arc<Entry>>>>>,
    calls: AtomicUsize,
    on_progress: Option<Box<OnProgress>>,
    home: String,
    account: String,
    actor: String,
    partition: &'static str,
    started: String,
}

/// A session with a record: what was asked of it so far.
#[derive(Debug)]
pub struct Replayed {
    replay: Replay,
    asked: Mutex<BTreeSet<Key>>,
}

impl std::fmt::Debug for Live {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Live")
            .field("account", &self.account)
            .field("actor", &self.actor)
            .finish_non_exhaustive()
    }
}

impl From<Replay> for Session {
    fn from(replay: Replay) -> Session {
        Session::Replay(Box::new(Replayed { replay, asked: Mutex::default() }))
    }
}

impl Session {
    /// Signs in and asks who that is. `on_progress` is told of each answer.
    ///
    /// # Errors
    /// Where there are no credentials, or the account does not know them.
    pub async fn connect(
        options: ConnectOptions,
        on_progress: Option<Box<OnProgress>>,
    ) -> Result<Session, ConnectError> {
        Live::connect(options, on_progress).await.map(|live| Session::Live(Box::new(live)))
    }

    /// Reads a record.
    ///
    /// # Errors
    /// Where the file cannot be read or is no record.
    pub fn replay(path: &Path) -> Result<Session, RecordError> {
        Replay::from_path(path).map(Session::from)
    }

    /// The answer of a call, its pages merged. `absent` are the error codes that mean "not configured".
    ///
    /// # Errors
    /// Why there is no answer; never the end of a run.
    pub async fn call(&self, call: &Call, absent: &[&str]) -> Result<Answer, Failure> {
        match self {
            Session::Live(live) => live.entry(call).await.outcome(call, absent),
            Session::Replay(replayed) => match replayed.replay.find(call) {
                Some(entry) => {
                    replayed
                        .asked
                        .lock()
                        .unwrap_or_else(PoisonError::into_inner)
                        .insert(record::key_of(call));
                    entry.outcome(call, absent)
                }
                None => Err(Replay::missing(call)),
            },
        }
    }

    /// The account's id.
    pub fn account(&self) -> &str {
        match self {
            Session::Live(live) => &live.account,
            Session::Replay(replayed) => &replayed.replay.header.account,
        }
    }

    /// Its partition: `aws`, `aws-cn`, `aws-us-gov`.
    pub fn partition(&self) -> &str {
        match self {
            Session::Live(live) => live.partition,
            Session::Replay(replayed) => &replayed.replay.header.partition,
        }
    }

    /// The ARN of who asks, or asked when it was recorded.
    pub fn actor(&self) -> &str {
        match self {
            Session::Live(live) => &live.actor,
            Session::Replay(replayed) => &replayed.replay.header.actor,
        }
    }

    /// When the state was read, RFC 3339; empty for an example without a header.
    pub fn recorded_at(&self) -> &str {
        match self {
            Session::Live(live) => &live.started,
            Session::Replay(replayed) => &replayed.replay.header.recorded_at,
        }
    }

    /// The region of questions that belong to none.
    pub fn home_region(&self) -> String {
        match self {
            Session::Live(live) => live.home.clone(),
            Session::Replay(replayed) => {
                let regions = &replayed.replay.header.regions;
                regions.first().cloned().unwrap_or_else(|| "us-east-1".to_owned())
            }
        }
    }

    /// The region in which the partition's global services are asked: `us-east-1` for `aws`.
    pub fn global_region(&self) -> &'static str {
        global_region(self.partition())
    }

    /// The regions to look at, sorted: those that were requested, else all that are enabled for the account (of
    /// a record: all that it holds).
    ///
    /// # Errors
    /// Where the account does not say which regions are enabled: name them with `--regions`.
    pub async fn regions(&self, requested: Option<&[String]>) -> Result<Vec<String>, Gap> {
        let regions: BTreeSet<String> = match (self, requested) {
            (Session::Replay(replayed), None) => replayed.replay.header.regions.iter().cloned().collect(),
            (Session::Replay(replayed), Some(requested)) => {
                let held = &replayed.replay.header.regions;
                requested.iter().filter(|region| held.contains(region)).cloned().collect()
            }
            (Session::Live(_), Some(requested)) => requested.iter().cloned().collect(),
            (Session::Live(live), None) => self.enabled_regions(&live.home).await?,
        };
        if let Session::Live(live) = self {
            let mut header = live.header.lock().unwrap_or_else(PoisonError::into_inner);
            header.regions = regions.iter().cloned().collect();
            header.regions_chosen = requested.is_some();
        }
        Ok(regions.into_iter().collect())
    }

    /// The regions to which everything is confined: those that were requested now, or when the account was
    /// recorded; none where the whole account was asked for.
    pub fn confined_to(&self, requested: Option<&[String]>) -> Option<Vec<String>> {
        match (self, requested) {
            (_, Some(requested)) => Some(requested.to_vec()),
            (Session::Replay(replayed), None) => {
                let header = &replayed.replay.header;
                header.regions_chosen.then(|| header.regions.clone())
            }
            (Session::Live(_), None) => None,
        }
    }

    async fn enabled_regions(&self, home: &str) -> Result<BTreeSet<String>, Gap> {
        let asked = [("ec2", "DescribeRegions"), ("account", "ListRegions")];
        let mut first_gap = None;
        for (service, name) in asked {
            let Some(operation) = Operation::find(service, name) else { continue };
            match self.call(&operation.call(home), &[]).await {
                Ok(answer) => return Ok(region_names(&answer.body)),
                Err(Failure::Gap(gap)) => first_gap = first_gap.or(Some(gap)),
                Err(_) => {}
            }
        }
        let gap = first_gap.unwrap_or_else(|| Gap::new(Reason::NotCollected, "the enabled regions", ""));
        let how = format!("{}, or name the regions with --regions", gap.resolve_with);
        Err(Gap { resolve_with: how.trim_start_matches(", ").into(), ..gap })
    }

    /// The evidence of every call that was answered, sorted.
    pub fn evidence(&self) -> Vec<Evidence> {
        let entries: Vec<Arc<Entry>> = match self {
            Session::Live(live) => live.entries().into_values().collect(),
            Session::Replay(replayed) => {
                let asked = replayed.asked.lock().unwrap_or_else(PoisonError::into_inner);
                asked.iter().filter_map(|key| replayed.replay.entry(key)).cloned().collect()
            }
        };
        let evidence = entries.iter().filter_map(|entry| entry.evidence(self.account(), self.actor()));
        let mut evidence: Vec<Evidence> = evidence.collect();
        let rank = |e: &Evidence| {
            (e.sha256.clone(), e.source.clone(), record::canonical(&Value::Object(e.request.clone())))
        };
        evidence.sort_by_cached_key(rank);
        evidence
    }

    /// Writes every call so far as a record that [`Session::replay`] reads.
    ///
    /// # Errors
    /// Where the file cannot be written.
    pub fn write_record(&self, path: &Path) -> Result<(), RecordError> {
        let text = match self {
            Session::Live(live) => {
                let header = live.header.lock().unwrap_or_else(PoisonError::into_inner).clone();
                record::write(&header, &live.entries())?
            }
            Session::Replay(replayed) => replayed.replay.text()?,
        };
        std::fs::write(path, text)
            .map_err(|source| RecordError::File { path: path.display().to_string(), source })
    }
}

fn region_names(body: &Value) -> BTreeSet<String> {
    let regions = body.get("Regions").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let enabled = |region: &&Value| {
        let status =
            region.get("OptInStatus").or_else(|| region.get("RegionOptStatus")).and_then(Value::as_str);
        !matches!(status, Some("not-opted-in" | "DISABLED" | "DISABLING"))
    };
    regions
        .iter()
        .filter(enabled)
        .filter_map(|region| region.get("RegionName")?.as_str().map(str::to_owned))
        .collect()
}

impl Live {
    async fn connect(
        options: ConnectOptions,
        on_progress: Option<Box<OnProgress>>,
    ) -> Result<Live, ConnectError> {
        let (flag_url, fips, dual, attempts) =
            (options.endpoint_url.clone(), options.fips, options.dual_stack, options.attempts);
        let resolved = resolve(options).await?;
        let config = &resolved.config;
        let endpoints = Endpoints {
            by_service: if flag_url.is_some() { BTreeMap::new() } else { service_endpoints(config) },
            url: flag_url.or_else(|| config.endpoint_url().map(str::to_owned)),
            fips: fips.or(config.use_fips()).unwrap_or_default(),
            dual_stack: dual.or(config.use_dual_stack()).unwrap_or_default(),
        };
        for url in endpoints.url.iter().chain(endpoints.by_service.values()) {
            if !url.starts_with("http://") && !url.starts_with("https://") {
                return Err(ConnectError::Endpoint(url.clone()));
            }
        }
        let home = config.region().map_or_else(|| "us-east-1".to_owned(), ToString::to_string);
        let started = now();
        let mut live = Live {
            client: Client::new(resolved.keeper, endpoints, attempts),
            header: Mutex::default(),
            book: Mutex::default(),
            calls: AtomicUsize::new(0),
            on_progress,
            partition: partition_of(&home).name,
            home,
            account: String::new(),
            actor: String::new(),
            started,
        };
        live.identify().await?;
        Ok(live)
    }

    /// Asks who is calling.
    async fn identify(&mut self) -> Result<(), ConnectError> {
        let failed = |what: &str| ConnectError::Identity(what.to_owned());
        let operation =
            Operation::find("sts", "GetCallerIdentity").ok_or_else(|| failed("it is not in the table"))?;
        // Any region can say who is calling: one that fails does not end the run.
        let call = operation.call(self.home.clone());
        let mut outcome = self.entry(&call).await.outcome(&call, &[]);
        let global = partition_of(&self.home).global;
        if outcome.is_err() && self.home != global {
            let call = operation.call(global);
            let elsewhere = self.entry(&call).await.outcome(&call, &[]);
            if elsewhere.is_ok() {
                global.clone_into(&mut self.home);
                outcome = elsewhere;
            }
        }
        let answer = match outcome {
            Ok(answer) => answer,
            Err(Failure::Gap(gap)) => return Err(failed(&gap.what)),
            Err(other) => return Err(failed(&format!("{other:?}"))),
        };
        let text = |name: &str| answer.body.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        self.account = text("Account");
        self.actor = text("Arn");
        if self.account.is_empty() {
            return Err(failed("the answer names no account"));
        }
        *self.header.lock().unwrap_or_else(PoisonError::into_inner) = Header {
            tieout_record: 1,
            recorded_at: self.started.clone(),
            account: self.account.clone(),
            partition: self.partition.to_owned(),
            actor: self.actor.clone(),
            regions: Vec::new(),
            regions_chosen: false,
        };
        Ok(())
    }

    /// What came of a call; the same call is made once in a session.
    async fn entry(&self, call: &Call) -> Arc<Entry> {
        let cell = {
            let mut book = self.book.lock().unwrap_or_else(PoisonError::into_inner);
            book.entry(record::key_of(call)).or_default().clone()
        };
        cell.get_or_init(|| Box::pin(async { Arc::new(self.make(call).await.0) })).await.clone()
    }

    /// What came of a call that leads to code, and the address, which is a secret that is kept nowhere.
    pub(crate) async fn lead(&self, call: &Call) -> (Arc<Entry>, Option<String>) {
        let (entry, address) = Box::pin(self.make(call)).await;
        let cell = {
            let mut book = self.book.lock().unwrap_or_else(PoisonError::into_inner);
            book.entry(record::key_of(call)).or_default().clone()
        };
        (cell.get_or_init(|| async { Arc::new(entry) }).await.clone(), address)
    }

    /// Fetches what is at the address that a call led to.
    pub(crate) async fn download(
        &self,
        call: &Call,
        address: &str,
        limits: DownloadLimits,
    ) -> Result<Fetched, FetchError> {
        self.client.download(call.operation(), &call.region, address, limits).await
    }

    /// Makes a call; with the address of code where the answer names one.
    async fn make(&self, call: &Call) -> (Entry, Option<String>) {
        let mut address = None;
        let mut entry = Entry::of(call);
        entry.at = now();
        let heard = || {
            let calls = self.calls.fetch_add(1, Ordering::Relaxed) + 1;
            if let Some(tell) = &self.on_progress {
                tell(Progress { service: call.operation().service.name, region: &call.region, calls });
            }
        };
        let prepared = credential_report::prepare(&self.client, call, &heard).await;
        let sent = match prepared {
            Ok(()) => self.client.call(call.operation(), &call.region, &call.params, &heard).await,
            Err(error) => Err(error),
        };
        match sent {
            Ok(reply) => {
                let mut body = Value::Object(reply.body);
                credential_report::read(call, &mut body);
                address = take_code_address(&mut body);
                entry.redacted = address.is_some() | redact(&mut body);
                entry.answer = Some(Arc::new(body));
                entry.pages = reply.pages;
                entry.request_id = reply.request_ids.join(" ").trim().to_owned();
            }
            Err(SendError::Service(error)) => {
                entry.request_id = error.request_id;
                entry.error =
                    Some(ErrorEntry { code: error.code, message: error.message, status: error.status });
            }
            Err(error) => entry.gap = Some(gap_of(call, &error)),
        }
        entry.sha256 = entry.hash();
        (entry, address)
    }

    fn entries(&self) -> BTreeMap<Key, Arc<Entry>> {
        let book = self.book.lock().unwrap_or_else(PoisonError::into_inner);
        book.iter().filter_map(|(key, cell)| Some((key.clone(), cell.get()?.clone()))).collect()
    }
}

fn gap_of(call: &Call, error: &SendError) -> Gap {
    let what = call.describe();
    match error {
        SendError::Network(why) => Gap::new(
            Reason::Network,
            format!("{what}: {why}"),
            "check the network, the proxy and the endpoint, and run again",
        ),
        SendError::Ended(_) => expired(&what),
        SendError::Unreadable(why) => Gap::new(
            Reason::Unreadable,
            format!("{what}: {why}"),
            "report the call; the answer was not understood",
        ),
        SendError::Call(why) => {
            Gap::new(Reason::Internal, format!("{what}: {why}"), "report it; it is a defect of tieout")
        }
        SendError::Service(error) => Gap::new(Reason::Unsupported, format!("{what}: {}", error.code), ""),
    }
}

/// Endpoints that the environment (`AWS_ENDPOINT_URL_S3`) and the profile name for single services.
fn service_endpoints(config: &aws_config::SdkConfig) -> BTreeMap<&'static str, String> {
    let Some(settings) = config.service_config() else { return BTreeMap::new() };
    let url = |service: &'static Service| {
        let key = ServiceConfigKey::builder()
            .service_id(service.id)
            .env("AWS_ENDPOINT_URL")
            .profile("endpoint_url")
            .build()
            .ok()?;
        Some((service.name, settings.load_config(key)?))
    };
    Service::all().filter_map(url).collect()
}

fn now() -> String {
    let now = OffsetDateTime::now_utc();
    now.replace_nanosecond(0).unwrap_or(now).format(&Rfc3339).unwrap_or_default()
}

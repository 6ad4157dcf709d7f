//! Sending one operation: host, signature, pace, timeouts, repetitions, renewed credentials, pages. Nothing
//! but an [`Operation`] of the table can be sent from here.

use crate::call::ServiceError;
use crate::credentials::{Keeper, causes};
use crate::download::{DownloadLimits, FetchError, Fetched, download, is_allowed};
use crate::endpoint::{Endpoints, is_host_label};
use crate::failure::{Class, NO_ENDPOINT, class};
use crate::pace::{Pace, backoff};
use crate::protocol::{self, Headers, Request};
use crate::table::{Operation, Pages};
use aws_credential_types::Credentials;
use aws_sigv4::http_request::{
    PayloadChecksumKind, PercentEncodingMode, SignableBody, SignableRequest, SigningSettings,
    UriPathNormalizationMode, sign,
};
use aws_sigv4::sign::v4;
use aws_smithy_async::rt::sleep::{SharedAsyncSleep, TokioSleep};
use aws_smithy_http_client::proxy::ProxyConfig;
use aws_smithy_http_client::{Connector, tls};
use aws_smithy_runtime_api::client::http::{HttpConnector, HttpConnectorSettings};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::byte_stream::ByteStream;
use serde_json::{Map, Value};
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(6);
/// For one attempt, the body included.
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(60);
const ATTEMPTS: u32 = 5;
/// A throttled call is worth more patience than a broken one.
const ATTEMPTS_THROTTLED: u32 = 8;
const BACKOFF: Duration = Duration::from_millis(200);
/// More pages than any account has; a service that goes on is turning in circles.
const MAX_PAGES: u32 = 20_000;

/// Sends operations.
#[derive(Debug)]
pub(crate) struct Client {
    http: Connector,
    keeper: Keeper,
    endpoints: Endpoints,
    pace: Pace,
    attempts: Option<u32>,
    /// Seconds that AWS's clock is ahead of this machine's, once a service complained.
    skew: AtomicI64,
    /// Set when credentials ended and could not be renewed: no call can succeed any more.
    ended: AtomicBool,
}

/// A whole answer.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Reply {
    pub body: Map<String, Value>,
    /// Request ids of the pages, in order.
    pub request_ids: Vec<String>,
    pub pages: u32,
}

/// Why there is none.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum SendError {
    Service(ServiceError),
    Network(String),
    /// Credentials ended and could not be renewed.
    Ended(String),
    /// The answer was not what the protocol says.
    Unreadable(String),
    /// The call itself is wrong: a defect of tieout.
    Call(String),
}

/// One answer of HTTP.
struct Raw {
    status: u16,
    headers: Headers,
    body: Vec<u8>,
}

impl Client {
    pub(crate) fn new(keeper: Keeper, endpoints: Endpoints, attempts: Option<u32>) -> Client {
        let settings = HttpConnectorSettings::builder()
            .connect_timeout(CONNECT_TIMEOUT)
            .read_timeout(ATTEMPT_TIMEOUT)
            .build();
        let http = Connector::builder()
            .tls_provider(tls::Provider::Rustls(tls::rustls_provider::CryptoMode::Ring))
            .proxy_config(ProxyConfig::from_env())
            .sleep_impl(SharedAsyncSleep::new(TokioSleep::new()))
            .connector_settings(settings)
            .build();
        Client {
            http,
            keeper,
            endpoints,
            pace: Pace::default(),
            attempts,
            skew: AtomicI64::new(0),
            ended: AtomicBool::new(false),
        }
    }

    /// The answer of an operation, its pages merged. `heard` is told of each page.
    pub(crate) async fn call(
        &self,
        operation: &'static Operation,
        region: &str,
        params: &Map<String, Value>,
        heard: &(dyn Fn() + Send + Sync),
    ) -> Result<Reply, SendError> {
        let mut params = params.clone();
        let mut merged: Option<Reply> = None;
        let mut seen: BTreeSet<String> = BTreeSet::new();
        loop {
            let (page, request_id) = self.page(operation, region, &params).await?;
            heard();
            let next = operation.pages.as_ref().and_then(|pages| next_page(pages, &page));
            match merged.as_mut() {
                None => merged = Some(Reply { body: page, request_ids: vec![request_id], pages: 1 }),
                Some(reply) => {
                    if let Some(pages) = &operation.pages {
                        append(&mut reply.body, page, pages);
                    }
                    reply.request_ids.push(request_id);
                    reply.pages += 1;
                }
            }
            let Some(next) = next else { break };
            let count = merged.as_ref().map_or(0, |reply| reply.pages);
            if !seen.insert(Value::Object(next.clone()).to_string()) || count >= MAX_PAGES {
                return Err(SendError::Unreadable("the service gave the same page token twice".into()));
            }
            params.extend(next);
        }
        let mut reply = merged.unwrap_or(Reply { body: Map::new(), request_ids: Vec::new(), pages: 0 });
        if let Some(pages) = &operation.pages {
            for name in pages.output.iter().chain(&pages.more) {
                reply.body.shift_remove(*name);
            }
        }
        Ok(reply)
    }

    /// One page, with repetitions.
    async fn page(
        &self,
        operation: &'static Operation,
        region: &str,
        params: &Map<String, Value>,
    ) -> Result<(Map<String, Value>, String), SendError> {
        let request =
            protocol::encode(operation, params).map_err(|error| SendError::Call(error.to_string()))?;
        let mut region = region.to_owned();
        let mut once = Once::default();
        let mut attempt = 0;
        loop {
            attempt += 1;
            if self.ended.load(Ordering::Relaxed) {
                return Err(SendError::Ended("the credentials have ended".into()));
            }
            let credentials = self.keeper.get().await.map_err(|error| self.end(&error.to_string()))?;
            let lane = self.pace.lane(operation.service.name, &region);
            let leave = self.pace.enter(&lane).await;
            let outcome = self.attempt(operation, &region, &request, params, &credentials).await;
            drop(leave);
            let raw = match outcome {
                Ok(raw) => raw,
                Err(failed) => {
                    if let Some(error) = no_endpoint(operation, &failed) {
                        return Err(SendError::Service(error));
                    }
                    if attempt >= self.attempts.unwrap_or(ATTEMPTS) {
                        return Err(SendError::Network(failed));
                    }
                    tokio::time::sleep(backoff(BACKOFF, attempt)).await;
                    continue;
                }
            };
            if raw.status < 300 {
                lane.went_through();
                let request_id = protocol::request_id(&raw.headers);
                return protocol::decode(operation, raw.status, &raw.headers, &raw.body)
                    .map(|body| (body, request_id))
                    .map_err(|error| SendError::Unreadable(error.to_string()));
            }
            let error = protocol::read_error(raw.status, &raw.headers, &raw.body);
            if let Some(other) = other_region(operation, &region, &raw, &mut once) {
                region = other;
                continue;
            }
            match class(&error) {
                Class::Throttled if attempt < self.attempts.unwrap_or(ATTEMPTS_THROTTLED) => lane.throttled(),
                Class::Server if attempt < self.attempts.unwrap_or(ATTEMPTS) => {}
                Class::Broken if once.broken() && self.attempts != Some(1) => {}
                Class::Expired if once.renewal() => {
                    self.keeper.renew(&credentials).await.map_err(|error| self.end(&error.to_string()))?;
                    continue;
                }
                Class::Expired => return Err(self.end(&error.message)),
                Class::ClockSkew if once.clock() && self.learn_clock(&raw.headers) => continue,
                _ => return Err(SendError::Service(error)),
            }
            tokio::time::sleep(backoff(BACKOFF, attempt)).await;
        }
    }

    fn end(&self, why: &str) -> SendError {
        self.ended.store(true, Ordering::Relaxed);
        SendError::Ended(why.to_owned())
    }

    /// Takes over the service's clock; false where it does not say its time.
    fn learn_clock(&self, headers: &Headers) -> bool {
        use time::format_description::well_known::Rfc2822;
        let date = protocol::header(headers, "date");
        let Some(theirs) = date.and_then(|date| time::OffsetDateTime::parse(date, &Rfc2822).ok()) else {
            return false;
        };
        let ours = time::OffsetDateTime::now_utc();
        self.skew.store((theirs - ours).whole_seconds(), Ordering::Relaxed);
        true
    }

    fn now(&self) -> SystemTime {
        let skew = self.skew.load(Ordering::Relaxed);
        let size = Duration::from_secs(skew.unsigned_abs());
        let now = SystemTime::now();
        let shifted = if skew >= 0 { now.checked_add(size) } else { now.checked_sub(size) };
        shifted.unwrap_or(UNIX_EPOCH)
    }

    /// Sends once; the error is one of the network.
    async fn attempt(
        &self,
        operation: &Operation,
        region: &str,
        request: &Request,
        params: &Map<String, Value>,
        credentials: &Credentials,
    ) -> Result<Raw, String> {
        let endpoint = self.endpoints.resolve(operation.service, region);
        let url = place(operation, request, params, &endpoint.url, endpoint.custom);
        let signed =
            signed_headers(operation, request, &url, &endpoint.signing_region, credentials, self.now())?;
        let mut http = HttpRequest::new(SdkBody::from(request.body.clone()));
        http.set_method(request.method).map_err(|error| causes(&error))?;
        http.set_uri(url).map_err(|error| causes(&error))?;
        for (name, value) in signed {
            http.headers_mut().try_append(name, value).map_err(|error| causes(&error))?;
        }
        let exchange = async {
            let mut response = self.http.call(http).await.map_err(|error| causes(&error))?;
            let headers = response
                .headers()
                .iter()
                .map(|(name, value)| (name.to_lowercase(), value.to_owned()))
                .collect();
            let status = response.status().as_u16();
            let body =
                ByteStream::new(response.take_body()).collect().await.map_err(|error| causes(&error))?;
            Ok(Raw { status, headers, body: body.to_vec() })
        };
        match tokio::time::timeout(ATTEMPT_TIMEOUT, exchange).await {
            Ok(outcome) => outcome,
            Err(_) => Err(format!("no answer within {} seconds", ATTEMPT_TIMEOUT.as_secs())),
        }
    }
}

/// Fetching archives.
impl Client {
    /// What is at an address that an operation's answer named. A second time where the network failed.
    pub(crate) async fn download(
        &self,
        operation: &Operation,
        region: &str,
        address: &str,
        limits: DownloadLimits,
    ) -> Result<Fetched, FetchError> {
        let endpoint = self.endpoints.resolve(operation.service, region);
        if !is_allowed(address, &endpoint, region) {
            return Err(FetchError::Place);
        }
        match download(&self.http, address, limits).await {
            Err(FetchError::Network(_) | FetchError::Status(500..=599)) if self.attempts != Some(1) => {
                tokio::time::sleep(backoff(BACKOFF, 1)).await;
                download(&self.http, address, limits).await
            }
            outcome => outcome,
        }
    }
}

/// What is tried only once for a call.
#[derive(Default)]
struct Once {
    renewed: bool,
    clock: bool,
    moved: bool,
    broken: bool,
}

impl Once {
    fn renewal(&mut self) -> bool {
        !std::mem::replace(&mut self.renewed, true)
    }

    fn broken(&mut self) -> bool {
        !std::mem::replace(&mut self.broken, true)
    }

    fn clock(&mut self) -> bool {
        !std::mem::replace(&mut self.clock, true)
    }
}

/// The region that S3 says a bucket is in, where it was asked in another.
fn other_region(operation: &Operation, region: &str, raw: &Raw, once: &mut Once) -> Option<String> {
    if operation.service.name != "s3" || once.moved || !matches!(raw.status, 301 | 307 | 400) {
        return None;
    }
    let named = protocol::header(&raw.headers, "x-amz-bucket-region").filter(|named| *named != region)?;
    once.moved = true;
    Some(named.to_owned())
}

/// The error that stands for "no such host": there is no endpoint in that region. A host that AWS documents for
/// every region (STS, EC2, IAM) cannot be missing: then it is the network.
fn no_endpoint(operation: &Operation, failed: &str) -> Option<ServiceError> {
    let everywhere = ["ec2", "iam", "s3", "sts"].contains(&operation.service.name);
    let no_host = ["dns error", "failed to lookup address"].iter().any(|words| failed.contains(words));
    // A resolver that cannot be reached says so in other words than one that knows no such name.
    let unreachable = ["Temporary failure", "try again"].iter().any(|words| failed.contains(words));
    (no_host && !everywhere && !unreachable).then(|| ServiceError {
        code: NO_ENDPOINT.to_owned(),
        message: failed.to_owned(),
        ..ServiceError::default()
    })
}

/// The URL of a request. Before AWS's own hosts go the bucket's name or the account's id; before a custom
/// endpoint's host goes nothing.
fn place(
    operation: &Operation,
    request: &Request,
    params: &Map<String, Value>,
    base: &str,
    custom: bool,
) -> String {
    let (scheme, host) = base.split_once("://").unwrap_or(("https", base));
    let mut prefix = String::new();
    let mut path = request.path.as_str();
    if !custom {
        prefix.push_str(&request.host_prefix);
        let bucket = params.get("Bucket").and_then(Value::as_str).filter(|bucket| is_host_label(bucket));
        if let Some(bucket) = bucket.filter(|_| operation.service.name == "s3")
            && let Some(rest) = path.strip_prefix('/').and_then(|path| path.strip_prefix(bucket))
        {
            prefix = format!("{bucket}.");
            path = if rest.is_empty() { "/" } else { rest };
        }
    }
    let query = if request.query.is_empty() { String::new() } else { format!("?{}", request.query) };
    format!("{scheme}://{prefix}{host}{path}{query}")
}

/// The headers of a request, signature included.
fn signed_headers(
    operation: &Operation,
    request: &Request,
    url: &str,
    region: &str,
    credentials: &Credentials,
    now: SystemTime,
) -> Result<Vec<(String, String)>, String> {
    let mut settings = SigningSettings::default();
    if operation.service.signing == "s3" {
        settings.percent_encoding_mode = PercentEncodingMode::Single;
        settings.payload_checksum_kind = PayloadChecksumKind::XAmzSha256;
        settings.uri_path_normalization_mode = UriPathNormalizationMode::Disabled;
    }
    let identity = credentials.clone().into();
    let params = v4::SigningParams::builder()
        .identity(&identity)
        .region(region)
        .name(operation.service.signing)
        .time(now)
        .settings(settings)
        .build()
        .map_err(|error| causes(&error))?
        .into();
    let names = request.headers.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let signable = SignableRequest::new(request.method, url, names, SignableBody::Bytes(&request.body))
        .map_err(|error| causes(&error))?;
    let (signature, _) = sign(signable, &params).map_err(|error| causes(&error))?.into_parts();
    let mut headers = request.headers.clone();
    headers.extend(signature.headers().map(|(name, value)| (name.to_owned(), value.to_owned())));
    headers.push(("user-agent".to_owned(), concat!("tieout/", env!("CARGO_PKG_VERSION")).to_owned()));
    Ok(headers)
}

/// The parameters that ask for the next page; none after the last.
fn next_page(pages: &Pages, page: &Map<String, Value>) -> Option<Map<String, Value>> {
    if let Some(more) = pages.more
        && !matches!(page.get(more), Some(Value::Bool(true)))
    {
        return None;
    }
    let mut next = Map::new();
    for (asks, gives) in pages.input.iter().zip(&pages.output) {
        let token = page.get(*gives).filter(|token| !token.is_null() && token.as_str() != Some(""));
        if let Some(token) = token {
            next.insert((*asks).to_owned(), token.clone());
        }
    }
    (!next.is_empty()).then_some(next)
}

/// Adds the lists of a page to those of the pages before.
fn append(body: &mut Map<String, Value>, page: Map<String, Value>, pages: &Pages) {
    for path in &pages.results {
        let Some(Value::Array(more)) = lookup(&page, path).cloned() else { continue };
        match lookup_mut(body, path) {
            Some(Value::Array(items)) => items.extend(more),
            Some(slot) => *slot = Value::Array(more),
            None => {
                body.insert((*path).to_owned(), Value::Array(more));
            }
        }
    }
}

fn lookup<'a>(body: &'a Map<String, Value>, path: &str) -> Option<&'a Value> {
    let mut names = path.split('.');
    let first = body.get(names.next()?)?;
    names.try_fold(first, |value, name| value.get(name))
}

fn lookup_mut<'a>(body: &'a mut Map<String, Value>, path: &str) -> Option<&'a mut Value> {
    let mut names = path.split('.');
    let first = body.get_mut(names.next()?)?;
    names.try_fold(first, |value, name| value.get_mut(name))
}

#[cfg(test)]
#[path = "client_tests.rs"]
mod tests;

//! The archives of functions' and layers' code, where the user asked for them: which there are, each fetched once and
//! handed on. Nothing else in this crate sends the operations that lead to code. What an archive holds is read elsewhere.

use crate::call::{Call, Failure};
use crate::download::{DownloadLimits, FetchError};
use crate::redaction::code_of;
use crate::table::Operation;
use crate::{Live, Session};
use futures::StreamExt as _;
use futures::stream;
use serde_json::Value;
use std::collections::BTreeMap;
use tempfile::SpooledTempFile;
use tieout_model::{Gap, Reason};

/// IAM actions that [`Session::function_code`] needs.
pub const CODE_ACTIONS: [&str; 3] = ["lambda:GetFunction", "lambda:GetLayerVersion", "lambda:ListFunctions"];

/// Regions that are listed at once.
const LISTED_AT_ONCE: usize = 16;
/// Archives that are fetched at once.
const FETCHED_AT_ONCE: usize = 4;
/// Runtimes of other languages, by how they begin: their archives hold no Python packages. A runtime of the function's
/// own (`provided…`) may.
const OTHER_LANGUAGES: [&str; 5] = ["dotnet", "go1", "java", "nodejs", "ruby"];

/// An archive of code, or why there is none.
#[derive(Debug)]
pub struct CodeArchive {
    /// The functions or the layer version whose code it is, by ARN, sorted. Functions of the same code share one.
    pub arns: Vec<String>,
    /// The archive, from its beginning. Its hash is the one that Lambda names.
    pub file: Result<SpooledTempFile, Gap>,
}

/// An archive to fetch.
struct Wanted {
    arns: Vec<String>,
    /// The calls that lead to it: one for each function that shares it.
    calls: Vec<Call>,
    /// The SHA-256 in base64, where the listing names it.
    sha256: Option<String>,
}

/// What a listing comes to.
#[derive(Default)]
struct Listed {
    wanted: BTreeMap<String, Wanted>,
    unread: Vec<CodeArchive>,
}

impl Session {
    /// Fetches the code of the Python functions of some regions and of their layers, and hands on each archive once, in
    /// the order of ARNs. A record holds no code: what it lists is told with a gap. Nothing ends it.
    pub async fn function_code(
        &self,
        regions: &[String],
        limits: DownloadLimits,
        take: &mut (dyn FnMut(CodeArchive) + Send),
    ) {
        let mut listed = Listed::default();
        let listings: Vec<_> = stream::iter(regions)
            .map(|region| async move { (region, self.functions(region).await) })
            .buffered(LISTED_AT_ONCE)
            .collect()
            .await;
        for (region, functions) in listings {
            match functions {
                Ok(body) => listed.add(&body, region),
                Err(gap) => {
                    let every =
                        format!("arn:{}:lambda:{region}:{}:function:*", self.partition(), self.account());
                    listed.unread.push(CodeArchive { arns: vec![every], file: Err(gap) });
                }
            }
        }
        listed.unread.into_iter().for_each(&mut *take);
        let mut wanted: Vec<Wanted> = listed.wanted.into_values().collect();
        wanted.iter_mut().for_each(|wanted| wanted.arns.sort());
        wanted.sort_by(|a, b| a.arns.cmp(&b.arns));
        let fetches = wanted.into_iter().map(|wanted| async move {
            let file = Box::pin(self.archive(&wanted, limits)).await;
            CodeArchive { arns: wanted.arns, file }
        });
        let mut archives = stream::iter(fetches).buffered(FETCHED_AT_ONCE);
        while let Some(archive) = archives.next().await {
            take(archive);
        }
    }

    /// The functions of a region; nothing where Lambda is not there.
    async fn functions(&self, region: &str) -> Result<Value, Gap> {
        let Some(operation) = Operation::find("lambda", "ListFunctions") else { return Ok(Value::Null) };
        match self.call(&operation.call(region), &[]).await {
            Ok(answer) => Ok(Value::clone(&answer.body)),
            Err(Failure::Gap(gap)) => Err(gap),
            Err(Failure::Absent { .. } | Failure::Unavailable { .. }) => Ok(Value::Null),
        }
    }

    async fn archive(&self, wanted: &Wanted, limits: DownloadLimits) -> Result<SpooledTempFile, Gap> {
        let mut refused = None;
        for call in &wanted.calls {
            let Session::Live(live) = self else {
                return Err(Gap::new(
                    Reason::NotCollected,
                    format!("{}: a record of an account holds no code", call.describe()),
                    "audit the account itself with --aws --function-code",
                ));
            };
            match live.archive(call, wanted, limits).await {
                Ok(file) => return Ok(file),
                // Another function of the same code may be open.
                Err(gap) if gap.reason == Reason::AccessDenied => refused = refused.or(Some(gap)),
                Err(gap) => return Err(gap),
            }
        }
        Err(refused.unwrap_or_else(|| Gap::new(Reason::Internal, "an archive without a call", "report it")))
    }
}

impl Listed {
    fn add(&mut self, body: &Value, region: &str) {
        let (Some(function), Some(layer)) =
            (Operation::of_code("lambda", "GetFunction"), Operation::of_code("lambda", "GetLayerVersion"))
        else {
            return;
        };
        for listed in body.get("Functions").and_then(Value::as_array).into_iter().flatten() {
            let Some(arn) = text(listed, "FunctionArn") else { continue };
            if text(listed, "PackageType") == Some("Image") {
                let gap = Gap::new(
                    Reason::Unsupported,
                    format!("{arn}: its code is a container image"),
                    "audit the folder that the image is built from",
                );
                self.unread.push(CodeArchive { arns: vec![arn.to_owned()], file: Err(gap) });
                continue;
            }
            let runtime = text(listed, "Runtime").unwrap_or_default();
            if OTHER_LANGUAGES.iter().any(|language| runtime.starts_with(language)) {
                continue;
            }
            let sha256 = text(listed, "CodeSha256").filter(|hash| !hash.is_empty());
            let name = text(listed, "FunctionName").unwrap_or(arn);
            let call = function.call(region).with("FunctionName", name);
            self.want(sha256.unwrap_or(arn), arn, sha256, call);
            for used in listed.get("Layers").and_then(Value::as_array).into_iter().flatten() {
                let Some(arn) = text(used, "Arn") else { continue };
                // arn:PARTITION:lambda:REGION:ACCOUNT:layer:NAME:VERSION
                let Some((name, Ok(version))) =
                    arn.rsplit_once(':').map(|(name, version)| (name, version.parse::<u64>()))
                else {
                    let what = format!("the layer `{arn}`, whose ARN names no version");
                    let gap = Gap::new(Reason::Unreadable, what, "report the call");
                    self.unread.push(CodeArchive { arns: vec![arn.to_owned()], file: Err(gap) });
                    continue;
                };
                if !self.wanted.contains_key(arn) {
                    let call = layer.call(region).with("LayerName", name).with("VersionNumber", version);
                    self.want(arn, arn, None, call);
                }
            }
        }
    }

    fn want(&mut self, key: &str, arn: &str, sha256: Option<&str>, call: Call) {
        let fresh = || Wanted { arns: Vec::new(), calls: Vec::new(), sha256: sha256.map(str::to_owned) };
        let wanted = self.wanted.entry(key.to_owned()).or_insert_with(fresh);
        wanted.arns.push(arn.to_owned());
        wanted.calls.push(call);
    }
}

impl Live {
    /// The archive that a call leads to.
    async fn archive(
        &self,
        call: &Call,
        wanted: &Wanted,
        limits: DownloadLimits,
    ) -> Result<SpooledTempFile, Gap> {
        let what = |why: &str| format!("{}: {why}", call.describe());
        let unread = |why: &str, how: &str| Gap::new(Reason::Unreadable, what(why), how.to_owned());
        let (entry, address) = self.lead(call).await;
        let answer = match entry.outcome(call, &[]) {
            Ok(answer) => answer,
            Err(Failure::Gap(gap)) => return Err(gap),
            Err(_) => return Err(unread("it is no longer there", "run again")),
        };
        let body = &*answer.body;
        let code = code_of(body);
        // A function's size and hash stand in its configuration, a layer's beside the address.
        let about = body.get("Configuration").or(code).unwrap_or(&Value::Null);
        let Some(address) = address else {
            let error = code.and_then(|code| code.get("Error"));
            let message = error.and_then(|error| text(error, "Message").or_else(|| text(error, "ErrorCode")));
            let why = message.unwrap_or("the answer names no address of the code");
            return Err(unread(why, "see whether the key that encrypts the code may be used (kms:Decrypt)"));
        };
        let Some(hash) = text(about, "CodeSha256").filter(|hash| !hash.is_empty()) else {
            return Err(unread("the answer names no hash to hold the code against", "report the call"));
        };
        if wanted.sha256.as_deref().is_some_and(|listed| listed != hash) {
            return Err(unread("the code was changed while it was read", "run again"));
        }
        if about.get("CodeSize").and_then(Value::as_u64).is_some_and(|size| size > limits.bytes) {
            return Err(too_large(what(&FetchError::Size(limits.bytes).to_string())));
        }
        let fetched =
            self.download(call, &address, limits).await.map_err(|error| fetch_gap(&error, &what))?;
        if fetched.sha256 != hash {
            return Err(unread(
                "what arrived has another SHA-256 than Lambda names for it",
                "run again; if it stays, find out what stands between this machine and S3",
            ));
        }
        Ok(fetched.file)
    }
}

fn too_large(what: String) -> Gap {
    Gap::new(Reason::Unsupported, what, "audit the folder that the archive is built from")
}

fn fetch_gap(error: &FetchError, what: &dyn Fn(&str) -> String) -> Gap {
    let told = what(&error.to_string());
    match error {
        FetchError::Size(_) => too_large(told),
        FetchError::Place => Gap::new(
            Reason::Unsupported,
            told,
            "leave the custom endpoint out, or use one that serves the code itself",
        ),
        FetchError::Status(_) => Gap::new(
            Reason::Network,
            told,
            "run again; a proxy or a VPC endpoint's policy may keep this machine from Lambda's buckets",
        ),
        FetchError::Time(_) | FetchError::Network(_) => {
            Gap::new(Reason::Network, told, "check the network and the proxy, and run again")
        }
        FetchError::Disk(_) => {
            Gap::new(Reason::Unreadable, told, "free space for temporary files, and run again")
        }
    }
}

fn text<'a>(value: &'a Value, name: &str) -> Option<&'a str> {
    value.get(name)?.as_str()
}

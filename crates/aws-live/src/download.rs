//! Fetching an archive from the address that an answer named: from AWS's own hosts only, never further by a
//! redirect, within bounds of size and time, into memory or a file without a name.

use crate::credentials::causes;
use crate::endpoint::{Endpoint, partition_of};
use aws_smithy_http_client::Connector;
use aws_smithy_runtime_api::client::http::HttpConnector as _;
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::byte_stream::ByteStream;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};
use std::io::{Seek as _, Write as _};
use std::time::Duration;
use tempfile::SpooledTempFile;

/// Up to this many bytes an archive is kept in memory; a larger one in a file that has no name.
const IN_MEMORY: usize = 16 << 20;

/// The bounds of one download.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DownloadLimits {
    /// Bytes of one archive.
    pub bytes: u64,
    /// The time that one archive may take.
    pub time: Duration,
}

impl Default for DownloadLimits {
    fn default() -> DownloadLimits {
        // Lambda's limit of a function with its layers, unzipped, is 250 MB.
        DownloadLimits { bytes: 250 << 20, time: Duration::from_secs(300) }
    }
}

/// What was fetched.
pub(crate) struct Fetched {
    /// The bytes, from their beginning.
    pub file: SpooledTempFile,
    /// Their SHA-256 in base64, as Lambda writes it.
    pub sha256: String,
}

/// Why nothing was; never with the address, which is a secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum FetchError {
    #[error("its address is on no host of AWS, and is not followed")]
    Place,
    #[error("it is larger than the limit of {0} bytes")]
    Size(u64),
    #[error("it did not arrive within {0} seconds")]
    Time(u64),
    #[error("its address answered {0}")]
    Status(u16),
    #[error("{0}")]
    Network(String),
    #[error("it cannot be kept: {0}")]
    Disk(String),
}

/// True where an address may be asked: HTTPS at a host of the region's partition. With an endpoint of the user's own
/// that is no host of AWS, only that endpoint may be asked.
pub(crate) fn is_allowed(address: &str, endpoint: &Endpoint, region: &str) -> bool {
    let suffix = format!(".{}", partition_of(region).suffix);
    let is_aws = |url: &str| {
        let host = authority(url)
            .map(|(scheme, authority)| (scheme, authority.strip_suffix(":443").unwrap_or(authority)));
        host.is_some_and(|(scheme, host)| {
            let plain = |c: u8| c.is_ascii_alphanumeric() || matches!(c, b'.' | b'-');
            scheme == "https" && host.bytes().all(plain) && host.to_ascii_lowercase().ends_with(&suffix)
        })
    };
    if endpoint.custom && !is_aws(&endpoint.url) {
        return authority(address).is_some_and(|place| Some(place) == authority(&endpoint.url));
    }
    is_aws(address)
}

/// Scheme and `host:port` of a URL; none where it holds what could be read in two ways.
fn authority(url: &str) -> Option<(&str, &str)> {
    let (scheme, rest) = url.split_once("://")?;
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let odd = |c: char| c.is_whitespace() || c.is_control() || matches!(c, '@' | '\\' | '%');
    (!authority.is_empty() && !authority.contains(odd)).then_some((scheme, authority))
}

/// Fetches what is at an address. A redirect is an answer like any other that is no success.
pub(crate) async fn download(
    http: &Connector,
    address: &str,
    limits: DownloadLimits,
) -> Result<Fetched, FetchError> {
    let exchange = fetch(http, address, limits.bytes);
    match tokio::time::timeout(limits.time, exchange).await {
        Ok(outcome) => outcome,
        Err(_) => Err(FetchError::Time(limits.time.as_secs())),
    }
}

async fn fetch(http: &Connector, address: &str, most: u64) -> Result<Fetched, FetchError> {
    let network = |error: &dyn std::error::Error| FetchError::Network(without(address, causes(error)));
    let mut request = HttpRequest::new(SdkBody::empty());
    request.set_method("GET").map_err(|error| network(&error))?;
    request.set_uri(address).map_err(|_| FetchError::Place)?;
    let agent = concat!("tieout/", env!("CARGO_PKG_VERSION"));
    request.headers_mut().try_append("user-agent", agent).map_err(|error| network(&error))?;
    let mut response = http.call(request).await.map_err(|error| network(&error))?;
    let status = response.status().as_u16();
    if status != 200 {
        return Err(FetchError::Status(status));
    }
    let mut body = ByteStream::new(response.take_body());
    let mut file = SpooledTempFile::new(IN_MEMORY);
    let mut hash = Sha256::new();
    let mut size: u64 = 0;
    let disk = |error: std::io::Error| FetchError::Disk(error.to_string());
    while let Some(piece) = body.next().await {
        let piece = piece.map_err(|error| network(&error))?;
        size = size.saturating_add(piece.len() as u64);
        if size > most {
            return Err(FetchError::Size(most));
        }
        hash.update(&piece);
        file.write_all(&piece).map_err(disk)?;
    }
    file.rewind().map_err(disk)?;
    Ok(Fetched { file, sha256: STANDARD.encode(hash.finalize()) })
}

/// An error's words, without the address or its signature should they tell it.
fn without(address: &str, words: String) -> String {
    let query = address.split_once('?').map_or(address, |(_, query)| query);
    if words.contains(query) || words.contains("X-Amz-") {
        return "the connection failed".to_owned();
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn aws() -> Endpoint {
        let url = "https://lambda.eu-west-1.amazonaws.com".to_owned();
        Endpoint { url, signing_region: "eu-west-1".into(), custom: false }
    }

    fn custom(url: &str) -> Endpoint {
        Endpoint { url: url.into(), signing_region: "eu-west-1".into(), custom: true }
    }

    #[test]
    fn only_https_at_the_partition_s_own_hosts_is_asked() {
        let bucket =
            "https://awslambda-eu-west-1-tasks.s3.eu-west-1.amazonaws.com/snapshots/1?X-Amz-Signature=a";
        assert!(is_allowed(bucket, &aws(), "eu-west-1"));
        assert!(is_allowed("https://a.S3.amazonAWS.com:443/x", &aws(), "eu-west-1"));
        assert!(is_allowed("https://a.s3.cn-north-1.amazonaws.com.cn/x", &aws(), "cn-north-1"));
        for address in [
            "http://awslambda-eu-west-1-tasks.s3.eu-west-1.amazonaws.com/snapshots/1",
            "s3://awslambda-eu-west-1-tasks.s3.eu-west-1.amazonaws.com/snapshots/1",
            "https://amazonaws.com.example.net/x",
            "https://example-amazonaws.com/x",
            "https://x.amazonaws.com@example.net/x",
            "https://example.net\\.amazonaws.com/x",
            "https://example.net#.amazonaws.com/x",
            "https://example.net?.amazonaws.com/x",
            "https://example.net%2f.amazonaws.com/x",
            "https://x.amazonaws.com:8443/x",
            "https://x.amazonaws.com./x",
            "https://x.amazonaws.com.cn/x",
            "https://169.254.169.254/latest/meta-data",
            "file:///etc/passwd",
            "https:///x",
            "",
        ] {
            assert!(!is_allowed(address, &aws(), "eu-west-1"), "{address}");
        }
    }

    #[test]
    fn an_endpoint_of_the_user_s_own_is_the_only_host_that_is_asked_then() {
        let moto = custom("http://127.0.0.1:5000");
        assert!(is_allowed("http://127.0.0.1:5000/code.zip", &moto, "eu-west-1"));
        for address in
            ["http://127.0.0.1:5001/code.zip", "http://127.0.0.1/c", "https://a.s3.amazonaws.com/c"]
        {
            assert!(!is_allowed(address, &moto, "eu-west-1"), "{address}");
        }
        let private = custom("https://vpce-1.lambda.eu-west-1.vpce.amazonaws.com");
        assert!(is_allowed("https://a.s3.eu-west-1.amazonaws.com/c", &private, "eu-west-1"));
    }

    #[test]
    fn an_error_never_tells_the_address() {
        let address = "https://a.s3.amazonaws.com/x?X-Amz-Signature=abc";
        for words in [address, "uri X-Amz-Signature=abc", "bad X-Amz-Credential=AKIA"] {
            assert_eq!(without(address, words.to_owned()), "the connection failed");
        }
        assert_eq!(without(address, "dns error".to_owned()), "dns error");
    }

    proptest! {
        #[test]
        fn whatever_an_address_says_the_host_that_is_asked_is_amazon_s(address in "(https?://)?[a-z.@:/\\\\?#% ]{0,20}(amazonaws\\.com)?[a-z.@:/\\\\?#]{0,12}") {
            if is_allowed(&address, &aws(), "eu-west-1") {
                let mut request = HttpRequest::new(SdkBody::empty());
                // What the HTTP client makes of it is what counts.
                if request.set_uri(address.as_str()).is_ok() {
                    let uri = request.uri().to_owned();
                    let (_, rest) = uri.split_once("://").unwrap();
                    let host = rest.split(['/', '?', '#']).next().unwrap().trim_end_matches(":443");
                    prop_assert!(host.ends_with(".amazonaws.com"), "{uri}");
                }
            }
        }
    }
}

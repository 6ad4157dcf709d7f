//! What an error means: not configured, refused, throttled, a region that is not enabled, or nothing known.

use crate::call::{Call, Failure, ServiceError};
use tieout_model::{Gap, Reason};

/// The code that stands in a record where a service has no endpoint in a region.
pub(crate) const NO_ENDPOINT: &str = "TieoutNoEndpoint";

/// The code that stands for a status without one.
pub(crate) const NO_CODE: &str = "UnknownError";

/// The code that stands for a 404 without one.
pub(crate) const BARE_NOT_FOUND: &str = "NotFound";

/// A kind of error, by its code and status.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Class {
    Denied,
    Throttled,
    Expired,
    /// Credentials that are good elsewhere are not known in the region.
    RegionDisabled,
    NoEndpoint,
    ClockSkew,
    /// The server does not know the operation: not in this partition, or a server that imitates AWS.
    NotKnown,
    /// The service's own trouble; worth a repetition.
    Server,
    /// It broke without a word: worth one repetition.
    Broken,
    Other,
}

const DENIED: &[&str] = &[
    "AccessDenied",
    "AccessDeniedException",
    "AuthorizationError",
    "AuthorizationErrorException",
    "Forbidden",
    "ForbiddenException",
    "NotAuthorized",
    "NotAuthorizedException",
    "UnauthorizedAccess",
    "UnauthorizedOperation",
];

const THROTTLED: &[&str] = &[
    "BandwidthLimitExceeded",
    "EC2ThrottledException",
    "PriorRequestNotComplete",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "RequestThrottled",
    "RequestThrottledException",
    "SlowDown",
    "ThrottledException",
    "Throttling",
    "ThrottlingException",
    "TooManyRequests",
    "TooManyRequestsException",
];

const EXPIRED: &[&str] = &["ExpiredToken", "ExpiredTokenException", "RequestExpired", "TokenRefreshRequired"];

const REGION_DISABLED: &[&str] = &[
    "AuthFailure",
    "InvalidAccessKeyId",
    "InvalidClientTokenId",
    "OptInRequired",
    "UnrecognizedClientException",
];

const NOT_KNOWN: &[&str] =
    &["InvalidAction", "NotImplemented", "UnknownOperation", "UnknownOperationException"];

const CLOCK_SKEW: &[&str] = &["RequestInTheFuture", "RequestTimeTooSkewed"];

/// The kind of an error.
pub(crate) fn class(error: &ServiceError) -> Class {
    let code = error.code.as_str();
    let is = |codes: &[&str]| codes.contains(&code);
    match error.status {
        _ if code == NO_ENDPOINT => Class::NoEndpoint,
        429 => Class::Throttled,
        _ if is(THROTTLED) => Class::Throttled,
        _ if is(EXPIRED) => Class::Expired,
        _ if is(CLOCK_SKEW) => Class::ClockSkew,
        _ if is(REGION_DISABLED) => Class::RegionDisabled,
        _ if is(DENIED) => Class::Denied,
        501 => Class::NotKnown,
        _ if is(NOT_KNOWN) => Class::NotKnown,
        // A path that nobody serves; a service's own 404 has a code of its own.
        404 if code == BARE_NOT_FOUND => Class::NotKnown,
        500 if code == NO_CODE => Class::Broken,
        500..=599 => Class::Server,
        _ if matches!(code, "InternalError" | "InternalFailure" | "ServiceUnavailable") => Class::Server,
        _ => Class::Other,
    }
}

/// What a caller is told of an error that it did not name as meaning "not configured".
pub(crate) fn explain(call: &Call, error: &ServiceError) -> Failure {
    let what = call.describe();
    let action = call.operation().action;
    let region = if call.region.is_empty() { "the region" } else { &call.region };
    let gap = match class(error) {
        Class::NoEndpoint => {
            return Failure::Unavailable {
                service: call.operation().service.name,
                region: call.region.clone(),
            };
        }
        Class::Denied => {
            let message = error.message.to_ascii_lowercase();
            let how = if message.contains("service control policy") {
                format!("allow {action} in the organization's service control policies")
            } else if message.contains("explicit deny") {
                format!("remove the explicit deny of {action}")
            } else {
                format!("allow {action}")
            };
            Gap::new(Reason::AccessDenied, what, how)
        }
        Class::Throttled => Gap::new(
            Reason::Throttled,
            what,
            "run again at a quieter time, or for fewer regions at once (--regions)",
        ),
        Class::Expired => expired(&what),
        Class::RegionDisabled => Gap::new(
            Reason::AccessDenied,
            format!("{what}: the credentials are not known there ({})", error.code),
            format!("enable {region} for the account, or leave it out with --regions"),
        ),
        Class::ClockSkew => Gap::new(
            Reason::Network,
            format!("{what}: the service refuses this machine's clock ({})", error.code),
            "set the clock of this machine",
        ),
        Class::NotKnown => Gap::new(
            Reason::Unsupported,
            format!("{what}: the server does not know this operation ({})", error.code),
            "nothing, where the service lacks it here; else use a newer server",
        ),
        Class::Broken => Gap::new(
            Reason::Unreadable,
            format!("{what}: the server broke without saying why ({})", error.status),
            "run again later",
        ),
        Class::Server => {
            Gap::new(Reason::Network, format!("{what}: {} ({})", error.code, error.status), "run again later")
        }
        Class::Other => Gap::new(
            Reason::Unreadable,
            format!("{what}: {}: {}", error.code, short(&error.message)),
            format!("see what the service says of {}, or report the call", error.code),
        ),
    };
    Failure::Gap(gap)
}

/// Credentials that ended and could not be had anew.
pub(crate) fn expired(what: &str) -> Gap {
    Gap::new(
        Reason::ExpiredCredentials,
        what.to_owned(),
        "sign in again (or use credentials that can be refreshed) and run again",
    )
}

/// A message in one line of at most 300 characters.
fn short(message: &str) -> String {
    let line: String = message.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(300) {
        Some((at, _)) => format!("{}…", line.get(..at).unwrap_or_default()),
        None => line,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Operation;

    fn error(code: &str, status: u16, message: &str) -> ServiceError {
        ServiceError { code: code.into(), status, message: message.into(), request_id: String::new() }
    }

    fn call() -> Call {
        Operation::find("s3", "GetBucketEncryption").unwrap().call("eu-west-1").with("Bucket", "shop-logs")
    }

    fn gap(error: &ServiceError) -> Gap {
        match explain(&call(), error) {
            Failure::Gap(gap) => gap,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_refused_call_names_the_call_and_the_action_that_would_allow_it() {
        let gap = gap(&error("AccessDenied", 403, "Access Denied"));
        assert_eq!(gap.reason, Reason::AccessDenied);
        assert_eq!(&*gap.what, "s3:GetBucketEncryption on shop-logs in eu-west-1");
        assert_eq!(&*gap.resolve_with, "allow s3:GetEncryptionConfiguration");
    }

    #[test]
    fn an_explicit_deny_is_not_answered_by_another_allow() {
        let denied = error("AccessDenied", 403, "… with an explicit deny in an identity-based policy");
        assert_eq!(&*gap(&denied).resolve_with, "remove the explicit deny of s3:GetEncryptionConfiguration");
        let scp = error("AccessDenied", 403, "… with an explicit deny in a service control policy");
        assert!(gap(&scp).resolve_with.contains("service control policies"));
    }

    #[test]
    fn kinds_of_errors_are_told_apart() {
        for (code, status, expected) in [
            ("UnauthorizedOperation", 403, Class::Denied),
            ("AccessDeniedException", 400, Class::Denied),
            ("Throttling", 400, Class::Throttled),
            ("SlowDown", 503, Class::Throttled),
            ("Anything", 429, Class::Throttled),
            ("ExpiredTokenException", 400, Class::Expired),
            ("RequestExpired", 400, Class::Expired),
            ("UnrecognizedClientException", 403, Class::RegionDisabled),
            ("AuthFailure", 401, Class::RegionDisabled),
            ("InternalError", 500, Class::Server),
            ("UnknownError", 500, Class::Broken),
            ("UnknownError", 502, Class::Server),
            ("NotFound", 404, Class::NotKnown),
            ("NotImplemented", 501, Class::NotKnown),
            ("UnknownOperationException", 400, Class::NotKnown),
            ("NoSuchBucketPolicy", 404, Class::Other),
            ("RequestTimeTooSkewed", 403, Class::ClockSkew),
            (NO_ENDPOINT, 0, Class::NoEndpoint),
        ] {
            assert_eq!(class(&error(code, status, "")), expected, "{code}");
        }
    }

    #[test]
    fn a_service_that_is_not_in_the_region_is_no_gap() {
        let failure = explain(&call(), &error(NO_ENDPOINT, 0, ""));
        assert_eq!(failure, Failure::Unavailable { service: "s3", region: "eu-west-1".into() });
    }

    #[test]
    fn an_unknown_error_is_a_gap_with_the_service_s_own_words() {
        let gap = gap(&error("Strange", 400, "line one\n line two"));
        assert_eq!(gap.reason, Reason::Unreadable);
        assert!(gap.what.ends_with("Strange: line one line two"), "{}", gap.what);
    }
}

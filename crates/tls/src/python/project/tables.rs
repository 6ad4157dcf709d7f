//! Which names make and change the TLS of a client, as data: makers of contexts, what a context has, and the calls of each
//! library with the arguments that matter (from the documentation of Python 3.14's `ssl`, urllib3 2, requests 2, httpx 0.28,
//! aiohttp 3 and boto3 1).

/// What kind of value an argument takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Takes {
    /// A flag, number, text or constants of `ssl`.
    Setting,
    /// Whether to verify: a flag, a context, or where the authorities are.
    Verify,
    /// A context, or `None` for the default.
    Context,
    /// Certificates of authorities: the probe has its own.
    Authorities,
    /// The client's own certificate or key: the probe's servers ask for none.
    Own,
}

/// An argument of a call.
pub(super) struct Argument {
    /// Its keyword.
    pub(super) name: &'static str,
    /// Its place among the positional arguments.
    pub(super) position: Option<usize>,
    pub(super) takes: Takes,
    /// The setting that it is.
    pub(super) setting: &'static str,
}

const fn by_name(name: &'static str, takes: Takes) -> Argument {
    Argument { name, position: None, takes, setting: name }
}

const fn at(position: usize, name: &'static str, takes: Takes) -> Argument {
    Argument { name, position: Some(position), takes, setting: name }
}

const fn renamed(name: &'static str, takes: Takes, setting: &'static str) -> Argument {
    Argument { name, position: None, takes, setting }
}

use Takes::{Authorities, Own, Setting, Verify};

/// Makers of contexts. An argument that is not named here is not known to leave TLS alone.
pub(super) const MAKERS: &[(&str, &[Argument])] = &[
    (
        "ssl.create_default_context",
        &[
            at(0, "purpose", Setting),
            by_name("cafile", Authorities),
            by_name("capath", Authorities),
            by_name("cadata", Authorities),
        ],
    ),
    (
        "ssl._create_unverified_context",
        &[
            at(0, "protocol", Setting),
            by_name("cert_reqs", Setting),
            by_name("check_hostname", Setting),
            by_name("purpose", Setting),
            by_name("certfile", Own),
            by_name("keyfile", Own),
            by_name("cafile", Authorities),
            by_name("capath", Authorities),
            by_name("cadata", Authorities),
        ],
    ),
    ("ssl.SSLContext", &[at(0, "protocol", Setting)]),
    (
        "urllib3.util.ssl_.create_urllib3_context",
        &[
            at(0, "ssl_version", Setting),
            at(1, "cert_reqs", Setting),
            at(2, "options", Setting),
            at(3, "ciphers", Setting),
            at(4, "ssl_minimum_version", Setting),
            at(5, "ssl_maximum_version", Setting),
            at(6, "verify_flags", Setting),
        ],
    ),
    (
        "httpx.create_ssl_context",
        &[by_name("verify", Verify), by_name("cert", Own), by_name("trust_env", Own), by_name("http2", Own)],
    ),
];

/// Contexts that the probe cannot make.
pub(super) const STRANGE_MAKERS: &[&str] = &[
    "OpenSSL.SSL.Context",
    "truststore.SSLContext",
    "urllib3.contrib.pyopenssl.PyOpenSSLContext",
    "ssl_.SSLContext",
];

/// What a context has that decides what it accepts, offers or verifies.
pub(super) const ATTRIBUTES: &[&str] = &[
    "check_hostname",
    "hostname_checks_common_name",
    "maximum_version",
    "minimum_version",
    "options",
    "post_handshake_auth",
    "security_level",
    "verify_flags",
    "verify_mode",
];

/// Attributes that leave that alone.
pub(super) const HARMLESS_ATTRIBUTES: &[&str] =
    &["keylog_filename", "num_tickets", "sni_callback", "sslobject_class", "sslsocket_class"];

/// Methods of a context that change it, with one argument.
pub(super) const METHODS: &[&str] =
    &["set_ciphers", "set_ciphersuites", "set_ecdh_curve", "set_groups", "set_alpn_protocols"];

/// Methods that load what the probe has its own of.
pub(super) const LOADERS: &[&str] =
    &["load_verify_locations", "load_default_certs", "set_default_verify_paths", "load_cert_chain"];

/// Methods that change nothing of what is asked here.
pub(super) const HARMLESS_METHODS: &[&str] = &[
    "cert_store_stats",
    "get_ca_certs",
    "get_ciphers",
    "get_groups",
    "load_dh_params",
    "session_stats",
    "set_npn_protocols",
    "set_servername_callback",
];

/// What calling a name makes of a client's TLS.
pub(super) struct Call {
    /// Dotted names; `*` stands for any one part.
    pub(super) names: &'static [&'static str],
    pub(super) client: &'static str,
    pub(super) way: &'static str,
    pub(super) arguments: &'static [Argument],
}

const POOL: &[Argument] = &[
    by_name("ssl_context", Takes::Context),
    by_name("ssl_version", Setting),
    by_name("ssl_minimum_version", Setting),
    by_name("ssl_maximum_version", Setting),
    by_name("cert_reqs", Setting),
    by_name("assert_hostname", Setting),
    by_name("assert_fingerprint", Setting),
    by_name("ca_certs", Authorities),
    by_name("ca_cert_dir", Authorities),
    by_name("ca_cert_data", Authorities),
];

/// As [`POOL`], of an adapter of requests.
pub(super) const ADAPTER: &[Argument] = &[
    renamed("ssl_context", Takes::Context, "adapter.ssl_context"),
    renamed("ssl_version", Setting, "adapter.ssl_version"),
    renamed("ssl_minimum_version", Setting, "adapter.ssl_minimum_version"),
    renamed("ssl_maximum_version", Setting, "adapter.ssl_maximum_version"),
    renamed("cert_reqs", Setting, "adapter.cert_reqs"),
    renamed("assert_hostname", Setting, "adapter.assert_hostname"),
    renamed("assert_fingerprint", Setting, "adapter.assert_fingerprint"),
    renamed("ca_certs", Authorities, "adapter.ca_certs"),
    renamed("ca_cert_dir", Authorities, "adapter.ca_cert_dir"),
];

const AIOHTTP: &[Argument] = &[
    by_name("ssl", Verify),
    renamed("ssl_context", Takes::Context, "ssl"),
    renamed("verify_ssl", Verify, "ssl"),
];

const HTTPX: &[Argument] = &[by_name("verify", Verify)];

/// The calls. A method of an object is told below its class.
pub(super) const CALLS: &[Call] = &[
    Call {
        names: &["ssl.wrap_socket"],
        client: "ssl",
        way: "ssl.wrap_socket",
        arguments: &[
            at(4, "cert_reqs", Setting),
            at(5, "ssl_version", Setting),
            at(6, "ca_certs", Authorities),
            by_name("ciphers", Setting),
        ],
    },
    Call {
        names: &["http.client.HTTPSConnection"],
        client: "http.client",
        way: "http.client",
        arguments: &[by_name("context", Takes::Context), by_name("check_hostname", Setting)],
    },
    Call {
        names: &["urllib.request.urlopen"],
        client: "urllib.request",
        way: "urllib.request",
        arguments: &[
            by_name("context", Takes::Context),
            by_name("cafile", Authorities),
            by_name("capath", Authorities),
        ],
    },
    Call {
        names: &["urllib.request.HTTPSHandler"],
        client: "urllib.request",
        way: "urllib.request",
        arguments: &[by_name("context", Takes::Context), by_name("check_hostname", Setting)],
    },
    Call {
        names: &[
            "urllib3.PoolManager",
            "urllib3.ProxyManager",
            "urllib3.HTTPSConnectionPool",
            "urllib3.connection_from_url",
            "urllib3.proxy_from_url",
        ],
        client: "urllib3",
        way: "urllib3",
        arguments: POOL,
    },
    Call {
        names: &["requests.*", "requests.Session.*"],
        client: "requests",
        way: "requests",
        arguments: &[by_name("verify", Verify)],
    },
    Call {
        names: &["httpx.Client", "httpx.AsyncClient", "httpx.HTTPTransport", "httpx.AsyncHTTPTransport"],
        client: "httpx",
        way: "httpx",
        arguments: HTTPX,
    },
    Call { names: &["httpx.*"], client: "httpx", way: "httpx", arguments: HTTPX },
    Call { names: &["aiohttp.TCPConnector"], client: "aiohttp", way: "aiohttp", arguments: AIOHTTP },
    Call {
        names: &["aiohttp.request", "aiohttp.ClientSession.*"],
        client: "aiohttp",
        way: "aiohttp",
        arguments: AIOHTTP,
    },
    Call {
        names: &[
            "boto3.client",
            "boto3.resource",
            "boto3.Session.client",
            "boto3.Session.resource",
            "aioboto3.Session.client",
            "aioboto3.Session.resource",
            "botocore.session.Session.create_client",
        ],
        client: "botocore",
        way: "botocore",
        arguments: &[at(4, "verify", Verify)],
    },
];

/// Methods and functions that make a request; other names below a client take other arguments.
pub(super) const REQUESTS: &[&str] =
    &["delete", "get", "head", "options", "patch", "post", "put", "request", "send", "stream", "ws_connect"];

/// Classes whose objects are followed, since their methods or attributes configure TLS.
pub(super) const CLASSES: &[&str] = &[
    "requests.Session",
    "aiohttp.ClientSession",
    "boto3.Session",
    "aioboto3.Session",
    "botocore.session.Session",
];

/// Names under which the same things are known too.
pub(super) const SAME: &[(&str, &str)] = &[
    ("requests.packages.urllib3", "urllib3"),
    ("pip._vendor.urllib3", "urllib3"),
    ("pip._vendor.requests", "requests"),
    ("six.moves.urllib.request", "urllib.request"),
    ("urllib2", "urllib.request"),
    ("httplib", "http.client"),
    ("six.moves.http_client", "http.client"),
    ("urllib3.util.create_urllib3_context", "urllib3.util.ssl_.create_urllib3_context"),
    ("botocore.httpsession.create_urllib3_context", "urllib3.util.ssl_.create_urllib3_context"),
    ("urllib3.util.ssl_.ssl", "ssl"),
    ("urllib3.util.SSLContext", "ssl.SSLContext"),
    ("urllib3.util.ssl_.SSLContext", "ssl.SSLContext"),
    ("urllib3.util.ssl_.PROTOCOL_TLS", "ssl.PROTOCOL_TLS"),
    ("urllib3.poolmanager", "urllib3"),
    ("urllib3.connectionpool", "urllib3"),
    ("requests.sessions.Session", "requests.Session"),
    ("requests.session", "requests.Session"),
    ("requests.api", "requests"),
    ("requests.adapters.PoolManager", "urllib3.PoolManager"),
    ("requests.adapters.HTTPAdapter", "requests.HTTPAdapter"),
    ("aiohttp.connector.TCPConnector", "aiohttp.TCPConnector"),
    ("aiohttp.client.ClientSession", "aiohttp.ClientSession"),
    ("boto3.session.Session", "boto3.Session"),
    ("botocore.session.get_session", "botocore.session.Session"),
    ("boto3.DEFAULT_SESSION", "boto3.Session"),
    ("ssl._create_stdlib_context", "ssl._create_unverified_context"),
    ("ssl._create_default_https_context", "ssl.create_default_context"),
    ("ssl.VerifyMode", "ssl"),
    ("ssl.Options", "ssl"),
    ("ssl.VerifyFlags", "ssl"),
    ("ssl._SSLMethod", "ssl"),
    ("ssl.PROTOCOL_SSLv23", "ssl.PROTOCOL_TLS"),
];

/// Modules whose attributes are settings of every client in the process.
pub(super) const PROCESS_WIDE: &[&str] =
    &["ssl", "urllib3", "requests", "httpx", "aiohttp", "botocore", "boto3", "http.client", "urllib.request"];

/// Functions that serve with a context they are given.
pub(super) const SERVERS: &[&str] = &[
    "HTTPServer",
    "SockSite",
    "TCPSite",
    "UnixSite",
    "WSGIServer",
    "create_server",
    "listen",
    "run",
    "run_app",
    "run_simple",
    "serve",
    "start_server",
    "start_unix_server",
];

/// Whether a name of `ssl` is a constant that a setting may be.
pub(super) fn is_constant(name: &str) -> bool {
    let known = ["PROTOCOL_", "CERT_", "OP_", "VERIFY_", "TLSVersion.", "Purpose."];
    name.len() < 64
        && known.iter().any(|start| name.starts_with(start))
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.'))
}

/// The one name of a thing that has several.
pub(super) fn canonical(name: &str) -> String {
    let mut name = name.to_owned();
    // A name may be replaced in two steps: `requests.packages.urllib3.poolmanager`.
    for _ in 0..3 {
        let found = SAME.iter().find_map(|(other, own)| {
            let rest = name.strip_prefix(other)?;
            (rest.is_empty() || rest.starts_with('.')).then(|| format!("{own}{rest}"))
        });
        match found {
            Some(own) => name = own,
            None => break,
        }
    }
    name
}

/// The call that a name is; `*` only stands for what makes a request.
pub(super) fn call_of(name: &str) -> Option<&'static Call> {
    CALLS.iter().find(|call| call.names.iter().any(|pattern| is(pattern, name)))
}

fn is(pattern: &str, name: &str) -> bool {
    match pattern.strip_suffix(".*") {
        None => pattern == name,
        Some(start) => name
            .strip_prefix(start)
            .and_then(|rest| rest.strip_prefix('.'))
            .is_some_and(|last| REQUESTS.contains(&last)),
    }
}

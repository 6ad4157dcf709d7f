//! How to enforce the minimum, as exact text by place.

use crate::wire::Version;
use std::collections::BTreeMap;
use std::path::Path;

/// The texts, by the name of the place.
pub(super) fn texts(minimum: Version, conf: Option<&Path>) -> BTreeMap<String, String> {
    let (python, openssl) = match minimum {
        Version::Tls13 => ("TLSv1_3", "TLSv1.3"),
        _ => ("TLSv1_2", "TLSv1.2"),
    };
    let conf = conf.map_or_else(|| "/etc/ssl/openssl.cnf".to_owned(), |path| path.display().to_string());
    let context = format!(
        "import ssl\n\ncontext = ssl.create_default_context()\ncontext.minimum_version = ssl.TLSVersion.{python}\n"
    );
    let with = |rest: &str| format!("{context}{rest}\n");
    [
        ("ssl.SSLContext.minimum_version", with("")),
        (
            "openssl.cnf",
            format!(
                "# {conf}, or a file that OPENSSL_CONF names\nopenssl_conf = openssl_init\n\n[openssl_init]\nssl_conf = ssl_sect\n\n[ssl_sect]\nsystem_default = system_default_sect\n\n[system_default_sect]\nMinProtocol = {openssl}\n"
            ),
        ),
        ("http.client", with("connection = http.client.HTTPSConnection(host, context=context)")),
        ("urllib.request", with("urllib.request.urlopen(url, context=context)")),
        (
            "urllib3",
            format!(
                "# urllib3 2.0 and later\nimport ssl\nimport urllib3\n\npool = urllib3.PoolManager(ssl_minimum_version=ssl.TLSVersion.{python})\n"
            ),
        ),
        (
            "requests",
            format!(
                "import ssl\nimport requests\nfrom requests.adapters import HTTPAdapter\n\n\nclass Minimum(HTTPAdapter):\n    def init_poolmanager(self, *args, **kwargs):\n        kwargs[\"ssl_minimum_version\"] = ssl.TLSVersion.{python}\n        return super().init_poolmanager(*args, **kwargs)\n\n\nsession = requests.Session()\nsession.mount(\"https://\", Minimum())\n"
            ),
        ),
        ("httpx", with("client = httpx.Client(verify=context)")),
        ("aiohttp", with("session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=context))")),
        (
            "botocore",
            format!(
                "# botocore makes its own context and has no setting for it: give the process an openssl.cnf with\n# MinProtocol, or wrap the factory once, before the first client is made.\nimport ssl\nimport botocore.httpsession\n\nmake = botocore.httpsession.create_urllib3_context\n\n\ndef strict(*args, **kwargs):\n    context = make(*args, **kwargs)\n    context.minimum_version = ssl.TLSVersion.{python}\n    return context\n\n\nbotocore.httpsession.create_urllib3_context = strict\n"
            ),
        ),
    ]
    .into_iter()
    .map(|(place, text)| (place.to_owned(), text.trim_end().to_owned() + "\n"))
    .collect()
}

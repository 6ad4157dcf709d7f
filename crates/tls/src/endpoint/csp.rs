//! Content-Security-Policy, read and weighed directive by directive (CSP Level 3).

/// Hosts from which anybody's scripts, or answers that run what the address says (JSONP), can be had. From the research of
/// Weichselbaum, Spagnuolo, Lekies and Janc (CCS 2016) and what these hosts say of themselves.
const OPEN_HOSTS: &[&str] = &[
    "accounts.google.com",
    "ajax.googleapis.com",
    "ajax.aspnetcdn.com",
    "cdn.jsdelivr.net",
    "cdn.rawgit.com",
    "cdnjs.cloudflare.com",
    "code.angularjs.org",
    "esm.sh",
    "gist.githubusercontent.com",
    "maps.googleapis.com",
    "raw.githubusercontent.com",
    "s3.amazonaws.com",
    "unpkg.com",
    "www.google.com",
    "www.googletagmanager.com",
    "yastatic.net",
];

/// Ends of hosts under which anybody can put files.
const OPEN_PARENTS: &[&str] = &[
    "amazonaws.com",
    "appspot.com",
    "azureedge.net",
    "cloudfront.net",
    "github.io",
    "herokuapp.com",
    "netlify.app",
];

/// A policy: its directives with their sources, the first of a name counts.
struct Policy {
    directives: Vec<(String, Vec<String>)>,
}

impl Policy {
    fn parse(text: &str) -> Policy {
        let mut directives: Vec<(String, Vec<String>)> = Vec::new();
        for directive in text.split(';') {
            let mut words = directive.split_ascii_whitespace();
            let Some(name) = words.next().map(str::to_ascii_lowercase) else { continue };
            if !directives.iter().any(|(own, _)| *own == name) {
                directives.push((name, words.map(str::to_owned).collect()));
            }
        }
        Policy { directives }
    }

    fn get(&self, name: &str) -> Option<&[String]> {
        self.directives.iter().find(|(own, _)| own == name).map(|(_, sources)| sources.as_slice())
    }

    /// The sources that hold for a kind of load: its own directive's, else those of `default-src`.
    fn sources(&self, name: &str) -> Option<&[String]> {
        self.get(name).or_else(|| self.get("default-src"))
    }
}

/// What lets scripts of others in, a sentence each; empty for a policy that holds.
pub(crate) fn weaknesses(text: &str) -> Vec<String> {
    let policy = Policy::parse(text);
    let mut weak = Vec::new();
    let scripts = policy.sources("script-src");
    match scripts {
        None => weak.push("neither script-src nor default-src restricts scripts".to_owned()),
        Some(sources) => weak.extend(script_weaknesses(sources)),
    }
    let no_scripts = scripts.is_some_and(is_none);
    match policy.sources("object-src") {
        None => weak.push("neither object-src nor default-src restricts plugins".to_owned()),
        Some(sources) if sources.iter().any(|source| is_wide(source)) => {
            weak.push("object-src lets plugins in from anywhere".to_owned());
        }
        Some(_) => {}
    }
    match policy.get("base-uri") {
        None if !no_scripts => {
            weak.push("base-uri is not set, so that a <base> can lead relative scripts away".to_owned())
        }
        Some(sources) if sources.iter().any(|source| is_wide(source)) => {
            weak.push("base-uri allows any address".to_owned());
        }
        _ => {}
    }
    weak
}

fn is_none(sources: &[String]) -> bool {
    sources.is_empty() || matches!(sources, [only] if only.eq_ignore_ascii_case("'none'"))
}

/// A source that is no restriction.
fn is_wide(source: &str) -> bool {
    matches!(
        source.to_ascii_lowercase().as_str(),
        "*" | "http:" | "https:" | "data:" | "http://*" | "https://*"
    )
}

fn script_weaknesses(sources: &[String]) -> Vec<String> {
    let lower: Vec<String> = sources.iter().map(|source| source.to_ascii_lowercase()).collect();
    let has = |word: &str| lower.iter().any(|source| source == word);
    let is_token = |source: &String| {
        ["'nonce-", "'sha256-", "'sha384-", "'sha512-"].iter().any(|start| source.starts_with(start))
    };
    let has_token = lower.iter().any(is_token);
    let dynamic = has("'strict-dynamic'");
    let mut weak = Vec::new();
    // A nonce, a hash or strict-dynamic switches unsafe-inline off (CSP 3, section 6.7.3.2).
    if has("'unsafe-inline'") && !has_token && !dynamic {
        weak.push("scripts in the page itself run ('unsafe-inline')".to_owned());
    }
    if has("'unsafe-eval'") {
        weak.push("text can be run as a script ('unsafe-eval')".to_owned());
    }
    if dynamic && !has_token {
        weak.push(
            "'strict-dynamic' without a nonce or a hash lets no script run, or all in old browsers"
                .to_owned(),
        );
    }
    for short in
        lower.iter().filter(|source| source.starts_with("'nonce-") && source.len() < "'nonce-".len() + 9)
    {
        weak.push(format!("the nonce {short} is short enough to be guessed"));
    }
    // strict-dynamic makes browsers pass over hosts and schemes.
    if !(dynamic && has_token) {
        for source in &lower {
            if is_wide(source) || source == "blob:" || source == "filesystem:" {
                weak.push(format!("scripts come from anywhere ({source})"));
            } else if source.starts_with("http://") {
                weak.push(format!("scripts come over plain HTTP ({source})"));
            } else if is_open(host_of(source)) {
                weak.push(format!("{source} serves scripts of anybody"));
            }
        }
    }
    weak
}

/// The host in a source: without scheme, port and path.
fn host_of(source: &str) -> &str {
    let rest = source.split_once("://").map_or(source, |(_, rest)| rest);
    rest.split(['/', ':']).next().unwrap_or_default()
}

fn is_open(host: &str) -> bool {
    match host.strip_prefix("*.") {
        Some(parent) => {
            OPEN_PARENTS.iter().any(|open| parent == *open || parent.ends_with(&format!(".{open}")))
                || OPEN_HOSTS.iter().any(|open| open.ends_with(&format!(".{parent}")))
        }
        None => OPEN_HOSTS.contains(&host),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn weak(policy: &str) -> usize {
        weaknesses(policy).len()
    }

    #[test]
    fn a_policy_holds_where_no_directive_lets_strangers_in() {
        for policy in [
            "default-src 'none'",
            "default-src 'none'; script-src 'self'; base-uri 'none'",
            "default-src 'self'; base-uri 'self'; style-src 'unsafe-inline'",
            "SCRIPT-SRC 'nonce-r4nd0mr4nd0m' 'unsafe-inline'; object-src 'none'; base-uri 'none'",
            "script-src 'sha256-abc=' 'strict-dynamic' https: http: 'unsafe-inline'; object-src 'none'; base-uri 'none'",
            "script-src https://static.example.com/js/; object-src 'self'; base-uri 'none'",
        ] {
            assert_eq!(weaknesses(policy), Vec::<String>::new(), "{policy}");
        }
    }

    #[test]
    fn each_hole_is_named_once() {
        for (policy, holes) in [
            ("", 3),
            ("img-src 'self'", 3),
            ("default-src *; base-uri 'none'", 2),
            ("default-src 'self'", 1),
            ("script-src 'self' 'unsafe-inline'; object-src 'none'; base-uri 'none'", 1),
            ("script-src 'self' 'unsafe-eval'; object-src 'none'; base-uri 'none'", 1),
            ("script-src 'self' data:; object-src 'none'; base-uri 'none'", 1),
            ("script-src http://static.example.com; object-src 'none'; base-uri 'none'", 1),
            ("script-src *.cloudfront.net unpkg.com; object-src 'none'; base-uri 'none'", 2),
            ("script-src 'nonce-1'; object-src 'none'; base-uri 'none'", 1),
            ("script-src 'strict-dynamic'; object-src 'none'; base-uri *", 2),
            ("script-src 'self'; script-src *; object-src 'none'; base-uri 'none'", 0),
        ] {
            assert_eq!(weak(policy), holes, "{policy}: {:?}", weaknesses(policy));
        }
    }

    proptest! {
        #[test]
        fn no_header_breaks_the_reader(text in "\\PC{0,120}") {
            let _ = weaknesses(&text);
        }
    }
}

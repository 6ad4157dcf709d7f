//! From the hosts that source and account state to endpoints to probe: each name checked, each endpoint once with all that
//! state it, and a gap for each kind of host that is not known. Nothing is probed here.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;
use tieout_aws_state::hosts::table::Begins;
use tieout_aws_state::hosts::{Host, StatedHost};
use tieout_model::{Gap, Location, Reason};
use tieout_source::redact::escape_terminal as clean;
use tieout_tls::endpoint::{Address, Asked, Endpoint, Starttls, StatedBy};

/// At most so many endpoints are taken from source and account in one run.
const MOST: usize = 1000;

/// So many names stand in a gap; it counts the others.
const SHOWN: usize = 5;

/// The types whose hosts are Lambda's function URLs.
pub const FUNCTION_URLS: [&str; 2] = ["AWS::Lambda::Url", "aws_lambda_function_url"];

/// The endpoints that source and account state.
#[derive(Debug, Default)]
pub struct Stated {
    /// Those to probe, sorted, each once, with what states it.
    pub asked: Vec<(Asked, Vec<StatedBy>)>,
    /// Those that cannot be asked for what they are: wildcards, protocols that nobody here speaks.
    pub refused: Vec<Endpoint>,
    /// What is stated and not known, a gap each kind.
    pub gaps: Vec<Gap>,
}

/// A kind of gap, and the names that are in it.
type Kinds = BTreeMap<(Reason, String, String), Vec<String>>;

/// Puts the hosts together.
pub fn stated(hosts: &[StatedHost]) -> Stated {
    let mut asked: BTreeMap<Address, (Starttls, Vec<StatedBy>)> = BTreeMap::new();
    let mut refused: BTreeMap<String, Endpoint> = BTreeMap::new();
    let mut kinds = Kinds::new();
    for one in hosts {
        let of = one.type_name;
        let mut open = |reason, why: String, how: &str, name: &str| {
            kinds.entry((reason, why, how.to_owned())).or_default().push(name.to_owned());
        };
        let (name, port, begins) = match &one.host {
            Host::Known { name, port, begins } => (name, *port, *begins),
            Host::Open(expression) => {
                let how = "give the value (--parameter, --var-file, a plan or a state), or name the host";
                open(Reason::Unresolved, format!("hosts of {of} hang on what is not known"), how, expression);
                continue;
            }
            Host::Later(attribute) => {
                let why = format!("hosts of {of} are known after the deployment ({attribute})");
                open(Reason::Unresolved, why, later(of), &one.resource);
                continue;
            }
        };
        let by = by(one);
        let mut refuse = |what: String, how: &str| {
            let shown = format!("{name}:{port}");
            let gap = Gap::new(Reason::Unsupported, what, how);
            let entry = refused.entry(shown.clone()).or_insert_with(|| Endpoint::unreachable(shown, gap));
            entry.stated_by.push(by.clone());
        };
        let starttls = match begins {
            Begins::AtOnce => Starttls::None,
            Begins::Postgres => Starttls::Postgres,
            Begins::Mysql => Starttls::Mysql,
            Begins::Inside(protocol) => {
                let how = "look at the server's configuration";
                refuse(format!("{name}:{port}: its TLS begins inside {protocol}, which is not asked"), how);
                continue;
            }
        };
        let is_wildcard = name.strip_prefix("*.").is_some_and(|rest| Address::stated(rest, port).is_ok());
        match Address::stated(name, port) {
            Ok(address) => {
                let entry = asked.entry(address).or_insert((starttls, Vec::new()));
                if !entry.1.contains(&by) {
                    entry.1.push(by);
                }
            }
            Err(_) if is_wildcard => {
                refuse(format!("{name}:{port}: a wildcard stands for many hosts"), "name one of its hosts");
            }
            Err(error) => {
                let why = format!("hosts of {of} are not asked: {}", error.why);
                open(Reason::Unsupported, why, "name the host, if it is one of yours", name);
            }
        }
    }
    let mut asked: Vec<_> = asked
        .into_iter()
        .map(|(address, (starttls, by))| (Asked { address, starttls, is_stated: true }, by))
        .collect();
    let mut gaps: Vec<Gap> = kinds.into_iter().map(gap).collect();
    if asked.len() > MOST {
        let what = format!("{} endpoints are stated; the first {MOST} are asked", asked.len());
        gaps.push(Gap::new(Reason::NotCollected, what, "take a part of the source at a time"));
        asked.truncate(MOST);
    }
    Stated { asked, refused: refused.into_values().collect(), gaps }
}

/// What tells a host that AWS gives at the deployment.
fn later(of: &str) -> &'static str {
    match of {
        _ if FUNCTION_URLS.contains(&of) => "read the deployed account (--aws), or name the hosts",
        _ if of.starts_with("aws_") => "read the Terraform state, or name the hosts",
        _ => "name the hosts: the deployed stack has them",
    }
}

fn by(one: &StatedHost) -> StatedBy {
    StatedBy {
        resource: one.resource.to_string(),
        type_name: one.type_name.to_owned(),
        location: Location::of(&one.at, &one.resource),
        at: one.at.clone(),
    }
}

fn gap(((reason, why, how), mut names): ((Reason, String, String), Vec<String>)) -> Gap {
    names.sort();
    names.dedup();
    let more = names.len().saturating_sub(SHOWN);
    let shown: Vec<String> = names.iter().take(SHOWN).map(|name| brief(name)).collect();
    let and = if more > 0 { format!(" and {more} more") } else { String::new() };
    Gap::new(reason, format!("{why}: {}{and}", shown.join(", ")), how)
}

/// A name that somebody wrote, on one line and not longer than a reader needs.
fn brief(name: &str) -> String {
    let line = clean(name);
    let mut short: String = line.chars().take(120).collect();
    if short.len() < line.len() {
        short.push('…');
    }
    short
}

impl Stated {
    /// The hosts that will be asked, a line each, for whoever should see them before.
    pub fn list(&self) -> String {
        let mut out = String::new();
        for (asked, by) in &self.asked {
            let _ = writeln!(out, "  {}{}  {}", asked.address, begins(asked.starttls), sources(by));
        }
        out
    }
}

fn begins(starttls: Starttls) -> &'static str {
    match starttls {
        Starttls::Postgres => " (PostgreSQL)",
        Starttls::Mysql => " (MySQL)",
        Starttls::Smtp => " (SMTP)",
        Starttls::Ldap => " (LDAP)",
        Starttls::Auto | Starttls::None => "",
    }
}

/// Who states an endpoint: `aws_lb.main (infra/main.tf:12)`.
pub fn sources(by: &[StatedBy]) -> String {
    let word = |one: &StatedBy| match &one.location {
        Some(Location::Text { file, line, .. }) => format!("{} ({file}:{line})", one.resource),
        _ => one.resource.clone(),
    };
    let shown: Vec<Arc<str>> = by.iter().take(SHOWN).map(|one| brief(&word(one)).into()).collect();
    let more = by.len().saturating_sub(SHOWN);
    let and = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("{}{and}", shown.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use tieout_aws_state::Scope;
    use tieout_model::{Place, Position};

    fn host(resource: &str, host: Host) -> StatedHost {
        let file: Arc<str> = "infra/main.tf".into();
        StatedHost {
            scope: Scope::Source("infra".into()),
            resource: resource.into(),
            type_name: "aws_cloudfront_distribution",
            at: Place::text(&file, Position { line: 7, column: 3 }, Position { line: 7, column: 9 }),
            host,
        }
    }

    fn known(resource: &str, name: &str) -> StatedHost {
        host(resource, Host::Known { name: name.to_owned(), port: 443, begins: Begins::AtOnce })
    }

    #[test]
    fn an_endpoint_stands_once_with_all_that_state_it_and_what_is_none_is_a_gap_each_kind() {
        let hosts = [
            known("b", "b.example.com"),
            known("a", "A.example.com"),
            known("c", "a.example.com"),
            known("w", "*.example.com"),
            known("x", "a.example.com\u{1b}[2J"),
            known("y", "169.254.169.254"),
            host("l", Host::Later("domain_name")),
            host("m", Host::Later("domain_name")),
            host("o", Host::Open("${var.name}".to_owned())),
        ];
        let stated = stated(&hosts);
        let shown: Vec<String> = stated.asked.iter().map(|(asked, _)| asked.address.to_string()).collect();
        assert_eq!(shown, ["a.example.com:443", "b.example.com:443"]);
        assert_eq!(sources(&stated.asked[0].1), "a (infra/main.tf:7), c (infra/main.tf:7)");
        assert_eq!(stated.refused.len(), 1);
        assert_eq!(stated.refused[0].endpoint, "*.example.com:443");
        let gaps: Vec<&str> = stated.gaps.iter().map(|gap| &*gap.what).collect();
        assert_eq!(gaps.len(), 4, "{gaps:#?}");
        assert!(
            gaps.iter().any(|what| what.ends_with("known after the deployment (domain_name): l, m")),
            "{gaps:?}"
        );
        assert!(gaps.iter().all(|what| !what.contains('\u{1b}')), "{gaps:?}");
    }

    #[test]
    fn no_more_are_asked_in_one_run_than_a_person_can_look_through() {
        let hosts: Vec<StatedHost> =
            (0..MOST + 3).map(|number| known("a", &format!("h{number}.example.com"))).collect();
        let stated = stated(&hosts);
        assert_eq!(stated.asked.len(), MOST);
        assert!(stated.gaps[0].what.starts_with("1003 endpoints"), "{:?}", stated.gaps);
    }

    proptest! {
        #[test]
        fn whatever_a_file_calls_a_host_no_control_character_reaches_a_list_or_a_gap(name in "\\PC{0,20}|[\u{0}-\u{7f}]{0,20}") {
            let stated = stated(&[known(&name, &name), host(&name, Host::Open(name.clone()))]);
            let list = stated.list();
            let mut lines = list.lines().chain(stated.gaps.iter().map(|gap| &*gap.what));
            prop_assert!(lines.all(|line| !line.chars().any(char::is_control)));
        }
    }
}

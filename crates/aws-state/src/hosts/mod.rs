//! The hosts that resources state: which name and port clients reach them at, by the one [`table`]. Names are handed on as
//! they stand: whoever connects to one checks it first. Nothing is resolved or asked here.

pub mod table;
#[cfg(test)]
mod tests;

use crate::terraform::Instance;
use crate::{Declared, Scope};
use std::sync::Arc;
use table::{At, Begins, Form, HostRow, Port, ROWS};
use tieout_model::{Node, Place, Value};

/// A host that a resource states, or the word that it will have one.
#[derive(Debug, Clone, PartialEq)]
pub struct StatedHost {
    /// Where the resource was found.
    pub scope: Scope,
    /// Its logical id, Terraform address or ARN.
    pub resource: Arc<str>,
    /// Its type, in the words of the table.
    pub type_name: &'static str,
    /// Where the host is stated.
    pub at: Place,
    /// The host.
    pub host: Host,
}

/// What is stated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Host {
    /// A name and a port.
    Known {
        /// As it stands, without a dot at its end; it may be anything that somebody wrote.
        name: String,
        /// Port.
        port: u16,
        /// How TLS begins there.
        begins: Begins,
    },
    /// It hangs on what is not known: the expression.
    Open(String),
    /// AWS gives it at the deployment: the attribute.
    Later(&'static str),
}

/// The hosts of resources in CloudFormation's words, in their order.
pub fn of_declared<'a>(resources: impl IntoIterator<Item = &'a Declared>) -> Vec<StatedHost> {
    let mut found = Vec::new();
    for declared in resources {
        let one = One {
            bodies: [Some(&declared.properties), declared.live.as_ref()],
            region: declared.region.as_deref(),
            others: &[],
        };
        one.state(&declared.type_name, (&declared.scope, &declared.local, &declared.at), &mut found);
    }
    found
}

/// The hosts of the instances of one Terraform root module, in their order.
pub fn of_instances(instances: &[Instance]) -> Vec<StatedHost> {
    let mut found = Vec::new();
    for instance in instances {
        let one = One {
            bodies: [Some(&instance.body), None],
            region: instance.region.as_deref(),
            others: instances,
        };
        let scope = Scope::Source(instance.root.clone());
        one.state(&instance.type_name, (&scope, &instance.address, &instance.at), &mut found);
    }
    found
}

/// One resource.
struct One<'a> {
    /// Its properties, then its live facts.
    bodies: [Option<&'a Node>; 2],
    region: Option<&'a str>,
    /// Where what it refers to may stand.
    others: &'a [Instance],
}

impl<'a> One<'a> {
    /// Adds what it states by all rows of its type. It is one gap that AWS gives its host later, and none where it gave one.
    fn state(&self, type_name: &str, about: (&Scope, &Arc<str>, &Place), found: &mut Vec<StatedHost>) {
        let (scope, resource, declared) = about;
        let mut later = None;
        let mut is_given = false;
        for row in ROWS.iter().filter(|row| row.of == type_name) {
            let mut add = |at: &Place, host| {
                let at = if *at == Place::None { declared } else { at };
                let (scope, resource) = (scope.clone(), resource.clone());
                found.push(StatedHost { scope, resource, type_name: row.of, at: at.clone(), host });
            };
            for (at, host) in self.by_row(row) {
                match host {
                    Host::Later(attribute) => later = later.or(Some((row.of, attribute))),
                    host => {
                        is_given |= matches!(row.host, At::Given(_) | At::Of { .. });
                        add(&at, host);
                    }
                }
            }
        }
        if let Some((type_name, attribute)) = later.filter(|_| !is_given) {
            let (scope, resource) = (scope.clone(), resource.clone());
            let host = Host::Later(attribute);
            found.push(StatedHost { scope, resource, type_name, at: declared.clone(), host });
        }
    }

    fn by_row(&self, row: &HostRow) -> Vec<(Place, Host)> {
        let elements: Vec<&Node> = match row.each {
            "" => Vec::new(),
            path => self.values(None, path),
        };
        match row.each {
            "" => self.element(row, None),
            _ => elements.iter().flat_map(|element| self.element(row, Some(element))).collect(),
        }
    }

    /// What one element of the row's list states, or the resource as a whole.
    fn element(&self, row: &HostRow, element: Option<&'a Node>) -> Vec<(Place, Host)> {
        if !row.only.is_none_or(|(path, words)| is_one_of(&self.values(element, path), words)) {
            return Vec::new();
        }
        let of = |path: &str| match path.strip_prefix("$parent.") {
            Some(path) => self.values(None, path),
            None => self.values(element, path),
        };
        let nowhere = |attribute| vec![(Place::None, Host::Later(attribute))];
        let (names, attribute): (Vec<&Node>, _) = match row.host {
            At::Later(attribute) => return nowhere(attribute),
            At::Written(path) => (of(path), None),
            At::Given(path) => (of(path), Some(path.trim_start_matches("$parent."))),
            At::Of { by, types, host } => {
                let there = of(by).into_iter().find_map(|named| self.other(named, types));
                (there.map(|body| select(body, host)).unwrap_or_default(), Some(host))
            }
            At::Record => return self.record(element, row),
            At::Prefix(path, rest) => return self.prefix(&of(path), rest, row),
        };
        let mut hosts: Vec<_> = names.into_iter().flat_map(|node| self.hosts(node, element, row)).collect();
        if matches!(row.host, At::Of { .. }) {
            // The name stands at another resource: this one is what listens.
            hosts.iter_mut().for_each(|(at, _)| *at = Place::None);
        }
        match attribute {
            Some(attribute) if hosts.is_empty() && !self.says(row) => nowhere(attribute),
            _ => hosts,
        }
    }

    /// Whether the attribute of a row is there at all, be it as an address without TLS.
    fn says(&self, row: &HostRow) -> bool {
        let At::Given(path) = row.host else { return false };
        row.each.is_empty() && !self.values(None, path).is_empty()
    }

    /// The values at a path, from an element or from the resource itself; lists and conditions are entered.
    fn values(&self, element: Option<&'a Node>, path: &str) -> Vec<&'a Node> {
        if let Some(element) = element {
            return select(element, path);
        }
        let bodies = self.bodies.iter().flatten();
        bodies.map(|body| select(body, path)).find(|found| !found.is_empty()).unwrap_or_default()
    }

    /// The body of the instance that a value names by a reference or by its ARN or id.
    fn other(&self, named: &Node, types: &[&str]) -> Option<&'a Node> {
        let is_it = |other: &&Instance| match &named.value {
            Value::Ref { id, .. } => other.address == *id,
            Value::Text(text) => ["arn", "id", "zone_id"]
                .iter()
                .any(|key| other.body.get(key).and_then(Node::as_text) == Some(text)),
            _ => false,
        };
        let of_type = |other: &&Instance| types.contains(&&*other.type_name);
        self.others.iter().filter(of_type).find(is_it).map(|other| &other.body)
    }

    /// What a text states.
    fn hosts(&self, node: &Node, element: Option<&'a Node>, row: &HostRow) -> Vec<(Place, Host)> {
        let Some(text) = node.as_text() else {
            return vec![(node.at.clone(), Host::Open(node.expression()))];
        };
        let parts: Vec<&str> = match row.form {
            Form::HostPorts => text.split(',').map(str::trim).collect(),
            Form::Host | Form::Url => vec![text.trim()],
        };
        let named = parts.into_iter().filter(|part| !part.is_empty());
        named.filter_map(|part| Some((node.at.clone(), self.host(part, element, row)?))).collect()
    }

    /// What one word states; `None` where it is an address without TLS.
    fn host(&self, word: &str, element: Option<&'a Node>, row: &HostRow) -> Option<Host> {
        let (name, own) = match word.split_once("://") {
            Some((scheme, rest)) => {
                let usual = table::scheme(scheme)?;
                let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
                let (name, port) = with_port(authority);
                (name, port.map(Some).unwrap_or(usual.map(Ok)))
            }
            None if row.form == Form::HostPorts => with_port(word),
            None => (word, None),
        };
        let name = name.strip_suffix('.').unwrap_or(name).to_owned();
        let (port, begins) = match (own, self.port(element, row)) {
            (Some(Ok(port)), Ok((_, begins))) => (port, begins),
            (Some(Ok(port)), Err(_)) => (port, row.begins),
            (Some(Err(())), _) => return Some(Host::Open(word.to_owned())),
            (None, Ok(both)) => both,
            (None, Err(open)) => return Some(Host::Open(open)),
        };
        Some(Host::Known { name, port, begins })
    }

    /// Port and beginning by the row.
    ///
    /// # Errors
    /// The expression that they hang on.
    fn port(&self, element: Option<&'a Node>, row: &HostRow) -> Result<(u16, Begins), String> {
        let (path, usual, begins) = match row.port {
            Port::Is(port) => return Ok((port, row.begins)),
            Port::At(path, usual) => (path, usual, row.begins),
            Port::Engine(path) => {
                let engine = self.values(element, path).into_iter().next();
                let name =
                    engine.map(|node| node.scalar_text().ok_or_else(|| node.expression())).transpose()?;
                let name = name.unwrap_or_else(|| "none".into());
                let (usual, begins) =
                    table::engine(&name).ok_or_else(|| format!("the port of the engine {name}"))?;
                ("port", usual, begins)
            }
        };
        match self.values(element, path).into_iter().next() {
            None => Ok((usual, begins)),
            Some(node) => match node.as_int().and_then(|port| u16::try_from(port).ok()) {
                Some(port) if port > 0 => Ok((port, begins)),
                _ => Err(format!("the port {}", node.expression())),
            },
        }
    }

    /// A name of DNS that has addresses. Those with an underscore are none that a client connects to: they prove who owns a
    /// domain, or hold keys of mail.
    fn record(&self, element: Option<&'a Node>, row: &HostRow) -> Vec<(Place, Host)> {
        let whole = self.values(element, "fqdn").into_iter().chain(self.values(element, "Name"));
        let mut names: Vec<(&Node, Result<String, String>)> = whole
            .map(|node| (node, node.as_text().map(str::to_owned).ok_or_else(|| node.expression())))
            .collect();
        if names.is_empty() {
            let zones = self.values(element, "zone_id");
            let zone = zones.first().copied();
            names = self
                .values(element, "name")
                .into_iter()
                .map(|node| (node, self.in_zone(node, zone)))
                .collect();
        }
        let is_host = |name: &Result<String, String>| match name {
            Ok(name) => !name.split('.').any(|label| label.starts_with('_')),
            Err(_) => true,
        };
        let hosts = names.into_iter().filter(|(_, name)| is_host(name));
        hosts
            .filter_map(|(node, name)| {
                let host = match name {
                    // Route 53 tells a wildcard so.
                    Ok(name) => self.host(&name.replace("\\052", "*"), element, row)?,
                    Err(open) => Host::Open(open),
                };
                Some((node.at.clone(), host))
            })
            .collect()
    }

    /// A record's name with that of its zone, which Terraform adds where it lacks.
    fn in_zone(&self, name: &Node, zone: Option<&Node>) -> Result<String, String> {
        let text = name.as_text().ok_or_else(|| name.expression())?;
        if text.ends_with('.') {
            return Ok(text.to_owned());
        }
        let named =
            zone.and_then(|zone| self.other(zone, &["aws_route53_zone"])).and_then(|body| body.get("name"));
        let Some(zone) = named.and_then(Node::as_text) else {
            return Err(format!("{text} (whether that is the whole name depends on its zone)"));
        };
        let zone = zone.trim_end_matches('.');
        Ok(match text {
            "" => zone.to_owned(),
            _ if text == zone || text.strip_suffix(zone).is_some_and(|rest| rest.ends_with('.')) => {
                text.to_owned()
            }
            _ => format!("{text}.{zone}"),
        })
    }

    /// Names of which one word alone may be written.
    fn prefix(&self, names: &[&Node], rest: &str, row: &HostRow) -> Vec<(Place, Host)> {
        let host = |node: &Node| match (node.as_text(), self.region) {
            (None, _) => Some(Host::Open(node.expression())),
            (Some(text), _) if text.contains('.') => self.host(text, None, row),
            (Some(text), Some(region)) => {
                self.host(&format!("{text}{}", rest.replace("{region}", region)), None, row)
            }
            (Some(text), None) => Some(Host::Open(format!("{text}{rest}"))),
        };
        names.iter().filter_map(|node| Some((node.at.clone(), host(node)?))).collect()
    }
}

/// Name and port of `HOST:PORT`; a port that is none is an error.
fn with_port(authority: &str) -> (&str, Option<Result<u16, ()>>) {
    match authority.rsplit_once(':') {
        Some((name, port)) if !port.contains(']') => {
            let port = port.parse().ok().filter(|port| *port > 0).ok_or(());
            (name, Some(port))
        }
        _ => (authority, None),
    }
}

/// Whether a value is one of some words; what is open may be. Nothing is the empty word.
fn is_one_of(values: &[&Node], words: &[&str]) -> bool {
    if values.is_empty() {
        return words.contains(&"");
    }
    values.iter().any(|node| match node.scalar_text() {
        Some(text) => words.iter().any(|word| word.eq_ignore_ascii_case(&text)),
        None => true,
    })
}

/// All values at a path. Lists are entered, and both sides of a condition; what is null is not there.
fn select<'a>(node: &'a Node, path: &str) -> Vec<&'a Node> {
    let mut found = Vec::new();
    enter(node, path, &mut found);
    found
}

fn enter<'a>(node: &'a Node, path: &str, found: &mut Vec<&'a Node>) {
    match &node.value {
        Value::Null => {}
        Value::List(items) => items.iter().for_each(|item| enter(item, path, found)),
        Value::Either { then, otherwise, .. } => {
            enter(then, path, found);
            enter(otherwise, path, found);
        }
        _ if path.is_empty() => found.push(node),
        Value::Map(_) => {
            let (key, rest) = path.split_once('.').unwrap_or((path, ""));
            if let Some(below) = node.get(key) {
                enter(below, rest, found);
            }
        }
        // What stands in place of a map and is not known may have it.
        _ if node.gap().is_some() => found.push(node),
        _ => {}
    }
}

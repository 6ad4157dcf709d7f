//! The table of read operations, parsed from the generated `operations.gen.jsonl`. A [`Call`] can only be
//! made from an [`Operation`], and an operation can only be had from here.
//!
//! The table's text is written by `cargo xtask operations` from botocore's service models.

use crate::Call;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

const TEXT: &str = include_str!("operations.gen.jsonl");

/// How a service speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protocol {
    /// Form in, XML out (IAM, STS).
    Query,
    /// EC2's variant of it.
    Ec2,
    /// JSON with a target header, version 1.0 or 1.1.
    Json(&'static str),
    /// Paths, queries and JSON bodies (Lambda).
    RestJson,
    /// Paths, queries and XML bodies (S3).
    RestXml,
}

/// A service of the table.
#[derive(Debug, Clone)]
pub struct Service {
    /// botocore's name: `s3control`.
    pub name: &'static str,
    /// Its service id, from which `AWS_ENDPOINT_URL_S3_CONTROL` is made: `S3 Control`.
    pub id: &'static str,
    /// The first part of its host.
    pub prefix: &'static str,
    /// The name that a signature is for.
    pub signing: &'static str,
    /// How it speaks.
    pub protocol: Protocol,
    /// API version.
    pub version: &'static str,
    /// Prefix of the target header (JSON).
    pub target: &'static str,
    /// Hosts that differ from the common pattern.
    pub(crate) hosts: Vec<HostRow>,
}

/// A host that differs from the common pattern.
#[derive(Debug, Clone)]
pub(crate) struct HostRow {
    /// Empty, `fips`, `dual` or `both`.
    pub variant: &'static str,
    /// A region, or `PARTITION/*`.
    pub place: &'static str,
    /// The host; `{r}` stands for the region.
    pub host: &'static str,
    /// The region to sign for, where it is not the one that was asked.
    pub signing_region: Option<&'static str>,
}

/// A read operation that may be sent.
#[derive(Debug)]
pub struct Operation {
    /// Its service.
    pub service: &'static Service,
    /// Its name: `GetBucketAcl`.
    pub name: &'static str,
    /// HTTP method.
    pub method: &'static str,
    /// Path and query, with labels in braces.
    pub uri: &'static str,
    /// The IAM action that allows it: `s3:GetBucketAcl`.
    pub action: &'static str,
    pub(crate) input: Option<&'static str>,
    pub(crate) output: Option<&'static str>,
    pub(crate) wrapper: Option<&'static str>,
    pub(crate) host_prefix: Option<&'static str>,
    pub(crate) pages: Option<Pages>,
}

/// How the pages of an answer follow one another.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Pages {
    #[serde(rename = "in", borrow)]
    pub input: Vec<&'static str>,
    #[serde(rename = "out", borrow)]
    pub output: Vec<&'static str>,
    #[serde(borrow)]
    pub results: Vec<&'static str>,
    #[serde(borrow)]
    pub more: Option<&'static str>,
}

/// Where a member of a request or an answer stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Spot {
    Body,
    Uri,
    Query,
    Header,
    /// Headers with a common prefix, as a map.
    Headers,
    Status,
}

/// What a value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Text,
    Integer,
    Float,
    Boolean,
    Blob,
    /// Base64 of a JSON text in a header; kept as it is.
    JsonText,
    /// A JSON text, percent-encoded (IAM's policies).
    Policy,
    /// Any JSON.
    Document,
    /// A time; in a request `u` Unix seconds, `r` RFC 822, else ISO 8601.
    Time(u8),
    /// Another shape.
    Shape(&'static str),
}

#[derive(Debug, Clone)]
pub(crate) struct Member {
    pub name: &'static str,
    pub kind: Kind,
    pub wire: &'static str,
    pub spot: Spot,
    /// A list without an element of its own.
    pub flat: bool,
    /// An XML attribute.
    pub attribute: bool,
}

#[derive(Debug, Clone)]
pub(crate) enum Shape {
    Structure { members: Vec<Member>, payload: Option<&'static str> },
    List { item: Kind, name: &'static str },
    Map { value: Kind, key_name: &'static str, value_name: &'static str },
}

/// A partition of AWS.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Partition {
    #[serde(rename = "partition", borrow)]
    pub name: &'static str,
    #[serde(borrow)]
    pub suffix: &'static str,
    #[serde(borrow)]
    pub dual_suffix: &'static str,
    /// The region of global services.
    #[serde(borrow)]
    pub global: &'static str,
    #[serde(borrow)]
    pub regions: Vec<&'static str>,
}

#[derive(Deserialize)]
struct ServiceLine {
    #[serde(borrow)]
    service: &'static str,
    id: &'static str,
    prefix: &'static str,
    signing: &'static str,
    protocol: &'static str,
    version: &'static str,
    #[serde(default)]
    target: &'static str,
    #[serde(default, borrow)]
    hosts: Vec<Vec<&'static str>>,
}

#[derive(Deserialize)]
struct OperationLine {
    #[serde(borrow)]
    op: &'static str,
    service: &'static str,
    method: &'static str,
    uri: &'static str,
    action: &'static str,
    #[serde(rename = "in")]
    input: Option<&'static str>,
    #[serde(rename = "out")]
    output: Option<&'static str>,
    wrapper: Option<&'static str>,
    host_prefix: Option<&'static str>,
    pages: Option<Pages>,
    class: Option<&'static str>,
}

#[derive(Deserialize)]
struct ShapeLine {
    #[serde(borrow)]
    shape: &'static str,
    service: &'static str,
    #[serde(borrow)]
    members: Option<Vec<Vec<&'static str>>>,
    payload: Option<&'static str>,
    list: Option<&'static str>,
    item: Option<&'static str>,
    map: Option<&'static str>,
    key: Option<&'static str>,
    value: Option<&'static str>,
}

/// The whole table.
#[derive(Debug, Default)]
pub(crate) struct Table {
    pub partitions: Vec<Partition>,
    services: BTreeMap<&'static str, &'static Service>,
    operations: BTreeMap<&'static str, BTreeMap<&'static str, Operation>>,
    /// Operations whose answers lead to archives of code: no part of a scan.
    code: BTreeMap<&'static str, BTreeMap<&'static str, Operation>>,
    shapes: BTreeMap<&'static str, BTreeMap<&'static str, Shape>>,
    /// Lines that could not be read: none, as a test holds.
    pub unread: Vec<&'static str>,
}

impl Table {
    /// The table, parsed at first use.
    pub(crate) fn get() -> &'static Table {
        static TABLE: OnceLock<Table> = OnceLock::new();
        TABLE.get_or_init(|| {
            let mut table = Table::default();
            for line in TEXT.lines() {
                if table.read(line).is_none() {
                    table.unread.push(line);
                }
            }
            table
        })
    }

    fn read(&mut self, line: &'static str) -> Option<()> {
        if line.starts_with(r#"{"shape""#) {
            return self.read_shape(serde_json::from_str(line).ok()?);
        }
        if line.starts_with(r#"{"op""#) {
            return self.read_operation(serde_json::from_str(line).ok()?);
        }
        if line.starts_with(r#"{"service""#) {
            return self.read_service(serde_json::from_str(line).ok()?);
        }
        if line.starts_with(r#"{"partition""#) {
            self.partitions.push(serde_json::from_str(line).ok()?);
            return Some(());
        }
        header(line).map(|_| ())
    }

    fn read_service(&mut self, line: ServiceLine) -> Option<()> {
        let protocol = match line.protocol {
            "query" => Protocol::Query,
            "ec2" => Protocol::Ec2,
            "rest-json" => Protocol::RestJson,
            "rest-xml" => Protocol::RestXml,
            json => Protocol::Json(json.strip_prefix("json")?),
        };
        let mut hosts = Vec::new();
        for row in line.hosts {
            let (variant, place, host) = (*row.first()?, *row.get(1)?, *row.get(2)?);
            hosts.push(HostRow { variant, place, host, signing_region: row.get(3).copied() });
        }
        let service = Service {
            name: line.service,
            id: line.id,
            prefix: line.prefix,
            signing: line.signing,
            protocol,
            version: line.version,
            target: line.target,
            hosts,
        };
        // Once per process: the table lives as long as the program.
        self.services.insert(line.service, Box::leak(Box::new(service)));
        Some(())
    }

    fn read_operation(&mut self, line: OperationLine) -> Option<()> {
        let operation = Operation {
            service: self.services.get(line.service).copied()?,
            name: line.op,
            method: line.method,
            uri: line.uri,
            action: line.action,
            input: line.input,
            output: line.output,
            wrapper: line.wrapper,
            host_prefix: line.host_prefix,
            pages: line.pages,
        };
        let class = match line.class {
            None => &mut self.operations,
            Some("code") => &mut self.code,
            Some(_) => return None,
        };
        class.entry(line.service).or_default().insert(line.op, operation);
        Some(())
    }

    fn read_shape(&mut self, line: ShapeLine) -> Option<()> {
        let shape = if let Some(members) = line.members {
            let members = members.iter().map(|parts| member(parts)).collect::<Option<Vec<_>>>()?;
            Shape::Structure { members, payload: line.payload }
        } else if let Some(item) = line.list {
            Shape::List { item: kind(item)?, name: line.item.unwrap_or("member") }
        } else {
            Shape::Map {
                value: kind(line.map?)?,
                key_name: line.key.unwrap_or("key"),
                value_name: line.value.unwrap_or("value"),
            }
        };
        self.shapes.entry(line.service).or_default().insert(line.shape, shape);
        Some(())
    }

    /// A shape of a service.
    pub(crate) fn shape(&self, service: &str, key: &str) -> Option<&Shape> {
        self.shapes.get(service)?.get(key)
    }
}

fn member(parts: &[&'static str]) -> Option<Member> {
    let name = parts.first().copied()?;
    let text = |index: usize| parts.get(index).copied().unwrap_or_default();
    let spot = match text(3) {
        "" => Spot::Body,
        "uri" => Spot::Uri,
        "query" => Spot::Query,
        "header" => Spot::Header,
        "headers" => Spot::Headers,
        "status" => Spot::Status,
        _ => return None,
    };
    let wire = if text(2).is_empty() { name } else { text(2) };
    let flags = text(4);
    let (flat, attribute) = (flags.contains('f'), flags.contains('a'));
    Some(Member { name, kind: kind(parts.get(1).copied()?)?, wire, spot, flat, attribute })
}

fn kind(code: &'static str) -> Option<Kind> {
    Some(match code {
        "$s" => Kind::Text,
        "$i" => Kind::Integer,
        "$f" => Kind::Float,
        "$b" => Kind::Boolean,
        "$x" => Kind::Blob,
        "$j" => Kind::JsonText,
        "$p" => Kind::Policy,
        "$d" => Kind::Document,
        time if time.starts_with("$t") => Kind::Time(time.as_bytes().get(2).copied().unwrap_or(b'i')),
        shape if shape.starts_with(['<', '>']) => Kind::Shape(shape),
        _ => return None,
    })
}

impl Service {
    /// The service of botocore's name.
    pub fn find(name: &str) -> Option<&'static Service> {
        Table::get().services.get(name).copied()
    }

    /// Every service of the table, sorted by name.
    pub fn all() -> impl Iterator<Item = &'static Service> {
        Table::get().services.values().copied()
    }
}

impl Operation {
    /// The operation of a service, where it is one of the allowed reads.
    pub fn find(service: &str, name: &str) -> Option<&'static Operation> {
        Table::get().operations.get(service)?.get(name)
    }

    /// The operation of a service whose answer leads to an archive of code. Only
    /// [`crate::Session::function_code`] sends these, where the user asked for it.
    pub(crate) fn of_code(service: &str, name: &str) -> Option<&'static Operation> {
        Table::get().code.get(service)?.get(name)
    }

    /// Every operation that a scan can send, sorted by service and name.
    pub fn all() -> impl Iterator<Item = &'static Operation> {
        Table::get().operations.values().flat_map(BTreeMap::values)
    }

    /// A call of it in a region, without parameters yet.
    pub fn call(&'static self, region: impl Into<String>) -> Call {
        Call::new(self, region.into())
    }

    /// The names of its parameters.
    pub fn parameters(&self) -> BTreeSet<&'static str> {
        self.members(self.input).iter().map(|member| member.name).collect()
    }

    /// The members of a shape that is a structure; none for anything else.
    pub(crate) fn members(&self, shape: Option<&str>) -> &'static [Member] {
        let found = shape.and_then(|shape| Table::get().shape(self.service.name, shape));
        match found {
            Some(Shape::Structure { members, .. }) => members,
            _ => &[],
        }
    }

    /// A shape of its service.
    pub(crate) fn shape(&self, key: &str) -> Option<&'static Shape> {
        Table::get().shape(self.service.name, key)
    }
}

/// The table's first line.
#[derive(Deserialize)]
struct Header {
    #[serde(borrow)]
    botocore: &'static str,
}

fn header(line: &'static str) -> Option<Header> {
    serde_json::from_str(line).ok()
}

/// The botocore version that the table was made from; the rest of the table is not read for it.
pub fn botocore_version() -> &'static str {
    TEXT.lines().next().and_then(header).map_or("", |header| header.botocore)
}

#[cfg(test)]
#[path = "table_tests.rs"]
mod tests;

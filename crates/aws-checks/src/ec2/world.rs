//! What a security group lets in from the internet: its inline rules and those that stand on their own, by
//! address range (IPv4, IPv6, halves of the internet), prefix list, protocol and port.

use crate::Cx;
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use tieout_aws_state::Linked;
use tieout_aws_state::types::{PrefixList, SecurityGroup, SecurityGroupEgress, SecurityGroupIngress};
use tieout_model::{Gap, Judged, Place, Problem, Setting, Verdict};

/// The ports that a rule opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ports {
    /// Every port of every protocol, or of TCP or UDP.
    All,
    /// A range of TCP or UDP ports, ends included.
    Range(u16, u16),
    /// A protocol without ports (ICMP, ESP, …).
    None,
}

impl Ports {
    /// Whether the port is among them.
    pub fn include(self, port: u16) -> bool {
        match self {
            Ports::All => true,
            Ports::Range(from, to) => (from..=to).contains(&port),
            Ports::None => false,
        }
    }
}

impl fmt::Display for Ports {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Ports::All => f.write_str("all ports"),
            Ports::Range(from, to) if from == to => write!(f, "port {from}"),
            Ports::Range(from, to) => write!(f, "ports {from}-{to}"),
            Ports::None => f.write_str("a protocol without ports"),
        }
    }
}

/// A rule that lets in the internet, or a large part of it.
#[derive(Debug, Clone)]
pub struct OpenRule {
    /// What it opens.
    pub ports: Ports,
    /// To whom: the range, or the prefix list with the range in it.
    pub peer: String,
    /// Where the range stands.
    pub place: Place,
}

/// Everything that a group opens to the internet, and what could not be told.
#[derive(Debug, Default)]
pub struct Opening {
    /// Rules, in their order.
    pub rules: Vec<OpenRule>,
    /// For rules whose peer or ports are not known: the ports they may open, and the gap.
    pub unknown: Vec<(Ports, Gap)>,
}

/// The leaves of a rule, wherever it is written.
struct Rule<'a> {
    protocol: &'a Setting<String>,
    from: &'a Setting<i64>,
    to: &'a Setting<i64>,
    ipv4: &'a Setting<String>,
    ipv6: &'a Setting<String>,
    list: &'a Setting<String>,
    here: &'a Setting<()>,
}

/// Whether a range is the internet or a large part of it: IPv4 up to /7 (no private range is that wide), IPv6
/// up to /12 within or around the global unicast range 2000::/3 (RFC 4291).
pub fn is_world(cidr: &str) -> bool {
    let Some((address, length)) = cidr.trim().split_once('/') else { return false };
    let Ok(length) = length.parse::<u8>() else { return false };
    match address.parse() {
        Ok(IpAddr::V4(address)) => length <= 7 && !is_reserved(address, length),
        Ok(IpAddr::V6(address)) => length <= 12 && meets_global(address, length),
        Err(_) => false,
    }
}

/// Multicast and beyond (224.0.0.0/3): nobody comes from there.
fn is_reserved(address: Ipv4Addr, length: u8) -> bool {
    length >= 3 && address.octets().first().is_some_and(|first| *first >= 224)
}

fn meets_global(address: Ipv6Addr, length: u8) -> bool {
    let first = address.segments().first().copied().unwrap_or_default();
    if length >= 3 { first >> 13 == 0b001 } else { first >> 13 >> (3 - length) == 0b001 >> (3 - length) }
}

/// The leaves of a rule of any of the four types, by the name of its prefix list's property.
macro_rules! leaves {
    ($rule:expr, $list:ident) => {
        Rule {
            protocol: &$rule.ip_protocol,
            from: &$rule.from_port,
            to: &$rule.to_port,
            ipv4: &$rule.cidr_ip,
            ipv6: &$rule.cidr_ipv6,
            list: &$rule.$list,
            here: &$rule.here,
        }
    };
}

/// Everything that the group opens to the internet.
pub fn opening(group: &SecurityGroup, cx: &Cx<'_>) -> Result<Opening, Gap> {
    let mut opening = Opening::default();
    let mut lists = cx.follow(SecurityGroup::SECURITY_GROUP_INGRESS_SOURCE_PREFIX_LIST_ID).into_iter();
    for rule in group.security_group_ingress.items()? {
        let rule = leaves!(rule, source_prefix_list_id);
        let list = rule.list.is_written().then(|| lists.next()).flatten();
        add(&rule, list, &mut opening);
    }
    for (resource, rule) in cx.naming(SecurityGroupIngress::GROUP_ID)? {
        let list = cx.state.follow(resource, SecurityGroupIngress::SOURCE_PREFIX_LIST_ID).into_iter().next();
        add(&leaves!(rule, source_prefix_list_id), list, &mut opening);
    }
    Ok(opening)
}

/// Every way that the group leaves open to the internet. A rule that stands on its own takes the place of
/// AWS's default, which lets everything out.
/// Source: AWS CloudFormation Template Reference, AWS::EC2::SecurityGroupEgress.
pub fn way_out(group: &SecurityGroup, cx: &Cx<'_>) -> Result<Opening, Gap> {
    let mut out = Opening::default();
    let separate = cx.naming(SecurityGroupEgress::GROUP_ID)?;
    let replaced = matches!(group.security_group_egress, Setting::Default(..)) && !separate.is_empty();
    let mut lists = cx.follow(SecurityGroup::SECURITY_GROUP_EGRESS_DESTINATION_PREFIX_LIST_ID).into_iter();
    let inline = if replaced { &[] } else { group.security_group_egress.items()? };
    for rule in inline {
        let rule = leaves!(rule, destination_prefix_list_id);
        let list = rule.list.is_written().then(|| lists.next()).flatten();
        add(&rule, list, &mut out);
    }
    for (resource, rule) in separate {
        let list =
            cx.state.follow(resource, SecurityGroupEgress::DESTINATION_PREFIX_LIST_ID).into_iter().next();
        add(&leaves!(rule, destination_prefix_list_id), list, &mut out);
    }
    Ok(out)
}

fn add(rule: &Rule<'_>, list: Option<Linked<'_, PrefixList>>, opening: &mut Opening) {
    if let Setting::Unknown(gap, _) = rule.here {
        opening.unknown.push((Ports::All, gap.clone()));
        return;
    }
    let (ports, ports_gap) = match ports(rule) {
        Ok(ports) => (ports, None),
        // It may be any port: what the rule lets in decides whether that matters.
        Err(gap) => (Ports::All, Some(gap)),
    };
    let mut open = |peer: String, place: &Place| match &ports_gap {
        None => opening.rules.push(OpenRule { ports, peer, place: place.clone() }),
        Some(gap) => opening.unknown.push((ports, gap.clone())),
    };
    let mut gaps = Vec::new();
    for range in [rule.ipv4, rule.ipv6] {
        match range.known() {
            Ok(Some(cidr)) if is_world(cidr) => open(cidr.clone(), range.place()),
            Ok(_) => {}
            Err(gap) => gaps.push(gap),
        }
    }
    match list {
        Some(Linked::To(_, list)) => match world_entry(list) {
            Ok(Some(cidr)) => open(format!("a prefix list with {cidr}"), rule.list.place()),
            Ok(None) => {}
            Err(gap) => gaps.push(gap),
        },
        Some(Linked::Outside(id)) => gaps.push(Gap::unresolved(format_args!("prefix list {id}"))),
        Some(Linked::Unknown(gap)) => gaps.push(gap),
        None => {}
    }
    opening.unknown.extend(gaps.into_iter().map(|gap| (ports, gap)));
}

/// The first entry of a prefix list that is the internet or a large part of it.
pub fn world_entry(list: &PrefixList) -> Result<Option<String>, Gap> {
    let mut unknown = None;
    for entry in list.entries.items()? {
        match entry.cidr.known() {
            Ok(Some(cidr)) if is_world(cidr) => return Ok(Some(cidr.clone())),
            Ok(_) => {}
            Err(gap) => unknown = Some(gap),
        }
    }
    unknown.map_or(Ok(None), Err)
}

fn ports(rule: &Rule<'_>) -> Result<Ports, Gap> {
    match rule.protocol.text()?.to_ascii_lowercase().as_str() {
        "-1" | "all" => return Ok(Ports::All),
        "tcp" | "udp" | "6" | "17" => {}
        _ => return Ok(Ports::None),
    }
    let (Some(from), Some(to)) = (rule.from.known()?, rule.to.known()?) else { return Ok(Ports::All) };
    if *from <= 1 && *to >= 65535 || *from == -1 {
        return Ok(Ports::All);
    }
    let port = |number: &i64| u16::try_from(*number).unwrap_or(u16::MAX);
    Ok(Ports::Range(port(from), port(to)))
}

/// Judges a group by the ports that concern a check: `what` names them in messages.
pub fn judge_ports(
    group: &SecurityGroup,
    cx: &Cx<'_>,
    what: &str,
    concerns: impl Fn(Ports) -> bool,
) -> Judged {
    let opening = opening(group, cx)?;
    let open: Vec<&OpenRule> = opening.rules.iter().filter(|rule| concerns(rule.ports)).collect();
    if !open.is_empty() {
        let said: Vec<String> = open.iter().map(|rule| format!("{} to {}", rule.ports, rule.peer)).collect();
        let problem = Problem::new(format!("the group opens {}", said.join(", ")));
        return Ok(open.iter().fold(problem, |problem, rule| problem.at(&rule.place)).into());
    }
    match opening.unknown.into_iter().find(|(ports, _)| concerns(*ports)) {
        Some((_, gap)) => Err(gap),
        None => Ok(Verdict::pass(format!("no rule opens {what} to the internet"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_internet_its_halves_and_large_parts_are_the_world() {
        for cidr in
            ["0.0.0.0/0", "0.0.0.0/1", "128.0.0.0/1", "64.0.0.0/2", "::/0", "::/1", "2000::/3", "2600::/12"]
        {
            assert!(is_world(cidr), "{cidr}");
        }
    }

    #[test]
    fn private_narrow_and_malformed_ranges_are_not() {
        for cidr in [
            "10.0.0.0/8",
            "172.16.0.0/12",
            "203.0.113.7/32",
            "8.8.8.0/24",
            "fc00::/7",
            "fe80::/10",
            "8000::/1",
            "240.0.0.0/4",
            "x/0",
            "0.0.0.0",
            "0.0.0.0/x",
        ] {
            assert!(!is_world(cidr), "{cidr}");
        }
    }
}

//! The named transforms of the tables: a value in a source's words becomes one in CloudFormation's.

use crate::table::Transform;
use tieout_model::{Gap, Node, Place, Value, tree::Entry};

/// Applies a transform. Open values stay open, except where the transform does not look at them.
pub fn apply(transform: Transform, node: &Node) -> Node {
    in_each_case(transform, node, 0)
}

/// How many conditions of one value are told apart; beyond that it is unknown.
const MAX_CONDITIONS: u8 = 4;

/// A value that depends on a condition is transformed for each case, so that no case keeps a source's words.
fn in_each_case(transform: Transform, node: &Node, depth: u8) -> Node {
    let Some(condition) = condition_of(node) else { return transformed(transform, node) };
    if depth >= MAX_CONDITIONS {
        return Node::unknown(node.gap().unwrap_or_else(|| Gap::unresolved(condition)), node.at.clone());
    }
    let case = |holds: bool| {
        let chosen = node.choose(&|name| (name == condition).then_some(holds));
        // What is not there in this case stays so.
        if chosen.is_null() { chosen } else { in_each_case(transform, &chosen, depth + 1) }
    };
    let (then, otherwise) = (Box::new(case(true)), Box::new(case(false)));
    Node::new(Value::Either { condition: condition.into(), then, otherwise }, node.at.clone())
}

/// The condition of a value, or of an element of a list.
fn condition_of(node: &Node) -> Option<&str> {
    let of = |node: &'_ Node| matches!(node.value, Value::Either { .. });
    let open = if of(node) { Some(node) } else { node.items().iter().find(|item| of(item)) };
    match open.map(|node| &node.value) {
        Some(Value::Either { condition, .. }) => Some(condition),
        _ => None,
    }
}

fn transformed(transform: Transform, node: &Node) -> Node {
    match transform {
        Transform::Same => node.clone(),
        Transform::EnabledSuspended => {
            flag(node, |on| text(if on { "Enabled" } else { "Suspended" }, &node.at))
        }
        Transform::EnabledDisabled => {
            flag(node, |on| text(if on { "Enabled" } else { "Disabled" }, &node.at))
        }
        Transform::Not => flag(node, |on| Node::new(Value::Bool(!on), node.at.clone())),
        Transform::Present => Node::new(Value::Bool(true), node.at.clone()),
        Transform::ListOfOne => match &node.value {
            Value::List(_) | Value::Null => node.clone(),
            _ => Node::new(Value::List(vec![node.clone()]), node.at.clone()),
        },
        Transform::NameOfArn => {
            on_text(node, |full| text(full.rsplit(['/', ':']).next().unwrap_or(full), &node.at))
        }
        Transform::Upper => on_text(node, |word| text(&word.to_ascii_uppercase(), &node.at)),
        Transform::Tags => tags(node),
        Transform::Values => match &node.value {
            Value::Map(entries) => Node::new(
                Value::List(entries.iter().map(|entry| entry.node.clone()).collect()),
                node.at.clone(),
            ),
            _ => node.clone(),
        },
        Transform::DecodeBase64 => on_text(node, |encoded| match decode_base64(encoded) {
            Some(decoded) => text(&decoded, &node.at),
            None => node.clone(),
        }),
        Transform::Date => date(node),
        Transform::Json => on_text(node, |raw| json(raw, node)),
        Transform::Flag => report_flag(node),
        Transform::IsEnabled => on_text(node, |word| {
            Node::new(Value::Bool(word.eq_ignore_ascii_case("enabled")), node.at.clone())
        }),
        Transform::Protocol => on_text(node, |word| protocol(word, &node.at)),
        Transform::ProtocolNumber => on_text(node, |word| protocol_number(word, node)),
        Transform::VpcEndpoint => match node.as_text() {
            Some(id) if id.starts_with("vpce-") => node.clone(),
            _ => Node::default(),
        },
        Transform::Reserved if node.as_int().is_some_and(|number| number < 0) => Node::default(),
        Transform::Reserved => node.clone(),
        Transform::NonZero if node.as_int() == Some(0) => Node::default(),
        Transform::NonZero => node.clone(),
        Transform::CannedAcl => crate::acl::canned(node),
        Transform::OwnGroup => {
            flag(node, |own| if own { text(OWN_GROUP, &node.at) } else { Node::default() })
        }
        Transform::TerraformIngress => each_rule(node, |rule, out| terraform_rule(rule, INGRESS, out)),
        Transform::TerraformEgress => each_rule(node, |rule, out| terraform_rule(rule, EGRESS, out)),
        Transform::IpPermissions => each_rule(node, |rule, out| ip_permission(rule, INGRESS, out)),
        Transform::IpPermissionsEgress => each_rule(node, |rule, out| ip_permission(rule, EGRESS, out)),
    }
}

fn text(value: &str, at: &Place) -> Node {
    Node::text(value, at.clone())
}

fn on_text(node: &Node, change: impl FnOnce(&str) -> Node) -> Node {
    match node.as_text() {
        Some(value) => change(value),
        None => node.clone(),
    }
}

fn flag(node: &Node, change: impl FnOnce(bool) -> Node) -> Node {
    match node.as_bool() {
        Some(on) => change(on),
        None => node.clone(),
    }
}

fn protocol(word: &str, at: &Place) -> Node {
    match word.to_ascii_lowercase().as_str() {
        "all" => text("-1", at),
        lower => text(lower, at),
    }
}

/// Protocols that AWS and Terraform name, with their numbers (IANA, Protocol Numbers).
fn protocol_number(word: &str, node: &Node) -> Node {
    let number = match word.to_ascii_lowercase().as_str() {
        "all" | "-1" => -1,
        "icmp" => 1,
        "tcp" => 6,
        "udp" => 17,
        "icmpv6" | "ipv6-icmp" => 58,
        _ => return node.clone(),
    };
    Node::new(Value::Int(number), node.at.clone())
}

fn report_flag(node: &Node) -> Node {
    let on = match &node.value {
        Value::Int(number) => Some(*number != 0),
        Value::Text(_) | Value::Bool(_) => match node.as_int() {
            Some(number) => Some(number != 0),
            None => node.as_bool(),
        },
        _ => return node.clone(),
    };
    on.map_or_else(Node::default, |on| Node::new(Value::Bool(on), node.at.clone()))
}

fn tags(node: &Node) -> Node {
    let Value::Map(entries) = &node.value else { return node.clone() };
    let tag = |entry: &Entry| {
        let mut tag = Node::map(entry.place());
        tag.set("Key", entry.at.clone(), text(&entry.key, &entry.at));
        tag.set("Value", entry.at.clone(), entry.node.clone());
        tag
    };
    Node::new(Value::List(entries.iter().map(tag).collect()), node.at.clone())
}

fn date(node: &Node) -> Node {
    // JSON protocols send seconds with a fraction.
    let seconds = match node.value {
        Value::Float(seconds) if seconds.abs() < 1e12 => Some(seconds.floor() as i64),
        _ => node.as_int(),
    };
    if let Some(seconds) = seconds {
        let Ok(moment) = time::OffsetDateTime::from_unix_timestamp(seconds) else { return node.clone() };
        return text(&moment.date().to_string(), &node.at);
    }
    on_text(node, |stamp| match stamp.get(..10) {
        Some(day) if day.as_bytes().get(4) == Some(&b'-') => text(day, &node.at),
        _ => Node::new(Value::Null, node.at.clone()),
    })
}

fn json(raw: &str, node: &Node) -> Node {
    let decoded = if raw.trim_start().starts_with('%') { percent_decode(raw) } else { raw.to_owned() };
    match serde_json::from_str::<serde_json::Value>(&decoded) {
        Ok(parsed) => {
            let tree = Node::from_json(&parsed, &node.at);
            Node::new(Value::Encoded(Box::new(tree)), node.at.clone())
        }
        Err(error) => Node::unknown(
            Gap::unsupported(format_args!("a document that is no JSON ({error})")),
            node.at.clone(),
        ),
    }
}

/// RFC 3986 percent decoding, as IAM's API encodes policy documents.
fn percent_decode(raw: &str) -> String {
    let mut bytes = Vec::with_capacity(raw.len());
    let mut rest = raw.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        let hex = tail.get(..2).filter(|_| first == b'%').and_then(|two| std::str::from_utf8(two).ok());
        match hex.and_then(|two| u8::from_str_radix(two, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = tail.get(2..).unwrap_or_default();
            }
            None => {
                bytes.push(first);
                rest = tail;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Standard base64 (RFC 4648), white space ignored; `None` for anything else or for bytes that are no text.
fn decode_base64(encoded: &str) -> Option<String> {
    let mut bits = 0u32;
    let mut held = 0u8;
    let mut bytes = Vec::with_capacity(encoded.len() / 4 * 3);
    for byte in encoded.bytes().filter(|byte| !byte.is_ascii_whitespace() && *byte != b'=') {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            _ => return None,
        };
        bits = bits << 6 | u32::from(value);
        held += 6;
        if held >= 8 {
            held -= 8;
            bytes.push((bits >> held) as u8);
        }
    }
    String::from_utf8(bytes).ok()
}

/// What CloudFormation calls a rule's peers, by direction: (prefix list, security group).
#[derive(Debug, Clone, Copy)]
pub struct PeerNames {
    prefix_list: &'static str,
    group: &'static str,
}

/// Peers of an ingress rule.
pub const INGRESS: PeerNames =
    PeerNames { prefix_list: "SourcePrefixListId", group: "SourceSecurityGroupId" };
/// Peers of an egress rule.
pub const EGRESS: PeerNames =
    PeerNames { prefix_list: "DestinationPrefixListId", group: "DestinationSecurityGroupId" };
/// How a rule names its own group until the caller knows its id.
pub const OWN_GROUP: &str = "self";

/// One rule a peer out of a list of permissions.
fn each_rule(node: &Node, split: impl Fn(&Node, &mut Vec<Node>)) -> Node {
    let permissions = match &node.value {
        Value::List(permissions) => permissions.as_slice(),
        // A Terraform block that stands once is a map, not a list of one.
        Value::Map(_) => std::slice::from_ref(node),
        _ => return node.clone(),
    };
    let mut rules = Vec::new();
    for permission in permissions {
        match permission.value {
            Value::Map(_) => split(permission, &mut rules),
            _ => rules.push(permission.clone()),
        }
    }
    Node::new(Value::List(rules), node.at.clone())
}

/// A rule for each peer named under `key`; the peer's text stands under `peer_key` of each element, or is the
/// element itself.
fn peers(rule: &Node, from: &Node, key: &str, peer_key: Option<&str>, to: &str, rules: &mut Vec<Node>) {
    let Some(entry) = from.entry(key) else { return };
    let mut push = |peer: &Node, description: Option<&Node>| {
        let mut one = rule.clone();
        one.set(to, entry.at.clone(), peer.clone());
        if let Some(description) = description.filter(|node| !node.is_null()) {
            one.set("Description", description.at.clone(), description.clone());
        }
        one.at = if matches!(peer.at, Place::None) { rule.at.clone() } else { peer.at.clone() };
        rules.push(one);
    };
    match &entry.node.value {
        Value::List(items) => {
            for item in items {
                match peer_key {
                    Some(peer_key) => {
                        if let Some(peer) = item.get(peer_key) {
                            push(peer, item.get("Description"));
                        }
                    }
                    None => push(item, None),
                }
            }
        }
        Value::Null => {}
        _ => push(&entry.node, None),
    }
}

fn base_rule(from: &Node, names: [(&str, &str); 4]) -> Node {
    let mut rule = Node::map(from.at.clone());
    for (theirs, ours) in names {
        if let Some(entry) = from.entry(theirs).filter(|entry| !entry.node.is_null()) {
            rule.set(ours, entry.at.clone(), entry.node.clone());
        }
    }
    if let Some(entry) = rule.entry("IpProtocol").cloned() {
        rule.set("IpProtocol", entry.at.clone(), apply(Transform::Protocol, &entry.node));
    }
    rule
}

/// Splits a Terraform `ingress` or `egress` block, or an `aws_security_group_rule`, by its peers.
pub fn terraform_rule(from: &Node, names: PeerNames, rules: &mut Vec<Node>) {
    let rule = base_rule(
        from,
        [
            ("protocol", "IpProtocol"),
            ("from_port", "FromPort"),
            ("to_port", "ToPort"),
            ("description", "Description"),
        ],
    );
    let before = rules.len();
    peers(&rule, from, "cidr_blocks", None, "CidrIp", rules);
    peers(&rule, from, "ipv6_cidr_blocks", None, "CidrIpv6", rules);
    peers(&rule, from, "prefix_list_ids", None, names.prefix_list, rules);
    peers(&rule, from, "security_groups", None, names.group, rules);
    peers(&rule, from, "source_security_group_id", None, names.group, rules);
    if from.get("self").and_then(Node::as_bool) == Some(true) {
        let mut own = rule.clone();
        own.set(names.group, from.at.clone(), text(OWN_GROUP, &from.at));
        rules.push(own);
    }
    if rules.len() == before {
        rules.push(rule);
    }
}

/// Splits an `IpPermission` of the EC2 API by its peers.
fn ip_permission(from: &Node, names: PeerNames, rules: &mut Vec<Node>) {
    let rule = base_rule(
        from,
        [
            ("IpProtocol", "IpProtocol"),
            ("FromPort", "FromPort"),
            ("ToPort", "ToPort"),
            ("Description", "Description"),
        ],
    );
    peers(&rule, from, "IpRanges", Some("CidrIp"), "CidrIp", rules);
    peers(&rule, from, "Ipv6Ranges", Some("CidrIpv6"), "CidrIpv6", rules);
    peers(&rule, from, "PrefixListIds", Some("PrefixListId"), names.prefix_list, rules);
    peers(&rule, from, "UserIdGroupPairs", Some("GroupId"), names.group, rules);
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn run(transform: Transform, value: serde_json::Value) -> serde_json::Value {
        apply(transform, &Node::from_json(&value, &Place::None)).to_json()
    }

    #[test]
    fn a_block_that_stands_once_is_split_like_one_of_many() {
        let block = json!({"protocol": "tcp", "from_port": 22, "to_port": 22, "cidr_blocks": ["0.0.0.0/0"]});
        let one = run(Transform::TerraformIngress, block.clone());
        assert_eq!(one, run(Transform::TerraformIngress, json!([block])));
        assert_eq!(one[0]["CidrIp"], "0.0.0.0/0");
    }

    #[test]
    fn a_block_with_several_peers_becomes_a_rule_a_peer() {
        let out = run(
            Transform::TerraformIngress,
            json!([{"protocol": "tcp", "from_port": 22, "to_port": 22, "cidr_blocks": ["0.0.0.0/0", "10.0.0.0/8"],
                    "ipv6_cidr_blocks": ["::/0"], "self": true}]),
        );
        let peers: Vec<_> = out
            .as_array()
            .unwrap()
            .iter()
            .map(|rule| {
                ["CidrIp", "CidrIpv6", "SourceSecurityGroupId"]
                    .iter()
                    .find_map(|key| rule[key].as_str())
                    .unwrap()
            })
            .collect();
        assert_eq!(peers, ["0.0.0.0/0", "10.0.0.0/8", "::/0", "self"]);
    }

    #[test]
    fn a_policy_document_of_the_iam_api_is_url_encoded_json() {
        assert_eq!(
            run(Transform::Json, json!("%7B%22Version%22%3A%20%222012-10-17%22%7D")),
            json!({"Version": "2012-10-17"})
        );
        assert_eq!(run(Transform::Json, json!("{\"a\": \"50%25\"}")), json!({"a": "50%25"}));
    }

    #[test]
    fn timestamps_in_either_form_become_days() {
        assert_eq!(run(Transform::Date, json!("2024-05-06T07:08:09Z")), json!("2024-05-06"));
        assert_eq!(run(Transform::Date, json!(1714979289)), json!("2024-05-06"));
        assert_eq!(run(Transform::Date, json!(1714979289.25)), json!("2024-05-06"));
        assert_eq!(run(Transform::Date, json!("N/A")), json!(null));
    }

    #[test]
    fn flags_of_a_report_are_read_and_other_words_are_nothing() {
        for (word, flag) in [
            (json!("true"), json!(true)),
            (json!("false"), json!(false)),
            (json!(0), json!(false)),
            (json!(2), json!(true)),
            (json!("1"), json!(true)),
        ] {
            assert_eq!(run(Transform::Flag, word), flag);
        }
        assert_eq!(run(Transform::Flag, json!("not_supported")), json!(null));
    }

    #[test]
    fn protocols_have_one_spelling_and_one_number() {
        assert_eq!(run(Transform::Protocol, json!("ALL")), json!("-1"));
        assert_eq!(run(Transform::Protocol, json!("TCP")), json!("tcp"));
        assert_eq!(run(Transform::ProtocolNumber, json!("udp")), json!(17));
        assert_eq!(run(Transform::ProtocolNumber, json!("-1")), json!(-1));
        assert_eq!(run(Transform::ProtocolNumber, json!("6")), json!("6"), "a number is read as one anyway");
    }

    #[test]
    fn base64_decodes_text_and_leaves_the_rest_alone() {
        assert_eq!(run(Transform::DecodeBase64, json!("IyEvYmluL3No")), json!("#!/bin/sh"));
        assert_eq!(run(Transform::DecodeBase64, json!("{not base64}")), json!("{not base64}"));
    }
}

//! Every rule of every security group, in and out, with what it opens to the internet.

use super::cell::{column, flag, number, place, text};
use crate::ec2::world::{is_world, world_entry};
use tieout_aws_state::types::{PrefixList, SecurityGroup, SecurityGroupEgress, SecurityGroupIngress};
use tieout_aws_state::{Linked, State};
use tieout_model::{Cell, ColumnKind, Place, Setting, Subject, Table};

/// The leaves of a rule.
struct Rule<'a> {
    group: &'a str,
    subject: &'a Subject,
    direction: &'static str,
    protocol: &'a Setting<String>,
    from: &'a Setting<i64>,
    to: &'a Setting<i64>,
    peers: [&'a Setting<String>; 4],
    list: Option<Linked<'a, PrefixList>>,
    description: &'a Setting<String>,
    at: &'a Place,
}

/// The table.
pub fn table(state: &State) -> Table {
    let mut rows = Vec::new();
    for (resource, group) in state.all::<SecurityGroup>() {
        let subject = &resource.subject;
        let name = subject.name.as_deref().unwrap_or(&subject.id);
        let mut lists =
            state.follow(resource, SecurityGroup::SECURITY_GROUP_INGRESS_SOURCE_PREFIX_LIST_ID).into_iter();
        for rule in group.security_group_ingress.items().unwrap_or_default() {
            rows.push(row(&Rule {
                group: name,
                subject,
                direction: "in",
                protocol: &rule.ip_protocol,
                from: &rule.from_port,
                to: &rule.to_port,
                peers: [
                    &rule.cidr_ip,
                    &rule.cidr_ipv6,
                    &rule.source_prefix_list_id,
                    &rule.source_security_group_id,
                ],
                list: rule.source_prefix_list_id.is_written().then(|| lists.next()).flatten(),
                description: &rule.description,
                at: rule.here.place(),
            }));
        }
        let mut lists = state
            .follow(resource, SecurityGroup::SECURITY_GROUP_EGRESS_DESTINATION_PREFIX_LIST_ID)
            .into_iter();
        for rule in group.security_group_egress.items().unwrap_or_default() {
            rows.push(row(&Rule {
                group: name,
                subject,
                direction: "out",
                protocol: &rule.ip_protocol,
                from: &rule.from_port,
                to: &rule.to_port,
                peers: [
                    &rule.cidr_ip,
                    &rule.cidr_ipv6,
                    &rule.destination_prefix_list_id,
                    &rule.destination_security_group_id,
                ],
                list: rule.destination_prefix_list_id.is_written().then(|| lists.next()).flatten(),
                description: &rule.description,
                at: rule.here.place(),
            }));
        }
    }
    rows.extend(separate(state));
    rows.sort_by_cached_key(|row| format!("{row:?}"));
    Table {
        id: "security-rules".into(),
        title: "Security group rules".into(),
        note: "Every rule of every security group, open to the internet or not.".into(),
        columns: vec![
            column("Group", ColumnKind::Text),
            column("Id", ColumnKind::Text),
            column("Account", ColumnKind::Text),
            column("Region", ColumnKind::Text),
            column("Direction", ColumnKind::Text),
            column("Protocol", ColumnKind::Text),
            column("From port", ColumnKind::Number),
            column("To port", ColumnKind::Number),
            column("Peer", ColumnKind::Text),
            column("Open to the internet", ColumnKind::Flag),
            column("Description", ColumnKind::Text),
            column("Where", ColumnKind::Text),
        ],
        rows,
    }
}

/// The rules that stand on their own.
fn separate(state: &State) -> Vec<Vec<Cell>> {
    let ingress = state.all::<SecurityGroupIngress>().map(|(resource, rule)| {
        row(&Rule {
            group: rule.group_id.known().ok().flatten().map_or("(by reference)", String::as_str),
            subject: &resource.subject,
            direction: "in",
            protocol: &rule.ip_protocol,
            from: &rule.from_port,
            to: &rule.to_port,
            peers: [
                &rule.cidr_ip,
                &rule.cidr_ipv6,
                &rule.source_prefix_list_id,
                &rule.source_security_group_id,
            ],
            list: state.follow(resource, SecurityGroupIngress::SOURCE_PREFIX_LIST_ID).into_iter().next(),
            description: &rule.description,
            at: resource.place(),
        })
    });
    let egress = state.all::<SecurityGroupEgress>().map(|(resource, rule)| {
        row(&Rule {
            group: rule.group_id.known().ok().flatten().map_or("(by reference)", String::as_str),
            subject: &resource.subject,
            direction: "out",
            protocol: &rule.ip_protocol,
            from: &rule.from_port,
            to: &rule.to_port,
            peers: [
                &rule.cidr_ip,
                &rule.cidr_ipv6,
                &rule.destination_prefix_list_id,
                &rule.destination_security_group_id,
            ],
            list: state.follow(resource, SecurityGroupEgress::DESTINATION_PREFIX_LIST_ID).into_iter().next(),
            description: &rule.description,
            at: resource.place(),
        })
    });
    ingress.chain(egress).collect()
}

/// Whether a prefix list has the internet in it.
fn list_open(list: &Linked<'_, PrefixList>) -> Cell {
    match list {
        Linked::To(_, list) => world_entry(list)
            .map_or_else(|gap| Cell::Unknown(gap.to_string()), |entry| Cell::Flag(entry.is_some())),
        Linked::Outside(id) => Cell::Unknown(format!("prefix list {id} was not read")),
        Linked::Unknown(gap) => Cell::Unknown(gap.to_string()),
    }
}

fn row(rule: &Rule<'_>) -> Vec<Cell> {
    let peer = rule.peers.iter().find(|peer| peer.is_written());
    let open = match (&rule.list, peer.map(|peer| peer.known())) {
        (Some(list), _) => list_open(list),
        (None, Some(Ok(Some(range)))) => Cell::Flag(is_world(range)),
        (None, Some(Err(gap))) => Cell::Unknown(gap.to_string()),
        _ => flag(false),
    };
    vec![
        Cell::Text(rule.group.to_owned()),
        Cell::Text(rule.subject.id.clone()),
        rule.subject.account.clone().map_or(Cell::Empty, Cell::Text),
        rule.subject.region.clone().map_or(Cell::Empty, Cell::Text),
        Cell::Text(rule.direction.to_owned()),
        text(rule.protocol),
        number(rule.from),
        number(rule.to),
        peer.map_or(Cell::Empty, |peer| text(peer)),
        open,
        text(rule.description),
        place(rule.at),
    ]
}

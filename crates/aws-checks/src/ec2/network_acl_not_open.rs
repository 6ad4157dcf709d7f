//! The last door of a subnet, open for SSH and RDP.

use super::world::is_world;
use crate::{Cx, Each, Judge};
use tieout_aws_state::types::NetworkAcl;
use tieout_aws_state::types::NetworkAclEntry;
use tieout_model::{About, Confidence, Gap, Judged, Persona, Severity, Verdict};

/// SSH and RDP.
const ADMIN: [i64; 2] = [22, 3389];

/// The check.
pub static CHECK: Each<NetworkAcl> = Each {
    about: About {
        id: "ec2-network-acl-not-open",
        title: "Network ACL opens no administration port to the internet",
        severity: Severity::Medium,
        confidence: Confidence::High,
        persona: Persona::Auditor,
        cwe: &[284],
        controls: &["CIS-AWS-3.0:5.1", "AWS-FSBP:EC2.21"],
        objectives: &["network-exposure"],
        reads: &["ec2:DescribeNetworkAcls"],
        aliases: &[
            ("prowler", "ec2_networkacl_allow_ingress_tcp_port_22"),
            ("prowler", "ec2_networkacl_allow_ingress_tcp_port_3389"),
            ("prowler", "ec2_networkacl_allow_ingress_any_port"),
        ],
        guide: include_str!("network_acl_not_open.md"),
    },
    judge: Judge::Configuration(judge),
};

fn judge(_acl: &NetworkAcl, cx: &Cx<'_>) -> Judged {
    let mut entries = cx.naming(NetworkAclEntry::NETWORK_ACL_ID)?;
    // AWS reads the entries by number and stops at the first that matches.
    entries.sort_by_key(|(_, entry)| entry.rule_number.known().ok().flatten().copied().unwrap_or(i64::MAX));
    for port in ADMIN {
        for (_, entry) in &entries {
            if entry.egress.is_true()? || !covers(entry, port)? {
                continue;
            }
            if entry.rule_action.text()?.eq_ignore_ascii_case("deny") {
                break;
            }
            let message = format!("the ACL lets the internet in to port {port} (rule {})", number(entry));
            return Ok(Verdict::fail(message, entry.rule_action.place()));
        }
    }
    Ok(Verdict::pass("no entry lets the internet in to SSH or RDP"))
}

fn number(entry: &NetworkAclEntry) -> i64 {
    entry.rule_number.known().ok().flatten().copied().unwrap_or_default()
}

/// Whether an entry decides about TCP from the internet to a port.
fn covers(entry: &NetworkAclEntry, port: i64) -> Result<bool, Gap> {
    let world = is_world(entry.cidr_block.text()?) || is_world(entry.ipv6_cidr_block.text()?);
    let all = entry.protocol.known()?.copied() == Some(-1);
    let tcp = entry.protocol.known()?.copied() == Some(6);
    let from = entry.port_range.from.known()?.copied().unwrap_or_default();
    let to = entry.port_range.to.known()?.copied().unwrap_or(65535);
    Ok(world && (all || tcp && (from..=to).contains(&port)))
}

//! Every EC2 instance with its network: VPC, public address, metadata service.

use super::cell::{column, place, text};
use tieout_aws_state::State;
use tieout_aws_state::types::Instance;
use tieout_model::{Cell, ColumnKind, Table};

/// The table.
pub fn table(state: &State) -> Table {
    let mut rows: Vec<Vec<Cell>> = state
        .all::<Instance>()
        .map(|(resource, instance)| {
            let subject = &resource.subject;
            vec![
                Cell::Text(subject.name.clone().unwrap_or_default()),
                Cell::Text(subject.id.clone()),
                subject.account.clone().map_or(Cell::Empty, Cell::Text),
                subject.region.clone().map_or(Cell::Empty, Cell::Text),
                text(&instance.live.state),
                text(&instance.live.vpc_id),
                text(&instance.subnet_id),
                text(&instance.live.public_ip_address),
                text(&instance.metadata_options.http_tokens),
                text(&instance.iam_instance_profile),
                place(resource.place()),
            ]
        })
        .collect();
    rows.sort_by_cached_key(|row| format!("{row:?}"));
    Table {
        id: "ec2-instances".into(),
        title: "EC2 instances".into(),
        note: "Every instance with its VPC (none means EC2-Classic), public address and metadata service."
            .into(),
        columns: vec![
            column("Instance", ColumnKind::Text),
            column("Id", ColumnKind::Text),
            column("Account", ColumnKind::Text),
            column("Region", ColumnKind::Text),
            column("State", ColumnKind::Text),
            column("VPC", ColumnKind::Text),
            column("Subnet", ColumnKind::Text),
            column("Public address", ColumnKind::Text),
            column("Metadata tokens", ColumnKind::Text),
            column("Profile", ColumnKind::Text),
            column("Where", ColumnKind::Text),
        ],
        rows,
    }
}

//! Every region with the trail that covers it, and every trail with what it delivers.

use super::cell::{column, place, text};
use crate::cloudtrail::coverage;
use tieout_aws_state::State;
use tieout_aws_state::types::{Region, Trail};
use tieout_model::{Cell, ColumnKind, Setting, Table};

/// Every region of every account with its trail.
pub fn regions_table(state: &State) -> Table {
    let mut rows: Vec<Vec<Cell>> = state
        .all::<Region>()
        .filter(|(resource, _)| resource.is_live())
        .map(|(resource, region)| {
            let name = region.region_name.text().unwrap_or_default();
            let enabled = match region.live.opt_in_status.text() {
                Ok(status) => Cell::Flag(status != "not-opted-in"),
                Err(gap) => Cell::Unknown(gap.to_string()),
            };
            let [covered, trail] = match coverage::of_region(state, resource, name) {
                _ if enabled == Cell::Flag(false) => {
                    [Cell::Empty, Cell::Text("the region is not enabled".to_owned())]
                }
                Ok((Some(trail), _)) => [Cell::Flag(true), Cell::Text(trail)],
                Ok((None, Some(trail))) => {
                    [Cell::Flag(false), Cell::Text(format!("{trail}, which does not log"))]
                }
                Ok((None, None)) => [Cell::Flag(false), Cell::Empty],
                Err(gap) => [Cell::Unknown(gap.to_string()), Cell::Empty],
            };
            let account = resource.subject.account.clone().map_or(Cell::Empty, Cell::Text);
            vec![Cell::Text(name.to_owned()), account, enabled, covered, trail]
        })
        .collect();
    rows.sort_by_cached_key(|row| format!("{row:?}"));
    Table {
        id: "cloudtrail-regions".into(),
        title: "Regions and their trails".into(),
        note: "Every region with a trail that is logging and covers it.".into(),
        columns: vec![
            column("Region", ColumnKind::Text),
            column("Account", ColumnKind::Text),
            column("Enabled", ColumnKind::Flag),
            column("Covered", ColumnKind::Flag),
            column("Trail", ColumnKind::Text),
        ],
        rows,
    }
}

/// Every trail with what it delivers.
pub fn table(state: &State) -> Table {
    let mut rows: Vec<Vec<Cell>> = state
        .all::<Trail>()
        .map(|(resource, trail)| {
            let subject = &resource.subject;
            let optional = |value: &Option<String>| value.clone().map_or(Cell::Empty, Cell::Text);
            vec![
                Cell::Text(subject.name.clone().unwrap_or_default()),
                optional(&subject.account),
                optional(&subject.region),
                flag(&trail.is_logging),
                flag(&trail.is_multi_region_trail),
                flag(&trail.enable_log_file_validation),
                text(&trail.s3_bucket_name),
                text(&trail.kms_key_id),
                text(&trail.cloud_watch_logs_log_group_arn),
                text(&trail.live.latest_delivery_time),
                place(resource.place()),
            ]
        })
        .collect();
    rows.sort_by_cached_key(|row| format!("{row:?}"));
    Table {
        id: "cloudtrail-trails".into(),
        title: "Trails".into(),
        note: "Every trail with where it delivers to and what protects it.".into(),
        columns: vec![
            column("Trail", ColumnKind::Text),
            column("Account", ColumnKind::Text),
            column("Home region", ColumnKind::Text),
            column("Logging", ColumnKind::Flag),
            column("Every region", ColumnKind::Flag),
            column("Validation", ColumnKind::Flag),
            column("Bucket", ColumnKind::Text),
            column("KMS key", ColumnKind::Text),
            column("Log group", ColumnKind::Text),
            column("Last delivery", ColumnKind::Date),
            column("Where", ColumnKind::Text),
        ],
        rows,
    }
}

fn flag(setting: &Setting<bool>) -> Cell {
    match setting.known() {
        Ok(Some(flag)) => Cell::Flag(*flag),
        Ok(None) => Cell::Empty,
        Err(gap) => Cell::Unknown(gap.to_string()),
    }
}

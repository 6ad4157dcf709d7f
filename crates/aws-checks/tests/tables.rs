//! The evidence tables of a recorded account: passes too, and what was denied as unknown.

// A helper of a test may panic as the test itself may.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use tieout_aws_live::{CollectOptions, Replay, Session, collect};
use tieout_aws_state::State;
use tieout_model::time::macros::date;
use tieout_model::{Cell, Table};

fn tables_of(record: &str) -> Vec<Table> {
    let session = Session::from(Replay::parse(record).unwrap());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let collected = runtime.block_on(collect(&session, &CollectOptions::default()));
    let state = State::build(collected.resources, collected.population_gaps, date!(2026 - 01 - 15));
    tieout_aws_checks::tables::all(&state)
}

fn table<'a>(tables: &'a [Table], id: &str) -> &'a Table {
    tables.iter().find(|table| table.id == id).unwrap_or_else(|| panic!("no table {id}"))
}

fn cell<'a>(table: &'a Table, row: usize, title: &str) -> &'a Cell {
    let column = table.columns.iter().position(|column| column.title == title).unwrap();
    &table.rows[row][column]
}

fn is_unknown(cell: &Cell) -> bool {
    matches!(cell, Cell::Unknown(why) if !why.is_empty())
}

const RECORD: &str = include_str!("account.jsonl");

#[test]
fn every_row_has_a_cell_for_each_column() {
    let tables = tables_of(RECORD);
    assert!(tables.len() >= 5);
    for table in &tables {
        assert!(table.rows.iter().all(|row| row.len() == table.columns.len()), "{}", table.id);
        assert!(!table.note.is_empty() && !table.title.is_empty());
    }
}

#[test]
fn users_stand_with_each_key_its_age_status_and_last_use() {
    let tables = tables_of(RECORD);
    let users = table(&tables, "iam-users");
    assert_eq!(cell(users, 0, "User"), &Cell::Text("root user".into()));
    assert_eq!(cell(users, 0, "MFA"), &Cell::Flag(false));
    let names: Vec<&Cell> = (0..users.rows.len()).map(|row| cell(users, row, "User")).collect();
    assert_eq!(
        names[1..].iter().filter(|name| **name == &Cell::Text("ann".into())).count(),
        2,
        "a line a key"
    );
    assert_eq!(cell(users, 1, "Access key"), &Cell::Text("AKIAIOSFODNN7EXAMPLE".into()));
    assert_eq!(cell(users, 1, "Key age (days)"), &Cell::Number(320.0));
    assert_eq!(cell(users, 1, "Key active"), &Cell::Flag(true));
    assert_eq!(cell(users, 2, "Key active"), &Cell::Flag(false));
    assert_eq!(cell(users, 2, "Key last used"), &Cell::Empty);
    assert_eq!(cell(users, 3, "User"), &Cell::Text("bob".into()));
    assert!(
        is_unknown(cell(users, 3, "Access key")),
        "a denied listing is unknown: {:?}",
        cell(users, 3, "Access key")
    );
}

#[test]
fn grants_stand_by_grantee_with_what_is_effective() {
    let tables = tables_of(RECORD);
    let grants = table(&tables, "s3-grants");
    let row = |bucket: &str, grantee: &str| {
        (0..grants.rows.len())
            .find(|row| {
                cell(grants, *row, "Bucket") == &Cell::Text(bucket.into())
                    && matches!(cell(grants, *row, "Grantee"), Cell::Text(text) if text.starts_with(grantee))
            })
            .unwrap_or_else(|| panic!("{bucket} {grantee}: {:?}", grants.rows))
    };
    let open = row("open", "everyone");
    assert_eq!(cell(grants, open, "READ"), &Cell::Flag(true));
    assert_eq!(cell(grants, open, "WRITE"), &Cell::Flag(false));
    assert_eq!(cell(grants, open, "Effective"), &Cell::Flag(true));
    assert_eq!(cell(grants, row("closed", "everyone"), "Effective"), &Cell::Flag(false));
    assert_eq!(cell(grants, row("closed", "the owner"), "FULL_CONTROL"), &Cell::Flag(true));
}

#[test]
fn buckets_stand_with_what_protects_them() {
    let tables = tables_of(RECORD);
    let buckets = table(&tables, "s3-buckets");
    assert_eq!(cell(buckets, 0, "Bucket"), &Cell::Text("closed".into()));
    assert_eq!(cell(buckets, 0, "Open to the public"), &Cell::Flag(false));
    assert_eq!(cell(buckets, 1, "Open to the public"), &Cell::Flag(true));
    assert_eq!(cell(buckets, 1, "TLS only"), &Cell::Flag(false));
    assert!(is_unknown(cell(buckets, 1, "Versioning")), "denied: {:?}", cell(buckets, 1, "Versioning"));
}

#[test]
fn regions_stand_with_the_trail_that_covers_them() {
    let tables = tables_of(RECORD);
    let regions = table(&tables, "cloudtrail-regions");
    let covered: Vec<(&Cell, &Cell)> = (0..regions.rows.len())
        .map(|row| (cell(regions, row, "Region"), cell(regions, row, "Covered")))
        .collect();
    assert_eq!(
        covered,
        [
            (&Cell::Text("ap-east-1".into()), &Cell::Empty),
            (&Cell::Text("eu-west-1".into()), &Cell::Flag(false)),
            (&Cell::Text("us-east-1".into()), &Cell::Flag(true)),
        ]
    );
}

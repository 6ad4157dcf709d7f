//! Every Lambda function with its runtime and when that ends.

use super::cell::{column, date, place, text};
use tieout_aws_state::State;
use tieout_aws_state::types::Function;
use tieout_lifecycle::{Product, Table as Lifecycles};
use tieout_model::{Cell, ColumnKind, Status, Table};

/// The table.
pub fn table(state: &State) -> Table {
    let mut rows: Vec<Vec<Cell>> = state
        .all::<Function>()
        .map(|(resource, function)| {
            let deprecated = function
                .runtime
                .known()
                .ok()
                .flatten()
                .and_then(|name| Lifecycles::in_force().release(Product::Lambda, name)?.deprecated);
            let supported = match deprecated {
                Some(day) if day <= state.as_of() => Cell::Status(Status::Fail),
                Some(_) => Cell::Status(Status::Pass),
                None if function.runtime.is_absent() => Cell::Status(Status::NotApplicable),
                None => Cell::Status(Status::NotAssessed),
            };
            let subject = &resource.subject;
            vec![
                Cell::Text(subject.name.clone().unwrap_or_default()),
                Cell::Text(subject.id.clone()),
                subject.account.clone().map_or(Cell::Empty, Cell::Text),
                subject.region.clone().map_or(Cell::Empty, Cell::Text),
                text(&function.runtime),
                deprecated.map_or(Cell::Empty, date),
                supported,
                text(&function.role),
                text(&function.kms_key_arn),
                place(resource.place()),
            ]
        })
        .collect();
    rows.sort_by_cached_key(|row| format!("{row:?}"));
    Table {
        id: "lambda-functions".into(),
        title: "Lambda functions".into(),
        note: "Every function with its runtime, and the day from which that gets no more security patches."
            .into(),
        columns: vec![
            column("Function", ColumnKind::Text),
            column("Id", ColumnKind::Text),
            column("Account", ColumnKind::Text),
            column("Region", ColumnKind::Text),
            column("Runtime", ColumnKind::Text),
            column("Patched until", ColumnKind::Date),
            column("Supported", ColumnKind::Status),
            column("Role", ColumnKind::Text),
            column("Customer key", ColumnKind::Text),
            column("Where", ColumnKind::Text),
        ],
        rows,
    }
}

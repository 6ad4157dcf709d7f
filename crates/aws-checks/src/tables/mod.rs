//! Evidence tables: one topic a file, each what a yearly re-check prints, passes too.

mod buckets;
mod cell;
mod functions;
mod iam_users;
mod instances;
mod security_rules;
mod trails;

use tieout_aws_state::State;
use tieout_model::Table;

/// Every table that has something to say of the state, in their fixed order.
pub fn all(state: &State) -> Vec<Table> {
    let makers: [fn(&State) -> Table; 8] = [
        iam_users::table,
        trails::regions_table,
        trails::table,
        security_rules::table,
        buckets::table,
        buckets::grants_table,
        instances::table,
        functions::table,
    ];
    makers.iter().map(|make| make(state)).filter(|table| !table.rows.is_empty()).collect()
}

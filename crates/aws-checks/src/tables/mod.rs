//! Evidence tables: one topic a file, each what a yearly re-check prints, passes too.

mod cell;
mod functions;
mod instances;
mod security_rules;

use tieout_aws_state::State;
use tieout_model::Table;

/// Every table that has something to say of the state, in their fixed order.
pub fn all(state: &State) -> Vec<Table> {
    let makers: [fn(&State) -> Table; 3] = [security_rules::table, instances::table, functions::table];
    makers.iter().map(|make| make(state)).filter(|table| !table.rows.is_empty()).collect()
}

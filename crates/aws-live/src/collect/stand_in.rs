//! Calls that stand in for others on servers that imitate AWS and know only a part of it: one by one where the
//! list is not known. AWS itself knows them all, so that there nothing of this happens.

use crate::table::Operation;
use tieout_model::{Gap, Node, Reason, Value};

/// A call that tells the one element of a list, where the server does not know the listing.
pub(super) struct StandIn {
    service: &'static str,
    of: &'static str,
    pub operation: &'static str,
    /// The list of the other call that its answer is an element of.
    list: &'static str,
    /// Error codes that mean that there is no element.
    pub absent: &'static [&'static str],
}

const STAND_INS: &[StandIn] = &[StandIn {
    service: "lambda",
    of: "ListFunctionUrlConfigs",
    operation: "GetFunctionUrlConfig",
    list: "FunctionUrlConfigs",
    absent: &["ResourceNotFoundException"],
}];

/// The stand-in of a call that the server does not know.
pub(super) fn stand_in(operation: &Operation, gap: &Gap) -> Option<&'static StandIn> {
    let of = |known: &&StandIn| known.service == operation.service.name && known.of == operation.name;
    STAND_INS.iter().find(of).filter(|_| gap.reason == Reason::Unsupported)
}

impl StandIn {
    /// The answer in the form of the call that it stands in for.
    pub(super) fn as_list(&self, answer: Option<Node>) -> Node {
        let at = answer.as_ref().map(|node| node.at.clone()).unwrap_or_default();
        let mut listed = Node::map(at.clone());
        let items: Vec<Node> = answer.into_iter().collect();
        listed.set(self.list, at.clone(), Node::new(Value::List(items), at));
        listed
    }
}

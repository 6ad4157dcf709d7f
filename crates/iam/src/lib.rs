//! The policy language: parse, evaluate, compare. Pure: no I/O, no clock, no network.
//!
//! [`Policy::from_node`] reads a document from any dialect, [`Policy::from_json`] from text. What is not
//! known before deployment stays in the model as a hole, so that every question has three answers:
//! yes, no, and unknown with the gap that made it so.

mod action;
mod answer;
mod arn;
mod audit;
mod condition;
mod doc;
pub mod eval;
pub mod facts;
mod glob;
mod json;
pub mod lint;
mod matcher;
mod parse;
mod pattern;
mod policy;
mod principal;
mod print;
pub mod sets;
mod simulate;

pub use action::ActionClause;
pub use answer::{Answer, Found};
pub use arn::{Arn, ResourceClause};
pub use audit::{
    Administrator, Audience, Exposure, Grant, Guard, GuardKind, Owner, Power, PowerKind, Transport, Way,
    WildcardGrant, WildcardKind, full_administrator, open_gaps,
};
pub use condition::{Base, Condition, Operator, SetQualifier};
pub use pattern::{Hole, Part, Pattern};
pub use policy::{Effect, Policy, PolicyProblem, Statement, Version};
pub use principal::{PrincipalClause, PrincipalKind, PrincipalPattern};
pub use simulate::simulate_jsonl;

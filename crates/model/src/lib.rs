//! The vocabulary that every other crate speaks: trees with places, settings that may be unknown,
//! gaps, verdicts, findings, evidence and the [`Assessment`].
//!
//! Nothing here does I/O, knows AWS, or formats text for a reader.

mod about;
mod assessment;
mod detail;
mod evidence;
mod finding;
mod gap;
mod place;
mod setting;
mod subject;
mod table;
pub mod tree;
mod verdict;

pub use about::{About, Alias, CheckInfo, Confidence, Guide, Persona, Severity};
pub use assessment::{AccountScope, Assessment, GapCount, Outcome, SCHEMA, Scope, Status, Tool};
pub use detail::{
    AdvisoryHit, Component, ComponentKind, Detail, KeyOpens, KeyStatus, PackageDetail, Rank, RuntimeDetail,
    SecretDetail,
};
pub use evidence::{Evidence, sha256_hex};
pub use finding::{Edit, Finding, FindingStatus, Fix, Joined, Location, TraceStep};
pub use gap::{Gap, Reason};
pub use place::{CloudPlace, Place, Position, TextPlace};
pub use setting::Setting;
pub use subject::{Subject, SubjectKind};
pub use table::{Cell, Column, ColumnKind, Table};
pub use time;
pub use tree::{Node, Piece, Value};
pub use verdict::{Judged, Problem, Verdict, Why};

//! One file a command.

pub mod audit;
pub mod catalogue;
pub mod doctor;
pub mod dump;
pub mod iam;
pub mod policy;
pub mod report;
pub mod shell;

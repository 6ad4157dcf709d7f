//! One file a command.

pub mod advisories;
pub mod audit;
pub mod catalogue;
pub mod deps;
pub mod doctor;
pub mod dump;
pub mod iam;
pub mod policy;
pub mod report;
pub mod secrets;
pub mod shell;
pub mod tls;

//! A thin, data-driven client of the AWS API that can only read configuration: what an operation looks like
//! comes from a generated table of allowed reads, and a request can be made of nothing else.
//!
//! Here live the table, the protocols, credentials, signing, pacing, retries, evidence, recording and replay,
//! and the collectors that turn answers into [`tieout_aws_state::Declared`]. No verdict is made here.

mod call;
mod client;
mod collect;
mod credential_report;
mod credentials;
mod download;
mod endpoint;
mod failure;
mod function_code;
mod pace;
mod protocol;
mod record;
mod redaction;
mod session;
mod table;

pub use call::{Answer, Call, Failure, ServiceError};
pub use collect::{CollectOptions, Collected, collect};
pub use credentials::{AskToken, ConnectError, ConnectOptions};
pub use download::DownloadLimits;
pub use function_code::{CODE_ACTIONS, CodeArchive};
pub use record::{RecordError, Replay};
pub use session::{Live, OnProgress, Progress, Replayed, Session};
pub use table::{Operation, Protocol, Service, botocore_version};

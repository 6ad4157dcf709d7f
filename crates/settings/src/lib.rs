//! What the user decides: configuration files, which checks run, accepted exceptions, and the baseline.
//! Every mistake names the file, the line and what was probably meant.

mod baseline;
mod config;
mod exceptions;
mod keys;
mod select;

pub use baseline::{Baseline, BaselineError};
pub use config::{AccountConfig, Config, ConfigError, Found, IacConfig, discover, load, parse};
pub use exceptions::{Exception, Exceptions};
pub use keys::nearest;
pub use select::{SelectError, Selection};

//! When Lambda's runtimes end: the facts of `data/lambda_runtimes.tsv`, with their source in its head.

use tieout_model::time::Date;
use tieout_model::time::macros::format_description;

const DATA: &str = include_str!("../../data/lambda_runtimes.tsv");

/// A managed runtime of Lambda.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Runtime {
    /// From this day it gets no more security patches.
    pub deprecated: Date,
    /// From this day no function can be created with it.
    pub create_blocked: Date,
    /// From this day no function with it can be updated.
    pub update_blocked: Date,
    /// What AWS names in its place.
    pub successor: Option<&'static str>,
}

/// The facts of a runtime by its identifier (`python3.9`); `None` for one that the table does not know.
pub fn find(identifier: &str) -> Option<Runtime> {
    let row = DATA.lines().find(|line| line.split('\t').next() == Some(identifier))?;
    let mut cells = row.split('\t').skip(1);
    let mut day = || Date::parse(cells.next()?, format_description!("[year]-[month]-[day]")).ok();
    let (deprecated, create_blocked, update_blocked) = (day()?, day()?, day()?);
    let successor = cells.next().filter(|word| !word.is_empty());
    Some(Runtime { deprecated, create_blocked, update_blocked, successor })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_of_the_table_can_be_read() {
        for row in DATA.lines().filter(|line| !line.starts_with('#')) {
            let identifier = row.split('\t').next().unwrap();
            assert!(find(identifier).is_some(), "{row}");
        }
        assert_eq!(find("python3.8").unwrap().deprecated.to_string(), "2024-10-14");
        assert_eq!(find("cobol"), None);
    }
}

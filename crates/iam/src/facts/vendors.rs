//! Accounts whose owner is known: vendors that customers let in, and AWS's own service accounts. Each row of
//! `facts/vendors.tsv` names the public document that says so. What is not there is not suspicious: it is not known.

use std::sync::OnceLock;

const TABLE: &str = include_str!("../../facts/vendors.tsv");

/// Who owns a known account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Vendor {
    /// The account id.
    pub account: &'static str,
    /// True for a service account of AWS itself.
    pub is_aws: bool,
    /// The name: `Datadog`, `Elastic Load Balancing logs, eu-west-1`.
    pub name: &'static str,
    /// The public document that says so.
    pub source: &'static str,
}

fn table() -> &'static [Vendor] {
    static VENDORS: OnceLock<Vec<Vendor>> = OnceLock::new();
    VENDORS.get_or_init(|| {
        let rows = TABLE.lines().filter(|line| !line.starts_with('#'));
        rows.filter_map(|line| {
            let mut fields = line.split('\t');
            let account = fields.next()?;
            let is_aws = fields.next()? == "aws";
            Some(Vendor { account, is_aws, name: fields.next()?, source: fields.next()? })
        })
        .collect()
    })
}

/// The owner of an account, where it is known.
pub fn vendor(account: &str) -> Option<&'static Vendor> {
    let table = table();
    let at = table.binary_search_by(|row| row.account.cmp(account)).ok()?;
    table.get(at)
}

/// An account as a message names it: `Datadog (464622532012)`, or `account 111122223333`.
pub fn account_label(account: &str) -> String {
    match vendor(account) {
        Some(vendor) => format!("{} ({account})", vendor.name),
        None => format!("account {account}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_accounts_are_named_and_others_are_not() {
        assert_eq!(account_label("464622532012"), "Datadog (464622532012)");
        assert_eq!(account_label("111122223333"), "account 111122223333");
        assert!(vendor("156460612806").is_some_and(|vendor| vendor.is_aws));
        assert!(vendor("46462253201").is_none());
    }

    #[test]
    fn every_row_is_an_account_once_with_a_name_and_a_source() {
        assert!(table().is_sorted_by(|a, b| a.account < b.account));
        assert_eq!(table().len(), TABLE.lines().filter(|line| !line.starts_with('#')).count());
        for row in table() {
            assert!(crate::principal::is_account_id(row.account), "{row:?}");
            assert!(!row.name.is_empty() && row.source.contains('/'), "{row:?}");
        }
    }
}

//! The verdict on a declared runtime at a given day.

use super::table::{Release, Table};
use crate::{Product, RuntimeDeclaration};
use tieout_model::{AdvisoryHit, Gap, Reason, RuntimeDetail};
use time::{Date, Duration};

/// An end within so many days is soon.
pub const SOON_DAYS: i64 = 180;

/// How a runtime stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RuntimeState {
    /// No security patches any more.
    Ended {
        /// From this day.
        since: Date,
    },
    /// The end is within [`SOON_DAYS`] days.
    EndsSoon {
        /// On this day.
        on: Date,
    },
    /// Patched.
    Supported {
        /// Until this day; `None` where no end is announced.
        until: Option<Date>,
    },
    /// A lower bound (`requires-python = ">=3.8"`) that lets in a release which has ended: the backend may run on a newer
    /// one, and nothing stops it from running on this one. Weaker than [`RuntimeState::Ended`].
    LetsInEnded {
        /// From this day the least release that is let in gets no patches.
        since: Date,
    },
    /// It cannot be said.
    Unknown(Gap),
}

/// The verdict on a declaration, with the days that it follows from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuntimeVerdict {
    /// How it stands.
    pub state: RuntimeState,
    /// From this day no security patch: of a Lambda runtime the language's own end.
    pub end_of_life: Option<Date>,
    /// From this day the platform neither patches nor supports it.
    pub deprecated: Option<Date>,
    /// From this day the platform refuses updates of what uses it.
    pub blocked: Option<Date>,
    /// What the platform names in its place.
    pub successor: Option<String>,
}

impl RuntimeVerdict {
    /// What a finding says of the runtime beside its message.
    pub fn detail(&self, declaration: &RuntimeDeclaration, advisories: Vec<AdvisoryHit>) -> RuntimeDetail {
        let version = match (&declaration.exact, &declaration.release) {
            (Some(exact), _) if declaration.product == Product::Python => exact.clone(),
            (_, Ok(release)) => release.clone(),
            (_, Err(_)) => declaration.written.clone(),
        };
        let shown = |day: Option<Date>| day.map(|day| day.to_string());
        RuntimeDetail {
            name: declaration.product.as_str().to_owned(),
            version,
            end_of_life: shown(self.end_of_life),
            deprecated: shown(self.deprecated),
            blocked: shown(self.blocked),
            advisories,
        }
    }
}

/// Judges a declaration by the table at a day. A Lambda runtime ends when AWS deprecates it: until then AWS patches it, also
/// where the language's own support has ended.
pub fn judge(declaration: &RuntimeDeclaration, table: &Table, as_of: Date) -> RuntimeVerdict {
    let release = match &declaration.release {
        Ok(release) => release,
        Err(gap) => return unknown(gap.clone()),
    };
    let Some(row) = table.release(declaration.product, release) else {
        return unknown(missing(declaration.product, release, "is not in the table of runtimes"));
    };
    let end = match declaration.product {
        Product::Lambda => row.deprecated,
        _ => row.end_of_life,
    };
    let state = match end {
        Some(since) if as_of >= since && declaration.at_least => RuntimeState::LetsInEnded { since },
        Some(since) if as_of >= since => RuntimeState::Ended { since },
        Some(on) if is_soon(on, as_of) => RuntimeState::EndsSoon { on },
        Some(until) => RuntimeState::Supported { until: Some(until) },
        None if row.no_end_announced => RuntimeState::Supported { until: None },
        None => RuntimeState::Unknown(missing(
            declaration.product,
            release,
            "has no known end in the table of runtimes",
        )),
    };
    RuntimeVerdict {
        state,
        end_of_life: language_end(declaration.product, release, row, table),
        deprecated: row.deprecated,
        blocked: row.update_blocked,
        successor: row.successor.as_deref().map(str::to_owned),
    }
}

/// The day of the last patch; of a Python runtime of Lambda Python's own.
fn language_end(product: Product, release: &str, row: &Release, table: &Table) -> Option<Date> {
    match (product, release.strip_prefix("python")) {
        (Product::Lambda, Some(python)) => table.release(Product::Python, python)?.end_of_life,
        (Product::Lambda, None) => None,
        _ => row.end_of_life,
    }
}

fn is_soon(on: Date, as_of: Date) -> bool {
    as_of.checked_add(Duration::days(SOON_DAYS)).is_none_or(|horizon| horizon >= on)
}

fn unknown(gap: Gap) -> RuntimeVerdict {
    RuntimeVerdict {
        state: RuntimeState::Unknown(gap),
        end_of_life: None,
        deprecated: None,
        blocked: None,
        successor: None,
    }
}

fn missing(product: Product, release: &str, why: &str) -> Gap {
    Gap::new(
        Reason::Unsupported,
        format!("{} {release} {why}", product.as_str()),
        "update tieout, or give a table of runtimes that has the row",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use tieout_model::Place;
    use time::macros::date;

    const TODAY: Date = date!(2026 - 11 - 25);

    fn declared(product: Product, release: &str) -> RuntimeDeclaration {
        RuntimeDeclaration {
            product,
            release: Ok(release.to_owned()),
            exact: None,
            at_least: false,
            written: release.to_owned(),
            by: "test".to_owned(),
            at: Place::None,
        }
    }

    fn state(product: Product, release: &str, as_of: Date) -> RuntimeState {
        judge(&declared(product, release), Table::embedded(), as_of).state
    }

    #[test]
    fn runtimes_stand_as_their_days_say() {
        use RuntimeState::{Ended, EndsSoon, Supported};
        for (product, release, expected) in [
            (Product::Python, "2.7", Ended { since: date!(2020 - 01 - 01) }),
            (Product::Python, "3.8", Ended { since: date!(2024 - 10 - 07) }),
            (Product::Python, "3.10", Ended { since: date!(2026 - 10 - 31) }),
            (Product::Python, "3.11", Supported { until: Some(date!(2027 - 10 - 31)) }),
            (Product::Lambda, "python3.9", Ended { since: date!(2025 - 12 - 15) }),
            (Product::Lambda, "python3.11", Supported { until: Some(date!(2027 - 06 - 30)) }),
            (Product::Lambda, "nodejs22.x", EndsSoon { on: date!(2027 - 04 - 30) }),
            (Product::Lambda, "provided.al2", Ended { since: date!(2026 - 07 - 31) }),
            (Product::AmazonLinux, "2", Ended { since: date!(2026 - 06 - 30) }),
            (Product::AmazonLinux, "2023", Supported { until: Some(date!(2029 - 06 - 30)) }),
            (Product::Glue, "2.0", Ended { since: date!(2024 - 01 - 31) }),
            (Product::Glue, "4.0", Supported { until: None }),
            (Product::Debian, "10", Ended { since: date!(2024 - 06 - 30) }),
            (Product::Debian, "12", Supported { until: Some(date!(2028 - 06 - 30)) }),
            (Product::Ubuntu, "20.04", Ended { since: date!(2025 - 05 - 29) }),
            (Product::Alpine, "3.22", EndsSoon { on: date!(2027 - 05 - 01) }),
            (Product::Alpine, "3.18", Ended { since: date!(2025 - 05 - 09) }),
        ] {
            assert_eq!(state(product, release, TODAY), expected, "{product:?} {release}");
        }
    }

    #[test]
    fn the_last_day_and_the_edge_of_soon_are_counted_right() {
        let end = date!(2027 - 10 - 31);
        assert!(matches!(state(Product::Python, "3.11", end), RuntimeState::Ended { .. }));
        let before = end - Duration::days(1);
        assert!(matches!(state(Product::Python, "3.11", before), RuntimeState::EndsSoon { .. }));
        let edge = end - Duration::days(SOON_DAYS);
        assert!(matches!(state(Product::Python, "3.11", edge), RuntimeState::EndsSoon { .. }));
        let outside = edge - Duration::days(1);
        assert!(matches!(state(Product::Python, "3.11", outside), RuntimeState::Supported { .. }));
    }

    #[test]
    fn a_release_that_the_table_lacks_or_has_no_end_of_is_unknown_and_never_supported() {
        for (product, release) in [
            (Product::Python, "3.99"),
            (Product::Debian, "14"),
            (Product::Alpine, "3.99"),
            (Product::Lambda, "python9"),
            (Product::Lambda, "3.9"),
        ] {
            assert!(matches!(state(product, release, TODAY), RuntimeState::Unknown(_)), "{release}");
        }
        let gap = Gap::unresolved("${V}");
        let open = RuntimeDeclaration { release: Err(gap.clone()), ..declared(Product::Python, "") };
        assert_eq!(judge(&open, Table::embedded(), TODAY).state, RuntimeState::Unknown(gap));
    }

    #[test]
    fn a_lower_bound_that_lets_in_an_ended_release_is_weaker_than_an_ended_one_and_not_supported() {
        let bound = |release| RuntimeDeclaration { at_least: true, ..declared(Product::Python, release) };
        let verdict = judge(&bound("3.6"), Table::embedded(), TODAY);
        assert_eq!(verdict.state, RuntimeState::LetsInEnded { since: date!(2021 - 12 - 23) });
        let verdict = judge(&bound("3.12"), Table::embedded(), TODAY);
        assert_eq!(verdict.state, RuntimeState::Supported { until: Some(date!(2028 - 10 - 31)) });
    }

    #[test]
    fn a_lambda_runtime_tells_awss_days_and_pythons_own() {
        let declaration = declared(Product::Lambda, "python3.8");
        let verdict = judge(&declaration, Table::embedded(), TODAY);
        let detail = verdict.detail(&declaration, Vec::new());
        assert_eq!(detail.name, "aws-lambda");
        assert_eq!(detail.version, "python3.8");
        assert_eq!(detail.end_of_life.as_deref(), Some("2024-10-07"));
        assert_eq!(detail.deprecated.as_deref(), Some("2024-10-14"));
        assert_eq!(detail.blocked.as_deref(), Some("2027-03-03"));
        assert_eq!(verdict.successor.as_deref(), Some("python3.14"));
    }

    #[test]
    fn an_exact_version_is_the_version_of_a_finding() {
        let declaration =
            RuntimeDeclaration { exact: Some("3.8.10".to_owned()), ..declared(Product::Python, "3.8") };
        let detail = judge(&declaration, Table::embedded(), TODAY).detail(&declaration, Vec::new());
        assert_eq!((detail.version.as_str(), detail.end_of_life.as_deref()), ("3.8.10", Some("2024-10-07")));
    }
}

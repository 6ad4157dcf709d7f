//! Tests of the table of runtimes: the embedded facts, and files that replace rows.

use super::*;
use proptest::prelude::*;
use time::macros::date;

fn problems(text: &str) -> Vec<(u32, String)> {
    let problems = Table::embedded().with_rows(&"own.toml".into(), text).unwrap_err();
    problems.into_iter().map(|one| (one.at.file_line().unwrap().1, one.message)).collect()
}

#[test]
fn the_embedded_file_has_no_mistake_and_every_product_a_source_and_a_day() {
    let mut table = Table { as_of: Date::MIN, products: BTreeMap::new() };
    assert_eq!(table.take(&"data/runtimes.toml".into(), DATA), []);
    for product in PRODUCTS {
        let facts = table.facts(product).unwrap();
        assert!(!facts.source.is_empty(), "{product:?}");
        assert!(facts.seen > date!(2026 - 01 - 01) && facts.seen <= table.as_of, "{product:?}");
        assert!(!facts.releases.is_empty(), "{product:?}");
    }
}

#[test]
fn days_are_in_order() {
    for product in PRODUCTS {
        for (name, row) in &Table::embedded().facts(product).unwrap().releases {
            let order = |a: Option<Date>, b: Option<Date>| a.is_none() || b.is_none() || a <= b;
            assert!(order(row.released, row.end_of_bugfix), "{name}");
            assert!(order(row.released, row.end_of_life), "{name}");
            assert!(order(row.end_of_bugfix, row.end_of_life), "{name}");
            assert!(order(row.create_blocked, row.update_blocked), "{name}");
            // Before 2021 AWS blocked creation first and called a runtime deprecated with the block of updates.
            if row.deprecated.is_none_or(|day| day > date!(2021 - 01 - 01)) {
                assert!(order(row.deprecated, row.create_blocked), "{name}");
            }
            assert!(!(row.no_end_announced && row.end_of_life.is_some()), "{name}");
        }
    }
}

#[test]
fn rows_point_at_rows_that_there_are() {
    let table = Table::embedded();
    for (name, row) in &table.facts(Product::Lambda).unwrap().releases {
        if let Some(system) = &row.system {
            assert!(table.release(Product::AmazonLinux, system).is_some(), "{name}");
        }
        if let Some(successor) = &row.successor {
            assert!(table.release(Product::Lambda, successor).is_some(), "{name}");
        }
        if let Some(python) = name.strip_prefix("python") {
            assert!(table.release(Product::Python, python).is_some() && row.system.is_some(), "{name}");
        }
    }
    for (name, row) in &table.facts(Product::Glue).unwrap().releases {
        assert!(table.release(Product::Python, row.python.as_deref().unwrap()).is_some(), "{name}");
    }
}

#[test]
fn a_file_replaces_rows_and_adds_rows_and_leaves_the_others() {
    let text = "as_of = 2027-01-02\n[python.releases]\n\"3.9\" = { end_of_life = 2028-01-01 }\n\
                \"3.16\" = { end_of_life = \"2032-10-31\" }\n";
    let table = Table::embedded().with_rows(&"own.toml".into(), text).unwrap();
    assert_eq!(table.as_of, date!(2027 - 01 - 02));
    let row = table.release(Product::Python, "3.9").unwrap();
    assert_eq!((row.end_of_life, row.released), (Some(date!(2028 - 01 - 01)), None));
    assert_eq!(table.release(Product::Python, "3.16").unwrap().end_of_life, Some(date!(2032 - 10 - 31)));
    let untouched = Table::embedded();
    assert_eq!(table.release(Product::Python, "3.8"), untouched.release(Product::Python, "3.8"));
    assert_eq!(table.facts(Product::Debian), untouched.facts(Product::Debian));
}

#[test]
fn every_mistake_is_told_with_its_line() {
    let text = "as_of = 5\n[ruby]\n[python]\nseen = \"yesterday\"\nnote = 1\n[python.releases]\n\
                \"3.9\" = 2028-01-01\n\"3.10\" = { end_of_live = 2026-10-31, end_of_life = \"soon\" }\n\
                \"3.11\" = { released = 2030-01-01, end_of_life = 2029-01-01 }\n[aws-glue]\nreleases = 3\n";
    let lines: Vec<u32> = problems(text).iter().map(|(line, _)| *line).collect();
    assert_eq!(lines, [1, 2, 4, 5, 7, 8, 8, 9, 11]);
    assert_eq!(problems("[python\n").len(), 1);
}

#[test]
fn a_file_that_is_not_there_or_wrong_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("own.toml");
    assert!(Table::load(&path).unwrap_err().to_string().contains("cannot be read"));
    std::fs::write(&path, "[python.releases]\n\"3.9\" = { end_of_life = 1 }\n").unwrap();
    let error = Table::load(&path).unwrap_err().to_string();
    assert!(error.contains("line 2") && error.contains("YYYY-MM-DD"), "{error}");
    std::fs::write(&path, "[python.releases]\n\"3.9\" = { end_of_life = 2030-01-01 }\n").unwrap();
    let table = Table::load(&path).unwrap();
    assert_eq!(table.release(Product::Python, "3.9").unwrap().end_of_life, Some(date!(2030 - 01 - 01)));
}

proptest! {
    #[test]
    fn no_text_panics(text in "(python|releases|\"3.9\"|\\[|\\]|=|\n|2030-01-01|\\{|\\}|\\.|,|\\PC){0,40}") {
        let _ = Table::embedded().with_rows(&"own.toml".into(), &text);
    }

    #[test]
    fn a_cut_file_is_a_mistake_or_a_table(at in 0usize..DATA.len()) {
        if let Some(cut) = DATA.get(..at) {
            let _ = Table::embedded().with_rows(&"own.toml".into(), cut);
        }
    }
}

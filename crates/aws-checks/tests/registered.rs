//! Every file of a check is registered, its id is its path, and its guide is beside it.

// A helper of a test may panic as the test itself may.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::collections::BTreeSet;
use std::path::Path;

fn check_files() -> BTreeSet<String> {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut ids = BTreeSet::new();
    for folder in
        std::fs::read_dir(source).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_dir())
    {
        for file in std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()) {
            if file.extension().is_some_and(|ending| ending == "md") {
                let service = folder.file_name().unwrap().to_string_lossy().into_owned();
                let name = file.file_stem().unwrap().to_string_lossy().replace('_', "-");
                assert!(file.with_extension("rs").exists(), "{} has no logic beside it", file.display());
                ids.insert(format!("{service}-{name}"));
            }
        }
    }
    ids
}

#[test]
fn every_guide_in_a_folder_belongs_to_a_registered_check_of_that_id() {
    let registered: BTreeSet<String> =
        tieout_aws_checks::checks().iter().map(|check| check.about().id.to_owned()).collect();
    assert_eq!(check_files(), registered);
}

#[test]
fn every_id_is_unique() {
    let checks = tieout_aws_checks::checks();
    let ids: BTreeSet<&str> = checks.iter().map(|check| check.about().id).collect();
    assert_eq!(ids.len(), checks.len());
}

/// A call that no chosen check reads is not made, so that a check has to name at least the listing of its types.
#[test]
fn every_check_reads_the_listing_of_the_types_that_it_judges() {
    for check in tieout_aws_checks::checks() {
        for type_name in check.applies_to() {
            let Some(table) = tieout_aws_state::generated::API.iter().find(|table| table.to == type_name)
            else {
                continue;
            };
            let operation =
                tieout_aws_live::Operation::find(table.list.service, table.list.operation).unwrap();
            let about = check.about();
            assert!(about.reads.contains(&operation.action), "{} lacks {}", about.id, operation.action);
        }
    }
}

#[test]
fn every_check_says_which_reads_it_needs_and_which_objectives_it_serves() {
    for check in tieout_aws_checks::checks() {
        let about = check.about();
        assert!(!about.reads.is_empty(), "{} names no read", about.id);
        assert!(about.reads.iter().all(|read| read.contains(':')), "{}: {:?}", about.id, about.reads);
        assert!(!about.objectives.is_empty(), "{} names no objective", about.id);
        assert!(!check.applies_to().is_empty(), "{} judges no type", about.id);
    }
}

//! Whatever findings come, nothing panics, no verdict is lost, and every fail names a finding that is there.

use crate::{ACCOUNT, assessment, at, finding, state};
use proptest::prelude::*;
use tieout_correlate::{keys, places};
use tieout_model::{Detail, Finding, FindingStatus, Location, SecretDetail, Subject, SubjectKind};

fn secret() -> impl Strategy<Value = SecretDetail> {
    let id = prop_oneof![Just(None), "[A-Z]{0,4}[A-Z2-7]{0,20}".prop_map(Some), "\\PC{0,24}".prop_map(Some)];
    let kind = prop_oneof![Just("AWS access key id"), Just("password")];
    let account = proptest::option::of(prop_oneof![Just(ACCOUNT.to_owned()), "\\PC{0,14}"]);
    (id, kind, "[ab]{0,1}", account, proptest::option::of("\\PC{0,8}")).prop_map(
        |(id, kind, fingerprint, account, name)| SecretDetail {
            kind: kind.to_owned(),
            fingerprint,
            access_key_id: id,
            aws_account: account,
            name,
            ..SecretDetail::default()
        },
    )
}

fn one() -> impl Strategy<Value = Finding> {
    let detail = prop_oneof![
        secret().prop_map(Detail::Secret),
        proptest::collection::vec(secret(), 0..4).prop_map(Detail::Secrets)
    ];
    let place = prop_oneof![
        (0u32..4).prop_map(|line| at("a.py", line)),
        "[ab]".prop_map(|arn| Location::Cloud { arn, pointer: String::new() })
    ];
    let status = prop_oneof![
        Just(FindingStatus::Open),
        Just(FindingStatus::Baseline),
        Just(FindingStatus::Suppressed)
    ];
    (detail, proptest::collection::vec(place, 0..4), status).prop_map(|(detail, places, status)| {
        let check = match detail {
            Detail::Secret(_) => "secrets-passwords-absent",
            _ => "lambda-function-environment-no-secrets",
        };
        let kind = match detail {
            Detail::Secret(_) => SubjectKind::File,
            _ => SubjectKind::Resource,
        };
        let mut finding = finding(check, Subject::new(kind, "x"), detail, places);
        finding.status = status;
        finding
    })
}

proptest! {
    #[test]
    fn arbitrary_findings_are_joined_without_a_panic(mut findings in proptest::collection::vec(one(), 0..8)) {
        for (number, finding) in findings.iter_mut().enumerate() {
            finding.fingerprint = number.to_string();
        }
        let mut assessment = assessment(&[ACCOUNT], findings);
        let results = assessment.results.len();
        keys(&mut assessment, &state(&[]));
        places(&mut assessment);
        prop_assert_eq!(assessment.results.len(), results);
        for result in &assessment.results {
            let named = result.finding.as_ref();
            prop_assert!(assessment.findings.iter().any(|finding| Some(&finding.fingerprint) == named));
        }
    }
}

//! Asking an OSV API: pages, records, and everything that it does not answer as a gap.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test"
)]

mod server;

use server::{reply, serve};
use tieout_advisories::{Asked, SourceKind, from_api};

fn asked(names: &[&str]) -> Vec<Asked> {
    names.iter().map(|name| Asked { name: (*name).into(), version: Some("1.0+cpu".into()) }).collect()
}

fn record(id: &str, name: &str) -> Vec<u8> {
    format!(
        r#"{{"id": "{id}", "affected": [{{"package": {{"ecosystem": "PyPI", "name": "{name}"}}, "versions": ["1.0"]}}]}}"#
    )
    .into_bytes()
}

#[test]
fn pages_are_followed_and_records_fetched_once() {
    let (base, seen) = serve(|request| {
        let body = match request.line.as_str() {
            line if line.starts_with("POST /v1/querybatch") && request.body.contains("page_token") => {
                br#"{"results": [{"vulns": [{"id": "B-2"}]}]}"#.to_vec()
            }
            line if line.starts_with("POST /v1/querybatch") => {
                br#"{"results": [{"vulns": [{"id": "A-1", "modified": "x"}], "next_page_token": "t"}, {}]}"#
                    .to_vec()
            }
            line if line.contains("/v1/vulns/A-1 ") => record("A-1", "a"),
            line if line.contains("/v1/vulns/B-2 ") => record("B-2", "a"),
            _ => return reply("404 Not Found", "", b"{}"),
        };
        reply("200 OK", "", &body)
    });
    let all = from_api(&format!("{base}/"), &asked(&["A", "b"]));
    assert_eq!(all.about("a").unwrap().len(), 2);
    assert!(all.about("b").unwrap().is_empty());
    assert!(all.about("never-asked").is_err(), "what was not asked is not known");
    assert_eq!((all.source().kind, all.source().label.as_str()), (SourceKind::Api, base.as_str()));
    let seen = seen.lock().unwrap();
    assert_eq!(seen.len(), 4);
    assert!(seen[0].body.contains(r#""version":"1.0""#), "{}", seen[0].body);
}

#[test]
fn what_the_api_does_not_answer_is_a_gap_and_the_rest_stands() {
    let (base, _) = serve(|request| {
        match request.line.as_str() {
        line if line.starts_with("POST") => reply(
            "200 OK",
            "",
            br#"{"results": [{"vulns": [{"id": "A-1"}]}, {"vulns": [{"id": "B-2"}]}, {"vulns": [{"id": "../../x"}]}, {}]}"#,
        ),
        line if line.contains("A-1") => reply("200 OK", "", &record("A-1", "a")),
        line if line.contains("B-2") => reply("500 Internal Server Error", "", b""),
        _ => reply("200 OK", "", b"{}"),
    }
    });
    let all = from_api(&base, &asked(&["a", "b", "c", "d"]));
    assert_eq!(all.about("a").unwrap().len(), 1);
    assert!(all.about("b").unwrap_err().what.contains("B-2"));
    assert!(all.about("c").is_err());
    assert!(all.about("d").unwrap().is_empty());
    assert_eq!(all.source().skipped.len(), 2);
}

#[test]
fn an_api_that_is_none_leaves_every_package_unknown() {
    let bodies: [&[u8]; 4] = [b"<html>", br#"{"results": []}"#, b"{}", b""];
    for body in bodies {
        let (base, _) = serve(move |_| reply("200 OK", "", body));
        assert!(from_api(&base, &asked(&["a"])).about("a").is_err(), "{}", String::from_utf8_lossy(body));
    }
    let endless = br#"{"results": [{"vulns": [], "next_page_token": "again"}]}"#;
    let (base, seen) = serve(move |_| reply("200 OK", "", endless));
    assert!(from_api(&base, &asked(&["a"])).about("a").is_err());
    assert!(seen.lock().unwrap().len() <= 50);
    let gap = from_api("http://user:secret@127.0.0.1:1", &asked(&["a"])).about("a").unwrap_err();
    assert!(!gap.what.contains("secret"), "{gap}");
}

//! Fetching the archive from a server that behaves well, and from ones that do not: what is in the cache stays.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test"
)]

mod server;

use server::{reply, serve};
use std::io::Write;
use std::path::Path;
use std::time::Duration;
use tieout_advisories::{FetchError, Refreshed, SourceKind, Updated, cached, refresh_if_old, update};

fn archive(fixed: &str) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    zip.start_file("A-1.json", zip::write::SimpleFileOptions::default()).unwrap();
    write!(
        zip,
        r#"{{"id": "A-1", "modified": "2024-01-01T00:00:00Z", "affected": [{{"package": {{"ecosystem": "PyPI", "name": "a"}},
            "ranges": [{{"type": "ECOSYSTEM", "events": [{{"introduced": "0"}}, {{"fixed": "{fixed}"}}]}}]}}]}}"#
    )
    .unwrap();
    zip.finish().unwrap().into_inner()
}

fn get(cache: &Path, base: &str) -> Result<Updated, FetchError> {
    update(cache, &format!("{base}/all.zip"), &mut |_, _| {})
}

fn fix(cache: &Path) -> String {
    cached(cache).unwrap().unwrap().about("a").unwrap()[0].fixes()[0].to_string()
}

const DATED: &str = "etag: \"one\"\r\nlast-modified: Thu, 10 Oct 2024 17:22:00 GMT\r\n";

#[test]
fn an_archive_is_fetched_once_and_then_only_if_it_changed() {
    let cache = tempfile::tempdir().unwrap();
    let (base, seen) =
        serve(|request| match request.headers.iter().any(|header| header == "if-none-match: \"one\"") {
            true => reply("304 Not Modified", "", b""),
            false => reply("200 OK", DATED, &archive("1.5")),
        });
    let mut told = Vec::new();
    let url = format!("{base}/all.zip");
    let first = update(cache.path(), &url, &mut |done, whole| told.push((done, whole))).unwrap();
    let size = archive("1.5").len() as u64;
    assert_eq!(first, Updated::Replaced { bytes: size });
    assert_eq!(told.last(), Some(&(size, Some(size))));
    assert_eq!(get(cache.path(), &base).unwrap(), Updated::Unchanged);
    let all = cached(cache.path()).unwrap().unwrap();
    assert_eq!((all.source().kind, all.source().date.as_deref()), (SourceKind::Cache, Some("2024-10-10")));
    assert!(matches!(
        refresh_if_old(cache.path(), &url, Duration::from_secs(86_400), Duration::from_secs(5)),
        Refreshed::Young
    ));
    assert_eq!(seen.lock().unwrap().len(), 2);
    // A file that is no more what was fetched is fetched anew, whole.
    std::fs::write(cache.path().join("pypi-all.zip"), vec![0; usize::try_from(size).unwrap()]).unwrap();
    assert_eq!(get(cache.path(), &base).unwrap(), Updated::Replaced { bytes: size });
    assert_eq!(fix(cache.path()), "1.5");
}

#[test]
fn whatever_else_comes_replaces_nothing_and_leaves_nothing_behind() {
    let cache = tempfile::tempdir().unwrap();
    let (good, _) = serve(|_| reply("200 OK", "", &archive("1.5")));
    get(cache.path(), &good).unwrap();
    fix(cache.path());
    let before = std::fs::read_dir(cache.path()).unwrap().count();
    let whole = archive("9.9");
    let cut = whole.len() / 2;
    let short = reply("200 OK", "", &whole)[..whole.len() - cut].to_vec();
    let mut damaged = whole.clone();
    damaged[60] ^= 0xff;
    let empty = {
        let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        zip.start_file("A-1.json", zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(b"{").unwrap();
        zip.finish().unwrap().into_inner()
    };
    let answers = [
        ("a body that ends early", short),
        ("half an archive that says it is whole", reply("200 OK", "", &whole[..cut])),
        ("an archive with a damaged record", reply("200 OK", "", &damaged)),
        ("a page", reply("200 OK", "", b"<html>sign in</html>")),
        ("nothing", reply("200 OK", "", b"")),
        ("an archive without records", reply("200 OK", "", &empty)),
        ("a refusal", reply("403 Forbidden", "", b"no")),
        ("304 to a question that was not conditional", reply("304 Not Modified", "", b"")),
        ("no HTTP", b"what?".to_vec()),
        ("silence", Vec::new()),
    ];
    for (what, answer) in answers {
        let (base, _) = serve(move |_| answer.clone());
        let error = get(cache.path(), &base).expect_err(what);
        assert!(error.to_string().contains("127.0.0.1"), "{what}: {error}");
        assert_eq!(fix(cache.path()), "1.5", "{what}");
        assert_eq!(std::fs::read_dir(cache.path()).unwrap().count(), before, "{what}");
    }
}

#[test]
fn a_server_that_does_not_answer_is_given_up_and_the_old_archive_goes_on() {
    let cache = tempfile::tempdir().unwrap();
    let (slow, _) = serve(|_| {
        std::thread::sleep(Duration::from_secs(20));
        Vec::new()
    });
    let refreshed =
        refresh_if_old(cache.path(), &format!("{slow}/all.zip"), Duration::ZERO, Duration::from_millis(200));
    assert!(matches!(refreshed, Refreshed::Failed(FetchError::Network { .. })), "{refreshed:?}");
    assert!(cached(cache.path()).is_none());
}

#[test]
fn a_cache_that_cannot_be_written_is_an_error_that_names_it() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    std::fs::write(&file, "").unwrap();
    let (base, _) = serve(|_| reply("200 OK", "", &archive("1.5")));
    let error = get(&file.join("below"), &base).unwrap_err();
    assert!(matches!(error, FetchError::Cache { .. }), "{error}");
}

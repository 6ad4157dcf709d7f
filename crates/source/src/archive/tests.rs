//! Tests of archives, made in memory.

use super::*;
use proptest::prelude::*;
use std::io::Write;

type File = (String, Vec<u8>);

fn read_all(name: &str, bytes: &[u8], limits: &Limits) -> (Vec<File>, Vec<Unread>) {
    let mut files = Vec::new();
    let mut take = |entry: &Entry<'_>| files.push((entry.path.to_owned(), entry.bytes.to_vec()));
    let unread = read(name, &mut Cursor::new(bytes), limits, &|name, _| !name.ends_with(".png"), &mut take);
    (files, unread)
}

/// Files of an archive that is read as a whole.
fn files(name: &str, bytes: &[u8]) -> Vec<(String, String)> {
    let (files, unread) = read_all(name, bytes, &Limits::default());
    assert_eq!(unread, []);
    files.into_iter().map(|(path, bytes)| (path, String::from_utf8_lossy(&bytes).into_owned())).collect()
}

fn zip(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in entries {
        writer.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn tar(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut builder = ::tar::Builder::new(Vec::new());
    for (name, bytes) in entries {
        let mut header = ::tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        builder.append_data(&mut header, name, *bytes).unwrap();
    }
    builder.into_inner().unwrap()
}

/// The oldest form: without a mark.
fn old_tar(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut builder = ::tar::Builder::new(Vec::new());
    for (name, bytes) in entries {
        let mut header = ::tar::Header::new_old();
        header.set_size(bytes.len() as u64);
        builder.append_data(&mut header, name, *bytes).unwrap();
    }
    builder.into_inner().unwrap()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn pair(path: &str, text: &str) -> (String, String) {
    (path.to_owned(), text.to_owned())
}

#[test]
fn zips_tars_and_gzips_are_told_by_content_and_read() {
    let entries: [(&str, &[u8]); 3] = [("app/settings.py", b"KEY = 1"), ("logo.png", b"PNG"), ("empty", b"")];
    for name in ["f.zip", "x.whl", "package", "lib.jar"] {
        let path = format!("{name}!/app/settings.py");
        assert_eq!(
            files(name, &zip(&entries)),
            [pair(&path, "KEY = 1"), pair(&format!("{name}!/empty"), "")]
        );
    }
    let old = old_tar(&entries);
    for (name, bytes) in [
        ("a.tar", tar(&entries)),
        ("old.tar.gz", gzip(&old)),
        ("a.tar.gz", gzip(&tar(&entries))),
        ("b", gzip(&tar(&entries))),
    ] {
        let path = format!("{name}!/app/settings.py");
        assert_eq!(files(name, &bytes), [pair(&path, "KEY = 1"), pair(&format!("{name}!/empty"), "")]);
    }
    assert_eq!(files("d/dump.sql.gz", &gzip(b"text")), [pair("d/dump.sql.gz!/dump.sql", "text")]);
    assert_eq!(files("d/empty.gz", &gzip(b"")), [pair("d/empty.gz!/empty", "")]);
    let mut app = b"#!/usr/bin/env python3\n".to_vec();
    app.extend(zip(&[("__main__.py", b"KEY = 1")]));
    assert_eq!(files("app.pyz", &app), [pair("app.pyz!/__main__.py", "KEY = 1")]);
}

#[test]
fn archives_in_archives_are_read_as_deep_as_allowed() {
    let inner = zip(&[("deep.py", b"KEY = 1")]);
    let layer = gzip(&tar(&[("x/inner.whl", &inner), ("note.txt", b"n")]));
    let outer = zip(&[("layer.tgz", &layer), ("plain.tar", &tar(&[("t", b"T")]))]);
    let expected = [
        pair("o.zip!/layer.tgz!/x/inner.whl!/deep.py", "KEY = 1"),
        pair("o.zip!/layer.tgz!/note.txt", "n"),
        pair("o.zip!/plain.tar!/t", "T"),
    ];
    assert_eq!(files("o.zip", &outer), expected);
    let mut bytes = b"bottom".to_vec();
    for _ in 0..6 {
        bytes = zip(&[("next.zip", &bytes)]);
    }
    let (found, unread) = read_all("o.zip", &bytes, &Limits::default());
    assert_eq!(found, []);
    assert_eq!(&*unread[0].path, "o.zip!/next.zip!/next.zip!/next.zip");
    assert_eq!(unread[0].message, "archives in archives are read 3 deep");
}

#[test]
fn names_lead_nowhere_and_are_harmless_to_show() {
    let entries: [(&str, &[u8]); 3] =
        [("../../etc/passwd", b"1"), ("/abs/./a\\..\\b", b"2"), ("esc\u{1b}[31m", b"3")];
    let found = files("a.zip", &zip(&entries));
    let paths: Vec<&str> = found.iter().map(|(path, _)| path.as_str()).collect();
    assert_eq!(&paths[..2], ["a.zip!/etc/passwd", "a.zip!/abs/a/b"]);
    assert!(!paths[2].contains('\u{1b}'));
}

#[test]
fn long_names_in_tars_are_whole() {
    let name = format!("{}/settings.py", vec!["folder"; 40].join("/"));
    let found = files("a.tar", &tar(&[(name.as_str(), b"x"), ("b", b"y")]));
    assert_eq!(found, [pair(&format!("a.tar!/{name}"), "x"), pair("a.tar!/b", "y")]);
    let mut builder = ::tar::Builder::new(Vec::new());
    builder.append_pax_extensions([("path", name.as_bytes()), ("comment", b"path=no".as_slice())]).unwrap();
    let mut header = ::tar::Header::new_ustar();
    header.set_size(1);
    builder.append_data(&mut header, "short", b"x".as_slice()).unwrap();
    let found = files("a.tar", &builder.into_inner().unwrap());
    assert_eq!(found, [pair(&format!("a.tar!/{name}"), "x")]);
}

#[test]
fn links_and_folders_in_tars_have_no_content() {
    let mut builder = ::tar::Builder::new(Vec::new());
    for kind in [::tar::EntryType::Symlink, ::tar::EntryType::Directory, ::tar::EntryType::Fifo] {
        let mut header = ::tar::Header::new_gnu();
        header.set_entry_type(kind);
        header.set_size(0);
        header.set_path("other").unwrap();
        header.set_link_name("/etc/passwd").unwrap();
        header.set_cksum();
        builder.append(&header, std::io::empty()).unwrap();
    }
    let mut header = ::tar::Header::new_gnu();
    header.set_size(2);
    builder.append_data(&mut header, "real", b"ok".as_slice()).unwrap();
    assert_eq!(files("a.tar", &builder.into_inner().unwrap()), [pair("a.tar!/real", "ok")]);
}

#[test]
fn what_inflates_without_end_is_stopped_and_told() {
    let zeros = vec![0u8; 3 << 20];
    let limits = Limits { ratio: 100, ..Limits::default() };
    for (name, bytes) in [("a.zip", zip(&[("zeros", &zeros), ("after", b"x")])), ("a.gz", gzip(&zeros))] {
        let (found, unread) = read_all(name, &bytes, &limits);
        assert!(found[0].1.len() < 3 << 20, "{name}");
        assert!(unread[0].message.contains("more than 100 times its size"), "{name}: {unread:?}");
    }
    let limits = Limits { ratio: u64::MAX, inflated: 3 << 20, file: 1 << 20, ..Limits::default() };
    let many: Vec<(String, &[u8])> = (0..5).map(|number| (format!("f{number}"), zeros.as_slice())).collect();
    let many: Vec<(&str, &[u8])> = many.iter().map(|(name, bytes)| (name.as_str(), *bytes)).collect();
    let (found, unread) = read_all("a.zip", &zip(&many), &limits);
    assert!(found.iter().map(|(_, bytes)| bytes.len()).sum::<usize>() <= 3 << 20);
    assert!(unread.iter().any(|one| one.message.contains("larger than the limit")), "{unread:?}");
    assert!(unread.iter().any(|one| one.message.contains("more than the limit")), "{unread:?}");
}

#[test]
fn a_bomb_of_zips_in_zips_is_bounded() {
    let mut bytes = zip(&[("zeros", &vec![0u8; 1 << 20])]);
    for _ in 0..4 {
        let names: Vec<String> = (0..16).map(|number| format!("{number}.zip")).collect();
        let entries: Vec<(&str, &[u8])> =
            names.iter().map(|name| (name.as_str(), bytes.as_slice())).collect();
        bytes = zip(&entries);
    }
    let limits = Limits { inflated: 512 << 20, ..Limits::default() };
    let (found, unread) = read_all("bomb.zip", &bytes, &limits);
    assert_eq!(found, []);
    assert!(unread.iter().any(|one| one.message.contains("so it is with 4088 more entries")), "{unread:?}");
}

#[test]
fn encrypted_broken_and_unsupported_ones_are_told() {
    let mut locked = zip(&[("a", b"hidden"), ("b", b"open")]);
    // The first bit of the flags in the local header and in the directory.
    locked[6] |= 1;
    let directory = memchr::memmem::find(&locked, b"PK\x01\x02").unwrap();
    locked[directory + 8] |= 1;
    let (found, unread) = read_all("a.zip", &locked, &Limits::default());
    assert_eq!(found, [("a.zip!/b".to_owned(), b"open".to_vec())]);
    assert_eq!(&*unread[0].path, "a.zip!/a");
    for (name, bytes, said) in [
        ("a.tar.xz", b"\xfd7zXZ\0rest".as_slice(), "xz archives are not read"),
        ("a.tar.bz2", b"BZh91AY&SYrest", "bzip2 archives are not read"),
        ("a.7z", b"7z\xbc\xaf\x27\x1c", "7z archives are not read"),
        ("a.zip", b"PK\x03\x04 and no more", "no zip archive"),
        ("a.gz", b"\x1f\x8b\x08", ""),
        ("a.txt", b"text", "no archive that is read"),
        ("a.zip", b"", "no archive that is read"),
    ] {
        let (found, unread) = read_all(name, bytes, &Limits::default());
        assert!(found.is_empty(), "{name}");
        assert!(unread[0].message.contains(said), "{name}: {unread:?}");
    }
    let mixed: Vec<u8> =
        (0..20_000u32).map(|number| (number.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    let whole = gzip(&tar(&[("a", b"first"), ("b", &mixed)]));
    let (found, unread) = read_all("a.tgz", &whole[..whole.len() / 2], &Limits::default());
    assert_eq!(found[0], ("a.tgz!/a".to_owned(), b"first".to_vec()));
    let told: Vec<&str> = unread.iter().map(|one| &*one.path).collect();
    assert_eq!(told, ["a.tgz", "a.tgz!/b"], "the file, and what may come after it");
}

#[test]
fn entries_over_the_limit_are_told_and_read_in_part() {
    let text: Vec<u8> = (0..3000u32).flat_map(u32::to_le_bytes).collect();
    let limits = Limits { file: 1000, ..Limits::default() };
    for bytes in [zip(&[("a", &text)]), tar(&[("a", &text)])] {
        let (found, unread) = read_all("x.tar", &bytes, &limits);
        assert_eq!(found, [("x.tar!/a".to_owned(), text[..1000].to_vec())]);
        assert_eq!(unread[0].message, "it is larger than the limit of 1000 bytes");
    }
    let few = Limits { entries: 2, ..Limits::default() };
    for bytes in [zip(&[("a", b""), ("b", b""), ("c", b"")]), tar(&[("a", b""), ("b", b""), ("c", b"")])] {
        let (_, unread) = read_all("x.tar", &bytes, &few);
        assert!(unread[0].message.contains("the limit of 2"), "{unread:?}");
    }
}

/// A well-formed archive with some bytes changed, or cut.
fn damaged() -> impl Strategy<Value = Vec<u8>> {
    let text = |text: &'static str| (text, text.as_bytes());
    let entries =
        [text("a/b.py"), text("c"), ("inner.zip", b"PK\x05\x06\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0")];
    let wholes = vec![
        zip(&entries),
        tar(&entries),
        gzip(&tar(&entries)),
        gzip(&zip(&entries)),
        zip(&[("z", &zip(&entries))]),
    ];
    let changes = proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..6);
    (prop::sample::select(wholes), changes, any::<prop::sample::Index>(), any::<bool>()).prop_map(
        |(mut bytes, changes, end, cut)| {
            for (at, byte) in changes {
                let at = at.index(bytes.len());
                bytes[at] = byte;
            }
            if cut {
                bytes.truncate(end.index(bytes.len()));
            }
            bytes
        },
    )
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_told(head in 0usize..6, bytes in proptest::collection::vec(any::<u8>(), 0..2000)) {
        let heads: [&[u8]; 6] = [b"", b"PK\x03\x04", b"PK\x05\x06", b"\x1f\x8b\x08\0", b"BZh91AY&SY", b"#!x\nPK\x03\x04"];
        let whole = [heads[head], &bytes].concat();
        read_all("x.tar", &whole, &Limits::default());
    }

    #[test]
    fn damaged_archives_end_nothing(bytes in damaged()) {
        let (_, unread) = read_all("x.tar", &bytes, &Limits::default());
        prop_assert!(unread.iter().all(|one| !one.message.contains("defect")), "{unread:?}");
    }
}

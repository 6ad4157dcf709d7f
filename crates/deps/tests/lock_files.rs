//! Lock files, installed packages and archives as real tools write them: what is read of each, and that no damage to one
//! makes reading fail or hides what it cost.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

use std::collections::BTreeSet;
use std::io::{Cursor, Write};
use tieout_deps::inputs::archive::{Limits, read_archive};
use tieout_deps::{Component, Group, IndexKind, Origin, Pin, Reading, Tree, inputs};

const PYPROJECT: &str = include_str!("locks/pyproject.toml");
const UV: &str = include_str!("locks/uv.lock");
const POETRY_1: &str = include_str!("locks/poetry1.lock");
const POETRY_2: &str = include_str!("locks/poetry2.lock");
const PDM: &str = include_str!("locks/pdm.lock");
const PYLOCK: &str = include_str!("locks/pylock.toml");
const PIPFILE: &str = include_str!("locks/Pipfile");
const PIPFILE_LOCK: &str = include_str!("locks/Pipfile.lock");
const ENVIRONMENT: &str = include_str!("locks/environment.yml");
const CONDA_LOCK: &str = include_str!("locks/conda-lock.yml");
const EXPLICIT: &str = include_str!("locks/explicit.txt");
const METADATA: &str = include_str!("locks/METADATA");

const FILES: &[(&str, &str)] = &[
    ("uv.lock", UV),
    ("poetry.lock", POETRY_1),
    ("poetry.lock", POETRY_2),
    ("pdm.lock", PDM),
    ("pylock.toml", PYLOCK),
    ("Pipfile", PIPFILE),
    ("Pipfile.lock", PIPFILE_LOCK),
    ("environment.yml", ENVIRONMENT),
    ("conda-lock.yml", CONDA_LOCK),
    ("conda-linux-64.lock", EXPLICIT),
    ("venv/a-1.0.dist-info/METADATA", METADATA),
];

fn read(files: &[(&str, &str)]) -> Reading {
    inputs::read(&Tree::of_texts(files.iter().copied()))
}

fn in_file<'r>(reading: &'r Reading, file: &str, name: &str) -> &'r Component {
    let all = reading.components.iter().filter(|one| one.name.as_str() == name && one.file_line().0 == file);
    let found: Vec<_> = all.collect();
    assert_eq!(found.len(), 1, "{name}: {found:?}");
    found[0]
}

fn of<'r>(reading: &'r Reading, name: &str) -> &'r Component {
    let found: Vec<_> = reading.components.iter().filter(|one| one.name.as_str() == name).collect();
    assert_eq!(found.len(), 1, "{name}: {found:?}");
    found[0]
}

fn chain(component: &Component) -> Vec<&str> {
    component.chain.iter().map(|name| name.as_str()).collect()
}

fn marker(component: &Component) -> Option<&str> {
    component.marker.as_ref().map(|marker| marker.text.as_str())
}

fn clean(reading: &Reading) {
    assert_eq!(reading.unaudited, [], "nothing is left unread");
}

fn sha(start: &str) -> String {
    format!("sha256:{start:0<64}")
}

#[test]
fn a_uv_lock_tells_groups_chains_conditions_and_sources() {
    let reading = read(&[("uv.lock", UV)]);
    clean(&reading);
    let names: BTreeSet<&str> = reading.components.iter().map(|one| one.name.as_str()).collect();
    assert!(!names.contains("shop") && !names.contains("worker"), "members are the project itself");
    let starlette = of(&reading, "starlette");
    assert_eq!((starlette.group.clone(), chain(starlette)), (Group::Prod, vec!["fastapi"]));
    assert_eq!(starlette.direct, Some(false));
    assert_eq!(starlette.hashes, [sha("11"), sha("22")]);
    assert_eq!(of(&reading, "fastapi").direct, Some(true));
    assert_eq!(marker(of(&reading, "colorama")), Some("sys_platform == 'win32'"));
    // An extra of a dependency pulls in what it names, and only where it is asked for.
    assert_eq!(chain(of(&reading, "httptools")), ["uvicorn"]);
    assert_eq!(of(&reading, "boto3").group, Group::Optional("aws".into()));
    assert_eq!(of(&reading, "pytest").group, Group::Dev);
    let forks = reading.components.iter().filter(|one| one.name.as_str() == "numpy");
    let told: Vec<_> = forks.map(|one| (one.written.as_str(), marker(one).unwrap())).collect();
    assert_eq!(
        told,
        [("1.26.4", "python_full_version < '3.12'"), ("2.1.0", "python_full_version >= '3.12'")]
    );
    let Origin::Vcs { url, revision, .. } = &of(&reading, "forked").origin else { panic!() };
    assert_eq!(
        (url.as_str(), revision.as_deref()),
        ("https://github.com/acme/forked", Some("0123456789abcdef"))
    );
    assert_eq!(of(&reading, "lib").origin, Origin::Path("../lib".into()));
    assert_eq!(of(&reading, "lib").pin, Pin::Any);
    assert!(reading.indexes.iter().any(|index| index.url == "https://pypi.acme.example/simple"));
    assert_eq!(of(&reading, "fastapi").file_line(), ("uv.lock", 33));
    assert_eq!(reading.runtimes.len(), 1);
}

#[test]
fn poetry_1_and_2_locks_tell_the_same() {
    for lock in [POETRY_1, POETRY_2] {
        let reading = read(&[("poetry.lock", lock), ("pyproject.toml", PYPROJECT)]);
        clean(&reading);
        let locked = |name: &str| in_file(&reading, "poetry.lock", name);
        let werkzeug = locked("werkzeug");
        assert_eq!((werkzeug.group.clone(), chain(werkzeug)), (Group::Prod, vec!["flask"]));
        assert_eq!(werkzeug.hashes.len(), 2);
        assert_eq!(locked("flask").direct, Some(true));
        assert_eq!(chain(locked("markupsafe")), ["flask", "jinja2"]);
        assert_eq!(locked("pytest").group, Group::Dev);
        assert_eq!(locked("boto3").group, Group::Optional("aws".into()));
        assert_eq!(locked("botocore").group, Group::Optional("aws".into()));
        assert_eq!(marker(locked("colorama")), Some("platform_system == \"Windows\""));
        let Origin::Vcs { revision, .. } = &locked("forked").origin else { panic!() };
        assert_eq!(revision.as_deref(), Some("0123456789abcdef"));
        assert_eq!(locked("inner").origin, Origin::Index(Some("https://pypi.acme.example/simple".into())));
        assert!(reading.indexes.iter().any(|index| index.credentials.is_some()));
    }
}

#[test]
fn a_poetry_lock_without_its_manifest_still_tells_what_it_says_itself() {
    let reading = read(&[("poetry.lock", POETRY_1)]);
    clean(&reading);
    assert_eq!(of(&reading, "pytest").group, Group::Dev);
    assert_eq!((of(&reading, "flask").group.clone(), of(&reading, "flask").direct), (Group::Prod, None));
    assert_eq!(of(&reading, "botocore").group, Group::Optional("aws".into()));
}

#[test]
fn a_pdm_lock_joins_the_entries_of_extras() {
    let reading = read(&[("pdm.lock", PDM)]);
    clean(&reading);
    let uvicorn = of(&reading, "uvicorn");
    assert_eq!(uvicorn.extras, ["standard"]);
    assert_eq!(uvicorn.group, Group::Prod);
    assert_eq!(of(&reading, "pytest").group, Group::Dev);
    assert_eq!(marker(of(&reading, "colorama")), Some("sys_platform == \"win32\""));
    assert_eq!(of(&reading, "h11").hashes.len(), 2);
}

#[test]
fn a_pylock_tells_groups_from_its_conditions() {
    let reading = read(&[("pylock.toml", PYLOCK), ("pylock.dev.toml", "lock-version = \"1.0\"\n")]);
    clean(&reading);
    assert_eq!(of(&reading, "attrs").group, Group::Prod);
    assert_eq!(of(&reading, "pytest").group, Group::Dev);
    assert_eq!(of(&reading, "boto3").group, Group::Optional("aws".into()));
    assert_eq!(chain(of(&reading, "numpy")), ["cattrs"]);
    assert!(matches!(of(&reading, "forked").origin, Origin::Vcs { .. }));
    assert_eq!(of(&reading, "local").origin, Origin::Path("./local".into()));
    assert_eq!(reading.manifests.iter().filter(|one| one.hashed).count(), 0);
}

#[test]
fn a_pipfile_and_its_lock_tell_categories_sources_and_the_python() {
    let reading = read(&[("Pipfile", PIPFILE), ("Pipfile.lock", PIPFILE_LOCK)]);
    clean(&reading);
    let locked: Vec<_> =
        reading.components.iter().filter(|one| one.file_line().0 == "Pipfile.lock").collect();
    let told: Vec<_> =
        locked.iter().map(|one| (one.name.as_str(), one.group.label(), one.direct == Some(true))).collect();
    let expected = [
        ("certifi", "prod", false),
        ("forked", "prod", true),
        ("requests", "prod", true),
        ("sphinx", "optional:docs", true),
        ("pytest", "dev", true),
    ];
    assert_eq!(told, expected.map(|(name, group, direct)| (name, group.to_owned(), direct)));
    assert_eq!(locked[2].hashes, ["sha256:".to_owned() + &"ab".repeat(32)]);
    assert_eq!(locked[2].extras, ["socks"]);
    let kinds: Vec<_> =
        reading.indexes.iter().map(|index| (index.kind, index.credentials.is_some())).collect();
    assert_eq!(kinds, [(IndexKind::Explicit, true), (IndexKind::Trusted, true)]);
    assert_eq!(reading.runtimes.len(), 1);
    assert_eq!(reading.runtimes[0].exact.as_deref(), Some("3.8.10"));
}

#[test]
fn conda_files_keep_their_origin_and_the_pip_block_is_pips() {
    let reading = read(&[("environment.yml", ENVIRONMENT), ("requirements.txt", "six==1.0\n")]);
    clean(&reading);
    assert_eq!(of(&reading, "numpy").pin, Pin::Exact("1.21.0".parse().unwrap()));
    assert!(matches!(of(&reading, "numpy").origin, Origin::Conda(Some(_))));
    assert!(matches!(of(&reading, "django").origin, Origin::Index(_)));
    assert_eq!(reading.runtimes[0].release.as_deref(), Ok("3.8"));
    let lock = read(&[("conda-lock.yml", CONDA_LOCK)]);
    clean(&lock);
    assert_eq!(marker(of(&lock, "pywin32")), Some("sys_platform == 'win32'"));
    assert!(matches!(of(&lock, "requests").origin, Origin::Index(_)));
    assert_eq!(lock.runtimes[0].exact.as_deref(), Some("3.8.10"));
    let list = read(&[("conda-linux-64.lock", EXPLICIT)]);
    clean(&list);
    assert_eq!(of(&list, "numpy").written, "1.21.0");
}

#[test]
fn a_merge_conflict_costs_the_lines_it_breaks_and_each_is_named() {
    let conflict = "<<<<<<< HEAD\nversion = \"0.100.0\"\n=======\nversion = \"0.101.0\"\n>>>>>>> other\n";
    let reading = read(&[("uv.lock", &UV.replace("version = \"0.100.0\"\n", conflict))]);
    assert_eq!(of(&reading, "starlette").written, "0.27.0");
    assert!(!reading.unaudited.is_empty());
    let lines: Vec<u32> = reading.unaudited.iter().map(|one| one.at.file_line().unwrap().1).collect();
    assert!(lines.iter().all(|line| (32..42).contains(line)), "{lines:?}");
}

#[test]
fn installed_packages_are_read_from_metadata_or_from_their_folder() {
    let direct_url = r#"{"url": "https://github.com/o/f", "vcs_info": {"vcs": "git", "commit_id": "abc"}}"#;
    let reading = read(&[
        ("venv/pyvenv.cfg", "home = /usr/bin\nversion = 3.8.10\n"),
        ("venv/a-1.0.dist-info/METADATA", METADATA),
        ("venv/a-1.0.dist-info/REQUESTED", ""),
        ("venv/b_c-2.0.dist-info/METADATA", "garbage"),
        ("venv/d-3.0.dist-info/WHEEL", "Wheel-Version: 1.0\n"),
        ("venv/e.egg-info/PKG-INFO", "Metadata-Version: 1.0\nName: e\nVersion: 0.1\n"),
        ("venv/f-1.dist-info/METADATA", "Name: f\nVersion: 1\n"),
        ("venv/f-1.dist-info/direct_url.json", direct_url),
    ]);
    clean(&reading);
    let told: Vec<_> = reading.components.iter().map(|one| format!("{} {}", one.name, one.written)).collect();
    assert_eq!(told, ["a 1.0", "b-c 2.0", "d 3.0", "e 0.1", "f 1"]);
    let a = of(&reading, "a");
    assert_eq!((a.direct, a.file_line().1), (Some(true), 3));
    assert_eq!(a.requires.iter().map(|name| name.as_str()).collect::<Vec<_>>(), ["idna", "urllib3"]);
    assert!(matches!(&of(&reading, "f").origin, Origin::Vcs { revision: Some(_), .. }));
    assert_eq!(reading.runtimes[0].exact.as_deref(), Some("3.8.10"));
}

fn zip(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        writer.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn open(path: &str, bytes: Vec<u8>, limits: &Limits) -> Reading {
    let mut out = Reading::default();
    read_archive(&path.into(), Cursor::new(bytes), limits, &mut out);
    out
}

const PLAIN: &str = "build/app.zip";

#[test]
fn an_archive_tells_its_packages_those_of_wheels_in_it_and_its_requirements() {
    let wheel = zip(&[("b-2.0.dist-info/METADATA", b"Name: b\nVersion: 2.0\n")]);
    let bytes = zip(&[
        ("python/a-1.0.dist-info/METADATA", b"Name: a\nVersion: 1.0\n"),
        ("wheels/b-2.0-py3-none-any.whl", &wheel),
        ("requirements.txt", b"c==3.0\n"),
        ("etc/../../d-4.dist-info/METADATA", b"Name: d\nVersion: 4\n"),
        ("app.py", b"import a\n"),
    ]);
    let reading = open(PLAIN, bytes, &Limits::default());
    clean(&reading);
    let told: Vec<_> = reading.components.iter().map(|one| (one.name.as_str(), one.file_line().0)).collect();
    assert_eq!(
        told,
        [
            ("d", "build/app.zip!/etc/d-4.dist-info/METADATA"),
            ("a", "build/app.zip!/python/a-1.0.dist-info/METADATA"),
            ("c", "build/app.zip!/requirements.txt"),
            ("b", "build/app.zip!/wheels/b-2.0-py3-none-any.whl!/b-2.0.dist-info/METADATA"),
        ]
    );
}

/// A tar of one file, compressed.
fn tar_gz(name: &str, body: &[u8]) -> Vec<u8> {
    let mut block = [0u8; 512];
    block[..name.len()].copy_from_slice(name.as_bytes());
    block[124..135].copy_from_slice(format!("{:011o}", body.len()).as_bytes());
    block[156] = b'0';
    block[148..156].fill(b' ');
    let sum: u32 = block.iter().map(|byte| u32::from(*byte)).sum();
    block[148..155].copy_from_slice(format!("{sum:06o}\0").as_bytes());
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(&block).unwrap();
    encoder.write_all(body).unwrap();
    encoder.write_all(&vec![0; 1024 + 512 - body.len() % 512]).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn a_source_archive_tells_its_package() {
    let bytes = tar_gz("a-1.0/PKG-INFO", b"Name: a\nVersion: 1.0\n");
    let reading = open("dist/a-1.0.tar.gz", bytes, &Limits::default());
    clean(&reading);
    assert_eq!(of(&reading, "a").file_line(), ("dist/a-1.0.tar.gz!/a-1.0/PKG-INFO", 2));
    let bytes = tar_gz("x/data.csv", b"1,2\n");
    assert_eq!(open("data.tar.gz", bytes, &Limits::default()), Reading::default());
}

#[test]
fn bombs_and_broken_archives_are_refused_and_named() {
    let big = vec![b' '; 4 << 20];
    let small = ("b-1.dist-info/METADATA", b"Name: b\nVersion: 1\n".as_slice());
    let bomb = zip(&[("a-1.dist-info/METADATA", &big), small]);
    let reading = open(PLAIN, bomb.clone(), &Limits::default());
    assert_eq!((reading.components.len(), reading.unaudited.len()), (1, 1));
    assert!(reading.unaudited[0].gap.what.contains("times its size"));
    assert_eq!(open(PLAIN, bomb.clone(), &Limits { file: 100, ..Limits::default() }).unaudited.len(), 1);
    assert_eq!(open(PLAIN, bomb.clone(), &Limits { entries: 1, ..Limits::default() }).unaudited.len(), 1);
    // The sum counts: what comes after is named too.
    assert_eq!(open(PLAIN, bomb, &Limits { inflated: 1000, ..Limits::default() }).unaudited.len(), 2);
    let mut nested = zip(&[small]);
    for _ in 0..6 {
        nested = zip(&[("n.zip", &nested)]);
    }
    let reading = open(PLAIN, nested, &Limits::default());
    assert_eq!((reading.components.len(), reading.unaudited.len()), (0, 1));
    assert_eq!(open(PLAIN, b"no zip".to_vec(), &Limits::default()).unaudited.len(), 1);
    let long = tar_gz("a-1/PKG-INFO", &big);
    // The file, and what may come after it.
    assert_eq!(open("a.tar.gz", long, &Limits { inflated: 1 << 20, ..Limits::default() }).unaudited.len(), 2);
}

/// A generator of its own, so that each run is the same.
struct Seed(u64);

impl Seed {
    fn below(&mut self, most: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % most.max(1) as u64).unwrap()
    }
}

const ODD_BYTES: &[u8] = b"\"[]{}=:,-\\#'\0\n ~9z|&";
const ODD_ENDS: [&str; 8] = ["é", "]]", "\"\"\"", " = [", "\u{202e}", "{", "- x: [", "*a"];

fn mutate(text: &str, seed: &mut Seed) -> String {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    for _ in 0..=seed.below(3) {
        let (at, other) = (seed.below(lines.len()), seed.below(lines.len()));
        match seed.below(7) {
            0 => drop(lines.remove(at)),
            1 => lines.insert(other, lines[at].clone()),
            2 => lines.swap(at, other),
            3 => lines.truncate(at.max(1)),
            4 => {
                let mut bytes = lines[at].clone().into_bytes();
                if !bytes.is_empty() {
                    let place = seed.below(bytes.len());
                    bytes[place] = ODD_BYTES[seed.below(ODD_BYTES.len())];
                }
                lines[at] = String::from_utf8_lossy(&bytes).into_owned();
            }
            5 => lines[at] = lines[at].split_inclusive(['"', '=', ':', ',']).rev().collect(),
            _ => lines[at].push_str(ODD_ENDS[seed.below(ODD_ENDS.len())]),
        }
        if lines.is_empty() {
            break;
        }
    }
    lines.join("\n")
}

/// What a lock file of TOML lists by itself: tables of packages that are not the project.
fn listed(path: &str, text: &str) -> Option<usize> {
    let table: toml::Table = text.parse().ok()?;
    let packages = table.get(if path == "pylock.toml" { "packages" } else { "package" })?.as_array()?;
    let mut seen = BTreeSet::new();
    let count = packages.iter().filter(|package| {
        let of = |key: &str| package.get(key).map(ToString::to_string).unwrap_or_default();
        let source = of("source");
        let member = source.contains("virtual") || source.contains("editable = \"worker\"");
        // pdm lists a package once more for each set of extras.
        let again =
            path == "pdm.lock" && !seen.insert(of("name").to_lowercase() + &of("version") + &of("git"));
        !(again || (path == "uv.lock" && member))
    });
    Some(count.count())
}

// Ten thousand in all; by halves, which run side by side.
#[test]
fn damaged_lock_files_lose_nothing_silently() {
    damage(Seed(0x2545_f491_4f6c_dd1d));
}

#[test]
fn otherwise_damaged_lock_files_lose_nothing_silently_either() {
    damage(Seed(0x9e37_79b9_7f4a_7c15));
}

fn damage(mut seed: Seed) {
    for round in 0..5_000 {
        let (path, text) = FILES[round % FILES.len()];
        let damaged = mutate(text, &mut seed);
        let reading = read(&[(path, &damaged)]);
        let named = |one: &tieout_deps::Unaudited| !one.what.is_empty() && one.at.file_line().is_some();
        assert!(reading.unaudited.iter().all(named), "{path}\n{damaged}");
        let toml = path.ends_with(".toml") || (path.ends_with(".lock") && text.contains("[[package]]"));
        match listed(path, &damaged) {
            Some(listed) => {
                let told = reading.components.len() + reading.unaudited.len();
                assert!(told >= listed, "{path}: {told} of {listed}\n{damaged}");
            }
            None if toml && damaged.contains("[[package") => {
                assert!(!reading.unaudited.is_empty(), "{path}\n{damaged}");
            }
            None => {}
        }
    }
}

#[test]
fn damaged_archives_are_refused_without_a_panic() {
    let metadata = ("a-1.dist-info/METADATA", b"Name: a\nVersion: 1\n".as_slice());
    let whole = zip(&[metadata, ("requirements.txt", b"b==1\n")]);
    let source = tar_gz("a-1.0/PKG-INFO", b"Name: a\nVersion: 1.0\n");
    let mut seed = Seed(77);
    for round in 0..1_000 {
        let (path, bytes) = if round % 2 == 0 { (PLAIN, &whole) } else { ("a.tar.gz", &source) };
        let mut bytes = bytes.clone();
        for _ in 0..=seed.below(4) {
            let place = seed.below(bytes.len());
            bytes[place] = u8::try_from(seed.below(256)).unwrap();
        }
        bytes.truncate(bytes.len() - seed.below(3) * seed.below(40));
        let _ = open(path, bytes, &Limits::default());
    }
}

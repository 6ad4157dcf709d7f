//! The dependencies part of a run: reading the files, finding the advisories, judging, and what of it the Assessment
//! keeps.

use crate::cli::AdvisoryArgs;
use crate::progress::Progress;
use anyhow::{Context, Result};
use std::path::{Path, PathBuf};
use std::time::Duration;
use tieout_advisories::{
    ARCHIVE_URL, Advisories, Asked, Refreshed, SourceKind, cached, embedded, from_api, open_or_build,
    refresh_if_old,
};
use tieout_aws_state::Declared;
use tieout_check::Ledger;
use tieout_deps::reach::{Code, Handler};
use tieout_deps::scanning::scanner_in_ci;
use tieout_deps::{Cx, DepsCheck, FileKind, Locks, Reading, Tree, inputs};
use tieout_lifecycle::Table;
use tieout_model::{Component, ComponentKind, Evidence, Gap, Reason};
use tieout_source::Exclude;
use time::Date;

/// The type whose handlers are known.
pub const FUNCTION: &str = "AWS::Lambda::Function";
/// The archive is looked for anew when it is older than this.
const REFRESH_AFTER: Duration = Duration::from_secs(24 * 60 * 60);
/// How long the network may take to begin to answer.
const PATIENCE: Duration = Duration::from_secs(3);
/// Advisories older than this many days are said to be old, whoever reads the report.
const OLD_DAYS: i64 = 7;

/// What was read.
pub struct Read {
    /// The files.
    pub tree: Tree,
    /// What they say.
    pub reading: Reading,
    /// The folder that paths are relative to.
    pub root: PathBuf,
}

/// What the Assessment keeps.
pub struct Judged {
    /// Every verdict.
    pub ledger: Ledger,
    /// Packages and runtimes.
    pub components: Vec<Component>,
    /// The files that say so.
    pub evidence: Vec<Evidence>,
    /// What no persona hides.
    pub notices: Vec<String>,
    /// The day of the advisories.
    pub date: Option<String>,
    /// False where there were no advisories at all.
    pub has_advisories: bool,
}

/// Reads folders, files, environments and archives; paths are relative to the one folder, or to the current one.
pub fn read(paths: &[PathBuf], exclude: &Exclude) -> Result<Read> {
    let (root, prefixed): (PathBuf, Vec<(&Path, String)>) = match paths {
        [folder] if folder.is_dir() => (folder.clone(), vec![(folder, String::new())]),
        [file] => {
            let parent = file.parent().filter(|folder| !folder.as_os_str().is_empty());
            (parent.unwrap_or(Path::new(".")).to_owned(), vec![(file, String::new())])
        }
        several => (PathBuf::from("."), several.iter().map(|path| (path.as_path(), shown(path))).collect()),
    };
    let mut tree = Tree::default();
    let mut unaudited = Vec::new();
    for (path, prefix) in prefixed {
        let (found, unread) =
            inputs::discover(path, exclude).with_context(|| format!("reading {}", path.display()))?;
        tree.absorb(&prefix, found);
        unaudited.extend(unread);
    }
    let mut reading = inputs::read(&tree);
    reading.unaudited.extend(unaudited);
    inputs::judge_markers(&mut reading, &inputs::Target::default());
    Ok(Read { tree, reading, root })
}

impl Read {
    /// What was read elsewhere than in files: the code of an account's functions.
    pub fn absorb(read: Option<Read>, code: Reading) -> Option<Read> {
        if code.is_empty() {
            return read;
        }
        let none = || Read { tree: Tree::default(), reading: Reading::default(), root: PathBuf::from(".") };
        let mut read = read.unwrap_or_else(none);
        read.reading.absorb(code);
        read.reading.manifests.sort_by(|a, b| a.path.cmp(&b.path));
        // Stable: within a file the order of its lines stays.
        read.reading.components.sort_by(|a, b| a.file_line().0.cmp(b.file_line().0));
        Some(read)
    }
}

/// Puts the user's ends of life in force, for every engine.
pub fn use_runtimes(args: &AdvisoryArgs) -> Result<()> {
    if let Some(file) = &args.runtimes {
        Table::load(file)?.put_in_force();
    }
    Ok(())
}

/// The functions of SAM and CloudFormation whose code stands in a folder beside the template, with what each reaches.
fn handlers(code: &Code, resources: &[Declared]) -> Vec<(String, Handler)> {
    let functions = resources.iter().filter(|resource| &*resource.type_name == FUNCTION);
    let handlers = functions.filter_map(|function| {
        let folder = function.properties.get("Code")?.as_text()?;
        let handler = function.properties.get("Handler")?.as_text()?;
        let (template, _) = function.at.file_line()?;
        let folder = Tree::resolve(template, folder)?;
        Some((function.local.to_string(), code.handler(&folder, handler)?))
    });
    let mut handlers: Vec<_> = handlers.collect();
    handlers.sort_by(|(a, _), (b, _)| a.cmp(b));
    handlers
}

/// The folder or file as a prefix of paths.
pub fn shown(path: &Path) -> String {
    let text = path.to_string_lossy().replace('\\', "/");
    let text = text.trim_start_matches("./").trim_end_matches('/');
    if path.is_file() {
        text.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned()
    } else {
        text.to_owned()
    }
}

/// The advisories that the flags name, with what the user must know of them; the gap where there are none.
pub fn advisories(
    args: &AdvisoryArgs,
    reading: &Reading,
    as_of: Date,
    progress: &Progress,
) -> (Result<Advisories, Gap>, Vec<String>) {
    let mut notices = Vec::new();
    let cache = tieout_advisories::cache_dir();
    let found = match (&args.advisories, &args.osv_url) {
        (Some(path), _) => open_or_build(path, cache.as_deref()).map_err(|error| {
            let help =
                "name an archive of OSV's (PyPI/all.zip), a folder of records, or leave --advisories out";
            Gap::new(Reason::Unreadable, error.to_string(), help)
        }),
        (None, Some(url)) => {
            progress.say("asking for advisories");
            Ok(from_api(url, &asked(reading)))
        }
        (None, None) => of_cache(cache.as_deref(), args.offline, progress, &mut notices),
    };
    if let Ok(advisories) = &found {
        notices.extend(notices_of(advisories, as_of));
    }
    (found, notices)
}

/// The packages to ask an API about.
fn asked(reading: &Reading) -> Vec<Asked> {
    let packages = reading.components.iter().filter_map(|component| {
        let version = component.version()?.clone().without_local().to_string();
        Some(Asked { name: component.name.to_string(), version: Some(version) })
    });
    packages.collect()
}

/// The archive of the cache, refreshed where it is old and the network answers; else what is built in.
fn of_cache(
    cache: Option<&Path>,
    offline: bool,
    progress: &Progress,
    notices: &mut Vec<String>,
) -> Result<Advisories, Gap> {
    if let Some(cache) = cache {
        if !offline {
            progress.say("looking for newer advisories");
            if let Refreshed::Failed(error) = refresh_if_old(cache, ARCHIVE_URL, REFRESH_AFTER, PATIENCE) {
                notices.push(format!("newer advisories could not be fetched: {error}"));
            }
        }
        match cached(cache) {
            Some(Ok(advisories)) => return Ok(advisories),
            Some(Err(error)) => notices.push(format!("the advisories in the cache cannot be read: {error}")),
            None => {}
        }
    }
    embedded().ok_or_else(|| {
        Gap::new(
            Reason::NotCollected,
            "advisories",
            "run `tieout advisories update`, or name an archive with --advisories",
        )
    })
}

fn notices_of(advisories: &Advisories, as_of: Date) -> Vec<String> {
    let source = advisories.source();
    let mut notices = Vec::new();
    let day = source.date.as_deref().and_then(|day| crate::plan::day(day).ok());
    let shown = source.date.as_deref().unwrap_or("an unknown day");
    match day {
        Some(day) if (as_of - day).whole_days() <= OLD_DAYS => {}
        Some(day) => notices.push(format!(
            "the advisories are {} days old ({shown}): flaws published since are not found; run `tieout advisories update`",
            (as_of - day).whole_days()
        )),
        None => notices.push("nobody can tell how old the advisories are: none of them is dated".to_owned()),
    }
    if source.kind == SourceKind::Embedded {
        notices.push(format!("the advisories are those built into tieout ({})", source.label));
    }
    notices.push(source.attribution().to_owned());
    if !source.skipped.is_empty() {
        let first: Vec<String> = source
            .skipped
            .iter()
            .take(3)
            .map(|skipped| format!("{} ({})", skipped.record, skipped.why))
            .collect();
        let more = source.skipped.len().saturating_sub(first.len());
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        notices.push(format!(
            "{} advisories could not be read: {}{more}",
            source.skipped.len(),
            first.join(", ")
        ));
    }
    notices
}

/// Judges what was read.
pub fn judge(
    read: &Read,
    advisories: Result<&Advisories, Gap>,
    checks: &[&'static DepsCheck],
    functions: &[Declared],
    as_of: Date,
) -> Judged {
    let date = advisories.as_ref().ok().and_then(|advisories| advisories.source().date.clone());
    let has_advisories = advisories.is_ok();
    let reading = &read.reading;
    let code = Code::read(&read.tree);
    let scanning = scanner_in_ci(&read.tree);
    let handlers = handlers(&code, functions);
    let code = (!code.is_empty()).then_some(&code);
    let cx = Cx {
        locks: Locks::of(reading),
        reading,
        advisories,
        code,
        handlers: &handlers,
        scanning: Some(&scanning),
        as_of,
    };
    Judged {
        ledger: tieout_deps::run(&cx, checks),
        components: components(reading, code),
        evidence: reading
            .manifests
            .iter()
            .map(|manifest| crate::assess::file_evidence(&manifest.path, &manifest.sha256))
            .collect(),
        notices: Vec::new(),
        date,
        has_advisories,
    }
}

fn components(reading: &Reading, code: Option<&Code>) -> Vec<Component> {
    // A constraint installs nothing.
    let installs = reading.components.iter().filter(|component| component.kind != FileKind::Constraints);
    let packages = installs.map(|component| {
        let (file, line) = component.file_line();
        Component {
            kind: ComponentKind::Library,
            name: component.name.to_string(),
            version: component.version().map(ToString::to_string),
            purl: component.purl(),
            group: Some(component.group.label()),
            file: file.to_owned(),
            line,
            marker: component.marker.as_ref().map(|marker| marker.text.clone()),
            marker_holds: component.marker.as_ref().map(|marker| marker.verdict.as_str().to_owned()),
            chain: component.chain.iter().map(ToString::to_string).collect(),
            requires: component.requires.iter().map(|name| format!("pkg:pypi/{name}")).collect(),
            hashes: component.hashes.clone(),
            direct: component.direct,
            rank: code.map(|code| code.rank(component, &[], reading).rank),
        }
    });
    let runtimes = reading.runtimes.iter().map(|runtime| {
        let (file, line) = runtime.at.file_line().unwrap_or_default();
        let name = runtime.product.as_str();
        let version = runtime.exact.clone().or_else(|| runtime.release.as_ref().ok().cloned());
        let purl = match &version {
            Some(version) => format!("pkg:generic/{name}@{version}"),
            None => format!("pkg:generic/{name}"),
        };
        Component {
            kind: ComponentKind::Platform,
            name: name.to_owned(),
            version,
            purl,
            group: None,
            file: file.to_owned(),
            line,
            marker: None,
            marker_holds: None,
            chain: Vec::new(),
            requires: Vec::new(),
            hashes: Vec::new(),
            direct: None,
            rank: None,
        }
    });
    let mut all: Vec<Component> = packages.chain(runtimes).collect();
    all.sort();
    all.dedup();
    all
}

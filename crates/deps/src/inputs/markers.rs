//! Whether environment markers (PEP 508) hold where the project runs: Linux, CPython, x86_64 or aarch64, and the Python that
//! the project declares. A verdict stands only if it is the same for every such environment.

use super::specifier::pin_of;
use crate::{MarkerVerdict, Pin, Product, Reading, RuntimeDeclaration};
use pep440_rs::{Version, VersionSpecifiers};
use pep508_rs::{MarkerTree, MarkerTreeKind, MarkerValueString, MarkerWarningKind};
use std::collections::BTreeMap;
use std::ops::Bound;
use std::str::FromStr;

/// Where the project runs, as far as the user says it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Target {
    /// Python releases (`3.11`, `3.11.4`); empty to take what the project declares.
    pub pythons: Vec<String>,
}

/// Versions from the first bound to the second.
type Span = (Bound<Version>, Bound<Version>);

/// The Pythons on which something may run; none where that is not known.
type Pythons = Option<Vec<Span>>;

/// Longer markers, or deeper ones, are left unknown: nobody writes them, and a text may be made to be costly.
const MAX_MARKER: usize = 4096;
const MAX_BRACKETS: usize = 64;

/// Sets the verdict of every marker. Each component is judged by the Pythons that are declared in the smallest folder
/// around its file in which any is: exact ones (`.python-version`, an image, a Lambda runtime) before ranges.
pub fn judge_markers(reading: &mut Reading, target: &Target) {
    let given: Vec<Span> = target.pythons.iter().filter_map(|release| span_of(release)).collect();
    let mut by_folder: BTreeMap<String, Pythons> = BTreeMap::new();
    let mut judged: BTreeMap<(String, String), MarkerVerdict> = BTreeMap::new();
    let runtimes = &reading.runtimes;
    for component in &mut reading.components {
        let file = component.at.file_line().map_or("", |(file, _)| file);
        let folder = file.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned();
        let Some(marker) = &mut component.marker else { continue };
        let pythons = by_folder.entry(folder.clone()).or_insert_with(|| match given.is_empty() {
            false => Some(given.clone()),
            true => declared(runtimes, &folder),
        });
        let key = (folder, marker.text.clone());
        let verdict = judged.entry(key).or_insert_with(|| judge(&marker.text, pythons.as_deref()));
        marker.verdict = *verdict;
    }
}

/// The Pythons declared in the smallest folder around `folder` in which any is.
fn declared(runtimes: &[RuntimeDeclaration], folder: &str) -> Pythons {
    let mut around = Some(folder);
    while let Some(now) = around {
        let inside = |declaration: &&RuntimeDeclaration| {
            let file = declaration.at.file_line().map_or("", |(file, _)| file);
            let python = match declaration.product {
                Product::Python => true,
                // A runtime of the user's own (`provided.al2`) says nothing of a Python.
                Product::Lambda => declaration.release.as_ref().is_ok_and(|name| name.starts_with("python")),
                _ => false,
            };
            python && (now.is_empty() || file.strip_prefix(now).is_some_and(|rest| rest.starts_with('/')))
        };
        let here: Vec<&RuntimeDeclaration> = runtimes.iter().filter(inside).collect();
        if !here.is_empty() {
            let exact: Vec<&&RuntimeDeclaration> =
                here.iter().filter(|declaration| !is_range(declaration)).collect();
            let taken = if exact.is_empty() { here.iter().collect() } else { exact };
            let spans: Option<Vec<Vec<Span>>> =
                taken.into_iter().map(|declaration| spans_of(declaration)).collect();
            return spans.map(|spans| spans.into_iter().flatten().collect());
        }
        around = match now {
            "" => None,
            now => Some(now.rsplit_once('/').map_or("", |(outer, _)| outer)),
        };
    }
    None
}

/// True for a specifier; an image, a pin and a managed runtime say one version.
fn is_range(declaration: &RuntimeDeclaration) -> bool {
    declaration.at_least
}

fn spans_of(declaration: &RuntimeDeclaration) -> Option<Vec<Span>> {
    if let Some(span) = declaration.exact.as_deref().and_then(span_of) {
        return Some(vec![span]);
    }
    let release = declaration.release.as_ref().ok()?;
    if !declaration.at_least {
        return span_of(release.strip_prefix("python").unwrap_or(release)).map(|span| vec![span]);
    }
    let least = span_of(release)?.0;
    // The upper bound stands in the specifier only; one of poetry's is not read here, and then all later ones count.
    let most = match pin_of(&declaration.written) {
        Pin::Range(specifiers) => upper(&specifiers),
        _ => Bound::Unbounded,
    };
    Some(vec![(least, most)])
}

fn upper(specifiers: &VersionSpecifiers) -> Bound<Version> {
    use pep440_rs::Operator::{LessThan, LessThanEqual};
    let uppers = specifiers.iter().filter(|one| matches!(one.operator(), LessThan | LessThanEqual));
    let least = uppers.min_by(|a, b| a.version().cmp(b.version()));
    match least {
        Some(one) if *one.operator() == LessThan => Bound::Excluded(one.version().clone()),
        Some(one) => Bound::Included(one.version().clone()),
        None => Bound::Unbounded,
    }
}

/// `3.8` as all its patches, `3.8.10` as itself.
fn span_of(release: &str) -> Option<Span> {
    let version = Version::from_str(release).ok()?;
    match version.release() {
        [major, minor] => Some((
            Bound::Included(Version::new([*major, *minor])),
            Bound::Excluded(Version::new([*major, minor.checked_add(1)?])),
        )),
        [_, _, ..] => Some((Bound::Included(version.clone()), Bound::Included(version))),
        _ => None,
    }
}

/// True where a text stands before `~=`: of names that are no versions the parser panics there, and reads no marker after it.
fn has_reversed_tilde(text: &str) -> bool {
    text.match_indices("~=")
        .any(|(at, _)| text.get(..at).is_some_and(|before| before.trim_end().ends_with(['\'', '"'])))
}

/// The verdict of one marker.
fn judge(text: &str, pythons: Option<&[Span]>) -> MarkerVerdict {
    if has_reversed_tilde(text) {
        return MarkerVerdict::Unknown;
    }
    if text.len() > MAX_MARKER || text.bytes().filter(|byte| *byte == b'(').count() > MAX_BRACKETS {
        return MarkerVerdict::Unknown;
    }
    // What the parser warns of it leaves out: then the rest is not the marker.
    let mut left_out = false;
    let mut reporter = |kind: MarkerWarningKind, _: String| {
        left_out |= !matches!(kind, MarkerWarningKind::DeprecatedMarkerName);
    };
    let Ok(tree) = MarkerTree::parse_reporter(text, &mut reporter) else { return MarkerVerdict::Unknown };
    if left_out {
        return MarkerVerdict::Unknown;
    }
    let mut reached = Reached::default();
    reach(&tree, pythons, &mut reached, 0);
    match (reached.holds, reached.fails) {
        (true, false) => MarkerVerdict::Holds,
        (false, true) => MarkerVerdict::Never,
        _ => MarkerVerdict::Unknown,
    }
}

#[derive(Default)]
struct Reached {
    holds: bool,
    fails: bool,
}

/// Which ends of the decision diagram are reached from some environment. Each variable is asked once on a way, so that
/// the variables can be looked at one by one.
fn reach(tree: &MarkerTree, pythons: Option<&[Span]>, reached: &mut Reached, depth: usize) {
    if (reached.holds && reached.fails) || depth > 256 {
        (reached.holds, reached.fails) = (true, true);
        return;
    }
    match tree.kind() {
        MarkerTreeKind::True => reached.holds = true,
        MarkerTreeKind::False => reached.fails = true,
        MarkerTreeKind::Version(node) => {
            use pep508_rs::MarkerValueVersion::{ImplementationVersion, PythonFullVersion, PythonVersion};
            let known = match node.key() {
                // CPython's own version is its Python's.
                PythonFullVersion | PythonVersion | ImplementationVersion => pythons,
            };
            for (range, next) in node.edges() {
                let met = known.is_none_or(|spans| {
                    range.iter().any(|(from, to)| spans.iter().any(|span| overlap((from, to), span)))
                });
                if met {
                    reach(&next, pythons, reached, depth + 1);
                }
            }
        }
        MarkerTreeKind::String(node) => {
            let values = values(node.key());
            for (range, next) in node.children() {
                if values.is_none_or(|values| values.iter().any(|value| range.contains(&(*value).to_owned())))
                {
                    reach(&next, pythons, reached, depth + 1);
                }
            }
        }
        MarkerTreeKind::In(node) => {
            let values = values(node.key());
            let list = node.value();
            for (met, next) in node.children() {
                if values.is_none_or(|values| values.iter().any(|value| list.contains(value) == met)) {
                    reach(&next, pythons, reached, depth + 1);
                }
            }
        }
        MarkerTreeKind::Contains(node) => {
            let values = values(node.key());
            let part = node.value();
            for (met, next) in node.children() {
                if values.is_none_or(|values| values.iter().any(|value| value.contains(part) == met)) {
                    reach(&next, pythons, reached, depth + 1);
                }
            }
        }
        MarkerTreeKind::Extra(node) => {
            for (_, next) in node.children() {
                reach(&next, pythons, reached, depth + 1);
            }
        }
    }
}

/// What a variable may be where the project runs; `None` where that is open.
fn values(key: &MarkerValueString) -> Option<&'static [&'static str]> {
    use MarkerValueString as Key;
    match key {
        Key::ImplementationName => Some(&["cpython"]),
        Key::OsName | Key::OsNameDeprecated => Some(&["posix"]),
        Key::PlatformMachine | Key::PlatformMachineDeprecated => Some(&["x86_64", "aarch64"]),
        Key::PlatformPythonImplementation
        | Key::PlatformPythonImplementationDeprecated
        | Key::PythonImplementationDeprecated => Some(&["CPython"]),
        Key::PlatformSystem => Some(&["Linux"]),
        Key::SysPlatform | Key::SysPlatformDeprecated => Some(&["linux"]),
        Key::PlatformRelease | Key::PlatformVersion | Key::PlatformVersionDeprecated => None,
    }
}

/// True where two spans share a release of Python. Between `3.8` and the development versions of `3.8.0` lies none.
fn overlap(a: (&Bound<Version>, &Bound<Version>), b: &Span) -> bool {
    before(a.0, &b.1) && before(&b.0, a.1)
}

/// True where what starts at `from` has something before the end `to`.
fn before(from: &Bound<Version>, to: &Bound<Version>) -> bool {
    match (from, to) {
        (Bound::Unbounded, _) | (_, Bound::Unbounded) => true,
        (Bound::Included(from), Bound::Included(to)) => from <= to,
        (Bound::Included(from) | Bound::Excluded(from), Bound::Included(to) | Bound::Excluded(to)) => {
            from < to
        }
    }
}

#[cfg(test)]
mod tests {
    use super::MarkerVerdict::{Holds, Never, Unknown};
    use super::*;
    use crate::inputs::specifier::python;
    use crate::{Component, FileKind, Marker};
    use proptest::prelude::*;
    use tieout_model::{Place, Position};

    fn on(release: &str, text: &str) -> MarkerVerdict {
        judge(text, span_of(release).map(|span| vec![span]).as_deref())
    }

    #[test]
    fn a_marker_is_judged_where_every_environment_agrees() {
        for (text, verdict) in [
            ("sys_platform == 'win32'", Never),
            ("sys_platform != 'win32'", Holds),
            ("'linux' in sys_platform", Holds),
            ("sys_platform in 'linux darwin'", Holds),
            ("os_name == 'nt' or platform_system == 'Linux'", Holds),
            ("platform_machine == 'x86_64'", Unknown),
            ("platform_machine == 'x86_64' or platform_machine == 'aarch64'", Holds),
            ("platform_machine == 'arm64'", Never),
            ("implementation_name == 'pypy'", Never),
            ("platform_python_implementation != 'PyPy'", Holds),
            ("extra == 'x'", Unknown),
            ("extra == 'x' and sys_platform == 'win32'", Never),
            ("platform_release >= '5'", Unknown),
            ("python_version < '3.8'", Never),
            ("python_version < '3.9'", Holds),
            ("python_version == '3.8'", Holds),
            ("python_full_version >= '3.8.5'", Unknown),
            ("python_full_version < '3.8.0'", Never),
            ("python_version in '3.7 3.8'", Holds),
            ("python_version not in '3.7 3.8'", Never),
            ("python_version not in '3.7, 3.8'", Unknown),
            ("python_version ~= '3.7'", Holds),
            ("python_version < '3.8' or python_version >= '3.8'", Holds),
            ("python_version > '3.8' and sys_platform == 'linux'", Never),
            ("nonsense", Unknown),
            ("python_version < 'x'", Unknown),
            ("nonsense == 'a' or sys_platform == 'linux'", Unknown),
        ] {
            assert_eq!(on("3.8", text), verdict, "{text}");
        }
        assert_eq!(on("3.8.4", "python_full_version >= '3.8.5'"), Never);
        assert_eq!(on("3.10", "python_version < '3.9'"), Never);
        assert_eq!(judge("python_version < '3.8'", None), Unknown);
        assert_eq!(judge("python_version < '3.8' or python_version >= '3.8'", None), Holds);
    }

    #[test]
    fn the_pythons_of_the_smallest_folder_around_count_and_exact_ones_before_ranges() {
        let at = |file: &str| Place::text(&file.into(), Position::START, Position::START);
        let runtime = |written: &str, file: &str| python(written, &pin_of(written), "x", at(file)).unwrap();
        let component = |file: &str, marker: &str| {
            let mut component = Component::new("a", FileKind::Requirements, at(file));
            component.marker = Some(Marker { text: marker.into(), verdict: Unknown });
            component
        };
        let mut reading = Reading {
            runtimes: vec![
                runtime(">=3.7,<3.10", "pyproject.toml"),
                runtime("==3.8.*", "docker/Dockerfile"),
                runtime(">=3.7,<3.10", "other/pyproject.toml"),
            ],
            components: vec![
                component("requirements.txt", "python_version < '3.8'"),
                component("other/requirements.txt", "python_version < '3.8'"),
                component("other/requirements.txt", "python_version >= '3.10'"),
                component("api/requirements.txt", "python_version == '3.8'"),
            ],
            ..Reading::default()
        };
        let verdicts = |reading: &Reading| -> Vec<MarkerVerdict> {
            reading.components.iter().map(|c| c.marker.as_ref().unwrap().verdict).collect()
        };
        judge_markers(&mut reading, &Target::default());
        assert_eq!(verdicts(&reading), [Never, Unknown, Never, Holds]);
        judge_markers(&mut reading, &Target { pythons: vec!["3.7".into()] });
        assert_eq!(verdicts(&reading), [Holds, Holds, Never, Never]);
    }

    #[test]
    fn a_text_before_the_compatible_operator_is_unknown_and_the_next_marker_is_judged() {
        assert_eq!(on("3.8", "'linux' ~= sys_platform"), Unknown);
        assert_eq!(on("3.8", "os_name == 'nt' or \"x\"~=os_name"), Unknown);
        assert_eq!(on("3.8", "sys_platform == 'linux'"), Holds);
        assert_eq!(on("3.8", "python_version ~= '3.8'"), Holds);
    }

    proptest! {
        #[test]
        fn no_marker_panics(text in "((python_version|sys_platform|extra|os_name| and | or |not in|in|==|<|>=|~=|\\(|\\)|'[0-9a-z. ]{0,6}'| ){0,14}|\\PC{0,20})") {
            let _ = on("3.8", &text);
        }
    }
}

//! All imports and uses of other packages' names in the project's code, ordered by name.

use std::collections::{BTreeMap, HashSet};
use tieout_model::Place;
use tieout_python_syntax::Project;

/// How a name is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum How {
    /// Called, or handed on.
    Used,
    /// Imported by a framework that is told its name in a setting, or by `import_module`.
    Named,
    /// Imported.
    Imported,
    /// Imported for type checkers alone.
    Typing,
}

/// The first use of a name in a file, in one way.
#[derive(Debug)]
pub(super) struct Use {
    pub(super) name: String,
    pub(super) file: usize,
    pub(super) how: How,
    pub(super) called: bool,
    /// What the arguments of the call stand for.
    pub(super) given: Vec<String>,
    pub(super) at: Place,
}

/// Uses, sorted by name, then file.
#[derive(Debug, Default)]
pub(super) struct Uses {
    sorted: Vec<Use>,
    /// First parts of the names, by themselves folded as package names are.
    tops: BTreeMap<String, Vec<String>>,
    /// For each file whether it is development code.
    dev: Vec<bool>,
    /// For each file the methods that are called on things of the project's own: `Order.objects.order_by(…)`.
    methods: Vec<BTreeMap<String, Place>>,
}

impl Uses {
    pub(super) fn of(project: &Project) -> Uses {
        let mut uses = Uses::default();
        for (number, file) in project.files().iter().enumerate() {
            uses.dev.push(is_dev(&file.path));
            let mut seen = HashSet::new();
            for import in file.names.imports.iter().filter(|import| project.is_outside(number, import)) {
                let how = match import.when {
                    when if when.typing => How::Typing,
                    when if when.dynamic => How::Named,
                    _ => How::Imported,
                };
                if seen.insert((import.name.as_str(), how)) {
                    let at = import.at.clone();
                    uses.sorted.push(Use {
                        name: import.name.clone(),
                        file: number,
                        how,
                        called: false,
                        given: Vec::new(),
                        at,
                    });
                }
            }
            let mut referred: HashSet<(&str, bool, &[String])> = HashSet::new();
            let mut methods = BTreeMap::new();
            for used in &file.names.references {
                if !referred.insert((&used.name, used.called, &used.given)) {
                    continue;
                }
                let outside = project.outside(number, &used.name);
                if let ([], true, Some((_, method))) = (&*outside, used.called, used.name.rsplit_once('.')) {
                    methods.entry(method.to_owned()).or_insert_with(|| used.at.clone());
                }
                for name in outside {
                    let given = used.given.iter().flat_map(|given| project.outside(number, given)).collect();
                    let (called, at) = (used.called, used.at.clone());
                    uses.sorted.push(Use { name, file: number, how: How::Used, called, given, at });
                }
            }
            uses.methods.push(methods);
        }
        // A call is better evidence than a mention.
        uses.sorted.sort_by(|a, b| {
            (&a.name, a.file, a.how, !a.called, &a.at).cmp(&(&b.name, b.file, b.how, !b.called, &b.at))
        });
        for used in &uses.sorted {
            let top = used.name.split('.').next().unwrap_or_default();
            let known = uses.tops.entry(crate::PackageName::new(top).to_string()).or_default();
            if known.last().is_none_or(|last| last != top) {
                known.push(top.to_owned());
            }
        }
        uses
    }

    /// The uses of a name and of what is below it.
    pub(super) fn of_name<'u>(&'u self, name: &str) -> impl Iterator<Item = &'u Use> + use<'u> {
        let from = self.sorted.partition_point(|used| used.name.as_str() < name);
        let same = self.sorted.get(from..).unwrap_or_default();
        let same = same.get(..same.partition_point(|used| used.name == name)).unwrap_or_default();
        let (below, after) = (format!("{name}."), format!("{name}/"));
        let from = self.sorted.partition_point(|used| used.name < below);
        let rest = self.sorted.get(from..).unwrap_or_default();
        let rest = rest.get(..rest.partition_point(|used| used.name < after)).unwrap_or_default();
        same.iter().chain(rest)
    }

    /// The first parts of names that are a package's name, but for case, `_` and `-`.
    pub(super) fn tops_folding_to(&self, package: &str) -> &[String] {
        self.tops.get(package).map_or(&[], Vec::as_slice)
    }

    /// Where a file calls a method on something of the project's own.
    pub(super) fn own_method(&self, file: usize, method: &str) -> Option<&Place> {
        self.methods.get(file)?.get(method)
    }

    pub(super) fn is_dev(&self, file: usize) -> bool {
        self.dev.get(file).copied().unwrap_or(false)
    }
}

/// True for tests, documentation and build scripts.
fn is_dev(path: &str) -> bool {
    const FOLDERS: &[&str] =
        &["test", "tests", "testing", "docs", "doc", "examples", "benchmarks", "e2e", "integration_tests"];
    const FILES: &[&str] = &["conftest.py", "setup.py", "noxfile.py", "tests.py", "fabfile.py"];
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    folder.split('/').any(|part| FOLDERS.contains(&part))
        || FILES.contains(&name)
        || name.starts_with("test_")
        || name.ends_with("_test.py")
}

//! Which lock file or installation settles the version of a package that a manifest leaves open. A lock file speaks for
//! the manifests of its own folder and of those below it (workspaces).

use crate::{Component, FileKind, PackageName, Reading};
use std::collections::HashMap;

/// The locked and installed packages by name.
#[derive(Debug, Default)]
pub struct Locks<'a> {
    by_name: HashMap<&'a PackageName, Vec<(&'a str, &'a Component)>>,
    /// Pins in requirements files.
    pins: HashMap<&'a PackageName, Vec<&'a Component>>,
}

impl<'a> Locks<'a> {
    /// The locks of a reading.
    pub fn of(reading: &'a Reading) -> Locks<'a> {
        let mut by_name: HashMap<_, Vec<_>> = HashMap::new();
        for component in reading.components.iter().filter(|component| settles(component)) {
            by_name
                .entry(&component.name)
                .or_default()
                .push((home(component.file_line().0, component.kind), component));
        }
        let mut pins: HashMap<_, Vec<_>> = HashMap::new();
        for component in &reading.components {
            if component.kind == FileKind::Requirements && component.version().is_some() {
                pins.entry(&component.name).or_default().push(component);
            }
        }
        Locks { by_name, pins }
    }

    /// What settles a package that a manifest names: the nearest lock file at or above its folder, lock files before
    /// installations; for `requirements.in` the `requirements.txt` beside it that was compiled from it.
    pub fn settling(&self, component: &Component) -> Option<&'a Component> {
        let file = component.file_line().0;
        if let Some(stem) = file.strip_suffix(".in") {
            let compiled = |other: &&&Component| other.file_line().0.strip_suffix(".txt") == Some(stem);
            if let Some(pin) = self.pins.get(&component.name).and_then(|pins| pins.iter().find(compiled)) {
                return Some(pin);
            }
        }
        let folder = home(file, component.kind);
        self.by_name
            .get(&component.name)?
            .iter()
            .filter(|(home, other)| is_at_or_above(home, folder) && other.file_line().0 != file)
            .max_by_key(|(home, other)| (other.kind != FileKind::Installed, home.len()))
            .map(|(_, other)| *other)
    }
}

fn settles(component: &Component) -> bool {
    component.kind.is_lock() && component.kind != FileKind::Archive
}

/// The folder that a file speaks for: its own; for an installed package that of the environment; in an archive only
/// the archive.
fn home(file: &str, kind: FileKind) -> &str {
    if let Some(end) = file.find("!/") {
        return file.get(..=end).unwrap_or_default();
    }
    let folder = |path: &str| path.rfind('/').unwrap_or(0);
    if kind != FileKind::Installed {
        return file.get(..folder(file)).unwrap_or_default();
    }
    // …/.venv/lib/python3.12/site-packages/NAME.dist-info/METADATA, …/build/NAME.dist-info/METADATA
    let packages = file.rsplitn(3, '/').last().unwrap_or_default();
    let environment = packages.find("/lib/").map_or(packages, |end| packages.get(..end).unwrap_or_default());
    environment.get(..folder(environment)).unwrap_or_default()
}

fn is_at_or_above(upper: &str, lower: &str) -> bool {
    upper.is_empty() || lower == upper || lower.strip_prefix(upper).is_some_and(|rest| rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_environment_speaks_for_the_folder_that_it_stands_in() {
        let installed = |file| home(file, FileKind::Installed);
        assert_eq!(installed("api/.venv/lib/python3.12/site-packages/a-1.dist-info/METADATA"), "api");
        assert_eq!(installed(".venv/lib/python3.12/site-packages/a-1.dist-info/METADATA"), "");
        assert_eq!(installed("api/build/a-1.dist-info/METADATA"), "api");
        assert_eq!(home("api/uv.lock", FileKind::UvLock), "api");
        assert_eq!(home("uv.lock", FileKind::UvLock), "");
    }

    #[test]
    fn what_is_in_an_archive_settles_nothing_outside_of_it() {
        let function = "arn:aws:lambda:eu-west-1:123456789012:function:orders!";
        assert_eq!(home(&format!("{function}/a-1.dist-info/METADATA"), FileKind::Installed), function);
        assert_eq!(home(&format!("{function}/requirements.txt"), FileKind::Requirements), function);
        assert_eq!(
            home("build/app.zip!/python/a-1.dist-info/METADATA", FileKind::Installed),
            "build/app.zip!"
        );
    }

    #[test]
    fn a_folder_with_a_longer_name_is_not_below() {
        assert!(is_at_or_above("api", "api/sub") && is_at_or_above("", "x") && is_at_or_above("api", "api"));
        assert!(!is_at_or_above("api", "api2") && !is_at_or_above("api/sub", "api"));
    }
}

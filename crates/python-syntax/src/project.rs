//! The modules of a project: which file a dotted name is, which files an entry point reaches, and which names of other
//! packages each uses, followed through the project's own modules. Where Python's search path is not told (it never is),
//! a name that may be the project's own or another package's is taken for both.

use crate::names::{Import, Names, names};
use crate::parse;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};
use std::sync::Arc;
use tieout_model::Place;

/// Hops through re-exports that are followed.
const MAX_HOPS: usize = 16;

/// A file of the project.
#[derive(Debug)]
pub struct File {
    /// Relative to the audited root.
    pub path: Arc<str>,
    /// What it imports and uses.
    pub names: Names,
}

/// One import on the way from an entry point.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// The module that is imported, as written.
    pub name: String,
    /// The import.
    pub at: Place,
}

/// A file at which something starts: a handler, a script.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry(usize);

/// What an entry point reaches.
#[derive(Debug, Default)]
pub struct Reached {
    /// Files by their number in [`Project::files`], each with the file and import that led to it; `None` for the entry.
    came_from: BTreeMap<usize, Option<(usize, Step)>>,
}

/// The modules of a project.
#[derive(Debug, Default)]
pub struct Project {
    files: Vec<File>,
    /// By path without `.py` and `/__init__.py`.
    modules: HashMap<String, Vec<usize>>,
    /// Folders with Python files in them or below.
    folders: HashSet<String>,
    /// Folders that are regular packages.
    packages: HashSet<String>,
    /// Every name that a module or folder has: a name that is none of these is not the project's.
    stems: HashSet<String>,
    /// For the first part of a dotted name the folders in which it is, that are no packages themselves.
    tops: BTreeMap<String, BTreeSet<String>>,
}

struct Located {
    /// The packages on the way and the module itself.
    files: Vec<usize>,
    /// How many parts of the name that took.
    parts: usize,
    /// False where another package may be meant all the same.
    sure: bool,
}

impl Project {
    /// Reads the files (path and text), in parallel.
    pub fn read(sources: &[(Arc<str>, Arc<str>)]) -> Project {
        let threads = std::thread::available_parallelism().map_or(1, usize::from).min(sources.len().max(1));
        let share = sources.len().div_ceil(threads).max(1);
        let mut files = Vec::with_capacity(sources.len());
        std::thread::scope(|scope| {
            let read = |share: &[(Arc<str>, Arc<str>)]| share.iter().map(read_file).collect::<Vec<_>>();
            let workers: Vec<_> =
                sources.chunks(share).map(|share| (share, scope.spawn(move || read(share)))).collect();
            for (share, worker) in workers {
                files.extend(worker.join().unwrap_or_else(|_| share.iter().map(broken_file).collect()));
            }
        });
        Project::of_files(files)
    }

    fn of_files(mut files: Vec<File>) -> Project {
        files.sort_by(|a, b| a.path.cmp(&b.path));
        let mut project = Project::default();
        for (number, file) in files.iter().enumerate() {
            let stem = file.path.strip_suffix(".py").unwrap_or(&file.path);
            let module = match stem.strip_suffix("__init__") {
                Some(folder) if folder.is_empty() || folder.ends_with('/') => {
                    let folder = folder.trim_end_matches('/').to_owned();
                    project.packages.insert(folder.clone());
                    folder
                }
                _ => stem.to_owned(),
            };
            let mut folder = folder_of(&file.path);
            while !folder.is_empty() && project.folders.insert(folder.to_owned()) {
                folder = folder_of(folder);
            }
            project.modules.entry(module).or_default().push(number);
        }
        for name in project.modules.keys().chain(&project.folders) {
            let (folder, last) = name.rsplit_once('/').unwrap_or(("", name));
            project.stems.insert(last.to_owned());
            if folder.is_empty() || !project.packages.contains(folder) {
                project.tops.entry(last.to_owned()).or_default().insert(folder.to_owned());
            }
        }
        project.files = files;
        project
    }

    /// The files, sorted by path.
    pub fn files(&self) -> &[File] {
        &self.files
    }

    /// The entry point of a handler (`app.main`, `src/app.handler`): its module, seen from the folder of its code (`""` for
    /// the root). `None` where no file of the project is it.
    pub fn entry(&self, folder: &str, handler: &str) -> Option<Entry> {
        let (module, _function) = handler.rsplit_once('.')?;
        let path = join(folder.trim_matches('/'), &module.replace('.', "/"));
        self.modules.get(&path).and_then(|files| files.first()).map(|file| Entry(*file))
    }

    /// The entry point that is a file, by its path.
    pub fn entry_file(&self, path: &str) -> Option<Entry> {
        self.files.binary_search_by(|file| (*file.path).cmp(path)).ok().map(Entry)
    }

    /// Which files run when an entry point does, over imports that happen at run time.
    pub fn reached(&self, entry: Entry) -> Reached {
        let mut reached = Reached::default();
        let mut queue = VecDeque::from([entry.0]);
        reached.came_from.insert(entry.0, None);
        while let Some(number) = queue.pop_front() {
            let Some(file) = self.files.get(number) else { continue };
            for import in file.names.imports.iter().filter(|import| !import.when.typing) {
                let Some(located) = self.locate(number, &import.name) else { continue };
                for next in located.files {
                    if let std::collections::btree_map::Entry::Vacant(new) = reached.came_from.entry(next) {
                        let step = Step { name: import.name.clone(), at: import.at.clone() };
                        new.insert(Some((number, step)));
                        queue.push_back(next);
                    }
                }
            }
        }
        reached
    }

    /// The dotted names of other packages that an import or use of one file may mean.
    pub fn outside(&self, file: usize, name: &str) -> Vec<String> {
        let mut found = Vec::new();
        let mut seen = HashSet::new();
        self.follow(file, name.to_owned(), 0, &mut seen, &mut found);
        found
    }

    /// True where an import is of another package, or may be.
    pub fn is_outside(&self, file: usize, import: &Import) -> bool {
        !import.name.starts_with('.') && self.locate(file, &import.name).is_none_or(|located| !located.sure)
    }

    fn follow(
        &self,
        file: usize,
        name: String,
        hops: usize,
        seen: &mut HashSet<(usize, String)>,
        found: &mut Vec<String>,
    ) {
        let located = self.locate(file, &name);
        if !name.starts_with('.')
            && located.as_ref().is_none_or(|located| !located.sure)
            && !found.contains(&name)
        {
            found.push(name.clone());
        }
        let Some(located) = located else { return };
        if hops >= MAX_HOPS || !seen.insert((file, name.clone())) {
            return;
        }
        let Some((number, module)) =
            located.files.last().and_then(|last| Some((*last, self.files.get(*last)?)))
        else {
            return;
        };
        let mut rest = parts_of(&name).skip(located.parts);
        let Some(first) = rest.next() else { return };
        let rest: String = rest.flat_map(|part| [".", part]).collect();
        if let Some(origins) = module.names.exports.get(first) {
            for origin in origins {
                self.follow(number, format!("{origin}{rest}"), hops + 1, seen, found);
            }
            return;
        }
        for star in &module.names.stars {
            let dot = if star.ends_with('.') { "" } else { "." };
            self.follow(number, format!("{star}{dot}{first}{rest}"), hops + 1, seen, found);
        }
    }

    /// The file that a dotted name leads to, seen from another.
    fn locate(&self, from: usize, name: &str) -> Option<Located> {
        let here = folder_of(&self.files.get(from)?.path);
        let dots = name.bytes().take_while(|byte| *byte == b'.').count();
        if dots > 0 {
            let mut folder = here;
            for _ in 1..dots {
                if folder.is_empty() {
                    return None;
                }
                folder = folder_of(folder);
            }
            let package = self.modules.get(folder).into_iter().flatten().copied().collect();
            return Some(self.descend(folder, name, package, true));
        }
        let first = parts_of(name).next()?;
        if !self.stems.contains(first) {
            return None;
        }
        let found = self.roots(here).find_map(|root| {
            let top = join(&root, first);
            (self.modules.contains_key(&top) || self.folders.contains(&top)).then_some(root)
        });
        let (root, near) = match found {
            Some(root) => (root, true),
            None => (self.tops.get(first)?.first()?.clone(), false),
        };
        // A regular package or module at the root shadows every other. In another folder it does so only if that folder is
        // on the path, and a folder without modules yields to any regular package.
        let regular = self.modules.contains_key(&join(&root, first));
        let at_root = matches!(&*root, "" | "src" | "lib" | "python");
        let located = self.descend(&root, name, Vec::new(), near && regular && at_root);
        // A module does not import itself: `requests.py` that imports requests means the package.
        (located.files.last() != Some(&from)).then_some(located)
    }

    fn descend(&self, root: &str, name: &str, mut files: Vec<usize>, sure: bool) -> Located {
        let mut path = root.to_owned();
        let mut parts = 0;
        for part in parts_of(name) {
            let next = join(&path, part);
            match self.modules.get(&next) {
                Some(modules) => files.extend(modules),
                None if self.folders.contains(&next) => {}
                None => break,
            }
            path = next;
            parts += 1;
        }
        Located { files, parts, sure }
    }

    /// Where a file's absolute imports are looked for: the folders above it that are no packages (a script's own folder, the
    /// root of an application or of a function's code), and their `src`, `lib` and `python` (a layer's).
    fn roots<'p>(&'p self, folder: &'p str) -> impl Iterator<Item = String> + 'p {
        let above =
            std::iter::successors(Some(folder), |folder| (!folder.is_empty()).then(|| folder_of(folder)));
        above
            .filter(|folder| folder.is_empty() || !self.packages.contains(*folder))
            .flat_map(|folder| ["", "src", "lib", "python"].map(|below| join(folder, below)))
    }
}

impl Reached {
    /// The numbers of the files, in order.
    pub fn files(&self) -> impl Iterator<Item = usize> + '_ {
        self.came_from.keys().copied()
    }

    /// True for a file that is reached.
    pub fn has(&self, file: usize) -> bool {
        self.came_from.contains_key(&file)
    }

    /// The imports that lead from the entry point to a file.
    pub fn chain(&self, file: usize) -> Vec<Step> {
        let mut steps = Vec::new();
        let mut at = file;
        while let Some(Some((from, step))) = self.came_from.get(&at) {
            steps.push(step.clone());
            at = *from;
        }
        steps.reverse();
        steps
    }
}

fn read_file((path, text): &(Arc<str>, Arc<str>)) -> File {
    File { path: path.clone(), names: names(&parse(path, text)) }
}

/// A file at which the parser failed in a way that it never should.
fn broken_file((path, _): &(Arc<str>, Arc<str>)) -> File {
    File { path: path.clone(), names: Names { broken: true, ..Names::default() } }
}

fn parts_of(name: &str) -> impl Iterator<Item = &str> {
    name.split('.').filter(|part| !part.is_empty())
}

fn folder_of(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

fn join(folder: &str, name: &str) -> String {
    match (folder, name) {
        ("", name) => name.to_owned(),
        (folder, "") => folder.to_owned(),
        (folder, name) => format!("{folder}/{name}"),
    }
}

//! Reads how a project's own code configures its TLS clients: contexts, sessions and calls whose settings the code states, by
//! file and line, in a closed vocabulary ([`vocabulary`]) that the probe can build anew. What only running tells is a gap at
//! its place. Nothing is run or imported here, and what a configuration accepts is for the probe to see.

mod calls;
mod evaluate;
mod scopes;
mod state;
mod tables;
#[cfg(test)]
mod tests;
pub mod vocabulary;
mod walk;

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use tieout_model::{Gap, Place, Reason};
use tieout_python_syntax::parse;
use tieout_source::{WalkOptions, read_text, walk};
use vocabulary::Configuration;
use walk::{Found, Reader};

/// Room for the deepest code that is followed, in bytes.
const STACK: usize = 64 * 1024 * 1024;

/// Libraries of which a file names one if it configures TLS.
const LIBRARIES: &[&str] =
    &["ssl", "SSL", "requests", "httpx", "aiohttp", "urllib", "http.client", "httplib", "boto"];

/// A client as the project's code configures it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stated {
    /// Where: the client first, then its settings.
    pub places: Vec<Place>,
    /// How.
    pub configuration: Configuration,
    /// What is in the code and not built anew, since the probe has its own: authorities, the client's certificate.
    pub ignored: BTreeSet<&'static str>,
    /// Whether it is in a test.
    pub test: bool,
}

/// What a project's code says of its TLS clients.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Code {
    /// The clients, by place.
    pub stated: Vec<Stated>,
    /// What is not known, in the code of the backend.
    pub gaps: Vec<Gap>,
    /// What is not known, in tests: it stands in no way of a verdict.
    pub test_gaps: Vec<Gap>,
    /// How many files were looked at.
    pub files: usize,
}

/// Reads the Python files below a folder.
pub fn read(root: &Path) -> Code {
    let mut code = Code::default();
    let walked = match walk(root, &WalkOptions::default()) {
        Ok(walked) => walked,
        Err(error) => {
            code.gaps.push(unreadable(&error.to_string()));
            return code;
        }
    };
    let environments: Vec<String> = walked
        .files
        .iter()
        .filter_map(|file| Some(format!("{}/", file.path.strip_suffix("/pyvenv.cfg")?)))
        .collect();
    let is_python = |path: &str| {
        path.ends_with(".py") && !environments.iter().any(|folder| path.starts_with(folder.as_str()))
    };
    for unread in walked.unread.iter().filter(|unread| is_python(&unread.path)) {
        code.gaps.push(unreadable(&format!("{}: {}", unread.path, unread.message)));
    }
    let mut texts = Vec::new();
    for file in walked.files.iter().filter(|file| is_python(&file.path)) {
        code.files += 1;
        match read_text(&file.full) {
            Ok(text) => texts.push((file.path.clone(), text)),
            Err(error) => code.gaps.push(unreadable(&format!("{}: {error}", file.path))),
        }
    }
    code.add(&texts);
    code
}

impl Code {
    /// Reads texts, each with its path.
    pub fn add(&mut self, texts: &[(Arc<str>, String)]) {
        for (path, text) in texts {
            if !LIBRARIES.iter().any(|word| text.contains(word)) {
                continue;
            }
            match found(path, text) {
                Some(found) => self.take(path, found),
                None => self.gap(path, internal(path)),
            }
        }
        self.stated.sort_by(|a, b| (&a.places, &a.configuration).cmp(&(&b.places, &b.configuration)));
        self.gaps.sort();
        self.gaps.dedup();
        self.test_gaps.sort();
        self.test_gaps.dedup();
    }

    fn take(&mut self, path: &str, found: Found) {
        for row in found.rows {
            let (places, configuration, ignored) = (row.places, row.configuration, row.ignored);
            self.stated.push(Stated { places, configuration, ignored, test: is_test(path) });
        }
        for hole in found.holes {
            let line = hole.at.file_line().map_or(1, |(_, line)| line);
            let what = format!("{path}:{line}: {}", hole.what);
            let resolve = "say it in the code as a literal or a constant, or look at the value by hand: \
                           verify on, minimum_version not below the minimum";
            self.gap(path, Gap::new(Reason::Unresolved, what, resolve));
        }
    }

    fn gap(&mut self, path: &str, gap: Gap) {
        if is_test(path) { self.test_gaps.push(gap) } else { self.gaps.push(gap) }
    }
}

/// What one file has; `None` where reading it broke, which it never should.
fn found(path: &Arc<str>, text: &str) -> Option<Found> {
    std::thread::scope(|scope| {
        let reading = std::thread::Builder::new().stack_size(STACK).spawn_scoped(scope, || {
            let module = parse(path, text);
            let mut found = module.walk(|| Reader::new(&module).run());
            if let Some(problem) = module.problems.first() {
                let what = format!("a part of the file that cannot be read: {}", problem.message);
                found.holes.insert(walk::Hole { at: problem.at.clone(), what });
            }
            found
        });
        reading.ok()?.join().ok()
    })
}

fn unreadable(what: &str) -> Gap {
    let what = format!("how the code configures its TLS clients: {what}");
    Gap::new(Reason::Unreadable, what, "let the file be read")
}

fn internal(path: &str) -> Gap {
    let what = format!("how {path} configures its TLS clients: reading it failed");
    Gap::new(Reason::Internal, what, "report it with the file, and look through the file by hand")
}

/// True for what runs in tests alone.
pub(super) fn is_test(path: &str) -> bool {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    folder.split('/').any(|part| matches!(part, "test" | "tests" | "testing"))
        || matches!(name, "conftest.py" | "tests.py")
        || name.starts_with("test_")
        || name.ends_with("_test.py")
}

//! The interpreter of an unpacked image: found in the image's folders, and run with the image's own loader and libraries, which
//! needs no root and no container. Links are followed within the image only.

use super::{Found, PythonError};
use std::collections::BTreeSet;
use std::io::Read;
use std::path::{Component, Path, PathBuf};

/// Where images keep their interpreter, the likeliest first.
const PLACES: [&str; 5] = ["usr/local/bin", "opt/python/bin", "var/lang/bin", "usr/bin", "bin"];

/// Where libraries lie besides what `ld.so.conf` names.
const LIBRARIES: [&str; 10] = [
    "usr/local/lib",
    "lib/x86_64-linux-gnu",
    "usr/lib/x86_64-linux-gnu",
    "lib/aarch64-linux-gnu",
    "usr/lib/aarch64-linux-gnu",
    "lib64",
    "usr/lib64",
    "lib",
    "usr/lib",
    "var/lang/lib",
];

/// How many links are followed for one path.
const MOST_LINKS: usize = 40;

/// What an interpreter of an image is run with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Image {
    /// The image's root folder.
    pub root: PathBuf,
    /// Its dynamic loader; `None` for an interpreter that needs none.
    pub loader: Option<PathBuf>,
    /// Its folders of libraries, with `:` between.
    pub libraries: String,
}

/// The interpreter of an image.
///
/// # Errors
/// Where there is none, or where it cannot run on this machine.
pub fn find_in_image(root: &Path) -> Result<Found, PythonError> {
    let root = &root.canonicalize().map_err(|_| PythonError::Missing(root.to_owned()))?;
    let path = PLACES
        .iter()
        .find_map(|place| interpreter_in(root, place))
        .ok_or_else(|| PythonError::NoneInImage(root.clone()))?;
    let loader = loader_of(root, &path)?;
    let near = path.parent().and_then(Path::parent).map(|prefix| prefix.join("lib"));
    let mut seen = BTreeSet::new();
    let libraries: Vec<String> = near
        .into_iter()
        .chain(
            configured(root)
                .iter()
                .chain(&LIBRARIES.map(str::to_owned))
                .filter_map(|folder| inside(root, Path::new(folder))),
        )
        .filter(|folder| folder.is_dir() && seen.insert(folder.clone()))
        .map(|folder| folder.to_string_lossy().into_owned())
        .collect();
    let image = Image { root: root.clone(), loader, libraries: libraries.join(":") };
    Ok(Found {
        path,
        folder: root.clone(),
        why: "the image's".to_owned(),
        image: Some(image),
        of_project: false,
    })
}

/// `python3`, else the highest `python3.X`, of a folder.
fn interpreter_in(root: &Path, place: &str) -> Option<PathBuf> {
    let folder = inside(root, Path::new(place))?;
    let is_file = |path: &Path| inside(root, path).filter(|file| file.is_file());
    let relative = |name: &str| Path::new(place).join(name);
    let minor = |name: &str| name.strip_prefix("python3.").and_then(|minor| minor.parse::<u8>().ok());
    if let Some(file) = is_file(&relative("python3")) {
        return Some(file);
    }
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .ok()?
        .filter_map(|entry| Some(entry.ok()?.file_name().to_string_lossy().into_owned()))
        .filter(|name| minor(name).is_some())
        .collect();
    names.sort_by_key(|name| minor(name));
    names.iter().rev().find_map(|name| is_file(&relative(name)))
}

/// The folders that `ld.so.conf` names.
fn configured(root: &Path) -> Vec<String> {
    let read = |path: &Path| inside(root, path).and_then(|file| std::fs::read_to_string(file).ok());
    let mut texts: Vec<String> = read(Path::new("etc/ld.so.conf")).into_iter().collect();
    let mut parts: Vec<PathBuf> = inside(root, Path::new("etc/ld.so.conf.d"))
        .and_then(|folder| std::fs::read_dir(folder).ok())
        .map(|entries| entries.filter_map(|entry| Some(entry.ok()?.path())).collect())
        .unwrap_or_default();
    parts.sort();
    texts.extend(parts.iter().filter_map(|file| read(file.strip_prefix(root).ok()?)));
    texts
        .iter()
        .flat_map(|text| text.lines())
        .filter(|line| line.starts_with('/'))
        .map(str::to_owned)
        .collect()
}

/// A path of the image on this machine: absolute ones and links begin at the image's root, and `..` ends there.
pub(super) fn inside(root: &Path, path: &Path) -> Option<PathBuf> {
    let mut done = root.to_owned();
    let mut rest: Vec<PathBuf> = components(path);
    let mut links = 0;
    while let Some(part) = rest.pop() {
        if part.as_os_str() == ".." {
            if done != root {
                done.pop();
            }
            continue;
        }
        let next = done.join(&part);
        match std::fs::read_link(&next) {
            Ok(target) => {
                links += 1;
                if links > MOST_LINKS {
                    return None;
                }
                if target.is_absolute() {
                    done = root.to_owned();
                }
                rest.extend(components(&target));
            }
            Err(_) => done = next,
        }
    }
    done.exists().then_some(done)
}

/// The parts of a path, the last first.
fn components(path: &Path) -> Vec<PathBuf> {
    let kept = path.components().filter(|part| matches!(part, Component::Normal(_) | Component::ParentDir));
    kept.map(|part| PathBuf::from(part.as_os_str())).rev().collect()
}

/// The loader that a program asks for.
fn loader_of(root: &Path, path: &Path) -> Result<Option<PathBuf>, PythonError> {
    let foreign = |why: &str| PythonError::Foreign { path: path.to_owned(), why: why.to_owned() };
    let mut head = Vec::new();
    let read = std::fs::File::open(path).and_then(|file| file.take(1 << 16).read_to_end(&mut head));
    read.map_err(|error| foreign(&error.to_string()))?;
    match elf(&head) {
        Elf::Program { machine, .. } if machine != own_machine() => {
            Err(foreign("it is built for another processor; run this on a machine of that kind"))
        }
        Elf::Program { interpreter: None, .. } => Ok(None),
        Elf::Program { interpreter: Some(loader), .. } => match inside(root, Path::new(&loader)) {
            Some(file) => Ok(Some(file)),
            None => {
                Err(foreign("the image lacks the loader that it asks for; unpack all layers of the image"))
            }
        },
        Elf::None => Err(foreign("it is no program of Linux; name the image's interpreter itself")),
    }
}

/// What the head of a file says.
#[derive(Debug, PartialEq, Eq)]
enum Elf {
    Program { machine: u16, interpreter: Option<String> },
    None,
}

/// Reads as much of an ELF file of 64 bits, low byte first, as tells the loader.
fn elf(bytes: &[u8]) -> Elf {
    parse_elf(bytes).unwrap_or(Elf::None)
}

fn parse_elf(bytes: &[u8]) -> Option<Elf> {
    const PT_INTERP: u64 = 3;
    let number = |at: usize, width: usize| -> Option<u64> {
        let slice = bytes.get(at..at.checked_add(width)?)?;
        Some(slice.iter().rev().fold(0, |number, byte| (number << 8) | u64::from(*byte)))
    };
    if bytes.get(..6)? != [0x7f, b'E', b'L', b'F', 2, 1] {
        return None;
    }
    let machine = number(18, 2)? as u16;
    let (table, size, count) = (number(32, 8)?, number(54, 2)?, number(56, 2)?);
    for index in 0..count {
        let at = usize::try_from(table.checked_add(index.checked_mul(size)?)?).ok()?;
        if number(at, 4)? == PT_INTERP {
            let start = usize::try_from(number(at.checked_add(8)?, 8)?).ok()?;
            let length = usize::try_from(number(at.checked_add(32)?, 8)?).ok()?;
            let text = bytes.get(start..start.checked_add(length)?)?;
            let text = String::from_utf8_lossy(text).trim_end_matches('\0').to_owned();
            return Some(Elf::Program { machine, interpreter: Some(text) });
        }
    }
    Some(Elf::Program { machine, interpreter: None })
}

fn own_machine() -> u16 {
    match std::env::consts::ARCH {
        "x86_64" => 62,
        "aarch64" => 183,
        "riscv64" => 243,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn links_are_followed_within_the_image_and_never_out_of_it() {
        use std::os::unix::fs::symlink;
        let root = tempfile::tempdir().unwrap();
        let root = &root.path().canonicalize().unwrap();
        std::fs::create_dir_all(root.join("usr/lib")).unwrap();
        std::fs::write(root.join("usr/lib/real"), "").unwrap();
        symlink("/usr/lib", root.join("lib")).unwrap();
        symlink("../../../../../usr/lib/real", root.join("usr/lib/up")).unwrap();
        symlink("loop", root.join("loop")).unwrap();
        symlink("/etc/passwd", root.join("out")).unwrap();
        let real = Some(root.join("usr/lib/real"));
        assert_eq!(inside(root, Path::new("/lib/real")), real);
        assert_eq!(inside(root, Path::new("lib/up")), real);
        assert_eq!(inside(root, Path::new("loop")), None);
        assert_eq!(inside(root, Path::new("out")), None);
    }

    #[test]
    fn an_image_without_an_interpreter_or_with_one_that_is_none_is_told() {
        let root = tempfile::tempdir().unwrap();
        assert!(matches!(find_in_image(root.path()), Err(PythonError::NoneInImage(_))));
        std::fs::create_dir_all(root.path().join("usr/bin")).unwrap();
        std::fs::write(root.path().join("usr/bin/python3"), "#!/bin/sh\n").unwrap();
        assert!(matches!(find_in_image(root.path()), Err(PythonError::Foreign { .. })));
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_are_read_as_elf_or_not_without_a_panic(
            mut bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..200),
            is_elf in proptest::bool::ANY,
        ) {
            if is_elf && bytes.len() > 6 {
                bytes[..6].copy_from_slice(&[0x7f, b'E', b'L', b'F', 2, 1]);
            }
            elf(&bytes);
        }
    }
}

//! Which archive a file is, by its first bytes.

/// How many bytes tell an archive.
pub const HEAD: u64 = 512;

/// A form of archives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Zip, whatever its name: wheels, jars, eggs, applications of zipapp, documents of offices.
    Zip,
    /// Tar: ustar, GNU's, pax, and the oldest form.
    Tar,
    /// Gzip, of one file or of a tar.
    Gzip,
    /// One that is not read, with its name.
    Other(&'static str),
}

/// Beginnings of archives, and where they stand.
const BEGINNINGS: [(usize, &[u8], Kind); 11] = [
    (0, b"PK\x03\x04", Kind::Zip),
    // An empty one.
    (0, b"PK\x05\x06", Kind::Zip),
    (0, b"\x1f\x8b\x08", Kind::Gzip),
    (257, b"ustar", Kind::Tar),
    (0, b"\xfd7zXZ\0", Kind::Other("xz")),
    (0, b"\x28\xb5\x2f\xfd", Kind::Other("zstd")),
    (0, b"7z\xbc\xaf\x27\x1c", Kind::Other("7z")),
    (0, b"Rar!\x1a\x07", Kind::Other("rar")),
    (4, b"1AY&SY", Kind::Other("bzip2")),
    (0, b"\x04\x22\x4d\x18", Kind::Other("lz4")),
    (0, b"LZIP", Kind::Other("lzip")),
];

impl Kind {
    /// The kind of archive that a file with this beginning (of [`HEAD`] bytes, where it has as many) is.
    pub fn of(head: &[u8]) -> Option<Kind> {
        for (at, bytes, kind) in BEGINNINGS {
            if head.get(at..at + bytes.len()) == Some(bytes) {
                return Some(kind);
            }
        }
        // An application of zipapp: a first line for the shell, then a zip.
        if head.starts_with(b"#!")
            && let Some(line) = head.iter().position(|byte| *byte == b'\n')
            && head.get(line + 1..line + 5) == Some(b"PK\x03\x04")
        {
            return Some(Kind::Zip);
        }
        // The oldest form of tar has no mark, but a checksum.
        super::tar::is_header(head).then_some(Kind::Tar)
    }
}

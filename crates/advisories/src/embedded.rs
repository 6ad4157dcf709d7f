//! The index that is built into tieout, so that a first run without network says something. `cargo xtask advisories`
//! makes it; its records are PyPA's (see NOTICE).

use crate::{Advisories, SourceKind};
use flate2::Compression;
use flate2::read::ZlibDecoder;
use flate2::write::ZlibEncoder;
use std::io::{self, Read, Write};

/// The index, compressed.
const INDEX: &[u8] = include_bytes!("../data/pypi.idx");
/// What it was made from.
const LABEL: &str = "PyPA Advisory Database, snapshot of 2024-10-10";
/// More than this is no index of ours, in bytes.
const MAX: u64 = 64 * 1024 * 1024;

/// The advisories that are built in; `None` where the index is broken, which a test holds not to be.
pub fn embedded() -> Option<Advisories> {
    unpacked(INDEX).map(|index| index.from_source(SourceKind::Embedded, LABEL))
}

/// The index in a packed one.
pub fn unpacked(packed: &[u8]) -> Option<Advisories> {
    let mut bytes = Vec::new();
    ZlibDecoder::new(packed).take(MAX).read_to_end(&mut bytes).ok()?;
    Advisories::from_bytes(&bytes)
}

/// An index, packed to be built in. The folder that it was made in is not part of it.
///
/// # Errors
/// None that writing to memory does not have.
pub fn packed(index: Advisories) -> io::Result<Vec<u8>> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(&index.from_source(SourceKind::Embedded, LABEL).to_bytes())?;
    encoder.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_index_that_is_built_in_opens_and_says_of_which_day_it_is() {
        let all = embedded().unwrap();
        assert_eq!(all.source().kind, SourceKind::Embedded);
        assert_eq!(all.source().date.as_deref(), Some("2024-10-10"));
        assert!(all.source().records > 2000 && all.source().attribution().contains("CC-BY-4.0"));
        assert!(all.about("Django").unwrap().len() > 50);
        assert!(INDEX.len() < 600_000);
    }
}

//! Readers that count and stop: what is inflated in all, how many times larger than its packed form, and how much of an
//! archive's own directory is held.

use super::Reading;
use std::cell::Cell;
use std::io::{self, Read, Seek, SeekFrom};

/// An entry of less is never a bomb.
const SMALL: u64 = 1 << 20;

/// A reader of inflated bytes.
pub(super) struct Meter<'a, R> {
    inner: R,
    left: &'a Cell<u64>,
    packed: &'a Cell<u64>,
    ratio: u64,
    count: u64,
}

impl<'a, R: Read> Meter<'a, R> {
    /// `packed` tells how many packed bytes the inflated ones were made from, so far or in all.
    pub(super) fn new<'r: 'a>(inner: R, reading: &Reading<'r>, packed: &'a Cell<u64>) -> Meter<'a, R> {
        Meter { inner, left: reading.left, packed, ratio: reading.limits.ratio, count: 0 }
    }
}

impl<R: Read> Read for Meter<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = self.left.get();
        if left == 0 && !buffer.is_empty() {
            return Err(io::Error::other("the archive inflates to more than the limit"));
        }
        if self.count > SMALL && self.count / self.packed.get().max(1) > self.ratio {
            let why = format!("it inflates to more than {} times its size", self.ratio);
            return Err(io::Error::other(why));
        }
        let most = buffer.len().min(usize::try_from(left).unwrap_or(usize::MAX));
        let read = self.inner.read(buffer.get_mut(..most).unwrap_or_default())?;
        self.count += read as u64;
        self.left.set(left.saturating_sub(read as u64));
        Ok(read)
    }
}

/// A reader that counts what passes.
pub(super) struct Counted<'a, R> {
    pub(super) inner: R,
    pub(super) count: &'a Cell<u64>,
}

impl<R: Read> Read for Counted<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.count.set(self.count.get() + read as u64);
        Ok(read)
    }
}

/// A file of which only so much is read.
pub(super) struct Capped<'a, R> {
    pub(super) inner: R,
    pub(super) left: &'a Cell<u64>,
}

impl<R: Read> Read for Capped<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        let Some(left) = self.left.get().checked_sub(read as u64) else {
            return Err(io::Error::other("its directory is larger than the limit"));
        };
        self.left.set(left);
        Ok(read)
    }
}

impl<R: Seek> Seek for Capped<'_, R> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.inner.seek(to)
    }
}

/// How the reading of a file ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum End {
    Whole,
    Limit,
    Failed(String),
}

impl End {
    pub(super) fn why(self, limit: u64) -> String {
        match self {
            End::Whole => String::new(),
            End::Limit => format!("it is larger than the limit of {limit} bytes"),
            End::Failed(why) => why,
        }
    }
}

/// What a reader gives, up to a limit.
pub(super) fn up_to(reader: &mut impl Read, limit: u64) -> (Vec<u8>, End) {
    let mut bytes = Vec::new();
    if let Err(error) = reader.take(limit).read_to_end(&mut bytes) {
        return (bytes, End::Failed(error.to_string()));
    }
    if (bytes.len() as u64) < limit {
        return (bytes, End::Whole);
    }
    match reader.read(&mut [0]) {
        Ok(0) => (bytes, End::Whole),
        Ok(_) => (bytes, End::Limit),
        Err(error) => (bytes, End::Failed(error.to_string())),
    }
}

//! A cursor over bytes that cannot read past their end.

use super::WireError;

/// The rest of a message.
#[derive(Debug, Clone, Copy)]
pub struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    /// From the first byte.
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    /// Whether all is read.
    pub fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// What is left.
    pub fn rest(&self) -> &'a [u8] {
        self.rest
    }

    /// The next `count` bytes.
    ///
    /// # Errors
    /// [`WireError::Short`] where there are fewer.
    pub fn take(&mut self, count: usize) -> Result<&'a [u8], WireError> {
        let (taken, rest) = self.rest.split_at_checked(count).ok_or(WireError::Short)?;
        self.rest = rest;
        Ok(taken)
    }

    /// An unsigned number of `bytes` bytes, the highest first.
    fn number(&mut self, bytes: usize) -> Result<usize, WireError> {
        Ok(self.take(bytes)?.iter().fold(0, |number, byte| (number << 8) | usize::from(*byte)))
    }

    /// One byte.
    ///
    /// # Errors
    /// [`WireError::Short`] at the end.
    pub fn u8(&mut self) -> Result<u8, WireError> {
        Ok(self.number(1)? as u8)
    }

    /// Two bytes.
    ///
    /// # Errors
    /// [`WireError::Short`] at the end.
    pub fn u16(&mut self) -> Result<u16, WireError> {
        Ok(self.number(2)? as u16)
    }

    /// Three bytes.
    ///
    /// # Errors
    /// [`WireError::Short`] at the end.
    pub fn u24(&mut self) -> Result<usize, WireError> {
        self.number(3)
    }

    /// A string that its length of `bytes` bytes precedes.
    ///
    /// # Errors
    /// [`WireError::Short`] where the length points past the end.
    pub fn vector(&mut self, bytes: usize) -> Result<&'a [u8], WireError> {
        let length = self.number(bytes)?;
        self.take(length)
    }

    /// A list of 16-bit numbers that its length in bytes (two bytes) precedes.
    ///
    /// # Errors
    /// [`WireError::Short`] or, for an odd length, [`WireError::Malformed`].
    pub fn u16s(&mut self) -> Result<Vec<u16>, WireError> {
        u16s(self.vector(2)?)
    }
}

/// Pairs of bytes as numbers.
fn u16s(bytes: &[u8]) -> Result<Vec<u16>, WireError> {
    let (pairs, rest) = bytes.as_chunks::<2>();
    if !rest.is_empty() {
        return Err(WireError::Malformed);
    }
    Ok(pairs.iter().map(|pair| u16::from_be_bytes(*pair)).collect())
}

//! Bytes with lengths before them.

/// Bytes that are being written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Writer {
    bytes: Vec<u8>,
}

impl Writer {
    /// What was written.
    pub fn finish(self) -> Vec<u8> {
        self.bytes
    }

    /// Bytes as they are.
    pub fn bytes(&mut self, bytes: &[u8]) -> &mut Self {
        self.bytes.extend_from_slice(bytes);
        self
    }

    /// One byte.
    pub fn u8(&mut self, number: u8) -> &mut Self {
        self.bytes(&[number])
    }

    /// Two bytes, the high one first.
    pub fn u16(&mut self, number: u16) -> &mut Self {
        self.bytes(&number.to_be_bytes())
    }

    /// Numbers of two bytes each, without a length.
    pub fn u16s(&mut self, numbers: impl IntoIterator<Item = u16>) -> &mut Self {
        for number in numbers {
            self.u16(number);
        }
        self
    }

    /// What `fill` writes, its length in `width` bytes before it. A content that is too long for that is cut: no message of
    /// ours comes near.
    pub fn vector(&mut self, width: usize, fill: impl FnOnce(&mut Writer)) -> &mut Self {
        let mut inner = Writer::default();
        fill(&mut inner);
        let most = (1_usize << (8 * width.min(3))) - 1;
        inner.bytes.truncate(most);
        let length = (inner.bytes.len() as u32).to_be_bytes();
        self.bytes(length.get(4 - width.min(4)..).unwrap_or_default());
        self.bytes(&inner.bytes)
    }
}

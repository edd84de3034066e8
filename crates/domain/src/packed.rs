//! Reads the compact integers of the embedded data files.

/// A cursor over base-128 integers, least significant group first.
pub struct Packed<'a> {
    rest: &'a [u8],
}

const DAMAGED: &str = "embedded data is complete: it is built and tested with this crate";

impl<'a> Packed<'a> {
    /// Starts at the beginning of `bytes`.
    pub const fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    /// Whether all is read.
    pub const fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// The next number.
    pub fn unsigned(&mut self) -> u32 {
        let mut value = 0;
        let mut shift = 0;
        loop {
            let (&byte, rest) = self.rest.split_first().expect(DAMAGED);
            self.rest = rest;
            value |= u32::from(byte & 127) << shift;
            if byte < 128 {
                return value;
            }
            shift += 7;
        }
    }

    /// The next number that may be negative (zigzag).
    pub fn signed(&mut self) -> i32 {
        let value = self.unsigned();
        (value >> 1) as i32 ^ -((value & 1) as i32)
    }

    /// The next text: its length, then its bytes.
    pub fn text(&mut self) -> &'a str {
        let length = self.unsigned() as usize;
        let (text, rest) = self.rest.split_at(length);
        self.rest = rest;
        std::str::from_utf8(text).expect(DAMAGED)
    }
}

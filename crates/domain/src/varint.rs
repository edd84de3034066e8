//! Integers of a few bytes, and columns of them: how what is compact is written.

/// The bytes end too early.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cut;

/// Writes integers, base 128, least significant group first.
pub struct Writer(Vec<u8>);

/// Reads what a [`Writer`] wrote.
pub struct Reader<'a>(&'a [u8]);

impl Writer {
    /// Begins with the number of the form that follows.
    pub fn versioned(version: u8) -> Self {
        Self(vec![version])
    }

    /// All that was written.
    pub fn into_bytes(self) -> Vec<u8> {
        self.0
    }

    /// A number.
    pub fn unsigned(&mut self, mut value: u64) {
        while 127 < value {
            self.0.push(value as u8 | 128);
            value >>= 7;
        }
        self.0.push(value as u8);
    }

    /// A number that may be negative: 0, -1, 1, -2 become 0, 1, 2, 3.
    pub fn signed(&mut self, value: i64) {
        self.unsigned((value << 1 ^ value >> 63) as u64);
    }

    /// A column of numbers, each as its difference from the one before it.
    pub fn differences(&mut self, values: impl Iterator<Item = i64>) {
        let mut before = 0i64;
        for value in values {
            self.signed(value.wrapping_sub(before));
            before = value;
        }
    }

    /// Bytes as they are.
    pub fn bytes(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }
}

impl<'a> Reader<'a> {
    /// Reads from the beginning of `bytes`.
    pub const fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    /// How many bytes are left.
    pub const fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether all is read.
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The next byte.
    pub fn byte(&mut self) -> Result<u8, Cut> {
        let (&byte, rest) = self.0.split_first().ok_or(Cut)?;
        self.0 = rest;
        Ok(byte)
    }

    /// The next bytes.
    pub fn array<const N: usize>(&mut self) -> Result<[u8; N], Cut> {
        let (array, rest) = self.0.split_first_chunk().ok_or(Cut)?;
        self.0 = rest;
        Ok(*array)
    }

    /// The next `count` bytes.
    pub fn bytes(&mut self, count: usize) -> Result<&'a [u8], Cut> {
        let (bytes, rest) = self.0.split_at_checked(count).ok_or(Cut)?;
        self.0 = rest;
        Ok(bytes)
    }

    /// The next number.
    pub fn unsigned(&mut self) -> Result<u64, Cut> {
        let mut value = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            value |= u64::from(byte & 127) << shift;
            if byte < 128 {
                return Ok(value);
            }
        }
        Err(Cut)
    }

    /// The next number that may be negative.
    pub fn signed(&mut self) -> Result<i64, Cut> {
        let value = self.unsigned()?;
        Ok((value >> 1) as i64 ^ -((value & 1) as i64))
    }

    /// The next column of differences. Each takes a byte at least, so memory is
    /// never taken for more than is there.
    pub fn differences(&mut self, count: usize) -> Result<Vec<i64>, Cut> {
        if self.len() < count {
            return Err(Cut);
        }
        let (mut values, mut value) = (Vec::with_capacity(count), 0i64);
        for _ in 0..count {
            value = value.wrapping_add(self.signed()?);
            values.push(value);
        }
        Ok(values)
    }
}

//! Bytes of any common encoding, decoded to UTF-8 piece by piece.

use std::{
    collections::VecDeque,
    io::{self, Read},
};

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Decoder, DecoderResult, Encoding, UTF_8, UTF_16BE, UTF_16LE};

/// How many bytes are read at once, and how many decide the encoding.
pub const WINDOW_BYTES: usize = 64 * 1024;

/// What stands in the decoded text for bytes that mean nothing.
const REPLACEMENT: &str = "\u{FFFD}";

/// Decoded text with a position in it. Lines are counted as it is consumed:
/// `\n`, `\r\n` and a bare `\r` each end one.
pub struct Text<R> {
    source: R,
    raw: Vec<u8>,
    source_ended: bool,
    encoding: Choice,
    decoded: Vec<u8>,
    consumed: usize,
    /// Offset in the whole decoded text of `decoded[0]`.
    base: u64,
    /// Offsets in the whole decoded text where bytes meant nothing.
    faults: VecDeque<u64>,
    ended: bool,
    line: u64,
    after_cr: bool,
}

enum Choice {
    /// Nothing but ASCII so far: every encoding we know reads that alike, so
    /// the choice waits for the first byte that differs.
    Open,
    Made(&'static Encoding, Box<Decoder>),
}

impl<R: Read> Text<R> {
    /// Starts reading; looks at a byte-order mark and for UTF-16 without one.
    pub fn open(source: R, encoding: Option<&'static Encoding>) -> io::Result<Self> {
        let mut text = Self {
            source,
            raw: Vec::with_capacity(WINDOW_BYTES),
            source_ended: false,
            encoding: Choice::Open,
            decoded: Vec::with_capacity(2 * WINDOW_BYTES),
            consumed: 0,
            base: 0,
            faults: VecDeque::new(),
            ended: false,
            line: 1,
            after_cr: false,
        };
        text.read_raw()?;
        let mark = Encoding::for_bom(&text.raw);
        let mark_bytes = match (mark, encoding) {
            (Some((found, length)), wanted) if wanted.is_none_or(|it| it == found) => length,
            _ => 0,
        };
        text.raw.drain(..mark_bytes);
        let choice = encoding.or(mark.map(|(it, _)| it)).or_else(|| unmarked_utf16(&text.raw));
        if let Some(choice) = choice {
            text.choose(choice);
        }
        Ok(text)
    }

    /// The bytes at the start, undecoded; only before the first [`Self::fill`].
    pub fn first_bytes(&self) -> &[u8] {
        &self.raw
    }

    /// The encoding, once a byte has decided it.
    pub const fn encoding(&self) -> Option<&'static Encoding> {
        match &self.encoding {
            Choice::Open => None,
            Choice::Made(encoding, _) => Some(encoding),
        }
    }

    /// The decoded text from the position on; always whole characters.
    pub fn ahead(&self) -> &[u8] {
        &self.decoded[self.consumed..]
    }

    /// Decodes more text; false when there is none.
    pub fn fill(&mut self) -> io::Result<bool> {
        self.base += self.consumed as u64;
        self.decoded.drain(..self.consumed);
        self.consumed = 0;
        let before = self.decoded.len();
        while self.decoded.len() == before && !self.ended {
            self.read_raw()?;
            self.decode()?;
        }
        Ok(self.decoded.len() > before)
    }

    /// Moves the position.
    pub fn consume(&mut self, bytes: usize) {
        let passed = &self.decoded[self.consumed..self.consumed + bytes];
        // Most of what is passed ends no line: a branch-free count says so quickly.
        let ends = passed.iter().filter(|it| matches!(it, b'\n' | b'\r')).count();
        let bytes_to_see = if ends == 0 { &passed[passed.len() - bytes.min(1)..] } else { passed };
        for &byte in bytes_to_see {
            if byte == b'\r' || (byte == b'\n' && !self.after_cr) {
                self.line += 1;
            }
            self.after_cr = byte == b'\r';
        }
        self.consumed += bytes;
    }

    /// Moves the position past line ends.
    pub fn skip_line_ends(&mut self) -> io::Result<()> {
        loop {
            let ends = self.ahead().iter().take_while(|it| matches!(it, b'\n' | b'\r')).count();
            self.consume(ends);
            if !self.ahead().is_empty() || !self.fill()? {
                return Ok(());
            }
        }
    }

    /// The number of the line at the position, from 1.
    pub const fn line(&self) -> u64 {
        self.line
    }

    /// Whether bytes before the position, and after the last such question,
    /// meant nothing in the file's encoding.
    pub fn had_fault(&mut self) -> bool {
        let here = self.base + self.consumed as u64;
        let mut any = false;
        while self.faults.front().is_some_and(|it| *it < here) {
            self.faults.pop_front();
            any = true;
        }
        any
    }

    /// Fills the raw window as far as the source goes.
    fn read_raw(&mut self) -> io::Result<()> {
        while self.raw.len() < WINDOW_BYTES && !self.source_ended {
            let filled = self.raw.len();
            self.raw.resize(WINDOW_BYTES, 0);
            let read = self.source.read(&mut self.raw[filled..]);
            self.raw.truncate(filled + *read.as_ref().unwrap_or(&0));
            match read {
                Ok(0) => self.source_ended = true,
                Ok(_) => (),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => (),
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    fn decode(&mut self) -> io::Result<()> {
        if matches!(self.encoding, Choice::Open) {
            let plain = Encoding::ascii_valid_up_to(&self.raw);
            if plain == self.raw.len() {
                self.decoded.append(&mut self.raw);
                self.ended = self.source_ended;
                return Ok(());
            }
            // The detector reads whole words, so the last plain ones stay in front.
            let certain = plain.saturating_sub(WINDOW_BYTES / 16);
            self.decoded.extend(self.raw.drain(..certain));
            self.read_raw()?;
            let found = detect(&self.raw, self.source_ended);
            self.choose(found);
        }
        self.run_decoder();
        Ok(())
    }

    fn choose(&mut self, encoding: &'static Encoding) {
        let decoder = Box::new(encoding.new_decoder_without_bom_handling());
        self.encoding = Choice::Made(encoding, decoder);
    }

    fn run_decoder(&mut self) {
        let Choice::Made(_, decoder) = &mut self.encoding else { return };
        let mut taken = 0;
        loop {
            let filled = self.decoded.len();
            let room = decoder
                .max_utf8_buffer_length_without_replacement(self.raw.len() - taken)
                .unwrap_or(4 * WINDOW_BYTES);
            self.decoded.resize(filled + room, 0);
            let (result, read, written) = decoder.decode_to_utf8_without_replacement(
                &self.raw[taken..],
                &mut self.decoded[filled..],
                self.source_ended,
            );
            taken += read;
            self.decoded.truncate(filled + written);
            match result {
                DecoderResult::InputEmpty => break,
                DecoderResult::OutputFull => (),
                DecoderResult::Malformed(..) => {
                    self.faults.push_back(self.base + self.decoded.len() as u64);
                    self.decoded.extend_from_slice(REPLACEMENT.as_bytes());
                }
            }
        }
        self.raw.clear();
        self.ended = self.source_ended;
    }
}

/// UTF-16 shows as every second byte being zero in mostly Latin text.
fn unmarked_utf16(start: &[u8]) -> Option<&'static Encoding> {
    let start = &start[..start.len().min(4096)];
    let pairs = start.len() / 2;
    let zeros = |offset: usize| start.iter().skip(offset).step_by(2).filter(|it| **it == 0).count();
    let (even, odd) = (zeros(0), zeros(1));
    match (even * 10 > pairs * 4, odd * 10 > pairs * 4) {
        (true, false) => Some(UTF_16BE),
        (false, true) => Some(UTF_16LE),
        _ => None,
    }
}

/// The encoding of bytes that are not all ASCII.
fn detect(bytes: &[u8], whole: bool) -> &'static Encoding {
    let (characters, broken) = utf8_census(bytes, whole);
    // A few broken characters in a UTF-8 file are errors of their rows. Taking
    // the file for Latin 1 because of them would garble every other row.
    if characters > 4 * broken {
        return UTF_8;
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(bytes, whole);
    detector.guess(None, Utf8Detection::Deny)
}

/// How many multi-byte characters of UTF-8 there are, and how many breaks.
fn utf8_census(mut bytes: &[u8], whole: bool) -> (usize, usize) {
    let (mut characters, mut broken) = (0, 0);
    loop {
        let (valid, error_length) = match std::str::from_utf8(bytes) {
            Ok(_) => (bytes.len(), None),
            Err(error) => (error.valid_up_to(), Some(error.error_len())),
        };
        characters += bytes[..valid].iter().filter(|it| **it >= 0xC0).count();
        match error_length {
            Some(Some(length)) => {
                broken += 1;
                bytes = &bytes[valid + length..];
            }
            // A character cut off by the end of the window is no fault of the file's.
            Some(None) => return (characters, broken + usize::from(whole)),
            None => return (characters, broken),
        }
    }
}

//! What the table keeps of events that the history's files hold: where they are, which
//! they are, and what no leaf says of them. Numbered fields: never reuse or change a
//! number.

use domain::{event::Event, id::EventId, leaf::Logged, private::Private};
use minicbor::{Decode, Encode};

use crate::{
    error::{Error, Result},
    history::Line,
    rows::{Recorded, encoded_len},
};

/// Most events in one row: each is taken away by a write of the same batch.
pub const EVENTS_MAX: usize = 90;
/// Bytes after which a row takes no more.
const LEN_MAX: usize = 256 * 1_024;

/// Some events of one subject that follow each other in its chain, and are in files.
/// The key says the number of the first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct FiledRow {
    /// In which files.
    #[n(0)]
    pub days: Vec<FiledDay>,
    /// Their ids, 16 bytes each.
    #[cbor(n(1), with = "minicbor::bytes")]
    pub ids: Vec<u8>,
    /// Their personal texts, but those that were erased.
    #[n(2)]
    pub texts: Vec<FiledText>,
}

/// A day on which some of them were recorded, and where in the log those are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct FiledDay {
    /// Counted from 1970, UTC.
    #[n(0)]
    pub day: u32,
    /// The first place.
    #[n(1)]
    pub first: u64,
    /// The last one.
    #[n(2)]
    pub last: u64,
}

/// A personal text of one of them.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct FiledText {
    /// Of which, from 0.
    #[n(0)]
    pub event: u32,
    /// Which of its texts, from 0.
    #[n(1)]
    pub place: u32,
    /// The text and its salt.
    #[n(2)]
    pub text: Private,
}

impl FiledRow {
    /// The row of as many of these events as one takes, at least one of them. Each is
    /// given with the day and the place in the log at which it is.
    pub fn of<'a>(events: impl IntoIterator<Item = (&'a Event, u32, u64)>) -> Self {
        let mut row = Self::default();
        for (event, day, index) in events.into_iter().take(EVENTS_MAX) {
            let at = row.count() as u32;
            let mut event = event.clone();
            let id = event.id;
            let texts = event.fact.privates_mut().into_iter().zip(0..);
            // Of a leaf alone it is not known whether a text was erased.
            let texts = texts.filter(|(text, _)| !text.is_erased());
            let texts: Vec<FiledText> = texts
                .map(|(text, place)| FiledText { event: at, place, text: text.clone() })
                .collect();
            if at != 0 && LEN_MAX < encoded_len(&row) + encoded_len(&texts) {
                break;
            }
            row.ids.extend(id.as_bytes());
            row.texts.extend(texts);
            match row.days.iter_mut().find(|it| it.day == day) {
                Some(of) => (of.first, of.last) = (of.first.min(index), of.last.max(index)),
                None => row.days.push(FiledDay { day, first: index, last: index }),
            }
        }
        row
    }

    /// How many events.
    #[must_use]
    pub fn count(&self) -> usize {
        self.ids.len() / 16
    }

    /// Which ones, in the order of their numbers.
    pub fn ids(&self) -> impl Iterator<Item = EventId> {
        self.ids.as_chunks::<16>().0.iter().copied().map(EventId::from_bytes)
    }

    /// The event that was logged so, as it was recorded, if it is this one.
    pub fn restored(&self, at: usize, line: &Line) -> Result<Recorded> {
        let wrong = |why: &str| {
            Error::Corrupt(format!("entry {} of the log, in the history: {why}", line.log_index))
        };
        let domain::leaf::entry::Entry::Event(Logged { mut event, seq, prev }) = line.entry.clone()
        else {
            return Err(wrong("it is no event"));
        };
        if self.ids().nth(at) != Some(event.id) {
            return Err(wrong("it is another event"));
        }
        let mut places = event.fact.privates_mut();
        for kept in self.texts.iter().filter(|it| it.event as usize == at) {
            match places.get_mut(kept.place as usize) {
                Some(place) if place.digest() == kept.text.digest() => **place = kept.text.clone(),
                _ => return Err(wrong("a personal text that is kept is not the one logged")),
            }
        }
        Ok(Recorded { event, seq, prev })
    }
}

#[cfg(test)]
mod tests;

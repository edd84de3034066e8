//! When a row is of no use any more, so that an engine which can may drop it. Most rows
//! are for ever; readers look at the time themselves.

use domain::time::{DAY, Timestamp};
use table::Key;

use crate::{
    keys::{is_outbox, user_of_shard},
    outgoing::{GIVEN_UP_AFTER, OutboxRow},
    people::session_ends,
};

/// When an engine may drop a row, in seconds since 1970; nothing if never. News that
/// nobody looked at for so long are not sent any more.
#[must_use]
pub fn expires(key: &Key, value: &[u8]) -> Option<u64> {
    let ends: Timestamp = if is_outbox(key) {
        minicbor::decode::<OutboxRow>(value).ok()?.since.plus(GIVEN_UP_AFTER + 7 * DAY)
    } else if key.sort.first() == Some(&b's') && user_of_shard(&key.shard).is_some() {
        session_ends(value)?.plus(DAY)
    } else {
        return None;
    };
    u64::try_from(ends.millis() / 1_000).ok()
}

#[cfg(test)]
mod tests {
    //! Which rows go.

    use domain::id::{EventId, PackageId, Subject};

    use super::*;
    use crate::{keys::Row, rows::to_bytes};

    #[test]
    fn news_go_long_after_they_were_given_up_and_events_never() {
        let since = Timestamp::from_millis(1_772_409_600_000).unwrap();
        let package = Subject::Package(PackageId::derive(&[b"p"]));
        let event = EventId::derive(&[b"e"]);
        let row = to_bytes(&OutboxRow { subject: package, event, since, tries: 3 });
        let key = Row::Outbox(since, event).key();
        assert_eq!(expires(&key, &row), Some(1_772_409_600 + 8 * 86_400));
        assert_eq!(expires(&key, b"garbage"), None);
        assert_eq!(expires(&Row::Head(package).key(), &row), None);
    }
}

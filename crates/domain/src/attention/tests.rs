//! Which packages need attention.

use super::{AttentionReason, reasons};
use crate::{
    record::{PackageRecord, Promise, Record},
    state::{State, Status},
    time::{HOUR, Timestamp},
};

#[test]
fn a_promise_is_about_the_way_there() {
    let at = |hours| Timestamp::MIN.plus(hours * HOUR);
    let promised = Some(Promise { first: at(20), last: at(24) });
    let record = PackageRecord { promised, ..PackageRecord::default() };
    let record = Some(Record::Package(record));
    for status in Status::ALL {
        let state =
            State { record: record.clone(), status: *status, status_at: at(3), ..State::default() };
        let overdue = (AttentionReason::Overdue, at(24));
        let expected = match status {
            Status::Problem => vec![(AttentionReason::Problem, at(3)), overdue],
            Status::Held => vec![(AttentionReason::Held, at(3)), overdue],
            Status::Lost => vec![(AttentionReason::Lost, at(3))],
            Status::Registered | Status::PickedUp | Status::InTransit | Status::OutForDelivery => {
                vec![overdue]
            }
            Status::ReadyToCollect
            | Status::Delivered
            | Status::Returning
            | Status::Returned
            | Status::Cancelled => vec![],
        };
        assert_eq!(reasons(&state), expected, "{status}");
    }
    assert_eq!(reasons(&State::default()), []);
}

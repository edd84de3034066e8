//! What a row of filed events keeps is what no leaf says.

use domain::{
    event::{Event, Fact},
    id::{EventId, PackageId, Subject},
    leaf,
    private::Private,
    time::Timestamp,
};

use super::FiledRow;
use crate::{history::Line, rows::Recorded};

fn note(name: &str, text: Private) -> Recorded {
    let at = Timestamp::from_millis(1_767_225_600_000).expect("our years");
    let event = Event {
        id: EventId::derive(&[name.as_bytes()]),
        subject: Subject::Package(PackageId::derive(&[b"filed"])),
        happened_at: at,
        recorded_at: at,
        actor: "usr_1".to_owned(),
        source: "api".to_owned(),
        fact: Fact::Note(text),
    };
    Recorded { event, seq: 1, prev: None }
}

#[test]
fn a_text_comes_back_kept_erased_or_lost_as_it_was() {
    let kept = || Private::new("call before noon");
    let (mut erased, mut lost) = (kept(), kept());
    erased.erase();
    lost.lose();
    for (name, text) in [("kept", kept()), ("erased", erased), ("lost", lost)] {
        let recorded = note(name, text);
        let row = FiledRow::of([(&recorded.event, 20_454, 7)]);
        let bytes = leaf::leaf(&recorded.event, recorded.seq, recorded.prev);
        let line = Line::of(7, bytes).expect("it is a leaf");
        assert_eq!(row.restored(0, &line).expect("it is the event"), recorded, "{name}");
    }
}

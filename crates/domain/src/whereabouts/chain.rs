//! What holds what at an instant: a forest, whatever was recorded.

use super::{Contradiction, DEPTH_MAX, Search};
use crate::{id::Subject, time::Timestamp, timeline::Membership};

/// A thing and what holds it, innermost first.
pub struct Chain {
    /// Each with its time inside the next; the outermost has none.
    pub links: Vec<(Subject, Option<Membership>)>,
    /// What was ignored to keep it a chain.
    pub ignored: Vec<Contradiction>,
}

/// What holds `subject` at `at`, outwards. Two things that were put into each
/// other at once make a cycle: of its joinings the last, by time and then by
/// event, is ignored, so every question gets the same forest.
pub fn chain(search: &Search, subject: Subject, at: Timestamp) -> Chain {
    let mut links: Vec<(Subject, Option<Membership>)> = Vec::new();
    let mut ignored = Vec::new();
    let mut next = Some(subject);
    while let Some(subject) = next {
        if let Some(start) = links.iter().position(|(link, _)| *link == subject) {
            let last = latest(&links, start);
            ignored.push(cut(&mut links, last));
            break;
        }
        // A cycle may close further out than we look; such a chain is cut anyway.
        if links.len() > 2 * DEPTH_MAX {
            break;
        }
        let membership = search.timeline(subject, at).and_then(|it| it.membership_at(at)).copied();
        links.push((subject, membership));
        next = membership.map(|it| Subject::Container(it.container));
    }
    if links.len() > DEPTH_MAX {
        ignored.push(Contradiction::TooDeep { holder: links[DEPTH_MAX].0 });
        links.truncate(DEPTH_MAX);
        links[DEPTH_MAX - 1].1 = None;
    }
    Chain { links, ignored }
}

/// The link of the cycle that begins at `start` whose joining came last.
fn latest(links: &[(Subject, Option<Membership>)], start: usize) -> usize {
    let joined = |index: &usize| links[*index].1.map(|it| (it.joined_at, it.event));
    (start..links.len()).max_by_key(joined).expect("a cycle has a link")
}

/// Ends the chain at `last`, whose joining is ignored.
fn cut(links: &mut Vec<(Subject, Option<Membership>)>, last: usize) -> Contradiction {
    links.truncate(last + 1);
    let (child, membership) = &mut links[last];
    let edge = membership.take().expect("every link of a cycle is inside the next");
    Contradiction::Cycle {
        child: *child,
        holder: Subject::Container(edge.container),
        joined_at: edge.joined_at,
    }
}

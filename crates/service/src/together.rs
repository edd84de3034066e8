//! What packages have in common on their way, as the map has it: one container, one place,
//! one way. Whoever reads many packages groups them by it, be it an order or a search.

use std::{cmp::Reverse, collections::HashMap};

use domain::{
    event::Holder,
    holding::Holding,
    id::{PackageId, PlaceId, Subject},
    mode::Mode,
    state::State,
    time::Timestamp,
};

use crate::{Service, error::Result};

/// Most holders above a package.
const DEPTH_MAX: usize = 8;

/// What packages have in common on their way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Together {
    /// The outermost container around them, or the place that holds them.
    Held(Holder),
    /// The same way at the same time, in nothing that we know.
    Leg {
        /// From where, if anyone said.
        from: Option<PlaceId>,
        /// To where, if anyone said.
        to: Option<PlaceId>,
        /// How.
        mode: Option<Mode>,
        /// Since which hour: what is scanned piece by piece leaves together.
        departed_at: Timestamp,
    },
    /// Nothing: one that says itself where it is.
    Alone(PackageId),
}

/// Packages that have something in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Group {
    /// What.
    pub together: Together,
    /// How many they are.
    pub packages: usize,
    /// One of them: where it is, all are.
    pub one: PackageId,
}

/// Groups packages while they are read.
#[derive(Debug, Default)]
pub(crate) struct Grouping {
    groups: HashMap<Together, Group>,
    /// The outermost holder of each holder.
    above: HashMap<Subject, Holder>,
}

impl Grouping {
    /// Puts a package to those it is together with, if anybody knows where it is.
    pub(crate) async fn add(
        &mut self,
        service: &Service,
        id: PackageId,
        state: &State,
    ) -> Result<Option<Together>> {
        let together = match Holding::of_package(state) {
            Holding::Nowhere => return Ok(None),
            Holding::Itself => Together::Alone(id),
            Holding::Place(place) => Together::Held(self.place(service, place).await?),
            Holding::Container(container) => {
                Together::Held(self.outermost(service, Holder::Container(container)).await?)
            }
            Holding::Lane(lane) => Together::Leg {
                from: self.place_of(service, lane.from).await?,
                to: self.place_of(service, lane.to).await?,
                mode: lane.mode,
                departed_at: lane.hour,
            },
        };
        let new = Group { together, packages: 0, one: id };
        self.groups.entry(together).or_insert(new).packages += 1;
        Ok(Some(together))
    }

    /// All of them, the largest first.
    pub(crate) fn largest_first(self) -> Vec<Group> {
        let mut all: Vec<Group> = self.groups.into_values().collect();
        all.sort_by_key(|it| (Reverse(it.packages), it.one));
        all
    }

    async fn outermost(&mut self, service: &Service, holder: Holder) -> Result<Holder> {
        if let Some(outermost) = self.above.get(&holder.subject()) {
            return Ok(*outermost);
        }
        let mut outermost = holder;
        for _ in 0..DEPTH_MAX {
            let head = service.head(outermost.subject()).await?;
            match head.and_then(|it| it.0.state.holder) {
                // A truck in a yard: the truck says more.
                Some((next @ Holder::Container(_), _)) => outermost = next,
                _ => break,
            }
        }
        self.above.insert(holder.subject(), outermost);
        Ok(outermost)
    }

    /// The place that is meant: of a merged one, the other.
    async fn place(&mut self, service: &Service, id: PlaceId) -> Result<Holder> {
        if let Some(is) = self.above.get(&Subject::Place(id)) {
            return Ok(*is);
        }
        let is = Holder::Place(service.place_of(id).await?);
        self.above.insert(Subject::Place(id), is);
        Ok(is)
    }

    async fn place_of(
        &mut self,
        service: &Service,
        id: Option<PlaceId>,
    ) -> Result<Option<PlaceId>> {
        let Some(id) = id else { return Ok(None) };
        match self.place(service, id).await? {
            Holder::Place(is) => Ok(Some(is)),
            Holder::Container(_) => Ok(Some(id)),
        }
    }
}

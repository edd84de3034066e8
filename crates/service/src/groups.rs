//! What a search finds, as groups on a map: how many packages are where just now, the largest
//! groups first. Counted up to a limit, so that an answer is as fast among millions.

use std::collections::BTreeMap;

use domain::{
    event::Holder,
    id::{PackageId, PlaceId, Subject},
    position::{Height, LatLon},
    record::ExactPoint,
};
use futures::{StreamExt, TryStreamExt, future::try_join_all, stream};

use crate::{
    Service,
    error::{Error, Result},
    packages::{Filter, PAGE_MAX},
    search::Ask,
    together::{Group, Grouping, Together},
};

/// Most packages that are counted of what is found.
pub const COUNTED_MAX: usize = 2_000;
/// Most groups that are told apart.
pub const GROUPS_MAX: usize = 300;
/// Most pages that are read: where few of many match, no more are looked at.
const PAGES_MAX: usize = 8;
/// Packages read at once.
const AT_ONCE: usize = 256;
/// Groups that are looked for at the same time.
const LOOKED_FOR: usize = 16;

/// A group and where it is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Placed {
    /// What is there.
    pub group: Group,
    /// Where.
    pub position: LatLon,
    /// Metres above the ellipsoid, where anything says so.
    pub height_m: Option<f64>,
    /// How many places more, near to that, are in it: there were too many to tell each.
    pub others: usize,
}

/// Packages that were found, by where they are.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Groups {
    /// How many packages were counted.
    pub packages: usize,
    /// Whether there are more than were counted.
    pub more: bool,
    /// Where they are, the largest group first.
    pub groups: Vec<Placed>,
    /// How many of those counted are in no group that is told, most as nobody knows where.
    pub elsewhere: usize,
}

impl Service {
    /// How many packages a search finds, and whether there are more than were counted.
    pub async fn count(
        &self,
        text: &str,
        filter: &Filter,
        personal: bool,
    ) -> Result<(usize, bool)> {
        let (ids, more) = self.found(text, filter, personal).await?;
        Ok((ids.len(), more))
    }

    /// What a search finds, by where it is. Who may see people's texts finds by them, and
    /// sees homes where they are; others their towns.
    pub async fn groups(&self, text: &str, filter: &Filter, personal: bool) -> Result<Groups> {
        let (ids, more) = self.found(text, filter, personal).await?;
        Ok(Groups { more, ..self.groups_of(&ids, personal).await? })
    }

    /// Packages by where they are; one that was not registered is none.
    pub async fn groups_of(&self, ids: &[PackageId], personal: bool) -> Result<Groups> {
        let (mut grouping, mut packages) = (Grouping::default(), 0);
        for some in ids.chunks(AT_ONCE) {
            let heads = some.iter().map(|id| self.head(Subject::Package(*id)));
            for (id, head) in some.iter().zip(try_join_all(heads).await?) {
                let Some((head, _)) = head.filter(|it| it.0.state.record.is_some()) else {
                    continue;
                };
                packages += 1;
                grouping.add(self, *id, &head.state).await?;
            }
        }
        let groups = self.placed(grouping.largest_first(), personal).await?;
        let told: usize = groups.iter().map(|it| it.group.packages).sum();
        Ok(Groups { packages, more: false, groups, elsewhere: packages - told })
    }

    /// All that a search finds, up to what is counted, and whether there is more.
    async fn found(
        &self,
        text: &str,
        filter: &Filter,
        personal: bool,
    ) -> Result<(Vec<PackageId>, bool)> {
        let (mut ids, mut after, mut more) = (Vec::new(), None, false);
        for _ in 0..PAGES_MAX {
            let limit = (COUNTED_MAX - ids.len()).min(PAGE_MAX);
            let ask = Ask { text, filter, registered_by: None, personal, after, limit };
            let found = self.search(ask).await?;
            ids.extend(found.hits.iter().map(|it| it.line.id));
            more |= found.partial;
            after = found.after;
            if after.is_none() || COUNTED_MAX <= ids.len() {
                break;
            }
        }
        // A page that is just full does not know yet that it was the last.
        if let Some(after) = after.filter(|_| COUNTED_MAX <= ids.len()) {
            let after = Some(after);
            let ask = Ask { text, filter, registered_by: None, personal, after, limit: 1 };
            let found = self.search(ask).await?;
            more |= !found.hits.is_empty() || found.after.is_some();
        } else {
            more |= after.is_some();
        }
        Ok((ids, more))
    }

    /// Where groups are. At places there may be more than can be told, each at its own home:
    /// the smallest are put together by nearness then; what travels is cut off.
    async fn placed(&self, groups: Vec<Group>, personal: bool) -> Result<Vec<Placed>> {
        let (mut moving, mut cells) = (0, BTreeMap::new());
        let looked_for: Vec<_> = groups
            .into_iter()
            .filter(|it| match it.together {
                Together::Held(Holder::Place(_)) => true,
                _ => {
                    moving += 1;
                    moving <= GROUPS_MAX
                }
            })
            .map(|it| self.place_group(it, personal))
            .collect();
        let placed: Vec<Option<Placed>> =
            stream::iter(looked_for).buffered(LOOKED_FOR).try_collect().await?;
        let (mut all, mut many) = (Vec::new(), Vec::new());
        for it in placed.into_iter().flatten() {
            if all.len() < GROUPS_MAX { all.push(it) } else { many.push(it) }
        }
        for it in many {
            let cell = (it.position.lat().round() as i32, it.position.lon().round() as i32);
            match cells.get_mut(&cell) {
                None => {
                    cells.insert(cell, it);
                }
                Some(there) => {
                    let Placed { group, others, .. } = there;
                    group.packages += it.group.packages;
                    *others += 1;
                }
            }
        }
        all.extend(cells.into_values());
        all.sort_by_key(|it| (std::cmp::Reverse(it.group.packages), it.group.one));
        Ok(all)
    }

    async fn place_group(&self, group: Group, personal: bool) -> Result<Option<Placed>> {
        if let Together::Held(Holder::Place(id)) = group.together {
            return self.at_place(group, id, personal).await;
        }
        let subject = Subject::Package(group.one);
        let found = self.whereabouts(subject, self.clock.now(), personal).await?;
        Ok(found.map(|it| Placed {
            group,
            position: it.position,
            height_m: it.height_m,
            others: 0,
        }))
    }

    /// What is at a place is where that is; one that is known of it need not be asked.
    async fn at_place(&self, group: Group, id: PlaceId, personal: bool) -> Result<Option<Placed>> {
        let place = match self.place(id).await {
            Err(Error::NotFound(_)) => return Ok(None),
            other => other?,
        };
        let exact = place.exact.as_ref().filter(|_| personal).and_then(ExactPoint::get);
        let position = exact.map_or(place.at, |it| it.0);
        let height_m = place.ground.map(Height::ellipsoid_m);
        Ok(Some(Placed { group, position, height_m, others: 0 }))
    }
}

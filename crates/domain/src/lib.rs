//! What a package, a place and a movement are; pure: no clock, no I/O, no threads.
//!
//! # Glossary
//!
//! One word per idea, the same in code, API and documents. Units and qualifiers
//! stand last in a name: `radius_95_m`, `happened_at`.
//!
//! | word | meaning |
//! |---|---|
//! | **package** | what is shipped, `pkg_…`; [`record::PackageRecord`] |
//! | **reference** | a number a package is known by: a scheme (`carrier:ups`, `sscc`, `order`, `client_ref`) and a value. Carriers use numbers again, so one may lead to several packages |
//! | **container** | what packages or containers are in: pallet, cage, truck, aircraft, vessel, room, shelf |
//! | **place** | a known location: facility, airport, port, town, home. A **home** has two points: its town for everybody, its own for the few who may know |
//! | **holder** | the container, place or lane that a package or container is in, at or on; [`event::Holder`], [`holding::HolderId`]. Being held is a fact of the child, so loading 500 packages touches 500 children and never the truck |
//! | **lane** | packages that a carrier moves outside our containers on the same way, in the same hour; [`holding::Lane`] |
//! | **reel** | one hour of the map's past: every turn of a package or container from one holder or status to another; [`reel::Reel`] |
//! | **frame** | how everything stood between two reels; [`reel::Frame`] |
//! | **chain** | a thing, its holder, that one's holder, and so on, at most [`whereabouts::DEPTH_MAX`] links |
//! | **carrier** | a shipping company, never a vehicle |
//! | **client** | whose goods; the **recipient** is who gets them |
//! | **tracker** | a device that measures where it is, attached to a package or container for a while |
//! | **fix** | one measured position at an instant; [`motion::Fix`] |
//! | **leg** | one movement between two places and instants, by a **mode** (air, road, rail, sea) |
//! | **route** | the way a leg takes: over land or sea as the mode can; [`route::Route`] |
//! | **lanes** | the graph of ways that ships take; [`lanes::LANES`] |
//! | **event** | a fact about one **subject** (package, container, place, tracker, client), never changed; [`event::Event`] |
//! | **happened_at**, **recorded_at** | the world's clock and ours: two names, always |
//! | **correction**, **void** | events that say another one was wrong: with what is true instead, and without |
//! | **draft** | what somebody says before it is admitted and becomes an event; [`draft::Draft`] |
//! | **state** | what a subject's events amount to: their **fold**; [`state::State`] |
//! | **status** | where a package stands, one word of [`state::Status`] |
//! | **timeline** | a subject's events as intervals that can be asked about any instant; [`timeline::Timeline`] |
//! | **whereabouts** | the answer to "where is it?": position, radius, basis, age, chain, contradictions; [`whereabouts::Whereabouts`] |
//! | **radius_95** | how far it may be from there, in 95 of 100 such answers |
//! | **basis** | what the answer rests on: `measured`, `scanned`, `inherited`, `interpolated`, `predicted` |
//! | **contradiction** | two facts that cannot both be true, told and not hidden |
//! | **position** | WGS 84 latitude and longitude, and a height above the ellipsoid with what it was measured from; [`position::Position`] |
//! | **promised**, **expected** | what the carrier says, and what we think; [`expected`] |
//! | **cost line** | money with its kind, source and id, in whole minor units; [`money::CostLine`] |
//! | **private** | text about a person, kept beside its salted digest so that it can be erased; [`private::Private`] |
//! | **leaf** | the bytes of an event that are logged for ever; [`leaf`]. Its hash is the **receipt** |

pub mod admit;
pub mod attention;
pub mod draft;
pub mod event;
pub mod expected;
pub mod fixes;
pub mod geodesy;
pub mod geoid;
pub mod holding;
pub mod id;
pub mod land;
pub mod lanes;
pub mod leaf;
pub mod map;
pub mod mode;
pub mod money;
pub mod motion;
mod packed;
pub mod position;
pub mod private;
pub mod record;
pub mod reel;
pub mod route;
pub mod state;
pub mod sun;
pub mod time;
pub mod timeline;
mod varint;
pub mod whereabouts;
pub mod words;

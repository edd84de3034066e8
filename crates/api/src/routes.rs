//! Every route there is, by audience. One that is not here does not exist; one
//! that is here says who may use it.

use service::{people::Permission, record::TOGETHER_MAX};

use crate::{
    auth::Who,
    body::BATCH_ITEMS_MAX,
    evidence,
    handlers::{
        Paging, Part, attention, audit, basemap, clients, company, containers, erasing, events,
        exporting, finding, grouping, history, importing, live, log, map, operations, packages,
        page, photos, places, session, tokens, trackers, users, whereabouts,
    },
    route::{Route, delete, get, patch, post, put},
    wire::{
        attention::{AttentionCounts, AttentionList},
        audit::{AuditList, PackageAudit},
        container::{Container, ContainerInput, Contents},
        erasing::{Erasing, Erasure},
        event::{ClientBody, Event},
        finding::{Order, PackageList, PickedInput},
        fixes::{FixesAccepted, FixesInput, Tracker, TrackerInput, TrackerMade, Trackers},
        grouping::{PackageCount, PackageGroups},
        history::History,
        importing::{ImportInput, ImportProgress, ImportReport},
        live::{LiveEvent, LiveTicket},
        map::{Activity, Tile},
        package::{Package, PackageInput},
        people::{
            Me, PasswordBody, Sessions, SetupBody, SignInBody, SignedOut, TokenInput, TokenView,
            Tokens, UserInput, UserPatch, UserView, Users, WaysIn,
        },
        place::{Merge, Place, PlaceInput},
        receipt::{BatchResult, Created, Recorded},
        system::SystemView,
        whereabouts::Whereabouts,
    },
};

/// Every employee who was given anything may see packages; what is personal and
/// what things cost is decided field by field (`wire/viewer.rs`).
pub const READ: Who = Who::Any(Permission::ALL);
/// Who scans, registers and corrects.
const ENTER: Who = Who::Any(&[Permission::Enter]);
/// Who manages accounts.
const ADMIN: Who = Who::Any(&[Permission::Admin]);
/// Who reads the audit log.
const AUDIT: Who = Who::Any(&[Permission::Audit]);
/// Who watches over the installation.
const OPERATE: Who = Who::Any(&[Permission::Audit, Permission::Admin]);

/// The table.
pub fn all() -> Vec<Route> {
    let groups = [
        everybody(),
        oneself(),
        reading_packages(),
        recording_packages(),
        containers(),
        photos(),
        places_and_clients(),
        reporting(),
        auditing(),
        running_it(),
    ];
    groups.into_iter().flatten().collect()
}

/// No data here: the web app's files, and the ways in. Its page also answers at every
/// address that no route begins like (`handlers/page.rs`).
fn everybody() -> Vec<Route> {
    vec![
        get("/", Who::Public, page::index)
            .says("page", "The web app.")
            .answers_media(200, "text/html"),
        get("/assets/{name}", Who::Public, page::asset)
            .says("asset", "A file of the web app, kept for ever under its name.")
            .answers_media(200, "*/*"),
        get("/basemap.pmtiles", Who::Public, basemap::archive)
            .says("basemap", "The map's land, waters, borders and towns, as a PMTiles archive.")
            .versioned()
            .answers_media(200, basemap::MEDIA)
            .answers_media(206, basemap::MEDIA),
        get("/healthz", Who::Public, operations::health)
            .says("health", "Says that the server answers.")
            .answers_media(200, "text/plain"),
        get("/v1/openapi.json", Who::Public, operations::document)
            .says("openApi", "This document.")
            .answers_media(200, "application/json"),
        get("/login/{link}", Who::Public, session::follow_link)
            .says("followLink", "Signs in whoever opens a one-time link, and shows the page.")
            .answers_nothing(303),
        get("/v1/session", Who::Public, company::ways_in)
            .says("waysIn", "Whoever is signed in, if anybody is, and the ways to sign in.")
            .answers::<WaysIn>(200),
        get("/v1/session/oidc", Who::Public, company::begin)
            .says("beginCompanySignIn", "Sends a browser to the company's issuer to sign in.")
            .asks::<company::Begin>()
            .answers_nothing(303),
        get("/v1/session/oidc/callback", Who::Public, company::finish)
            .says(
                "finishCompanySignIn",
                "Takes a browser back from the issuer, begins its session and shows the page.",
            )
            .asks::<company::Back>()
            .answers_nothing(303),
        post("/v1/session", Who::Public, session::sign_in)
            .says("signIn", "Signs in with name and password: sets the session cookie.")
            .takes::<SignInBody>()
            .answers::<Me>(201),
        post("/v1/setup", Who::Public, session::set_up)
            .says(
                "setUp",
                "Creates the first administrator with the token shown at the first start.",
            )
            .takes::<SetupBody>()
            .answers::<Me>(201),
    ]
}

/// Whoever is signed in, about themselves.
fn oneself() -> Vec<Route> {
    vec![
        delete("/v1/session", Who::InPerson, session::sign_out)
            .says("signOut", "Ends the session that asks; says where to end the issuer's.")
            .answers::<SignedOut>(200)
            .answers_nothing(204),
        get("/v1/me", Who::SignedIn, session::me)
            .says("me", "Whoever is signed in, and what they may do.")
            .answers::<Me>(200),
        get("/v1/me/packages", Who::SignedIn, finding::mine)
            .says("myPackages", "Packages addressed to oneself, or registered by oneself.")
            .asks::<Part<finding::Owned>>()
            .answers::<PackageList>(200),
        get("/v1/me/watchlist", Who::SignedIn, finding::followed)
            .says("followedPackages", "The packages that one follows, the last picked first.")
            .asks::<Paging>()
            .answers::<PackageList>(200),
        put("/v1/me/watchlist/{package}", READ, finding::follow)
            .says("followPackage", "Follows a package from now on: at most 500 at a time.")
            .answers_nothing(204),
        delete("/v1/me/watchlist/{package}", READ, finding::unfollow)
            .says("unfollowPackage", "Does not follow it any more.")
            .answers_nothing(204),
        post("/v1/me/password", Who::InPerson, session::change_password)
            .says("changePassword", "Sets one's own password; ends every other session.")
            .takes::<PasswordBody>()
            .answers::<Me>(200),
        get("/v1/me/sessions", Who::InPerson, session::list)
            .says("listSessions", "Where one is signed in.")
            .answers::<Sessions>(200),
        delete("/v1/me/sessions", Who::InPerson, session::end_others)
            .says("endOtherSessions", "Ends every session but the one that asks.")
            .answers_nothing(204),
        delete("/v1/me/sessions/{session}", Who::InPerson, session::end_one)
            .says("endSession", "Ends one session, at once.")
            .answers_nothing(204),
        get("/v1/me/tokens", Who::InPerson, tokens::list)
            .says("listTokens", "One's API tokens that still work.")
            .answers::<Tokens>(200),
        post("/v1/me/tokens", Who::InPerson, tokens::create)
            .says("createToken", "Makes an API token; only this answer holds it.")
            .takes::<TokenInput>()
            .answers::<TokenView>(201),
        delete("/v1/me/tokens/{token}", Who::InPerson, tokens::revoke)
            .says("revokeToken", "Revokes an API token, at once.")
            .answers_nothing(204),
    ]
}

fn reading_packages() -> Vec<Route> {
    vec![
        get("/v1/packages", READ, finding::list)
            .says("listPackages", "Packages, newest first; or found by whatever is known of them.")
            .asks::<Part<finding::Search>>()
            .answers::<PackageList>(200),
        get("/v1/packages/count", READ, grouping::count)
            .says("countPackages", "How many packages a list has, counted up to 2,000.")
            .asks::<finding::Search>()
            .answers::<PackageCount>(200),
        get("/v1/packages/groups", READ, grouping::found)
            .says("groupPackages", "Where the packages of a list are just now, as groups.")
            .asks::<finding::Search>()
            .answers::<PackageGroups>(200),
        post("/v1/packages/groups", READ, grouping::picked)
            .says("groupPicked", "Where packages that somebody picked are just now, as groups.")
            .takes::<PickedInput>()
            .answers::<PackageGroups>(200),
        get("/v1/exports", READ, exporting::packages)
            .says("exportPackages", "Every package of a list, as a table or as lines of JSON.")
            .asks::<exporting::Wanted>()
            .answers_media(200, exporting::CSV)
            .answers_media(200, exporting::NDJSON),
        post("/v1/exports", READ, exporting::picked)
            .says("exportPicked", "Packages that somebody picked, as a table or as lines of JSON.")
            .takes::<PickedInput>()
            .asks::<exporting::Written>()
            .answers_media(200, exporting::CSV)
            .answers_media(200, exporting::NDJSON),
        get("/v1/orders/{order}", READ, finding::order)
            .says("getOrder", "An order as a group: how far its packages are, and where together.")
            .answers::<Order>(200),
        get("/v1/packages/{package}", READ, packages::one)
            .says("getPackage", "One package, by id or by a number that names only it.")
            .versioned()
            .answers::<Package>(200),
        get("/v1/packages/{package}/history", READ, history::of_package)
            .says("getPackageHistory", "Everything recorded of a package.")
            .asks::<history::Part>()
            .answers::<History>(200),
        get("/v1/packages/{package}/whereabouts", READ, whereabouts::of_package)
            .says("getPackageWhereabouts", "Where a package was, is or will be.")
            .asks::<whereabouts::Instant>()
            .answers::<Whereabouts>(200),
        get("/v1/packages/{package}/track", READ, whereabouts::track_of_package)
            .says("getPackageTrack", "The path of a package, as GeoJSON in three dimensions.")
            .asks::<whereabouts::Span>()
            .answers_media(200, whereabouts::GEO_JSON),
        get("/v1/map/{z}/{x}/{y}", Who::Passes, map::tile)
            .says("getMapTile", "A tile of the map: what holds packages there, and how many.")
            .asks::<map::Narrowed>()
            .answers_media(200, map::COLUMNS)
            .answers::<Tile>(200)
            .answers_nothing(304),
        get("/v1/map/activity", Who::Passes, map::activity)
            .says("getMapActivity", "How much happened on the map, hour by hour.")
            .asks::<map::Hours>()
            .answers::<Activity>(200),
    ]
}

fn recording_packages() -> Vec<Route> {
    vec![
        post("/v1/packages", ENTER, packages::create)
            .says("createPackage", "Registers a package; or each of up to 1,000.")
            .idempotent()
            .takes_many::<PackageInput>(BATCH_ITEMS_MAX)
            .answers::<Created>(201)
            .answers::<BatchResult>(200),
        patch("/v1/packages/{package}", ENTER, packages::amend)
            .says("amendPackage", "Changes what was registered of a package.")
            .idempotent()
            .conditional()
            .takes_patch::<PackageInput>()
            .answers::<Recorded>(200),
        post("/v1/packages/{package}/events", ENTER, events::add_to_package)
            .says("addPackageEvents", "Records what happened to a package, all of it or nothing.")
            .idempotent()
            .takes_many::<Event>(TOGETHER_MAX)
            .answers::<Recorded>(201)
            .answers::<Recorded>(200),
        post("/v1/events", ENTER, events::add_batch)
            .says("addEvents", "Records what happened to many things, each by itself.")
            .idempotent()
            .takes_many::<events::EventAbout>(BATCH_ITEMS_MAX)
            .answers::<BatchResult>(200),
        post("/v1/imports", ENTER, importing::import)
            .says(
                "importTable",
                "Records the packages of a table by a mapping, or only says what is wrong with it; \
                 sending it again goes on where it stopped.",
            )
            .takes::<ImportInput>()
            .answers::<ImportReport>(200),
        get("/v1/imports/template.csv", ENTER, importing::template)
            .says("getImportTemplate", "A table to fill in, which needs no mapping.")
            .answers_media(200, exporting::CSV),
        get("/v1/imports/{import}", ENTER, importing::progress)
            .says("getImport", "How far an import is, and which lines were refused.")
            .answers::<ImportProgress>(200),
    ]
}

fn containers() -> Vec<Route> {
    vec![
        get("/v1/containers", READ, containers::list)
            .says("listContainers", "Containers by name.")
            .asks::<Part<clients::Search>>()
            .answers::<containers::Containers>(200),
        post("/v1/containers", ENTER, containers::create)
            .says("createContainer", "Registers a container: a pallet, a truck, a shelf.")
            .idempotent()
            .takes::<ContainerInput>()
            .answers::<Created>(201)
            .answers::<Created>(200),
        get("/v1/containers/{container}", READ, containers::one)
            .says("getContainer", "One container and what it holds directly.")
            .asks::<Paging>()
            .versioned()
            .answers::<Container>(200),
        patch("/v1/containers/{container}", ENTER, containers::amend)
            .says("amendContainer", "Changes what was registered of a container.")
            .idempotent()
            .conditional()
            .takes_patch::<ContainerInput>()
            .answers::<Recorded>(200),
        post("/v1/containers/{container}/events", ENTER, events::add_to_container)
            .says(
                "addContainerEvents",
                "Records what happened to a container, all of it or nothing.",
            )
            .idempotent()
            .takes_many::<Event>(TOGETHER_MAX)
            .answers::<Recorded>(201)
            .answers::<Recorded>(200),
        get("/v1/containers/{container}/history", READ, history::of_container)
            .says("getContainerHistory", "Everything recorded of a container.")
            .asks::<history::Part>()
            .answers::<History>(200),
        get("/v1/containers/{container}/whereabouts", READ, whereabouts::of_container)
            .says("getContainerWhereabouts", "Where a container was, is or will be.")
            .asks::<whereabouts::Instant>()
            .answers::<Whereabouts>(200),
        get("/v1/containers/{container}/track", READ, whereabouts::track_of_container)
            .says("getContainerTrack", "The path of a container, as GeoJSON in three dimensions.")
            .asks::<whereabouts::Span>()
            .answers_media(200, whereabouts::GEO_JSON),
        put("/v1/containers/{container}/members/{member}", ENTER, containers::put_in)
            .says("putIntoContainer", "Puts a package or container into a container, now.")
            .idempotent()
            .answers::<Recorded>(200),
        delete("/v1/containers/{container}/members/{member}", ENTER, containers::take_out)
            .says("takeOutOfContainer", "Takes a package or container out of a container, now.")
            .idempotent()
            .answers::<Recorded>(200),
    ]
}

fn photos() -> Vec<Route> {
    let adding = |route: Route| {
        let taken = photos::MEDIA.iter().fold(route, |route, media| route.takes_media(media, None));
        taken
            .asks::<photos::Taken>()
            .answers::<photos::PhotoAdded>(201)
            .answers::<photos::PhotoAdded>(200)
    };
    vec![
        post("/v1/photos/uploads", ENTER, photos::offer_upload)
            .says("offerPhotoUpload", "Gives leave to post a photo to where photos are kept.")
            .answers::<photos::Upload>(200),
        adding(
            post("/v1/packages/{package}/photos", ENTER, photos::add_to_package)
                .says("addPackagePhoto", "Adds a photo of at most 10 MiB to a package."),
        ),
        get("/v1/packages/{package}/photos", READ, photos::of_package)
            .says("listPackagePhotos", "The photos of a package.")
            .answers::<photos::Photos>(200),
        get("/v1/packages/{package}/photos/{photo}", READ, photos::one_of_package)
            .says("getPackagePhoto", "One photo of a package.")
            .versioned()
            .answers_media(200, "image/*"),
        get("/v1/packages/{package}/photos/{photo}/thumbnail", READ, photos::small_of_package)
            .says(
                "getPackagePhotoThumbnail",
                "One photo of a package, at most 320 pixels wide and high.",
            )
            .versioned()
            .answers_media(200, "image/jpeg"),
        adding(
            post("/v1/containers/{container}/photos", ENTER, photos::add_to_container)
                .says("addContainerPhoto", "Adds a photo of at most 10 MiB to a container."),
        ),
        get("/v1/containers/{container}/photos", READ, photos::of_container)
            .says("listContainerPhotos", "The photos of a container.")
            .answers::<photos::Photos>(200),
        get("/v1/containers/{container}/photos/{photo}", READ, photos::one_of_container)
            .says("getContainerPhoto", "One photo of a container.")
            .versioned()
            .answers_media(200, "image/*"),
        get(
            "/v1/containers/{container}/photos/{photo}/thumbnail",
            READ,
            photos::small_of_container,
        )
        .says(
            "getContainerPhotoThumbnail",
            "One photo of a container, at most 320 pixels wide and high.",
        )
        .versioned()
        .answers_media(200, "image/jpeg"),
    ]
}

fn places_and_clients() -> Vec<Route> {
    vec![
        get("/v1/places", READ, places::list)
            .says("listPlaces", "Places by name; also cities, airports, ports and countries.")
            .asks::<Part<places::Search>>()
            .answers::<places::Places>(200),
        post("/v1/places", ENTER, places::create)
            .says("createPlace", "Registers a place.")
            .idempotent()
            .takes::<PlaceInput>()
            .answers::<Created>(201)
            .answers::<Created>(200),
        get("/v1/places/{place}", READ, places::one)
            .says("getPlace", "One place.")
            .versioned()
            .answers::<Place>(200),
        get("/v1/places/{place}/contents", READ, places::contents)
            .says(
                "getPlaceContents",
                "What is at a place; of a home only for those who may see it.",
            )
            .asks::<Paging>()
            .answers::<Contents>(200),
        patch("/v1/places/{place}", ENTER, places::amend)
            .says("amendPlace", "Changes what was registered of a place.")
            .idempotent()
            .conditional()
            .takes_patch::<PlaceInput>()
            .answers::<Recorded>(200),
        post("/v1/places/{place}/merge", ADMIN, places::merge)
            .says(
                "mergePlace",
                "Says that a place is one with another, or a place of its own again.",
            )
            .idempotent()
            .takes::<Merge>()
            .answers::<Recorded>(200),
        get("/v1/clients", READ, clients::list)
            .says("listClients", "Clients by name.")
            .asks::<Part<clients::Search>>()
            .answers::<clients::Clients>(200),
        post("/v1/clients", ENTER, clients::create)
            .says("createClient", "Registers a client.")
            .idempotent()
            .takes::<ClientBody>()
            .answers::<Created>(201)
            .answers::<Created>(200),
    ]
}

fn reporting() -> Vec<Route> {
    vec![
        post("/v1/trackers", ENTER, trackers::create)
            .says("createTracker", "Registers a tracker and gives its device a key.")
            .idempotent()
            .takes::<TrackerInput>()
            .answers::<TrackerMade>(201)
            .answers::<TrackerMade>(200),
        get("/v1/trackers", READ, trackers::list)
            .says("listTrackers", "Trackers by name.")
            .asks::<Part<clients::Search>>()
            .answers::<Trackers>(200),
        get("/v1/trackers/{tracker}", READ, trackers::one)
            .says("getTracker", "One tracker, and where it was measured last.")
            .answers::<Tracker>(200),
        post("/v1/trackers/{tracker}/key", ENTER, trackers::new_key)
            .says("newTrackerKey", "Gives a device a new key; the one before is worthless.")
            .answers::<TrackerMade>(200),
        delete("/v1/trackers/{tracker}/key", ENTER, trackers::no_key)
            .says("deleteTrackerKey", "Takes a device its key away.")
            .answers_nothing(204),
        post("/v1/fixes", Who::Reports, trackers::add_fixes)
            .says("addFixes", "Accepts a batch of fixes, durably, all of it or nothing.")
            .idempotent()
            .takes::<FixesInput>()
            .takes_media(trackers::COLUMNS, None)
            .answers::<FixesAccepted>(201)
            .answers::<FixesAccepted>(202)
            .answers::<FixesAccepted>(200),
        get("/v1/attention", READ, attention::list)
            .says("listAttention", "What needs attention, and why: the newest first.")
            .asks::<Part<attention::Asked>>()
            .answers::<AttentionList>(200),
        get("/v1/attention/counts", READ, attention::counts)
            .says("countAttention", "How much needs attention, by why.")
            .answers::<AttentionCounts>(200),
        get("/v1/live", READ, live::stream)
            .says("live", live::SAYS)
            .asks::<live::Wanted>()
            .answers_media(200, live::EVENT_STREAM)
            .speaks_of::<LiveEvent>(),
        post("/v1/live/ticket", READ, live::ticket)
            .says("liveTicket", live::TICKET_SAYS)
            .answers::<LiveTicket>(200),
    ]
}

/// The audit log, as C2SP tlog-tiles has it, and what it says of one thing.
fn auditing() -> Vec<Route> {
    let tile = |path, name| {
        get(path, AUDIT, log::file)
            .says(
                name,
                "256 hashes or entries of the audit log (C2SP tlog-tiles), or the last few.",
            )
            .answers_media(200, log::TILE)
    };
    vec![
        get("/v1/log/checkpoint", AUDIT, log::file)
            .says(
                "getLogCheckpoint",
                "Size and root of the audit log, signed (C2SP tlog-checkpoint).",
            )
            .answers_media(200, log::TEXT),
        get("/v1/log/vkey", AUDIT, log::file)
            .says(
                "getLogKey",
                "The public key that the audit log is signed with (C2SP signed-note).",
            )
            .answers_media(200, log::TEXT),
        tile("/v1/log/tile/{level}/{first}", "getLogTile"),
        tile("/v1/log/tile/{level}/{first}/{second}", "getLogTile2"),
        tile("/v1/log/tile/{level}/{first}/{second}/{third}", "getLogTile3"),
        tile("/v1/log/tile/{level}/{first}/{second}/{third}/{last}", "getLogTile4"),
        get("/v1/log/proofs/{index}", AUDIT, log::proof)
            .says("getLogProof", "The proof that an entry is in the audit log (C2SP tlog-proof).")
            .answers_media(200, log::TEXT),
        get("/v1/audit", AUDIT, audit::list)
            .says("listAudit", "Everything that is logged: by whom, what and when; newest first.")
            .asks::<Part<audit::Asked>>()
            .answers::<AuditList>(200),
        get("/v1/audit/packages/{package}", AUDIT, audit::of_package)
            .says(
                "getPackageAudit",
                "Everything recorded of a package, to the byte, and where it is logged; and of \
                 whatever carried it.",
            )
            .asks::<Paging>()
            .answers::<PackageAudit>(200),
        get("/v1/audit/packages/{package}/evidence.zip", AUDIT, audit::evidence)
            .says(
                "getPackageEvidence",
                "Everything recorded of a package and of whatever carried it, with proofs that \
                 anybody can check without us: a ZIP file.",
            )
            .answers_media(200, evidence::MEDIA),
    ]
}

fn running_it() -> Vec<Route> {
    vec![
        get("/v1/users", ADMIN, users::list)
            .says("listUsers", "Accounts by login name.")
            .asks::<Part<users::Search>>()
            .answers::<Users>(200),
        post("/v1/users", ADMIN, users::create)
            .says("createUser", "Creates an account.")
            .idempotent()
            .takes::<UserInput>()
            .answers::<UserView>(201),
        get("/v1/users/{user}", ADMIN, users::one)
            .says("getUser", "One account.")
            .versioned()
            .answers::<UserView>(200),
        patch("/v1/users/{user}", ADMIN, users::amend)
            .says("amendUser", "Changes an account, at once: also its open sessions.")
            .conditional()
            .takes::<UserPatch>()
            .answers::<UserView>(200),
        post("/v1/erasures", ADMIN, erasing::erase)
            .says("erase", "Erases personal text and photos for good; proofs stay valid.")
            .takes::<Erasure>()
            .answers::<Erasing>(200),
        get("/v1/system", OPERATE, operations::system)
            .says("getSystem", "How the installation does: what is behind, what was repaired.")
            .answers::<SystemView>(200),
        get("/metrics", OPERATE, operations::metrics)
            .says("metrics", "What the server counts, for Prometheus.")
            .answers_media(200, operations::METRICS),
    ]
}

#[cfg(test)]
mod tests;

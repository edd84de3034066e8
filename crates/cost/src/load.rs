//! How much is going on, and what each thing of it takes.

use crate::{
    Item, Taken,
    counted::{self, Units, bytes, took_ms},
};

/// Days of a month, on average.
pub const DAYS: f64 = 365.25 / 12.0;
const GB: f64 = 1e9;
/// A published message is billed as one operation up to 5 KB; several fit.
const NEWS_TOGETHER: f64 = 5.0;
/// What a viewer takes of the map at once.
const TILES: f64 = 6.0;
/// Events stay in the table for so long after their package was closed.
const FILED_AFTER_DAYS: f64 = 90.0;

/// How much is going on.
#[derive(Clone, Debug, PartialEq)]
pub struct Load {
    /// Packages in motion at a time.
    pub packages: f64,
    /// How long each is.
    pub days_in_motion: f64,
    /// Custody events of each.
    pub events: f64,
    /// Events in one request.
    pub events_together: f64,
    /// Vehicles with a tracker.
    pub vehicles: f64,
    /// Seconds between two fixes of one.
    pub fix_period_s: f64,
    /// Hours a day that each drives.
    pub driving_h: f64,
    /// Fixes in one request of a gateway.
    pub fixes_together: f64,
    /// Of these, how many are of one tracker: they cost one write together.
    pub coalesced: f64,
    /// Part of the fixes that are of what carries packages: they move a mark on the map.
    pub carrying: f64,
    /// People who watch the map.
    pub viewers: f64,
    /// Hours a day that each watches.
    pub viewing_h: f64,
    /// Seconds between two pieces of news that a viewer gets.
    pub news_s: f64,
    /// Seconds between two looks at the whole map by one.
    pub map_s: f64,
    /// Part of those looks that the edge answers by itself.
    pub cached: f64,
    /// Questions about one package each day, by all people together.
    pub questions: f64,
    /// People who sign in by Cognito in a month; by an issuer of one's own it costs nothing.
    pub cognito_people: f64,
    /// How many years are kept.
    pub years: f64,
}

impl Load {
    /// What it is designed for.
    #[must_use]
    pub fn design() -> Self {
        Self {
            packages: 5e6,
            days_in_motion: 5.0,
            events: 15.0,
            events_together: 25.0,
            vehicles: 25_000.0,
            fix_period_s: 10.0,
            driving_h: 8.0,
            fixes_together: 500.0,
            coalesced: 1.0,
            carrying: 1.0,
            viewers: 20_000.0,
            viewing_h: 8.0,
            news_s: 10.0,
            map_s: 60.0,
            cached: 0.95,
            questions: 1e7,
            cognito_people: 0.0,
            years: 1.0,
        }
    }

    /// Nothing is going on.
    #[must_use]
    pub fn idle() -> Self {
        let none = Self::design();
        Self { packages: 0.0, vehicles: 0.0, viewers: 0.0, questions: 0.0, years: 0.0, ..none }
    }

    /// Packages that are registered in a month.
    #[must_use]
    pub fn registrations(&self) -> f64 {
        self.packages / self.days_in_motion * DAYS
    }

    /// Custody events in a month.
    #[must_use]
    pub fn custody_events(&self) -> f64 {
        self.registrations() * self.events
    }

    /// Fixes in a month.
    #[must_use]
    pub fn fixes(&self) -> f64 {
        self.vehicles * self.driving_h * 3_600.0 / self.fix_period_s * DAYS
    }

    /// Hours that all viewers watch in a month.
    #[must_use]
    pub fn viewer_hours(&self) -> f64 {
        self.viewers * self.viewing_h * DAYS
    }

    /// What a fix takes until it is found, drawn apart from [`Self::of_carrying`].
    #[must_use]
    pub fn of_fix(&self) -> Taken {
        let (request, ring) = (1.0 / self.fixes_together, 1.0 / self.coalesced);
        let batch = request / counted::BATCH_MESSAGES;
        let changes = ring + counted::FIX.writes + request;
        request_of(request)
            .with_units(counted::RING, ring)
            .with_units(counted::FIX, 1.0)
            .with_units(counted::MESSAGE, request)
            // Sent one by one, brought and removed ten at a time.
            .with(Item::QueueRequest, request * (1.0 + 2.0 / counted::QUEUE_TOGETHER))
            .with_function(batch, took_ms::FIX * ring)
            .with(Item::BlobPut, batch)
            .and(&of_changes(changes), 1.0)
    }

    /// What a fix takes besides if it is of what carries packages: its mark on the map, and whoever
    /// follows it.
    #[must_use]
    pub fn of_carrying(&self) -> Taken {
        Taken::default()
            .with_units(counted::CARRYING, 1.0)
            .with_function(0.0, took_ms::CARRYING)
            .with(Item::LiveOperation, 1.0 / NEWS_TOGETHER)
            .and(&of_changes(counted::CARRYING.writes), 1.0)
    }

    /// What a custody event takes: recorded, derived, logged, shown to whoever watches.
    #[must_use]
    pub fn of_event(&self) -> Taken {
        let request = 1.0 / self.events_together;
        request_of(request)
            .with_function(0.0, took_ms::EVENT + took_ms::EVENT_DERIVED)
            .and(&of_recorded(counted::CUSTODY_EVENT, counted::CHANGES_OF_EVENT), 1.0)
            .with(Item::BlobPut, self.log_files_of_event())
    }

    /// What it takes to tell other systems of an event on the bus, where any listen: those of
    /// one sort that come in one batch of the stream, which is a second's, are told together.
    #[must_use]
    pub fn of_told(&self) -> Taken {
        let in_batch = self.custody_events() / (DAYS * 86_400.0) / counted::STREAM_SHARDS;
        Taken::default().with(Item::BusEvent, 1.0 / (in_batch / counted::SORTS_TOLD).max(1.0))
    }

    /// What a registration takes.
    #[must_use]
    pub fn of_registration(&self) -> Taken {
        let request = 1.0 / self.events_together;
        request_of(request)
            .with_function(0.0, took_ms::EVENT + 2.0 * took_ms::EVENT_DERIVED)
            .and(&of_recorded(counted::REGISTRATION, counted::CHANGES_OF_REGISTRATION), 1.0)
            .with(Item::BlobPut, self.log_files_of_event())
    }

    /// What a package takes in its life: registered, and all its events.
    #[must_use]
    pub fn of_package(&self) -> Taken {
        self.of_registration().and(&self.of_event(), self.events)
    }

    /// What a question about one package takes.
    #[must_use]
    pub fn of_question(&self) -> Taken {
        request_of(1.0).with_units(counted::QUESTION, 1.0).with(Item::EdgeGb, bytes::ANSWER / GB)
    }

    /// What somebody takes who watches for an hour.
    #[must_use]
    pub fn of_viewer_hour(&self) -> Taken {
        let looks = 3_600.0 / self.map_s * TILES;
        Taken::default()
            .with(Item::LiveMinute, 60.0)
            .with(Item::LiveOperation, 3_600.0 / self.news_s)
            .with(Item::EdgeRequest, looks * self.cached)
            .with(Item::EdgeGb, looks * bytes::TILE / GB)
            .and(&request_of(1.0), looks * (1.0 - self.cached))
    }

    /// What is kept, for a month.
    #[must_use]
    pub fn of_kept(&self) -> Taken {
        let months = self.years * 12.0;
        let rows = self.packages * bytes::PACKAGE_ROWS
            + self.custody_events() / DAYS
                * (self.days_in_motion + FILED_AFTER_DAYS)
                * bytes::EVENT_ROW
            + self.vehicles * bytes::RING_ROW;
        let logged = (self.custody_events() + self.registrations()) * bytes::LOGGED * months;
        let monthly = self.custody_events() * bytes::HISTORY + self.fixes() * bytes::FIX;
        let (fresh, rare) = (months.min(1.0), (months - 1.0).clamp(0.0, 5.0));
        let archived = (months - 6.0).max(0.0);
        Taken::default()
            .with(Item::TableGbMonth, rows / GB)
            .with(Item::TableBackupGbMonth, rows / GB)
            .with(Item::BlobGbMonth, (logged + monthly * fresh) / GB)
            .with(Item::BlobRareGbMonth, monthly * rare / GB)
            .with(Item::BlobArchiveGbMonth, monthly * archived / GB)
            .with(Item::PersonSignedIn, self.cognito_people)
    }

    /// What a month takes in which nobody comes.
    #[must_use]
    pub fn of_standing(&self) -> Taken {
        let minutes = DAYS * 24.0 * 60.0;
        // Each minute, each five minutes and each hour; the log each five; the history each day.
        let calls = minutes + 2.0 * minutes / 5.0 + minutes / 60.0 + DAYS;
        Taken::default()
            .with_units(counted::IDLE_DUE, minutes)
            .with_units(counted::IDLE_LOOK, minutes / 5.0)
            .with_function(calls, calls * took_ms::IDLE_LOOK)
            .with(Item::ScheduleCall, calls)
            .with(Item::QueueRequest, 2.0 * counted::IDLE_POLLS_OF_QUEUE)
            .with(Item::LogGb, calls * bytes::LOG_LINE / GB)
            .with(Item::Alarm, 10.0)
            .with(Item::Dashboard, 1.0)
            .with(Item::Metric, 10.0)
            .with(Item::TableBackupGbMonth, 1.0)
            .with(Item::BlobGbMonth, 1.0)
    }

    /// Files of the log for each entry: its tiles once full, and its part of a batch's edge. The
    /// fewer there are in ten seconds, the more each costs; what comes in one request is together.
    fn log_files_of_event(&self) -> f64 {
        let entries = self.custody_events() + self.registrations();
        let in_batch = entries / (DAYS * 86_400.0) * counted::LOG_EVERY_S;
        2.0 / counted::TILE_ENTRIES + counted::LOG_FILES / in_batch.max(self.events_together)
    }
}

/// A request through the edge and the API to its function.
fn request_of(times: f64) -> Taken {
    Taken::default()
        .with(Item::EdgeRequest, times)
        .with(Item::ApiRequest, times)
        .with_function(times, took_ms::REQUEST * times)
        .with(Item::LogGb, bytes::LOG_LINE / GB * times)
}

/// Something recorded: its rows, its place in the log, those who read the stream, who watches.
fn of_recorded(units: Units, changes: f64) -> Taken {
    Taken::default()
        .with_units(units, 1.0)
        .with_units(counted::LOGGED_EVENT, 1.0)
        .with(Item::LiveOperation, 1.0 / NEWS_TOGETHER)
        .and(&of_changes(changes), 1.0)
}

/// Changes that both readers of the stream get, and look at.
fn of_changes(changes: f64) -> Taken {
    let calls = changes * counted::STREAM_READERS / counted::BATCH_CHANGES;
    Taken::default()
        .with_function(calls, changes * counted::STREAM_READERS * took_ms::CHANGE)
        .with(Item::LogGb, calls * bytes::LOG_LINE / GB)
}

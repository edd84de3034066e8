//! What a map is narrowed to: one property, which the counts of its holders tell.
//! More at once would need every package to be looked at.

use domain::{id::ClientId, map::Counts, mode::Mode, state::Status};

/// Which packages a map shows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub enum Narrow {
    /// Those of which something more is expected.
    #[default]
    Open,
    /// Every one.
    All,
    /// Those that stand so.
    Status(Status),
    /// Open ones that travel so.
    Mode(Mode),
    /// Open ones that this company ships.
    Carrier(String),
    /// Open ones of this client.
    Client(ClientId),
}

impl Narrow {
    /// How many packages match, and how many of those have a problem, as far as
    /// the counts tell.
    #[must_use]
    pub fn count(&self, counts: &Counts) -> (u32, u32) {
        let problems = counts.statuses.of(&Status::Problem);
        let (packages, problems) = match self {
            Self::Open => (counts.open(), problems),
            Self::All => (counts.packages(), problems),
            Self::Status(Status::Problem) => (problems, problems),
            Self::Status(status) => (counts.statuses.of(status), 0),
            Self::Mode(mode) => (counts.modes.of(mode), 0),
            Self::Carrier(carrier) => (counts.carriers.of(carrier), 0),
            Self::Client(client) => (counts.clients.of(client), 0),
        };
        let narrow = |it: i64| u32::try_from(it.max(0)).unwrap_or(u32::MAX);
        (narrow(packages), narrow(problems))
    }
}

//! What happens when very many people come at once.

use crate::counted::{self, took_ms};

/// What an account may take, before anybody asks for more.
pub mod quota {
    /// Requests a second to one distribution (CloudFront's default quota).
    pub const EDGE_PER_S: f64 = 250_000.0;
    /// Requests a second to all APIs of an account and region.
    pub const API_PER_S: f64 = 10_000.0;
    /// Functions that run at once in an account; new accounts may have ten.
    pub const FUNCTIONS: f64 = 1_000.0;
    /// Requests a second to each function that runs.
    pub const REQUESTS_OF_FUNCTION_PER_S: f64 = 10.0;
    /// Functions that start in ten seconds.
    pub const STARTED_IN_10_S: f64 = 1_000.0;
    /// Read units a second of a table that is new.
    pub const TABLE_READS_PER_S: f64 = 12_000.0;
}

/// Files of the page: document, program, style, words, icon, basemap's first pieces.
const PAGE_FILES: f64 = 8.0;
/// Tiles of the first view.
const TILES: f64 = 6.0;
/// Different tiles that all of them look at; the edge asks for each once a second, whoever waits.
const DIFFERENT_TILES: f64 = 300.0;
/// Who am I, what do I follow, a ticket for live changes.
const QUESTIONS: f64 = 3.0;

/// A crowd that opens the app within a second.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Herd {
    /// How many.
    pub people: f64,
    /// Requests that reach the edge.
    pub edge_requests: f64,
    /// Of these, requests that reach the API.
    pub api_requests: f64,
    /// Requests a second that the API lets in.
    pub api_per_s: f64,
    /// Seconds until the last has an answer; who waits is told when to come again.
    pub all_answered_s: f64,
    /// Functions that run at once meanwhile.
    pub functions: f64,
    /// Functions that must be allowed, by the rule of ten requests a second for each.
    pub functions_asked: f64,
    /// Read units a second of the table.
    pub reads_per_s: f64,
    /// People who connect to the live feed in a second.
    pub connects_per_s: f64,
}

impl Herd {
    /// So many people; the API lets in so many requests a second (a parameter of the deployment,
    /// at most what the account may).
    #[must_use]
    pub fn of(people: f64, api_per_s: f64) -> Self {
        let api_requests = people * QUESTIONS + DIFFERENT_TILES;
        let rate = api_per_s.min(api_requests);
        Self {
            people,
            edge_requests: people * (PAGE_FILES + TILES + QUESTIONS),
            api_requests,
            api_per_s: rate,
            all_answered_s: api_requests / rate,
            functions: rate * took_ms::REQUEST / 1e3,
            functions_asked: rate / quota::REQUESTS_OF_FUNCTION_PER_S,
            // Most of a question's reads are about the package; these ask about the person.
            reads_per_s: rate * (counted::QUESTION.reads / 2.0),
            connects_per_s: people / (api_requests / rate),
        }
    }
}

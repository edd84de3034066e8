//! Tickets: whoever publishes news in our place lets in those who show one, without
//! asking us. A ticket says who, how exactly they may see, and until when; nobody makes
//! one without the key.

use std::fmt;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::{
    id::UserId,
    time::{MINUTE, Millis, Timestamp},
};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::channel::{Channel, Sight};
use crate::Service;

/// A ticket is good for so long: what somebody may see may change.
pub const TICKET_LASTS: Millis = 5 * MINUTE;
/// The first byte of a ticket.
const VERSION: u8 = 1;
/// What is signed, besides the ticket: the key may sign nothing else with it.
const PURPOSE: &[u8] = b"whereabouts live ticket";
/// Version, sight, expiry and user.
const SAID_LEN: usize = 26;
/// The same and its HMAC-SHA256.
const TICKET_LEN: usize = SAID_LEN + 32;

/// What tickets are signed with. It is never shown.
#[derive(Clone, PartialEq, Eq)]
pub struct TicketKey([u8; 32]);

impl TicketKey {
    /// The key of these unguessable bytes.
    #[must_use]
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    fn mac(&self, said: &[u8]) -> Hmac<Sha256> {
        let mac = Hmac::<Sha256>::new_from_slice(&self.0).expect("any length is a key");
        mac.chain_update(PURPOSE).chain_update(said)
    }
}

impl fmt::Debug for TicketKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TicketKey(…)")
    }
}

/// Leave to watch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ticket {
    /// Whose; nobody's for whoever owns the installation and has no account.
    pub user: Option<UserId>,
    /// Whether homes and people may be seen exactly.
    pub exact: bool,
    /// Until when it is good.
    pub expires_at: Timestamp,
}

impl Ticket {
    /// As it is shown.
    #[must_use]
    pub fn sealed(&self, key: &TicketKey) -> String {
        let said = self.to_bytes();
        let mac = key.mac(&said).finalize().into_bytes();
        URL_SAFE_NO_PAD.encode([&said[..], &mac[..]].concat())
    }

    /// Reads a ticket that is shown now; nothing if it is not ours, or over.
    #[must_use]
    pub fn opened(text: &str, key: &TicketKey, now: Timestamp) -> Option<Self> {
        // What is longer is none of ours, and not read.
        let text = Some(text).filter(|it| it.len() < 2 * TICKET_LEN)?;
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        let (said, mac) = bytes.split_first_chunk::<SAID_LEN>()?;
        // In constant time, and before anything that is said is looked at.
        key.mac(said).verify_slice(mac).ok()?;
        Self::from_bytes(said).filter(|it| now < it.expires_at)
    }

    /// Whether it lets in to a channel, by the channel's name. Names of many channels at
    /// once are none.
    #[must_use]
    pub fn admits(&self, channel: &str) -> bool {
        channel.parse::<Channel>().is_ok_and(|it| self.exact || it.sight != Sight::Exact)
    }

    fn to_bytes(self) -> [u8; SAID_LEN] {
        let mut said = [0; SAID_LEN];
        (said[0], said[1]) = (VERSION, self.exact.into());
        said[2..10].copy_from_slice(&self.expires_at.millis().to_be_bytes());
        said[10..].copy_from_slice(self.user.as_ref().map_or(&[0; 16], |it| it.as_bytes()));
        said
    }

    fn from_bytes(said: &[u8; SAID_LEN]) -> Option<Self> {
        let exact = match said {
            [VERSION, 0, ..] => false,
            [VERSION, 1, ..] => true,
            _ => return None,
        };
        let millis = i64::from_be_bytes(*said[2..].first_chunk()?);
        let expires_at = Timestamp::from_millis(millis).ok()?;
        let user = *said[10..].first_chunk::<16>()?;
        let user = (user != [0; 16]).then(|| UserId::from_bytes(user));
        Some(Self { user, exact, expires_at })
    }
}

impl Service {
    /// A ticket for somebody and until when it is good; nothing where nobody else
    /// publishes news.
    #[must_use]
    pub fn live_ticket(&self, user: Option<UserId>, exact: bool) -> Option<(String, Timestamp)> {
        let key = self.ticket_key.as_ref()?;
        let expires_at = self.clock.now().plus(TICKET_LASTS);
        Some((Ticket { user, exact, expires_at }.sealed(key), expires_at))
    }
}

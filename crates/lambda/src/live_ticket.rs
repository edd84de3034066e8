//! Who may watch what, asked by AppSync: whoever brings a ticket may, as far as that says,
//! and nothing is read for it.

use base64::{Engine, prelude::BASE64_STANDARD};
use domain::time::Timestamp;
use serde_json::{Value, json};
use service::live::ticket::{Ticket, TicketKey};

/// Checks tickets.
#[derive(Debug)]
pub struct LiveTicket(TicketKey);

impl LiveTicket {
    /// With this key.
    #[must_use]
    pub const fn new(key: TicketKey) -> Self {
        Self(key)
    }

    /// Whether what an event of AppSync asks is allowed at this instant. Nobody publishes
    /// by a ticket.
    #[must_use]
    pub fn handle(&self, event: &Value, now: Timestamp) -> Value {
        let token = event["authorizationToken"].as_str().unwrap_or_default();
        let context = &event["requestContext"];
        let channel = context["channel"].as_str().unwrap_or_default();
        let ticket = Ticket::opened(token, &self.0, now);
        let allowed = ticket.is_some_and(|ticket| match context["operation"].as_str() {
            Some("EVENT_CONNECT") => true,
            Some("EVENT_SUBSCRIBE") => ticket.admits(channel),
            _ => false,
        });
        // Not remembered: the same ticket may be brought for another channel, or too late.
        json!({"isAuthorized": allowed, "ttlOverride": 0})
    }
}

/// The key as it is kept: 32 bytes in base 64.
pub fn ticket_key(text: &str) -> Result<TicketKey, &'static str> {
    let bytes = BASE64_STANDARD.decode(text).ok().and_then(|it| it.try_into().ok());
    bytes.map(TicketKey::new).ok_or("the secret live-key is not 32 bytes in base 64")
}

#[cfg(test)]
mod tests {
    //! What a ticket lets in to.

    use super::*;

    #[test]
    fn a_ticket_lets_in_to_what_it_says_and_as_long_as_it_says() {
        let key = TicketKey::new([7; 32]);
        let at = |it| Timestamp::from_millis(it).unwrap();
        let seal = |exact| Ticket { user: None, exact, expires_at: at(1_000) }.sealed(&key);
        let asked = LiveTicket::new(key.clone());
        let may = |token: &str, operation: &str, channel: &str, now| {
            let context = json!({"operation": operation, "channel": channel});
            let event = json!({"authorizationToken": token, "requestContext": context});
            asked.handle(&event, at(now))["isAuthorized"] == true
        };
        let public = "/live/all/tile/4-8-5";
        let exact = "/live/exact/tile/4-8-5";
        assert!(may(&seal(false), "EVENT_CONNECT", "", 999));
        assert!(may(&seal(false), "EVENT_SUBSCRIBE", public, 999));
        assert!(may(&seal(true), "EVENT_SUBSCRIBE", exact, 999));
        assert!(!may(&seal(false), "EVENT_SUBSCRIBE", exact, 999), "it sees less");
        assert!(!may(&seal(false), "EVENT_SUBSCRIBE", public, 1_000), "it is over");
        assert!(!may(&seal(true), "EVENT_PUBLISH", public, 1), "nobody publishes");
        assert!(!may(&seal(true), "EVENT_SUBSCRIBE", "/live/*", 1), "no channels at once");
        assert!(!may("", "EVENT_CONNECT", "", 1));
        let other = Ticket { user: None, exact: true, expires_at: at(1_000) };
        assert!(!may(&other.sealed(&TicketKey::new([8; 32])), "EVENT_CONNECT", "", 1));
        assert!(!may(&seal(true), "EVENT_DANCE", public, 1));
    }

    #[test]
    fn a_key_is_32_bytes() {
        assert_eq!(ticket_key(&BASE64_STANDARD.encode([7; 32])), Ok(TicketKey::new([7; 32])));
        for bad in ["", "c2hvcnQ=", "no base 64"] {
            assert!(ticket_key(bad).is_err(), "{bad}");
        }
    }
}

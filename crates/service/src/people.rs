//! Who may do what: accounts, signing in, sessions, API tokens, and what is
//! remembered of all that. Knows no HTTP: a credential goes in, a principal
//! comes out.

mod access;
mod account;
mod amend;
mod authenticate;
mod error;
mod handshake;
mod hasher;
mod issued;
mod issuer;
mod link;
mod lockout;
mod name;
mod operator;
mod password;
mod permission;
mod principal;
mod secret;
mod session;
mod setup;
mod sign_in;
mod stored;
#[cfg(test)]
mod tests;
mod token;

use std::{
    fmt,
    sync::{Arc, OnceLock},
};

use table::Table;

use crate::outside::{Clock, Entropy};
use authenticate::Verified;
use hasher::Hasher;

pub use access::{Access, AccessKind};
pub(crate) use access::{Happened, access_row, logged as logged_access};
pub(crate) use account::user_of_login_name;
pub use account::{NewUser, User, UserPage};
pub use amend::Amendment;
pub use authenticate::STALE_MAX;
pub use error::{AccountError, SetupError, SignInError};
pub use handshake::{Begun, HANDSHAKE_MAX, RETURN_LEN_MAX, Returned, is_own_path};
pub use issued::{ISSUED_STALE_MAX, TOKENS_OUTLIVE};
pub use issuer::{Company, Disbelief, FirstAdmin, Handshake, Identity, Issuer, Policy};
pub use name::NAME_CHARS_MAX;
pub use password::{PASSWORD_CHARS_MIN, PASSWORD_LEN_MAX};
pub use permission::{Permission, Permissions};
pub use principal::{Credential, Principal, SignedIn};
pub use secret::{Secret, SessionId, TOKEN_PREFIX, TokenId};
pub(crate) use session::session_ends;
pub use session::{IDLE_MAX, NewSession, SESSION_MAX, Session};
pub use sign_in::Caller;
pub use token::{ApiToken, NewToken, TOKENS_MAX};

/// A result whose error is the use cases' own unless another is named.
type Result<T, E = crate::error::Error> = std::result::Result<T, E>;

/// How often a write is tried again when others change the same meanwhile.
const ATTEMPTS_MAX: usize = 16;

/// Accounts, sessions and tokens over one table. Cheap to clone; clones share
/// what they remember, so all that one process ends, ends at once in it.
#[derive(Clone)]
pub struct People {
    table: Arc<dyn Table>,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
    hasher: Arc<Hasher>,
    verified: Arc<Verified>,
    operator: Arc<OnceLock<[u8; 32]>>,
    company: Arc<OnceLock<Company>>,
    /// What sign-ins at the issuer are signed with, once it was read.
    handshake_key: Arc<OnceLock<[u8; 32]>>,
}

impl People {
    /// Puts the accounts on their ports.
    pub fn new(table: Arc<dyn Table>, clock: Arc<dyn Clock>, entropy: Arc<dyn Entropy>) -> Self {
        let (hasher, verified, operator) = (Arc::default(), Arc::default(), Arc::default());
        let (company, handshake_key) = (Arc::default(), Arc::default());
        Self { table, clock, entropy, hasher, verified, operator, company, handshake_key }
    }
}

impl fmt::Debug for People {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("People").finish_non_exhaustive()
    }
}

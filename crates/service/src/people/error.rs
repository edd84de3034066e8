//! Why signing in or changing an account did not happen.

use std::fmt;

use domain::time::Timestamp;

use crate::error::Error;

/// Why somebody is not signed in. Tells nobody whether the account exists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SignInError {
    /// Name and password, or the link, are not right; or the account is disabled.
    Wrong,
    /// The sign-in at the issuer was not begun in this browser, took too long, or was
    /// ended before: begin again.
    Stale,
    /// The issuer knows them, and they are not let in here.
    NotAdmitted,
    /// People sign in at their company's issuer, not with a password.
    AtIssuer,
    /// Too many wrong attempts: none is looked at before this instant, not even
    /// a right one.
    LockedUntil(Timestamp),
    /// Too many sign in at this moment: try again in a few seconds.
    Busy,
    /// The storage did not answer or makes no sense.
    Service(Error),
}

impl fmt::Display for SignInError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Wrong => f.write_str("this name and password do not go together"),
            Self::Stale => f.write_str("this sign-in is over: begin again"),
            Self::NotAdmitted => f.write_str("your company knows you, and you are not let in here"),
            Self::AtIssuer => f.write_str("people sign in at their company here"),
            Self::LockedUntil(_) => f.write_str("too many wrong attempts: wait a little"),
            Self::Busy => f.write_str("too many are signing in: try again in a few seconds"),
            Self::Service(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for SignInError {}

/// Why an account, session or token was not changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AccountError {
    /// Nobody could administrate any more.
    LastAdmin,
    /// Their company says this, so it cannot be changed here.
    AtIssuer,
    /// Only a person who signed in may do this, not a program with a token.
    NeedsSession,
    /// The present password was to be given, and is not right.
    SignIn(SignInError),
    /// Too many passwords are being set: try again in a few seconds.
    Busy,
    /// As for any other use case: not known, invalid, changed, unavailable.
    Service(Error),
}

impl fmt::Display for AccountError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::LastAdmin => f.write_str("the last administrator cannot be removed or disabled"),
            Self::AtIssuer => f.write_str("their company keeps this: it cannot be changed here"),
            Self::NeedsSession => f.write_str("this needs a person who signed in, not a token"),
            Self::SignIn(error) => error.fmt(f),
            Self::Busy => f.write_str("too many at once: try again in a few seconds"),
            Self::Service(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for AccountError {}

/// Why the first administrator was not created.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SetupError {
    /// There is an administrator: ask them for an account.
    Closed,
    /// This is not the setup token of this start.
    Wrong,
    /// The account cannot be like this.
    Account(AccountError),
}

impl fmt::Display for SetupError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Closed => f.write_str("this was set up before: ask an administrator"),
            Self::Wrong => f.write_str("this is not the setup token that was shown at the start"),
            Self::Account(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for SetupError {}

macro_rules! from_service {
    ($($name:ident, $make:expr;)+) => {$(
        impl From<Error> for $name {
            fn from(error: Error) -> Self {
                $make(error)
            }
        }

        impl From<table::Error> for $name {
            fn from(error: table::Error) -> Self {
                Error::from(error).into()
            }
        }

        impl From<minicbor::decode::Error> for $name {
            fn from(error: minicbor::decode::Error) -> Self {
                Error::from(error).into()
            }
        }
    )+};
}

from_service! {
    SignInError, SignInError::Service;
    AccountError, AccountError::Service;
    SetupError, |error| SetupError::Account(AccountError::Service(error));
}

impl From<SignInError> for AccountError {
    fn from(error: SignInError) -> Self {
        match error {
            SignInError::Busy => Self::Busy,
            SignInError::Service(error) => Self::Service(error),
            error => Self::SignIn(error),
        }
    }
}

impl From<AccountError> for SetupError {
    fn from(error: AccountError) -> Self {
        Self::Account(error)
    }
}

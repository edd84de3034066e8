//! Hashing passwords: slow on purpose, so never on the threads that answer, and
//! never more at once than memory and processors bear.

use argon2::{Algorithm, Argon2, Params, PasswordHash, PasswordHasher, PasswordVerifier, Version};

use crate::turns::{Full, Turn, Turns};

/// Memory for one hash, in KiB: what OWASP asks for with two passes.
const MEMORY_KIB: u32 = 19_456;
/// Passes over it.
const PASSES: u32 = 2;
/// Hashes made at the same time.
const AT_ONCE_MAX: usize = 2;
/// Hashes waiting for their turn.
const WAITING_MAX: usize = 64;

/// The places to hash in and to wait for one.
#[derive(Debug)]
pub(super) struct Hasher(Turns);

impl Default for Hasher {
    fn default() -> Self {
        Self(Turns::new(AT_ONCE_MAX, WAITING_MAX))
    }
}

impl Hasher {
    /// Takes a place, before anything is written down about the attempt.
    pub(super) fn place(&self) -> Result<Place, Full> {
        self.0.take().map(Place)
    }
}

/// A place to make one hash.
#[derive(Debug)]
pub(super) struct Place(Turn);

impl Place {
    /// Hashes a password for keeping: a PHC string.
    pub(super) async fn hash(self, password: &str, salt: [u8; 16]) -> String {
        let password = password.to_owned();
        self.0.run(move || hash(&password, salt)).await
    }

    /// Whether the password is the one that was hashed. Takes as long when
    /// there is none.
    pub(super) async fn verify(self, password: &str, kept: Option<&str>) -> bool {
        let (password, kept) = (password.to_owned(), kept.map(str::to_owned));
        let verify = move || {
            let Some(kept) = kept else {
                std::hint::black_box(hash(&password, [0; 16]));
                return false;
            };
            let parsed = PasswordHash::new(&kept);
            parsed.is_ok_and(|it| argon2().verify_password(password.as_bytes(), &it).is_ok())
        };
        self.0.run(verify).await
    }
}

fn hash(password: &str, salt: [u8; 16]) -> String {
    let hash = argon2().hash_password_with_salt(password.as_bytes(), &salt);
    hash.expect("memory, salt and password are within the limits").to_string()
}

fn argon2() -> Argon2<'static> {
    let params = Params::new(MEMORY_KIB, PASSES, 1, None).expect("they are within the limits");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

#[cfg(test)]
mod tests;

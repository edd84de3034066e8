//! The operator: whoever can read the data folder may do everything, by a key
//! that lives only as long as the process and is stored nowhere in the table.

use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::{People, Permissions, Principal, principal::SignedIn};

/// What an operator's key begins with.
const PREFIX: &str = "wao_";

impl People {
    /// Makes this process's operator key from unguessable bytes. The main keeps
    /// it where only the owner of the data folder can read it.
    #[must_use]
    pub fn operator_key(&self, random: &[u8; 32]) -> String {
        let key = format!("{PREFIX}{}", domain::leaf::hex(random));
        // A second key in one process would make the first worthless without a word.
        let digest = *self.operator.get_or_init(|| Sha256::digest(&key).into());
        assert!(digest == <[u8; 32]>::from(Sha256::digest(&key)), "one operator key a process");
        key
    }

    /// The operator, if this is their key. Takes as long for any wrong one.
    pub(super) fn operator(&self, text: &str) -> Option<Arc<Principal>> {
        let kept = self.operator.get().filter(|_| text.starts_with(PREFIX))?;
        let given: [u8; 32] = Sha256::digest(text).into();
        let same = std::iter::zip(given, kept).fold(0, |all, (a, b)| all | (a ^ b)) == 0;
        same.then(|| {
            Arc::new(Principal {
                user: None,
                actor: "operator".to_owned(),
                name: "operator".to_owned(),
                email: None,
                permissions: Permissions::ALL,
                how: SignedIn::Operator,
            })
        })
    }
}

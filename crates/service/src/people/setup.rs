//! The first administrator: created by whoever sees what the program says when
//! it starts. Closed for ever once there is an administrator.

use domain::id::UserId;
use table::{Guard, Write};

use crate::{error::Error, keys::Row, outside::random, rows::to_bytes};

use super::{
    ATTEMPTS_MAX, People, Result,
    access::{AccessKind, Happened, anonymous},
    account::{NewUser, User, creation, shown, taken},
    error::SetupError,
    permission::Permissions,
    secret::{Purpose, Secret, make, read},
    stored::{AdminsRow, SetupRow},
};

impl People {
    /// The token that lets the first administrator be created, to be shown once
    /// where only the operator sees it; `None` when there is an administrator.
    /// Each call makes the token of an earlier one worthless.
    pub async fn ensure_setup(&self) -> Result<Option<Secret>> {
        let key = Row::Setup.key();
        for _ in 0..ATTEMPTS_MAX {
            if self.has_admin().await? {
                return Ok(None);
            }
            let (secret, proof) = make(Purpose::Setup, nobody(), &*self.entropy);
            let before = self.table.get(&key).await?;
            let guard = before.map_or(Guard::Absent, |it| Guard::Unchanged(it.version));
            let batch = vec![
                Write::check(Row::Admins.key(), Guard::Absent),
                Write::put(key.clone(), guard, to_bytes(&SetupRow { digest: proof.digest })),
            ];
            match self.table.write(batch).await {
                Err(table::Error::Conflict(_)) => (),
                other => return Ok(other.map(|()| Some(secret))?),
            }
        }
        Err(Error::Changed("the setup token".to_owned()))
    }

    /// Creates the first administrator, who may do everything.
    pub async fn complete_setup(
        &self,
        token: &str,
        name: &str,
        password: &str,
    ) -> Result<User, SetupError> {
        if self.has_admin().await? || !self.passwords() {
            return Err(SetupError::Closed);
        }
        let entry = self.table.get(&Row::Setup.key()).await?.ok_or(SetupError::Wrong)?;
        let SetupRow { digest } = minicbor::decode(&entry.value)?;
        let proof = read(Purpose::Setup, token).filter(|it| it.is(&digest));
        proof.ok_or(SetupError::Wrong)?;
        let new = NewUser {
            name: name.to_owned(),
            permissions: Permissions::ALL,
            password: Some(password.to_owned()),
            ..NewUser::default()
        };
        let id = UserId::from_bytes(random(&*self.entropy));
        let (login_name, row) = self.new_row(id, new).await?;
        let mut batch = vec![
            Write::put(Row::Admins.key(), Guard::Absent, to_bytes(&AdminsRow { count: 1 })),
            Write::delete(Row::Setup.key(), Guard::Unchanged(entry.version)),
        ];
        batch.extend(creation(id, &login_name, &row));
        let happened = Happened::to(id, AccessKind::SetUp);
        let happened = vec![happened.change(Permissions::NONE, row.permissions)];
        match self.commit(&anonymous("setup"), batch, happened).await {
            Ok(()) => Ok(shown(id, row)),
            Err(table::Error::Conflict(key)) if key == Row::Admins.key() => Err(SetupError::Closed),
            Err(table::Error::Conflict(key)) if key == Row::Setup.key() => Err(SetupError::Wrong),
            Err(table::Error::Conflict(_)) => Err(taken().into()),
            Err(other) => Err(other.into()),
        }
    }

    async fn has_admin(&self) -> Result<bool> {
        Ok(self.table.get(&Row::Admins.key()).await?.is_some())
    }
}

/// A setup token is nobody's yet.
const fn nobody() -> UserId {
    UserId::from_bytes([0; 16])
}

//! Devices: each tracker's proves itself by a key of its own, shown once. Keys are
//! made from one master and the tracker's id, so none of them is stored.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::{
    id::{Subject, TrackerId},
    time::{MINUTE, Millis, Timestamp},
};
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use table::{Guard, Write};

use crate::{
    Service,
    error::{Error, Result},
    keys::Row,
    outside::random,
    rows::{DeviceRow, to_bytes},
};

/// What every device key starts with, so that scanners find one that leaked.
pub const KEY_PREFIX: &str = "wad_";
/// A signed request is taken for so long before and after its time.
pub const CLOCK_MAX: Millis = 5 * MINUTE;
/// How often a device's row is read again that somebody else changes.
const ATTEMPTS_MAX: usize = 24;

/// What a device signs of a request.
#[derive(Clone, Copy, Debug)]
pub struct Signed<'a> {
    /// Which tracker's device.
    pub tracker: TrackerId,
    /// The method and path, as in `POST /v1/fixes`.
    pub route: &'a str,
    /// When it was signed, in milliseconds since 1970, as it was sent.
    pub time_ms: &'a str,
    /// The body.
    pub body: &'a [u8],
    /// Hexadecimal HMAC-SHA256 with the device's key over route, time and the
    /// hexadecimal SHA-256 of the body, each followed by a line feed.
    pub signature: &'a str,
}

impl Service {
    /// Gives a tracker's device a new key; the one before is worthless from now on.
    pub async fn issue_device_key(&self, tracker: TrackerId) -> Result<String> {
        if !self.is_registered(Subject::Tracker(tracker)).await? {
            return Err(Error::NotFound(tracker.to_string()));
        }
        let row = self.change_device(tracker, |row| DeviceRow { disabled: false, ..row }).await?;
        let key = self.device_key(tracker, row.generation).await?;
        let text = [&tracker.as_bytes()[..], &key].concat();
        Ok(format!("{KEY_PREFIX}{}", URL_SAFE_NO_PAD.encode(text)))
    }

    /// Takes a tracker's device its key away.
    pub async fn disable_device(&self, tracker: TrackerId) -> Result<()> {
        self.change_device(tracker, |row| DeviceRow { disabled: true, ..row }).await.map(|_| ())
    }

    /// Whether a tracker's device has a key, and since when.
    pub async fn device_since(&self, tracker: TrackerId) -> Result<Option<Timestamp>> {
        let row = self.device(tracker).await?;
        Ok(row.filter(|row| !row.disabled).map(|row| row.issued_at))
    }

    /// The tracker whose device has this key.
    pub async fn tracker_of_key(&self, text: &str) -> Result<Option<TrackerId>> {
        let Some((tracker, given)) = read_key(text) else { return Ok(None) };
        let Some(key) = self.good_key(tracker).await? else { return Ok(None) };
        let same = std::iter::zip(given, key).fold(0, |all, (a, b)| all | (a ^ b)) == 0;
        Ok(same.then_some(tracker))
    }

    /// Whether a request was signed by a tracker's device, lately.
    pub async fn is_signed(&self, request: Signed<'_>) -> Result<bool> {
        let now = self.clock.now();
        let time = request.time_ms.parse().ok().and_then(|it| Timestamp::from_millis(it).ok());
        let lately = time.is_some_and(|it| now.since(it).abs() <= CLOCK_MAX);
        let signature = unhexed(request.signature);
        let (true, Some(signature)) = (lately, signature) else { return Ok(false) };
        let Some(key) = self.good_key(request.tracker).await? else { return Ok(false) };
        let body = domain::leaf::hex(&Sha256::digest(request.body));
        let mut mac = mac(&key);
        for part in [request.route, request.time_ms, &body] {
            mac.update(part.as_bytes());
            mac.update(b"\n");
        }
        // Takes as long for any wrong signature.
        Ok(mac.verify_slice(&signature).is_ok())
    }

    async fn device(&self, tracker: TrackerId) -> Result<Option<DeviceRow>> {
        let entry = self.table.get(&Row::Device(tracker).key()).await?;
        entry.map(|it| minicbor::decode(&it.value).map_err(Error::from)).transpose()
    }

    /// The key that is good now, if any is.
    async fn good_key(&self, tracker: TrackerId) -> Result<Option<[u8; 32]>> {
        match self.device(tracker).await?.filter(|row| !row.disabled) {
            Some(row) => self.device_key(tracker, row.generation).await.map(Some),
            None => Ok(None),
        }
    }

    /// Counts one key more and changes the rest.
    async fn change_device(
        &self,
        tracker: TrackerId,
        change: impl Fn(DeviceRow) -> DeviceRow,
    ) -> Result<DeviceRow> {
        let key = Row::Device(tracker).key();
        for _ in 0..ATTEMPTS_MAX {
            let entry = self.table.get(&key).await?;
            let before: Option<DeviceRow> =
                entry.as_ref().map(|it| minicbor::decode(&it.value)).transpose()?;
            let generation = before.map_or(1, |row| row.generation + 1);
            let issued_at = self.clock.now();
            let row = change(DeviceRow { generation, disabled: false, issued_at });
            let guard = entry.map_or(Guard::Absent, |it| Guard::Unchanged(it.version));
            match self.table.write(vec![Write::put(key.clone(), guard, to_bytes(&row))]).await {
                Err(table::Error::Conflict(_)) => (),
                other => return Ok(other.map(|()| row)?),
            }
        }
        Err(Error::Changed(tracker.to_string()))
    }

    async fn device_key(&self, tracker: TrackerId, generation: u32) -> Result<[u8; 32]> {
        let mut mac = mac(&self.device_master().await?);
        mac.update(tracker.as_bytes());
        mac.update(&generation.to_be_bytes());
        Ok(mac.finalize().into_bytes().into())
    }

    async fn device_master(&self) -> Result<[u8; 32]> {
        if let Some(master) = self.device_master.get() {
            return Ok(*master);
        }
        let key = Row::DeviceMaster.key();
        let fresh = Write::put(key.clone(), Guard::Absent, random::<32>(&*self.entropy));
        match self.table.write(vec![fresh]).await {
            Ok(()) | Err(table::Error::Conflict(_)) => (),
            Err(other) => return Err(other.into()),
        }
        let entry = self.table.get(&key).await?;
        let master = entry.and_then(|it| it.value.try_into().ok());
        let master = master.ok_or_else(|| Error::Corrupt("the devices' master key".to_owned()))?;
        Ok(*self.device_master.get_or_init(|| master))
    }
}

fn mac(key: &[u8]) -> Hmac<Sha256> {
    Hmac::new_from_slice(key).expect("HMAC takes keys of any length")
}

fn read_key(text: &str) -> Option<(TrackerId, [u8; 32])> {
    // Longer text is not even decoded.
    let text = text.strip_prefix(KEY_PREFIX).filter(|it| it.len() <= 100)?;
    let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
    let (tracker, key) = bytes.split_first_chunk::<16>()?;
    Some((TrackerId::from_bytes(*tracker), key.try_into().ok()?))
}

fn unhexed(text: &str) -> Option<Vec<u8>> {
    let digits = text.as_bytes();
    if !text.is_ascii() || digits.len() != 64 {
        return None;
    }
    digits
        .chunks(2)
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok())
        .collect()
}

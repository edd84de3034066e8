//! Evidence as a ZIP file, written while it is sent: a few kilobytes wait at a time.
//! The same events and the same log give the same bytes.

use std::{
    io::{self, Write},
    sync::{Arc, Mutex, PoisonError},
};

use axum::body::{Body, Bytes};
use domain::leaf::hex;
use futures::{StreamExt, TryStreamExt, stream};
use service::{Service, log::VERIFIER};
use sha2::{Digest, Sha256};
use tokio::sync::mpsc;
use zip::{CompressionMethod, DateTime, ZipWriter, write::SimpleFileOptions, write::StreamWriter};

use super::{
    Evidence, report,
    told::{lines, paths, summary},
};

/// What it is.
pub const MEDIA: &str = "application/zip";
const README: &str = include_str!("README.txt");
/// Parts that wait for whoever reads slowly.
const AHEAD: usize = 8;
/// How much is compressed before others have their turn.
const PART_LEN: usize = 64 * 1_024;
/// Proofs made at the same time.
const PROOFS_AT_ONCE: usize = 16;

/// The file, as it is being made.
pub fn body(service: Service, evidence: Evidence) -> Body {
    let (to, from) = mpsc::channel(AHEAD);
    tokio::spawn(async move {
        let package = evidence.package;
        // Boxed: the compressor's tables are large.
        if let Err(why) = Box::pin(pack(&service, &evidence, &to)).await {
            // Whoever reads it sees that it ends too early.
            if to.send(Err(io::Error::other("evidence could not be read"))).await.is_ok() {
                tracing::error!(package.id = %package, error = %why, "evidence was cut off");
            }
        }
    });
    let parts = stream::unfold(from, async |mut from| from.recv().await.map(|it| (it, from)));
    Body::from_stream(parts)
}

async fn pack(service: &Service, evidence: &Evidence, to: &Sender) -> io::Result<()> {
    let mut packer = Packer::new(to.clone());
    packer.add("README.txt", README.as_bytes()).await?;
    packer.add("report.html", report::of(evidence).as_bytes()).await?;
    packer.add("verify.py", VERIFIER.as_bytes()).await?;
    packer.add("evidence.json", summary(evidence).as_bytes()).await?;
    packer.add("checkpoint", evidence.log.note.as_bytes()).await?;
    packer.add("vkey", evidence.vkey.as_bytes()).await?;
    packer.add("events.jsonl", lines(evidence).as_bytes()).await?;
    for (about, logged) in evidence.events() {
        packer.add(&paths(about, logged).0, &logged.recorded.leaf()).await?;
    }
    let proven = evidence.events().filter_map(|(about, it)| Some((paths(about, it).1, it.index?)));
    let proofs: Vec<_> = proven
        .map(|(path, index)| async move {
            let proof = service.log_proof_in(&evidence.log, index).await;
            proof.map(|it| (path, it.to_text())).map_err(io::Error::other)
        })
        .collect();
    let mut proofs = stream::iter(proofs).buffered(PROOFS_AT_ONCE);
    while let Some((path, proof)) = proofs.try_next().await? {
        packer.add(&path, proof.as_bytes()).await?;
    }
    Box::pin(packer.finish()).await
}

type Sender = mpsc::Sender<io::Result<Bytes>>;

/// What was written and not handed over yet.
#[derive(Clone, Default)]
struct Written(Arc<Mutex<Vec<u8>>>);

impl Write for Written {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

struct Packer {
    zip: ZipWriter<StreamWriter<Written>>,
    written: Written,
    /// What `sha256sum -c` reads.
    sums: String,
    to: Sender,
}

impl Packer {
    fn new(to: Sender) -> Self {
        let written = Written::default();
        let zip = ZipWriter::new_stream(written.clone());
        Self { zip, written, sums: String::new(), to }
    }

    async fn add(&mut self, name: &str, bytes: &[u8]) -> io::Result<()> {
        // No clock: the same evidence is the same file.
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .last_modified_time(DateTime::default())
            .unix_permissions(0o644);
        self.zip.start_file(name, options)?;
        for part in bytes.chunks(PART_LEN) {
            self.zip.write_all(part)?;
            self.hand_over(PART_LEN).await?;
        }
        self.sums += &format!("{}  {name}\n", hex(&Sha256::digest(bytes)));
        Ok(())
    }

    async fn finish(mut self) -> io::Result<()> {
        let sums = std::mem::take(&mut self.sums);
        self.add("SHA256SUMS", sums.as_bytes()).await?;
        let Self { zip, written, to, .. } = self;
        zip.finish()?;
        hand_over(&written, &to, 0).await
    }

    async fn hand_over(&self, at_least: usize) -> io::Result<()> {
        hand_over(&self.written, &self.to, at_least).await
    }
}

async fn hand_over(written: &Written, to: &Sender, at_least: usize) -> io::Result<()> {
    let bytes = {
        let mut written = written.0.lock().unwrap_or_else(PoisonError::into_inner);
        if written.len() < at_least {
            return Ok(());
        }
        std::mem::take(&mut *written)
    };
    let sent = to.send(Ok(Bytes::from(bytes))).await;
    sent.map_err(|_| io::Error::other("nobody reads it any more"))
}

//! Evidence of one package: unpacked and checked by plain Python, which names whatever
//! somebody altered.

use std::{
    fs,
    io::{Cursor, Read},
    path::Path,
    process::Command,
};

use audit::{LogKey, PublicKey, proof::TlogProof};
use serde_json::{Value, json};
use service::{
    log::sequencer::Sequencer,
    people::Permission::{Audit, Enter, Track},
};
use zip::ZipArchive;

use crate::world::{Asker, World};

const WHEN: &str = "2026-03-01T08:00:00Z";

struct Told {
    world: World,
    auditor: Asker,
    clerk: Asker,
    package: String,
}

/// A package with notes goes into a truck to which something happens.
async fn told() -> Told {
    let world = World::new();
    let (clerk, auditor) = (world.person(&[Enter]).await, world.person(&[Audit]).await);
    let place = json!({
        "name": "Hub <1>", "kind": "facility", "radius_m": 300, "time_zone": "America/Chicago",
        "position": { "lat": 35.0, "lon": -90.0 },
    });
    let place = world.made(&clerk, "/v1/places", &place).await;
    let truck = json!({ "kind": "truck", "name": "Truck 7" });
    let truck = world.made(&clerk, "/v1/containers", &truck).await;
    let body = json!({
        "description": "Monitor & stand", "recipient": { "name": "Ada Secret" },
    });
    let package = world.package(&clerk, &body).await;
    let say = async |path: String, mut event: Value| {
        event["happened_at"] = WHEN.into();
        world.post(&clerk, &path, &event).await.expect(201);
    };
    let (of_package, of_truck) =
        (format!("/v1/packages/{package}/events"), format!("/v1/containers/{truck}/events"));
    let joined = json!({ "kind": "joined", "holder": { "container": truck } });
    say(of_package.clone(), joined).await;
    for text in ["one", "two", "three"] {
        say(of_package.clone(), json!({ "kind": "note", "text": text })).await;
    }
    say(of_truck.clone(), json!({ "kind": "scanned", "place": place })).await;
    say(of_truck, json!({ "kind": "departed", "from": place, "mode": "road" })).await;
    // Others' entries lie in between.
    for number in 0..300 {
        world.package(&clerk, &json!({ "description": format!("dock {number}") })).await;
    }
    log(&world).await;
    Told { world, auditor, clerk, package }
}

fn key() -> LogKey {
    LogKey::new("api.test/log", &[9; 32]).expect("a key")
}

async fn log(world: &World) {
    Sequencer::new(world.service.clone(), key()).catch_up().await.expect("memory answers");
}

async fn evidence(told: &Told) -> Vec<u8> {
    let path = format!("/v1/audit/packages/{}/evidence.zip", told.package);
    let answer = told.world.get(&told.auditor, &path).await.expect(200);
    assert_eq!(answer.header("content-type"), "application/zip");
    assert!(answer.header("content-disposition").contains(&told.package));
    answer.body
}

fn unpack(bytes: &[u8]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let mut zip = ZipArchive::new(Cursor::new(bytes)).expect("a ZIP file");
    for index in 0..zip.len() {
        let mut file = zip.by_index(index).expect("a file");
        let mut content = Vec::new();
        file.read_to_end(&mut content).expect("it is whole");
        let path = folder.path().join(&*file.name().expect("UTF-8"));
        fs::create_dir_all(path.parent().expect("a folder")).expect("it can be made");
        fs::write(path, content).expect("it can be written");
    }
    folder
}

/// Status and words of `verify.py` in this folder.
fn python(folder: &Path, args: &[&str]) -> Option<(i32, String)> {
    let run = Command::new("python3").arg(folder.join("verify.py")).args(args).output();
    let output =
        run.inspect_err(|why| eprintln!("NOT CHECKED: there is no python3: {why}")).ok()?;
    let said = [output.stdout, output.stderr].concat();
    Some((output.status.code()?, String::from_utf8_lossy(&said).into_owned()))
}

#[tokio::test]
async fn evidence_is_checked_without_us() {
    let told = told().await;
    let first = evidence(&told).await;
    let folder = unpack(&first);
    let path = |name: &str| folder.path().join(name);
    // Every file by our own proofs.
    let summary: Value = serde_json::from_slice(&fs::read(path("evidence.json")).unwrap()).unwrap();
    assert_eq!((&summary["events"], &summary["events_of_carriers"]), (&json!(5), &json!(3)));
    let vkey = PublicKey::of_text(&fs::read_to_string(path("vkey")).unwrap()).unwrap();
    for seq in 1..=5 {
        let leaf = fs::read(path(&format!("leaves/{}/{seq:06}.json", told.package))).unwrap();
        let proof = format!("proofs/{}/{seq:06}.tlog-proof", told.package);
        let proof = TlogProof::of_text(&fs::read_to_string(path(&proof)).unwrap()).unwrap();
        proof.check(&leaf, &vkey).expect("it is in the log");
    }
    let report = fs::read_to_string(path("report.html")).unwrap();
    for words in
        ["Monitor &amp; stand", "Truck 7 (truck)", "Hub &lt;1&gt;", "02:00 Sun", "Put into"]
    {
        assert!(report.contains(words), "{words}: {report}");
    }
    for personal in ["Ada Secret", "one", "three"].map(|it| format!(">{it}<")) {
        assert!(!report.contains(&personal), "{personal}");
    }
    let whole: String = ["events.jsonl", "report.html", "evidence.json"]
        .map(|it| fs::read_to_string(path(it)).unwrap())
        .concat();
    assert!(!whole.contains("Ada Secret"));
    let Some((status, said)) = python(folder.path(), &[]) else { return };
    assert_eq!(status, 0, "{said}");
    for words in ["5 events, each as it was logged", "3 events of 1 things", "it lay beside"] {
        assert!(said.contains(words), "{said}");
    }
    // With the key from elsewhere, and with another one.
    let (here, good) = (folder.path().to_str().unwrap(), key().public().to_string());
    let (status, said) = python(folder.path(), &[here, &good]).unwrap();
    assert!(status == 0 && !said.contains("it lay beside"), "{said}");
    let other = LogKey::new("api.test/log", &[8; 32]).unwrap().public().to_string();
    let (status, said) = python(folder.path(), &[here, &other]).unwrap();
    assert!(status == 1 && said.contains("WRONG checkpoint"), "{said}");
}

#[tokio::test]
async fn the_same_log_gives_the_same_bytes_and_what_waits_is_named() {
    let told = told().await;
    let first = evidence(&told).await;
    assert!(first == evidence(&told).await, "the same question has another answer");
    let late = json!({ "kind": "note", "text": "late", "happened_at": WHEN });
    let events = format!("/v1/packages/{}/events", told.package);
    told.world.post(&told.clerk, &events, &late).await.expect(201);
    let folder = unpack(&evidence(&told).await);
    let report = fs::read_to_string(folder.path().join("report.html")).unwrap();
    assert!(report.contains("not yet: not proven"));
    let Some((status, said)) = python(folder.path(), &[]) else { return };
    assert_eq!(status, 0, "{said}");
    let waits = format!("NOT PROVEN event 6 of {}", told.package);
    assert!(said.contains(&waits), "{said}");
    log(&told.world).await;
    let folder = unpack(&evidence(&told).await);
    let (status, said) = python(folder.path(), &[]).unwrap();
    assert!(status == 0 && said.contains("6 events, each as it was logged"), "{said}");
}

/// Whoever alters a file also makes its sum fit.
fn fit_sums(folder: &Path, name: &str) {
    let sums = fs::read_to_string(folder.join("SHA256SUMS")).expect("it has sums");
    let digest = sha2::Digest::finalize(<sha2::Sha256 as sha2::Digest>::new_with_prefix(
        fs::read(folder.join(name)).expect("what has a sum is there"),
    ));
    let line = |it: &str| match it.split_once("  ") {
        Some((_, path)) if path == name => format!("{}  {path}\n", domain::leaf::hex(&digest)),
        _ => format!("{it}\n"),
    };
    fs::write(folder.join("SHA256SUMS"), sums.lines().map(line).collect::<String>())
        .expect("the folder is ours");
}

#[tokio::test]
async fn whatever_somebody_alters_is_named() {
    let told = told().await;
    let folder = unpack(&evidence(&told).await);
    let leaf = format!("leaves/{}/000003.json", told.package);
    let proof = format!("proofs/{}/000003.tlog-proof", told.package);
    let all = [
        "README.txt",
        "report.html",
        "evidence.json",
        "events.jsonl",
        "checkpoint",
        "vkey",
        "SHA256SUMS",
        &leaf,
        &proof,
        "verify.py",
    ];
    for name in all {
        let path = folder.path().join(name);
        let good = fs::read(&path).unwrap();
        let mut bad = good.clone();
        let at = if name == "verify.py" { 5 } else { bad.len() / 2 };
        bad[at] = if bad[at] == b'1' { b'2' } else { b'1' };
        fs::write(&path, &bad).unwrap();
        let Some((status, said)) = python(folder.path(), &[]) else { return };
        assert!(status == 1 && said.contains(name), "{name}: {said}");
        fs::remove_file(&path).unwrap();
        if name != "verify.py" {
            let (status, said) = python(folder.path(), &[]).unwrap();
            assert!(status == 1 && said.contains(name), "{name} is gone: {said}");
        }
        fs::write(&path, &good).unwrap();
    }
    // Sums can be made to fit; proofs cannot.
    for name in ["checkpoint", "vkey", "evidence.json", "events.jsonl", &leaf, &proof] {
        let path = folder.path().join(name);
        let good = fs::read(&path).unwrap();
        let mut bad = good.clone();
        let at = bad.iter().position(u8::is_ascii_digit).unwrap();
        bad[at] = if bad[at] == b'9' { b'8' } else { bad[at] + 1 };
        fs::write(&path, &bad).unwrap();
        fit_sums(folder.path(), name);
        let (status, said) = python(folder.path(), &[]).unwrap();
        assert!(status == 1 && said.contains("WRONG"), "{name}: {said}");
        fs::write(&path, &good).unwrap();
        fit_sums(folder.path(), name);
        assert_eq!(python(folder.path(), &[]).unwrap().0, 0, "{name}");
    }
    // An event that is left out everywhere is missed by the one after it.
    let lines = folder.path().join("events.jsonl");
    let kept = fs::read_to_string(&lines).unwrap();
    let kept: String =
        kept.lines().enumerate().filter(|it| it.0 != 2).map(|it| format!("{}\n", it.1)).collect();
    fs::write(&lines, kept).unwrap();
    for gone in [&leaf, &proof] {
        fs::remove_file(folder.path().join(gone)).unwrap();
    }
    fit_sums(folder.path(), "events.jsonl");
    let sums = folder.path().join("SHA256SUMS");
    let text = fs::read_to_string(&sums).unwrap();
    let rest = text.lines().filter(|it| !it.contains("000003")).map(|it| format!("{it}\n"));
    fs::write(&sums, rest.collect::<String>()).unwrap();
    let (status, said) = python(folder.path(), &[]).unwrap();
    assert!(status == 1 && said.contains("events 3 to 3 are left out"), "{said}");
}

#[tokio::test]
async fn evidence_is_for_who_may_audit() {
    let world = World::new();
    let (clerk, auditor) = (world.person(&[Enter]).await, world.person(&[Audit]).await);
    let package = world.package(&clerk, &json!({ "description": "monitor" })).await;
    let path = format!("/v1/audit/packages/{package}/evidence.zip");
    // Before there is a log there is nothing that could be proven.
    world.get(&auditor, &path).await.expect(404);
    log(&world).await;
    world.get(&auditor, &path).await.expect(200);
    world.get(&world.person(&[Track]).await, &path).await.expect(403);
    world.get(&auditor, "/v1/audit/packages/nothing/evidence.zip").await.expect(404);
}

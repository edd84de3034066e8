//! `whereabouts where` and `whereabouts history`: one package, in words.

use std::process::ExitCode;

use serde_json::Value;

use crate::{
    cli::{History, Where},
    client::Client,
    failure::{Failure, failed},
    terminal::{BAD, FAINT, GOOD, STRONG, styled},
};

/// Says where a package is or was.
pub async fn whereabouts(wish: Where) -> Result<ExitCode, Failure> {
    let client = Client::reach(&wish.store.data).await?;
    let id = one(&client, &wish.number).await?;
    let at = wish.at.map(|at| format!("?at={}", escaped(&at))).unwrap_or_default();
    let package = client.get(&format!("/v1/packages/{id}")).await?.good()?;
    let found = client.get(&format!("/v1/packages/{id}/whereabouts{at}")).await?.good()?;
    if wish.store.json {
        println!("{found}");
        return Ok(ExitCode::SUCCESS);
    }
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let status = text(&package["status"]).replace('_', " ");
    anstream::println!(
        "{} {} {}",
        styled(STRONG, text(&package["record"]["description"])),
        styled(GOOD, status),
        styled(FAINT, &id)
    );
    anstream::println!("  {}", place_in_words(&found));
    anstream::println!("  {}", styled(FAINT, basis_in_words(&found)));
    for contradiction in found["contradictions"].as_array().into_iter().flatten() {
        anstream::println!("  {} {}", styled(BAD, "but"), text(contradiction));
    }
    Ok(ExitCode::SUCCESS)
}

/// Shows everything recorded of a package.
pub async fn history(wish: History) -> Result<ExitCode, Failure> {
    let client = Client::reach(&wish.store.data).await?;
    let id = one(&client, &wish.number).await?;
    let mut path = format!("/v1/packages/{id}/history?limit=500");
    loop {
        let page = client.get(&path).await?.good()?;
        for event in page["events"].as_array().into_iter().flatten() {
            if wish.store.json {
                println!("{event}");
            } else {
                show_event(event, &page["names"]);
            }
        }
        match page["next"].as_str() {
            Some(next) => path = format!("/v1/packages/{id}/history?limit=500&cursor={next}"),
            None => return Ok(ExitCode::SUCCESS),
        }
    }
}

/// The package that a number names; several are listed, never guessed between.
async fn one(client: &Client, number: &str) -> Result<String, Failure> {
    let found =
        client.get(&format!("/v1/packages?limit=50&q={}", escaped(number))).await?.good()?;
    let packages: Vec<&Value> = found["packages"].as_array().into_iter().flatten().collect();
    match packages[..] {
        [] => Err(failed(format!("no package has the number {number}"))),
        [package] => Ok(package["id"].as_str().unwrap_or_default().to_owned()),
        _ => {
            let line = |it: &&Value| {
                let part = |name: &str| it[name].as_str().unwrap_or_default().to_owned();
                format!("  {}  {}  {}", part("id"), part("status"), part("description"))
            };
            let lines: Vec<String> = packages.iter().map(line).collect();
            let count = packages.len();
            Err(failed(format!(
                "{count} packages have the number {number}; ask by id:\n{}",
                lines.join("\n")
            )))
        }
    }
}

fn place_in_words(found: &Value) -> String {
    let (lat, lon) =
        (found["lat"].as_f64().unwrap_or_default(), found["lon"].as_f64().unwrap_or_default());
    let radius_m = found["radius_95_m"].as_f64().unwrap_or_default();
    let within = if radius_m < 1_000.0 {
        format!("within {radius_m:.0} m")
    } else {
        format!("within {:.0} km", radius_m / 1_000.0)
    };
    let name = |field: &str| {
        found[field].as_str().and_then(|id| found["names"][id].as_str()).map(str::to_owned)
    };
    let mut words = match (name("place"), name("towards")) {
        (Some(place), _) => format!("at {}, ", styled(STRONG, place)),
        (None, Some(towards)) => format!("on the way to {}, ", styled(STRONG, towards)),
        (None, None) => String::new(),
    };
    words.push_str(&format!("{within} of {lat:.4}, {lon:.4}"));
    if let Some(height_m) = found["above_sea_m"].as_f64() {
        words.push_str(&format!(", {height_m:.0} m above the sea"));
    }
    words
}

fn basis_in_words(found: &Value) -> String {
    let age = age_in_words(found["age_s"].as_f64().unwrap_or_default());
    match found["basis"].as_str().unwrap_or_default() {
        "measured" => format!("GPS {age} ago"),
        "scanned" => format!("scanned {age} ago"),
        "inherited" => format!("from what carries it, {age} ago"),
        "interpolated" => "between two scans".to_owned(),
        _ => format!("our estimate; last heard of {age} ago"),
    }
}

fn age_in_words(seconds: f64) -> String {
    match seconds {
        it if it < 120.0 => format!("{it:.0} s"),
        it if it < 7_200.0 => format!("{:.0} min", it / 60.0),
        it if it < 172_800.0 => format!("{:.0} h", it / 3_600.0),
        it => format!("{:.0} days", it / 86_400.0),
    }
}

fn show_event(event: &Value, names: &Value) {
    let text = |name: &str| event[name].as_str().unwrap_or_default();
    let place = ["place", "from", "to"]
        .iter()
        .filter_map(|field| event["event"][*field].as_str())
        .find_map(|id| names[id].as_str());
    anstream::println!(
        "{}  {:<16} {}  {}",
        text("happened_at"),
        styled(STRONG, text("kind")),
        place.unwrap_or_default(),
        styled(FAINT, format!("learned {} by {}", text("recorded_at"), text("source")))
    );
}

/// Text as it may stand in a query string.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

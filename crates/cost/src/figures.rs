//! The figures that documents quote, as tables to read.

use crate::{Bill, Herd, Load, Prices, herd::quota};

/// A month's bill: by what it is for, then by service.
#[must_use]
pub fn bill(load: &Load, prices: &Prices) -> String {
    let bill = Bill::of(load, prices);
    let mut out =
        String::from("| what | in a month | each million | a month |\n|---|--:|--:|--:|\n");
    for part in bill.parts.iter().filter(|it| 0.0 < bill.usd_of(it)) {
        let alone = part.count <= 1.0;
        let (count, each) = if alone {
            (String::new(), String::new())
        } else {
            (count(part.count), usd(part.each.usd(prices) * 1e6))
        };
        out += &format!("| {} | {count} | {each} | {} |\n", part.what, usd(bill.usd_of(part)));
    }
    out += "\n| service | a month, beyond what is free |\n|---|--:|\n";
    let services = bill.by_service();
    for (service, it) in services.iter().filter(|it| 0.005 <= *it.1) {
        out += &format!("| {service} | {} |\n", usd(*it));
    }
    out + &format!("| **together** | **{}** |\n", usd(bill.usd()))
}

/// What one of each costs, and with nobody there.
#[must_use]
pub fn units(prices: &Prices) -> String {
    let design = Load::design();
    let fix = |load: Load| usd(load.of_fix().usd(prices) * 1e6);
    let package = design.of_package().usd(prices);
    let idle = Bill::of(&Load::idle(), prices).usd();
    let rows = [
        ("a million fixes, 500 in a request, each of another tracker", fix(design.clone())),
        ("the same, 100 in a request", fix(Load { fixes_together: 100.0, ..design.clone() })),
        ("the same, 25 in a request", fix(Load { fixes_together: 25.0, ..design.clone() })),
        (
            "a million fixes, two of a tracker together",
            fix(Load { coalesced: 2.0, ..design.clone() }),
        ),
        (
            "a million fixes, five of a tracker together",
            fix(Load { coalesced: 5.0, ..design.clone() }),
        ),
        (
            "besides, of vehicles that carry packages: their marks on the map",
            usd(design.of_carrying().usd(prices) * 1e6),
        ),
        ("a million custody events, 25 in a request", usd(design.of_event().usd(prices) * 1e6)),
        (
            "the same, told on the bus besides",
            usd(design.of_event().and(&design.of_told(), 1.0).usd(prices) * 1e6),
        ),
        (
            "a million packages registered, 25 in a request",
            usd(design.of_registration().usd(prices) * 1e6),
        ),
        ("a million questions about a package", usd(design.of_question().usd(prices) * 1e6)),
        ("a thousand hours of watching the map", usd(design.of_viewer_hour().usd(prices) * 1e3)),
        ("a package with 15 events, its whole life", format!("${package:.6}")),
        ("a month in which nobody comes", usd(idle)),
    ];
    let lines = rows.map(|(what, it)| format!("| {what} | {it} |\n"));
    format!("| what | costs |\n|---|--:|\n{}", lines.concat())
}

/// A crowd at once: what reaches what, and what that may take.
#[must_use]
pub fn herd(people: f64, api_per_s: f64) -> String {
    let herd = Herd::of(people, api_per_s);
    let rows = [
        ("requests at the edge, in a second", count(herd.edge_requests), count(quota::EDGE_PER_S)),
        ("of these at the API, in all", count(herd.api_requests), String::new()),
        ("let in each second", count(herd.api_per_s), count(quota::API_PER_S)),
        (
            "seconds until everybody has an answer",
            format!("{:.0}", herd.all_answered_s.ceil()),
            String::new(),
        ),
        ("functions that run at once", count(herd.functions), count(quota::FUNCTIONS)),
        (
            "functions that must be allowed, at ten requests a second each",
            count(herd.functions_asked),
            count(quota::FUNCTIONS),
        ),
        (
            "read units of the table each second",
            count(herd.reads_per_s),
            count(quota::TABLE_READS_PER_S),
        ),
        ("connections to the live feed each second", count(herd.connects_per_s), count(2_000.0)),
    ];
    let lines = rows.map(|(what, it, most)| format!("| {what} | {it} | {most} |\n"));
    format!("| what | takes | may take |\n|---|--:|--:|\n{}", lines.concat())
}

/// Dollars, as precise as one looks at them.
#[must_use]
pub fn usd(value: f64) -> String {
    match value {
        it if it < 100.0 => format!("${it:.2}"),
        it => format!("${}", grouped(it)),
    }
}

/// How many, with a comma for each thousand; millions as such.
#[must_use]
pub fn count(value: f64) -> String {
    match value {
        it if 1e8 <= it => format!("{} million", grouped(it / 1e6)),
        it if 1e6 <= it => format!("{:.1} million", it / 1e6),
        it => grouped(it),
    }
}

fn grouped(value: f64) -> String {
    let digits = format!("{value:.0}");
    let mut out = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if 0 < place && (digits.len() - place).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

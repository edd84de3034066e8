//! Bodies that are right.

use serde_json::{Value, json};

/// A package with every field.
pub fn whole_package(origin: &str, destination: &str, client: &str) -> Value {
    json!({
        "happened_at": "2026-02-27T08:00:00+01:00",
        "description": "Two monitors",
        "items": [
            {
                "name": "27-inch monitor",
                "quantity": 2,
                "serials": ["SN-1", "SN-2"],
                "value": { "amount": "598.00", "currency": "USD" },
            },
        ],
        "client": client,
        "recipient": {
            "name": "Ada Byron",
            "email": "ada@example.com",
            "address": "12 Analytical Lane\nLondon",
        },
        "cost_centre": "4711",
        "order": "PO-2026-17",
        "origin": origin,
        "destination": destination,
        "carrier": "ups",
        "service": "Express Saver",
        "mode": "air",
        "pieces": 2,
        "weight_kg": 12.345,
        "dimensions_mm": { "length": 800, "width": 300, "height": 600 },
        "declared_value": { "amount": "598.00", "currency": "USD" },
        "promised": { "first": "2026-03-02T08:00:00.000Z", "last": "2026-03-02T18:00:00.000Z" },
        "references": [
            { "scheme": "carrier:ups", "value": "1Z 999 AA1 01 2345 6784" },
            { "scheme": "po", "value": "PO-2026-17" },
        ],
    })
}

/// A facility.
pub fn facility(name: &str, lat: f64, lon: f64) -> Value {
    json!({
        "kind": "facility",
        "name": name,
        "position": { "lat": lat, "lon": lon },
        "radius_m": 300,
        "ground_m": 80,
        "country": "US",
        "time_zone": "America/Chicago",
        "floors": [{ "name": "3", "above_ground_m": 9.5 }],
    })
}

/// A home, its town around it.
pub fn home() -> Value {
    json!({
        "kind": "private",
        "name": "Ada Byron's house",
        "position": { "lat": 51.5, "lon": -0.12 },
        "radius_m": 12_000,
        "ground_m": 20,
        "country": "GB",
        "address": "12 Analytical Lane, London",
        "exact": { "lat": 51.512_345_6, "lon": -0.098_765_4, "radius_m": 25 },
    })
}

/// One event of every kind that a package may have, in a sensible order.
pub fn package_events(place: &str, container: &str, other: &str) -> Vec<Value> {
    let at = |minute: u32| format!("2026-03-01T08:{minute:02}:00Z");
    let cost = json!({
        "cost": "freight",
        "amount": { "amount": "52.10", "currency": "USD" },
        "source": "invoice",
        "line": "INV-1/1",
    });
    vec![
        json!({ "kind": "amended", "happened_at": at(0), "set": { "package": { "carrier": "dhl" } }, "clear": ["service"] }),
        json!({ "kind": "positioned", "happened_at": at(1), "measured": {
            "position": { "lat": 35.1, "lon": -90.0, "height_m": 81.5, "datum": "ellipsoid" },
            "radius_95_m": 12.5, "vertical_95_m": 20, "speed_m_s": 3.25, "course_deg": 271.5 } }),
        json!({ "kind": "picked_up", "happened_at": at(2), "place": place }),
        json!({ "kind": "scanned", "happened_at": at(3), "place": place, "floor": "3" }),
        json!({ "kind": "departed", "happened_at": at(4), "from": place, "to": null, "mode": "road", "expected_at": at(30) }),
        json!({ "kind": "arrived", "happened_at": at(5), "place": place }),
        json!({ "kind": "joined", "happened_at": at(6), "holder": { "container": container } }),
        json!({ "kind": "left", "happened_at": at(7), "holder": { "container": container } }),
        json!({ "kind": "joined", "happened_at": at(8), "holder": { "place": place } }),
        json!({ "kind": "cost_added", "happened_at": at(9), "cost": cost }),
        json!({ "kind": "cost_credited", "happened_at": at(10), "cost": {
            "cost": "refund", "amount": { "amount": "2.10", "currency": "USD" }, "source": "invoice", "line": "INV-1/2" } }),
        json!({ "kind": "cost_shared", "happened_at": at(11), "cost": "insurance", "with": other }),
        json!({ "kind": "promise_changed", "happened_at": at(12), "promised": { "first": "2026-03-03T08:00:00Z" } }),
        json!({ "kind": "problem", "happened_at": at(13), "reason": "weather_delay", "detail": "Snow" }),
        json!({ "kind": "held", "happened_at": at(14), "reason": "customs_inspection", "place": place }),
        json!({ "kind": "out_for_delivery", "happened_at": at(15) }),
        json!({ "kind": "ready_to_collect", "happened_at": at(16), "place": place }),
        json!({ "kind": "returning", "happened_at": at(17), "reason": "consignee_refused" }),
        json!({ "kind": "returned", "happened_at": at(18), "place": place }),
        json!({ "kind": "lost", "happened_at": at(19) }),
        json!({ "kind": "cancelled", "happened_at": at(20) }),
        json!({ "kind": "note", "happened_at": at(21), "text": "Rang twice.\nLeft a card." }),
        json!({ "kind": "delivered", "happened_at": at(22), "proof": { "received_by": "Ada Byron", "left_at": "reception" } }),
        json!({ "kind": "solved", "happened_at": at(23), "detail": "It was not theirs" }),
    ]
}

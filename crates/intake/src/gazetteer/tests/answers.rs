//! Names, codes and their readings.

use super::super::{CountryCode, Gazetteer, Hint, Kind, MATCHES_MAX, Resolution, Why, unambiguous};
use super::{get, keys, one, one_with, resolve, within};

#[track_caller]
fn assert_one(text: &str, key: &str) {
    let matches = resolve(text, Hint::NONE);
    let found = unambiguous(&matches).map(|found| found.entry.key.as_str());
    assert_eq!(found, Some(key), "{text:?}: {:?}", keys(&matches));
}

#[track_caller]
fn assert_several(text: &str) {
    let matches = resolve(text, Hint::NONE);
    assert!(
        matches!(Resolution::of(&matches), Resolution::Several(_)),
        "{text:?}: {:?}",
        keys(&matches)
    );
}

#[test]
fn towns_are_found_with_their_country_or_region_in_any_order() {
    for text in
        ["Lagos, Nigeria", "Lagos Nigeria", "LAGOS (NIGERIA)", "Nigeria - Lagos", "Lagos, NG"]
    {
        assert_one(text, "city:2332459");
    }
    for text in ["Paris, TX", "Paris TX", "Paris, Texas", "paris, texas, usa", "Paris, Texas 75460"]
    {
        assert_one(text, "city:4717560");
    }
    for text in
        ["75001 Paris (France)", "Paris, FR", "Paris 75001, France", "PARIS", "France, 75001 Paris"]
    {
        assert_one(text, "city:2988507");
    }
    assert_one("São Paulo, SP", "city:3448439");
    assert_one("sao paulo brazil", "city:3448439");
    assert_one("Toronto, ON", "city:6167865");
    assert_one("Wilmington, DE", "city:4145381");
    assert_one("Berlin, DE", "city:2950159");
    assert_one("Washington, D.C., USA", "city:4140963");
    assert_one("St. Louis, Missouri", "city:4407066");
    assert_one("Saint Louis MO", "city:4407066");
}

#[test]
fn towns_are_found_by_their_other_names() {
    for text in ["Munich", "München", "Muenchen", "MUNCHEN", "Monaco di Baviera"] {
        assert_one(text, "city:2867714");
    }
    assert_one("上海", "city:1796236");
    assert_one("Москва", "city:524901");
    assert_one("Bombay, India", "city:1275339");
    assert_one("Port Elizabeth, South Africa", "city:964420");
}

#[test]
fn countries_are_found_by_former_foreign_and_trade_names() {
    for (text, code) in [
        ("Côte d'Ivoire", "CI"),
        ("Cote d’Ivoire", "CI"),
        ("COTE D IVOIRE", "CI"),
        ("Ivory Coast", "CI"),
        ("Congo, DRC", "CD"),
        ("DRC", "CD"),
        ("Congo (Kinshasa)", "CD"),
        ("Zaire", "CD"),
        ("Congo, the Democratic Republic of the", "CD"),
        ("Democratic Republic of the Congo", "CD"),
        ("Congo-Brazzaville", "CG"),
        ("Republic of the Congo", "CG"),
        ("Swaziland", "SZ"),
        ("Eswatini", "SZ"),
        ("Burma", "MM"),
        ("Myanmar", "MM"),
        ("Viet Nam", "VN"),
        ("Vietnam", "VN"),
        ("South Sudan", "SS"),
        ("Sudan", "SD"),
        ("Cape Verde", "CV"),
        ("Macedonia", "MK"),
        ("FYROM", "MK"),
        ("Czechia", "CZ"),
        ("Czech Republic", "CZ"),
        ("Turkey", "TR"),
        ("Türkiye", "TR"),
        ("East Timor", "TL"),
        ("UK", "GB"),
        ("U.K.", "GB"),
        ("Great Britain", "GB"),
        ("England", "GB"),
        ("USA", "US"),
        ("U.S.A.", "US"),
        ("United States", "US"),
        ("UAE", "AE"),
        ("Deutschland", "DE"),
        ("Allemagne", "DE"),
        ("Россия", "RU"),
        ("中国", "CN"),
        ("Korea, Republic of", "KR"),
        ("DPRK", "KP"),
        ("Trinidad & Tobago", "TT"),
        ("The Gambia", "GM"),
        ("Gambia, The", "GM"),
        ("Lao PDR", "LA"),
        ("Holland", "NL"),
        ("Guinea", "GN"),
        ("Guinea-Bissau", "GW"),
        ("Equatorial Guinea", "GQ"),
        ("Niger", "NE"),
        ("Dominica", "DM"),
        ("Dominican Republic", "DO"),
        ("Kosovo", "XK"),
        ("KE", "KE"),
    ] {
        assert_eq!(one(text).as_deref(), Some(format!("country:{code}").as_str()), "{text}");
        let country = Gazetteer::embedded().country(text).map(|it| it.key);
        assert_eq!(country, Some(format!("country:{code}")), "{text}");
    }
}

#[test]
fn every_country_is_one_by_its_own_name_and_codes() {
    let gazetteer = Gazetteer::embedded();
    for id in gazetteer.store.run(super::super::store::Run::Countries) {
        let entry = gazetteer.entry(id);
        let (_, alpha3) = gazetteer.store.country_codes(id as u8);
        let alpha3 = String::from_utf8(alpha3.to_vec()).unwrap();
        for text in [entry.name, entry.country.as_str(), &alpha3] {
            let found = gazetteer.country(text).map(|it| it.key);
            assert_eq!(found.as_deref(), Some(entry.key.as_str()), "{text}");
        }
    }
}

#[test]
fn shared_names_are_not_decided() {
    for text in [
        "San Jose",
        "San José",
        "Springfield",
        "Springfield, USA",
        "Congo",
        "Birmingham",
        "Hyderabad",
        "Victoria",
        "Georgetown",
        "Valencia",
        "Tripoli",
        "Córdoba",
    ] {
        assert_several(text);
    }
    assert!(Gazetteer::embedded().country("Congo").is_none());
    let springfields = resolve("Springfield", Hint::NONE);
    assert!(springfields.len() >= 10, "{}", springfields.len());
    assert!(springfields.is_sorted_by(|a, b| a.score >= b.score));
}

#[test]
fn a_name_that_dwarfs_its_namesakes_is_taken() {
    assert_one("Paris", "city:2988507");
    assert_one("London", "city:2643743");
    assert_one("Lagos", "city:2332459");
    assert_eq!(one("London, Ontario").as_deref(), Some("city:6058560"));
    assert_eq!(one_with("San Jose", within("CR")).as_deref(), Some("city:3621849"));
    assert_eq!(one_with("San Jose", within("US")).as_deref(), Some("city:5392171"));
}

#[test]
fn a_small_town_needs_its_country() {
    // 25,000 people live there; a hamlet of the same name may be anywhere.
    assert_several("Paonta Sahib");
    assert_one("Paonta Sahib, India", "city:1260421");
    assert_eq!(one_with("Paonta Sahib", within("IN")).as_deref(), Some("city:1260421"));
}

#[test]
fn what_contradicts_is_never_taken() {
    assert_eq!(one_with("Lagos", within("FR")), None);
    assert_eq!(one("Paris, Nigeria"), None);
    assert_eq!(one_with("Lagos, Nigeria", within("PT")), None);
    assert_eq!(one_with("Germany", Hint::kind(Kind::Airport)), None);
    // The street is not understood: a person should look.
    assert_several("12 Marina Road, Lagos, Nigeria");
    // We do not know the town; its country is only a suggestion.
    assert_several("Meymac, France");
    assert_eq!(resolve("Meymac, France", Hint::NONE)[0].entry.key, "country:FR");
}

#[test]
fn codes_in_capitals_are_exact() {
    for (text, key) in [
        ("FRA", "iata:FRA"),
        ("EDDF", "iata:FRA"),
        ("JFK", "iata:JFK"),
        ("DEFRA", "city:2925533"),
        ("DE FRA", "city:2925533"),
        ("KEMBA", "city:186301"),
        ("ZADUR", "city:1007311"),
        ("NYC", "city:5128581"),
        ("LON", "city:2643743"),
        ("USNYC", "city:5128581"),
        ("ke", ""),
        ("fra", ""),
    ] {
        let found = one(text);
        match key {
            "" => assert_eq!(found, None, "{text}: small letters are no certain code"),
            key => assert_eq!(found.as_deref(), Some(key), "{text}"),
        }
    }
    assert_eq!(resolve("FRA", Hint::NONE)[0].why, Why::ExactCode);
    // France's three letters come second, and first for who asks for countries.
    assert_eq!(keys(&resolve("FRA", Hint::NONE))[..2], ["iata:FRA", "country:FR"]);
    assert_eq!(one_with("FRA", Hint::kind(Kind::Country)).as_deref(), Some("country:FR"));
    assert_eq!(one_with("KEMBA", Hint::kind(Kind::Port)).as_deref(), Some("port:47100"));
    assert_eq!(one_with("KEMBA", Hint::kind(Kind::Airport)).as_deref(), Some("iata:MBA"));
    // USA is also the code of an airport in North Carolina.
    assert_eq!(one_with("USA", Hint::kind(Kind::Airport)).as_deref(), Some("iata:USA"));
}

#[test]
fn by_code_lists_what_a_code_stands_for() {
    let codes = |code: &str| -> Vec<String> {
        Gazetteer::embedded().by_code(code).into_iter().map(|it| it.key).collect()
    };
    assert_eq!(codes("kemba"), ["city:186301", "port:47100", "iata:MBA"]);
    assert_eq!(codes("ZA-DUR"), ["city:1007311", "port:46850", "iata:DUR"]);
    assert_eq!(codes("hkmo"), ["iata:MBA"]);
    assert_eq!(codes("ci"), ["country:CI"]);
    for nothing in ["", "QQQ", "QQQQ", "XXXXX", "Q", "ÄÖ", "LONGER THAN ANY", "D\u{1F600}"] {
        assert_eq!(codes(nothing), [""; 0], "{nothing}");
    }
}

#[test]
fn ports_and_airports_are_found_by_name() {
    for text in ["Port of Durban", "Durban Port", "Durban Harbour", "PORT OF DURBAN, SOUTH AFRICA"]
    {
        assert_one(text, "port:46850");
    }
    assert_one("Port of Mombasa", "port:47100");
    assert_one("London Heathrow Airport", "iata:LHR");
    assert_one("Heathrow Airport", "iata:LHR");
    assert_one("Charles de Gaulle International Airport", "iata:CDG");
    // A bare name means the town; its port and airport are no rivals.
    assert_one("Mombasa", "city:186301");
    assert_eq!(one_with("Mombasa", Hint::kind(Kind::Port)).as_deref(), Some("port:47100"));
    assert_eq!(
        one_with("Frankfurt am Main", Hint::kind(Kind::Airport)).as_deref(),
        Some("iata:FRA")
    );
}

#[test]
fn a_towns_airports_are_suggested() {
    let matches = resolve("Nairobi Airport", Hint::NONE);
    assert!(keys(&matches).contains(&"iata:NBO"), "{:?}", keys(&matches));
    assert!(keys(&matches).contains(&"iata:WIL"), "{:?}", keys(&matches));
    assert_several("Nairobi Airport");
}

#[test]
fn a_name_with_its_code_behind_it_is_one() {
    assert_one("Frankfurt (FRA)", "city:2925533");
    assert_one("Durban [ZADUR]", "city:1007311");
}

#[test]
fn a_capital_word_that_is_also_a_code_elsewhere_is_not_silently_the_code() {
    // GOA is Genoa's airport; nobody in a list of Indian sites means Genoa.
    assert_eq!(one_with("GOA", within("IN")), None);
    // LIMA, PERU and all other capitals are names before they are codes.
    assert_one("LIMA, PERU", "city:3936456");
    assert_one("CAIRO", "city:360630");
}

#[test]
fn garbage_and_lengths_are_harmless() {
    for text in [
        "",
        " ",
        ",",
        ",,,;/",
        "''",
        "()",
        "zzzzqq",
        "\0\0",
        "????",
        "𓀀𓀁",
        "the",
        "&",
        ".",
        "port",
        "airport",
        "port of ",
        "a,b,c,d,e,f,g,h",
        "🚚📦",
        "-",
        "0",
        "0000",
        "\u{301}\u{301}",
        "SELECT * FROM x",
    ] {
        let matches = resolve(text, Hint::NONE);
        assert_eq!(unambiguous(&matches), None, "{text:?}: {:?}", keys(&matches));
        Gazetteer::embedded().find_in_text(text);
        Gazetteer::embedded().get(text);
    }
    let long = "Paris ".repeat(2_000_000);
    assert!(resolve(&long, Hint::NONE).is_empty());
    assert!(Gazetteer::embedded().find_in_text(&long).is_empty());
    assert!(Gazetteer::embedded().by_code(&long).is_empty());
    assert!(resolve("Santa Maria", Hint::NONE).len() <= MATCHES_MAX);
}

#[test]
fn entries_carry_what_is_known() {
    let lagos = get("city:2332459");
    assert_eq!(
        (lagos.name, lagos.kind, lagos.country),
        ("Lagos", Kind::City, CountryCode::new("ng").unwrap())
    );
    assert_eq!((lagos.radius_m, lagos.time_zone), (25_000, Some("Africa/Lagos")));
    assert_eq!(lagos.locode.as_deref(), Some("NGLOS"));
    assert!((15_300_000..15_400_000).contains(&lagos.population.unwrap()));

    let frankfurt = get("iata:FRA");
    assert_eq!(frankfurt.icao.as_deref(), Some("EDDF"));
    assert_eq!(frankfurt.elevation_msl_m, Some(111));
    assert_eq!((frankfurt.radius_m, frankfurt.population), (3_000, None));

    let durban = get("port:46850");
    assert_eq!((durban.kind, durban.radius_m), (Kind::Port, 3_000));
    assert_eq!(durban.time_zone, Some("Africa/Johannesburg"));
    assert!((durban.at.lat() - -29.8667).abs() < 1e-3 && (durban.at.lon() - 31.0667).abs() < 1e-3);

    let paris = get("city:4717560");
    assert_eq!((paris.region_code, paris.region), (Some("TX"), Some("Texas")));
    let ivory_coast = get("country:CI");
    assert_eq!((ivory_coast.name, ivory_coast.elevation_msl_m), ("Côte d'Ivoire", None));
}

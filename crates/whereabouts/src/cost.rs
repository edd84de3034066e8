//! `whereabouts cost`: what a load costs on AWS.

use std::{fs, process::ExitCode};

use cost::{Bill, DAYS, Herd, Load, Prices, figures};
use serde_json::{Value, json};

use crate::{
    cli::Cost,
    failure::{Failure, failed},
    terminal::{FAINT, STRONG, styled},
};

/// Prints the bill of a load, what one of each thing costs, and what a crowd at once takes.
pub fn cost(wish: &Cost) -> Result<ExitCode, Failure> {
    let prices = match &wish.prices {
        Some(file) => {
            let text = fs::read_to_string(file);
            let text = text.map_err(|why| failed(format!("{}: {why}", file.display())))?;
            Prices::of_text(&text).map_err(|why| failed(format!("{}: {why}", file.display())))?
        }
        None => Prices::embedded(),
    };
    let load = load(wish);
    if wish.json {
        println!("{}", told(&load, &prices, wish));
        return Ok(ExitCode::SUCCESS);
    }
    let idle = Bill::of(&Load::idle(), &prices).usd();
    let heading = |words: &str| anstream::println!("\n{}", styled(STRONG, words));
    heading("What a month costs");
    show(&figures::bill(&load, &prices));
    heading("What one of each costs, whatever the load");
    show(&figures::units(&prices));
    heading(&format!("{} people at once", figures::count(wish.viewers)));
    show(&figures::herd(wish.viewers, wish.requests));
    let words = format!(
        "Prices of {} ({}) without taxes and discounts. With nobody there: {} a month.",
        prices.date,
        prices.region,
        figures::usd(idle)
    );
    anstream::println!("\n{}", styled(FAINT, words));
    Ok(ExitCode::SUCCESS)
}

fn load(wish: &Cost) -> Load {
    Load {
        packages: wish.packages,
        events: wish.events,
        events_together: wish.events_together,
        vehicles: wish.vehicles,
        fix_period_s: wish.fix_period,
        driving_h: wish.hours,
        fixes_together: wish.fixes_together,
        coalesced: wish.coalesced,
        carrying: wish.carrying,
        viewers: wish.viewers,
        viewing_h: wish.hours,
        cached: wish.cached,
        questions: wish.questions,
        cognito_people: wish.cognito_people,
        years: wish.years,
        ..Load::design()
    }
}

/// A table of Markdown, as columns of a terminal.
fn show(table: &str) {
    for part in table.split("\n\n") {
        let rows: Vec<Vec<String>> =
            part.lines().filter(|it| !it.starts_with("|--")).map(cells).collect();
        let wide = |column: usize| {
            rows.iter().filter_map(|it| it.get(column)).map(|it| it.chars().count()).max()
        };
        for (number, row) in rows.iter().enumerate() {
            let cells = row.iter().enumerate().map(|(column, it)| {
                let wide = wide(column).unwrap_or_default();
                if column == 0 { format!("{it:<wide$}") } else { format!("{it:>wide$}") }
            });
            let line = cells.collect::<Vec<_>>().join("  ");
            if number == 0 {
                anstream::println!("  {}", styled(FAINT, line.trim_end()));
            } else {
                anstream::println!("  {}", line.trim_end());
            }
        }
        println!();
    }
}

fn cells(line: &str) -> Vec<String> {
    line.trim_matches('|').split('|').map(|it| it.trim().replace("**", "")).collect()
}

/// The same, for programs.
fn told(load: &Load, prices: &Prices, wish: &Cost) -> Value {
    let bill = Bill::of(load, prices);
    let parts = bill.parts.iter().map(|it| {
        json!({
            "what": it.what, "count": it.count, "usd": bill.usd_of(it),
            "usd_each_million": it.each.usd(prices) * 1e6,
        })
    });
    let herd = Herd::of(wish.viewers, wish.requests);
    json!({
        "prices": { "date": prices.date, "region": prices.region },
        "days": DAYS,
        "parts": parts.collect::<Vec<_>>(),
        "services": bill.by_service(),
        "usd": bill.usd(),
        "usd_idle": Bill::of(&Load::idle(), prices).usd(),
        "usd_a_package": load.of_package().usd(prices),
        "at_once": {
            "people": herd.people, "edge_requests": herd.edge_requests,
            "api_requests": herd.api_requests, "api_per_s": herd.api_per_s,
            "all_answered_s": herd.all_answered_s, "functions": herd.functions,
            "reads_per_s": herd.reads_per_s,
        },
    })
}

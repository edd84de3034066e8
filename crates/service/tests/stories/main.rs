//! Stories: each reads like what people do, on both engines. Then the same with
//! every write failing.

#![expect(clippy::unwrap_used, reason = "a story fails where a step fails")]

mod accounts;
mod activity;
mod archive;
mod attention;
mod audited;
mod counted;
mod crash;
mod day;
mod dynamodb;
mod erasing;
mod fault;
mod filing;
mod filing_faults;
mod filing_lives;
mod fix_history;
mod fixes;
mod following;
mod groups;
mod history;
mod import;
mod live;
mod log;
mod logged;
mod logging;
mod map;
mod merging;
mod naming;
mod outgoing;
mod queued;
mod reconcile;
mod record;
mod reels;
mod registered;
mod restoring;
mod scms;
mod sealing;
mod search;
mod telling;
mod trimmed;
mod units;
mod world;

/// Whether the stories are told on DynamoDB, as an emulator speaks it: see [`dynamodb`].
fn on_dynamodb() -> bool {
    std::env::var_os("WHEREABOUTS_ENGINE").is_some_and(|it| it == "dynamodb")
}

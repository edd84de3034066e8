//! `whereabouts user`: people and what they may do.

use std::{
    io::{self, BufRead, IsTerminal},
    process::ExitCode,
};

use axum::http::Method;
use serde_json::{Value, json};

use crate::{
    cli::{User, UserAction},
    client::Client,
    failure::{Failure, failed},
    terminal::{FAINT, GOOD, STRONG, styled},
};

/// Does what was asked.
pub async fn user(wish: User) -> Result<ExitCode, Failure> {
    match wish.action {
        UserAction::Add { name, may, email, store } => {
            let client = Client::reach(&store.data).await?;
            let mut body = json!({ "name": name, "password": password()?, "permissions": may });
            if let Some(email) = email {
                // Whoever owns the data folder vouches for it.
                body["email"] = email.into();
                body["email_verified"] = true.into();
            }
            let added = client.ask(Method::POST, "/v1/users", Some(body)).await?.good()?;
            tell(store.json, &added, &format!("added {name}"));
        }
        UserAction::List { store } => {
            let client = Client::reach(&store.data).await?;
            let users = all(&client, "").await?;
            if store.json {
                println!("{}", json!({ "users": users }));
            } else {
                users.iter().for_each(show);
            }
        }
        UserAction::May { name, may, store } => {
            let change = json!({ "permissions": may });
            amend(&Client::reach(&store.data).await?, &name, change, store.json).await?;
        }
        UserAction::Disable { name, store } => {
            let change = json!({ "disabled": true });
            amend(&Client::reach(&store.data).await?, &name, change, store.json).await?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

async fn amend(client: &Client, name: &str, change: Value, json: bool) -> Result<(), Failure> {
    let users = all(client, name).await?;
    let id = users
        .iter()
        .filter(|it| it["name"].as_str().is_some_and(|it| it.eq_ignore_ascii_case(name)))
        .find_map(|it| it["id"].as_str())
        .ok_or_else(|| failed(format!("there is nobody named {name}")))?;
    let path = format!("/v1/users/{id}");
    let changed = client.ask(Method::PATCH, &path, Some(change)).await?.good()?;
    tell(json, &changed, &format!("changed {name}"));
    Ok(())
}

/// Everybody whose login name begins so.
async fn all(client: &Client, name: &str) -> Result<Vec<Value>, Failure> {
    let quoted: String = name.bytes().map(|it| format!("%{it:02X}")).collect();
    let first = format!("/v1/users?q={quoted}");
    let (mut users, mut path) = (Vec::new(), first.clone());
    loop {
        let mut page = client.get(&path).await?.good()?;
        if let Value::Array(found) = page["users"].take() {
            users.extend(found);
        }
        match page["next"].as_str() {
            Some(next) => path = format!("{first}&cursor={next}"),
            None => return Ok(users),
        }
    }
}

fn tell(json: bool, answer: &Value, words: &str) {
    if json {
        println!("{answer}");
    } else {
        anstream::println!("{}", styled(GOOD, words));
    }
}

fn show(user: &Value) {
    let may: Vec<&str> =
        user["permissions"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let name = user["name"].as_str().unwrap_or_default();
    let off = if user["disabled"].as_bool() == Some(true) { " (disabled)" } else { "" };
    anstream::println!("{}{off} {}", styled(STRONG, name), styled(FAINT, may.join(", ")));
}

/// A password is never an argument: those are visible to everybody on the machine.
fn password() -> Result<String, Failure> {
    if io::stdin().is_terminal() {
        return rpassword::prompt_password("password: ").map_err(failed);
    }
    let mut line = String::new();
    io::stdin().lock().read_line(&mut line)?;
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}

//! The people of the demo and the links that let anybody be one of them, once.

use ::demo::World;
use domain::id::UserId;
use service::{
    people::{NewUser, People, Permission, Permissions},
    record::Attribution,
};

use crate::{
    failure::{Failure, failed},
    terminal::{FAINT, STRONG, styled},
};

/// Somebody to view the demo as.
struct Role {
    /// What they sign in with.
    login: &'static str,
    /// What they are.
    is: &'static str,
    may: &'static [Permission],
}

use Permission::{Audit, Enter, Manage, Track};

/// Everybody but the administrator.
const ROLES: [Role; 4] = [
    Role { login: "waiting", is: "waiting for a package", may: &[Track] },
    Role { login: "desk", is: "shipping desk", may: &[Track, Enter] },
    Role { login: "manager", is: "manager", may: &[Track, Manage] },
    Role { login: "auditor", is: "auditor", may: &[Track, Audit] },
];

/// Prints a box with a way in for each of the demo's people, made if they are missing.
pub async fn show_ways_in(people: &People, world: &World, url: &str) -> Result<(), Failure> {
    let mut lines = vec![
        (String::new(), format!("The demo of {}", ::demo::names::FIRM)),
        (String::new(), "Each link signs in once, within 10 minutes, on this machine.".to_owned()),
        (String::new(), String::new()),
    ];
    let admin = NewUser { permissions: Permissions::ALL, ..new_user("admin", "Ada Alderwood") };
    lines.push(("administrator".to_owned(), way_in(people, admin, url).await?));
    for role in &ROLES {
        let waiting = &world.sites().people[0];
        let name = if role.login == "waiting" { waiting.name.as_str() } else { "" };
        let mut new = new_user(role.login, name);
        new.permissions = role.may.iter().copied().collect();
        if role.login == "waiting" {
            new.email = Some(waiting.email.clone());
            new.email_verified = true;
        }
        lines.push((role.is.to_owned(), way_in(people, new, url).await?));
    }
    print_box(&lines);
    Ok(())
}

fn new_user(login: &str, name: &str) -> NewUser {
    NewUser {
        id: Some(UserId::derive(&[b"demo", login.as_bytes()])),
        name: login.to_owned(),
        display_name: name.to_owned(),
        email: Some(::demo::sites::staff_mail(login)),
        email_verified: true,
        ..NewUser::default()
    }
}

async fn way_in(people: &People, new: NewUser, url: &str) -> Result<String, Failure> {
    let by = Attribution { actor: "operator".to_owned(), source: "demo".to_owned() };
    let user = people.create_user(&by, new).await.map_err(failed)?;
    let link = people.issue_link(&by, user.id).await.map_err(failed)?;
    Ok(format!("{url}/login/{}", link.reveal()))
}

fn print_box(lines: &[(String, String)]) {
    let label_len = lines.iter().map(|(label, _)| label.len()).max().unwrap_or(0);
    let shown = |(label, text): &(String, String)| match label.as_str() {
        "" => text.clone(),
        label => format!("{label:label_len$}  {text}"),
    };
    let all: Vec<String> = lines.iter().map(shown).collect();
    let width = all.iter().map(|it| it.chars().count()).max().unwrap_or(0);
    let bar = "─".repeat(width + 2);
    anstream::println!("\n{}", styled(FAINT, format!("╭{bar}╮")));
    for (number, line) in all.iter().enumerate() {
        let text = format!("{line:width$}");
        let text = if number == 0 { styled(STRONG, text) } else { text };
        anstream::println!("{} {text} {}", styled(FAINT, "│"), styled(FAINT, "│"));
    }
    anstream::println!("{}", styled(FAINT, format!("╰{bar}╯")));
}

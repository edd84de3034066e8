//! `whereabouts serve`: the page and the API from one folder, until told to stop.

use std::{net::IpAddr, path::Path, process::ExitCode, sync::Arc, time::Duration};

use api::Basemap;
use host::{SystemClock, SystemEntropy};
use service::{
    Service,
    live::Follower,
    outside::{Clock, random},
    packages::Filter,
    projector::Projector,
};
use table::{FeedId, Key, Table};
use tokio::{net::TcpListener, signal, sync::watch, task::JoinSet, time};
use tracing_subscriber::EnvFilter;

use crate::{
    cli::Serve,
    client, company,
    demo::{self, Demo},
    failure::{Failure, failed},
    gauges::Measures,
    listen::{self, Proxies},
    log::{self, Logging},
    store::{self, Opened},
    terminal::{FAINT, STRONG, styled},
    timers, web,
};

/// How long open requests may go on after the signal to stop.
const GRACE: Duration = Duration::from_secs(20);
/// How often the table is asked whether it still works.
const PROBE_EVERY: Duration = Duration::from_secs(1);
/// How long the projector waits after a failure.
const RETRY: Duration = Duration::from_millis(500);

/// Serves until a signal says stop.
pub async fn serve(wish: Serve) -> Result<ExitCode, Failure> {
    refuse_in_the_clear(&wish)?;
    log_to_standard_error();
    let folder = wish.folder();
    let note = wish.demo.then(|| demo::note_of(&wish, &folder)).transpose()?;
    let company = wish.oidc.as_deref().map(company::read).transpose()?;
    let basemap = match &wish.basemap {
        Some(path) => Basemap::open(path).map_err(failed)?,
        None => Basemap::of(web::BASEMAP),
    };
    let opened = store::open_whole(&folder).await.map_err(failed)?;
    if let Some(company) = company {
        company::trust(&opened.service, company)?;
    }
    let listener = TcpListener::bind(wish.listen)
        .await
        .map_err(|it| failed(format!("cannot listen on {}: {it}", wish.listen)))?;
    let url = format!("http://{}", listener.local_addr()?);
    let key = operator_key(&opened);
    let log_key = log::key(&folder, &opened.service).await?;
    let (stop, stopped) = watch::channel(false);
    let projector = Arc::new(Projector::new(opened.service.clone()));
    let mut followers = follow(&projector, &stopped).await?;
    let demo = match note {
        Some(note) => Some(begin_demo(&opened, note, &projector).await?),
        None => None,
    };
    for follower in opened.service.live_followers().await.map_err(failed)? {
        followers.spawn(tell(opened.service.clone(), follower, stopped.clone()));
    }
    let announced = client::announce(&folder, &url, &key)?;
    let measures = Measures {
        table: Arc::clone(&opened.table),
        projector: Arc::clone(&projector),
        service: opened.service.clone(),
        folder: folder.clone(),
    };
    let api = store::api(&opened, Arc::new(measures), wish.behind_tls).with_basemap(basemap);
    greet(&opened, &url, &folder, demo.as_ref()).await?;

    let proxies = Proxies(wish.trusted_proxy.iter().map(IpAddr::to_canonical).collect());
    let server = listen::serve(listener, api::router(api), proxies, stopped.clone());
    let mut server = tokio::spawn(server);
    tokio::spawn(told_to_stop(stop.clone()));
    let mover = demo.map(|it| tokio::spawn(it.keep_moving(stopped.clone())));
    let timers = timers::begin(&opened.service);
    let logging = Logging::begin(opened.service.clone(), log_key);
    let watcher = tokio::spawn(watch_table(Arc::clone(&opened.table), stop));
    tokio::select! {
        ended = &mut server => ended.map_err(failed)?,
        () = grace_after(stopped) => {
            tracing::warn!("some requests took too long to end and were cut off");
            server.abort();
        }
    }
    end_of(followers).await;
    if let Some(mover) = mover {
        // A tick takes less than a second but for a very large world.
        let _ = time::timeout(GRACE, mover).await;
    }
    logging.end(GRACE).await;
    drop(timers);
    drop(announced);
    // The watcher ends before it is told to only when the table has stopped.
    Ok(if watcher.is_finished() { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// Tells the demo's past and waits until it is derived.
/// Passwords must not travel in the clear from one machine to another.
fn refuse_in_the_clear(wish: &Serve) -> Result<(), Failure> {
    if wish.listen.ip().is_loopback() || wish.behind_tls {
        return Ok(());
    }
    Err(failed(format!(
        "{} is reachable from other machines, and passwords must not travel in the clear: \
         put TLS in front and add --behind-tls, or listen on 127.0.0.1",
        wish.listen
    )))
}

async fn begin_demo(
    opened: &Opened,
    note: demo::Note,
    projector: &Projector,
) -> Result<Demo, Failure> {
    let mut demo = Demo::new(opened.service.clone(), note);
    demo.catch_up(SystemClock.now()).await.map_err(failed)?;
    for feed in projector.feeds().await.map_err(failed)? {
        while projector.behind(feed).await.map_err(failed)? > 0 {
            time::sleep(RETRY / 10).await;
        }
    }
    Ok(demo)
}

/// Stops the server when its table has: after a failed flush to disk only
/// opening the folder again tells what is there, so a supervisor may start anew.
async fn watch_table(table: Arc<dyn Table>, stop: watch::Sender<bool>) {
    let probe = Key::new(*b"probe", *b"probe");
    loop {
        time::sleep(PROBE_EVERY).await;
        if let Err(table::Error::Corrupt(why)) = table.get(&probe).await {
            tracing::error!(why, "the table has stopped: this server ends");
            stop.send_replace(true);
            return;
        }
    }
}

/// A key for this process's own commands, never stored.
pub fn operator_key(opened: &Opened) -> String {
    opened.service.people().operator_key(&random::<32>(&SystemEntropy))
}

/// Follows every feed, each in a task of its own.
async fn follow(
    projector: &Arc<Projector>,
    stopped: &watch::Receiver<bool>,
) -> Result<JoinSet<()>, Failure> {
    let mut tasks = JoinSet::new();
    for feed in projector.feeds().await.map_err(failed)? {
        tasks.spawn(follow_feed(Arc::clone(projector), feed, stopped.clone()));
    }
    Ok(tasks)
}

async fn follow_feed(projector: Arc<Projector>, feed: FeedId, mut stopped: watch::Receiver<bool>) {
    loop {
        let followed = projector.follow_once(feed).await;
        let wait = async {
            match followed {
                Ok(0) => projector.something_new(feed).await.unwrap_or_default(),
                Ok(_) => (),
                Err(error) => {
                    tracing::error!(feed = feed.0, %error, "derived rows fall behind");
                    time::sleep(RETRY).await;
                }
            }
        };
        tokio::select! {
            () = wait => (),
            _ = stopped.wait_for(|it| *it) => return,
        }
    }
}

/// Tells those who watch what one feed holds. Their streams end when the server
/// is to stop, or it would wait for them.
async fn tell(service: Service, mut follower: Follower, mut stopped: watch::Receiver<bool>) {
    loop {
        let told = async {
            match follower.follow_once().await {
                Ok(0) => follower.something_new().await,
                Ok(_) => (),
                Err(error) => {
                    tracing::error!(%error, "streams fall behind");
                    time::sleep(RETRY).await;
                }
            }
        };
        tokio::select! {
            () = told => (),
            _ = stopped.wait_for(|it| *it) => return service.live().close(),
        }
    }
}

async fn end_of(mut followers: JoinSet<()>) {
    let all = async { while followers.join_next().await.is_some() {} };
    if time::timeout(GRACE, all).await.is_err() {
        tracing::warn!("a projector did not stop; it goes on at the next start");
    }
}

async fn grace_after(mut stopped: watch::Receiver<bool>) {
    // The sender lives until the signal comes, so waiting cannot fail before it.
    let _ = stopped.wait_for(|it| *it).await;
    time::sleep(GRACE).await;
}

/// Completes at the first signal to stop; a second one ends the process at once.
async fn told_to_stop(stop: watch::Sender<bool>) {
    let mut terminate = signal::unix::signal(signal::unix::SignalKind::terminate())
        .expect("a process may listen to its signals");
    tokio::select! {
        _ = signal::ctrl_c() => (),
        _ = terminate.recv() => (),
    }
    tracing::info!("stopping: finishing open requests");
    stop.send_replace(true);
    tokio::spawn(async {
        if signal::ctrl_c().await.is_ok() {
            std::process::exit(130);
        }
    });
}

/// Says where it listens, how to get in, and what to try.
async fn greet(
    opened: &Opened,
    url: &str,
    data: &Path,
    demo: Option<&Demo>,
) -> Result<(), Failure> {
    let people = opened.service.people();
    if let Some(demo) = demo {
        demo::show_ways_in(people, demo.world(), url).await?;
    }
    let setup =
        if people.passwords() { people.ensure_setup().await.map_err(failed)? } else { None };
    let data = data.display();
    anstream::println!("{}  {}", styled(STRONG, "Whereabouts"), styled(STRONG, url));
    match setup {
        Some(token) => {
            anstream::println!("\nNobody administers it yet. Open this once to become the first:");
            anstream::println!("  {url}/#setup={}", token.reveal());
        }
        None if demo.is_some() => (),
        None if !people.passwords() => (),
        None => anstream::println!("\nSign in with your name and password."),
    }
    if let Some(company) = people.company() {
        anstream::println!(
            "\nPeople of {} sign in at {}",
            company.policy.name,
            company.issuer.name()
        );
    }
    let program = std::env::args().next().unwrap_or_else(|| "whereabouts".to_owned());
    let found = opened.service.list(&Filter::default(), None, 1).await.map_err(failed)?;
    let number = found.lines.into_iter().find_map(|it| it.row.number);
    // Only what works: where there is no package yet, none can be asked for.
    let commands = match number {
        Some(number) => [
            format!("where {number} --data {data}"),
            format!("history {number} --data {data}"),
            format!("export --format csv --data {data}"),
        ],
        None => [
            "import --help".to_owned(),
            format!("user list --data {data}"),
            format!("export --format csv --data {data}"),
        ],
    };
    anstream::println!("\nTo try, in another terminal:");
    for command in commands {
        anstream::println!("  {program} {command}");
    }
    anstream::println!("\n{}", styled(FAINT, "Ctrl-C stops it; everything acknowledged is kept."));
    Ok(())
}

#[expect(clippy::disallowed_methods, reason = "a main may read the environment")]
fn log_to_standard_error() {
    let wanted =
        std::env::var("WHEREABOUTS_LOG").unwrap_or_else(|_| "warn,whereabouts=info".into());
    // A second subscriber in one process is a test's; the first one stays.
    let _ = tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::new(wanted))
        .with_writer(std::io::stderr)
        .try_init();
}

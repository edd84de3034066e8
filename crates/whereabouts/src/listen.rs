//! Taking connections: at most so many, none that dawdles over its headers, and
//! each to the end of its request when told to stop.

use std::{
    net::{IpAddr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use axum::{
    Router,
    body::Body,
    http::{HeaderMap, Request},
};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::GracefulShutdown,
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{Semaphore, watch},
    time,
};
use tower::ServiceExt;

/// Connections held at the same time; more wait in the system's queue.
const CONNECTIONS_MAX: usize = 16_384;
/// Whoever takes longer to say what they want is cut off; also one that keeps a
/// connection and asks nothing more.
const HEADERS_MAX: Duration = Duration::from_secs(75);
/// When the system has no more sockets to give, a little later it may.
const PAUSE: Duration = Duration::from_millis(50);

/// Which peers are proxies of ours, whose word on the client is taken.
#[derive(Clone, Debug, Default)]
pub struct Proxies(pub Arc<[IpAddr]>);

/// Serves until told to stop, then lets open requests end.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    proxies: Proxies,
    mut stopped: watch::Receiver<bool>,
) {
    let places = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    let open = GracefulShutdown::new();
    loop {
        let free = Arc::clone(&places).acquire_owned();
        let accepted = async {
            let place = free.await.expect("the places are never closed");
            (listener.accept().await, place)
        };
        let (accepted, place) = tokio::select! {
            accepted = accepted => accepted,
            _ = stopped.wait_for(|it| *it) => break,
        };
        match accepted {
            Ok((stream, from)) => {
                let connection = open.watch(connection(stream, from, &router, &proxies));
                tokio::spawn(async move {
                    // A connection that breaks off is the client's matter.
                    let _ = connection.await;
                    drop(place);
                });
            }
            Err(error) => {
                tracing::warn!(%error, "a connection could not be taken");
                time::sleep(PAUSE).await;
            }
        }
    }
    drop(listener);
    open.shutdown().await;
}

fn connection(
    stream: TcpStream,
    from: SocketAddr,
    router: &Router,
    proxies: &Proxies,
) -> impl hyper_util::server::graceful::GracefulConnection<Error = hyper::Error> + use<> {
    // Answers are whole when they are sent: waiting to fill a packet only delays them.
    let _ = stream.set_nodelay(true);
    let (router, proxies) = (router.clone(), proxies.clone());
    let service = service_fn(move |request: Request<Incoming>| {
        let mut request = request.map(Body::new);
        let source = proxies.source(from.ip(), request.headers());
        request.extensions_mut().insert(api::Source(source));
        router.clone().oneshot(request)
    });
    http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADERS_MAX)
        .serve_connection(TokioIo::new(stream), service)
}

impl Proxies {
    /// From where a request came: what our nearest proxy says that is no proxy
    /// of ours. Anybody can write the rest of the header.
    fn source(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        if !self.0.contains(&peer.to_canonical()) {
            return peer;
        }
        let lines = headers.get_all("x-forwarded-for").iter().filter_map(|it| it.to_str().ok());
        let said: Vec<&str> = lines.flat_map(|it| it.split(',')).collect();
        let mut source = peer;
        for hop in said.iter().rev() {
            let Ok(hop) = hop.trim().parse::<IpAddr>() else { break };
            source = hop.to_canonical();
            if !self.0.contains(&source) {
                break;
            }
        }
        source
    }
}

#[cfg(test)]
mod tests;

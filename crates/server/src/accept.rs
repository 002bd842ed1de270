//! The accept loop: who may connect, how long they may take, and how the server stops.
//!
//! `axum::serve` sets no time-out for headers, so a slow sender would hold a connection for ever.

use std::collections::HashMap;
use std::future::Future;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio_rustls::TlsAcceptor;
use tower::ServiceExt as _;

/// How much a connection may ask of the server.
#[derive(Clone, Copy, Debug)]
pub struct ConnectionLimits {
    /// Connections in all.
    pub connections: usize,
    /// Connections from one address.
    pub per_address: usize,
    /// Until the headers of a request are complete.
    pub headers: Duration,
    /// Until the TLS handshake is done.
    pub handshake: Duration,
    /// How long requests in progress may take after the server was told to stop.
    pub stop: Duration,
}

impl Default for ConnectionLimits {
    fn default() -> Self {
        Self {
            connections: 512,
            per_address: 64,
            headers: Duration::from_secs(10),
            handshake: Duration::from_secs(5),
            stop: Duration::from_secs(10),
        }
    }
}

/// The address of the other side, as an extension of each request.
#[derive(Clone, Copy, Debug)]
pub struct Peer(pub IpAddr);

/// Turns true when the server is to stop, as an extension of each request: endless answers end then.
#[derive(Clone, Debug)]
pub struct Stopping(pub watch::Receiver<bool>);

/// Serves until `shutdown` is done, then lets requests in progress finish.
///
/// The listener's address is the caller's to print: it is bound before this is called.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    tls: Option<Arc<rustls::ServerConfig>>,
    limits: ConnectionLimits,
    shutdown: impl Future<Output = ()> + Send,
) {
    let acceptor = tls.map(TlsAcceptor::from);
    let graceful = GracefulShutdown::new();
    let door = Door::default();
    let (stop, stopping) = watch::channel(false);
    let mut shutdown = std::pin::pin!(shutdown);
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = &mut shutdown => break,
        };
        let Ok((stream, from)) = accepted else {
            // Too many open files: a pause lets some close.
            tokio::time::sleep(Duration::from_millis(100)).await;
            continue;
        };
        let Some(ticket) = door.enter(from.ip(), &limits) else {
            // Dropping closes it; a queue would only make everybody wait.
            continue;
        };
        let watcher = graceful.watcher();
        let (router, acceptor) = (router.clone(), acceptor.clone());
        let stopping = Stopping(stopping.clone());
        tokio::spawn(async move {
            let _ticket = ticket;
            let _ = stream.set_nodelay(true);
            match acceptor {
                None => connection(stream, from, router, limits, (watcher, stopping)).await,
                Some(acceptor) => {
                    if let Some(stream) = handshake(&acceptor, stream, limits).await {
                        connection(stream, from, router, limits, (watcher, stopping)).await;
                    }
                }
            }
        });
    }
    drop(listener);
    let _ = stop.send(true);
    if tokio::time::timeout(limits.stop, graceful.shutdown())
        .await
        .is_err()
    {
        tracing::warn!("some connections did not end in time and were closed");
    }
}

async fn handshake(
    acceptor: &TlsAcceptor,
    stream: TcpStream,
    limits: ConnectionLimits,
) -> Option<tokio_rustls::server::TlsStream<TcpStream>> {
    let shaken = tokio::time::timeout(limits.handshake, acceptor.accept(stream)).await;
    shaken.ok()?.ok()
}

async fn connection<S: AsyncRead + AsyncWrite + Unpin + Send + 'static>(
    stream: S,
    from: SocketAddr,
    router: Router,
    limits: ConnectionLimits,
    (watcher, stopping): (Watcher, Stopping),
) {
    let service =
        hyper::service::service_fn(move |request: hyper::Request<hyper::body::Incoming>| {
            let mut request: Request = request.map(axum::body::Body::new);
            request.extensions_mut().insert(Peer(from.ip()));
            request.extensions_mut().insert(stopping.clone());
            router.clone().oneshot(request)
        });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.headers)
        .max_buf_size(32 * 1024)
        .serve_connection(TokioIo::new(stream), service);
    // What goes wrong here is the other side's: a broken connection, a bad request line.
    if let Err(error) = watcher.watch(connection).await {
        tracing::debug!(%error, "connection ended");
    }
}

/// Counts connections, in all and by address.
#[derive(Clone, Default)]
struct Door(Arc<Mutex<HashMap<IpAddr, usize>>>);

impl Door {
    fn enter(&self, from: IpAddr, limits: &ConnectionLimits) -> Option<Ticket> {
        let mut inside = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let all: usize = inside.values().sum();
        let here = inside.entry(from).or_default();
        if all >= limits.connections || *here >= limits.per_address {
            return None;
        }
        *here += 1;
        Some(Ticket {
            door: self.clone(),
            from,
        })
    }
}

struct Ticket {
    door: Door,
    from: IpAddr,
}

impl Drop for Ticket {
    fn drop(&mut self) {
        let mut inside = self.door.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = inside.get_mut(&self.from) {
            *count -= 1;
            if *count == 0 {
                inside.remove(&self.from);
            }
        }
    }
}

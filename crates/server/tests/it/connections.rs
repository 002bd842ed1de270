//! The accept loop over real sockets: slow and broken senders, TLS, stopping.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use rustls::pki_types::ServerName;
use rustls::{ClientConfig, RootCertStore};
use safelane_server::{ConnectionLimits, serve, tls_config};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::support::TestApp;

struct Served {
    address: std::net::SocketAddr,
    stop: oneshot::Sender<()>,
    done: tokio::task::JoinHandle<()>,
    app: TestApp,
}

async fn served(limits: ConnectionLimits) -> Served {
    served_by(limits, None).await
}

async fn served_by(limits: ConnectionLimits, tls: Option<Arc<rustls::ServerConfig>>) -> Served {
    let app = TestApp::start().await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = oneshot::channel::<()>();
    let router = app.router.clone();
    let done = tokio::spawn(async move {
        serve(listener, router, tls, limits, async { _ = stopped.await }).await;
    });
    Served {
        address,
        stop,
        done,
        app,
    }
}

async fn ask(stream: &mut TcpStream, text: &str) -> String {
    stream.write_all(text.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    let read = stream.read_to_end(&mut answer);
    tokio::time::timeout(Duration::from_secs(5), read)
        .await
        .expect("it closes in time")
        .unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

const GET: &str = "GET /healthz HTTP/1.1\r\nHost: hub\r\nConnection: close\r\n\r\n";

#[tokio::test]
async fn it_answers_over_a_socket_and_stops_when_told() {
    let served = served(ConnectionLimits::default()).await;
    let mut stream = TcpStream::connect(served.address).await.unwrap();
    let answer = ask(&mut stream, GET).await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    served.stop.send(()).unwrap();
    tokio::time::timeout(Duration::from_secs(5), served.done)
        .await
        .unwrap()
        .unwrap();
    assert!(TcpStream::connect(served.address).await.is_err());
}

#[tokio::test]
async fn a_sender_who_never_ends_the_headers_is_cut_off_and_others_are_served() {
    let limits = ConnectionLimits {
        headers: Duration::from_millis(300),
        ..Default::default()
    };
    let served = served(limits).await;
    let mut slow = TcpStream::connect(served.address).await.unwrap();
    slow.write_all(b"GET /healthz HTTP/1.1\r\nHost: h")
        .await
        .unwrap();
    let mut quick = TcpStream::connect(served.address).await.unwrap();
    assert!(ask(&mut quick, GET).await.starts_with("HTTP/1.1 200"));
    let mut rest = Vec::new();
    let cut = tokio::time::timeout(Duration::from_secs(3), slow.read_to_end(&mut rest)).await;
    assert!(cut.is_ok(), "the slow one is cut off");
}

#[tokio::test]
async fn more_connections_than_allowed_are_closed_at_once() {
    let limits = ConnectionLimits {
        per_address: 2,
        ..Default::default()
    };
    let served = served(limits).await;
    let one = TcpStream::connect(served.address).await.unwrap();
    let two = TcpStream::connect(served.address).await.unwrap();
    tokio::time::sleep(Duration::from_millis(100)).await;
    let mut three = TcpStream::connect(served.address).await.unwrap();
    let mut nothing = Vec::new();
    let closed =
        tokio::time::timeout(Duration::from_secs(2), three.read_to_end(&mut nothing)).await;
    assert!(closed.is_ok() && nothing.is_empty());
    drop((one, two));
    tokio::time::sleep(Duration::from_millis(200)).await;
    let mut four = TcpStream::connect(served.address).await.unwrap();
    assert!(ask(&mut four, GET).await.starts_with("HTTP/1.1 200"));
}

#[tokio::test]
async fn broken_and_smuggled_requests_are_refused() {
    let served = served(ConnectionLimits::default()).await;
    for bad in [
        "GARBAGE\r\n\r\n".to_owned(),
        format!("GET /healthz HTTP/1.1\r\nHost: hub\r\nX: {}\r\n\r\n", "y".repeat(400_000)),
        "POST /api/session HTTP/1.1\r\nHost: hub\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello".to_owned(),
        "POST /api/session HTTP/1.1\r\nHost: hub\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n".to_owned(),
    ] {
        let mut stream = TcpStream::connect(served.address).await.unwrap();
        let _ = stream.write_all(bad.as_bytes()).await;
        let mut answer = vec![0; 64];
        let read = tokio::time::timeout(Duration::from_secs(5), stream.read(&mut answer)).await;
        let size = read.expect("an answer or the end").unwrap_or(0);
        let text = String::from_utf8_lossy(&answer[..size]).into_owned();
        assert!(size == 0 || text.starts_with("HTTP/1.1 4"), "{text}");
    }
}

#[tokio::test]
async fn an_event_stream_tells_log_numbers_and_ends_when_the_server_stops() {
    let served = served(ConnectionLimits::default()).await;
    let person = served
        .app
        .person("fern", &[safelane_ledger::Role::Field])
        .await;
    let mut stream = TcpStream::connect(served.address).await.unwrap();
    let ask = format!(
        "GET /api/events HTTP/1.1\r\nHost: hub\r\nCookie: {}\r\n\r\n",
        person.cookie
    );
    stream.write_all(ask.as_bytes()).await.unwrap();
    let mut text = String::new();
    let mut piece = vec![0; 4_096];
    while !text.contains("data: {\"n\":") {
        let read = tokio::time::timeout(Duration::from_secs(5), stream.read(&mut piece)).await;
        text.push_str(&String::from_utf8_lossy(&piece[..read.unwrap().unwrap()]));
    }
    assert!(text.contains("text/event-stream"));
    served.stop.send(()).unwrap();
    tokio::time::timeout(Duration::from_secs(3), served.done)
        .await
        .expect("no stream holds the server up")
        .unwrap();
}

/// A certificate for `hub.test` and its key, as files, and a client that trusts this certificate alone.
struct Certificate {
    cert: PathBuf,
    key: PathBuf,
    client: TlsConnector,
    // Dropped, it takes the files with it.
    _folder: safelane_store_sqlite::Temporary,
}

impl Certificate {
    async fn new() -> Self {
        let folder = TestApp::start().await.store;
        let made = rcgen::generate_simple_self_signed(vec!["hub.test".to_owned()]).unwrap();
        let [cert, key] = ["cert.pem", "key.pem"].map(|name| folder.folder().join(name));
        std::fs::write(&cert, made.cert.pem()).unwrap();
        std::fs::write(&key, made.signing_key.serialize_pem()).unwrap();
        let mut roots = RootCertStore::empty();
        roots.add(made.cert.der().clone()).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let client = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        Self {
            cert,
            key,
            client: TlsConnector::from(Arc::new(client)),
            _folder: folder,
        }
    }

    fn server(&self) -> Option<Arc<rustls::ServerConfig>> {
        Some(tls_config(&self.cert, &self.key).unwrap())
    }

    async fn connect(&self, served: &Served, name: &str) -> std::io::Result<TlsStream<TcpStream>> {
        let stream = TcpStream::connect(served.address).await?;
        let name = ServerName::try_from(name.to_owned()).unwrap();
        self.client.connect(name, stream).await
    }
}

#[tokio::test]
async fn after_a_handshake_it_answers_and_without_one_it_says_nothing() {
    let certificate = Certificate::new().await;
    let served = served_by(ConnectionLimits::default(), certificate.server()).await;
    let mut stream = certificate.connect(&served, "hub.test").await.unwrap();
    stream.write_all(GET.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    let read = stream.read_to_end(&mut answer);
    let read = tokio::time::timeout(Duration::from_secs(5), read).await;
    read.expect("it closes in time").unwrap();
    assert!(answer.starts_with(b"HTTP/1.1 200"));

    let other = certificate.connect(&served, "elsewhere.test").await;
    assert!(other.is_err(), "the certificate is for hub.test alone");
    let mut plain = TcpStream::connect(served.address).await.unwrap();
    plain.write_all(GET.as_bytes()).await.unwrap();
    let mut nothing = Vec::new();
    let read = tokio::time::timeout(Duration::from_secs(5), plain.read_to_end(&mut nothing)).await;
    assert!(read.is_ok(), "a plain request is ended");
    assert!(!nothing.starts_with(b"HTTP"), "and not answered");
}

#[tokio::test]
async fn who_never_shakes_hands_is_cut_off_and_others_are_served() {
    let certificate = Certificate::new().await;
    let limits = ConnectionLimits {
        handshake: Duration::from_millis(300),
        ..Default::default()
    };
    let served = served_by(limits, certificate.server()).await;
    let mut slow = TcpStream::connect(served.address).await.unwrap();
    let mut quick = certificate.connect(&served, "hub.test").await.unwrap();
    quick.write_all(GET.as_bytes()).await.unwrap();
    let mut status = [0; 12];
    quick.read_exact(&mut status).await.unwrap();
    assert_eq!(&status, b"HTTP/1.1 200");
    let mut rest = Vec::new();
    let cut = tokio::time::timeout(Duration::from_secs(3), slow.read_to_end(&mut rest)).await;
    assert!(cut.is_ok() && rest.is_empty(), "the slow one is cut off");
}

#[tokio::test]
async fn files_that_cannot_serve_are_named() {
    let (one, two) = (Certificate::new().await, Certificate::new().await);
    let nowhere = one.cert.with_file_name("nowhere.pem");
    let cases = [
        (&nowhere, &one.key, "cannot read the certificate"),
        (&one.cert, &nowhere, "cannot read the key"),
        (&one.key, &one.key, "no certificate in it"),
        (&one.cert, &one.cert, "cannot read the key"),
        (&one.cert, &two.key, "do not work together"),
    ];
    for (cert, key, wanted) in cases {
        let error = tls_config(cert, key).expect_err(wanted).to_string();
        assert!(error.contains(wanted), "{error}");
    }
}

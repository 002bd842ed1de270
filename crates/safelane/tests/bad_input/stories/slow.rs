//! What waits for the hub to lose patience.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use super::claim;
use crate::Outcome;
use crate::http::Ask;

/// Reads until the hub closes; how long that took.
fn until_closed(stream: &mut TcpStream) -> Duration {
    let start = Instant::now();
    let _ = stream.set_read_timeout(Some(Duration::from_secs(25)));
    let mut piece = [0; 1024];
    while start.elapsed() < Duration::from_secs(25) {
        match stream.read(&mut piece) {
            Ok(0) | Err(_) => break,
            Ok(_) => {}
        }
    }
    start.elapsed()
}

/// W01: a header a second, without end.
pub fn headers(address: &str) -> Outcome {
    let mut stream = TcpStream::connect(address).expect("the hub listens");
    let start = Instant::now();
    let _ = write!(stream, "GET /healthz HTTP/1.1\r\nhost: {address}\r\n");
    let mut drip = stream.try_clone().expect("a second handle");
    let dripping = std::thread::spawn(move || {
        while start.elapsed() < Duration::from_secs(20) && drip.write_all(b"x-more: 1\r\n").is_ok()
        {
            std::thread::sleep(Duration::from_millis(500));
        }
    });
    let took = until_closed(&mut stream);
    let _ = stream.shutdown(std::net::Shutdown::Both);
    dripping.join().expect("it ends");
    claim(took < Duration::from_secs(16), format!("open for {took:?}"))
}

/// W01: connections that say nothing do not keep others out.
pub fn silent(address: &str) -> Outcome {
    let mut silent: Vec<TcpStream> = (0..40)
        .filter_map(|_| TcpStream::connect(address).ok())
        .collect();
    let start = Instant::now();
    let answer = Ask::get("/healthz").send(address, "");
    claim(answer.status == 200, format!("{}", answer.status))?;
    claim(start.elapsed() < Duration::from_secs(5), "others wait")?;
    let first = silent.first_mut().ok_or("no connection")?;
    let took = until_closed(first);
    claim(took < Duration::from_secs(16), format!("open for {took:?}"))
}

/// W02: a body of a byte a second.
pub fn body(address: &str) -> Outcome {
    let mut stream = TcpStream::connect(address).expect("the hub listens");
    let _ = write!(
        stream,
        "POST /api/session HTTP/1.1\r\nhost: {address}\r\ncontent-type: application/json\r\ncontent-length: 5000\r\n\r\n"
    );
    let start = Instant::now();
    let mut drip = stream.try_clone().expect("a second handle");
    let dripping = std::thread::spawn(move || {
        while start.elapsed() < Duration::from_secs(20) && drip.write_all(b" ").is_ok() {
            std::thread::sleep(Duration::from_secs(1));
        }
    });
    let _ = stream.set_read_timeout(Some(Duration::from_secs(20)));
    let mut answer = String::new();
    let mut piece = [0; 4096];
    if let Ok(count) = stream.read(&mut piece) {
        answer = String::from_utf8_lossy(&piece[..count]).into_owned();
    }
    let took = start.elapsed();
    let _ = stream.shutdown(std::net::Shutdown::Both);
    dripping.join().expect("it ends");
    claim(took < Duration::from_secs(16), format!("open for {took:?}"))?;
    claim(
        answer.starts_with("HTTP/1.1 400") || answer.starts_with("HTTP/1.1 408"),
        answer,
    )
}

//! A bad network between a browser and a hub: slow, lossy, cut at a random byte, answers lost after
//! the hub did its work, requests twice, a portal that answers everything with a page.
//!
//! One line on standard input sets the weather, such as `loss 20 latency 300`; `clear` ends it,
//! `count` prints what was done to whom. Each is answered by one line on standard output.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use anyhow::{Context as _, Result, bail};

use crate::chance::Chance;

/// What happens to requests of `/api/`; figures without a unit are percents.
#[derive(Clone, Debug, Default)]
struct Weather {
    /// Milliseconds before a request goes on.
    latency: u64,
    /// The connection breaks before the hub hears of the request.
    loss: u64,
    /// The request or its answer is cut at a random byte.
    cut: u64,
    /// The hub does its work, and its answer does not arrive.
    lost: u64,
    /// The hub hears the request twice.
    twice: u64,
    /// Bytes a second, each way; 0 for no limit.
    rate: u64,
    /// Everything is answered by a page with status 200.
    portal: u64,
    /// The addresses that it meets begin so; all of `/api/` without it.
    only: String,
}

impl Weather {
    fn read(line: &str) -> Result<Self> {
        let mut weather = Self::default();
        let mut words = line.split_whitespace();
        while let Some(word) = words.next() {
            if word == "clear" {
                continue;
            }
            let value = words
                .next()
                .with_context(|| format!("{word} wants a value"))?;
            if word == "only" {
                value.clone_into(&mut weather.only);
                continue;
            }
            let figure = value.parse()?;
            match word {
                "latency" => weather.latency = figure,
                "loss" => weather.loss = figure,
                "cut" => weather.cut = figure,
                "lost" => weather.lost = figure,
                "twice" => weather.twice = figure,
                "rate" => weather.rate = figure,
                "portal" => weather.portal = figure,
                _ => bail!("{word}?"),
            }
        }
        Ok(weather)
    }
}

/// What was done so far.
#[derive(Clone, Copy, Debug, Default)]
struct Count {
    passed: u64,
    loss: u64,
    cut: u64,
    lost: u64,
    twice: u64,
    portal: u64,
}

struct State {
    weather: Weather,
    chance: Chance,
    count: Count,
}

type Shared = Arc<Mutex<State>>;

fn look(state: &Shared) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Serves until standard input ends.
pub fn serve(hub: &str, seed: u64) -> Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    println!("proxy: http://{}", listener.local_addr()?);
    let state: Shared = Arc::new(Mutex::new(State {
        weather: Weather::default(),
        chance: Chance::new(seed),
        count: Count::default(),
    }));
    let shared = Arc::clone(&state);
    let hub = hub.to_owned();
    std::thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let (state, hub) = (Arc::clone(&shared), hub.clone());
            // A connection that breaks is what this is for.
            std::thread::spawn(move || _ = pass(&stream, &hub, &state));
        }
    });
    for line in std::io::stdin().lines() {
        let line = line?;
        if line == "count" {
            println!("proxy: {:?}", look(&state).count);
            continue;
        }
        look(&state).weather = Weather::read(&line)?;
        println!("proxy: {line}");
    }
    Ok(())
}

/// One request as it came in, to be sent on with `connection: close`.
struct Request {
    bytes: Vec<u8>,
    path: String,
}

fn read_request(stream: &TcpStream) -> Result<Request> {
    let mut reader = BufReader::new(stream);
    let mut head = String::new();
    let mut length = 0;
    let mut first = String::new();
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? == 0 {
            bail!("nothing was asked");
        }
        if line == "\r\n" {
            break;
        }
        let lower = line.to_ascii_lowercase();
        if let Some(text) = lower.strip_prefix("content-length:") {
            length = text.trim().parse()?;
        }
        if first.is_empty() {
            first.clone_from(&line);
        }
        if !lower.starts_with("connection:") {
            head.push_str(&line);
        }
    }
    head.push_str("connection: close\r\n\r\n");
    let mut bytes = head.into_bytes();
    let start = bytes.len();
    bytes.resize(start + length, 0);
    reader.read_exact(&mut bytes[start..])?;
    let path = first.split(' ').nth(1).unwrap_or_default();
    Ok(Request {
        bytes,
        path: path.to_owned(),
    })
}

const PAGE: &str = "<!doctype html><title>Guest network</title><p>Welcome. Press to accept.";

fn pass(stream: &TcpStream, hub: &str, state: &Shared) -> Result<()> {
    let request = read_request(stream)?;
    let mut weather = look(state).weather.clone();
    if !request.path.starts_with("/api/") || !request.path.starts_with(&weather.only) {
        weather = Weather::default();
    }
    let happens = |often: u64| often > 0 && look(state).chance.percent(often);
    let counted = |count: fn(&mut Count) -> &mut u64| *count(&mut look(state).count) += 1;
    std::thread::sleep(Duration::from_millis(weather.latency));
    if happens(weather.portal) {
        counted(|count| &mut count.portal);
        let answer = format!(
            "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{PAGE}",
            PAGE.len()
        );
        let mut out = stream;
        return Ok(out.write_all(answer.as_bytes())?);
    }
    if happens(weather.loss) {
        counted(|count| &mut count.loss);
        return Ok(stream.shutdown(Shutdown::Both)?);
    }
    if happens(weather.twice) {
        counted(|count| &mut count.twice);
        // The first of the two is heard by nobody but the hub.
        let mut first = send(hub, &request.bytes, weather.rate)?;
        std::io::copy(&mut first, &mut std::io::sink())?;
    }
    let cut = happens(weather.cut);
    if cut && happens(50) {
        counted(|count| &mut count.cut);
        let at = look(state).chance.between(0, request.bytes.len() as u64) as usize;
        let half = send(hub, &request.bytes[..at], weather.rate)?;
        half.shutdown(Shutdown::Both)?;
        return Ok(stream.shutdown(Shutdown::Both)?);
    }
    let mut answer = send(hub, &request.bytes, weather.rate)?;
    if happens(weather.lost) {
        // Drained, so that the hub has surely done its work.
        std::io::copy(&mut answer, &mut std::io::sink())?;
        counted(|count| &mut count.lost);
        return Ok(stream.shutdown(Shutdown::Both)?);
    }
    if cut {
        let mut whole = Vec::new();
        answer.read_to_end(&mut whole)?;
        let at = look(state).chance.between(0, whole.len() as u64) as usize;
        counted(|count| &mut count.cut);
        write_slowly(stream, &whole[..at], weather.rate)?;
        return Ok(stream.shutdown(Shutdown::Both)?);
    }
    let mut piece = vec![0; 8 * 1024];
    loop {
        match answer.read(&mut piece)? {
            0 => break,
            read => write_slowly(stream, &piece[..read], weather.rate)?,
        }
    }
    counted(|count| &mut count.passed);
    Ok(stream.shutdown(Shutdown::Both)?)
}

fn send(hub: &str, bytes: &[u8], rate: u64) -> Result<TcpStream> {
    let stream = TcpStream::connect(hub)?;
    write_slowly(&stream, bytes, rate)?;
    Ok(stream)
}

fn write_slowly(mut stream: &TcpStream, bytes: &[u8], rate: u64) -> Result<()> {
    if rate == 0 {
        return Ok(stream.write_all(bytes)?);
    }
    // Ten pieces a second.
    for piece in bytes.chunks((rate as usize / 10).max(1)) {
        stream.write_all(piece)?;
        std::thread::sleep(Duration::from_millis(100));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_weather_is_said_in_a_line() {
        let weather = Weather::read("loss 20 latency 300").expect("a weather");
        assert_eq!((weather.loss, weather.latency, weather.cut), (20, 300, 0));
        assert_eq!(Weather::read("clear").expect("a weather").loss, 0);
        let weather = Weather::read("portal 100 only /api/media/").expect("a weather");
        assert_eq!((weather.portal, &*weather.only), (100, "/api/media/"));
        assert!(Weather::read("hail 3").is_err());
        assert!(Weather::read("loss").is_err());
    }

    /// The hub hears of it, and who asked does not hear of the hub.
    #[test]
    fn a_lost_answer_is_lost_after_the_work() {
        let hub = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = hub.local_addr().expect("an address").to_string();
        let heard = std::thread::spawn(move || {
            let (stream, _) = hub.accept().expect("a connection");
            let request = read_request(&stream).expect("a request");
            let mut out = &stream;
            out.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok")
                .expect("an answer");
            String::from_utf8(request.bytes).expect("text")
        });
        let state: Shared = Arc::new(Mutex::new(State {
            weather: Weather::read("lost 100").expect("a weather"),
            chance: Chance::new(1),
            count: Count::default(),
        }));
        let door = TcpListener::bind("127.0.0.1:0").expect("a port");
        let mut device =
            TcpStream::connect(door.local_addr().expect("an address")).expect("a connection");
        device
            .write_all(b"POST /api/sync/push HTTP/1.1\r\ncontent-length: 4\r\n\r\nbody")
            .expect("a request");
        let (inside, _) = door.accept().expect("a connection");
        pass(&inside, &address, &state).expect("passed on");
        drop(inside);
        let mut answer = String::new();
        device.read_to_string(&mut answer).expect("an end");
        assert_eq!(answer, "");
        assert!(heard.join().expect("the hub ends").ends_with("body"));
        assert_eq!(look(&state).count.lost, 1);
    }
}

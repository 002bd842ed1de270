//! A small HTTP client that tells "no answer" from "an answer": what a device has to tell apart.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use safelane_wire::problem::Problem;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Longer than any single request takes on a busy machine.
const PATIENCE: Duration = Duration::from_mins(1);

/// An answer that came in whole.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// Names in lower case.
    headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Answer {
    /// A header.
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    }

    /// The body of an answer that must be a success.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T> {
        if self.status != 200 {
            bail!("{}: {}", self.status, String::from_utf8_lossy(&self.body));
        }
        serde_json::from_slice(&self.body)
            .with_context(|| format!("the answer {}", String::from_utf8_lossy(&self.body)))
    }

    /// The problem in the answer, which must be one of the API's.
    pub fn problem(&self) -> Result<Problem> {
        serde_json::from_slice(&self.body).with_context(|| {
            format!(
                "{} with no problem+json: {}",
                self.status,
                String::from_utf8_lossy(&self.body)
            )
        })
    }
}

/// One connection to a hub, opened again when it broke.
#[derive(Debug)]
pub struct Client {
    address: String,
    stream: Option<BufReader<TcpStream>>,
    /// The session.
    pub cookie: Option<String>,
}

impl Client {
    /// A client of the hub at `host:port`.
    pub fn new(address: &str) -> Self {
        Self {
            address: address.to_owned(),
            stream: None,
            cookie: None,
        }
    }

    /// The same person, where the hub answers now.
    pub fn moved(&mut self, address: &str) {
        address.clone_into(&mut self.address);
        self.stream = None;
    }

    /// Sends JSON.
    pub fn post<T: Serialize>(&mut self, path: &str, body: &T) -> Result<Answer> {
        self.ask("POST", path, &[], &serde_json::to_vec(body)?)
    }

    /// Reads; on a connection that was kept once more where that is gone: a server ends those that are
    /// quiet for long.
    pub fn get(&mut self, path: &str) -> Result<Answer> {
        let kept = self.stream.is_some();
        let answer = self.ask("GET", path, &[], &[]);
        if answer.is_err() && kept {
            return self.ask("GET", path, &[], &[]);
        }
        answer
    }

    /// Asks once; an error is "no answer came", whatever the hub did.
    pub fn ask(
        &mut self,
        method: &str,
        path: &str,
        headers: &[(&str, String)],
        body: &[u8],
    ) -> Result<Answer> {
        let answer = self.converse(method, path, headers, body);
        if answer.is_err() {
            self.stream = None;
        }
        answer
    }

    fn converse(
        &mut self,
        method: &str,
        path: &str,
        headers: &[(&str, String)],
        body: &[u8],
    ) -> Result<Answer> {
        let stream = match self.stream.take() {
            Some(stream) => stream,
            None => {
                let stream = TcpStream::connect(&self.address)?;
                stream.set_read_timeout(Some(PATIENCE))?;
                stream.set_nodelay(true)?;
                BufReader::new(stream)
            }
        };
        let stream = self.stream.insert(stream);
        let mut head = format!(
            "{method} {path} HTTP/1.1\r\nhost: {}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n",
            self.address,
            body.len()
        );
        if let Some(cookie) = &self.cookie {
            head.push_str(&format!("cookie: {cookie}\r\n"));
        }
        for (name, value) in headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        head.push_str("\r\n");
        let mut whole = head.into_bytes();
        whole.extend_from_slice(body);
        stream.get_mut().write_all(&whole)?;
        let answer = read(stream, method == "HEAD")?;
        if let Some(cookie) = answer.header("set-cookie") {
            self.cookie = cookie.split(';').next().map(str::to_owned);
        }
        if answer.header("connection") == Some("close") {
            self.stream = None;
        }
        Ok(answer)
    }
}

fn line(stream: &mut BufReader<TcpStream>) -> Result<String> {
    let mut line = String::new();
    stream.read_line(&mut line)?;
    match line.strip_suffix("\r\n") {
        Some(line) => Ok(line.to_owned()),
        None => bail!("the connection ended"),
    }
}

fn read(stream: &mut BufReader<TcpStream>, without_body: bool) -> Result<Answer> {
    let status = line(stream)?;
    let status = status.split(' ').nth(1).and_then(|code| code.parse().ok());
    let status = status.context("a status")?;
    let mut headers = Vec::new();
    loop {
        let line = line(stream)?;
        if line.is_empty() {
            break;
        }
        let (name, value) = line.split_once(':').context("a header")?;
        headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
    }
    let mut answer = Answer {
        status,
        headers,
        body: Vec::new(),
    };
    if without_body || status == 204 {
        return Ok(answer);
    }
    if answer.header("transfer-encoding").is_some() {
        loop {
            let size = usize::from_str_radix(line(stream)?.trim(), 16)?;
            let start = answer.body.len();
            answer.body.resize(start + size, 0);
            stream.read_exact(&mut answer.body[start..])?;
            line(stream)?;
            if size == 0 {
                return Ok(answer);
            }
        }
    }
    let length = answer.header("content-length").context("a length")?;
    answer.body = vec![0; length.parse()?];
    stream.read_exact(&mut answer.body)?;
    Ok(answer)
}

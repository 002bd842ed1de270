//! Requests over a socket, byte by byte as the table has them.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use serde_json::Value;

use crate::Outcome;
use crate::office::Office;
use crate::stories;
use crate::table::Try;

/// A request.
pub struct Ask {
    pub who: String,
    method: String,
    path: String,
    headers: Vec<String>,
    body: Vec<u8>,
    /// The whole request instead of all this; `{host}` and `{credentials}` are filled in.
    raw: Option<Vec<u8>>,
}

impl Ask {
    pub fn new(method: &str, path: &str) -> Self {
        Self {
            who: "nobody".to_owned(),
            method: method.to_owned(),
            path: path.to_owned(),
            headers: Vec::new(),
            body: Vec::new(),
            raw: None,
        }
    }

    pub fn get(path: &str) -> Self {
        Self::new("GET", path)
    }

    pub fn post(path: &str, body: &Value) -> Self {
        Self::new("POST", path).json(body.to_string())
    }

    /// Bytes as they stand.
    pub fn raw(bytes: impl Into<Vec<u8>>) -> Self {
        Self {
            raw: Some(bytes.into()),
            ..Self::get("/")
        }
    }

    pub fn by(mut self, who: &str) -> Self {
        who.clone_into(&mut self.who);
        self
    }

    pub fn header(mut self, line: &str) -> Self {
        self.headers.push(line.to_owned());
        self
    }

    pub fn json(self, body: impl Into<Vec<u8>>) -> Self {
        self.header("content-type: application/json").body(body)
    }

    pub fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }

    /// Sends it with these credentials and reads until the hub closes the connection.
    pub fn send(self, address: &str, credentials: &str) -> Answer {
        let bytes = if let Some(raw) = self.raw {
            // Bytes that are no text stay what they are.
            let head = raw
                .windows(4)
                .position(|four| four == b"\r\n\r\n")
                .map_or(raw.len(), |at| at + 2);
            let filled = String::from_utf8(raw[..head].to_vec()).map(|head| {
                head.replace("{host}", address)
                    .replace("{credentials}\r\n", credentials)
            });
            match filled {
                Ok(filled) => [filled.as_bytes(), &raw[head..]].concat(),
                Err(_) => raw,
            }
        } else {
            let mut head = format!(
                "{} {} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n",
                self.method, self.path
            );
            for line in &self.headers {
                head += &format!("{line}\r\n");
            }
            head += credentials;
            if !self
                .headers
                .iter()
                .any(|line| line.starts_with("content-length"))
            {
                head += &format!("content-length: {}\r\n", self.body.len());
            }
            [head.as_bytes(), b"\r\n", &self.body].concat()
        };
        exchange(address, &bytes)
    }
}

/// Sends bytes and reads all that comes back.
pub fn exchange(address: &str, bytes: &[u8]) -> Answer {
    let mut stream = TcpStream::connect(address).expect("the hub listens");
    stream
        .set_read_timeout(Some(Duration::from_secs(20)))
        .expect("a time-out");
    let mut sending = stream.try_clone().expect("a second handle");
    let bytes = bytes.to_vec();
    // A hub that refuses early stops reading: what it said must still be heard.
    let writer = std::thread::spawn(move || {
        let _ = sending.write_all(&bytes);
        let _ = sending.flush();
    });
    let mut read = Vec::new();
    let mut piece = [0; 16 * 1024];
    let mut timed_out = false;
    loop {
        match stream.read(&mut piece) {
            Ok(0) => break,
            Ok(count) => read.extend_from_slice(&piece[..count]),
            Err(error) => {
                timed_out = matches!(
                    error.kind(),
                    std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut
                );
                break;
            }
        }
    }
    let _ = stream.shutdown(std::net::Shutdown::Both);
    writer.join().expect("the writer ends");
    Answer::read(&read, timed_out)
}

/// What came back; status 0 when the connection was closed without a word.
#[derive(Clone, Debug)]
pub struct Answer {
    pub status: u16,
    /// Header lines, names in small letters.
    pub headers: Vec<(String, String)>,
    pub body: String,
    /// The hub neither answered nor closed.
    pub hangs: bool,
    /// Status lines in all: two when one request was taken for two.
    pub answers: usize,
}

impl Answer {
    fn read(bytes: &[u8], timed_out: bool) -> Self {
        let text = String::from_utf8_lossy(bytes).into_owned();
        let (head, rest) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
        let mut lines = head.lines();
        let status = lines
            .next()
            .and_then(|line| line.split(' ').nth(1)?.parse().ok());
        let headers: Vec<(String, String)> = lines
            .filter_map(|line| line.split_once(':'))
            .map(|(name, value)| (name.to_lowercase(), value.trim().to_owned()))
            .collect();
        let chunked = headers.iter().any(|(name, _)| name == "transfer-encoding");
        Self {
            status: status.unwrap_or(0),
            body: if chunked {
                crate::hub::unchunk(rest)
            } else {
                rest.to_owned()
            },
            headers,
            hangs: timed_out && status.is_none(),
            answers: text.matches("HTTP/1.1 ").count(),
        }
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or(Value::Null)
    }

    pub fn code(&self) -> Option<String> {
        Some(self.json()["code"].as_str()?.to_owned())
    }

    /// Name and value of the session's cookie.
    pub fn cookie(&self) -> Option<String> {
        Some(self.header("set-cookie")?.split(';').next()?.to_owned())
    }

    /// Checks what the table says, and what holds for every answer.
    pub fn check(&self, one: &Try) -> Outcome {
        if self.hangs {
            return Err("it hangs".to_owned());
        }
        if self.status >= 500 {
            return Err(format!("a fault of ours: {} {}", self.status, self.body));
        }
        let wrong = |what: &str| {
            Err(format!(
                "{what}: {} {} {:?}",
                self.status, self.body, self.headers
            ))
        };
        if !one.status.contains(&self.status) {
            return wrong("another status");
        }
        if one.code.is_some() && one.code != self.code() {
            return wrong("another code");
        }
        if self.answers > 1 {
            return wrong("one request, two answers");
        }
        // Our own refusals explain themselves; the HTTP layer's have no body.
        let is_problem = self.header("content-type") == Some("application/problem+json");
        let detail = self.json()["detail"].as_str().unwrap_or_default().len();
        if is_problem && detail < 20 {
            return wrong("a problem without a sentence");
        }
        let head = self
            .headers
            .iter()
            .map(|(name, value)| format!("{name}: {value}\n"));
        let all = head.collect::<String>() + &self.body;
        if one.says.as_ref().is_some_and(|words| !all.contains(words)) {
            return wrong("it does not say so");
        }
        if one.never.as_ref().is_some_and(|words| all.contains(words)) {
            return wrong("it says what it must not");
        }
        Ok(())
    }
}

/// One request of the table.
pub fn attempt(office: &mut Office, one: &Try) -> Outcome {
    if let Some(name) = &one.make {
        return stories::tell(office, name, one);
    }
    let who = one.who.as_deref().unwrap_or("coordinator");
    if let Some(raw) = &one.raw {
        let bytes = raw.replace("\r\n", "\n").replace('\n', "\r\n");
        return office.ask(Ask::raw(bytes).by(who)).check(one);
    }
    let method = one.method.as_deref().unwrap_or("GET");
    let mut ask = Ask::new(method, one.path.as_deref().expect("a path")).by(who);
    for line in &one.headers {
        ask = ask.header(line);
    }
    if let Some(body) = &one.body {
        let typed = one
            .headers
            .iter()
            .any(|line| line.to_lowercase().starts_with("content-type"));
        ask = if typed {
            ask.body(body.as_bytes())
        } else {
            ask.json(body.as_bytes())
        };
    }
    office.ask(ask).check(one)
}

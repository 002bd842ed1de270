//! A hub as a process of its own, and a small HTTP client for it.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use serde_json::Value;

/// The binary under test.
pub const BINARY: &str = env!("CARGO_BIN_EXE_safelane");

/// A fresh folder, removed when dropped.
pub struct Folder(PathBuf);

impl Folder {
    pub fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("safelane-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(&path).expect("a folder");
        Self(path)
    }

    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Runs a command to its end.
pub fn safelane(arguments: &[&str]) -> Output {
    Command::new(BINARY)
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .expect("the binary runs")
}

/// Runs a command that must succeed; gives its standard output.
pub fn succeeds(arguments: &[&str]) -> String {
    let output = safelane(arguments);
    assert!(
        output.status.success(),
        "{arguments:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).expect("text")
}

/// Runs a command that must fail; gives its one line of error.
pub fn fails(arguments: &[&str]) -> String {
    let output = safelane(arguments);
    assert!(!output.status.success(), "{arguments:?} succeeded");
    let error = String::from_utf8(output.stderr).expect("text");
    let lines: Vec<&str> = error
        .lines()
        .filter(|line| line.starts_with("safelane: "))
        .collect();
    assert_eq!(lines.len(), 1, "one clear line: {error}");
    lines[0].to_owned()
}

/// A serving hub.
pub struct Hub {
    child: Child,
    pub address: String,
    cookie: Option<String>,
    complaints: Option<JoinHandle<String>>,
}

impl Hub {
    /// Starts it and waits for its address.
    pub fn start(command: &str, data: &Path) -> Self {
        Self::start_with(command, data, &[])
    }

    /// The same with more arguments.
    pub fn start_with(command: &str, data: &Path, more: &[&str]) -> Self {
        let mut child = Command::new(BINARY)
            .args([command, "--listen", "127.0.0.1:0", "--data"])
            .arg(data)
            .args(more)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the hub starts");
        let mut stderr = child.stderr.take().expect("a pipe");
        let complaints = std::thread::spawn(move || {
            let mut said = Vec::new();
            let _ = stderr.read_to_end(&mut said);
            String::from_utf8_lossy(&said).into_owned()
        });
        let mut lines = BufReader::new(child.stdout.take().expect("a pipe")).lines();
        let address = lines
            .by_ref()
            .map_while(Result::ok)
            .find_map(|line| {
                line.split_once("http://")
                    .map(|(_, address)| address.to_owned())
            })
            .expect("the hub prints its address");
        // What it prints later must not fill the pipe.
        std::thread::spawn(move || lines.for_each(drop));
        Self {
            child,
            address,
            cookie: None,
            complaints: Some(complaints),
        }
    }

    /// Waits until it ends by itself; gives its exit code and what it said on standard error.
    pub fn ends(mut self) -> (Option<i32>, String) {
        let patience = Instant::now() + Duration::from_mins(1);
        let status = loop {
            if let Some(status) = self.child.try_wait().expect("it can be waited for") {
                break status;
            }
            assert!(Instant::now() < patience, "it goes on");
            std::thread::sleep(Duration::from_millis(20));
        };
        let said = self.complaints.take().expect("asked once").join();
        (status.code(), said.expect("it is read"))
    }

    /// Its process.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Asks it to stop, and waits.
    pub fn stop(mut self) {
        let pid = self.child.id().to_string();
        let asked = Command::new("kill")
            .arg(&pid)
            .status()
            .expect("it is asked");
        assert!(asked.success());
        assert!(self.child.wait().expect("it ends").success(), "in order");
    }

    /// As a power cut.
    pub fn kill(mut self) {
        self.child.kill().expect("it runs");
        self.child.wait().expect("it ends");
    }

    /// Asks it; gives status and body, or nothing when the connection broke.
    pub fn ask(&mut self, method: &str, path: &str, body: Option<&Value>) -> Option<(u16, Value)> {
        let mut stream = TcpStream::connect(&self.address).ok()?;
        stream.set_read_timeout(Some(Duration::from_mins(2))).ok()?;
        let text = body.map(Value::to_string).unwrap_or_default();
        let cookie = self
            .cookie
            .as_ref()
            .map(|cookie| format!("cookie: {cookie}\r\n"))
            .unwrap_or_default();
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\ncontent-type: application/json\r\n{cookie}content-length: {}\r\n\r\n{text}",
            self.address,
            text.len(),
        )
        .ok()?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).ok()?;
        let answer = String::from_utf8_lossy(&answer).into_owned();
        let (head, rest) = answer.split_once("\r\n\r\n")?;
        let status = head.split(' ').nth(1)?.parse().ok()?;
        let header = |name: &str| {
            head.lines().find_map(|line| {
                line.to_lowercase()
                    .starts_with(name)
                    .then(|| line.split_once(": "))
                    .flatten()
            })
        };
        if let Some((_, cookie)) = header("set-cookie") {
            self.cookie = cookie.split(';').next().map(str::to_owned);
        }
        let body = if header("transfer-encoding").is_some() {
            unchunk(rest)
        } else {
            rest.to_owned()
        };
        Some((status, serde_json::from_str(&body).unwrap_or(Value::Null)))
    }

    /// Signs in and gives the session.
    pub fn sign_in(&mut self, name: &str, password: &str) -> Value {
        let asked = serde_json::json!({ "name": name, "password": password });
        let (status, session) = self
            .ask("POST", "/api/session", Some(&asked))
            .expect("an answer");
        assert_eq!(status, 200, "{session}");
        session
    }
}

impl Drop for Hub {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub fn unchunk(mut text: &str) -> String {
    let mut whole = String::new();
    while let Some((size, rest)) = text.split_once("\r\n") {
        let Ok(size) = usize::from_str_radix(size.trim(), 16) else {
            break;
        };
        if size == 0 || rest.len() < size {
            break;
        }
        whole.push_str(&rest[..size]);
        text = rest[size..].trim_start_matches("\r\n");
    }
    whole
}

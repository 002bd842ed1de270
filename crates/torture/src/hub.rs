//! The real binary: served, killed, and asked by its command line.

use std::ffi::OsStr;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};

/// Longer than any start takes on a busy machine.
const START: Duration = Duration::from_mins(2);

/// The binary under torture, and how it is started.
#[derive(Clone, Debug)]
pub struct Binary {
    path: PathBuf,
    /// What is put before it, such as `fiu-run` and its arguments.
    before: Vec<String>,
}

impl Binary {
    /// That file.
    pub fn new(path: PathBuf) -> Self {
        Self {
            path,
            before: Vec::new(),
        }
    }

    /// The same, started by another program.
    pub fn under(&self, before: &[&str]) -> Self {
        Self {
            path: self.path.clone(),
            before: before.iter().map(ToString::to_string).collect(),
        }
    }

    fn command(&self) -> Command {
        let mut words = self
            .before
            .iter()
            .map(OsStr::new)
            .chain([self.path.as_os_str()]);
        let mut command = Command::new(words.next().unwrap_or_default());
        command.args(words).stdin(Stdio::null());
        command
    }

    /// Starts a command of its command line beside us.
    pub fn start(&self, arguments: &[&str]) -> Result<Child> {
        let mut command = self.command();
        command
            .args(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        Ok(command.spawn()?)
    }

    /// Runs a command to its end, whatever that is.
    pub fn run(&self, arguments: &[&str]) -> Result<Output> {
        Ok(self.start(arguments)?.wait_with_output()?)
    }

    /// Runs a command that must succeed; gives what it printed.
    pub fn succeeds(&self, arguments: &[&str]) -> Result<String> {
        let output = self.run(arguments)?;
        if !output.status.success() {
            bail!(
                "safelane {arguments:?} ended with {}: {}{}",
                output.status,
                String::from_utf8_lossy(&output.stdout),
                String::from_utf8_lossy(&output.stderr)
            );
        }
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }

    /// Runs a command that must fail; gives its one line.
    pub fn fails(&self, arguments: &[&str]) -> Result<String> {
        let output = self.run(arguments)?;
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        let lines: Vec<&str> = said
            .lines()
            .filter(|line| line.starts_with("safelane: "))
            .collect();
        match lines[..] {
            [line] if output.status.code() == Some(1) => Ok(line.to_owned()),
            _ => bail!(
                "safelane {arguments:?} ended with {} and not with one clear line: {said}",
                output.status
            ),
        }
    }

    /// Starts a server on a data folder; it may not listen yet.
    pub fn serve(&self, data: &Path) -> Result<Starting> {
        let mut command = self.command();
        command
            .args(["serve", "--listen", "127.0.0.1:0", "--data"])
            .arg(data)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.spawn()?;
        let (tell, told) = channel();
        let address = tell.clone();
        let output = BufReader::new(child.stdout.take().context("a pipe")?);
        std::thread::spawn(move || {
            for line in output.lines().map_while(Result::ok) {
                if let Some((_, at)) = line.split_once("http://") {
                    let _ = address.send(Told::Address(at.to_owned()));
                }
            }
        });
        let errors = BufReader::new(child.stderr.take().context("a pipe")?);
        std::thread::spawn(move || {
            for line in errors.lines().map_while(Result::ok) {
                // One line a request is no complaint.
                if line.contains("INFO") {
                    continue;
                }
                let _ = tell.send(Told::Complaint(line));
            }
        });
        Ok(Starting {
            running: Running {
                child,
                told,
                address: String::new(),
                complaints: Vec::new(),
            },
        })
    }
}

#[derive(Debug)]
enum Told {
    Address(String),
    Complaint(String),
}

/// A server that was started and has not said yet where it listens.
#[derive(Debug)]
pub struct Starting {
    running: Running,
}

impl Starting {
    /// Waits until it listens.
    pub fn listening(mut self) -> Result<Running> {
        let end = Instant::now() + START;
        loop {
            let left = end.saturating_duration_since(Instant::now());
            match self.running.told.recv_timeout(left) {
                Ok(Told::Address(address)) => {
                    self.running.address = address;
                    return Ok(self.running);
                }
                Ok(Told::Complaint(line)) => self.running.complaints.push(line),
                Err(RecvTimeoutError::Timeout) => {
                    bail!("the server did not listen within {START:?}")
                }
                Err(RecvTimeoutError::Disconnected) => {
                    let status = self.running.child.wait()?;
                    bail!(
                        "the server ended with {status} before it listened: {}",
                        self.running.complaints.join(" | ")
                    );
                }
            }
        }
    }

    /// Kills it wherever it is.
    pub fn kill(self) -> Result<()> {
        self.running.kill()
    }
}

/// A server that listens.
#[derive(Debug)]
pub struct Running {
    child: Child,
    told: Receiver<Told>,
    /// `host:port`.
    pub address: String,
    complaints: Vec<String>,
}

impl Running {
    /// `kill -9`. A server that had ended by itself is a fault.
    pub fn kill(mut self) -> Result<()> {
        if let Some(status) = self.child.try_wait()? {
            bail!(
                "the server had ended by itself with {status}: {}",
                self.complaints().join(" | ")
            );
        }
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }

    /// Asks it to stop, and waits.
    pub fn stop(mut self) -> Result<()> {
        self.ask_to_stop()?;
        let status = self.child.wait()?;
        if !status.success() {
            bail!(
                "the server stopped with {status}: {}",
                self.complaints().join(" | ")
            );
        }
        Ok(())
    }

    /// The signal of a service manager.
    pub fn ask_to_stop(&self) -> Result<()> {
        let asked = Command::new("kill")
            .arg(self.child.id().to_string())
            .status()?;
        if !asked.success() {
            bail!("the server was gone before it was asked to stop");
        }
        Ok(())
    }

    /// Its process: the server's own, also when another program started it in its place.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Waits for an end that it comes to by itself.
    pub fn ended(&mut self, within: Duration) -> Result<Option<ExitStatus>> {
        let end = Instant::now() + within;
        loop {
            if let Some(status) = self.child.try_wait()? {
                return Ok(Some(status));
            }
            if Instant::now() > end {
                return Ok(None);
            }
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// All lines of its standard error so far.
    pub fn complaints(&mut self) -> &[String] {
        // What it wrote last may still be on its way.
        while let Ok(told) = self.told.recv_timeout(Duration::from_millis(50)) {
            if let Told::Complaint(line) = told {
                self.complaints.push(line);
            }
        }
        &self.complaints
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Whatever went wrong, nothing is left behind.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A folder that goes when it is dropped.
#[derive(Debug)]
pub struct Folder(PathBuf);

impl Folder {
    /// A fresh one.
    pub fn new(name: &str) -> Result<Self> {
        let path =
            std::env::temp_dir().join(format!("safelane-torture-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(&path)?;
        Ok(Self(path))
    }

    /// A path in it.
    pub fn join(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// Leaves it, for a person to look at.
    pub fn keep(self) -> PathBuf {
        let path = self.0.clone();
        std::mem::forget(self);
        path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// The words of an import of hazardous areas, told apart by their `id`.
pub fn import_of<'a>(file: &'a Path, data: &'a Path) -> [&'a str; 8] {
    let (file, data) = (text(file), text(data));
    [
        "import",
        file,
        "--kind",
        "hazardous-area",
        "--id",
        "id",
        "--data",
        data,
    ]
}

/// The text of a path of ours.
pub fn text(path: &Path) -> &str {
    path.to_str().unwrap_or_default()
}

/// Copies a folder as `cp -r` does.
pub fn copy_folder(from: &Path, to: &Path) -> Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let kind = entry.file_type()?;
        let target = to.join(entry.file_name());
        if kind.is_dir() {
            copy_folder(&entry.path(), &target)?;
        } else if kind.is_file() {
            std::fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}

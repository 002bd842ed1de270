//! Files of strangers are read by a process of its own: this program once more, as `import-worker`,
//! with little memory, little time, no other file and no way to another program.
//!
//! It reads the file from its standard input and writes what became of each feature to a temporary file
//! without a name. Only when it has come to the end does the parent look at that, and the parent alone
//! writes to the ledger. Whatever happens to the worker, a crash, too much memory, a loop without end,
//! ends in one sentence, and nothing of the file is taken.

use std::fs::File;
use std::io::{BufWriter, Read as _, Seek as _, Write};
use std::os::fd::AsFd as _;
use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::process::{Child, Command, ExitCode, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, anyhow, bail};
use rustix::process::{Resource, Rlimit, setrlimit};
use safelane_exchange::cut::Features;
use safelane_exchange::import::{self, Options};
use safelane_geometry::Metres;
use safelane_ledger::LedgerId;
use serde::{Deserialize, Serialize};

use super::reading::{Next, Written};
use crate::cli;
use crate::output::{Output, nameless};

/// The code of every file that a worker could not bear.
const UNSAFE_FILE: &str = "unsafe-file";

/// Bytes that a worker may write: far more than any programme's features.
const MOST_WRITTEN: u64 = 4 * 1024 * 1024 * 1024;
/// Files that it may have open.
const MOST_FILES: u64 = 16;
/// Beside its data: the program itself and its stack.
const PROGRAM_MB: u64 = 1_024;
/// Bytes of its last words that are kept.
const LAST_WORDS: u64 = 4_096;

/// How a worker ends when it cannot do its work, beside success.
const NO_TASK: u8 = 2;
const NOT_CONFINED: u8 = 3;
const NOT_WRITTEN: u8 = 4;

/// What reading a file may cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// Memory, in MB.
    pub memory: u64,
    /// Seconds without a step forward; computing may take as many, and three more for each MB.
    pub seconds: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            memory: 512,
            seconds: 60,
        }
    }
}

/// What the worker is told: all that it must know of the programme.
#[derive(Debug, Serialize, Deserialize)]
struct Task {
    kind: String,
    id_column: Option<String>,
    as_of: String,
    source_file: String,
    uncertainty_radius: f64,
    ledger: LedgerId,
    demo: bool,
    limits: Limits,
    /// Seconds of computing.
    computing: u64,
}

impl Task {
    fn new(options: &Options, limits: Limits, size: u64) -> Self {
        Self {
            kind: options.kind.name.to_owned(),
            id_column: options.id_column.clone(),
            as_of: options.as_of.to_string(),
            source_file: options.source_file.clone(),
            uncertainty_radius: options.uncertainty_radius.get(),
            ledger: options.ledger,
            demo: options.demo,
            limits,
            computing: limits.seconds + 3 * (size >> 20),
        }
    }

    fn options(self) -> Result<Options> {
        Ok(Options {
            kind: import::kind(&self.kind)?,
            id_column: self.id_column,
            as_of: self.as_of.parse()?,
            source_file: self.source_file,
            uncertainty_radius: Metres::new(self.uncertainty_radius),
            ledger: self.ledger,
            demo: self.demo,
        })
    }
}

/// Lets a worker read a file of so many bytes; gives what it wrote down, whole.
pub async fn read(
    mut file: File,
    size: u64,
    options: &Options,
    limits: Limits,
    out: &mut dyn Output,
) -> Result<Written> {
    let mut written = nameless().context(
        "what is read could not be kept in the temporary folder; nothing was taken. Is the disk full?",
    )?;
    let task = Task::new(options, limits, size);
    let mut worker = Worker::start(&task, &file, &written)?;
    let status = worker.wait(&mut file, &written, limits, (size, out)).await;
    let name = &options.source_file;
    let nothing = "Nothing of it was taken";
    match status {
        Ok(status) if status.success() && Written::is_whole(&mut written)? => {
            Ok(Written::new(written)?)
        }
        Ok(status) if status.code() == Some(i32::from(NOT_WRITTEN)) => bail!(
            "{name} was read and could not be kept in the temporary folder. {nothing}; is the disk full?"
        ),
        Ok(status) if status.code() == Some(i32::from(NOT_CONFINED)) => {
            bail!("this system does not let the reader of {name} be confined. {nothing}")
        }
        Ok(status) => {
            let why = worker.why(status, &task);
            tracing::warn!(%status, "the reader of a file ended early");
            Err(refused(name, &why))
        }
        Err(Stuck) => {
            let why = format!("made no step forward in {} s", limits.seconds);
            Err(refused(name, &why))
        }
    }
}

fn refused(name: &str, why: &str) -> anyhow::Error {
    anyhow!(
        "{UNSAFE_FILE}: reading {name} {why}. Nothing of it was taken; split the file, or allow more with --memory and --seconds"
    )
}

/// It has been waited for long enough.
struct Stuck;

/// The process; it ends with this.
struct Worker(Child);

impl Worker {
    fn start(task: &Task, file: &File, written: &File) -> Result<Self> {
        // The program that runs, also when another version lies in its place by now.
        let itself = Path::new("/proc/self/exe");
        let program = if itself.exists() {
            itself.to_owned()
        } else {
            std::env::current_exe()?
        };
        let child = Command::new(program)
            .args(["import-worker", "--task", &serde_json::to_string(task)?])
            .env_clear()
            .current_dir("/")
            .stdin(file.try_clone()?)
            .stdout(written.try_clone()?)
            .stderr(Stdio::piped())
            .spawn()
            .context("the reader of the file could not be started; nothing was taken")?;
        Ok(Self(child))
    }

    /// Waits for its end, as long as it gets on: further into the file, writing, or computing, which has
    /// a limit of its own. On a busy machine a feature may take a while, and is no less good for that.
    async fn wait(
        &mut self,
        file: &mut File,
        written: &File,
        limits: Limits,
        (size, out): (u64, &mut dyn Output),
    ) -> Result<ExitStatus, Stuck> {
        let mut pause = Duration::from_millis(1);
        let (mut seen, mut since) = ((0, 0, 0), Instant::now());
        loop {
            if let Ok(Some(status)) = self.0.try_wait() {
                return Ok(status);
            }
            // Both share their place in the file.
            let at = file.stream_position().unwrap_or_default();
            let length = written.metadata().map_or(0, |meta| meta.len());
            let here = (at, length, self.computed());
            if here != seen {
                (seen, since) = (here, Instant::now());
                out.progress(at.min(size), 2 * size);
            } else if since.elapsed() > Duration::from_secs(limits.seconds) {
                return Err(Stuck);
            }
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(Duration::from_millis(50));
        }
    }

    /// What it has computed so far, in the system's ticks; nothing where the system does not say.
    fn computed(&self) -> u64 {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.0.id()));
        let stat = stat.unwrap_or_default();
        // The name, in brackets, may hold spaces; the times are the 12th and 13th word after it.
        let after = stat.rsplit(')').next().unwrap_or_default();
        let words = after.split_whitespace().skip(11).take(2);
        words.filter_map(|word| word.parse::<u64>().ok()).sum()
    }

    /// Why it ended early, in words that go on after "reading FILE".
    fn why(&mut self, status: ExitStatus, task: &Task) -> String {
        let mut words = String::new();
        if let Some(last) = self.0.stderr.take() {
            let _ = last.take(LAST_WORDS).read_to_string(&mut words);
        }
        match status.signal() {
            Some(signal) if signal == rustix::process::Signal::XCPU.as_raw() => {
                format!("took more than {} s of computing", task.computing)
            }
            Some(signal) if signal == rustix::process::Signal::XFSZ.as_raw() => {
                "made more of it than 4 GB".to_owned()
            }
            _ if words.contains("memory allocation") => {
                format!("took more than {} MB of memory", task.limits.memory)
            }
            _ => "made the reader fail".to_owned(),
        }
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The worker's side: `safelane import-worker`, with the file as its standard input.
pub fn work(command: &cli::ImportWorker) -> ExitCode {
    let Ok(task) = serde_json::from_str::<Task>(&command.task) else {
        return ExitCode::from(NO_TASK);
    };
    let Ok(ends) = ends() else {
        return ExitCode::from(NOT_CONFINED);
    };
    if confine(&task).is_err() {
        return ExitCode::from(NOT_CONFINED);
    }
    let Ok(options) = task.options() else {
        return ExitCode::from(NO_TASK);
    };
    match convert(ends, &options) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::from(NOT_WRITTEN),
    }
}

/// Where it reads and where it writes, past the buffers of the standard library.
fn ends() -> std::io::Result<(File, File)> {
    let from = std::io::stdin().as_fd().try_clone_to_owned()?;
    let to = std::io::stdout().as_fd().try_clone_to_owned()?;
    Ok((from.into(), to.into()))
}

/// From here on it can neither grow nor last, open nor start anything.
fn confine(task: &Task) -> rustix::io::Result<()> {
    let memory = task.limits.memory << 20;
    for (resource, most) in [
        (Resource::Data, memory),
        (Resource::As, memory + (PROGRAM_MB << 20)),
        (Resource::Cpu, task.computing.max(1)),
        (Resource::Fsize, MOST_WRITTEN),
        (Resource::Nofile, MOST_FILES),
        (Resource::Nproc, 0),
        // No memory of a file of strangers is written to disk.
        (Resource::Core, 0),
    ] {
        // At the limit of its time it hears a signal that says so; at the hard one it would hear any.
        let spare = if resource == Resource::Cpu { 5 } else { 0 };
        let limit = Rlimit {
            current: Some(most),
            maximum: Some(most + spare),
        };
        setrlimit(resource, limit)?;
    }
    #[cfg(target_os = "linux")]
    rustix::thread::set_no_new_privs(true)?;
    Ok(())
}

fn convert((from, to): (File, File), options: &Options) -> std::io::Result<()> {
    let mut out = BufWriter::with_capacity(1 << 16, to);
    let mut features = Features::new(from);
    while let Some(next) = Next::of(&mut features, options)? {
        next.write(&mut out)?;
    }
    Next::End.write(&mut out)?;
    out.flush()
}

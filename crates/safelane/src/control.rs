//! The control socket of a running server: `DATA/control.sock`, mode 0600.
//!
//! One connection is one command: a line with the command as JSON goes in, lines come out, each an
//! [`Answer`]; the last one says how it ended. The output and exit code are those of the command
//! run without a server.

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, anyhow, bail};
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};

use crate::cli::{Device, Import, Token, User};
use crate::office::Office;
use crate::output::Output;
use crate::{import, people};

/// A command that a running server does for the command line.
#[derive(Debug, Serialize, Deserialize)]
pub enum Order {
    Import(Import),
    User(User),
    Device(Device),
    Token(Token),
}

/// What comes back, line by line.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Answer {
    Line(String),
    Progress(u64, u64),
    Report(String),
    ReportEnds,
    Done,
    Failed(String),
}

/// Does one command, wherever it came from.
pub async fn perform(
    office: &Office,
    order: &Order,
    address: Option<&str>,
    out: &mut dyn Output,
) -> Result<()> {
    match order {
        Order::Import(command) => import::run(office, command, out).await,
        Order::User(command) => people::user(office, command, address, out).await,
        Order::Device(command) => people::device(office, command, out).await,
        Order::Token(command) => people::token(office, command, out).await,
    }
}

/// Asks a running server; `None` when none listens there.
pub async fn ask(data: &Path, order: &Order, out: &mut dyn Output) -> Option<Result<()>> {
    let stream = UnixStream::connect(socket(data)).await.ok()?;
    Some(converse(stream, order, out).await)
}

async fn converse(mut stream: UnixStream, order: &Order, out: &mut dyn Output) -> Result<()> {
    let mut line = serde_json::to_vec(order)?;
    line.push(b'\n');
    stream.write_all(&line).await?;
    let mut lines = BufReader::new(stream).lines();
    while let Some(line) = lines.next_line().await? {
        match serde_json::from_str(&line)? {
            Answer::Line(text) => out.line(&text),
            Answer::Progress(done, total) => out.progress(done, total),
            Answer::Report(piece) => out.report(&piece),
            Answer::ReportEnds => out.report_ends(),
            Answer::Done => return Ok(()),
            Answer::Failed(why) => bail!(why),
        }
    }
    Err(anyhow!(
        "the server ended before it answered; run the command again, nothing is done twice"
    ))
}

/// The socket of a data folder.
pub fn socket(data: &Path) -> PathBuf {
    data.join("control.sock")
}

/// Listens until dropped; only the owner of the data folder may speak to it.
pub fn listen(data: &Path, office: Office, address: String) -> Result<tokio::task::JoinHandle<()>> {
    let path = socket(data);
    // The data folder's lock is held, so that a socket file here is a dead server's.
    let _ = std::fs::remove_file(&path);
    let listener = UnixListener::bind(&path)
        .with_context(|| format!("the control socket {} could not be made", path.display()))?;
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600))?;
    Ok(tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let (office, address) = (office.clone(), address.clone());
            tokio::spawn(async move {
                if let Err(error) = serve_one(stream, &office, &address).await {
                    tracing::warn!(%error, "a command through the control socket broke off");
                }
            });
        }
    }))
}

async fn serve_one(stream: UnixStream, office: &Office, address: &str) -> Result<()> {
    let (read, mut write) = stream.into_split();
    let mut lines = BufReader::new(read).lines();
    let line = lines.next_line().await?.context("no command came")?;
    let order: Order = serde_json::from_str(&line)
        .context("the command was not understood; is the program of another version?")?;
    let (sender, mut receiver) = unbounded_channel();
    let mut out = Wire(sender);
    let work = async move {
        let end = match perform(office, &order, Some(address), &mut out).await {
            Ok(()) => Answer::Done,
            Err(error) => Answer::Failed(format!("{error:#}")),
        };
        let _ = out.0.send(end);
    };
    let forward = async move {
        while let Some(answer) = receiver.recv().await {
            let mut line = serde_json::to_vec(&answer)?;
            line.push(b'\n');
            // A reader who went away does not stop the work.
            if write.write_all(&line).await.is_err() {
                break;
            }
        }
        while receiver.recv().await.is_some() {}
        Ok::<(), anyhow::Error>(())
    };
    let ((), forwarded) = tokio::join!(work, forward);
    forwarded
}

struct Wire(UnboundedSender<Answer>);

impl Output for Wire {
    fn line(&mut self, text: &str) {
        let _ = self.0.send(Answer::Line(text.to_owned()));
    }

    fn progress(&mut self, done: u64, total: u64) {
        let _ = self.0.send(Answer::Progress(done, total));
    }

    fn report(&mut self, piece: &str) {
        let _ = self.0.send(Answer::Report(piece.to_owned()));
    }

    fn report_ends(&mut self) {
        let _ = self.0.send(Answer::ReportEnds);
    }
}

//! Running other programs so that nothing can hang: each has a time limit, and at its end the
//! program and all that it started are ended, by their ids.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread::{self, sleep};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::places;

/// Prints what is about to be done.
pub fn say(what: &str) {
    eprintln!("== {what}");
}

/// A command in `folder`, without input and without what `cargo run` leaves to its program.
pub fn command(program: &str, arguments: &[&str], folder: &Path) -> Command {
    let mut command = Command::new(program);
    command
        .args(arguments)
        .current_dir(folder)
        .stdin(Stdio::null());
    inherit(&mut command);
    command
}

/// Cargo at the root of the tree; a first argument `+NAME` chooses the toolchain.
pub fn cargo(arguments: &[&str]) -> Command {
    command("cargo", arguments, &places::root())
}

/// Takes out of the environment what `cargo run` put there.
///
/// Left in place, it would point another compiler at this one's libraries, or make cargo think
/// that crates have changed.
pub fn inherit(command: &mut Command) {
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        let of_cargo_run = text.starts_with("CARGO_PKG_") || text.starts_with("CARGO_MANIFEST");
        if of_cargo_run || matches!(&*text, "CARGO" | "RUSTUP_TOOLCHAIN" | "LD_LIBRARY_PATH") {
            command.env_remove(&name);
        }
    }
}

/// Runs to the end, its output going to the terminal; an error when it fails or takes too long.
pub fn run(mut command: Command, limit: Duration) -> Result<()> {
    let name = name(&command);
    let status = wait(
        command
            .spawn()
            .with_context(|| format!("{name} could not be started"))?,
        limit,
        &name,
    )?;
    if !status.success() {
        bail!("{name} failed ({status})");
    }
    Ok(())
}

/// As [`run`], with each line of its output shown and given to `read`.
pub fn run_and_read(
    mut command: Command,
    limit: Duration,
    mut read: impl FnMut(&str),
) -> Result<()> {
    let name = name(&command);
    command.stdout(Stdio::piped());
    let mut child = command
        .spawn()
        .with_context(|| format!("{name} could not be started"))?;
    let output = child.stdout.take().context("its output is piped")?;
    let waiting = thread::spawn({
        let name = name.clone();
        move || wait(child, limit, &name)
    });
    for line in BufReader::new(output).lines() {
        let line = line?;
        println!("{line}");
        read(&line);
    }
    let status = waiting
        .join()
        .unwrap_or_else(|_| bail!("waiting for {name} panicked"))?;
    if !status.success() {
        bail!("{name} failed ({status})");
    }
    Ok(())
}

/// Runs in silence and says whether it succeeded; its output is shown to nobody.
pub fn succeeds(mut command: Command, limit: Duration) -> bool {
    command.stdout(Stdio::null()).stderr(Stdio::null());
    let name = name(&command);
    command
        .spawn()
        .ok()
        .and_then(|child| wait(child, limit, &name).ok())
        .is_some_and(|status| status.success())
}

/// Runs a short command and returns what it printed.
pub fn output(mut command: Command) -> Result<String> {
    let name = name(&command);
    let output = command
        .output()
        .with_context(|| format!("{name} could not be started"))?;
    if !output.status.success() {
        bail!(
            "{name} failed ({}): {}",
            output.status,
            String::from_utf8_lossy(&output.stderr).trim()
        );
    }
    Ok(String::from_utf8(output.stdout)?)
}

fn name(command: &Command) -> String {
    let mut name = command.get_program().to_string_lossy().into_owned();
    for argument in command.get_args().take(3) {
        name.push(' ');
        name.push_str(&argument.to_string_lossy());
    }
    format!("`{name}`")
}

/// Waits for a started program, and ends it when its time is up.
pub fn wait(mut child: Child, limit: Duration, name: &str) -> Result<ExitStatus> {
    let end = Instant::now() + limit;
    let mut pause = Duration::from_millis(2);
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(status);
        }
        if Instant::now() >= end {
            end_with_descendants(&mut child);
            bail!(
                "{name} was ended: it took longer than {} s",
                limit.as_secs()
            );
        }
        sleep(pause);
        pause = (pause * 2).min(Duration::from_millis(100));
    }
}

/// Ends a program and all that it started, youngest first, each by its own id.
fn end_with_descendants(child: &mut Child) {
    let table = output(command("ps", &["-eo", "pid=,ppid="], Path::new("/"))).unwrap_or_default();
    let pairs: Vec<(u32, u32)> = table
        .lines()
        .filter_map(|line| {
            let mut numbers = line.split_whitespace().map_while(|word| word.parse().ok());
            Some((numbers.next()?, numbers.next()?))
        })
        .collect();
    let mut family = vec![child.id()];
    let mut next = 0;
    while next < family.len() {
        let parent = family[next];
        family.extend(
            pairs
                .iter()
                .filter(|(_, of)| *of == parent)
                .map(|(id, _)| *id),
        );
        next += 1;
    }
    for id in family.iter().skip(1).rev() {
        succeeds(
            command("kill", &["-KILL", &id.to_string()], Path::new("/")),
            Duration::from_secs(5),
        );
    }
    // It may have ended by itself meanwhile, which is as good.
    let _ = child.kill();
    let _ = child.wait();
}

//! The binary: command line, configuration, wiring. Nothing here decides about records.

mod checks;
mod cli;
mod control;
mod demo;
mod export;
mod import;
mod keep;
mod office;
mod output;
mod people;
mod place;
mod report;
mod serve;

use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context as _, Result};
use clap::Parser as _;
use safelane_store_sqlite::SqliteStore;

use cli::{Cli, Command};
use control::Order;
use office::Office;
use output::Terminal;

fn main() -> ExitCode {
    let cli = Cli::parse();
    // Before there are threads or logs: it confines itself and does one thing.
    if let Command::ImportWorker(command) = &cli.command {
        return import::worker::work(command);
    }
    logs();
    match start(cli.command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            complain(&error);
            ExitCode::FAILURE
        }
    }
}

#[tokio::main]
async fn start(command: Command) -> Result<()> {
    run(command).await
}

/// One line: what happened, what is kept, what to do.
#[expect(clippy::print_stderr, reason = "this is the terminal")]
fn complain(error: &anyhow::Error) {
    eprintln!("safelane: {}", format!("{error:#}").replace('\n', " "));
}

fn logs() {
    let filter = tracing_subscriber::EnvFilter::try_from_env("SAFELANE_LOG").unwrap_or_else(|_| {
        tracing_subscriber::EnvFilter::new("warn,safelane=info,safelane_server=info")
    });
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_target(false)
        .init();
}

async fn run(command: Command) -> Result<()> {
    match command {
        Command::Serve(command) => serve::serve(&command).await,
        Command::Demo(command) => demo::serve(&command).await,
        Command::Import(at) => {
            let report = at.what.report.clone();
            let order = Order::Import(cli::Import {
                file: std::path::absolute(&at.what.file)?,
                ..at.what
            });
            order_at(&at.data, &order, report.as_deref()).await
        }
        // Done before this in `main`.
        Command::ImportWorker(_) => Ok(()),
        Command::User(at) => order_at(&at.data, &Order::User(at.what.what), None).await,
        Command::Device(at) => order_at(&at.data, &Order::Device(at.what.what), None).await,
        Command::Token(at) => order_at(&at.data, &Order::Token(at.what.what), None).await,
        Command::Export(at) => {
            let office = reading(&at.data).await?;
            match &at.what.out {
                Some(path) => {
                    let mut file = std::io::BufWriter::new(
                        std::fs::File::create(path)
                            .with_context(|| format!("{} cannot be written", path.display()))?,
                    );
                    export::run(&office, &at.what, &mut file).await?;
                    std::io::Write::flush(&mut file)?;
                }
                None => {
                    export::run(&office, &at.what, &mut std::io::stdout()).await?;
                }
            }
            Ok(())
        }
        Command::Report(at) => {
            report::run(
                &reading(&at.data).await?,
                &at.what,
                &mut Terminal::default(),
            )
            .await
        }
        Command::Checks(at) => {
            checks::run(
                &reading(&at.data).await?,
                &at.what,
                &mut Terminal::default(),
            )
            .await
        }
        Command::Backup(at) => keep::backup(&at.data, &at.what.to, &mut Terminal::default()).await,
        Command::Restore(at) => {
            keep::restore(&at.data, &at.what.from, &mut Terminal::default()).await
        }
        Command::Verify(at) => keep::verify(&at.data, &mut Terminal::default()).await,
        Command::Rebuild(at) => keep::rebuild(&at.data, &mut Terminal::default()).await,
    }
}

async fn reading(data: &Path) -> Result<Office> {
    Ok(Office::new(Arc::new(
        SqliteStore::open_reading(data).await?,
    )))
}

/// Through the control socket of a running server, else with the lock on the folder.
async fn order_at(data: &Path, order: &Order, report: Option<&Path>) -> Result<()> {
    let mut out = Terminal::default();
    let result = match control::ask(data, order, &mut out).await {
        Some(result) => result,
        None => {
            if !data.join("safelane.db").exists() {
                anyhow::bail!(
                    "there is no programme in {}; `safelane serve --data {}` makes one",
                    data.display(),
                    data.display()
                );
            }
            let (store, _) = place::open(data).await?;
            let office = Office::new(Arc::new(store));
            let done = control::perform(&office, order, None, &mut out).await;
            office.store.close().await;
            done
        }
    };
    if let Some(path) = report {
        out.write_report(path)
            .with_context(|| format!("the report {} could not be written", path.display()))?;
    }
    result
}

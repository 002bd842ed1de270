//! Where a command writes: a terminal, or the control socket of a running server.

use std::fs::{File, OpenOptions};
use std::io::{BufWriter, Result, Seek as _, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use indicatif::{ProgressBar, ProgressStyle};

use crate::office::new_uuid;

/// A file that has no name any more: it is gone when nobody holds it.
pub fn nameless() -> Result<File> {
    let path = std::env::temp_dir().join(format!("safelane-import-{}", new_uuid()));
    let file = OpenOptions::new()
        .read(true)
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&path)?;
    std::fs::remove_file(&path)?;
    Ok(file)
}

/// What a command says while it works.
pub trait Output: Send {
    /// A line for the reader.
    fn line(&mut self, text: &str);
    /// How far it is, for example bytes of a file.
    fn progress(&mut self, done: u64, total: u64);
    /// The next piece of a report, for the file that was asked for.
    fn report(&mut self, piece: &str);
    /// The report is whole.
    fn report_ends(&mut self);
}

/// Says nothing.
pub struct Quiet;

impl Output for Quiet {
    fn line(&mut self, _text: &str) {}
    fn progress(&mut self, _done: u64, _total: u64) {}
    fn report(&mut self, _piece: &str) {}
    fn report_ends(&mut self) {}
}

/// Standard output, a progress bar on standard error, and the report's file.
#[derive(Default)]
pub struct Terminal {
    bar: Option<ProgressBar>,
    /// A report as far as it has come: of a country it is too long to be held in memory.
    report: Option<Result<BufWriter<File>>>,
    whole: bool,
}

impl Terminal {
    /// Writes the report to its file, if there was one to the end: none is better than half of one.
    pub fn write_report(&mut self, path: &Path) -> Result<()> {
        let Some(report) = self.report.take().filter(|_| self.whole) else {
            return Ok(());
        };
        let written = || {
            let mut report = report?.into_inner()?;
            report.rewind()?;
            std::io::copy(&mut report, &mut File::create(path)?)
        };
        written().map(|_| ())
    }

    fn end_bar(&mut self) {
        if let Some(bar) = self.bar.take() {
            bar.finish_and_clear();
        }
    }
}

impl Output for Terminal {
    #[expect(clippy::print_stdout, reason = "this is the terminal")]
    fn line(&mut self, text: &str) {
        self.end_bar();
        println!("{text}");
    }

    fn progress(&mut self, done: u64, total: u64) {
        let bar = self.bar.get_or_insert_with(|| {
            let style = ProgressStyle::with_template("{wide_bar} {percent:>3} %  {elapsed}");
            ProgressBar::new(total)
                .with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
        });
        bar.set_position(done);
        if done >= total {
            self.end_bar();
        }
    }

    fn report(&mut self, piece: &str) {
        let report = self
            .report
            .get_or_insert_with(|| nameless().map(BufWriter::new));
        if let Ok(file) = report
            && let Err(error) = file.write_all(piece.as_bytes())
        {
            *report = Err(error);
        }
    }

    fn report_ends(&mut self) {
        self.whole = true;
    }
}

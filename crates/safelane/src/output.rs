//! Where a command writes: a terminal, or the control socket of a running server.

use indicatif::{ProgressBar, ProgressStyle};

/// What a command says while it works.
pub trait Output: Send {
    /// A line for the reader.
    fn line(&mut self, text: &str);
    /// How far it is, for example bytes of a file.
    fn progress(&mut self, done: u64, total: u64);
    /// The text of a report, for the file that was asked for.
    fn report(&mut self, text: &str);
}

/// Says nothing.
pub struct Quiet;

impl Output for Quiet {
    fn line(&mut self, _text: &str) {}
    fn progress(&mut self, _done: u64, _total: u64) {}
    fn report(&mut self, _text: &str) {}
}

/// Standard output, a progress bar on standard error, and the report's file.
#[derive(Default)]
pub struct Terminal {
    bar: Option<ProgressBar>,
    /// The report, for the caller to write.
    pub report: Option<String>,
}

impl Terminal {
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

    fn report(&mut self, text: &str) {
        self.report = Some(text.to_owned());
    }
}

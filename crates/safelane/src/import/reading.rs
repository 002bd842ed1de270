//! Features on their way from a file to the ledger: as they are read here, or as a worker has written
//! them down.

use std::fs::File;
use std::io::{BufRead as _, BufReader, Read, Seek as _};

use safelane_exchange::cut::Features;
use safelane_exchange::import::{self, Converted, Options};
use serde::{Deserialize, Serialize};

/// Bytes of one line of a worker: a body of 2 MiB, each of its bytes escaped.
const LONGEST_LINE: u64 = 16 * 1024 * 1024;

/// What comes next out of a file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Next {
    /// A feature that became a body.
    Feature(Box<Converted>),
    /// A feature that cannot be taken, and why.
    NotTaken(String),
    /// The list of features breaks off here; those before it are whole.
    Stopped(String),
    /// The end of the file was reached, and all of it is written down.
    End,
}

/// Features in the order of their file, and how far along it they are (of 1).
pub trait Source {
    /// What comes next; nothing after the end.
    fn next(&mut self) -> std::io::Result<Option<Next>>;
    /// How much of it has been read, from 0 to 1.
    fn share(&mut self) -> f64;
}

/// A file that is read and converted in this process: one of our own making.
pub struct Here<R: Read> {
    features: Features<R>,
    options: Options,
    size: u64,
}

impl<R: Read> Here<R> {
    /// Reads a stream of so many bytes.
    pub fn new(stream: R, size: u64, options: Options) -> Self {
        Self {
            features: Features::new(stream),
            options,
            size,
        }
    }
}

impl<R: Read> Source for Here<R> {
    fn next(&mut self) -> std::io::Result<Option<Next>> {
        Ok(self.features.next().map(|next| match next {
            Err(error) => Next::Stopped(error.to_string()),
            Ok(raw) => match import::convert(&raw, &self.options) {
                Ok(converted) => Next::Feature(Box::new(converted)),
                Err(reason) => Next::NotTaken(reason),
            },
        }))
    }

    fn share(&mut self) -> f64 {
        self.features.bytes_read() as f64 / self.size.max(1) as f64
    }
}

/// What a worker has written down, line by line.
#[derive(Debug)]
pub struct Written {
    lines: BufReader<File>,
    size: u64,
    read: u64,
}

impl Written {
    /// From its beginning.
    pub fn new(mut file: File) -> std::io::Result<Self> {
        file.rewind()?;
        Ok(Self {
            size: file.metadata()?.len(),
            lines: BufReader::with_capacity(1 << 16, file),
            read: 0,
        })
    }

    /// Whether the worker came to the end of the file: its last line says so.
    pub fn is_whole(file: &mut File) -> std::io::Result<bool> {
        let end = line(&Next::End)?;
        if file.metadata()?.len() < end.len() as u64 {
            return Ok(false);
        }
        file.seek(std::io::SeekFrom::End(-(end.len() as i64)))?;
        let mut last = Vec::with_capacity(end.len());
        file.read_to_end(&mut last)?;
        Ok(last == end)
    }
}

impl Source for Written {
    fn next(&mut self) -> std::io::Result<Option<Next>> {
        let mut text = Vec::new();
        let mut lines = self.lines.by_ref().take(LONGEST_LINE);
        self.read += lines.read_until(b'\n', &mut text)? as u64;
        match serde_json::from_slice(&text)? {
            Next::End => Ok(None),
            next => Ok(Some(next)),
        }
    }

    fn share(&mut self) -> f64 {
        self.read as f64 / self.size.max(1) as f64
    }
}

/// One line of a worker.
pub fn line(next: &Next) -> std::io::Result<Vec<u8>> {
    let mut text = serde_json::to_vec(next)?;
    text.push(b'\n');
    Ok(text)
}

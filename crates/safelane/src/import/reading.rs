//! Features on their way from a file to the ledger: as they are read here, or as a worker has written
//! them down.

use std::fs::File;
use std::io::{BufRead as _, BufReader, Error, ErrorKind, Read, Result, Seek as _, Write};

use safelane_exchange::cut::Features;
use safelane_exchange::import::{self, FeatureReport, Options};
use safelane_ledger::RecordId;
use serde::{Deserialize, Serialize};

/// Bytes of one line of a worker: a body of 2 MiB, each of its bytes escaped.
const LONGEST_LINE: u64 = 16 * 1024 * 1024;

/// What comes next out of a file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Next {
    /// A feature that became a body.
    Feature(Box<Feature>),
    /// A feature that cannot be taken, and why.
    NotTaken(String),
    /// The list of features breaks off here; those before it are whole.
    Stopped(String),
    /// The end of the file was reached, and all of it is written down.
    End,
}

/// A feature that became a body.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Feature {
    /// Its record.
    pub record: RecordId,
    /// What the report is to say.
    pub line: FeatureReport,
    /// The body without salt, as JSON: a line of its own behind the rest, so that it is read once, where
    /// it gets its salt.
    #[serde(skip)]
    pub body: Vec<u8>,
}

impl Next {
    /// What becomes of the next feature of a stream; nothing after its end.
    pub fn of<R: Read>(features: &mut Features<R>, options: &Options) -> Result<Option<Self>> {
        Ok(match features.next() {
            None => None,
            Some(Err(error)) => Some(Self::Stopped(error.to_string())),
            Some(Ok(raw)) => Some(match import::convert(&raw, options) {
                Ok(converted) => Self::Feature(Box::new(Feature {
                    record: converted.record,
                    line: converted.line(),
                    body: serde_json::to_vec(&converted.body)?,
                })),
                Err(reason) => Self::NotTaken(reason),
            }),
        })
    }

    /// Writes it down, for [`Written`] to read.
    pub fn write(&self, to: &mut impl Write) -> Result<()> {
        serde_json::to_writer(&mut *to, self)?;
        to.write_all(b"\n")?;
        if let Self::Feature(feature) = self {
            // No line ends in it: JSON escapes those of its texts.
            to.write_all(&feature.body)?;
            to.write_all(b"\n")?;
        }
        Ok(())
    }
}

/// Features in the order of their file, and how far along it they are (of 1).
pub trait Source {
    /// What comes next; nothing after the end.
    fn next(&mut self) -> Result<Option<Next>>;
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
    fn next(&mut self) -> Result<Option<Next>> {
        Next::of(&mut self.features, &self.options)
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
    pub fn new(mut file: File) -> Result<Self> {
        file.rewind()?;
        Ok(Self {
            size: file.metadata()?.len(),
            lines: BufReader::with_capacity(1 << 16, file),
            read: 0,
        })
    }

    /// Whether the worker came to the end of the file: its last line says so.
    pub fn is_whole(file: &mut File) -> Result<bool> {
        let mut end = Vec::new();
        Next::End.write(&mut end)?;
        if file.metadata()?.len() < end.len() as u64 {
            return Ok(false);
        }
        file.seek(std::io::SeekFrom::End(-(end.len() as i64)))?;
        let mut last = Vec::with_capacity(end.len());
        file.read_to_end(&mut last)?;
        Ok(last == end)
    }

    /// One line, without its end.
    fn line(&mut self) -> Result<Vec<u8>> {
        let mut text = Vec::new();
        let mut lines = self.lines.by_ref().take(LONGEST_LINE);
        self.read += lines.read_until(b'\n', &mut text)? as u64;
        match text.pop() {
            Some(b'\n') => Ok(text),
            _ => Err(Error::new(ErrorKind::InvalidData, "a line without an end")),
        }
    }
}

impl Source for Written {
    fn next(&mut self) -> Result<Option<Next>> {
        match serde_json::from_slice(&self.line()?)? {
            Next::End => Ok(None),
            Next::Feature(mut feature) => {
                feature.body = self.line()?;
                Ok(Some(Next::Feature(feature)))
            }
            next => Ok(Some(next)),
        }
    }

    fn share(&mut self) -> f64 {
        self.read as f64 / self.size.max(1) as f64
    }
}

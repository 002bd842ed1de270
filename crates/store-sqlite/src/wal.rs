//! The write-ahead log that a killed server leaves beside the database.
//!
//! SQLite reads it up to the first frame whose checksum does not hold and takes that for its end. That
//! is right after a power cut, and it would also drop, without a word, everything behind a byte that
//! changed. So verification looks further: frames of the same log behind the break are told.

use std::fs::{self, File};
use std::io::ErrorKind;
use std::path::Path;

use safelane_store::{StoreError, StoreResult};

const HEADER: usize = 32;
const FRAME_HEADER: usize = 24;
/// The first four bytes, but for the last bit, which says in which order the checksum reads words.
const MAGIC: u32 = 0x377f_0682;

/// Frames (or bytes, where not even its beginning holds) behind the place where the log breaks off; none for a whole log, and for one in use.
pub fn behind_a_break(data: &Path) -> StoreResult<Option<usize>> {
    if is_in_use(data) {
        return Ok(None);
    }
    let path = data.join("safelane.db-wal");
    match fs::read(&path) {
        Ok(bytes) => Ok(frames_behind_a_break(&bytes)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(source) => Err(StoreError::File {
            doing: "reading",
            path,
            source,
        }),
    }
}

/// Whether somebody has the folder's lock, and may be writing to the log at this moment.
fn is_in_use(data: &Path) -> bool {
    File::open(data.join("lock")).is_ok_and(|lock| lock.try_lock_shared().is_err())
}

fn frames_behind_a_break(log: &[u8]) -> Option<usize> {
    let header = log.get(..HEADER)?;
    let big_endian = match word(header, 0) ^ MAGIC {
        0 => false,
        1 => true,
        // Without its beginning nothing of it is read.
        _ => return Some(log.len() - HEADER).filter(|behind| *behind > 0),
    };
    let page = word(header, 8) as usize;
    let salts = &header[16..24];
    let mut sum = checksum((0, 0), &header[..24], big_endian);
    let mut sound = sum == (word(header, 24), word(header, 28)) && page.is_power_of_two();
    if !sound {
        return Some(log.len() - HEADER).filter(|behind| *behind > 0);
    }
    let mut behind = 0;
    for frame in log[HEADER..].chunks_exact(FRAME_HEADER + page) {
        let of_this_log = &frame[8..16] == salts;
        if sound {
            sum = checksum(sum, &frame[..8], big_endian);
            sum = checksum(sum, &frame[FRAME_HEADER..], big_endian);
            sound = of_this_log && sum == (word(frame, 16), word(frame, 20));
        } else if of_this_log {
            // What an earlier log left behind has other salts.
            behind += 1;
        }
    }
    Some(behind).filter(|behind| *behind > 0)
}

fn word(bytes: &[u8], at: usize) -> u32 {
    bytes[at..at + 4]
        .iter()
        .fold(0, |word, byte| word << 8 | u32::from(*byte))
}

/// The checksum of the file format, going on from an earlier one.
fn checksum((mut one, mut two): (u32, u32), bytes: &[u8], big_endian: bool) -> (u32, u32) {
    for pair in bytes.chunks_exact(8) {
        let read = |at| {
            let word = word(pair, at);
            if big_endian { word } else { word.swap_bytes() }
        };
        one = one.wrapping_add(read(0)).wrapping_add(two);
        two = two.wrapping_add(read(4)).wrapping_add(one);
    }
    (one, two)
}

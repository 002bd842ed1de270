//! Disks that are full, read-only, or fail to sync: a clear word, no confirmation, nothing broken.

use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use safelane_wire::problem::Code;

use crate::chance::Chance;
use crate::hub::{Binary, Folder, Running, copy_folder, import_of, text};
use crate::kill::features;
use crate::people::{Device, Sent, Shared, look};
use crate::proof::{self, Read};

/// Bytes of the small disk, as `mount` takes them.
const SIZE: &str = "size=10m";
/// Taken from it until room is needed.
const BALLAST: usize = 2 * 1024 * 1024;

/// A small disk in memory, gone when dropped.
struct SmallDisk {
    at: PathBuf,
    beside: Folder,
}

impl SmallDisk {
    /// None where it cannot be mounted: that takes root.
    fn mount(name: &str) -> Result<Option<Self>> {
        let folder = Folder::new(name)?;
        let at = folder.join("disk");
        std::fs::create_dir_all(&at)?;
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", SIZE, "tmpfs", text(&at)])
            .stderr(Stdio::null())
            .status();
        Ok(mounted
            .is_ok_and(|status| status.success())
            .then_some(Self { at, beside: folder }))
    }

    fn remount(&self, how: &str) -> Result<()> {
        let done = Command::new("mount")
            .args(["-o", &format!("remount,{how}"), text(&self.at)])
            .status()?;
        ensure!(done.success(), "the disk could not be made {how}");
        Ok(())
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(&self.at).status();
    }
}

/// A hub with one person in the field and one who reads.
struct Office {
    data: PathBuf,
    journal: Shared,
    field: Device,
    reader: Device,
}

impl Office {
    fn found(binary: &Binary, data: PathBuf, mut chance: Chance) -> Result<(Self, Running)> {
        let journal = Shared::default();
        let server = binary.serve(&data)?.listening()?;
        let at = (binary, data.as_path(), server.address.as_str());
        Device::enrol(at, ("ash", "administrator"), &journal, chance.part())?;
        let reader = Device::enrol(at, ("cora", "coordinator"), &journal, chance.part())?;
        let mut field = Device::enrol(at, ("fern", "field"), &journal, chance.part())?;
        for _ in 0..20 {
            field.find_an_item(true);
        }
        confirmed(&field.send()?)?;
        Ok((
            Self {
                data,
                journal,
                field,
                reader,
            },
            server,
        ))
    }

    /// Where the server answers now.
    fn moved(&mut self, server: &Running) {
        self.field.client.moved(&server.address);
        self.reader.client.moved(&server.address);
    }

    /// Up again: what waited goes, all that was confirmed is there, `verify` finds nothing.
    fn proves_whole(mut self, binary: &Binary, server: Running) -> Result<()> {
        confirmed(&self.field.send()?)?;
        server.kill()?;
        let server = binary.serve(&self.data)?.listening()?;
        self.moved(&server);
        confirmed(&self.field.send()?)?;
        proof::log_holds(&mut self.reader.client, &self.journal, Read::NOTHING)?;
        proof::photos_hold(&mut self.reader.client, &self.journal)?;
        server.stop()?;
        proof::verifies(binary, &self.data)?;
        // A rebuild needs room of its own, which a small disk has not.
        let beside = Folder::new("whole")?;
        let copy = beside.join("data");
        copy_folder(&self.data, &copy)?;
        proof::equals_a_rebuild(binary, &copy)
    }
}

fn confirmed(sent: &Sent) -> Result<()> {
    ensure!(
        matches!(sent, Sent::Confirmed),
        "a hub with room takes everything: {sent:?}"
    );
    Ok(())
}

/// Sends until the hub refuses; gives how.
fn until_refused(field: &mut Device, photos: bool) -> Result<Code> {
    for _ in 0..2_000 {
        for _ in 0..20 {
            field.find_an_item(photos);
        }
        match field.send()? {
            Sent::Confirmed => {}
            Sent::Problem(problem) => return Ok(problem.code),
            Sent::Cut => bail!("no answer came"),
        }
    }
    bail!("the disk did not become full")
}

/// A full disk, met by revisions and by photos; then there is room again, with the server running.
pub fn full(binary: &Binary, mut chance: Chance) -> Result<String> {
    let mut rounds = 0;
    for photos in [false, true] {
        let Some(disk) = SmallDisk::mount("full")? else {
            return Ok("SKIPPED: a small disk can be mounted by root alone".into());
        };
        let ballast = disk.at.join("ballast");
        std::fs::write(&ballast, vec![1; BALLAST])?;
        let (mut office, mut server) = Office::found(binary, disk.at.join("data"), chance.part())?;
        let code = until_refused(&mut office.field, photos)?;
        ensure!(
            code == Code::StorageFull,
            "a full disk is answered {code:?}"
        );
        // It goes on refusing, and reading goes on.
        for _ in 0..3 {
            match office.field.send()? {
                Sent::Problem(problem) if problem.code == Code::StorageFull => {}
                other => bail!(
                    "a disk that is still full is answered {other:?}: {}",
                    server.complaints().join("\n")
                ),
            }
        }
        proof::log_holds(&mut office.reader.client, &office.journal, Read::NOTHING)?;
        let data = text(&office.data).to_owned();
        let file = too_much(&disk)?;
        let said = binary.fails(&import_of(&file, &office.data))?;
        ensure!(
            said.contains("disk is full"),
            "an import onto a full disk: {said}"
        );
        let copy = disk.at.join("copy");
        let said = binary.fails(&["backup", "--data", &data, "--to", text(&copy)])?;
        ensure!(
            said.contains("full") || said.contains("space"),
            "a backup onto a full disk: {said}"
        );
        std::fs::remove_dir_all(&copy)?;
        std::fs::remove_file(&ballast)?;
        confirmed(&office.field.send()?).context("there is room again")?;
        office.proves_whole(binary, server)?;
        rounds += 1;
    }
    Ok(format!(
        "{rounds} disks filled; refused as storage-full, up again with room, nothing lost"
    ))
}

/// An import that does not fit, in a file beside the disk.
fn too_much(disk: &SmallDisk) -> Result<PathBuf> {
    let file = disk.beside.join("import.geojson");
    std::fs::write(&file, features(9, 700))?;
    Ok(file)
}

/// A folder that takes no writing: one clear line, and nothing changed.
pub fn read_only(binary: &Binary, chance: Chance) -> Result<String> {
    let Some(disk) = SmallDisk::mount("read-only")? else {
        return Ok("SKIPPED: a small disk can be mounted by root alone".into());
    };
    let (office, server) = Office::found(binary, disk.at.join("data"), chance)?;
    server.stop()?;
    let data = text(&office.data).to_owned();
    disk.remount("ro")?;
    let mut said = Vec::new();
    for command in [
        &["serve", "--listen", "127.0.0.1:0"][..],
        &["rebuild"],
        &["user", "add", "gale", "--role", "viewer"],
        &["import", "Cargo.toml", "--kind", "hazardous-area"],
    ] {
        let line = binary.fails(&[command, &["--data", &data]].concat())?;
        ensure!(line.contains("cannot be written"), "{command:?}: {line}");
        said.push(line);
    }
    // Reading does not need to write.
    proof::verifies(binary, &office.data).context("verify on a read-only disk")?;
    disk.remount("rw")?;
    let server = binary.serve(&office.data)?.listening()?;
    let mut office = office;
    office.moved(&server);
    office.proves_whole(binary, server)?;
    Ok(format!(
        "{} commands refused in one line each, verify reads, up again",
        said.len()
    ))
}

/// What can fail, by libfiu's names, and the error: EIO. These are the calls that SQLite, as it is
/// built here, and we make; one that nobody makes would prove nothing.
const CALLS: [&str; 2] = ["posix/io/sync/fsync", "posix/io/rw/pwrite"];
const EIO: u32 = 5;

/// A sync that fails, a write that fails: the hub confirms nothing more, says so, and ends; the next
/// start finds all that was confirmed.
pub fn failing(binary: &Binary, mut chance: Chance) -> Result<String> {
    let there = Command::new("fiu-run")
        .arg("-h")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    if there.is_err() {
        return Ok(
            "SKIPPED: Debian's fiu-utils is not here; `cargo xtask setup` installs it".into(),
        );
    }
    let folder = Folder::new("failing")?;
    let under = binary.under(&["fiu-run", "-x"]);
    let mut ended = 0;
    for (number, call) in CALLS.iter().enumerate() {
        let data = folder.join(&format!("data-{number}"));
        let (mut office, server) = Office::found(binary, data.clone(), chance.part())?;
        server.stop()?;
        let mut server = under.serve(&data)?.listening()?;
        office.moved(&server);
        confirmed(&office.field.send()?)?;
        let before = look(&office.journal).revisions.len();
        enable(server.pid(), &format!("enable name={call},failinfo={EIO}"))?;
        let mut refused = 0;
        for _ in 0..50 {
            office.field.find_an_item(true);
            match office.field.send()? {
                Sent::Confirmed => {}
                Sent::Problem(problem) => {
                    let code = problem.code;
                    ensure!(
                        code == Code::StorageFailed
                            || code == Code::NotYet
                            || code == Code::Internal,
                        "{call}: answered {problem:?}"
                    );
                    refused += 1;
                }
                Sent::Cut => break,
            }
        }
        let after = look(&office.journal).revisions.len();
        let status = server.ended(Duration::from_secs(20))?;
        let said = server.complaints().join("\n");
        let lines = said
            .lines()
            .filter(|line| line.starts_with("safelane: "))
            .count();
        match status {
            Some(status) if status.code() == Some(1) && lines == 1 => ended += 1,
            other => bail!(
                "{call}: after {refused} refusals and {} more confirmed the server ended as {other:?} and said: {said}",
                after - before
            ),
        }
        ensure!(
            after == before,
            "{call}: {} revisions were confirmed on a disk that fails",
            after - before
        );
        let server = binary.serve(&data)?.listening()?;
        office.moved(&server);
        office
            .proves_whole(binary, server)
            .with_context(|| (*call).to_owned())?;
    }
    Ok(format!(
        "{ended} failing calls ({}): nothing confirmed, the server ended in one line, nothing lost",
        CALLS.join(", ")
    ))
}

/// Switches a failure on in a running process.
fn enable(pid: u32, what: &str) -> Result<()> {
    let done = Command::new("fiu-ctrl")
        .args(["-c", what, &pid.to_string()])
        .output()?;
    ensure!(
        done.status.success(),
        "fiu-ctrl: {}",
        String::from_utf8_lossy(&done.stderr)
    );
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_waits_is_no_confirmation() {
        assert!(confirmed(&Sent::Cut).is_err());
        assert!(confirmed(&Sent::Confirmed).is_ok());
    }
}

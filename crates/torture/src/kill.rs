//! `kill -9` at random moments, while devices push, photos go up, people approve, files are imported,
//! backups are taken and everything is rebuilt.

use std::fmt;
use std::path::{Path, PathBuf};
use std::process::Child;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};

use crate::chance::Chance;
use crate::hub::{Binary, Folder, Running, import_of, text};
use crate::people::{Device, Sent, Shared, look};
use crate::proof::{self, Read};

/// Kills of one programme; then another begins, so that starts stay short.
const OF_ONE_PROGRAMME: u64 = 50;
/// Features of the largest imported file: two transactions.
const FEATURES: u64 = 700;
/// Writers in the field.
const WRITERS: u64 = 3;

/// What was done and found.
#[derive(Clone, Copy, Debug, Default)]
pub struct Tally {
    /// Kills of a server, and of a command beside it.
    pub kills: u64,
    /// Of these, kills of a server before it listened.
    pub in_start: u64,
    /// Kills of a rebuild.
    pub in_rebuild: u64,
    /// Kills while a file was imported.
    pub in_import: u64,
    /// Kills while a backup was taken.
    pub in_backup: u64,
    /// Confirmed revisions, all found again.
    pub revisions: u64,
    /// Confirmed photos, all found again.
    pub photos: u64,
    /// Imports that were confirmed, all found again.
    pub imports: u64,
    /// Backups that were confirmed, all restored and verified.
    pub backups: u64,
    /// Revisions whose first answer was lost, taken once.
    pub repeated: u64,
}

impl Tally {
    fn add(&mut self, other: Self) {
        self.kills += other.kills;
        self.in_start += other.in_start;
        self.in_rebuild += other.in_rebuild;
        self.in_import += other.in_import;
        self.in_backup += other.in_backup;
        self.revisions += other.revisions;
        self.photos += other.photos;
        self.imports += other.imports;
        self.backups += other.backups;
        self.repeated += other.repeated;
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} kills ({} in a start, {} in a rebuild, {} beside an import, {} beside a backup); \
             nothing lost of {} revisions ({} of them sent again), {} photos, {} imports, {} backups",
            self.kills,
            self.in_start,
            self.in_rebuild,
            self.in_import,
            self.in_backup,
            self.revisions,
            self.repeated,
            self.photos,
            self.imports,
            self.backups,
        )
    }
}

/// Kills that many times, or until the time is over, in two programmes side by side.
pub fn torture(
    binary: &Binary,
    kills: u64,
    until: Option<Instant>,
    mut chance: Chance,
) -> Result<Tally> {
    let left = Arc::new(Mutex::new(kills));
    let total = Arc::new(Mutex::new(Tally::default()));
    let lanes: Vec<_> = (0..2_u32)
        .map(|lane| {
            let (binary, chance) = (binary.clone(), chance.part());
            let (left, total) = (Arc::clone(&left), Arc::clone(&total));
            std::thread::spawn(move || kill_in_lane(lane, &binary, until, chance, &left, &total))
        })
        .collect();
    for lane in lanes {
        lane.join()
            .map_err(|_| anyhow::anyhow!("a thread panicked"))??;
    }
    Ok(*look(&total))
}

/// Programme after programme until no kills are left; what each found is added to the total, which is
/// said at once: ten thousand kills take hours, and who ends them early knows what was proven.
fn kill_in_lane(
    lane: u32,
    binary: &Binary,
    until: Option<Instant>,
    mut chance: Chance,
    left: &Mutex<u64>,
    total: &Mutex<Tally>,
) -> Result<()> {
    for number in 0_u32.. {
        let share = take(left, until);
        if share == 0 {
            break;
        }
        let folder = Folder::new(&format!("kill-{lane}-{number}"))?;
        let done = Programme::found(binary, folder.join("data"), chance.part())
            .and_then(|programme| programme.torture(share, until));
        match done {
            Ok(done) => {
                let mut total = look(total);
                total.add(done);
                eprintln!("torture: kill: so far {total}");
            }
            Err(fault) => {
                let kept = folder.keep();
                return Err(fault.context(format!("the folder is kept: {}", kept.display())));
            }
        }
    }
    Ok(())
}

/// Takes a share of the kills that are left.
fn take(left: &Mutex<u64>, until: Option<Instant>) -> u64 {
    if until.is_some_and(|until| Instant::now() > until) {
        return 0;
    }
    let mut left = look(left);
    // Two lanes share the last ones.
    let share = OF_ONE_PROGRAMME.min(left.div_ceil(2)).min(*left);
    *left -= share;
    share
}

/// One programme on one folder, killed again and again.
struct Programme<'a> {
    binary: &'a Binary,
    data: PathBuf,
    journal: Shared,
    field: Vec<Device>,
    coordinator: Device,
    read: Read,
    chance: Chance,
    tally: Tally,
    /// Files whose import was confirmed, and their features.
    imported: Vec<(PathBuf, u64)>,
    /// Folders whose backup was confirmed.
    copies: Vec<PathBuf>,
    files: u64,
}

impl<'a> Programme<'a> {
    fn found(binary: &'a Binary, data: PathBuf, mut chance: Chance) -> Result<Self> {
        let journal = Shared::default();
        let server = binary.serve(&data)?.listening()?;
        let at = (binary, data.as_path(), server.address.as_str());
        Device::enrol(at, ("ash", "administrator"), &journal, chance.part())?;
        let coordinator = Device::enrol(at, ("cora", "coordinator"), &journal, chance.part())?;
        let field = (0..WRITERS)
            .map(|n| Device::enrol(at, (&format!("fern{n}"), "field"), &journal, chance.part()))
            .collect::<Result<_>>()?;
        server.kill()?;
        Ok(Self {
            binary,
            data,
            journal,
            field,
            coordinator,
            read: Read::NOTHING,
            chance,
            tally: Tally::default(),
            imported: Vec::new(),
            copies: Vec::new(),
            files: 0,
        })
    }

    /// Serves it; every device knows where.
    fn served(&mut self) -> Result<Running> {
        let server = self.binary.serve(&self.data)?.listening()?;
        for device in self.field.iter_mut().chain([&mut self.coordinator]) {
            device.client.moved(&server.address);
        }
        Ok(server)
    }

    fn torture(mut self, kills: u64, until: Option<Instant>) -> Result<Tally> {
        while self.tally.kills < kills && until.is_none_or(|until| Instant::now() < until) {
            match self.chance.between(0, 100) {
                0..10 => self.kill_a_start()?,
                10..20 => self.kill_a_rebuild()?,
                _ => self.kill_at_work()?,
            }
        }
        self.end()
    }

    /// From 20 to 500 ms.
    fn moment(&mut self) -> Duration {
        Duration::from_millis(self.chance.between(20, 500))
    }

    fn kill_a_start(&mut self) -> Result<()> {
        let starting = self.binary.serve(&self.data)?;
        std::thread::sleep(self.moment());
        starting.kill()?;
        self.tally.kills += 1;
        self.tally.in_start += 1;
        Ok(())
    }

    fn kill_a_rebuild(&mut self) -> Result<()> {
        let data = text(&self.data).to_owned();
        let mut rebuild = self.binary.start(&["rebuild", "--data", &data])?;
        std::thread::sleep(self.moment());
        if rebuild.try_wait()?.is_none() {
            self.tally.kills += 1;
            self.tally.in_rebuild += 1;
        }
        kill(rebuild)
    }

    /// A server at work: after its start all is there; then it works and is killed.
    fn kill_at_work(&mut self) -> Result<()> {
        let server = self.served()?;
        self.read = proof::log_holds(&mut self.coordinator.client, &self.journal, self.read)?;
        let beside = self.beside()?;
        let moment = self.moment();
        self.work(server, moment)?;
        self.tally.kills += 1;
        match beside {
            Beside::Nothing => Ok(()),
            Beside::Import(child, file, count) => {
                let output = child.wait_with_output()?;
                if output.status.success() {
                    self.imported.push((file, count));
                } else {
                    self.tally.in_import += 1;
                    one_line(&output)?;
                }
                Ok(())
            }
            Beside::Backup(child, to, killed_too) => {
                self.tally.in_backup += 1;
                if killed_too {
                    self.tally.kills += 1;
                    return kill(child);
                }
                // It reads beside the server, and goes on when that is gone.
                let output = child.wait_with_output()?;
                ensure!(
                    output.status.success(),
                    "a backup failed: {}",
                    String::from_utf8_lossy(&output.stderr)
                );
                self.copies.push(to);
                Ok(())
            }
        }
    }

    /// A command beside the server, sometimes.
    fn beside(&mut self) -> Result<Beside> {
        self.files += 1;
        let data = text(&self.data).to_owned();
        let near = |name: String| self.data.with_file_name(name);
        if self.chance.percent(25) {
            let file = near(format!("import-{}.geojson", self.files));
            let count = self.chance.between(10, FEATURES);
            std::fs::write(&file, features(self.files, count))?;
            let import = self.binary.start(&import_of(&file, &self.data))?;
            return Ok(Beside::Import(import, file, count));
        }
        if self.chance.percent(15) {
            let to = near(format!("copy-{}", self.files));
            let child = self
                .binary
                .start(&["backup", "--data", &data, "--to", text(&to)])?;
            return Ok(Beside::Backup(child, to, self.chance.percent(50)));
        }
        Ok(Beside::Nothing)
    }

    /// All devices write until the server is killed.
    fn work(&mut self, server: Running, moment: Duration) -> Result<()> {
        let over = AtomicBool::new(false);
        std::thread::scope(|scope| {
            let coordinator = &mut self.coordinator;
            let over = &over;
            let mut hands = vec![scope.spawn(move || judge(coordinator, over))];
            for device in &mut self.field {
                hands.push(scope.spawn(move || write(device, over)));
            }
            std::thread::sleep(moment);
            let killed = server.kill();
            over.store(true, Ordering::SeqCst);
            for hand in hands {
                hand.join()
                    .map_err(|_| anyhow::anyhow!("a thread panicked"))??;
            }
            killed
        })
    }

    /// Nothing confirmed is gone, nothing derived is wrong, every backup comes back.
    fn end(mut self) -> Result<Tally> {
        let server = self.served()?;
        for device in self.field.iter_mut().chain([&mut self.coordinator]) {
            // What was never confirmed is offered again, as a device does.
            let sent = device.send()?;
            ensure!(
                matches!(sent, Sent::Confirmed),
                "what waits does not go: {sent:?}"
            );
        }
        let reader = &mut self.coordinator.client;
        proof::log_holds(reader, &self.journal, Read::NOTHING)?;
        let photos = proof::photos_hold(reader, &self.journal)?;
        server.stop()?;
        for (file, count) in &self.imported {
            let again = import_of(file, &self.data);
            let said = self.binary.succeeds(&again)?;
            ensure!(
                said.contains(&format!(" {count} already there")),
                "a confirmed import: {said}"
            );
        }
        proof::verifies(self.binary, &self.data)?;
        proof::equals_a_rebuild(self.binary, &self.data)?;
        proof::verifies(self.binary, &self.data)?;
        for copy in &self.copies {
            let back = copy.with_extension("back");
            self.binary
                .succeeds(&["restore", "--from", text(copy), "--data", text(&back)])?;
            proof::verifies(self.binary, &back)?;
        }
        let journal = look(&self.journal);
        self.tally.revisions = journal.revisions.len() as u64;
        self.tally.repeated = journal.repeated;
        self.tally.photos = photos as u64;
        self.tally.imports = self.imported.len() as u64;
        self.tally.backups = self.copies.len() as u64;
        Ok(self.tally)
    }
}

enum Beside {
    Nothing,
    Import(Child, PathBuf, u64),
    /// With its folder, and whether it is killed too.
    Backup(Child, PathBuf, bool),
}

fn kill(mut child: Child) -> Result<()> {
    // It may have ended by itself meanwhile.
    let _ = child.kill();
    child.wait().context("a killed command")?;
    Ok(())
}

/// A command that could not be done says so in one line.
fn one_line(output: &std::process::Output) -> Result<()> {
    let said = String::from_utf8_lossy(&output.stderr);
    let lines = said
        .lines()
        .filter(|line| line.starts_with("safelane: "))
        .count();
    ensure!(lines == 1, "a command beside a killed server said: {said}");
    Ok(())
}

fn write(device: &mut Device, over: &AtomicBool) -> Result<()> {
    while !over.load(Ordering::SeqCst) {
        if device.outbox.is_empty() {
            for _ in 0..3 {
                device.find_an_item(true);
            }
        }
        expect_no_problem(&device.send()?)?;
    }
    Ok(())
}

fn judge(device: &mut Device, over: &AtomicBool) -> Result<()> {
    while !over.load(Ordering::SeqCst) {
        device.approve_one();
        if device.outbox.is_empty() {
            std::thread::sleep(Duration::from_millis(5));
        }
        expect_no_problem(&device.send()?)?;
    }
    Ok(())
}

/// A server that is killed gives whole answers or none.
fn expect_no_problem(sent: &Sent) -> Result<()> {
    if let Sent::Cut = sent {
        std::thread::sleep(Duration::from_millis(2));
    }
    ensure!(!matches!(sent, Sent::Problem(_)), "{sent:?}");
    Ok(())
}

/// Squares that do not touch each other.
pub fn features(file: u64, count: u64) -> String {
    let feature = |n: u64| {
        let west = 15.0 + 0.001 * n as f64;
        let south = 40.0 + 0.001 * file as f64;
        let (east, north) = (west + 0.0005, south + 0.0005);
        serde_json::json!({
            "type": "Feature",
            "properties": { "id": format!("{file}-{n}") },
            "geometry": { "type": "Polygon", "coordinates": [[[west, south], [east, south], [east, north], [west, north], [west, south]]] },
        })
    };
    let features: Vec<_> = (0..count).map(feature).collect();
    serde_json::json!({ "type": "FeatureCollection", "features": features }).to_string()
}

/// Backups that are taken one after the other while all devices write; each was confirmed. What a
/// receipt confirmed before a backup began is in it.
pub fn copies_while_writing(binary: &Binary, data: &Path, chance: Chance) -> Result<Vec<PathBuf>> {
    let mut programme = Programme::found(binary, data.to_owned(), chance)?;
    let server = programme.served()?;
    let over = AtomicBool::new(false);
    let journal = Arc::clone(&programme.journal);
    let copies = std::thread::scope(|scope| -> Result<Vec<PathBuf>> {
        let (coordinator, over) = (&mut programme.coordinator, &over);
        let mut hands = vec![scope.spawn(move || judge(coordinator, over))];
        for device in &mut programme.field {
            hands.push(scope.spawn(move || write(device, over)));
        }
        let mut copies = Vec::new();
        let mut taken = Ok(());
        for number in 0..3 {
            std::thread::sleep(Duration::from_millis(300));
            let copy = data.with_file_name(format!("copy-{number}"));
            let least = look(&journal).point.map_or(0, |point| point.size);
            taken = take_copy(binary, data, &copy, least);
            copies.push(copy);
            if taken.is_err() {
                break;
            }
        }
        over.store(true, Ordering::SeqCst);
        for hand in hands {
            hand.join()
                .map_err(|_| anyhow::anyhow!("a thread panicked"))??;
        }
        taken.map(|()| copies)
    })?;
    server.stop()?;
    Ok(copies)
}

/// One backup, which must hold at least that many leaves.
fn take_copy(binary: &Binary, data: &Path, to: &Path, least: u64) -> Result<()> {
    let said = binary.succeeds(&["backup", "--data", text(data), "--to", text(to)])?;
    let leaves = said
        .split(": ")
        .nth(1)
        .and_then(|rest| rest.split(' ').next());
    let leaves: u64 = leaves.context("a number of revisions")?.parse()?;
    ensure!(
        leaves >= least,
        "{least} were confirmed before, and the copy has {leaves}: {said}"
    );
    Ok(())
}

/// A served programme with records, judgements, photos and an import, for other tortures.
pub fn worked_for(binary: &Binary, data: &Path, items: usize, chance: Chance) -> Result<Running> {
    let mut programme = Programme::found(binary, data.to_owned(), chance)?;
    let server = programme.served()?;
    for device in &mut programme.field {
        for _ in 0..items {
            device.find_an_item(true);
        }
        ensure!(
            matches!(device.send()?, Sent::Confirmed),
            "a quiet hub takes everything"
        );
    }
    for _ in 0..items {
        programme.coordinator.approve_one();
    }
    ensure!(
        matches!(programme.coordinator.send()?, Sent::Confirmed),
        "a quiet hub takes everything"
    );
    let file = data.with_extension("geojson");
    std::fs::write(&file, features(1, 40))?;
    binary.succeeds(&import_of(&file, data))?;
    Ok(server)
}

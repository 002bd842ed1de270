//! A disk that gives other bytes back than were written: the server writes nothing more and ends.

use std::path::Path;

use crate::hub::{Folder, Hub, fails};

/// Bytes of the database's first page, by which it is recognised.
const HEADER: usize = 4_096;

/// Overwrites a database under the server that has it open.
fn damage(data: &Path) {
    for (name, keep) in [("safelane.db", HEADER), ("safelane.db-wal", 0)] {
        let path = data.join(name);
        let mut bytes = std::fs::read(&path).expect("a file");
        let keep = keep.min(bytes.len());
        bytes[keep..].fill(0xff);
        // In place: the server goes on reading this very file.
        let file = std::fs::OpenOptions::new().write(true).open(&path);
        std::io::Write::write_all(&mut file.expect("a file"), &bytes).expect("it is written");
    }
}

#[test]
fn a_server_whose_disk_fails_ends_in_one_line() {
    let folder = Folder::new("failing-disk");
    for command in ["serve", "demo"] {
        let data = folder.path().join(command);
        // The second start reads from the disk what the first still had in memory.
        Hub::start(command, &data).stop();
        let hub = Hub::start(command, &data);
        damage(&data);
        let text = data.to_str().expect("text");
        // It writes, unless a task of the server has met the damage before.
        fails(&[
            "token", "create", "qgis", "--role", "viewer", "--data", text,
        ]);
        let (code, said) = hub.ends();
        assert_eq!(code, Some(1), "{command}: {said}");
        let lines: Vec<&str> = (said.lines())
            .filter(|line| line.starts_with("safelane: "))
            .collect();
        assert_eq!(lines.len(), 1, "{command}: {said}");
        assert!(lines[0].contains("the disk failed"), "{command}: {said}");
    }
}

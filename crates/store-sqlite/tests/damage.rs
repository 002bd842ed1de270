//! What damage, other processes and other versions meet.

use std::path::Path;
use std::sync::Arc;

use safelane_ledger::{Digest, HubId, Role, SigningKey, testkit};
use safelane_store::conformance::Office;
use safelane_store::conformance::office::{HAZARD, hazard};
use safelane_store::{Keeping as _, LedgerLog as _, Media as _, StoreError, Upload};
use safelane_store_sqlite::{Hub, SqliteStore, Temporary, identity, restore, temporary};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, Connection as _, SqliteConnection};

async fn filled() -> Temporary {
    let store = temporary(testkit::ledger(), &[7; 32]).await.unwrap();
    let office = Office::found(&*store).await;
    let mut ana = office.person("ana", &[Role::Field]).await;
    for n in 0..5 {
        let record = testkit::record(&format!("record {n}"));
        let one = ana.put(record, HAZARD, &[], &hazard(n * 1_000, 0));
        office.receive(&ana, &one).await;
    }
    let photo = Digest::of(b"photo");
    store.put_media(photo, 0, 5, b"photo").await.unwrap();
    store
}

/// Any program with the file can write to it; this is that program.
async fn outsider(folder: &Path) -> SqliteConnection {
    let options = SqliteConnectOptions::new().filename(folder.join("safelane.db"));
    SqliteConnection::connect_with(&options).await.unwrap()
}

async fn sql(conn: &mut SqliteConnection, text: &str) -> sqlx::Result<()> {
    sqlx::raw_sql(AssertSqlSafe(text.to_owned()))
        .execute(conn)
        .await
        .map(|_| ())
}

#[tokio::test]
async fn the_ledger_s_tables_refuse_changes() {
    let store = filled().await;
    let mut conn = outsider(store.folder()).await;
    for statement in [
        "delete from revision where k = 3",
        "update revision set seq = 9 where k = 3",
        "delete from leaf where n = 3",
        "update leaf set head = zeroblob(32)",
        "update body set bytes = x'00'",
        "delete from body",
        "insert into held values (1, 'fork', 0, '[]'); delete from held",
    ] {
        assert!(sql(&mut conn, statement).await.is_err(), "{statement}");
    }
    assert!(store.verify().await.unwrap().is_sound());
}

/// Each change is made behind the store's back, the guards lifted; each is found.
#[tokio::test]
async fn verification_finds_a_changed_byte_wherever_it_is() {
    let flip = |table: &str, column: &str, at: u32| {
        format!(
            "update {table} set {column} = cast(substr({column}, 1, {at} - 1) \
             || (case when substr({column}, {at}, 1) = x'31' then x'32' else x'31' end) \
             || substr({column}, {at} + 1) as blob) \
             where rowid = (select max(rowid) from {table})"
        )
    };
    let cases = [
        flip("revision", "bytes", 40),
        flip("revision", "signature", 5),
        flip("body", "bytes", 40),
        flip("leaf", "bytes", 40),
        flip("leaf", "head", 7),
        "update revision set seq = seq + 1 where k = 5".into(),
        "update leaf set record = zeroblob(16) where n = 5".into(),
        "delete from leaf where n = 5".into(),
        "delete from body where key = 5 * 4 + 1".into(),
        "update record set standing = 'official' where standing = 'reported'".into(),
        "delete from record_box".into(),
        "update grant_of set roles = '[\"approver\"]'".into(),
        "insert into name values ('made up', 0, 4)".into(),
    ];
    for case in cases {
        let store = filled().await;
        let mut conn = outsider(store.folder()).await;
        for trigger in [
            "revision_is_fixed",
            "body_is_fixed",
            "body_is_kept",
            "leaf_is_fixed",
            "leaf_is_kept",
        ] {
            sql(&mut conn, &format!("drop trigger {trigger}"))
                .await
                .unwrap();
        }
        assert!(store.verify().await.unwrap().is_sound());
        sql(&mut conn, &case).await.unwrap();

        let report = store.verify().await.unwrap();

        assert!(!report.is_sound(), "not found: {case}");
    }
}

/// A column's name that is no text, one that nobody knows, a table that is gone: one clear flaw each,
/// and nothing is read by such names.
#[tokio::test]
async fn verification_finds_a_changed_definition_before_it_reads_by_it() {
    for case in [
        "update sqlite_schema set sql = replace(sql, 'args', cast(x'61ff6773' as text)) \
         where name = 'finding'",
        "update sqlite_schema set sql = replace(sql, 'standing', 'standinq') where name = 'record'",
        "update sqlite_schema set sql = replace(sql, 'severity text', 'severity blob') \
         where name = 'finding'",
        "drop table value",
    ] {
        let store = filled().await;
        let folder = store.folder();
        let mut conn = outsider(folder).await;
        sql(&mut conn, "pragma writable_schema = on").await.unwrap();
        sql(&mut conn, case).await.unwrap();
        // The next who opens the file reads the definitions anew.
        conn.close().await.unwrap();
        let other = SqliteStore::open_reading(folder).await.unwrap();

        let report = other.verify().await.unwrap();

        assert_eq!(report.flaws.len(), 1, "{case}: {:?}", report.flaws);
        assert_eq!(report.flaws[0].place, "table", "{case}");
        assert_eq!(report.revisions, 0, "{case}");
    }
}

#[tokio::test]
async fn verification_finds_a_changed_photo() {
    let store = filled().await;
    let name = Digest::of(b"photo").to_string();
    let path = store
        .folder()
        .join("media")
        .join(&name[..2])
        .join(&name[2..]);
    std::fs::write(path, b"Photo").unwrap();

    let report = store.verify().await.unwrap();

    assert_eq!(report.flaws.len(), 1, "{:?}", report.flaws);
    assert_eq!(report.flaws[0].place, "media");
}

fn hub() -> Hub {
    let seed = [7; 32];
    Hub {
        ledger: testkit::ledger(),
        hub: HubId::new(uuid::Uuid::new_v5(&uuid::Uuid::NAMESPACE_OID, &seed)),
        key: Arc::new(SigningKey::from_seed(&seed)),
    }
}

#[tokio::test]
async fn a_second_server_is_refused_and_a_reader_is_not() {
    let store = filled().await;

    let second = SqliteStore::open(store.folder(), hub()).await;
    let reader = SqliteStore::open_reading(store.folder()).await.unwrap();

    let error = second.expect_err("two writers");
    assert!(matches!(error, StoreError::InUse { .. }), "{error:?}");
    let text = error.to_string();
    assert!(
        text.starts_with("another Safelane uses the data folder"),
        "{text}"
    );
    assert_eq!(reader.point().await.unwrap(), store.point().await.unwrap());
    assert!(reader.verify().await.unwrap().is_sound());
    assert!(matches!(reader.rebuild().await, Err(StoreError::Closed)));
}

#[tokio::test]
async fn a_store_opens_again_as_it_was_left() {
    let store = filled().await;
    let (point, rows) = (store.point().await.unwrap(), store.derived().await.unwrap());
    let backup = store.folder().join("copy");
    store.backup(&backup).await.unwrap();

    let again = SqliteStore::open(&backup, hub()).await.unwrap();

    assert_eq!(again.point().await.unwrap(), point);
    assert_eq!(again.derived().await.unwrap(), rows);
    // It goes on where it was: the hub's chain, numbers, rights.
    let office = Office::bare(&again);
    let mut dana = office.person("dana", &[Role::Field]).await;
    let one = dana.put(testkit::record("later"), HAZARD, &[], &hazard(0, 0));
    office.receive(&dana, &one).await;
    assert!(again.verify().await.unwrap().is_sound());
    let mut other = hub();
    other.ledger = uuid::Uuid::nil().into();
    again.close().await;
    drop(again);
    let foreign = SqliteStore::open(&backup, other).await;
    assert!(
        matches!(foreign, Err(StoreError::Foreign { .. })),
        "{foreign:?}"
    );
}

#[tokio::test]
async fn a_database_from_a_newer_program_is_left_alone() {
    let store = filled().await;
    let copy = store.folder().join("copy");
    store.backup(&copy).await.unwrap();
    let mut conn = outsider(&copy).await;
    sql(&mut conn, "pragma user_version = 99").await.unwrap();
    conn.close().await.unwrap();

    let opened = SqliteStore::open(&copy, hub()).await;

    let error = opened.expect_err("a newer database was opened");
    assert!(
        error.to_string().contains("made by a newer Safelane"),
        "{error}"
    );
    assert!(matches!(
        identity(&copy).await,
        Err(StoreError::Newer { .. })
    ));
}

#[tokio::test]
async fn a_backup_comes_back_with_every_file() {
    let store = filled().await;
    std::fs::write(store.folder().join("hub.key"), b"secret").unwrap();
    let (copy, back) = (store.folder().join("copy"), store.folder().join("back"));
    store.backup(&copy).await.unwrap();

    let report = restore(&copy, &back, [7; 16]).await.unwrap();

    assert!(report.verified.is_sound(), "{:?}", report.verified.flaws);
    assert_eq!(report.point, store.point().await.unwrap());
    assert_eq!(report.media, 1);
    assert_eq!(std::fs::read(back.join("hub.key")).unwrap(), b"secret");
    assert_eq!(store.copy(), None);
    let again = SqliteStore::open_reading(&back).await.unwrap();
    assert_eq!(again.copy(), Some("07".repeat(16)));
    let over = restore(&copy, &back, [7; 16]).await;
    assert!(matches!(over, Err(StoreError::Taken { .. })), "{over:?}");
}

#[tokio::test]
async fn a_damaged_backup_is_not_brought_back() {
    let store = filled().await;
    let (copy, back) = (store.folder().join("copy"), store.folder().join("back"));
    store.backup(&copy).await.unwrap();
    let name = Digest::of(b"photo").to_string();
    let photo = copy.join("media").join(&name[..2]).join(&name[2..]);
    std::fs::write(photo, b"Photo").unwrap();

    let refused = restore(&copy, &back, [7; 16]).await;

    assert!(
        matches!(refused, Err(StoreError::Corrupt { .. })),
        "{refused:?}"
    );
    assert!(!back.join("safelane.db").exists());
}

#[tokio::test]
async fn a_folder_that_cannot_be_written_is_named() {
    let store = filled().await;
    let file = store.folder().join("a-file");
    std::fs::write(&file, b"").unwrap();

    let opened = SqliteStore::open(&file.join("data"), hub()).await;

    let error = opened.expect_err("a store inside a file");
    assert!(matches!(error, StoreError::NotWritable { .. }), "{error:?}");
    assert!(error.to_string().contains("a-file"), "{error}");
}

/// A folder at rest is sealed: whatever changes in it afterwards is found, also where nothing else
/// could prove it.
#[tokio::test]
async fn a_byte_that_changes_in_a_folder_at_rest_is_found() {
    let store = filled().await;
    let copy = store.folder().join("copy");
    std::fs::write(store.folder().join("hub.key"), b"secret").unwrap();
    store.backup(&copy).await.unwrap();
    let sums = std::fs::read_to_string(copy.join("checksums")).unwrap();
    assert_eq!(sums.lines().count(), 3, "{sums}");
    let reader = SqliteStore::open_reading(&copy).await.unwrap();
    assert!(reader.verify().await.unwrap().is_sound());
    for name in ["safelane.db", "hub.key", "checksums"] {
        let path = copy.join(name);
        let bytes = std::fs::read(&path).unwrap();
        let mut changed = bytes.clone();
        // The file change counter, of which nothing in the ledger speaks.
        changed[bytes.len().min(28) - 1] ^= 1;
        std::fs::write(&path, changed).unwrap();
        let report = reader.verify().await.unwrap();
        assert!(!report.is_sound(), "not found in {name}");
        std::fs::write(&path, bytes).unwrap();
    }
    std::fs::remove_file(copy.join("hub.key")).unwrap();
    assert!(!reader.verify().await.unwrap().is_sound());
    std::fs::write(copy.join("hub.key"), b"secret").unwrap();
    reader.close().await;

    let again = SqliteStore::open(&copy, hub()).await.unwrap();

    assert!(!copy.join("checksums").exists(), "in use it has no seal");
    again.close().await;
    assert!(copy.join("checksums").exists(), "at rest it has one");
}

/// A killed server leaves a log beside the database, which its next start reads up to the first
/// frame that does not hold.
#[tokio::test]
async fn a_byte_that_changes_within_the_log_of_a_killed_server_is_found() {
    let store = filled().await;
    let killed = store.folder().join("killed");
    std::fs::create_dir(&killed).unwrap();
    for name in ["safelane.db", "safelane.db-wal"] {
        std::fs::copy(store.folder().join(name), killed.join(name)).unwrap();
    }
    let photos = killed.join("media");
    std::fs::create_dir(photos).unwrap();
    let log = killed.join("safelane.db-wal");
    let whole = std::fs::read(&log).unwrap();
    let sound = async || {
        // Opened anew each time, as a command does.
        let store = SqliteStore::open_reading(&killed).await;
        let Ok(store) = store else { return false };
        let report = store.verify().await;
        store.close().await;
        report.is_ok_and(|report| report.is_sound())
    };
    assert!(sound().await);
    let frame = 24 + 4096;
    let last = whole.len() - frame;
    for at in [0, 8, 20, 30, 32 + 3, 32 + 10, 32 + 24, last / 2, last - 1] {
        let mut changed = whole.clone();
        changed[at] ^= 4;
        std::fs::write(&log, changed).unwrap();
        assert!(!sound().await, "byte {at} of {}", whole.len());
    }
    std::fs::write(&log, &whole).unwrap();
    assert!(sound().await);
}

/// The end came between a photo's last piece and its name: it has all its bytes and is not there.
#[tokio::test]
async fn a_photo_that_has_all_its_bytes_gets_its_name() {
    let store = filled().await;
    let name = Digest::of(b"photograph");
    let partial = store.folder().join("media/partial").join(name.to_string());
    std::fs::write(&partial, b"photograph").unwrap();

    let state = store.media_state(name).await.unwrap();

    assert_eq!(state, Upload::Complete { bytes: 10 });
    let given = store.media(name).await.unwrap();
    assert_eq!(given.as_deref(), Some(&b"photograph"[..]));
    assert!(!partial.exists());
}

/// A power cut may leave the length of a file and not its bytes.
#[tokio::test]
async fn a_photo_of_full_length_and_other_bytes_begins_again() {
    let store = filled().await;
    let name = Digest::of(b"photograph");
    let partial = store.folder().join("media/partial").join(name.to_string());
    std::fs::write(&partial, [0; 10]).unwrap();

    let state = store.media_state(name).await.unwrap();
    let put = store.put_media(name, 0, 10, b"photograph").await.unwrap();

    assert_eq!(state, Upload::Partial { offset: 10 });
    assert_eq!(put, Upload::Complete { bytes: 10 });
}

#[tokio::test]
async fn identity_tells_whose_data_they_are() {
    let store = filled().await;
    let found = identity(store.folder()).await.unwrap();
    assert_eq!(found, Some(hub().identity()));
    let nothing = identity(&store.folder().join("nothing")).await.unwrap();
    assert_eq!(nothing, None);
}

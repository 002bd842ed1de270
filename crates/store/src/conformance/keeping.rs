//! Looking after a store.

use safelane_ledger::Digest;

use super::office::Office;
use super::records::busy;
use crate::Store;

/// A store that only its own methods have written to has no flaw, and the counts are right.
pub async fn an_untouched_store_verifies(store: &dyn Store) {
    let office = Office::found(store).await;
    busy(&office).await;

    let report = store.verify().await.unwrap();

    assert!(report.is_sound(), "{:#?}", report.flaws);
    assert_eq!(report.leaves, office.size().await);
    assert_eq!(report.revisions, report.leaves);
    assert_eq!(report.bodies, report.leaves);
    let info = store.info().await.unwrap();
    assert_eq!(report.records, info.records);
    assert!(report.gaps > 0);
    store.ready().await.unwrap();
}

/// A backup made while the store is open holds everything and verifies.
pub async fn a_backup_is_a_store(store: &dyn Store) {
    let office = Office::found(store).await;
    busy(&office).await;
    store
        .put_media(Digest::of(b"photo"), 0, 5, b"photo")
        .await
        .unwrap();
    let folder = std::env::temp_dir().join(format!(
        "safelane-backup-{}",
        store.point().await.unwrap().head.digest()
    ));
    let _ = std::fs::remove_dir_all(&folder);

    let report = store.backup(&folder).await.unwrap();
    let second = store.backup(&folder).await;
    std::fs::remove_dir_all(&folder).unwrap();

    assert!(report.verified.is_sound(), "{:#?}", report.verified.flaws);
    assert_eq!(report.point, store.point().await.unwrap());
    assert_eq!(report.media, 1);
    assert!(second.is_err(), "a backup was written over another");
}

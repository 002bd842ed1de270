//! Photos.

use safelane_ledger::{Digest, Role, testkit};

use super::office::{HAZARD, Office};
use crate::{Store, StoreError, Upload};

/// Pieces in order; a repeated piece is told where to go on; the end is checked.
pub async fn a_file_comes_in_pieces(store: &dyn Store) {
    let bytes: Vec<u8> = (0..100_000_u32).map(|n| (n % 251) as u8).collect();
    let name = Digest::of(&bytes);
    let total = bytes.len() as u64;
    assert_eq!(store.media_state(name).await.unwrap(), Upload::Absent);

    let half = store
        .put_media(name, 0, total, &bytes[..60_000])
        .await
        .unwrap();
    let again = store.put_media(name, 0, total, &bytes[..60_000]).await;

    assert_eq!(half, Upload::Partial { offset: 60_000 });
    let offset = matches!(again, Err(StoreError::WrongOffset { offset: 60_000 }));
    assert!(offset, "{again:?}");
    assert_eq!(store.media_state(name).await.unwrap(), half);
    assert_eq!(store.media(name).await.unwrap(), None);
    let done = store
        .put_media(name, 60_000, total, &bytes[60_000..])
        .await
        .unwrap();
    assert_eq!(done, Upload::Complete { bytes: total });
    assert_eq!(store.media(name).await.unwrap(), Some(bytes.clone()));
    assert_eq!(store.put_media(name, 0, total, &bytes).await.unwrap(), done);
}

/// Bytes with another hash are not kept, and can be sent again.
pub async fn a_wrong_file_is_dropped(store: &dyn Store) {
    let name = Digest::of(b"right");

    let wrong = store.put_media(name, 0, 5, b"wrong").await;

    assert!(
        matches!(wrong, Err(StoreError::WrongHash { .. })),
        "{wrong:?}"
    );
    assert_eq!(store.media_state(name).await.unwrap(), Upload::Absent);
    let right = store.put_media(name, 0, 5, b"right").await.unwrap();
    assert_eq!(right, Upload::Complete { bytes: 5 });
}

/// A body names photos; which are here is told without them being there.
pub async fn photos_are_known_by_their_records(store: &dyn Store) {
    let office = Office::found(store).await;
    let mut ana = office.person("ana", &[Role::Field]).await;
    let record = testkit::record("a");
    let (here, missing) = (Digest::of(b"here"), Digest::of(b"missing"));
    let photo = |name: Digest| format!(r#"{{"sha256":"{name}","bytes":4,"type":"image/jpeg"}}"#);
    let body = format!(
        r#"{{"photos":[{}],"items":[{{"photos":[{}]}}]}}"#,
        photo(here),
        photo(missing)
    );
    let one = ana.put(record, HAZARD, &[], &body);
    office.receive(&ana, &one).await;
    store.put_media(here, 0, 4, b"here").await.unwrap();

    let mut photos: Vec<_> = store.media_of(record).await.unwrap();
    photos.sort_by_key(|photo| photo.held);

    let shown: Vec<_> = photos.iter().map(|one| (one.sha256, one.held)).collect();
    assert_eq!(shown, vec![(missing, false), (here, true)]);
    let records = store.media_records(here).await.unwrap();
    assert_eq!(records.len(), 1);
    assert_eq!((records[0].record, records[0].bytes), (record, 4));
    let report = store.verify().await.unwrap();
    assert!(report.is_sound(), "{:?}", report.flaws);
    assert_eq!((report.media, report.media_missing), (1, 1));
}

//! Boxes, held against brute force.

use std::collections::BTreeSet;

use safelane_geometry::Bbox;
use safelane_ledger::{RecordId, Role, testkit};

use super::office::{HAZARD, Office, hazard, verified};
use crate::{Limit, RecordFilter, Store};

/// Numbers that look random and are the same at each run.
fn scramble(n: u64) -> i64 {
    let mixed = n.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (mixed ^ (mixed >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9) as i64 >> 1
}

fn box_of(lon: i64, lat: i64) -> Bbox {
    Bbox {
        west: lon as i32,
        south: lat as i32,
        east: (lon + 50_000) as i32,
        north: (lat + 50_000) as i32,
    }
}

/// Three hundred outlines, a hundred boxes: the same records as by looking at each, edges included.
pub async fn bbox_agrees_with_brute_force(store: &dyn Store) {
    let office = Office::found(store).await;
    let mut ana = office.person("ana", &[Role::Field]).await;
    let mut known: Vec<(RecordId, Bbox)> = Vec::new();
    let mut items = Vec::new();
    for n in 0..300_u64 {
        let lon = scramble(n).rem_euclid(3_500_000_000) - 1_790_000_000;
        let lat = scramble(n + 1_000).rem_euclid(1_700_000_000) - 850_000_000;
        let record = testkit::record(&format!("record {n}"));
        let one = ana.put(record, HAZARD, &[], &hazard(lon, lat));
        items.push(verified(&ana, &one).into());
        known.push((record, box_of(lon, lat)));
    }
    office.append(items).await;

    for n in 0..100_usize {
        // Every third box touches an outline at one corner only.
        let (_, near) = known[n];
        let wide = 40_000_000 * (n as i32 % 9);
        let asked = Bbox {
            west: near.east,
            south: near.north,
            east: near.east.saturating_add(wide),
            north: near.north.saturating_add(wide / 2),
        };
        let filter = RecordFilter {
            bbox: Some(asked),
            ..RecordFilter::default()
        };
        let page = store.records(&filter, None, Limit::MAX).await.unwrap();
        let found: BTreeSet<RecordId> = page.items.iter().map(|one| one.record).collect();
        let wanted: BTreeSet<RecordId> = known
            .iter()
            .filter(|(_, bbox)| bbox.intersects(asked))
            .map(|(record, _)| *record)
            .collect();
        assert!(!wanted.is_empty());
        assert_eq!(found, wanted, "{asked:?}");
    }
}

/// Until a smaller outline is approved, the box covers both; a return takes nothing away (S7, S11).
pub async fn the_box_covers_reported_and_official_shapes(store: &dyn Store) {
    let office = Office::found(store).await;
    let mut ana = office.person("ana", &[Role::Field]).await;
    let mut cora = office.person("cora", &[Role::Coordinator]).await;
    let record = testkit::record("a");
    let first = ana.put(record, HAZARD, &[], &hazard(0, 0));
    let second = ana.put(record, HAZARD, &[first.id()], &hazard(900_000, 900_000));
    office.push(&ana, &[&first, &second]).await;
    let both = box_of(0, 0).join(box_of(900_000, 900_000));
    let bbox = async || store.record(record).await.unwrap().and_then(|one| one.bbox);
    assert_eq!(bbox().await, Some(both));

    let (good, back) = (cora.approve(&first, &[]), cora.send_back(&second));
    office.push(&cora, &[&good, &back]).await;

    assert_eq!(bbox().await, Some(both));
}

//! What followers write.

use async_trait::async_trait;
use safelane_geometry::{Bbox, Position};
use safelane_ledger::{ReceivedAt, RecordId, Role, testkit};

use super::office::{HAZARD, Office, hazard};
use super::records::busy;
use crate::{
    Change, CheckFilter, CheckLife, CheckRow, Feature, FeatureFilter, Follower, Limit, Projection,
    RecordView, Store, StoreError, StoreResult, Write, catch_up,
};

/// Puts a feature, a search text, a value and a check for each record with a shape.
struct Shapes {
    version: u32,
}

#[async_trait]
impl Follower for Shapes {
    fn name(&self) -> &'static str {
        "shapes"
    }

    fn version(&self) -> u32 {
        self.version
    }

    async fn apply(&self, store: &dyn Store, changes: &[Change]) -> StoreResult<Vec<Write>> {
        let records: Vec<RecordId> = changes.iter().map(|change| change.record).collect();
        let views = store.views(&records).await?;
        Ok(views.iter().flat_map(writes).collect())
    }
}

fn writes(view: &RecordView) -> Vec<Write> {
    let record = view.summary.record;
    let features: Vec<Feature> = view
        .summary
        .bbox
        .map(|bbox| feature("hazards", record, 0, bbox))
        .into_iter()
        .collect();
    let key = format!("many-versions {record}");
    let check = if view.summary.two_versions {
        Write::PutCheck(check(&key, record, CheckLife::Open))
    } else {
        Write::RemoveCheck(key)
    };
    let name = view.body().and_then(|body| body.get("name")?.as_str());
    vec![
        Write::PutFeatures {
            layer: "hazards".into(),
            record,
            features,
        },
        Write::PutSearch {
            record,
            text: name.unwrap_or_default().to_owned(),
        },
        Write::PutValue {
            key: record.to_string(),
            value: view.summary.standing.as_str().into(),
        },
        check,
    ]
}

fn feature(layer: &str, record: RecordId, part: u32, bbox: Bbox) -> Feature {
    Feature {
        layer: layer.to_owned(),
        record,
        part,
        kind: "hazardous-area".into(),
        status: "reported".into(),
        class: "sha".into(),
        geometry: vec![1, 2, 3],
        bbox,
        vertices: 4,
        properties: "{}".into(),
        rank: 7,
        received: ReceivedAt::from_unix(1_772_400_000).expect("a moment"),
    }
}

fn check(key: &str, record: RecordId, life: CheckLife) -> CheckRow {
    CheckRow {
        key: key.to_owned(),
        code: "two-versions".into(),
        number: 3,
        severity: "warn".into(),
        life,
        records: vec![record],
        at: Some(Position::try_new_e7(184_100_000, 438_600_000).expect("a position")),
        args: "{}".into(),
        since: 1,
    }
}

/// Rows grown while the records change equal rows grown from nothing, also after a rebuild.
pub async fn steps_equal_a_replay(store: &dyn Store) {
    let office = Office::found(store).await;
    let shapes = Shapes { version: 1 };
    let mut ana = office.person("ana", &[Role::Field]).await;
    for n in 0..5_i64 {
        let record = testkit::record(&format!("record {}", n % 3));
        let one = ana.put(record, HAZARD, &[], &hazard(n * 1_000, 0));
        office.receive(&ana, &one).await;
        let reached = catch_up(store, &shapes, Limit::new(2)).await.unwrap();
        assert_eq!(reached, office.size().await);
        store.reached("shapes", reached).await.unwrap();
    }
    // The device of the same name has a chain already: others carry on.
    let mut cora = office.person("cora", &[Role::Coordinator]).await;
    let last = ana.put(testkit::record("record 0"), HAZARD, &[], &hazard(5, 5));
    office.receive(&ana, &last).await;
    let approval = cora.approve(&last, &[]);
    office.receive(&cora, &approval).await;
    catch_up(store, &shapes, Limit::MAX).await.unwrap();
    let grown = store.derived().await.unwrap();

    store.rebuild().await.unwrap();
    assert_ne!(store.derived().await.unwrap(), grown);
    catch_up(store, &shapes, Limit::new(3)).await.unwrap();

    assert_eq!(store.derived().await.unwrap(), grown);
    assert!(grown.iter().any(|line| line.starts_with("finding:")));
    assert_eq!(store.count_features(&layer("hazards")).await.unwrap(), 3);
}

fn layer(name: &str) -> FeatureFilter {
    FeatureFilter {
        layer: name.to_owned(),
        ..FeatureFilter::default()
    }
}

/// Two that write for the same follower cannot both move it on.
pub async fn a_stale_step_is_refused(store: &dyn Store) {
    let office = Office::found(store).await;
    store.follow("one", 1).await.unwrap();
    let step = Projection {
        follower: "one".into(),
        version: 1,
        from: 0,
        upto: office.size().await,
        writes: vec![Write::PutValue {
            key: "k".into(),
            value: vec![1],
        }],
    };
    store.project(step.clone()).await.unwrap();

    let mut again = step;
    again.writes = vec![Write::RemoveValue("k".into())];
    let refused = store.project(again).await;

    assert!(
        matches!(refused, Err(StoreError::Stale { .. })),
        "{refused:?}"
    );
    assert_eq!(store.value("one", "k").await.unwrap(), Some(vec![1]));
}

/// A follower whose rows would come out otherwise begins at 0, without the old rows.
pub async fn another_version_starts_from_nothing(store: &dyn Store) {
    let office = Office::found(store).await;
    busy(&office).await;
    catch_up(store, &Shapes { version: 1 }, Limit::MAX)
        .await
        .unwrap();
    assert_eq!(store.count_features(&layer("hazards")).await.unwrap(), 30);

    let begun = store.follow("shapes", 2).await.unwrap();

    assert_eq!(begun.reached, 0);
    assert_eq!(store.count_features(&layer("hazards")).await.unwrap(), 0);
    assert_eq!(
        store.values("shapes", "", Limit::MAX).await.unwrap(),
        vec![]
    );
    assert_eq!(store.search("polje", Limit::MAX).await.unwrap(), vec![]);
}

/// Words in any order, case and script; short words too; nothing that looks like an operator.
pub async fn search_finds_folded_words(store: &dyn Store) {
    store.follow("text", 1).await.unwrap();
    let (a, b) = (testkit::record("a"), testkit::record("b"));
    let texts = [
        (a, "Đurđevik kod Živinica 12"),
        (b, "ភូមិ ព្រៃវែង \"NEAR\" 12"),
    ];
    let writes = texts.map(|(record, text)| Write::PutSearch {
        record,
        text: text.to_owned(),
    });
    let step = Projection {
        follower: "text".into(),
        version: 1,
        from: 0,
        upto: 0,
        writes: writes.into(),
    };
    store.project(step).await.unwrap();

    let cases: [(&str, &[RecordId]); 7] = [
        ("zivinic durd", &[a]),
        ("Живиница", &[a]),
        ("ព្រៃ", &[b]),
        ("12 kod", &[a]),
        ("near\" OR", &[]),
        ("\"near\"", &[b]),
        ("nothing", &[]),
    ];
    for (query, wanted) in cases {
        let found = store.search(query, Limit::MAX).await.unwrap();
        assert_eq!(found, wanted, "{query}");
    }
    assert_eq!(store.search("12", Limit::MAX).await.unwrap().len(), 2);
    assert_eq!(store.search("", Limit::MAX).await.unwrap(), vec![]);
}

/// A layer does not see another's shapes; pages are complete; a record's shapes are replaced.
pub async fn features_come_by_layer_and_box(store: &dyn Store) {
    store.follow("map", 1).await.unwrap();
    let at = |west: i32| Bbox {
        west,
        south: 0,
        east: west + 10,
        north: 10,
    };
    let record = |n: i32| testkit::record(&format!("record {n}"));
    let put = |layer: &str, n: i32, bbox: Vec<Bbox>| Write::PutFeatures {
        layer: layer.to_owned(),
        record: record(n),
        features: (0..)
            .zip(bbox)
            .map(|(part, bbox)| feature(layer, record(n), part, bbox))
            .collect(),
    };
    let step = |writes| Projection {
        follower: "map".into(),
        version: 1,
        from: 0,
        upto: 0,
        writes,
    };
    let first = (0..20).map(|n| put("a", n, vec![at(n * 100)])).collect();
    store.project(step(first)).await.unwrap();
    let second = vec![put("b", 1, vec![at(100)]), put("a", 3, vec![at(0), at(5)])];
    store.project(step(second)).await.unwrap();

    let near = FeatureFilter {
        layer: "a".into(),
        bbox: Some(at(5)),
        ..FeatureFilter::default()
    };
    let (found, next) = store.features(&near, None, Limit::MAX).await.unwrap();
    let mut shown: Vec<_> = found.iter().map(|one| (one.record, one.part)).collect();
    shown.sort_unstable();
    let mut wanted = vec![(record(0), 0), (record(3), 0), (record(3), 1)];
    wanted.sort_unstable();
    assert_eq!((shown, next), (wanted, None));

    let mut after = None;
    let mut count = 0;
    loop {
        let (page, next) = store
            .features(&layer("a"), after, Limit::new(4))
            .await
            .unwrap();
        count += page.len();
        after = next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(count, 21);
    assert_eq!(store.features_of("b", record(1)).await.unwrap().len(), 1);
    let none = store
        .features(&layer("none"), None, Limit::MAX)
        .await
        .unwrap();
    assert_eq!(none, (vec![], None));
}

/// A check is known by its key: putting it again replaces it.
pub async fn checks_are_listed_by_record_and_life(store: &dyn Store) {
    store.follow("checks", 1).await.unwrap();
    let (a, b) = (testkit::record("a"), testkit::record("b"));
    let step = |writes| Projection {
        follower: "checks".into(),
        version: 1,
        from: 0,
        upto: 0,
        writes,
    };
    let puts = vec![
        Write::PutCheck(check("1", a, CheckLife::Open)),
        Write::PutCheck(check("2", a, CheckLife::Open)),
        Write::PutCheck(check("3", b, CheckLife::Open)),
    ];
    store.project(step(puts)).await.unwrap();
    let later = vec![
        Write::PutCheck(check("2", a, CheckLife::Resolved)),
        Write::RemoveCheck("3".into()),
    ];
    store.project(step(later)).await.unwrap();

    let of_a = CheckFilter {
        record: Some(a),
        ..CheckFilter::default()
    };
    let all = store.checks(&of_a, Limit::MAX).await.unwrap();
    let wanted = [
        check("1", a, CheckLife::Open),
        check("2", a, CheckLife::Resolved),
    ];
    assert_eq!(all, wanted);
    let open = CheckFilter {
        life: Some(CheckLife::Open),
        severity: Some("warn".into()),
        record: None,
    };
    assert_eq!(store.checks(&open, Limit::MAX).await.unwrap(), wanted[..1]);
    assert_eq!(store.open_checks(&[a, b]).await.unwrap(), vec![(a, 1)]);
}

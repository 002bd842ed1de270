//! What followers write.

use async_trait::async_trait;
use safelane_geometry::{Bbox, Position};
use safelane_ledger::{ReceivedAt, RecordId, Role, testkit};
use safelane_model::Date;

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
    let two = view.summary.two_versions;
    let check = Write::PutChecks {
        checked: record,
        checks: (two
            .then(|| check("two-versions", &[record], CheckLife::Open))
            .into_iter())
        .collect(),
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

fn check(code: &str, records: &[RecordId], life: CheckLife) -> CheckRow {
    CheckRow {
        checked: records[0],
        code: code.to_owned(),
        number: 3,
        severity: "warn".into(),
        life,
        records: records.to_vec(),
        at: Some(Position::try_new_e7(184_100_000, 438_600_000).expect("a position")),
        args: "{}".into(),
        blocks: false,
        from: None,
        until: None,
        answers: "[]".into(),
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

/// All checks of a record are replaced together; lists take them by life, severity, number, record
/// and day, the gravest first.
pub async fn checks_are_listed_by_record_and_life(store: &dyn Store) {
    store.follow("checks", 1).await.unwrap();
    let (a, b) = (testkit::record("a"), testkit::record("b"));
    let put = |checked, checks| Write::PutChecks { checked, checks };
    let day = |text: &str| text.parse::<Date>().expect("a day");
    let open = |code: &str, record| check(code, &[record], CheckLife::Open);
    let mut high = open("high", a);
    high.severity = "high".into();
    high.number = 5;
    let mut later = open("later", b);
    later.from = Some(day("2026-03-01"));
    later.until = Some(day("2026-03-31"));
    project(
        store,
        vec![
            put(a, vec![open("old", a), open("older", a)]),
            put(b, vec![open("gone", b)]),
        ],
    )
    .await;
    let resolved = check("resolved", &[a], CheckLife::Resolved);
    let now = vec![
        resolved.clone(),
        open("twice", a),
        open("twice", a),
        high.clone(),
    ];
    project(store, vec![put(a, now), put(b, vec![later.clone()])]).await;

    let list = async |filter: CheckFilter| -> Vec<CheckRow> {
        store.checks(&filter, Limit::MAX).await.unwrap()
    };
    let of_a = CheckFilter {
        record: Some(a),
        ..CheckFilter::default()
    };
    let all = list(of_a.clone()).await;
    assert_eq!(all[0], high, "the gravest first");
    assert_eq!(all.len(), 4, "two of one code are two");
    let warns = CheckFilter {
        life: Some(CheckLife::Open),
        severity: Some("warn".into()),
        ..of_a
    };
    assert_eq!(list(warns).await, [open("twice", a), open("twice", a)]);
    let fifth = CheckFilter {
        number: Some(5),
        ..CheckFilter::default()
    };
    assert_eq!(list(fifth).await, [high]);
    for (on, holds) in [
        ("2026-02-28", false),
        ("2026-03-01", true),
        ("2026-03-31", true),
        ("2026-04-01", false),
    ] {
        let filter = CheckFilter {
            record: Some(b),
            on: Some(day(on)),
            ..CheckFilter::default()
        };
        assert_eq!(!list(filter).await.is_empty(), holds, "{on}");
    }
    assert_eq!(
        store.open_checks(&[a, b]).await.unwrap(),
        counted(&[(a, 3), (b, 1)])
    );
}

/// What is found from both of two records is listed once: as the one sees it from which it stands
/// open, weighs most and forbids an approval.
pub async fn a_check_and_its_mirror_are_listed_once(store: &dyn Store) {
    store.follow("checks", 1).await.unwrap();
    let (a, b) = (testkit::record("a"), testkit::record("b"));
    let mirrored = [
        check("overlap", &[a, b], CheckLife::Explained),
        check("overlap", &[b, a], CheckLife::Open),
        check("overlap", &[a, testkit::record("c")], CheckLife::Explained),
    ];
    let mut strips = [
        check("strip", &[a, b], CheckLife::Open),
        check("strip", &[a, b], CheckLife::Open),
    ];
    strips[1].args = r#"{"n":"2"}"#.into();
    let of = |record| {
        let checks = (mirrored.iter().chain(&strips))
            .filter(|one| one.checked == record)
            .cloned()
            .collect();
        Write::PutChecks {
            checked: record,
            checks,
        }
    };
    project(store, vec![of(a), of(b)]).await;

    let once = CheckFilter {
        once: true,
        ..CheckFilter::default()
    };
    let listed = store.checks(&once, Limit::MAX).await.unwrap();

    assert_eq!(listed.len(), 4);
    assert!(listed.contains(&mirrored[1]) && !listed.contains(&mirrored[0]));
    assert!(listed.contains(&mirrored[2]));
    assert!(listed.contains(&strips[0]) && listed.contains(&strips[1]));
    let explained = CheckFilter {
        life: Some(CheckLife::Explained),
        ..once
    };
    let listed = store.checks(&explained, Limit::MAX).await.unwrap();
    assert_eq!(listed, mirrored[2..], "its mirror stands open");
}

async fn project(store: &dyn Store, writes: Vec<Write>) {
    let step = Projection {
        follower: "checks".into(),
        version: 1,
        from: 0,
        upto: 0,
        writes,
    };
    store.project(step).await.unwrap();
}

fn counted(all: &[(RecordId, u32)]) -> Vec<(RecordId, u32)> {
    let mut all = all.to_vec();
    all.sort();
    all
}

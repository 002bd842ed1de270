//! Many callers, one log.

use std::collections::BTreeSet;

use safelane_ledger::testkit::{self, Author};
use safelane_ledger::{Act, Answer, Role, SignedRevision};

use super::office::{HAZARD, Office, hazard, verified};
use crate::{Batch, Item, Store, StoreResult};

async fn authors(office: &Office<'_>, count: usize) -> Vec<(Author, SignedRevision)> {
    let mut all = Vec::with_capacity(count);
    for n in 0..count {
        let mut author = office.person(&format!("author {n}"), &[Role::Field]).await;
        let record = testkit::record(&format!("record {n}"));
        let one = author.put(record, HAZARD, &[], &hazard(n as i64, 0));
        all.push((author, one));
    }
    all
}

/// Polls all appends at once, so that they meet in the writer's queue.
async fn all_at_once(store: &dyn Store, batches: Vec<Batch>) -> Vec<StoreResult<crate::Appended>> {
    let mut running: Vec<_> = batches
        .into_iter()
        .map(|batch| (None, store.append(batch)))
        .collect();
    std::future::poll_fn(|context| {
        let mut waiting = false;
        for (done, append) in running.iter_mut().filter(|(done, _)| done.is_none()) {
            match append.as_mut().poll(context) {
                std::task::Poll::Ready(answer) => *done = Some(answer),
                std::task::Poll::Pending => waiting = true,
            }
        }
        if waiting {
            std::task::Poll::Pending
        } else {
            std::task::Poll::Ready(())
        }
    })
    .await;
    running.into_iter().filter_map(|(done, _)| done).collect()
}

/// Each caller gets a leaf of its own; none is lost, none is twice.
pub async fn many_callers_share_one_log(store: &dyn Store) {
    let office = Office::found(store).await;
    let authors = authors(&office, 40).await;
    let before = office.size().await;
    let batches = authors
        .iter()
        .map(|(author, one)| Batch {
            at: office.now(),
            items: vec![verified(author, one).into()],
        })
        .collect();

    let answers = all_at_once(store, batches).await;

    let numbers: BTreeSet<u64> = answers
        .iter()
        .map(|answer| match &answer.as_ref().unwrap().answers[0].answer {
            Answer::Received { n, .. } => *n,
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(numbers, (before + 1..=before + 40).collect());
    assert_eq!(office.size().await, before + 40);
    assert_eq!(store.wait(before).await, before + 40);
    for answer in answers {
        // The point of each receipt is one that the log really had.
        let point = answer.unwrap().point;
        assert_eq!(store.point_at(point.size).await.unwrap(), Some(point));
    }
}

/// A batch that fails in the midst of others takes nobody with it.
pub async fn a_bad_batch_among_many_fails_alone(store: &dyn Store) {
    let office = Office::found(store).await;
    let authors = authors(&office, 12).await;
    let before = office.size().await;
    let batches = authors
        .iter()
        .enumerate()
        .map(|(n, (author, one))| {
            let mut items: Vec<Item> = vec![verified(author, one).into()];
            if n == 5 {
                let nothing = testkit::fields("{}");
                let record = testkit::record("bad");
                items.push(
                    office
                        .draft(Act::Approve, record, HAZARD, vec![], nothing)
                        .into(),
                );
            }
            Batch {
                at: office.now(),
                items,
            }
        })
        .collect();

    let answers = all_at_once(store, batches).await;

    let failed: Vec<usize> = (0..12).filter(|n| answers[*n].is_err()).collect();
    assert_eq!(failed, vec![5]);
    assert_eq!(office.size().await, before + 11);
    assert_eq!(store.revision(authors[5].1.id()).await.unwrap(), None);
}

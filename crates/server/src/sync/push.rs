//! `POST /api/sync/push`: the one way in.
//!
//! Verify, judge, append, sign the receipt. What was refused leaves no trace; what was held says so
//! in a signed word; nothing is answered before it is durable.

use std::collections::BTreeMap;
use std::sync::atomic::Ordering;

use axum::extract::State;
use safelane_ledger::body::{ReturnBody, encode_body};
use safelane_ledger::{
    Act, Answer, HeldReason, HeldReceipt, PersonId, Receipt, RefusedReason, Revision, RevisionId,
    SignedRevision, SignedText, Tier,
};
use safelane_rules::{blocks_approval, checks};
use safelane_store::{Answered, Batch, HubDraft, Item, StatementStatus, Stored};
use safelane_wire::problem::Code;
use safelane_wire::sync::{MAX_PUSH_REVISIONS, PushAnswer, PushRequest, RevisionAnswer};

use super::judge;
use super::verify::verify_all;
use crate::app::App;
use crate::extract::{Actor, Json};
use crate::problem::{ApiError, ApiResult};

/// What became of a push, and how far the log goes now.
#[derive(Debug)]
pub struct Push {
    /// What is answered.
    pub answer: PushAnswer,
    /// Leaves in the log.
    pub size: u64,
}

/// Takes what a device signed.
pub async fn push(
    State(app): State<App>,
    _actor: Actor,
    Json(asked): Json<PushRequest>,
) -> ApiResult<Json<PushAnswer>> {
    // Who is signed in decides that something may be sent, not whose it is: a tablet that was
    // handed over still sends its first person's work, which that person's device signed.
    let revisions = asked.revisions.into_iter().map(SignedRevision::from);
    Ok(Json(
        push_revisions(&app, revisions.collect()).await?.answer,
    ))
}

/// The same for callers inside the program: the demo, tests.
pub async fn push_revisions(app: &App, revisions: Vec<SignedRevision>) -> ApiResult<Push> {
    if revisions.len() > MAX_PUSH_REVISIONS {
        return Err(ApiError::new(
            Code::TooLarge,
            format!(
                "A push has at most {MAX_PUSH_REVISIONS} revisions. Nothing was taken; send it in parts."
            ),
        ));
    }
    let ids: Vec<RevisionId> = revisions.iter().map(SignedRevision::id).collect();
    let checked = verify_all(app.store(), app.ledger(), revisions).await?;
    let sound: Vec<&Revision> = checked
        .iter()
        .filter_map(|one| Some(one.as_ref().ok()?.revision()))
        .collect();
    let forbidden = forbidden_approvals(app, &sound).await?;
    let returns: Vec<(RevisionId, RevisionId, PersonId)> = sound
        .iter()
        .filter(|one| one.act() == Act::Return)
        .filter_map(|one| Some((one.id(), *one.parents().first()?, one.author())))
        .collect();

    let mut items = Vec::new();
    let mut refused: Vec<Option<RefusedReason>> = Vec::new();
    for one in checked {
        match one {
            Ok(verified) if forbidden.contains_key(&verified.revision().id()) => {
                refused.push(forbidden.get(&verified.revision().id()).copied());
            }
            Ok(verified) => {
                let returned = judge::returned(app, &verified)?;
                items.push(Item::Device { verified, returned });
                refused.push(None);
            }
            Err(reason) => refused.push(Some(reason)),
        }
    }
    let at = app.now();
    let (answered, point) = if items.is_empty() {
        (Vec::new(), app.store().point().await?)
    } else {
        let appended = app.store().append(Batch { at, items }).await?;
        (appended.answers, appended.point)
    };
    let size = return_the_rest(app, &answered, &returns)
        .await?
        .unwrap_or(point.size);
    count(app, &answered, &refused);

    let leaves: Vec<_> = answered.iter().filter_map(Answered::receipt_leaf).collect();
    let receipt = Receipt {
        hub: app.hub(),
        ledger: app.ledger(),
        leaves,
        size: point.size,
        head: point.head,
        at,
    };
    let receipt = (!receipt.leaves.is_empty())
        .then(|| app.sign(&receipt))
        .transpose()?;
    let mut answered = answered.into_iter();
    let answers = ids
        .into_iter()
        .zip(refused)
        .map(|(id, refused)| {
            if let Some(reason) = refused {
                Ok(RevisionAnswer {
                    id,
                    answer: Answer::Refused { reason },
                    held_receipt: None,
                })
            } else {
                let one = answered
                    .next()
                    .ok_or_else(|| ApiError::internal("the store answered too little"))?;
                Ok(RevisionAnswer {
                    id,
                    held_receipt: held_receipt(app, &one)?,
                    answer: one.answer,
                })
            }
        })
        .collect::<ApiResult<_>>()?;
    Ok(Push {
        answer: PushAnswer { answers, receipt },
        size,
    })
}

fn held_receipt(app: &App, one: &Answered) -> ApiResult<Option<SignedText>> {
    let Answer::Held { reason } = one.answer else {
        return Ok(None);
    };
    let held = HeldReceipt {
        hub: app.hub(),
        ledger: app.ledger(),
        id: one.id,
        reason,
        at: one.at,
    };
    app.sign(&held).map(Some)
}

fn count(app: &App, answered: &[Answered], refused: &[Option<RefusedReason>]) {
    let metrics = app.metrics();
    let refused = refused.iter().flatten().count() as u64;
    metrics.refused.fetch_add(refused, Ordering::Relaxed);
    for one in answered {
        match &one.answer {
            Answer::Received { .. } => {
                metrics.received.fetch_add(1, Ordering::Relaxed);
            }
            Answer::Held { reason } => {
                metrics.held.fetch_add(1, Ordering::Relaxed);
                if *reason == HeldReason::Fork {
                    tracing::warn!("a device's chain has forked: what it sends is held");
                }
            }
            Answer::Duplicate { .. } | Answer::Refused { .. } => {}
        }
    }
}

/// Approvals in this push that cannot be: of what a check forbids, and of a part of a submission.
/// What is kept already has its answer, and keeps it.
async fn forbidden_approvals(
    app: &App,
    sound: &[&Revision],
) -> ApiResult<BTreeMap<RevisionId, RefusedReason>> {
    let mut forbidden = BTreeMap::new();
    if sound.iter().any(|one| one.act() == Act::Approve) {
        // What is checked against is all that is known.
        app.board().wait(app.store().point().await?.size).await?;
    }
    for approval in sound.iter().filter(|one| one.act() == Act::Approve) {
        let Some(statement) = approval.parents().first() else {
            continue;
        };
        if app.store().revision(approval.id()).await?.is_some() {
            continue;
        }
        if is_blocked(app, *statement) {
            forbidden.insert(approval.id(), RefusedReason::BlockedByCheck);
        } else if is_partial(app, sound, approval, *statement).await? {
            forbidden.insert(approval.id(), RefusedReason::PartOfSubmission);
        }
    }
    Ok(forbidden)
}

fn is_blocked(app: &App, statement: RevisionId) -> bool {
    let today = app.today();
    app.board().read(|board| {
        let known = board.record_of(statement)?;
        let version = known.record.version(statement)?;
        let findings = checks::run_on(&known.record, version, &board.world, today);
        Some(!blocks_approval(&findings).is_empty())
    }) == Some(true)
}

/// Whether an approval would approve a part of a submission and leave the rest: all or none (design
/// section 3). A submission that is not complete cannot be approved at all.
async fn is_partial(
    app: &App,
    sound: &[&Revision],
    approval: &Revision,
    statement: RevisionId,
) -> ApiResult<bool> {
    let Some(Stored::Entry(entry)) = app.store().revision(statement).await? else {
        return Ok(false);
    };
    let Some(submission) = entry.revision.submission() else {
        return Ok(false);
    };
    let parts = app.store().submission(submission.id).await?;
    let mut covered = parts.len() >= submission.count as usize;
    for part in &parts {
        let here = sound.iter().any(|one| {
            one.act() == Act::Approve
                && one.author() == approval.author()
                && one.parents() == [part.leaf.id]
        });
        covered &= here || !waits_for(app, part, approval.author()).await?;
    }
    Ok(!covered)
}

/// Whether a part of a submission still waits for this person's judgement.
async fn waits_for(app: &App, part: &safelane_store::Entry, person: PersonId) -> ApiResult<bool> {
    let statements = app.store().statements_of(part.revision.record()).await?;
    let found = statements.iter().find(|one| one.revision == part.leaf.id);
    Ok(found.is_some_and(|one| {
        one.status == StatementStatus::Open && !one.approved_by.contains(&person)
    }))
}

/// A return of one part of a submission returns the rest with it: the hub signs that, in the name
/// of the person who returned the first. Gives the size of the log after it.
async fn return_the_rest(
    app: &App,
    answered: &[Answered],
    returns: &[(RevisionId, RevisionId, PersonId)],
) -> ApiResult<Option<u64>> {
    let mut items = Vec::new();
    let mut done: Vec<RevisionId> = returns.iter().map(|(_, statement, _)| *statement).collect();
    for (id, statement, person) in returns {
        // Also when it comes again: the connection, or the hub, may have gone between the return and
        // the return of the rest, and whoever had no answer sends it once more.
        let received = answered.iter().any(|one| {
            let in_log = matches!(
                one.answer,
                Answer::Received { .. } | Answer::Duplicate { .. }
            );
            one.id == *id && in_log
        });
        let Some(Stored::Entry(entry)) = app.store().revision(*statement).await? else {
            continue;
        };
        let Some(submission) = entry.revision.submission().filter(|_| received) else {
            continue;
        };
        for part in app.store().submission(submission.id).await? {
            if done.contains(&part.leaf.id) || !part.revision.act().is_statement() {
                continue;
            }
            done.push(part.leaf.id);
            if !waits_for(app, &part, PersonId::new(uuid::Uuid::nil())).await? {
                continue;
            }
            let body = ReturnBody {
                comments: Vec::new(),
                problems: vec![safelane_ledger::Problem {
                    key: "returned-with-another".to_owned(),
                    args: BTreeMap::from([("revision".to_owned(), statement.to_string())]),
                    field: None,
                    vertex: None,
                }],
            };
            items.push(Item::from(HubDraft {
                record: part.revision.record(),
                kind: part.revision.kind().clone(),
                act: Act::Return,
                parents: vec![part.leaf.id],
                bodies: BTreeMap::from([(
                    Tier::T1,
                    encode_body(&body, app.salt()?).map_err(ApiError::internal)?,
                )]),
                submission: None,
                author: *person,
            }));
        }
    }
    if items.is_empty() {
        return Ok(None);
    }
    let appended = app
        .store()
        .append(Batch {
            at: app.now(),
            items,
        })
        .await?;
    Ok(Some(appended.point.size))
}

//! The chosen report: checks, areas before and after, changed fields, photos, and the buttons.

use leptos::prelude::*;
use safelane_ledger::RevisionId;
use safelane_model::paper::{FIELDS, SECTION};
use safelane_wire::desk::{AreaChange, FieldChange, ReviewDetail, ReviewItem, StatementRow};
use serde_json::Value;

use super::judge::{JudgeFoot, Judging};
use super::versions;
use crate::components::{
    EmptyState, Fact, Facts, GhostButton, Notice, OldNew, Panel, ProblemNote, Skeleton,
};
use crate::desk::live::use_live;
use crate::desk::risk::RiskView;
use crate::desk::{api, check, paper, show, words};
use crate::i18n::{format, label};
use crate::platform::clock;
use crate::platform::http::Answer;

/// What decides whether a person still reads what they began to read: all statements and the officials, by record.
type Known = Vec<(Vec<RevisionId>, Vec<RevisionId>)>;

/// The report that is read, and whether the record has changed since it was opened.
#[derive(Clone, Copy)]
pub struct Reading {
    /// The report chosen.
    pub chosen: Memo<Option<RevisionId>>,
    /// What the hub says of it now.
    pub detail: Memo<Option<Answer<Option<ReviewDetail>>>>,
    /// The record was changed while it was read, and nobody has looked at that yet.
    pub changed: RwSignal<bool>,
    /// The photo of a sheet that is looked at in place of the map.
    pub sheet: RwSignal<Option<String>>,
    /// What the person has begun to say; it outlives a fresh answer.
    pub judging: Judging,
    refetch: Callback<()>,
}

impl Reading {
    /// Reads the chosen report, again whenever the log grows.
    pub fn of(chosen: Memo<Option<RevisionId>>) -> Self {
        let live = use_live();
        let resource = LocalResource::new(move || {
            let n = live.number();
            let chosen = chosen.get();
            async move {
                match chosen {
                    Some(revision) => api::review_one(revision, n).await.map(Some),
                    None => Ok(None),
                }
            }
        });
        // A log number alone is nothing new to read.
        let detail = Memo::new(move |_| {
            resource.get().map(|answer| {
                answer.map(|detail| {
                    detail.map(|detail| ReviewDetail {
                        upto: 0,
                        record: safelane_wire::desk::RecordDetail {
                            upto: 0,
                            ..detail.record
                        },
                        ..detail
                    })
                })
            })
        });
        let judging = Judging::new();
        let sheet = RwSignal::new(None);
        let changed = RwSignal::new(false);
        let seen = StoredValue::new(None::<(RevisionId, Known)>);
        Effect::new(move || {
            let Some(Ok(Some(detail))) = detail.get() else {
                return;
            };
            let now = (detail.item.revision, known(&detail));
            let before = seen.get_value();
            match before {
                Some((revision, before)) if revision == now.0 => {
                    // One's own judgement also changes what stands; it is no news while it is being signed.
                    if before != now.1 && is_open(&detail) && !judging.is_busy() {
                        changed.set(true);
                    }
                }
                _ => {
                    changed.set(false);
                    judging.clear();
                    sheet.set(None);
                }
            }
            seen.set_value(Some(now));
        });
        Self {
            chosen,
            detail,
            changed,
            sheet,
            judging,
            refetch: Callback::new(move |()| resource.refetch()),
        }
    }

    /// What the map shows of it.
    pub fn ground(self) -> Memo<Option<Value>> {
        Memo::new(move |_| {
            self.detail.with(|detail| match detail {
                Some(Ok(Some(detail))) => Some(detail.ground.clone()),
                _ => None,
            })
        })
    }
}

/// All statements and officials of all records of the submission.
pub fn known(detail: &ReviewDetail) -> Known {
    let all = std::iter::once(&detail.record).chain(&detail.others);
    all.map(|record| {
        let mut statements: Vec<RevisionId> =
            record.statements.iter().map(|one| one.revision).collect();
        let mut officials = record.officials.clone();
        statements.sort_unstable();
        officials.sort_unstable();
        (statements, officials)
    })
    .collect()
}

/// The statement that is read.
pub fn statement(detail: &ReviewDetail) -> Option<&StatementRow> {
    detail
        .record
        .statements
        .iter()
        .find(|statement| statement.revision == detail.item.revision)
}

fn is_open(detail: &ReviewDetail) -> bool {
    statement(detail).is_some_and(|statement| statement.status == "open")
}

/// The panel at the right.
#[component]
pub fn ReviewPanel(
    reading: Reading,
    items: Memo<Vec<ReviewItem>>,
    open: Callback<RevisionId>,
) -> impl IntoView {
    move || {
        if reading.chosen.get().is_none() {
            return view! { <EmptyState title=t!("desk.review.choose") how=t!("desk.review.choose_how") /> }.into_any();
        }
        match reading.detail.get() {
            Some(Ok(Some(detail))) if Some(detail.item.revision) == reading.chosen.get() || detail.item.revisions.iter().any(|one| Some(*one) == reading.chosen.get()) => {
                view! { <ReviewDetailView detail reading items open /> }.into_any()
            }
            Some(Err(error)) => view! { <div class="panel-body"><ProblemNote text=error.sentence() on_retry=reading.refetch /></div> }.into_any(),
            _ => view! { <div class="panel-body"><Skeleton /></div> }.into_any(),
        }
    }
}

#[component]
fn ReviewDetailView(
    detail: ReviewDetail,
    reading: Reading,
    items: Memo<Vec<ReviewItem>>,
    open: Callback<RevisionId>,
) -> impl IntoView {
    let device = statement(&detail)
        .map(|statement| statement.device_label.clone())
        .filter(|label| !label.is_empty());
    let received = t!(
        "desk.review.received",
        day = format::date(&clock::day_of(&detail.item.received)),
        time = clock::time_of(&detail.item.received)
    );
    let above = [Some(detail.item.from.clone()), device, Some(received)]
        .into_iter()
        .flatten()
        .collect::<Vec<_>>()
        .join(" · ");
    let standing = (detail.item.needs_two && is_open(&detail) && !detail.item.reviewed_by.is_empty()).then(|| view! { <Notice title=t!("desk.review.waits_for_approver", names = detail.item.reviewed_by.join(", ")) /> });
    let changed = move || {
        reading.changed.get().then(|| view! {
        <Notice title=t!("desk.judge.changed_title")>
            <p>{t!("desk.judge.changed")}</p>
            <GhostButton label=t!("desk.judge.have_read") on_press=move |()| reading.changed.set(false) />
        </Notice>
    })
    };
    let replaced = versions::newer(&detail).map(|newer| view! {
        <Notice title=t!("desk.judge.changed_title")>
            <p>{t!("desk.versions.replaced")}</p>
            <GhostButton label=t!("desk.versions.open_newer") on_press=move |()| open.run(newer) />
        </Notice>
    });
    let foot_detail = detail.clone();
    let (kind, names) = (detail.item.row.kind.clone(), detail.record.names.clone());
    let why = super::effects(&detail);
    let checks = detail
        .checks
        .iter()
        .filter(|check| check.life != "resolved")
        .cloned()
        .map(check::notice)
        .collect_view();
    let (comments, beside, photos, others) = (
        comments(&detail),
        versions::beside(&detail, open),
        photos(&detail),
        others(&detail),
    );
    let risk = detail
        .risk
        .clone()
        .map(|risk| view! { <h2>{t!("desk.risk.card")}</h2><RiskView risk /> });
    let several = |change: &AreaChange| {
        detail
            .areas
            .iter()
            .filter(|other| other.what == change.what)
            .count()
            > 1
    };
    let areas = detail
        .areas
        .iter()
        .map(|change| area(change, several(change), &names))
        .collect_view();
    let fields = fields(&detail, &kind, &names);
    let look = Callback::new(move |address| reading.sheet.set(Some(address)));
    let from_paper = statement(&detail)
        .and_then(|one| paper::Shown::of(&detail.record, one))
        .map(|shown| shown.view(Some(look)));
    view! {
        <Panel
            title=super::title(&detail.item)
            above=above
            foot=ViewFn::from(move || view! { <JudgeFoot detail=foot_detail.clone() reading items open /> })
        >
            {changed}
            {replaced}
            {checks}
            {standing}
            {why}
            {comments}
            {from_paper}
            {beside}
            {risk}
            <Facts>{areas}{fields}</Facts>
            {photos}
            {others}
        </Panel>
    }
}

/// An area before and after, with the name of its hazardous area where there are several.
pub fn area(change: &AreaChange, several: bool, names: &show::Names) -> impl IntoView + use<> {
    let name = label(&format!("desk.area.{}", change.what.replace('-', "_")));
    // Only where the same figure stands for several areas does each need a name.
    let of = change
        .record
        .filter(|_| several)
        .and_then(|record| names.get(&record).cloned());
    let name = of.map_or(name.clone(), |of| format!("{name} · {of}"));
    let (before, after) = (
        format::area_dm2(change.before),
        format::area_dm2(change.after),
    );
    let value = if change.before == change.after {
        view! { <span>{t!("desk.area.no_change", area = after)}</span> }.into_any()
    } else if change.before == 0 {
        view! { <b>{after}</b> }.into_any()
    } else {
        view! { <OldNew old=Some(before) new=after /> }.into_any()
    };
    view! { <Fact name=name>{value}</Fact> }
}

/// A first report is read as it stands, in the order of its form; of a change only what differs.
fn fields(detail: &ReviewDetail, kind: &str, names: &show::Names) -> AnyView {
    let known = safelane_model::kinds::find(kind).map_or(&[][..], |kind| kind.fields);
    let body = statement(detail).and_then(|statement| statement.body.as_ref());
    if detail.changes.iter().all(|change| change.old.is_none())
        && let Some(body) = body
    {
        let read = known
            .iter()
            .filter(|field| !matches!(field.key, "photos" | "report"))
            .filter(|field| field.section != SECTION);
        let lines = read.filter_map(|field| Some((field, body.get(field.key)?)));
        return lines
            .map(|(field, value)| {
                let (name, shown) = (
                    label(&field.label_key(kind)),
                    show::value(kind, field, value, names),
                );
                view! { <Fact name>{shown}</Fact> }
            })
            .collect_view()
            .into_any();
    }
    let mut changes: Vec<&FieldChange> = detail
        .changes
        .iter()
        .filter(|change| !change.field.starts_with("photos") && !is_of_paper(&change.field))
        .collect();
    let place = |change: &FieldChange| {
        known
            .iter()
            .position(|field| change.field.split('.').next() == Some(field.key))
            .unwrap_or(known.len())
    };
    changes.sort_by_key(|change| place(change));
    changes
        .into_iter()
        .map(|change| changed_field(kind, change, names))
        .collect_view()
        .into_any()
}

/// Whether a change is about the sheet: that is said above, and shown.
fn is_of_paper(path: &str) -> bool {
    let key = path.split('.').next().unwrap_or(path);
    FIELDS.iter().any(|field| field.key == key)
}

fn changed_field(kind: &str, change: &FieldChange, names: &show::Names) -> impl IntoView + use<> {
    let field = show::field_at(kind, &change.field);
    let words = |value: &Value| {
        field.as_ref().map_or_else(
            || value.to_string(),
            |field| show::value(kind, field, value, names),
        )
    };
    let old = change.old.as_ref().map(words);
    let new = change
        .new
        .as_ref()
        .map_or_else(|| t!("desk.value_gone").to_owned(), words);
    // A first report has nothing to strike out: its values are simply read.
    let value = match old {
        Some(old) => view! { <OldNew old=Some(old) new /> }.into_any(),
        None => view! { <span>{new}</span> }.into_any(),
    };
    view! { <Fact name=show::path(kind, &change.field)>{value}</Fact> }
}

/// Comments of earlier returns, so that the reviewer sees what was asked.
fn comments(detail: &ReviewDetail) -> impl IntoView + use<> {
    let kind = detail.item.row.kind.clone();
    let judgements = detail
        .record
        .statements
        .iter()
        .flat_map(|statement| &statement.judgements);
    let returns: Vec<(String, String)> = judgements
        .filter(|judgement| judgement.act == "return")
        .flat_map(|judgement| {
            let comments = judgement
                .body
                .get("comments")
                .and_then(Value::as_array)
                .cloned()
                .unwrap_or_default();
            comments.into_iter().map(|comment| {
                let text = |key: &str| {
                    comment
                        .get(key)
                        .and_then(Value::as_str)
                        .unwrap_or_default()
                        .to_owned()
                };
                (text("field"), text("text"))
            })
        })
        .collect();
    let line = move |(field, text): (String, String)| {
        let place = if field.is_empty() {
            String::new()
        } else {
            format!("{}: ", show::path(&kind, &field))
        };
        view! { <p class="returned-line"><span aria-hidden="true">"↩ "</span><b>{t!("desk.review.was_returned")}</b>" "{place}"“"{text}"”"</p> }
    };
    returns.into_iter().map(line).collect_view()
}

fn photos(detail: &ReviewDetail) -> impl IntoView + use<> {
    let body = statement(detail).and_then(|statement| statement.body.clone());
    let photos = body
        .as_ref()
        .map(|body| safelane_model::body::photos(body, "photos"))
        .unwrap_or_default();
    let photo = |photo: safelane_model::body::Photo| {
        let address = format!("/api/media/{}", photo.sha256);
        let source = address.clone();
        let caption = photo.caption.unwrap_or_else(|| t!("desk.photo").to_owned());
        view! { <a href=address target="_blank"><img class="photo" src=source alt=caption loading="lazy" /></a> }
    };
    (!photos.is_empty())
        .then(|| view! { <div class="photos">{photos.into_iter().map(photo).collect_view()}</div> })
}

/// The other records of the submission, judged with this one.
fn others(detail: &ReviewDetail) -> impl IntoView + use<> {
    let others = detail.others.clone();
    (!others.is_empty()).then(|| {
        let line = |other: safelane_wire::desk::RecordDetail| {
            let address = format!("/desk/record/{}", other.row.record);
            view! { <li><a href=address>{words::row_title(&other.row)}</a></li> }
        };
        view! {
            <h2>{t!("desk.review.together")}</h2>
            <ul>{others.into_iter().map(line).collect_view()}</ul>
        }
    })
}

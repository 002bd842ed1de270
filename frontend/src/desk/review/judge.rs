//! Judging: approve, return, take one of two versions. What releases ground has no single key.
//!
//! Right before signing the report is read again; when the officials are not those that the person saw, nothing is signed.

use leptos::prelude::*;
use leptos::task::spawn_local;
use safelane_ledger::body::{Approval, Comment, ReturnBody};
use safelane_ledger::{Act, RecordId, RevisionId, Role};
use safelane_wire::desk::{ReviewDetail, ReviewItem};
use serde_json::Value;

use super::line_id;
use super::panel::{Reading, known, statement};
use super::versions;
use crate::components::{
    ButtonRow, ChipChoices, Choice, GhostButton, InkButton, Notice, PanelFoot, PrimaryButton,
    ProblemNote, QuietButton, SelectField, TextArea,
};
use crate::desk::live::{Live, use_live};
use crate::desk::sign::{self, Sent};
use crate::desk::{api, shell, show, words};
use crate::field::engine::{Engine, NewRevision, engine};
use crate::i18n::{format, label};
use crate::platform::{capability, dom};

/// What the person has begun to say about the chosen report.
#[derive(Clone, Copy)]
pub struct Judging {
    returning: RwSignal<bool>,
    field: RwSignal<String>,
    text: RwSignal<String>,
    comments: RwSignal<Vec<Comment>>,
    confirmed: RwSignal<Vec<String>>,
    busy: RwSignal<bool>,
    said: RwSignal<Option<String>>,
}

impl Judging {
    /// Nothing said yet.
    pub fn new() -> Self {
        Self {
            returning: RwSignal::new(false),
            field: RwSignal::new(String::new()),
            text: RwSignal::new(String::new()),
            comments: RwSignal::new(Vec::new()),
            confirmed: RwSignal::new(Vec::new()),
            busy: RwSignal::new(false),
            said: RwSignal::new(None),
        }
    }

    /// Whether something is being signed now.
    pub fn is_busy(self) -> bool {
        self.busy.get_untracked()
    }

    /// Begins anew, for another report.
    pub fn clear(self) {
        self.returning.set(false);
        self.field.set(String::new());
        self.text.set(String::new());
        self.comments.set(Vec::new());
        self.confirmed.set(Vec::new());
        self.said.set(None);
    }

    /// Opens the form, ready to be typed into.
    fn begin_return(self) {
        self.returning.set(true);
        set_timeout(
            || dom::focus("return-text"),
            std::time::Duration::from_millis(50),
        );
    }

    /// Closes it, and gives the focus back to the line that was read; what was written stays.
    fn end_return(self, revision: RevisionId) {
        if self.returning.get_untracked() {
            self.returning.set(false);
            dom::focus_line(&line_id(revision));
        }
    }

    /// Puts what is written into the list of comments.
    fn add_comment(self) {
        let text = self.text.get_untracked().trim().to_owned();
        if text.is_empty() {
            return;
        }
        let field = Some(self.field.get_untracked()).filter(|field| !field.is_empty());
        self.comments.update(|comments| {
            comments.push(Comment {
                field,
                vertex: None,
                text,
            });
        });
        self.text.set(String::new());
    }
}

/// What a press does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Press {
    Approve,
    Return,
    /// Approve this version and return the other open ones.
    Take,
    /// State this version anew in place of all; somebody else judges that.
    Combine,
}

/// The buttons at the foot of the panel, or why there are none.
#[component]
pub fn JudgeFoot(
    detail: ReviewDetail,
    reading: Reading,
    items: Memo<Vec<ReviewItem>>,
    open: Callback<RevisionId>,
) -> impl IntoView {
    let judging = reading.judging;
    let (engine, live) = (engine(), use_live());
    let roles = shell::here().roles();
    let judges = roles
        .iter()
        .any(|role| matches!(role, Role::Coordinator | Role::Approver));
    let why = why_not(&detail);
    let may_return = judges
        && !detail
            .item
            .may_approve
            .as_ref()
            .is_err_and(|why| matches!(why.as_str(), "author" | "not-open"))
        && is_open(&detail);
    let may_approve = judges && why.is_none();
    let two = detail.item.needs_two;
    let label = approve_words(&detail, roles.contains(&Role::Approver));
    let choice = version_choice(&detail);
    let detail = StoredValue::new(detail);
    let press = Callback::new(move |what: Press| {
        if !judging.busy.get_untracked() {
            judging.busy.set(true);
            judging.said.set(None);
            spawn_local(async move {
                let seen = detail.get_value();
                let next = next_of(&items.get_untracked(), seen.item.revision);
                match judge(engine, live, &seen, judging, what).await {
                    Ok(()) => {
                        judging.clear();
                        if let Some(next) = next {
                            open.run(next);
                        }
                    }
                    Err(Said::Changed) => reading.changed.set(true),
                    Err(Said::Words(text)) => drop(judging.said.try_set(Some(text))),
                }
                let _ = judging.busy.try_set(false);
            });
        }
    });
    let blocked = Signal::derive(move || judging.busy.get() || reading.changed.get());
    let revision = detail.with_value(|detail| detail.item.revision);
    let single_key = may_approve && !two && choice.is_none();
    dom::on_key(move |key| match key {
        "a" | "A"
            if single_key && !blocked.get_untracked() && !judging.returning.get_untracked() =>
        {
            press.run(Press::Approve);
        }
        "r" | "R" if may_return => judging.begin_return(),
        "Escape" => judging.end_return(revision),
        _ => {}
    });
    let buttons = move || {
        let label = label.clone();
        let approve = match choice {
            Some(Press::Combine) => view! { <PrimaryButton label=t!("desk.versions.combine") disabled=blocked on_press=move |()| press.run(Press::Combine) /> }.into_any(),
            Some(_) if may_approve => view! { <PrimaryButton label=if two { format!("{}. {label}", t!("desk.versions.take")) } else { t!("desk.versions.take").to_owned() } disabled=blocked on_press=move |()| press.run(Press::Take) /> }.into_any(),
            _ if single_key => view! { <PrimaryButton label key="A" disabled=blocked on_press=move |()| press.run(Press::Approve) /> }.into_any(),
            _ if may_approve => view! { <PrimaryButton label disabled=blocked on_press=move |()| press.run(Press::Approve) /> }.into_any(),
            _ => ().into_any(),
        };
        let give_back = may_return.then(|| view! { <GhostButton label=t!("desk.judge.return") key="R" disabled=judging.busy on_press=move |()| judging.begin_return() /> });
        view! { {give_back}{approve} }
    };
    let signable = LocalResource::new(capability::check);
    let cannot_sign = move || {
        signable
            .get()
            .filter(|found| !found.can_sign())
            .map(|found| view! { <Notice title=crate::i18n::text(found.key()) /> })
    };
    view! {
        <div class="judge" class:asks=two>
            {move || judging.said.get().map(|text| view! { <ProblemNote text /> })}
            {move || judging.busy.get().then(|| view! { <p class="muted" role="status">{t!("desk.judge.signing")}</p> })}
            {cannot_sign}
            {why.map(|why| view! { <p class="judge-why">{why}</p> })}
            {may_approve.then(|| view! { <Confirm detail judging /> })}
            {move || judging.returning.get().then(|| view! { <ReturnForm detail judging press /> })}
            {move || (!judging.returning.get()).then(|| { let shown = buttons(); view! { <PanelFoot>{shown}</PanelFoot> } })}
        </div>
    }
}

/// Open checks and alarms that the reviewer confirms by name; a confirmation is signed with the approval.
#[component]
fn Confirm(detail: StoredValue<ReviewDetail>, judging: Judging) -> impl IntoView {
    let open = detail.with_value(|detail| {
        let mut codes: Vec<Choice> = Vec::new();
        for check in detail
            .checks
            .iter()
            .filter(|check| check.life == "open" && check.severity != "block")
            // What forbids approval is mended, not confirmed.
            .filter(|check| !check.blocks || check.severity == "alarm")
        {
            if !codes.iter().any(|one| one.value == check.code) {
                codes.push(Choice::new(check.code.clone(), words::check_title(check)));
            }
        }
        codes
    });
    (!open.is_empty()).then(|| view! {
        <ChipChoices label=t!("desk.judge.confirm") choices=open chosen=judging.confirmed on_choose=move |codes| judging.confirmed.set(codes) />
    })
}

#[component]
fn ReturnForm(
    detail: StoredValue<ReviewDetail>,
    judging: Judging,
    press: Callback<Press>,
) -> impl IntoView {
    let fields = detail.with_value(|detail| {
        let kind = detail.item.row.kind.clone();
        let body = statement(detail)
            .and_then(|statement| statement.body.clone())
            .unwrap_or_default();
        let mut fields = vec![Choice::new(WHOLE, t!("desk.judge.whole"))];
        fields.extend(
            paths(&kind, &body)
                .into_iter()
                .map(|path| Choice::new(path.clone(), show::path(&kind, &path))),
        );
        fields
    });
    let kind = detail.with_value(|detail| detail.item.row.kind.clone());
    let value = Signal::derive(move || {
        judging.field.with(|field| {
            if field.is_empty() {
                WHOLE.to_owned()
            } else {
                field.clone()
            }
        })
    });
    let revision = detail.with_value(|detail| detail.item.revision);
    let choose = move |field: String| {
        judging
            .field
            .set(if field == WHOLE { String::new() } else { field });
    };
    let written = move || {
        let kind = kind.clone();
        judging.comments.get().into_iter().enumerate().map(move |(index, comment)| {
            let place = comment.field.as_deref().map_or_else(|| t!("desk.judge.whole").to_owned(), |field| show::path(&kind, field));
            view! {
                <div class="row-line">
                    <span><b>{place}</b>": "{comment.text}</span>
                    <QuietButton label=t!("action.remove") on_press=move |()| judging.comments.update(|comments| drop(comments.remove(index))) />
                </div>
            }
        }).collect_view()
    };
    let nothing = Signal::derive(move || {
        judging.busy.get()
            || (judging.text.with(|text| text.trim().is_empty())
                && judging.comments.with(Vec::is_empty))
    });
    let send = move |()| {
        judging.add_comment();
        press.run(Press::Return);
    };
    view! {
        <div class="return-form">
            {written}
            <SelectField id="return-field" label=t!("desk.judge.field") choices=fields value on_change=choose />
            <TextArea id="return-text" label=t!("desk.judge.why") value=judging.text on_change=move |text| judging.text.set(text) />
            <QuietButton label=t!("desk.judge.another") disabled=nothing on_press=move |()| judging.add_comment() />
            <ButtonRow wide_last=true>
                <GhostButton label=t!("action.cancel") on_press=move |()| judging.end_return(revision) />
                <InkButton label=t!("desk.judge.send_return") disabled=nothing on_press=send />
            </ButtonRow>
        </div>
    }
}

/// The choice "about the whole report"; no field of a body is called so.
const WHOLE: &str = "~";

/// The answers of a body that can be commented on: fields, and the entries of groups.
fn paths(kind: &str, body: &serde_json::Map<String, Value>) -> Vec<String> {
    let fields = safelane_model::kinds::find(kind).map_or(&[][..], |kind| kind.fields);
    let mut paths = Vec::new();
    for field in fields.iter().filter(|field| body.contains_key(field.key)) {
        match (field.ty, body.get(field.key)) {
            (safelane_model::FieldType::Group(_), Some(Value::Array(entries))) => {
                paths.extend((0..entries.len()).map(|index| format!("{}.{index}", field.key)));
            }
            _ => paths.push(field.key.to_owned()),
        }
    }
    paths
}

fn is_open(detail: &ReviewDetail) -> bool {
    statement(detail).is_some_and(|statement| statement.status == "open")
}

/// Why this person cannot approve now, in words.
fn why_not(detail: &ReviewDetail) -> Option<String> {
    if let Err(code) = &detail.item.may_approve {
        return Some(label(&format!("desk.judge.{}", code.replace('-', "_"))));
    }
    let (here, all) = (detail.item.revisions.len(), detail.item.count as usize);
    if here < all {
        return Some(t!("desk.review.incomplete", here = here, all = all));
    }
    let blocks: Vec<String> = detail
        .blocked_by
        .iter()
        .map(|code| label(&format!("check.{code}.title")))
        .collect();
    (!blocks.is_empty()).then(|| t!("desk.judge.blocked", checks = blocks.join(", ")))
}

/// What the button says: the whole sentence where ground would be shown as less hazardous.
fn approve_words(detail: &ReviewDetail, releases: bool) -> String {
    if !detail.item.needs_two {
        return t!("desk.judge.approve").to_owned();
    }
    if detail.item.reviewed_by.is_empty() && !releases {
        return t!("desk.judge.review_first").to_owned();
    }
    let name = released_from(detail)
        .or_else(|| detail.item.about.clone())
        .or_else(|| detail.item.row.reference.as_ref().map(ToString::to_string))
        .unwrap_or_else(|| words::row_title(&detail.item.row));
    let area = format::area_dm2(detail.item.area.unwrap_or_default());
    let sentence = match (detail.item.effect.as_str(), depth(detail)) {
        ("cleared", Some(depth)) => t!(
            "desk.judge.release_to",
            area = area,
            name = name,
            depth = format::depth_mm(depth)
        ),
        ("cleared", None) => t!("desk.judge.release", area = area, name = name),
        ("reduced", _) => t!("desk.judge.reduce", area = area, name = name),
        ("cancelled", _) => t!("desk.judge.cancel", area = area, name = name),
        _ if detail.areas.iter().any(|one| one.what == "handed-over") => {
            t!("desk.judge.split", name = name)
        }
        _ => t!("desk.judge.less", name = name),
    };
    // The first of two people may both review and hold the right; it still takes another one.
    if detail.item.reviewed_by.is_empty() {
        t!("desk.judge.first_of_two", sentence = sentence)
    } else {
        sentence
    }
}

/// The hazardous areas that less would remain of, by name.
fn released_from(detail: &ReviewDetail) -> Option<String> {
    let less = detail
        .areas
        .iter()
        .filter(|change| change.what == "remaining" && change.after < change.before);
    let names: Vec<String> = less
        .filter_map(|change| detail.record.names.get(&change.record?).cloned())
        .collect();
    (!names.is_empty()).then(|| names.join(", "))
}

/// The least depth that the parts of a completion reached.
fn depth(detail: &ReviewDetail) -> Option<i64> {
    let body = statement(detail)?.body.as_ref()?;
    let parts = body.get("parts").and_then(Value::as_array)?;
    parts
        .iter()
        .filter_map(|part| part.get("depth")?.as_i64())
        .min()
}

/// What is offered when the record has two versions.
fn version_choice(detail: &ReviewDetail) -> Option<Press> {
    let others = versions::others(detail);
    if others.is_empty() {
        return None;
    }
    let all_open = is_open(detail) && others.iter().all(|other| other.status == "open");
    Some(if all_open {
        Press::Take
    } else {
        Press::Combine
    })
}

fn next_of(items: &[ReviewItem], revision: RevisionId) -> Option<RevisionId> {
    let at = items.iter().position(|item| item.revision == revision)?;
    items
        .get(at + 1)
        .or_else(|| at.checked_sub(1).and_then(|before| items.get(before)))
        .map(|item| item.revision)
}

enum Said {
    /// The record is not what the person saw.
    Changed,
    /// Something to tell.
    Words(String),
}

/// Reads again, compares, signs, waits for the receipt.
async fn judge(
    engine: Engine,
    live: Live,
    seen: &ReviewDetail,
    judging: Judging,
    what: Press,
) -> Result<(), Said> {
    let now = api::review_one(seen.item.revision, 0)
        .await
        .map_err(|error| Said::Words(error.sentence()))?;
    if known(&now) != known(seen)
        || now.officials != seen.officials
        || now.item.revisions != seen.item.revisions
    {
        return Err(Said::Changed);
    }
    let acts = acts(seen, judging, what)
        .ok_or_else(|| Said::Words(t!("desk.judge.not_possible").to_owned()))?;
    match sign::sign(engine, live, acts, Vec::new()).await {
        Sent::Received(_) => Ok(()),
        Sent::Kept(why) => Err(Said::Words(t!("desk.judge.not_sent", why = why))),
        Sent::Outside(why) | Sent::NotSigned(why) => Err(Said::Words(why)),
    }
}

/// The statements of the submission: record, kind, revision.
fn statements(detail: &ReviewDetail) -> Vec<(RecordId, String, RevisionId)> {
    let records = std::iter::once(&detail.record).chain(&detail.others);
    let all = records.flat_map(|record| {
        record
            .statements
            .iter()
            .map(move |one| (record.row.record, record.row.kind.clone(), one.revision))
    });
    all.filter(|(_, _, revision)| detail.item.revisions.contains(revision))
        .collect()
}

fn acts(detail: &ReviewDetail, judging: Judging, what: Press) -> Option<Vec<NewRevision>> {
    let comments = judging.comments.get_untracked();
    let give_back = |record, kind: &str, revision, comments: Vec<Comment>| {
        sign::act(
            record,
            kind,
            Act::Return,
            vec![revision],
            &ReturnBody {
                comments,
                problems: Vec::new(),
            },
        )
    };
    let approve = |record: RecordId, kind: &str, revision| {
        let officials = detail.officials.get(&record).cloned().unwrap_or_default();
        let approval = Approval {
            officials,
            confirmed: judging.confirmed.get_untracked(),
        };
        sign::act(record, kind, Act::Approve, vec![revision], &approval)
    };
    let all = statements(detail);
    match what {
        Press::Approve => all
            .iter()
            .map(|(record, kind, revision)| approve(*record, kind, *revision))
            .collect(),
        Press::Return => {
            // Comments on answers belong to the report; the records sent with it are returned with the words about the whole.
            let whole: Vec<Comment> = comments
                .iter()
                .filter(|comment| comment.field.is_none())
                .cloned()
                .collect();
            let words = |revision: RevisionId| {
                if revision == detail.item.revision {
                    comments.clone()
                } else {
                    whole.clone()
                }
            };
            all.iter()
                .map(|(record, kind, revision)| {
                    give_back(*record, kind, *revision, words(*revision))
                })
                .collect()
        }
        Press::Take => {
            let (record, kind) = (detail.item.row.record, detail.item.row.kind.as_str());
            let mut acts: Vec<Option<NewRevision>> = all
                .iter()
                .map(|(record, kind, revision)| approve(*record, kind, *revision))
                .collect();
            let words = vec![Comment {
                field: None,
                vertex: None,
                text: t!("desk.versions.not_taken").to_owned(),
            }];
            acts.extend(
                versions::others(detail)
                    .iter()
                    .map(|other| give_back(record, kind, other.revision, words.clone())),
            );
            acts.into_iter().collect()
        }
        Press::Combine => {
            let own = statement(detail)?;
            let parents = std::iter::once(own.revision)
                .chain(versions::others(detail).iter().map(|other| other.revision))
                .collect();
            let mut body = own.body.clone()?;
            body.remove(safelane_ledger::body::SALT_KEY);
            sign::act(
                detail.item.row.record,
                &detail.item.row.kind,
                Act::Put,
                parents,
                &body,
            )
            .map(|act| vec![act])
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn every_answer_and_every_lane_can_be_commented_on() {
        let body = json!({"report": "progress", "lanes": [{"lane": 1}, {"lane": 4}], "note": "n", "unknown": 1});
        let paths = paths("clearance", body.as_object().expect("an object"));
        assert_eq!(paths, ["report", "lanes.0", "lanes.1", "note"]);
    }
}

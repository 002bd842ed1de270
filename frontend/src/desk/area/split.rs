//! Splitting a hazardous area in two: a line pressed on the map or typed, what remains of both parts, one press.
//!
//! The text of the line is what counts; a press on the map adds a position to it. The hub cuts and counts: what is
//! signed is what it has shown.

use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::hooks::use_navigate;
use safelane_geometry::{MultiPolygon, Position, Shape};
use safelane_ledger::{Act, KindVersion, RecordId, RevisionId};
use safelane_model::Date;
use safelane_model::body::Map;
use safelane_model::kinds::hazardous_area::{self, key};
use safelane_rules::split::{Part, Said, Split, bodies};
use safelane_wire::desk::{RecordDetail, SplitPreview};

use crate::components::{
    ButtonRow, ChipChoice, Choice, DateField, DeskShell, Fact, Facts, GhostButton, Notice, Panel,
    PrimaryButton, ProblemNote, QuietButton, Skeleton, TextArea, TextField,
};
use crate::desk::live::{Live, use_live};
use crate::desk::sign::{self, Sent};
use crate::desk::{api, map, shell, words};
use crate::field::engine::{Engine, NewRevision, engine, new_record};
use crate::field::form::shape;
use crate::i18n::{format, label};
use crate::map::geojson::Collection;
use crate::map::{Bounds, Layer, MapEvent, MapView, Role};
use crate::platform::clock;
use crate::platform::http::Answer;

/// What the person says.
#[derive(Clone, Copy)]
struct Asked {
    record: RecordId,
    /// The line, one position a line of text.
    text: RwSignal<String>,
    /// Whether a position was pressed on the map.
    drawn: RwSignal<bool>,
    /// `left` or `right`.
    keeps: RwSignal<String>,
    on: RwSignal<String>,
    name: RwSignal<String>,
    reason: RwSignal<String>,
}

impl Asked {
    fn about(record: RecordId) -> Self {
        Self {
            record,
            text: RwSignal::new(String::new()),
            drawn: RwSignal::new(false),
            keeps: RwSignal::new("left".to_owned()),
            on: RwSignal::new(clock::today_local()),
            name: RwSignal::new(String::new()),
            reason: RwSignal::new(String::new()),
        }
    }

    /// The positions that can be read so far.
    fn line(self) -> Vec<Position> {
        self.text.with(|text| positions(text))
    }

    /// Lines of the text that are no position, by their number.
    fn bad(self) -> Vec<usize> {
        self.text.with(|text| shape::positions(text).bad)
    }

    fn add(self, at: Position) {
        let line = format!("{:.7}, {:.7}", at.lat_degrees(), at.lon_degrees());
        self.drawn.set(true);
        self.text.update(|text| {
            if !text.is_empty() && !text.ends_with('\n') {
                text.push('\n');
            }
            text.push_str(&line);
        });
    }

    fn undo(self) {
        self.text.update(|text| {
            let mut lines: Vec<&str> = text.trim_end().lines().collect();
            lines.pop();
            *text = lines.join("\n");
        });
    }

    fn anew(self) {
        self.text.set(String::new());
        self.drawn.set(false);
    }
}

fn positions(text: &str) -> Vec<Position> {
    let read = shape::positions(text).read;
    read.into_iter().map(|(_, at)| at).collect()
}

/// The map in the middle, the line and the two parts at the right.
#[component]
pub fn SplitPage() -> impl IntoView {
    let record = shell::record_of_address();
    move || {
        match record.get() {
        Some(record) => view! { <SplitOne asked=Asked::about(record) /> }.into_any(),
        None => view! { <DeskShell rail=shell::rail><div class="desk-page"><ProblemNote text=t!("desk.no_page") /></div></DeskShell> }.into_any(),
    }
    }
}

type Shown = LocalResource<Option<Answer<SplitPreview>>>;

#[component]
fn SplitOne(asked: Asked) -> impl IntoView {
    let live = use_live();
    let detail = LocalResource::new(move || {
        let n = live.number();
        async move { api::record(asked.record, n).await }
    });
    let stands = Memo::new(move |_| detail.get());
    let shown: Shown = LocalResource::new(move || {
        let (n, line, keeps, on) = (
            live.number(),
            asked.line(),
            asked.keeps.get(),
            asked.on.get(),
        );
        async move {
            if line.len() < 2 {
                return None;
            }
            Some(api::split(asked.record, &line, &keeps, &on, n).await)
        }
    });
    let outline = Memo::new(move |_| {
        let detail = stands.get()?.ok()?;
        outline_of(stands_body(&detail)?.1)
    });
    let panel = move || match stands.get() {
        Some(Ok(detail)) => view! { <Form asked detail shown /> }.into_any(),
        Some(Err(error)) => {
            view! { <div class="panel-body"><ProblemNote text=error.sentence() /></div> }.into_any()
        }
        None => view! { <div class="panel-body"><Skeleton /></div> }.into_any(),
    };
    view! {
        <DeskShell rail=shell::rail panel=ViewFn::from(move || panel)>
            <LineMap asked outline shown />
        </DeskShell>
    }
}

/// The one statement that stands, and its body.
fn stands_body(detail: &RecordDetail) -> Option<(RevisionId, &Map)> {
    let [only] = detail.officials.as_slice() else {
        return None;
    };
    let statement = detail.statements.iter().find(|one| one.revision == *only)?;
    Some((*only, statement.body.as_ref()?))
}

fn outline_of(body: &Map) -> Option<MultiPolygon> {
    let ground = safelane_model::body::ground(body, key::ground)?;
    match ground.shape {
        Shape::Polygons { polygons } => Some(polygons),
        _ => None,
    }
}

#[component]
fn LineMap(asked: Asked, outline: Memo<Option<MultiPolygon>>, shown: Shown) -> impl IntoView {
    let live = use_live();
    let ground = map::ground_layers();
    let parts = Memo::new(move |_| shown.get().flatten()?.ok()?.parts);
    let layers = Memo::new(move |_| {
        let mut layers = ground.get();
        let drawn = |role, shape: &MultiPolygon| {
            let mut collection = Collection::new();
            collection.polygons(&rings(shape), None, None);
            Layer {
                role,
                geojson: collection.finish(),
            }
        };
        match parts.get() {
            Some(parts) => {
                let read = |value| serde_json::from_value::<MultiPolygon>(value).ok();
                layers.extend(read(parts.kept.outline).map(|one| drawn(Role::Task, &one)));
                layers.extend(read(parts.new.outline).map(|one| drawn(Role::ThisReport, &one)));
            }
            None => layers.extend(outline.get().map(|one| drawn(Role::Task, &one))),
        }
        let mut sketch = Collection::new();
        let line: Vec<(i64, i64)> = (asked.line().into_iter())
            .map(|at| (i64::from(at.lon_e7()), i64::from(at.lat_e7())))
            .collect();
        for at in &line {
            sketch.point(*at, None, None);
        }
        if line.len() > 1 {
            sketch.line(&line, None, None);
        }
        layers.push(Layer {
            role: Role::Sketch,
            geojson: sketch.finish(),
        });
        layers
    });
    let fit = Memo::new(move |_| -> Option<Bounds> { Some(map::around(outline.get()?.bbox()?)) });
    let tiles = Memo::new(move |_| Some(live.number()));
    let on_event = Callback::new(move |event: MapEvent| {
        if let MapEvent::Tap {
            longitude,
            latitude,
            ..
        } = event
            && let Ok(at) = Position::try_new_e7(longitude, latitude)
        {
            asked.add(at);
        }
    });
    let names = move || {
        parts.get().map(|_| {
            view! {
                <div class="map-over map-beside map-key">
                    <span class="pill on-map"><i class="symbol symbol-task" aria-hidden="true"></i>{t!("desk.split.kept")}</span>
                    <span class="pill on-map"><i class="symbol symbol-this-report" aria-hidden="true"></i>{t!("desk.split.new")}</span>
                </div>
            }
        })
    };
    view! { <MapView layers fit tiles on_event>{names}</MapView> }
}

fn rings(shape: &MultiPolygon) -> Vec<Vec<Vec<(i64, i64)>>> {
    let ring = |ring: &safelane_geometry::Ring| {
        let corner = |at: &Position| (i64::from(at.lon_e7()), i64::from(at.lat_e7()));
        ring.positions().iter().map(corner).collect()
    };
    (shape.polygons().iter())
        .map(|polygon| polygon.rings().map(ring).collect())
        .collect()
}

#[component]
fn Form(asked: Asked, detail: RecordDetail, shown: Shown) -> impl IntoView {
    let title = words::row_title(&detail.row);
    let detail = StoredValue::new(detail);
    let keeps: Vec<Choice> = ["left", "right"]
        .into_iter()
        .map(|side| Choice::new(side, label(&format!("desk.split.{side}"))))
        .collect();
    let bad = Signal::derive(move || {
        let bad = asked.bad();
        let lines: Vec<String> = bad.iter().map(ToString::to_string).collect();
        (!bad.is_empty()).then(|| t!("desk.split.bad_lines", lines = lines.join(", ")))
    });
    let keep = move |side: Option<String>| {
        if let Some(side) = side {
            asked.keeps.set(side);
        }
    };
    let empty = Signal::derive(move || asked.text.with(|text| text.trim().is_empty()));
    view! {
        <Panel title=title above=t!("desk.hazard.split").to_owned() foot=ViewFn::from(move || view! { <Foot asked detail shown /> })>
            <div class="split">
                <p class="muted">{t!("desk.split.how")}</p>
                <TextArea
                    id="split-line" label=t!("desk.split.line") hint=t!("desk.split.line_hint").to_owned()
                    value=asked.text problem=bad
                    on_change=move |text| asked.text.set(text)
                />
                <ButtonRow>
                    <GhostButton label=t!("desk.split.undo") disabled=empty on_press=move |()| asked.undo() />
                    <QuietButton label=t!("desk.draw.anew") disabled=empty on_press=move |()| asked.anew() />
                </ButtonRow>
                <Figures shown />
                <ChipChoice
                    label=t!("desk.split.keeps") choices=keeps chosen=Signal::derive(move || Some(asked.keeps.get()))
                    on_choose=keep
                />
                <TextField id="split-name" label=t!("desk.split.name") optional=true value=asked.name on_change=move |text| asked.name.set(text) />
                <DateField id="split-on" label=t!("desk.split.on") value=asked.on on_change=move |day| asked.on.set(day) />
                <TextArea id="split-reason" label=t!("desk.split.reason") value=asked.reason on_change=move |text| asked.reason.set(text) />
            </div>
        </Panel>
    }
}

/// What remains now and of both parts, or why the line does not cut.
#[component]
fn Figures(shown: Shown) -> impl IntoView {
    move || {
        let answer = shown.get().flatten()?;
        Some(match answer {
            Err(error) => view! { <ProblemNote text=error.sentence() /> }.into_any(),
            Ok(preview) => match (&preview.parts, &preview.problem) {
                (Some(parts), _) => {
                    let sum = parts.kept.remaining + parts.new.remaining;
                    let whole = format::area_dm2(preview.before);
                    let (kept, new) = (parts.kept.remaining, parts.new.remaining);
                    view! {
                        <div class="split-figures" role="status">
                            <Facts>
                                <Fact name=t!("desk.split.before")>{whole}</Fact>
                                <Fact name=t!("desk.split.kept")>{format::area_dm2(kept)}</Fact>
                                <Fact name=t!("desk.split.new")>{format::area_dm2(new)}</Fact>
                                <Fact name=t!("desk.split.sum")><b>{format::area_dm2(sum)}</b></Fact>
                            </Facts>
                        </div>
                    }
                    .into_any()
                }
                (None, problem) => {
                    let code = problem.as_deref().unwrap_or("line-misses");
                    let text = label(&format!("desk.split.problem.{code}"));
                    view! { <ProblemNote text /> }.into_any()
                }
            },
        })
    }
}

/// How many people it takes, and the one press.
#[component]
fn Foot(asked: Asked, detail: StoredValue<RecordDetail>, shown: Shown) -> impl IntoView {
    let (live, go, engine) = (use_live(), use_navigate(), engine());
    let (busy, failed) = (RwSignal::new(false), RwSignal::new(None::<String>));
    let ready = Memo::new(move |_| {
        let preview = shown.get().flatten()?.ok()?;
        preview.parts.is_some().then_some(preview)
    });
    let waits = move || {
        let text = match (
            ready.with(Option::is_some),
            asked.reason.with(|text| text.trim().is_empty()),
        ) {
            (false, _) => t!("desk.split.needs_line"),
            (true, true) => t!("desk.split.needs_reason"),
            (true, false) => return None,
        };
        Some(view! { <p class="judge-why">{text}</p> })
    };
    let blocked = Signal::derive(move || {
        let no_reason = asked.reason.with(|text| text.trim().is_empty());
        busy.get() || no_reason || ready.with(Option::is_none) || !asked.bad().is_empty()
    });
    let press = move |()| {
        let Some(preview) = ready.get_untracked() else {
            return;
        };
        busy.set(true);
        failed.set(None);
        let go = go.clone();
        let seen = detail.get_value();
        spawn_local(async move {
            match sign_split(engine, live, asked, &seen, &preview).await {
                Ok(()) => go(
                    &format!("/desk/record/{}", asked.record),
                    leptos_router::NavigateOptions::default(),
                ),
                Err(why) => drop(failed.try_set(Some(why))),
            }
            let _ = busy.try_set(false);
        });
    };
    view! {
        <div class="judge">
            <Notice title=t!("desk.split.two_people")><p>{t!("desk.split.two_people_how")}</p></Notice>
            {move || failed.get().map(|text| view! { <ProblemNote text /> })}
            {waits}
            {move || busy.get().then(|| view! { <p class="muted" role="status">{t!("desk.judge.signing")}</p> })}
            <ButtonRow wide_last=true>
                <QuietButton label=t!("action.cancel") disabled=busy on_press=move |()| crate::platform::dom::go(&format!("/desk/record/{}", asked.record)) />
                <PrimaryButton label=t!("desk.split.sign") disabled=blocked on_press=press />
            </ButtonRow>
        </div>
    }
}

/// Reads again, compares, signs both statements as one submission, waits for the receipt.
async fn sign_split(
    engine: Engine,
    live: Live,
    asked: Asked,
    seen: &RecordDetail,
    preview: &SplitPreview,
) -> Result<(), String> {
    let changed = || t!("desk.split.changed").to_owned();
    let now = api::record(asked.record, 0)
        .await
        .map_err(|error| error.sentence())?;
    let line = positions(&asked.text.get_untracked());
    let (keeps, on) = (asked.keeps.get_untracked(), asked.on.get_untracked());
    let again = api::split(asked.record, &line, &keeps, &on, 0)
        .await
        .map_err(|error| error.sentence())?;
    if now.officials != seen.officials
        || again.parts != preview.parts
        || again.before != preview.before
    {
        return Err(changed());
    }
    let new = new_record();
    let acts = acts(&now, preview, asked, new).ok_or_else(changed)?;
    match sign::sign(engine, live, acts, Vec::new()).await {
        Sent::Received(_) => Ok(()),
        Sent::Kept(why) => Err(t!("desk.judge.not_sent", why = why)),
        Sent::Outside(why) | Sent::NotSigned(why) => Err(why),
    }
}

fn acts(
    detail: &RecordDetail,
    preview: &SplitPreview,
    asked: Asked,
    new: RecordId,
) -> Option<Vec<NewRevision>> {
    let (stands, body) = stands_body(detail)?;
    let name = asked.name.get_untracked();
    let said = Said {
        on: asked.on.get_untracked().parse::<Date>().ok()?,
        reason: asked.reason.get_untracked(),
        name: (!name.trim().is_empty()).then_some(name),
        drawn: asked.drawn.get_untracked(),
    };
    let [kept, other] = bodies(body, asked.record, &split_of(preview)?, &said);
    let put = |record, parents, body| {
        let kind = hazardous_area::HazardousArea::KIND;
        Some(NewRevision {
            record,
            kind: KindVersion::new(kind.name, kind.version).ok()?,
            act: Act::Put,
            parents,
            body,
        })
    };
    Some(vec![
        put(asked.record, vec![stands], kept)?,
        put(new, Vec::new(), other)?,
    ])
}

/// What the hub has shown, as the rules have it.
fn split_of(preview: &SplitPreview) -> Option<Split> {
    let parts = preview.parts.as_ref()?;
    let part = |part: &safelane_wire::desk::SplitPart| {
        Some(Part {
            outline: serde_json::from_value(part.outline.clone()).ok()?,
            remaining: part.remaining,
        })
    };
    Some(Split {
        before: preview.before,
        kept: part(&parts.kept)?,
        new: part(&parts.new)?,
    })
}

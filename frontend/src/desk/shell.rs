//! The frame of every desk page: the rail at the left, what is wrong above, the keys in a card.

use std::collections::BTreeSet;

use leptos::prelude::*;
use leptos_router::hooks::{use_navigate, use_params_map};
use safelane_ledger::{RecordId, Role};
use safelane_rules::permissions;
use safelane_wire::session::SessionInfo;

use crate::components::icon::Sign;
use crate::components::{Card, Fact, Facts, NavItem, QuietButton, Rail};
use crate::field::engine::{Phase, engine};
use crate::platform::{dom, online};

/// Who runs the programme.
const RUNS: &[Role] = &[Role::Administrator, Role::Coordinator];
/// Who judges, or runs the programme: the hub tells them what waits in the whole ledger.
const JUDGES_OR_RUNS: &[Role] = &[Role::Administrator, Role::Coordinator, Role::Approver];

/// Who sits at this desk.
#[derive(Clone, Copy)]
pub struct Here(pub RwSignal<Option<SessionInfo>>);

impl Here {
    /// The person's roles; none before the hub has answered.
    pub fn roles(self) -> BTreeSet<Role> {
        self.0.with_untracked(|info| {
            info.as_ref()
                .map(|info| info.roles.clone())
                .unwrap_or_default()
        })
    }

    /// Whether the person has one of these roles; true before the hub has answered.
    pub fn has_one_of(self, roles: &[Role]) -> bool {
        let own = self.roles();
        own.is_empty() || roles.iter().any(|role| own.contains(role))
    }

    /// Whether the person may sign this act on this kind at all.
    pub fn may(self, kind: &str, act: safelane_ledger::Act) -> bool {
        permissions::may(&self.roles(), kind, act)
    }
}

/// The record that a page's address names (`:record`); none where it names no record.
pub fn record_of_address() -> Memo<Option<RecordId>> {
    let params = use_params_map();
    Memo::new(move |_| params.read().get("record")?.parse().ok())
}

/// Who sits at this desk.
pub fn here() -> Here {
    expect_context()
}

/// Where somebody begins: whoever judges at the queue, an administrator at the morning page, everybody
/// else at the map of what is recorded.
pub fn first_page() -> &'static str {
    let here = here();
    match () {
        () if here.has_one_of(permissions::APPROVE) => "/desk/review",
        () if here.has_one_of(JUDGES_OR_RUNS) => "/desk/morning",
        () => "/desk/map",
    }
}

/// The places of the desk.
pub fn rail() -> impl IntoView {
    let place = |href, label, sign| NavItem {
        href,
        label,
        sign,
        count: None,
    };
    let mut items = vec![
        place("/desk/morning", t!("desk.nav.morning"), Sign::Today),
        place("/desk/map", t!("desk.nav.map"), Sign::Map),
        place("/desk/review", t!("desk.nav.review"), Sign::Review),
        place("/desk/checks", t!("desk.nav.checks"), Sign::Search),
        place("/desk/records", t!("desk.nav.records"), Sign::Records),
        place("/desk/tasks", t!("desk.nav.tasks"), Sign::Tasks),
        place("/desk/risk", t!("desk.nav.risk"), Sign::Risk),
        place("/desk/totals", t!("desk.nav.totals"), Sign::Reports),
        place("/desk/people", t!("desk.nav.people"), Sign::People),
        place("/desk/import", t!("desk.nav.import"), Sign::Import),
        place("/desk/settings", t!("desk.nav.settings"), Sign::Admin),
    ];
    let here = here();
    // What the hub refuses a role is not offered to it.
    let not_for = [
        (RUNS, &["/desk/people", "/desk/import"][..]),
        (
            JUDGES_OR_RUNS,
            &["/desk/morning", "/desk/review", "/desk/checks"],
        ),
    ];
    for (roles, hrefs) in not_for {
        if !here.has_one_of(roles) {
            items.retain(|item| !hrefs.contains(&item.href));
        }
    }
    let name = move || {
        here.0.with(|info| {
            info.as_ref()
                .map(|info| info.display_name.clone())
                .unwrap_or_default()
        })
    };
    view! { <Rail items foot=move || view! { <span class="rail-person">{name}</span> } /> }
}

/// Above the page: no connection, signed here and not sent yet, a session that has ended.
#[component]
pub fn Standing() -> impl IntoView {
    let (online, engine) = (online::online(), engine());
    let away = Memo::new(move |_| {
        !online.get()
            || engine
                .status
                .with(|status| status.phase == Phase::NoNetwork)
    });
    let ended = Memo::new(move |_| {
        engine
            .status
            .with(|status| status.phase == Phase::NeedsSignIn)
    });
    let waiting = Memo::new(move |_| engine.status.with(|status| status.waiting));
    let restored = Memo::new(move |_| engine.status.with(|status| status.restored));
    move || {
        let mut lines = Vec::new();
        if away.get() {
            lines.push(t!("desk.away").to_owned());
        }
        if waiting.get() > 0 && away.get() {
            lines.push(t!("desk.unsent", count = waiting.get()));
        }
        if restored.get() {
            lines.push(t!("desk.restored").to_owned());
        }
        let sign_in = ended.get().then(|| {
            lines.push(t!("problem.password-needed").to_owned());
            view! { " "<a class="link" href="/sign-in" rel="external">{t!("field.sign_in.enter")}</a> }
        });
        let standing = (!lines.is_empty()).then(|| view! { <div class="desk-standing" role="status"><b aria-hidden="true">"! "</b>{lines.join(" ")}{sign_in}</div> });
        view! { {standing}<Unverified /> }
    }
}

/// Above the page: what the office server gave and this device does not vouch for.
#[component]
fn Unverified() -> impl IntoView {
    let engine = engine();
    let unverified = Memo::new(move |_| engine.status.with(|status| status.unverified));
    let unknown = Memo::new(move |_| engine.status.with(|status| status.unknown_keys));
    let again = move |()| engine.fetch_again();
    view! {
        {move || (unverified.get() > 0).then(|| view! {
            <div class="desk-standing" role="alert">
                <b aria-hidden="true">"! "</b><b>{t!("field.standing.unverified", count = unverified.get())}</b>" "{t!("desk.unverified")}" "
                <QuietButton label=t!("field.standing.fetch_again") on_press=again />
            </div>
        })}
        {move || (unknown.get() > 0).then(|| view! {
            <div class="desk-standing" role="status">
                <b aria-hidden="true">"! "</b><b>{t!("field.standing.unknown_keys", count = unknown.get())}</b>" "{t!("field.standing.unknown_keys_more")}" "
                <QuietButton label=t!("field.standing.fetch_again") on_press=again />
            </div>
        })}
    }
}

/// `?` shows the keys, `/` searches.
#[component]
pub fn Keys() -> impl IntoView {
    let shown = RwSignal::new(false);
    let go = use_navigate();
    dom::on_key(move |key| match key {
        "?" => shown.update(|shown| *shown = !*shown),
        "Escape" => shown.set(false),
        "/" => {
            go("/desk/records", leptos_router::NavigateOptions::default());
            set_timeout(
                || dom::focus("search"),
                std::time::Duration::from_millis(150),
            );
        }
        _ => {}
    });
    move || {
        shown
            .get()
            .then(|| view! { <KeyCard on_close=move |()| shown.set(false) /> })
    }
}

#[component]
fn KeyCard(#[prop(into)] on_close: Callback<()>) -> impl IntoView {
    let dialog = NodeRef::new();
    dom::hold_focus(dialog);
    let key =
        |keys: &'static str, what: &'static str| view! { <Fact name=what><kbd>{keys}</kbd></Fact> };
    view! {
        <div node_ref=dialog class="desk-keys" role="dialog" aria-modal="true" aria-label=t!("desk.keys.title")>
            <Card title=t!("desk.keys.title")>
                <Facts>
                    {key("↑ ↓", t!("desk.keys.walk"))}
                    {key("N", t!("desk.keys.next"))}
                    {key("A", t!("desk.keys.approve"))}
                    {key("R", t!("desk.keys.return"))}
                    {key("/", t!("desk.keys.search"))}
                    {key("?", t!("desk.keys.help"))}
                </Facts>
                <p class="muted">{t!("desk.keys.two")}</p>
                <button type="button" class="button button-quiet" on:click=move |_| on_close.run(())>{t!("action.close")}</button>
            </Card>
        </div>
    }
}

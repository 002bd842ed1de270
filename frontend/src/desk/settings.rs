//! Settings of this browser and who is here; beneath them the programme's own (`settings/programme.rs`).

mod programme;

use leptos::prelude::*;
use leptos::task::spawn_local;
use safelane_ledger::Role;

use super::shell;
use crate::components::{Card, ChipChoice, Choice, DeskShell, QuietButton};
use crate::i18n::{self, Language};
use crate::platform::preferences::{self, Theme};
use crate::platform::{dom, http};
use programme::ProgrammeCards;
pub use programme::ProgrammePage;

/// Language, colours, signing out.
#[component]
pub fn SettingsPage() -> impl IntoView {
    let theme = RwSignal::new(preferences::theme());
    let themes: Vec<Choice> = Theme::ALL
        .iter()
        .map(|theme| Choice::new(theme.code(), i18n::text(theme.key())))
        .collect();
    let choose_theme = move |code: Option<String>| {
        let chosen = Theme::ALL
            .into_iter()
            .find(|theme| Some(theme.code()) == code.as_deref())
            .unwrap_or_default();
        preferences::set_theme(chosen);
        theme.set(chosen);
    };
    let languages: Vec<Choice> = Language::ALL
        .iter()
        .map(|language| Choice::new(language.code(), language.endonym()))
        .collect();
    let choose_language = move |code: Option<String>| {
        if let Some(code) = code {
            preferences::set_language(Language::from_code(&code));
        }
    };
    let leave = move |()| {
        spawn_local(async move {
            // Without an answer the cookie ends by itself; nothing of the desk is kept on this device.
            let _ = http::delete(safelane_wire::session::SESSION).await;
            dom::go("/sign-in");
        });
    };
    // The field pages are a bundle of their own.
    let field = shell::here().roles().contains(&Role::Field).then(|| {
        view! { <a class="button button-ghost" href="/field/today" rel="external">{t!("desk.settings.field")}</a> }
    });
    view! {
        <DeskShell rail=shell::rail>
            <div class="desk-page narrow">
                <h1>{t!("desk.nav.settings")}</h1>
                <Card>
                    <ChipChoice
                        label=t!("desk.settings.language") choices=languages chosen=Some(i18n::current().code().to_owned())
                        on_choose=Callback::new(choose_language)
                    />
                    <ChipChoice
                        label=t!("desk.settings.theme") choices=themes chosen=Signal::derive(move || Some(theme.get().code().to_owned()))
                        on_choose=Callback::new(choose_theme)
                    />
                </Card>
                <Card>{field}<QuietButton label=t!("desk.settings.sign_out") on_press=Callback::new(leave) /></Card>
                <ProgrammeCards />
            </div>
        </DeskShell>
    }
}

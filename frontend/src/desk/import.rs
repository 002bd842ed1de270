//! Other programs: taking in a file, which is read on the hub's own computer, feature by feature, with a report;
//! reading the live data; proving that nothing was altered.

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::shell;
use crate::components::{Card, DeskShell, Notice};
use crate::field::account::Page;
use crate::i18n::label;
use crate::platform::{dom, http};

/// What the administrator types for each layer; the words around it are translated, the command is not.
const COMMANDS: [(&str, &str); 4] = [
    (
        "hazardous-area",
        "safelane import suspected.geojson --kind hazardous-area --as-of 2026-01-31 --report suspected.json",
    ),
    (
        "clearance",
        "safelane import cleared.geojson --kind clearance --as-of 2026-01-31 --report cleared.json",
    ),
    (
        "accident",
        "safelane import incidents.geojson --kind accident --as-of 2026-01-31 --report incidents.json",
    ),
    (
        "admin-area",
        "safelane import districts.geojson --kind admin-area --as-of 2026-01-31 --report districts.json",
    ),
];

/// What makes a program's own token.
const TOKEN: &str = "safelane token create qgis --role viewer";
/// What reads every signature and receipt again.
const VERIFY: &str = "safelane verify";

/// How a file is taken in, and what other programs read.
#[component]
pub fn ImportPage() -> impl IntoView {
    let line = |(kind, command): (&'static str, &'static str)| {
        view! { <h2>{label(&format!("kind.{kind}"))}</h2><pre class="command" tabindex="0">{command}</pre> }
    };
    let token = RwSignal::new(None::<String>);
    spawn_local(async move {
        // A demo publishes one; elsewhere the command makes it.
        if let Ok(page) = http::get::<Page>("/api/sign-in").await {
            let people = page.sign_ins.map(|demo| demo.people).unwrap_or_default();
            let published = people.into_iter().find_map(|person| person.token);
            let _ = token.try_set(published);
        }
    });
    let address = format!("{}/ogc", dom::origin());
    view! {
        <DeskShell rail=shell::rail>
            <div class="desk-page narrow">
                <h1>{t!("desk.nav.import")}</h1>
                <p>{t!("desk.import.how")}</p>
                <Card>{COMMANDS.map(line).collect_view()}</Card>
                <Notice title=t!("desk.import.imported")>{t!("desk.import.imported_how")}</Notice>
                <Card title=t!("desk.import.programs")>
                    <p>{t!("desk.import.programs_how")}</p>
                    <pre class="command" tabindex="0">{address}</pre>
                    <p>{t!("desk.import.token")}</p>
                    <pre class="command" tabindex="0">{move || token.get().unwrap_or_else(|| TOKEN.to_owned())}</pre>
                </Card>
                <Card title=t!("desk.import.verify")>
                    <p>{t!("desk.import.verify_how")}</p>
                    <pre class="command" tabindex="0">{VERIFY}</pre>
                </Card>
                <p><a class="link" href="/desk/claims">{t!("desk.claims.go")}</a></p>
                <p class="muted">{t!("desk.import.again")}</p>
            </div>
        </DeskShell>
    }
}

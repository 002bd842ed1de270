//! Taking in a file: it is read on the hub's own computer, feature by feature, with a report.

use leptos::prelude::*;

use super::shell;
use crate::components::{Card, DeskShell, Notice};
use crate::i18n::label;

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

/// How a file is taken in.
#[component]
pub fn ImportPage() -> impl IntoView {
    let line = |(kind, command): (&'static str, &'static str)| {
        view! { <h2>{label(&format!("kind.{kind}"))}</h2><pre class="command" tabindex="0">{command}</pre> }
    };
    view! {
        <DeskShell rail=shell::rail>
            <div class="desk-page narrow">
                <h1>{t!("desk.nav.import")}</h1>
                <p>{t!("desk.import.how")}</p>
                <Card>{COMMANDS.map(line).collect_view()}</Card>
                <Notice title=t!("desk.import.imported")>{t!("desk.import.imported_how")}</Notice>
                <p><a class="link" href="/desk/claims">{t!("desk.claims.go")}</a></p>
                <p class="muted">{t!("desk.import.again")}</p>
            </div>
        </DeskShell>
    }
}

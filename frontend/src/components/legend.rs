//! The map's legend: always there, the same symbols in print.

use leptos::prelude::*;

/// A symbol of the map.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Symbol {
    /// Confirmed hazardous area.
    Confirmed,
    /// Suspected hazardous area.
    Suspected,
    /// Worked, not released.
    Worked,
    /// Released.
    Released,
    /// Reported, not yet reviewed.
    Submitted,
    /// The report being read or drawn.
    ThisReport,
    /// An item not yet destroyed.
    Item,
    /// An accident.
    Accident,
    /// A civilian-risk zone.
    RiskZone,
    /// An indication without area.
    Indication,
    /// A task's outline.
    Task,
    /// Not on this device (S12).
    NotHere,
}

impl Symbol {
    /// What the map at the desk shows.
    pub const DESK: [Self; 9] = [
        Self::Confirmed,
        Self::Suspected,
        Self::Worked,
        Self::Released,
        Self::Submitted,
        Self::Item,
        Self::Accident,
        Self::RiskZone,
        Self::Indication,
    ];
    /// What the map on the phone shows.
    pub const FIELD: [Self; 9] = [
        Self::Confirmed,
        Self::Suspected,
        Self::Worked,
        Self::Released,
        Self::Submitted,
        Self::Item,
        Self::Accident,
        Self::Task,
        Self::NotHere,
    ];

    const fn class(self) -> &'static str {
        match self {
            Self::Confirmed => "confirmed",
            Self::Suspected => "suspected",
            Self::Worked => "worked",
            Self::Released => "released",
            Self::Submitted => "submitted",
            Self::ThisReport => "this-report",
            Self::Item => "item",
            Self::Accident => "accident",
            Self::RiskZone => "risk-zone",
            Self::Indication => "indication",
            Self::Task => "task",
            Self::NotHere => "not-here",
        }
    }

    /// Its name in words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Confirmed => t!("legend.confirmed"),
            Self::Suspected => t!("legend.suspected"),
            Self::Worked => t!("legend.worked"),
            Self::Released => t!("legend.released"),
            Self::Submitted => t!("legend.submitted"),
            Self::ThisReport => t!("legend.this_report"),
            Self::Item => t!("legend.item"),
            Self::Accident => t!("legend.accident"),
            Self::RiskZone => t!("legend.risk_zone"),
            Self::Indication => t!("legend.indication"),
            Self::Task => t!("legend.task"),
            Self::NotHere => t!("legend.not_here"),
        }
    }
}

/// The legend; on a phone it opens from one line.
#[component]
pub fn Legend(
    /// The symbols, most dangerous first.
    #[prop(into)]
    symbols: Signal<Vec<Symbol>>,
    /// Whether it starts open (at the desk).
    #[prop(optional)]
    open: bool,
) -> impl IntoView {
    let line = |symbol: Symbol| view! { <li><i class=format!("symbol symbol-{}", symbol.class()) aria-hidden="true"></i>{symbol.words()}</li> };
    view! {
        <details class="legend" open=open>
            <summary>{t!("legend.title")}</summary>
            <ul>{move || symbols.get().into_iter().map(line).collect_view()}</ul>
            <p class="muted">{t!("legend.no_record")}</p>
        </details>
    }
}

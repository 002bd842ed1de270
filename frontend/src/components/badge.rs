//! State in words with a sign, in ink on paper: red, amber and hatching are for hazard alone.

use leptos::prelude::*;

/// Where a record stands between the person and the office.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RecordState {
    /// On the device, not submitted.
    Draft,
    /// Submitted; no receipt yet.
    Waiting,
    /// The receipt is on the device.
    Received {
        /// Time of day or date, already written out.
        time: String,
    },
    /// Sent back with a comment.
    Returned,
    /// Approved.
    Approved,
    /// One of two people has approved.
    ReviewedOnce,
    /// Kept outside the ledger by the hub.
    Held,
    /// The hub has it, but not its predecessor.
    WaitingForEarlier,
    /// Two versions stand side by side.
    TwoVersions,
    /// Set aside.
    SetAside,
    /// Removed from the record.
    Removed,
}

impl RecordState {
    const fn sign(&self) -> &'static str {
        match self {
            Self::Draft => "✎",
            Self::Waiting => "↑",
            Self::Received { .. } | Self::Approved => "✓",
            Self::ReviewedOnce => "½",
            Self::Returned => "↩",
            Self::Held | Self::WaitingForEarlier => "‖",
            Self::TwoVersions => "≠",
            Self::SetAside | Self::Removed => "–",
        }
    }

    /// Whether the person has to do something about it: then it has a border.
    const fn asks(&self) -> bool {
        matches!(
            self,
            Self::Waiting | Self::Returned | Self::Held | Self::TwoVersions
        )
    }

    /// The words.
    pub fn words(&self) -> String {
        match self {
            Self::Draft => t!("state.draft").to_owned(),
            Self::Waiting => t!("state.waiting").to_owned(),
            Self::Received { time } => t!("state.received", time = time),
            Self::Returned => t!("state.returned").to_owned(),
            Self::Approved => t!("state.approved").to_owned(),
            Self::ReviewedOnce => t!("state.reviewed_once").to_owned(),
            Self::Held => t!("state.held").to_owned(),
            Self::WaitingForEarlier => t!("state.waiting_parent").to_owned(),
            Self::TwoVersions => t!("state.two_versions").to_owned(),
            Self::SetAside => t!("state.set_aside").to_owned(),
            Self::Removed => t!("state.removed").to_owned(),
        }
    }
}

/// A record's state.
#[component]
pub fn StateBadge(
    /// Where it stands.
    #[prop(into)]
    state: Signal<RecordState>,
) -> impl IntoView {
    let shown = move || {
        let state = state.get();
        view! { <span class="pill" class:asks=state.asks()><span aria-hidden="true">{state.sign()}</span> {state.words()}</span> }
    };
    view! { <span class="state-badge">{shown}</span> }
}

/// A few words in a rounded frame: waiting to send (2), map age, GPS accuracy.
#[component]
pub fn Pill(
    /// The words.
    #[prop(into)]
    text: Signal<String>,
    /// Whether it asks for something: then it has a border.
    #[prop(optional, into)]
    asks: Signal<bool>,
    /// Whether it is an alarm about recorded hazard: the only red one.
    #[prop(optional)]
    alarm: bool,
    /// Whether it lies on the map and needs paper beneath.
    #[prop(optional)]
    on_map: bool,
) -> impl IntoView {
    view! { <span class="pill" class:asks=asks class:alarm=alarm class:on-map=on_map>{text}</span> }
}

/// A small label: 20 cm, two photos, needs two people.
#[component]
pub fn Tag(
    /// The words.
    #[prop(into)]
    text: Signal<String>,
) -> impl IntoView {
    view! { <span class="tag">{text}</span> }
}

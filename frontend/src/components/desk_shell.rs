//! The desk: rail, list, map, panel. The list and the panel are read, the map is looked at.

use leptos::prelude::*;

/// The frame of a desk page; parts that a page does not need are left out and the others take the room.
#[component]
pub fn DeskShell(
    /// The rail.
    #[prop(into)]
    rail: ViewFn,
    /// The list at the left.
    #[prop(optional, into)]
    list: Option<ViewFn>,
    /// The panel at the right.
    #[prop(optional, into)]
    panel: Option<ViewFn>,
    /// The middle: the map, or the page itself.
    children: Children,
) -> impl IntoView {
    let (has_list, has_panel) = (list.is_some(), panel.is_some());
    view! {
        <div class="desk" class:has-list=has_list class:has-panel=has_panel>
            {rail.run()}
            {list.map(|list| view! { <section class="desk-list" aria-label=t!("desk.part.list")>{list.run()}</section> })}
            <main class="desk-middle">{children()}</main>
            {panel.map(|panel| view! { <aside class="desk-panel" aria-label=t!("desk.part.panel")>{panel.run()}</aside> })}
        </div>
    }
}

/// What is in the panel: it scrolls, its foot does not.
#[component]
pub fn Panel(
    /// The line above the title.
    #[prop(optional, into)]
    above: Option<Signal<String>>,
    /// The title.
    #[prop(into)]
    title: Signal<String>,
    /// The buttons at its foot ([`PanelFoot`]).
    #[prop(optional, into)]
    foot: ViewFn,
    /// What is read.
    children: Children,
) -> impl IntoView {
    view! {
        <div class="panel-body" tabindex="0">
            <div>
                {above.map(|above| view! { <div class="muted">{above}</div> })}
                <h1>{title}</h1>
            </div>
            {children()}
        </div>
        {foot.run()}
    }
}

/// Buttons at the foot of the panel.
#[component]
pub fn PanelFoot(
    /// The buttons.
    children: Children,
) -> impl IntoView {
    view! { <div class="panel-foot">{children()}</div> }
}

/// One line of a queue or list.
#[component]
pub fn QueueEntry(
    /// What it is.
    #[prop(into)]
    title: Signal<String>,
    /// When.
    #[prop(optional, into)]
    time: Signal<String>,
    /// Where, who, how much.
    #[prop(optional, into)]
    about: Signal<String>,
    /// Small labels: warnings, photos, needs two people.
    #[prop(optional, into)]
    tags: Signal<Vec<String>>,
    /// Whether it is an alarm: the only red one.
    #[prop(optional)]
    alarm: bool,
    /// Whether it is the chosen one.
    #[prop(optional, into)]
    chosen: Signal<bool>,
    /// The element's id, so that keys can lead to it.
    #[prop(optional, into)]
    id: Option<String>,
    /// Called when it is pressed.
    #[prop(into)]
    on_press: Callback<()>,
) -> impl IntoView {
    let tags = move || {
        let tags = tags.get();
        (!tags.is_empty()).then(|| view! { <div class="tags">{tags.into_iter().map(|tag| view! { <span class="tag">{tag}</span> }).collect_view()}</div> })
    };
    view! {
        <button
            type="button"
            id=id
            class="queue-entry"
            class:alarm=alarm
            class:on=chosen
            aria-current=move || chosen.get().then_some("true")
            on:click=move |_| on_press.run(())
        >
            <div class="queue-head"><b>{title}</b><span class="muted num">{time}</span></div>
            <div class="muted">{about}</div>
            {tags}
        </button>
    }
}

//! Photos in a form: taken or chosen, redrawn without metadata, shown small.

use leptos::prelude::*;

use super::icon::{Icon, Sign};
use crate::platform::files::{self, Picked};

/// One photo in a form, already on the device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Thumbnail {
    /// Its SHA-256 in hex: how the record names it.
    pub sha256: String,
    /// Where the page can show it from ([`files::object_url`]).
    pub url: String,
    /// What it shows, in words.
    pub caption: String,
}

/// A row of photos and a button to take one.
#[component]
pub fn PhotoField(
    /// Its name.
    #[prop(into)]
    label: Signal<String>,
    /// The photos so far.
    #[prop(into)]
    photos: Signal<Vec<Thumbnail>>,
    /// Called with the file that was chosen: redraw it ([`crate::platform::photo::redraw`]), hash it, keep it.
    #[prop(into)]
    on_pick: Callback<Picked>,
    /// Called with the SHA-256 of the photo to leave out.
    #[prop(into)]
    on_remove: Callback<String>,
    /// What is wrong with it.
    #[prop(optional, into)]
    problem: Signal<Option<String>>,
    /// The element's id.
    #[prop(into)]
    id: String,
) -> impl IntoView {
    let thumbnail = move |photo: Thumbnail| {
        let sha256 = photo.sha256;
        view! {
            <li class="thumbnail">
                <img src=photo.url alt=photo.caption />
                <button type="button" aria-label=t!("action.remove") on:click=move |_| on_remove.run(sha256.clone())><Icon sign=Sign::Close /></button>
            </li>
        }
    };
    view! {
        <div class="field" class:has-problem=move || problem.with(Option::is_some)>
            <div class="field-label">{label}</div>
            <ul class="thumbnails">{move || photos.get().into_iter().map(thumbnail).collect_view()}</ul>
            <label class="button button-ghost" for=id.clone()><Icon sign=Sign::Camera /><span>{t!("photo.take")}</span></label>
            <input
                id=id
                class="sr"
                type="file"
                accept="image/*"
                capture="environment"
                on:change=move |event| if let Some(file) = files::picked_by(&event) { on_pick.run(file) }
            />
            {super::input::problem_line(problem)}
        </div>
    }
}

//! Photos of a record: redrawn without metadata, hashed, kept in the device's store, named in the body.

use std::collections::BTreeMap;

use leptos::prelude::*;
use leptos::task::spawn_local;
use safelane_ledger::Digest;
use safelane_model::body::{self, Map, Photo};
use serde_json::Value;

use super::slot::Slot;
use crate::components::{PhotoField, Thumbnail};
use crate::platform::files::{self, Picked};
use crate::platform::store::{self, Area, Batch};
use crate::platform::{PlatformError, clock, photo};

/// Redraws a photo, keeps it and names it. Its place is that of the record: a photo carries none of its own.
async fn keep(file: Picked) -> Result<(Photo, Vec<u8>), PlatformError> {
    let drawn = photo::redraw(&file).await?;
    let sha256 = Digest::of(&drawn.bytes).to_string();
    Batch::new()
        .put_bytes(Area::Media, &sha256, &drawn.bytes)
        .commit()
        .await?;
    let named = Photo {
        sha256,
        bytes: drawn.bytes.len() as u64,
        media_type: photo::MEDIA_TYPE.to_owned(),
        caption: None,
        taken_at: Some(clock::now_rfc3339()),
        position: None,
    };
    Ok((named, drawn.bytes))
}

fn named(value: Option<&Value>) -> Vec<Photo> {
    let map: Map = value
        .map(|value| ("photos".to_owned(), value.clone()))
        .into_iter()
        .collect();
    body::photos(&map, "photos")
}

/// The photos that a field names, as far as they are on this device; `elsewhere` says where one is that is not.
pub fn thumbnails(
    value: Signal<Option<Value>>,
    caption: String,
    elsewhere: fn(&str) -> Option<String>,
) -> Memo<Vec<Thumbnail>> {
    let urls = RwSignal::new(BTreeMap::<String, String>::new());
    // Photos of a draft that was opened again are read from the store.
    Effect::new(move |_| {
        let wanted: Vec<String> = value
            .with(|value| named(value.as_ref()))
            .into_iter()
            .map(|photo| photo.sha256)
            .collect();
        spawn_local(async move {
            for sha256 in wanted {
                if urls.with_untracked(|urls| urls.contains_key(&sha256)) {
                    continue;
                }
                let url = match store::get_bytes(Area::Media, &sha256).await {
                    Ok(Some(bytes)) => files::object_url(&bytes, photo::MEDIA_TYPE),
                    _ => elsewhere(&sha256),
                };
                if let Some(url) = url {
                    drop(urls.try_update(|urls| urls.insert(sha256, url)));
                }
            }
        });
    });
    Memo::new(move |_| {
        let urls = urls.get();
        let photos = value.with(|value| named(value.as_ref()));
        photos
            .into_iter()
            .map(|photo| Thumbnail {
                url: urls.get(&photo.sha256).cloned().unwrap_or_default(),
                caption: caption.clone(),
                sha256: photo.sha256,
            })
            .collect::<Vec<_>>()
    })
}

/// The widget.
pub fn view(slot: Slot) -> AnyView {
    let (value, set, of_field) = (slot.value, slot.set, slot.problem());
    let failed = RwSignal::new(None::<PlatformError>);
    let label = slot.label();
    let thumbnails = thumbnails(value, label.clone(), |_| None);
    let write = move |photos: Vec<Photo>| {
        set.run((!photos.is_empty()).then(|| serde_json::to_value(photos).unwrap_or_default()));
    };
    let pick = move |file: Picked| {
        spawn_local(async move {
            match keep(file).await {
                Ok((photo, _)) => {
                    let mut all = value.with_untracked(|value| named(value.as_ref()));
                    if all.iter().all(|one| one.sha256 != photo.sha256) {
                        all.push(photo);
                    }
                    failed.set(None);
                    write(all);
                }
                Err(error) => failed.set(Some(error)),
            }
        });
    };
    let remove = move |sha256: String| {
        let mut all = value.with_untracked(|value| named(value.as_ref()));
        all.retain(|photo| photo.sha256 != sha256);
        write(all);
    };
    let problem = Signal::derive(move || {
        failed
            .get()
            .map(|error| error.sentence().to_owned())
            .or_else(|| of_field.get())
    });
    view! { <PhotoField label photos=thumbnails on_pick=pick on_remove=remove problem id=slot.id() /> }.into_any()
}

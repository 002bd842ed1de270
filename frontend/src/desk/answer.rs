//! A page's answer from the hub: on its way, here, or why not.

use leptos::prelude::*;

use crate::components::{ProblemNote, Skeleton};
use crate::platform::http::{Answer, HttpError};

/// Shows what came, keeps what was shown while newer data are on their way, and says what went wrong.
pub fn answered<T, V>(
    resource: LocalResource<Answer<T>>,
    show: impl Fn(T) -> V + Clone + Send + Sync + 'static,
) -> impl IntoView
where
    T: Clone + Send + Sync + 'static,
    V: IntoView + 'static,
{
    view! {
        <Transition fallback=|| view! { <Skeleton /> }>
            {move || {
                let show = show.clone();
                Suspend::new(async move {
                    match resource.await {
                        Ok(data) => show(data).into_any(),
                        Err(error) => problem(error, resource).into_any(),
                    }
                })
            }}
        </Transition>
    }
}

fn problem<T: Send + Sync + 'static>(
    error: HttpError,
    resource: LocalResource<Answer<T>>,
) -> impl IntoView {
    view! { <ProblemNote text=error.sentence() on_retry=Callback::new(move |()| resource.refetch()) /> }
}

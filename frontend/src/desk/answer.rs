//! A page's answer from the hub: on its way, here, or why not.

use leptos::prelude::*;

use crate::components::{ProblemNote, Skeleton};
use crate::field::engine::engine;
use crate::platform::http::{Answer, HttpError};

/// Shows what came, keeps what was shown while newer data are on their way, and says what went wrong.
///
/// What says the same as before is not drawn anew: a press or a half-typed word would be lost with it.
pub fn answered<T, V>(
    resource: LocalResource<Answer<T>>,
    show: impl Fn(T) -> V + Clone + Send + Sync + 'static,
) -> impl IntoView
where
    T: Clone + PartialEq + Send + Sync + 'static,
    V: IntoView + 'static,
{
    drawn(resource, Memo::new(|_| ()), show)
}

/// The same for what is only read and has names from this device's own records: at the very first visit those arrive after
/// the answer, and it is drawn once more with them.
pub fn answered_with_names<T, V>(
    resource: LocalResource<Answer<T>>,
    show: impl Fn(T) -> V + Clone + Send + Sync + 'static,
) -> impl IntoView
where
    T: Clone + PartialEq + Send + Sync + 'static,
    V: IntoView + 'static,
{
    let status = engine().status;
    let names =
        Memo::new(move |_| status.with(|status| (status.loaded, status.complete.is_some())));
    drawn(resource, names, show)
}

fn drawn<T, V, N>(
    resource: LocalResource<Answer<T>>,
    again: Memo<N>,
    show: impl Fn(T) -> V + Clone + Send + Sync + 'static,
) -> impl IntoView
where
    T: Clone + PartialEq + Send + Sync + 'static,
    V: IntoView + 'static,
    N: Send + Sync + 'static,
{
    let answer = Memo::new(move |_| resource.get());
    move || {
        again.track();
        match answer.get() {
            None => view! { <Skeleton /> }.into_any(),
            Some(Ok(data)) => show(data).into_any(),
            Some(Err(error)) => problem(error, resource).into_any(),
        }
    }
}

fn problem<T: Send + Sync + 'static>(
    error: HttpError,
    resource: LocalResource<Answer<T>>,
) -> impl IntoView {
    view! { <ProblemNote text=error.sentence() on_retry=Callback::new(move |()| resource.refetch()) /> }
}

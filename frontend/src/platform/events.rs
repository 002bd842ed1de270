//! The hub's event stream: it says that there is something new, never what.

use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{EventSource, MessageEvent};

/// An open stream; dropping it closes it. The browser reconnects by itself.
#[derive(Debug)]
pub struct Stream(EventSource);

impl Drop for Stream {
    fn drop(&mut self) {
        self.0.close();
    }
}

/// Opens the stream at `path` and calls `then` with the text of each message of the kind `event` (`message` if it has no name).
pub fn open(path: &str, event: &str, then: impl Fn(String) + 'static) -> Option<Stream> {
    let source = EventSource::new(path).ok()?;
    let closure = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
        then(event.data().as_string().unwrap_or_default());
    });
    source
        .add_event_listener_with_callback(event, closure.into_js_value().unchecked_ref())
        .ok()?;
    Some(Stream(source))
}

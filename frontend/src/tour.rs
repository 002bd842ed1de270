//! The tour of the demo: at which stop this browser is, and how it gets to the next.
//!
//! The hub names the stops (`crates/safelane/src/demo/tour.rs`) to the sign-in page, which keeps them on
//! this device: the strip needs no network. A stop of another person is reached through the sign-in page
//! (`/sign-in#tour`), so that no other page signs anybody in.

use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_location, use_navigate};

use crate::components::TourStrip;
use crate::field::account::Demo;
use crate::field::engine::engine;
use crate::i18n::try_label;
use crate::platform::{dom, preferences};

/// Stands behind `#` of the sign-in page's address when the tour goes on as somebody else.
pub const MARK: &str = "tour";

/// One stop.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stop {
    /// Name to sign in with.
    pub person: String,
    /// Name to show.
    pub display: String,
    /// Its page.
    pub address: String,
}

/// The stops, and at which somebody is: from 1, one past the last when everything is to be set back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tour {
    number: usize,
    stops: Vec<Stop>,
}

impl Tour {
    fn of(demo: &Demo, number: usize) -> Self {
        let stop = |stop: &crate::field::account::DemoStop| Stop {
            person: stop.person.clone(),
            display: (demo.people.iter())
                .find(|person| person.name == stop.person)
                .map(|person| person.display.clone())
                .unwrap_or_default(),
            address: stop.address.clone(),
        };
        Self {
            number,
            stops: demo.tour.iter().map(stop).collect(),
        }
    }

    /// A line for the number, and one for each stop; no name has a tab in it.
    fn written(&self) -> String {
        let mut text = self.number.to_string();
        for stop in &self.stops {
            for part in ["\n", &stop.person, "\t", &stop.display, "\t", &stop.address] {
                text.push_str(part);
            }
        }
        text
    }

    fn read(text: &str) -> Option<Self> {
        let mut lines = text.lines();
        let number = lines.next()?.parse().ok()?;
        let stop = |line: &str| {
            let mut parts = line.split('\t').map(str::to_owned);
            Some(Stop {
                person: parts.next()?,
                display: parts.next()?,
                address: parts.next()?,
            })
        };
        let stops = lines.map(stop).collect::<Option<Vec<_>>>()?;
        (1..=stops.len() + 1)
            .contains(&number)
            .then_some(Self { number, stops })
    }

    fn stop(&self, number: usize) -> Option<&Stop> {
        self.stops.get(number.checked_sub(1)?)
    }

    /// The stop at which somebody is; none when everything is to be set back.
    pub fn here(&self) -> Option<&Stop> {
        self.stop(self.number)
    }
}

/// The tour of this browser; none while nobody takes it.
#[derive(Clone, Copy)]
pub struct Tours(RwSignal<Option<Tour>>);

impl Tours {
    /// As it was kept, for all pages of a bundle.
    pub fn provide() {
        let kept = preferences::tour().and_then(|text| Tour::read(&text));
        provide_context(Self(RwSignal::new(kept)));
    }

    /// The tour as it is now.
    pub fn now(self) -> Option<Tour> {
        self.0.get_untracked()
    }

    fn keep(self, tour: Option<Tour>) {
        preferences::set_tour(tour.as_ref().map(Tour::written).as_deref());
        self.0.set(tour);
    }

    /// Begins at the first stop.
    pub fn begin(self, demo: &Demo) {
        self.keep(Some(Tour::of(demo, 1)));
    }

    /// A demo that was begun afresh has other records: the stops are read again, the number stays.
    pub fn renew(self, demo: &Demo) {
        if let Some(known) = self.now() {
            self.keep(Some(Tour::of(demo, known.number)));
        }
    }

    /// Ends it.
    pub fn end(self) {
        self.keep(None);
    }
}

/// The tour of this browser.
pub fn tours() -> Tours {
    expect_context()
}

/// The strip with the present stop; nothing while nobody takes the tour, and nothing at the sign-in page.
#[component]
pub fn TourStop(
    /// Whether the programme is made up.
    #[prop(into)]
    shown: Signal<bool>,
) -> impl IntoView {
    let (tours, engine) = (tours(), engine());
    let path = use_location().pathname;
    let go = use_navigate();
    let me = Memo::new(move |_| {
        engine
            .identity
            .with(|identity| (identity.as_ref()).map(|identity| identity.info.display_name.clone()))
    });
    let walk = Callback::new(move |number: usize| {
        let Some(tour) = tours.now() else {
            return;
        };
        let stop = tour.stop(number).cloned();
        tours.keep(Some(Tour { number, ..tour }));
        match stop {
            Some(stop) if me.get_untracked().as_ref() == Some(&stop.display) => {
                if bundle(&stop.address) == bundle(&dom::path()) {
                    go(&stop.address, NavigateOptions::default());
                } else {
                    dom::go(&stop.address);
                }
            }
            _ => dom::go(&format!("/sign-in#{MARK}")),
        }
    });
    let away = Memo::new(move |_| path.with(|path| bundle(path) == "sign-in"));
    move || {
        let tour = tours.0.get().filter(|_| shown.get() && !away.get())?;
        tour.here()?;
        let other = |stop: &&Stop| me.get().as_ref() != Some(&stop.display);
        let next_as = tour.stop(tour.number + 1).filter(other);
        // The other bundle has no words for it: whoever went there by hand still has the buttons.
        let text = try_label(&format!("tour.stop.{}", tour.number)).unwrap_or_default();
        Some(view! {
            <TourStrip number=tour.number total=tour.stops.len() text=text.to_owned() next_as=next_as.map(|stop| stop.display.clone()) on_go=walk on_end=move |()| tours.end() />
        })
    }
}

/// `desk` of `/desk/map`.
fn bundle(address: &str) -> &str {
    address.split('/').nth(1).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_is_read_again_and_what_is_broken_ends_the_tour() {
        let stop = |person: &str, address: &str| Stop {
            person: person.to_lowercase(),
            display: person.to_owned(),
            address: address.to_owned(),
        };
        let stops = vec![stop("Ash", "/desk/map"), stop("Fern", "/field/today")];
        for number in 1..=3 {
            let tour = Tour {
                number,
                stops: stops.clone(),
            };
            assert_eq!(Tour::read(&tour.written()), Some(tour));
        }
        for broken in ["", "x", "0\na\tA\t/desk", "3\na\tA\t/desk", "1\na\tA"] {
            assert_eq!(Tour::read(broken), None, "{broken:?}");
        }
    }
}

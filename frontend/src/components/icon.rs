//! Line icons; each stands beside a word, never alone.

use leptos::prelude::*;

/// What an icon shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sign {
    /// House: today.
    Today,
    /// Folded map.
    Map,
    /// Sheet with lines.
    Records,
    /// Two arrows in a circle.
    Sending,
    /// Circle with four ticks: an item.
    Item,
    /// Ground.
    Ground,
    /// Arrow to the left.
    Back,
    /// Cross.
    Close,
    /// Plus.
    Add,
    /// Person.
    Person,
    /// Camera.
    Camera,
    /// Printer.
    Print,
    /// Magnifier.
    Search,
    /// First-aid cross in a square.
    Emergency,
    /// Triangle with an exclamation mark.
    Accident,
    /// Tick in a list.
    Review,
    /// Rising bars.
    Progress,
    /// Clipboard.
    Tasks,
    /// Exclamation mark in a shield.
    Risk,
    /// Page with a table.
    Reports,
    /// Sliders.
    Admin,
    /// People.
    People,
    /// Arrow into a tray.
    Import,
    /// Crosshair.
    Locate,
    /// Arrow turning back.
    Undo,
    /// Sun.
    Sun,
}

impl Sign {
    const fn path(self) -> &'static str {
        match self {
            Self::Today => "M4 11l8-7 8 7v9H4z",
            Self::Map => "M9 4L3 6v14l6-2 6 2 6-2V4l-6 2zM9 4v14M15 6v14",
            Self::Records => "M5 4h14v16H5zM8 9h8M8 13h8M8 17h5",
            Self::Sending => {
                "M4 12a8 8 0 0 1 14-5l2 2M20 12a8 8 0 0 1-14 5l-2-2M20 4v5h-5M4 20v-5h5"
            }
            Self::Item => "M12 3v4M12 17v4M3 12h4M17 12h4M12 7a5 5 0 1 1 0 10a5 5 0 1 1 0-10",
            Self::Ground => "M4 17l6-11 4 7 3-4 3 8z",
            Self::Back => "M15 5l-7 7 7 7",
            Self::Close => "M6 6l12 12M18 6L6 18",
            Self::Add => "M12 5v14M5 12h14",
            Self::Person => "M12 4a4 4 0 1 1 0 8a4 4 0 1 1 0-8M4 21a8 8 0 0 1 16 0",
            Self::Camera => "M4 8h4l2-3h4l2 3h4v11H4zM12 10a3.5 3.5 0 1 1 0 7a3.5 3.5 0 1 1 0-7",
            Self::Print => "M7 9V4h10v5M7 17H4V9h16v8h-3M7 14h10v6H7z",
            Self::Search => "M10.5 4a6.5 6.5 0 1 1 0 13a6.5 6.5 0 1 1 0-13M15.5 15.5L21 21",
            Self::Emergency => "M4 4h16v16H4zM12 8v8M8 12h8",
            Self::Accident | Self::Risk => "M12 4l9 16H3zM12 10v4M12 17v.5",
            Self::Review => "M4 6h10M4 12h7M4 18h7M14 15l3 3 5-6",
            Self::Progress => "M4 20V12h4v8M10 20V8h4v12M16 20V4h4v16",
            Self::Tasks => "M6 5h12v16H6zM9 3h6v4H9zM9 12h6M9 16h4",
            Self::Reports => "M5 3h10l4 4v14H5zM5 12h14M12 12v9",
            Self::Admin => "M4 7h9M17 7h3M4 17h3M11 17h9M15 5v4M9 15v4",
            Self::People => {
                "M9 5a3.5 3.5 0 1 1 0 7a3.5 3.5 0 1 1 0-7M2.5 20a6.5 6.5 0 0 1 13 0M16 5.5a3.2 3.2 0 0 1 0 6M18 14.5a6 6 0 0 1 3.5 5.5"
            }
            Self::Import => "M12 3v11M8 10l4 4 4-4M4 15v5h16v-5",
            Self::Locate => "M12 2v4M12 18v4M2 12h4M18 12h4M12 6a6 6 0 1 1 0 12a6 6 0 1 1 0-12",
            Self::Undo => "M9 7L4 12l5 5M4 12h10a6 6 0 0 1 6 6",
            Self::Sun => {
                "M12 8a4 4 0 1 1 0 8a4 4 0 1 1 0-8M12 2v3M12 19v3M2 12h3M19 12h3M5 5l2 2M17 17l2 2M5 19l2-2M17 7l2-2"
            }
        }
    }
}

/// An icon in the colour of the text around it, hidden from screen readers.
#[component]
pub fn Icon(
    /// What it shows.
    sign: Sign,
) -> impl IntoView {
    view! { <svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d=sign.path() /></svg> }
}

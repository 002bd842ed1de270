//! What pages are made of. A component takes values and callbacks and knows no store and no network.
//!
//! To add one: a file here with its props documented, its style in `style/components.css`, its words in
//! `locales/*/common.properties`, and a line below.

pub mod badge;
pub mod button;
pub mod card;
pub mod choice;
pub mod demo;
pub mod desk_shell;
pub mod emergency;
pub mod icon;
pub mod input;
pub mod keypad;
pub mod legend;
pub mod nav;
pub mod notice;
pub mod page;
pub mod photo;
pub mod progress;
pub mod stepper;
pub mod table;
pub mod tour;

pub use badge::{Pill, RecordState, StateBadge, Tag};
pub use button::{ButtonRow, GhostButton, InkButton, LinkButton, Look, PrimaryButton, QuietButton};
pub use card::Card;
pub use choice::{ChipChoice, ChipChoices, Choice};
pub use demo::{DemoPill, DemoStripe};
pub use desk_shell::{DeskShell, Panel, PanelFoot, QueueEntry};
pub use emergency::{EmergencyCard, EmergencyLine, EmergencyPlace};
pub use icon::{Icon, Sign};
pub use input::{DateField, NumberField, SelectField, TextArea, TextField};
pub use keypad::Keypad;
pub use legend::{Legend, Symbol};
pub use nav::{BottomNav, NavItem, Rail};
pub use notice::{EmptyState, Notice, ProblemNote, ProblemSummary, Skeleton, UndoBar};
pub use page::{Page, StepLine, TopBar};
pub use photo::{PhotoField, Thumbnail};
pub use progress::{Part, Progress, ProgressBar};
pub use stepper::Stepper;
pub use table::{Column, Fact, Facts, OldNew, Table};
pub use tour::TourStrip;

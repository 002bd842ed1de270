//! Words: every sentence on a screen comes from `locales/`, loaded as data for one language at a time.
//!
//! `t!("field.today.title")` gives the text of a key and is checked when compiling; arguments follow as
//! `t!("field.sending.waiting", count = 2)`. An argument named `count` chooses the plural form.
//! [`label`] looks a key up that is only known at run time: kinds, fields, code lists, problems.
//! Changing the language reloads the page (drafts are kept), so a text never has to be a signal.

include!(concat!(env!("OUT_DIR"), "/keys.rs"));

/// The text of a translation key in the person's language: `&'static str`, or `String` with arguments.
macro_rules! t {
    ($key:tt) => { $crate::i18n::text(key!($key)) };
    ($key:tt, $($name:ident = $value:expr),+ $(,)?) => {
        $crate::i18n::text_with(key!($key), &[$((stringify!($name), $crate::i18n::Arg::from($value))),+])
    };
}

pub mod catalogue;
pub mod format;
pub mod language;

pub use catalogue::{Arg, label, label_with, load, text, text_with, try_label};
pub use language::{Language, current};

//! The messages of the language in use, and how one is found and filled in.

use std::collections::HashMap;
use std::sync::OnceLock;

use super::{format, language};

#[path = "../../build/messages.rs"]
mod messages;

/// All messages of one language.
#[derive(Debug, Default)]
struct Catalogue {
    plain: HashMap<&'static str, &'static str>,
    /// By key and plural form.
    plural: HashMap<(&'static str, &'static str), &'static str>,
}

static CATALOGUE: OnceLock<Catalogue> = OnceLock::new();

/// Takes the messages of the page's language; once, before the app is mounted.
///
/// The texts live as long as the page: a change of language reloads it.
pub fn load(file: String) {
    let file: &'static str = Box::leak(file.into_boxed_str());
    let mut catalogue = Catalogue::default();
    // A line that is no message was refused by the build; here the rest must still be shown.
    let _ = messages::parse(file, |key, form, text| {
        let text: &'static str = Box::leak(text.into_boxed_str());
        match form {
            None => catalogue.plain.insert(key, text),
            Some(form) => catalogue.plural.insert((key, form), text),
        };
    });
    let _ = CATALOGUE.set(catalogue);
}

/// An argument of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Arg {
    /// Put in as it stands.
    Text(String),
    /// Written with the language's grouping; under the name `count` it chooses the plural form.
    Number(i64),
}

impl From<&str> for Arg {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Arg {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<&String> for Arg {
    fn from(text: &String) -> Self {
        Self::Text(text.clone())
    }
}

macro_rules! number_arg {
    ($($kind:ty)+) => { $(impl From<$kind> for Arg {
        fn from(number: $kind) -> Self {
            Self::Number(number as i64)
        }
    })+ };
}
number_arg!(i64 i32 u64 u32 u16 u8 usize);

/// The text of a key that the compiler has checked; use `t!`.
pub fn text(key: &'static str) -> &'static str {
    try_label(key).unwrap_or(key)
}

/// The text of a checked key with its arguments; use `t!`.
pub fn text_with(key: &'static str, arguments: &[(&str, Arg)]) -> String {
    label_with(key, arguments)
}

/// The text of a key made at run time (`kind.clearance`); the key itself if nobody wrote a text.
pub fn label(key: &str) -> String {
    try_label(key).map_or_else(|| key.to_owned(), str::to_owned)
}

/// The text of a key made at run time, if there is one.
pub fn try_label(key: &str) -> Option<&'static str> {
    CATALOGUE
        .get()
        .and_then(|catalogue| catalogue.plain.get(key).copied())
}

/// The text of a key made at run time, with arguments.
pub fn label_with(key: &str, arguments: &[(&str, Arg)]) -> String {
    let form = arguments.iter().find_map(|(name, value)| match value {
        Arg::Number(count) if *name == "count" => {
            Some(language::plural_form(language::current(), *count))
        }
        _ => None,
    });
    let text = form
        .and_then(|form| {
            CATALOGUE.get().and_then(|all| {
                all.plural
                    .iter()
                    .find(|(k, _)| **k == (key, form))
                    .map(|(_, t)| *t)
            })
        })
        .or_else(|| try_label(key))
        .unwrap_or(key);
    fill(text, arguments)
}

fn fill(text: &str, arguments: &[(&str, Arg)]) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        let Some((name, tail)) = after.split_once('}') else {
            rest = after;
            break;
        };
        match arguments.iter().find(|(given, _)| *given == name) {
            Some((_, Arg::Text(value))) => out.push_str(value),
            Some((_, Arg::Number(value))) => out.push_str(&format::number(*value)),
            None => out.push_str(name),
        }
        rest = tail;
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_are_put_in_and_unknown_ones_stay_visible() {
        let filled = fill(
            "{a} of {b}, {c}",
            &[("a", Arg::from(2_u32)), ("b", Arg::from("five"))],
        );
        assert_eq!(filled, "2 of five, c");
    }
}

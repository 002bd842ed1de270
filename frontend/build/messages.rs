//! The one reader of translation files: used by `build.rs` to check the keys and by the app to read what it loaded.
//!
//! A file holds one message a line, `key = text`. A line that begins with `#` is a comment, an indented line
//! continues the message above it, `{name}` stands for an argument, and `key[one] = text` is the form that a
//! number asks for (`one`, `few`); the line without brackets is the form for all other numbers.

/// Calls `found(key, plural form, text)` for every message of a file, in the order of the file.
///
/// Returns the number (from 1) of the first line that is no message, if there is one.
pub fn parse<'a>(
    file: &'a str,
    mut found: impl FnMut(&'a str, Option<&'a str>, String),
) -> Result<(), usize> {
    let mut open: Option<(&str, Option<&str>, String)> = None;
    for (index, line) in file.lines().enumerate() {
        if line.trim().is_empty() || line.starts_with('#') {
            continue;
        }
        if line.starts_with(' ') {
            let Some((_, _, text)) = open.as_mut() else {
                return Err(index + 1);
            };
            text.push(' ');
            text.push_str(line.trim());
            continue;
        }
        if let Some((key, form, text)) = open.take() {
            found(key, form, text);
        }
        let (name, text) = line.split_once('=').ok_or(index + 1)?;
        let name = name.trim();
        let (key, form) = match name.split_once('[') {
            Some((key, form)) => (key, Some(form.strip_suffix(']').ok_or(index + 1)?)),
            None => (name, None),
        };
        open = Some((key, form, text.trim().to_owned()));
    }
    if let Some((key, form, text)) = open {
        found(key, form, text);
    }
    Ok(())
}

//! Code lists: closed sets of words of the field that a body stores by their code.

/// A code list: its key and its codes, in the order in which a form offers them.
///
/// The words for a code come from the translation `code.<list>.<code>`.
#[derive(Debug, PartialEq, Eq)]
pub struct CodeList {
    /// Key, for example `method`.
    pub key: &'static str,
    /// Codes, for example `manual-detector`.
    pub codes: &'static [&'static str],
}

impl CodeList {
    /// Whether the list has the code.
    pub fn contains(&self, code: &str) -> bool {
        self.codes.contains(&code)
    }

    /// The code as the list's own static text.
    pub fn get(&self, code: &str) -> Option<&'static str> {
        self.codes.iter().copied().find(|known| *known == code)
    }
}

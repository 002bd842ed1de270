//! Which languages there are, which one the page is in, and their plural forms.

use std::sync::OnceLock;

/// A language that the app speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Language {
    /// English.
    #[default]
    English,
    /// Khmer.
    Khmer,
    /// Bosnian in Latin letters.
    Bosnian,
}

impl Language {
    /// All of them, in the order of the choice.
    pub const ALL: [Self; 3] = [Self::English, Self::Khmer, Self::Bosnian];

    /// The code in `lang`, in file names and in the settings.
    pub const fn code(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Khmer => "km",
            Self::Bosnian => "bs",
        }
    }

    /// The language's own name for itself, the same in every language.
    pub const fn endonym(self) -> &'static str {
        match self {
            Self::English => "English",
            Self::Khmer => "ខ្មែរ",
            Self::Bosnian => "Bosanski",
        }
    }

    /// The language of a code; English for any other.
    pub fn from_code(code: &str) -> Self {
        Self::ALL
            .into_iter()
            .find(|language| code.starts_with(language.code()))
            .unwrap_or_default()
    }
}

static CURRENT: OnceLock<Language> = OnceLock::new();

/// Says once, before mounting, which language the page is in.
pub fn set_current(language: Language) {
    let _ = CURRENT.set(language);
}

/// The language of this page.
pub fn current() -> Language {
    CURRENT.get().copied().unwrap_or_default()
}

/// The CLDR plural form of a whole number, `other` included.
pub fn plural_form(language: Language, count: i64) -> &'static str {
    let (tens, ones) = (count.unsigned_abs() % 100, count.unsigned_abs() % 10);
    match language {
        Language::English if count == 1 => "one",
        Language::Bosnian if ones == 1 && tens != 11 => "one",
        Language::Bosnian if (2..=4).contains(&ones) && !(12..=14).contains(&tens) => "few",
        Language::English | Language::Khmer | Language::Bosnian => "other",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bosnian_counts_as_cldr_does() {
        let forms = |numbers: &[i64]| {
            numbers
                .iter()
                .map(|n| plural_form(Language::Bosnian, *n))
                .collect::<Vec<_>>()
        };
        assert_eq!(forms(&[1, 21, 101]), ["one"; 3]);
        assert_eq!(forms(&[2, 4, 23]), ["few"; 3]);
        assert_eq!(forms(&[0, 5, 11, 12, 14, 25]), ["other"; 6]);
    }
}

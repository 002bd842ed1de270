//! Drawn pictures: no photo of the demo shows anything real.

/// A picture by its name, PNG.
pub fn picture(name: &str) -> Option<&'static [u8]> {
    PICTURES
        .iter()
        .find(|(known, _)| *known == name)
        .map(|(_, bytes)| *bytes)
}

macro_rules! pictures {
    ($($name:literal),+ $(,)?) => {
        /// Every picture.
        pub const PICTURES: &[(&str, &[u8])] = &[
            $(($name, include_bytes!(concat!("../../demo/pictures/", $name, ".png")))),+
        ];
    };
}

pictures![
    "av-1",
    "av-2",
    "av-3",
    "av-4",
    "av-5",
    "field-1",
    "field-2",
    "grenade-1",
    "marking-1",
    "path-1",
    "sheet-1",
    "spring-1",
    "strike-1",
];

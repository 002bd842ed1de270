//! Random bytes from the browser's own source.

/// Fills `N` bytes.
///
/// # Panics
/// When the browser has no source of randomness: nothing may then be signed or salted.
pub fn bytes<const N: usize>() -> [u8; N] {
    let mut out = [0_u8; N];
    let crypto = web_sys::window()
        .and_then(|window| window.crypto().ok())
        .expect("a browser with randomness");
    crypto
        .get_random_values_with_u8_array(&mut out)
        .expect("randomness");
    out
}

/// A new random (version 4) UUID as text.
pub fn uuid() -> String {
    let mut raw: [u8; 16] = bytes();
    raw[6] = (raw[6] & 0x0f) | 0x40;
    raw[8] = (raw[8] & 0x3f) | 0x80;
    format_uuid(raw)
}

fn format_uuid(raw: [u8; 16]) -> String {
    let mut out = String::with_capacity(36);
    for (index, byte) in raw.iter().enumerate() {
        if matches!(index, 4 | 6 | 8 | 10) {
            out.push('-');
        }
        for nibble in [byte >> 4, byte & 15] {
            out.push(char::from_digit(nibble.into(), 16).unwrap_or('0'));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_uuid_has_its_dashes() {
        assert_eq!(
            super::format_uuid([0xab; 16]),
            "abababab-abab-abab-abab-abababababab"
        );
    }
}

//! Decimal numbers as people type them.
//!
//! `str::parse::<f64>` reads any decimal text to the last bit, with ten kilobytes of powers that a phone would
//! have to fetch. What people type has at most 15 digits: one exact integer and one exact power of ten, whose
//! quotient is right to the last bit as well.

/// Digits that are read; an integer of so many is exact in a double, later ones are below what people can mean.
const DIGITS: u64 = 100_000_000_000_000;

/// Reads `-12.5`; `None` for everything but a sign, digits and one point.
pub fn decimal(text: &str) -> Option<f64> {
    let (sign, digits) = match text.as_bytes() {
        [b'-', digits @ ..] => (-1.0, digits),
        [b'+', digits @ ..] => (1.0, digits),
        digits => (1.0, digits),
    };
    let (mut whole, mut scale) = (0_u64, 0_i32);
    let (mut is_number, mut is_fraction) = (false, false);
    for digit in digits {
        match digit {
            b'0'..=b'9' => {
                is_number = true;
                let reads = whole < DIGITS;
                if reads {
                    whole = whole * 10 + u64::from(digit - b'0');
                }
                scale += i32::from(!reads) - i32::from(is_fraction);
            }
            b'.' if !is_fraction => is_fraction = true,
            _ => return None,
        }
    }
    let size = if scale < 0 {
        whole as f64 / 10_f64.powi(-scale)
    } else {
        whole as f64 * 10_f64.powi(scale)
    };
    is_number.then_some(sign * size)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_no_number_is_not_read() {
        for text in [
            "", "-", ".", "1.2.3", "1,5", "1e5", "inf", "NaN", " 1", "--1",
        ] {
            assert_eq!(decimal(text), None, "{text}");
        }
        assert_eq!(decimal("5."), Some(5.0));
        assert_eq!(decimal("+.5"), Some(0.5));
    }

    proptest! {
        #[test]
        fn fifteen_digits_are_read_as_the_standard_library_reads_them(
            text in "[+-]?[0-9]{0,8}\\.?[0-9]{1,7}"
        ) {
            prop_assert_eq!(decimal(&text), text.parse::<f64>().ok());
        }

        #[test]
        fn longer_ones_are_as_near_as_makes_no_difference(text in "[0-9]{10,30}\\.[0-9]{1,30}") {
            let exact = text.parse::<f64>().unwrap();
            let read = decimal(&text).unwrap();
            prop_assert!((read - exact).abs() <= exact.abs() * 1e-14);
        }
    }
}

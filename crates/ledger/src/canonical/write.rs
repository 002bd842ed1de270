//! Values to canonical bytes.

use super::Value;

/// The canonical bytes of a value.
pub fn write(value: &Value) -> Vec<u8> {
    let mut out = Vec::new();
    write_value(value, &mut out);
    out
}

fn write_value(value: &Value, out: &mut Vec<u8>) {
    match value {
        Value::Object(map) => {
            out.push(b'{');
            // RFC 8785 sorts by UTF-16 code unit; for ASCII keys that is the map's byte order.
            for (i, (key, member)) in map.iter().enumerate() {
                if i > 0 {
                    out.push(b',');
                }
                write_string(key, out);
                out.push(b':');
                write_value(member, out);
            }
            out.push(b'}');
        }
        Value::Array(list) => {
            out.push(b'[');
            for (i, element) in list.iter().enumerate() {
                if i > 0 {
                    out.push(b',');
                }
                write_value(element, out);
            }
            out.push(b']');
        }
        Value::String(text) => write_string(text, out),
        Value::Integer(number) => write_integer(*number, out),
        Value::Bool(truth) => out.extend_from_slice(if *truth { b"true" } else { b"false" }),
    }
}

/// Most of a body are coordinates: their digits go to the bytes without a text of their own.
fn write_integer(number: i64, out: &mut Vec<u8>) {
    if number < 0 {
        out.push(b'-');
    }
    // An `i64` has at most 19 digits.
    let mut digits = [0; 19];
    let mut at = digits.len();
    let mut rest = number.unsigned_abs();
    loop {
        at -= 1;
        digits[at] = b'0' + (rest % 10) as u8;
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    out.extend_from_slice(&digits[at..]);
}

fn write_string(text: &str, out: &mut Vec<u8>) {
    out.push(b'"');
    let mut rest = text.as_bytes();
    let is_plain = |byte: &u8| *byte >= 0x20 && *byte != b'"' && *byte != b'\\';
    loop {
        let plain = rest.iter().take_while(|byte| is_plain(byte)).count();
        out.extend_from_slice(&rest[..plain]);
        let Some(&byte) = rest.get(plain) else { break };
        match byte {
            b'"' => out.extend_from_slice(b"\\\""),
            b'\\' => out.extend_from_slice(b"\\\\"),
            0x08 => out.extend_from_slice(b"\\b"),
            b'\t' => out.extend_from_slice(b"\\t"),
            b'\n' => out.extend_from_slice(b"\\n"),
            0x0c => out.extend_from_slice(b"\\f"),
            b'\r' => out.extend_from_slice(b"\\r"),
            _ => out.extend_from_slice(format!("\\u{byte:04x}").as_bytes()),
        }
        rest = &rest[plain + 1..];
    }
    out.push(b'"');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_have_the_digits_that_everybody_writes() {
        for number in [0, 7, -1, 10, -90, 9_007_199_254_740_991, i64::MAX, i64::MIN] {
            let text = String::from_utf8(write(&Value::Integer(number))).unwrap();
            assert_eq!(text, number.to_string());
        }
    }

    #[test]
    fn plain_text_stands_as_it_is_between_what_is_escaped() {
        let text = "\u{1}a\"b\\ć\n\u{8}\u{c}\r\t\u{1f}ខ្មែរ";
        let written = String::from_utf8(write(&Value::String(text.to_owned()))).unwrap();
        assert_eq!(written, "\"\\u0001a\\\"b\\\\ć\\n\\b\\f\\r\\t\\u001fខ្មែរ\"");
        assert_eq!(write(&Value::String(String::new())), b"\"\"");
    }
}

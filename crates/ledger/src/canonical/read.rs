//! JSON bytes to values, refusing what the subset leaves out.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use super::{Flaw, MAX_DEPTH, MAX_INTEGER, NotCanonical, Value};

/// Reads JSON of the subset in any form (white space, key order and escapes are free).
pub fn parse(bytes: &[u8]) -> Result<Value, NotCanonical> {
    let text = std::str::from_utf8(bytes).map_err(|e| NotCanonical {
        offset: e.valid_up_to(),
        flaw: Flaw::Utf8,
    })?;
    let mut reader = Reader { text, at: 0 };
    let value = reader.value(0)?;
    reader.skip_space();
    if reader.at < bytes.len() {
        return Err(reader.flaw(Flaw::Syntax));
    }
    Ok(value)
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
}

type Read<T> = Result<T, NotCanonical>;

impl Reader<'_> {
    fn flaw(&self, flaw: Flaw) -> NotCanonical {
        NotCanonical {
            offset: self.at,
            flaw,
        }
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn skip_space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn expect(&mut self, byte: u8) -> Read<()> {
        if self.peek() != Some(byte) {
            return Err(self.flaw(Flaw::Syntax));
        }
        self.at += 1;
        Ok(())
    }

    fn value(&mut self, depth: usize) -> Read<Value> {
        self.skip_space();
        if depth >= MAX_DEPTH && matches!(self.peek(), Some(b'{' | b'[')) {
            return Err(self.flaw(Flaw::TooDeep));
        }
        match self.peek() {
            Some(b'{') => self.object(depth),
            Some(b'[') => self.array(depth),
            Some(b'"') => self.string().map(Value::String),
            Some(b'-' | b'0'..=b'9') => self.integer().map(Value::Integer),
            Some(b't') => self.word("true", Value::Bool(true)),
            Some(b'f') => self.word("false", Value::Bool(false)),
            Some(b'n') => Err(self.flaw(Flaw::Null)),
            _ => Err(self.flaw(Flaw::Syntax)),
        }
    }

    fn word(&mut self, word: &str, value: Value) -> Read<Value> {
        if !self.text.as_bytes()[self.at..].starts_with(word.as_bytes()) {
            return Err(self.flaw(Flaw::Syntax));
        }
        self.at += word.len();
        Ok(value)
    }

    fn object(&mut self, depth: usize) -> Read<Value> {
        self.expect(b'{')?;
        let mut map = BTreeMap::new();
        self.skip_space();
        if self.peek() == Some(b'}') {
            self.at += 1;
            return Ok(Value::Object(map));
        }
        loop {
            self.skip_space();
            let start = self.at;
            let key = self.string()?;
            if !key.is_ascii() {
                return Err(NotCanonical {
                    offset: start,
                    flaw: Flaw::NonAsciiKey,
                });
            }
            self.skip_space();
            self.expect(b':')?;
            let member = self.value(depth + 1)?;
            match map.entry(key) {
                Entry::Vacant(place) => place.insert(member),
                Entry::Occupied(_) => {
                    return Err(NotCanonical {
                        offset: start,
                        flaw: Flaw::DuplicateKey,
                    });
                }
            };
            if !self.another(b'}')? {
                return Ok(Value::Object(map));
            }
        }
    }

    fn array(&mut self, depth: usize) -> Read<Value> {
        self.expect(b'[')?;
        let mut list = Vec::new();
        self.skip_space();
        if self.peek() == Some(b']') {
            self.at += 1;
            return Ok(Value::Array(list));
        }
        loop {
            list.push(self.value(depth + 1)?);
            if !self.another(b']')? {
                return Ok(Value::Array(list));
            }
        }
    }

    /// After a member: whether a comma promises another, or `end` closes.
    fn another(&mut self, end: u8) -> Read<bool> {
        self.skip_space();
        let more = self.peek() == Some(b',');
        if !more && self.peek() != Some(end) {
            return Err(self.flaw(Flaw::Syntax));
        }
        self.at += 1;
        Ok(more)
    }

    fn integer(&mut self) -> Read<i64> {
        let start = self.at;
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        let digits = self.at;
        while matches!(self.peek(), Some(b'0'..=b'9')) {
            self.at += 1;
        }
        let count = self.at - digits;
        if count == 0 || (count > 1 && self.text.as_bytes()[digits] == b'0') {
            return Err(NotCanonical {
                offset: start,
                flaw: Flaw::Syntax,
            });
        }
        if matches!(self.peek(), Some(b'.' | b'e' | b'E')) {
            return Err(self.flaw(Flaw::NotAnInteger));
        }
        match self.text[start..self.at].parse::<i64>() {
            Ok(number) if number.abs() <= MAX_INTEGER => Ok(number),
            _ => Err(NotCanonical {
                offset: start,
                flaw: Flaw::IntegerTooLarge,
            }),
        }
    }

    fn string(&mut self) -> Read<String> {
        self.expect(b'"')?;
        let mut out = String::new();
        loop {
            let plain = self.at;
            while matches!(self.peek(), Some(b) if b != b'"' && b != b'\\' && b >= 0x20) {
                self.at += 1;
            }
            // Cuts lie before ASCII bytes, so they are character boundaries.
            out.push_str(&self.text[plain..self.at]);
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(out);
                }
                Some(b'\\') => out.push(self.escape()?),
                _ => return Err(self.flaw(Flaw::Syntax)),
            }
        }
    }

    fn escape(&mut self) -> Read<char> {
        let start = self.at;
        self.at += 1;
        let letter = self.peek();
        self.at += 1;
        Ok(match letter {
            Some(b'"') => '"',
            Some(b'\\') => '\\',
            Some(b'/') => '/',
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => return self.unicode(start),
            _ => {
                return Err(NotCanonical {
                    offset: start,
                    flaw: Flaw::Syntax,
                });
            }
        })
    }

    fn unicode(&mut self, start: usize) -> Read<char> {
        let lone = NotCanonical {
            offset: start,
            flaw: Flaw::LoneSurrogate,
        };
        let first = self.hex4()?;
        let code = match first {
            0 => {
                return Err(NotCanonical {
                    offset: start,
                    flaw: Flaw::NulCharacter,
                });
            }
            0xd800..=0xdbff => {
                if !self.text.as_bytes()[self.at..].starts_with(b"\\u") {
                    return Err(lone);
                }
                self.at += 2;
                let second = self.hex4()?;
                if !(0xdc00..=0xdfff).contains(&second) {
                    return Err(lone);
                }
                0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00)
            }
            other => other,
        };
        char::from_u32(code).ok_or(lone)
    }

    fn hex4(&mut self) -> Read<u32> {
        let digits = self.text.as_bytes().get(self.at..self.at + 4);
        let code = digits
            .filter(|d| d.iter().all(u8::is_ascii_hexdigit))
            .and_then(|d| std::str::from_utf8(d).ok())
            .and_then(|d| u32::from_str_radix(d, 16).ok())
            .ok_or_else(|| self.flaw(Flaw::Syntax))?;
        self.at += 4;
        Ok(code)
    }
}

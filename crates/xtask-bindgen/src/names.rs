//! The names of functions by which a program is cut.

/// Which names go into the later part.
#[derive(Debug, Default)]
pub struct Names {
    later: Vec<String>,
    first: Vec<String>,
}

impl Names {
    /// One path a line, with all that is below it; `*` is any one piece of a path. `!` before it keeps it in the
    /// first part, `#` begins a comment.
    pub fn read(text: &str) -> Self {
        let mut names = Self::default();
        for line in text.lines().map(str::trim) {
            match line.strip_prefix('!') {
                _ if line.is_empty() || line.starts_with('#') => {}
                Some(path) => names.first.push(path.trim().to_owned()),
                None => names.later.push(line.to_owned()),
            }
        }
        names
    }

    /// Goes by whose function it is, not by the types that it is for: functions that are alike are merged by
    /// then, under the name of any one of them, and dropping a list is the same for many types.
    pub fn are_later(&self, name: &str) -> bool {
        let own = own_path(&without_hashes(name));
        let holds = |paths: &[String]| paths.iter().any(|path| is_below(&own, path));
        holds(&self.later) && !holds(&self.first)
    }
}

/// Whether `path` begins with the pieces of `above`; `*` stands for any one.
fn is_below(path: &str, above: &str) -> bool {
    let mut pieces = path.split("::");
    above.split("::").all(|wanted| {
        pieces
            .next()
            .is_some_and(|piece| wanted == "*" || wanted == piece)
    })
}

/// A crate's name stands with a hash that tells its versions apart: `core[15266d276e3a2055]::ptr`.
fn without_hashes(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    let mut rest = name;
    while let Some((before, after)) = rest.split_once('[') {
        out.push_str(before);
        match after.split_once(']') {
            Some((hash, after))
                if hash.len() > 8 && hash.bytes().all(|b| b.is_ascii_hexdigit()) =>
            {
                rest = after;
            }
            _ => {
                out.push('[');
                rest = after;
            }
        }
    }
    out + rest
}

/// The path of the function itself: `<a::B<c::D> as e::F>::g` is `a::B`'s, `<a::B<c::D>>::f::<e::G>` is `a::B::f`.
fn own_path(name: &str) -> String {
    let name = ["&", "mut ", "dyn "].iter().fold(name, |name, before| {
        name.strip_prefix(before).unwrap_or(name)
    });
    let Some(inner) = name.strip_prefix('<') else {
        return name
            .split(['<', ' ', '>'])
            .next()
            .unwrap_or(name)
            .to_owned();
    };
    let mut depth = 1;
    let end = inner.find(|c| {
        depth += i32::from(c == '<') - i32::from(c == '>');
        depth == 0
    });
    let (of, rest) = end.map_or((inner, ""), |end| (&inner[..end], &inner[end + 1..]));
    let own = own_path(of);
    // After `as` stands the trait's function, whichever type it is for.
    if of.contains(" as ") {
        return own;
    }
    own + rest.split('<').next().unwrap_or(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_can_be_kept_in_the_first_part() {
        let names = Names::read("page::form\n! page::form::double\n");
        assert!(names.are_later("page[0123456789abcdef]::form::triple"));
        assert!(!names.are_later("page::formula"));
        assert!(Names::read("page::*::triple").are_later("page::form::triple::{closure#0}"));
        assert!(!names.are_later("core::page::form"));
        assert!(names.are_later("<&mut page::form::Field<u8> as core::Clone>::clone"));
        assert!(names.are_later("<page::form::Field>::read::<page::today::Task>::{closure#0}"));
        assert!(!names.are_later("core::ptr::drop_in_place::<page::form::Field>"));
        assert!(!names.are_later("<alloc::vec::Vec<page::form::Field> as core::Drop>::drop"));
        assert!(!names.are_later("page::form::double"));
        assert!(!names.are_later("page::today::fivefold"));
    }
}

//! The description of one field of a record: everything else follows from it.

use crate::CodeList;

/// Who may read a field's value: each tier is a body of its own in a revision.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Tier {
    /// Read by everybody who may read the record.
    T1,
    /// Restricted.
    T2,
}

/// What a whole number in a body counts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Unit {
    /// A count without a unit.
    Count,
    /// Millimetres; screens show m or cm.
    Millimetres,
    /// Square decimetres; screens show m².
    SquareDecimetres,
    /// Minutes; screens show h and min.
    Minutes,
}

/// The type of a field's value.
#[derive(Clone, Copy, Debug)]
pub enum FieldType {
    /// Text of at most `max` Unicode characters.
    Text {
        /// Greatest number of characters.
        max: usize,
        /// Whether the form offers several lines.
        long: bool,
    },
    /// A whole number in a unit, within bounds, both included.
    Integer {
        /// What it counts.
        unit: Unit,
        /// Least value.
        min: i64,
        /// Greatest value.
        max: i64,
    },
    /// Like `Integer`, or the text `unknown`: unknown is a value, never zero.
    IntegerOrUnknown {
        /// What it counts.
        unit: Unit,
        /// Least value.
        min: i64,
        /// Greatest value.
        max: i64,
    },
    /// A day, `YYYY-MM-DD`.
    Date,
    /// One code of a list.
    Choice(&'static CodeList),
    /// Several codes of a list.
    Choices(&'static CodeList),
    /// Another record of the kind named; of any for [`crate::kinds::ANY`].
    Reference(&'static str),
    /// Several other records of the kind named; of any for [`crate::kinds::ANY`].
    References(&'static str),
    /// A person of the programme, by id: no body holds a name.
    Person,
    /// Numbers from paper and other systems; never unique by force.
    OtherReferences,
    /// A position with how it came about and its accuracy ([`crate::Place`]).
    Place,
    /// An outline with how it came about and its accuracy ([`crate::Ground`]).
    Ground,
    /// Photos, by their hash.
    Photos,
    /// Several groups of fields.
    Group(&'static [Field]),
}

/// Whether and when a field must be answered.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Required {
    /// Whenever it is shown.
    WhenShown,
    /// Never.
    No,
}

/// A field is asked only while another one holds one of these codes.
#[derive(Clone, Copy, Debug)]
pub struct ShownWhen {
    /// Key of the other field, in the same group.
    pub field: &'static str,
    /// Codes, any of which shows the field.
    pub any_of: &'static [&'static str],
}

/// One field of a kind.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    /// Key in the body; ASCII, for ever.
    pub key: &'static str,
    /// Type of the value.
    pub ty: FieldType,
    /// Whether it must be answered.
    pub required: Required,
    /// Whose body holds it.
    pub tier: Tier,
    /// Section of the form; translation key `section.<section>`.
    pub section: &'static str,
    /// When it is asked at all.
    pub shown_when: Option<ShownWhen>,
}

impl Field {
    /// Translation key of the label, for example `field.clearance.depth`; those of
    /// [`crate::paper`] are the same for every kind.
    pub fn label_key(&self, kind: &str) -> String {
        format!(
            "field.{}.{}",
            crate::paper::words_of(kind, self.key),
            self.key
        )
    }

    /// The field's code list, if it has one.
    pub fn codes(&self) -> Option<&'static CodeList> {
        match self.ty {
            FieldType::Choice(list) | FieldType::Choices(list) => Some(list),
            _ => None,
        }
    }
}

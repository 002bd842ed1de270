//! The one mechanism that defines a record kind.

/// Defines a kind, or a group of fields inside one: a typed view over the body, the keys, `FIELDS`.
///
/// ```text
/// record_kind! {
///     /// Doc of the view.
///     pub struct Clearance: "clearance" / 1, Activity, stops;
///     section work {
///         /// Doc of the field.
///         depth: Millimetres(0, 5_000) [required] if form in ["completion"];
///     }
/// }
/// ```
///
/// `, paper` behind the head's last word adds the fields of [`crate::paper`]: what is reported can
/// also be entered from a sheet.
macro_rules! record_kind {
    (
        $(#[$doc:meta])*
        pub struct $name:ident : $key:literal / $version:literal, $family:ident, $on_problem:ident $(, $paper:ident)?;
        $($sections:tt)*
    ) => {
        $crate::macros::fields_view! { $(#[$doc])* pub struct $name; $($sections)* }

        impl $name<'_> {
            /// The kind's entry in the list of kinds.
            pub const KIND: $crate::kinds::Kind = $crate::kinds::Kind {
                name: $key,
                version: $version,
                family: $crate::kinds::Family::$family,
                on_problem: $crate::macros::on_problem!($on_problem),
                fields: $crate::macros::all_fields!($($paper)?),
                check: |map, context| $name::of(map).check(context),
            };
        }
    };
}

/// Defines a view over a map of fields; see [`record_kind!`].
macro_rules! fields_view {
    (
        $(#[$doc:meta])*
        pub struct $name:ident;
        $( section $section:ident {
            $( $(#[$fdoc:meta])* $field:ident : $ty:ident $( ( $($arg:expr),* ) )? $([$req:ident])? $(if $cond:ident in [$($code:literal),+ $(,)?])? ; )*
        } )*
    ) => {
        /// Keys of the fields.
        #[allow(non_upper_case_globals)]
        pub mod key {
            $( $( $(#[$fdoc])* pub const $field: &str = stringify!($field); )* )*
        }

        /// The fields, in the order of the form.
        pub static FIELDS: &[$crate::Field] = &[
            $( $( $crate::Field {
                key: stringify!($field),
                ty: $crate::macros::field_type!($ty $( ( $($arg),* ) )?),
                required: $crate::macros::required!($($req)?),
                tier: $crate::Tier::T1,
                section: stringify!($section),
                shown_when: $crate::macros::shown_when!($($cond in [$($code),+])?),
            }, )* )*
        ];

        $(#[$doc])*
        #[derive(Clone, Copy, Debug)]
        pub struct $name<'a>(&'a $crate::body::Map);

        impl<'a> $name<'a> {
            /// Reads a body, or one entry of a group, as this kind.
            pub fn of(map: &'a $crate::body::Map) -> Self {
                Self(map)
            }

            $( $( $crate::macros::getter! { $(#[$fdoc])* $field $ty } )* )*
        }
    };
}

macro_rules! field_type {
    (Text($max:expr)) => {
        $crate::FieldType::Text {
            max: $max,
            long: false,
        }
    };
    (LongText($max:expr)) => {
        $crate::FieldType::Text {
            max: $max,
            long: true,
        }
    };
    (Count($min:expr, $max:expr)) => {
        $crate::FieldType::Integer {
            unit: $crate::Unit::Count,
            min: $min,
            max: $max,
        }
    };
    (Millimetres($min:expr, $max:expr)) => {
        $crate::FieldType::Integer {
            unit: $crate::Unit::Millimetres,
            min: $min,
            max: $max,
        }
    };
    (SquareDecimetres($min:expr, $max:expr)) => {
        $crate::FieldType::Integer {
            unit: $crate::Unit::SquareDecimetres,
            min: $min,
            max: $max,
        }
    };
    (Minutes($min:expr, $max:expr)) => {
        $crate::FieldType::Integer {
            unit: $crate::Unit::Minutes,
            min: $min,
            max: $max,
        }
    };
    (CountOrUnknown($min:expr, $max:expr)) => {
        $crate::FieldType::IntegerOrUnknown {
            unit: $crate::Unit::Count,
            min: $min,
            max: $max,
        }
    };
    (MinutesOrUnknown($min:expr, $max:expr)) => {
        $crate::FieldType::IntegerOrUnknown {
            unit: $crate::Unit::Minutes,
            min: $min,
            max: $max,
        }
    };
    (Date) => {
        $crate::FieldType::Date
    };
    (Choice($list:expr)) => {
        $crate::FieldType::Choice(&$list)
    };
    (Choices($list:expr)) => {
        $crate::FieldType::Choices(&$list)
    };
    (Reference($kind:expr)) => {
        $crate::FieldType::Reference($kind)
    };
    (References($kind:expr)) => {
        $crate::FieldType::References($kind)
    };
    (OtherReferences) => {
        $crate::FieldType::OtherReferences
    };
    (Place) => {
        $crate::FieldType::Place
    };
    (Ground) => {
        $crate::FieldType::Ground
    };
    (Person) => {
        $crate::FieldType::Person
    };
    (Photos) => {
        $crate::FieldType::Photos
    };
    (Group($fields:expr)) => {
        $crate::FieldType::Group($fields)
    };
}

macro_rules! required {
    () => {
        $crate::field::Required::No
    };
    (required) => {
        $crate::field::Required::WhenShown
    };
}

macro_rules! shown_when {
    () => { None };
    ($cond:ident in [$($code:literal),+]) => {
        Some($crate::field::ShownWhen { field: stringify!($cond), any_of: &[$($code),+] })
    };
}

/// All fields of a kind: its own, and those of the paper where it can be entered from one.
macro_rules! all_fields {
    () => {
        FIELDS
    };
    (paper) => {{
        static ALL: [$crate::Field; FIELDS.len() + $crate::paper::FIELDS.len()] =
            $crate::paper::after(FIELDS);
        &ALL
    }};
}

macro_rules! on_problem {
    (stops) => {
        $crate::kinds::OnProblem::Stops
    };
    (asks) => {
        $crate::kinds::OnProblem::Asks
    };
}

macro_rules! getter {
    ($(#[$d:meta])* $f:ident Text) => { $crate::macros::getter! { @ $(#[$d])* $f text Option<&'a str> } };
    ($(#[$d:meta])* $f:ident LongText) => { $crate::macros::getter! { @ $(#[$d])* $f text Option<&'a str> } };
    ($(#[$d:meta])* $f:ident Count) => { $crate::macros::getter! { @ $(#[$d])* $f integer Option<i64> } };
    ($(#[$d:meta])* $f:ident Millimetres) => { $crate::macros::getter! { @ $(#[$d])* $f integer Option<i64> } };
    ($(#[$d:meta])* $f:ident SquareDecimetres) => { $crate::macros::getter! { @ $(#[$d])* $f integer Option<i64> } };
    ($(#[$d:meta])* $f:ident Minutes) => { $crate::macros::getter! { @ $(#[$d])* $f integer Option<i64> } };
    ($(#[$d:meta])* $f:ident CountOrUnknown) => { $crate::macros::getter! { @ $(#[$d])* $f known Option<$crate::body::Known> } };
    ($(#[$d:meta])* $f:ident MinutesOrUnknown) => { $crate::macros::getter! { @ $(#[$d])* $f known Option<$crate::body::Known> } };
    ($(#[$d:meta])* $f:ident Date) => { $crate::macros::getter! { @ $(#[$d])* $f date Option<$crate::Date> } };
    ($(#[$d:meta])* $f:ident Choice) => { $crate::macros::getter! { @ $(#[$d])* $f text Option<&'a str> } };
    ($(#[$d:meta])* $f:ident Choices) => { $crate::macros::getter! { @ $(#[$d])* $f texts Vec<&'a str> } };
    ($(#[$d:meta])* $f:ident Reference) => { $crate::macros::getter! { @ $(#[$d])* $f uuid Option<uuid::Uuid> } };
    ($(#[$d:meta])* $f:ident References) => { $crate::macros::getter! { @ $(#[$d])* $f uuids Vec<uuid::Uuid> } };
    ($(#[$d:meta])* $f:ident Person) => { $crate::macros::getter! { @ $(#[$d])* $f uuid Option<uuid::Uuid> } };
    ($(#[$d:meta])* $f:ident OtherReferences) => { $crate::macros::getter! { @ $(#[$d])* $f texts Vec<&'a str> } };
    ($(#[$d:meta])* $f:ident Place) => { $crate::macros::getter! { @ $(#[$d])* $f place Option<$crate::Place> } };
    ($(#[$d:meta])* $f:ident Ground) => { $crate::macros::getter! { @ $(#[$d])* $f ground Option<$crate::Ground> } };
    ($(#[$d:meta])* $f:ident Photos) => { $crate::macros::getter! { @ $(#[$d])* $f photos Vec<$crate::body::Photo> } };
    ($(#[$d:meta])* $f:ident Group) => { $crate::macros::getter! { @ $(#[$d])* $f entries Vec<&'a $crate::body::Map> } };
    (@ $(#[$d:meta])* $f:ident $read:ident $ty:ty) => {
        $(#[$d])*
        pub fn $f(&self) -> $ty {
            $crate::body::$read(self.0, stringify!($f))
        }
    };
}

pub(crate) use {
    all_fields, field_type, fields_view, getter, on_problem, record_kind, required, shown_when,
};

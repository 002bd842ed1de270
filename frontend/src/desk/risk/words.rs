//! A score in words: figures, bands, inputs, rules and questions.

use safelane_ledger::RecordId;
use safelane_wire::risk::{Ask, BandSpan, Due, Input, Override, Risk, Span};

use crate::i18n::{Arg, format, label, label_with};

/// A figure, or an interval: "6.3", "2.5 to 6.7".
pub fn span(span: Span, places: u32) -> String {
    let (least, greatest) = (
        format::decimal(span.least, places),
        format::decimal(span.greatest, places),
    );
    if least == greatest {
        return least;
    }
    t!("desk.risk.span", least = least, greatest = greatest)
}

/// A factor of a product: an interval in brackets.
pub fn factor(value: Span) -> String {
    let words = span(value, 2);
    if value.least == value.greatest {
        words
    } else {
        format!("({words})")
    }
}

/// A band in words.
pub fn band(code: &str) -> String {
    label(&format!("code.risk-band.{code}"))
}

/// A band, or from which to which.
pub fn bands(bands: &BandSpan) -> String {
    if bands.least == bands.greatest {
        return band(&bands.least);
    }
    let (least, greatest) = (band(&bands.least), band(&bands.greatest));
    t!("desk.risk.span", least = least, greatest = greatest)
}

/// What a record is called.
pub fn name(record: RecordId, risk: &Risk) -> String {
    let name = risk.names.get(&record).cloned();
    name.unwrap_or_else(|| t!("desk.not_named").to_owned())
}

/// What an input says.
pub fn input(one: &Input) -> String {
    let args: Vec<(&str, Arg)> = one
        .args
        .iter()
        .map(|(name, value)| argument(&one.code, name, value))
        .collect();
    label_with(&format!("desk.risk.input.{}", one.code), &args)
}

fn argument<'a>(code: &str, name: &'a str, value: &str) -> (&'a str, Arg) {
    match name {
        "evidence" => (name, label(&format!("desk.risk.evidence.{value}")).into()),
        "type" => (name, label(&format!("code.contamination.{value}")).into()),
        "answer" if value == "unknown" => (name, label("code.yes-no.unknown").into()),
        "answer" => (name, label(&format!("code.{code}.{value}")).into()),
        "months" => ("when", when(value).into()),
        // The number that chooses the plural form.
        "minutes" => ("count", number(value)),
        _ => (name, number(value)),
    }
}

fn number(value: &str) -> Arg {
    match value.parse::<i64>() {
        Ok(number) => number.into(),
        Err(_) => value.into(),
    }
}

fn when(months: &str) -> String {
    match months.parse::<i64>() {
        Ok(0) | Err(_) => t!("desk.risk.this_month").to_owned(),
        Ok(months) => t!("desk.risk.months_ago", count = months),
    }
}

/// A rule or a person's decision, with its band.
pub fn overriding(one: &Override, risk: &Risk) -> String {
    let named = |index: usize| one.records.get(index).map(|id| name(*id, risk));
    let text = |name: &str| one.args.get(name).cloned().unwrap_or_default();
    let args: Vec<(&str, Arg)> = vec![
        ("band", band(&one.band).into()),
        ("when", when(&text("months")).into()),
        ("metres", text("metres").into()),
        ("by", text("by").into()),
        ("reason", text("reason").into()),
        ("school", named(0).unwrap_or_default().into()),
        ("hazard", named(1).unwrap_or_default().into()),
    ];
    label_with(&format!("desk.risk.override.{}", one.code), &args)
}

/// A question.
pub fn ask(one: &Ask, risk: &Risk) -> String {
    let records: Vec<String> = one.records.iter().map(|id| name(*id, risk)).collect();
    label_with(
        &format!("desk.risk.ask.{}", one.code),
        &[("records", records.join(", ").into())],
    )
}

/// When it is looked at again.
pub fn due(due: &Due) -> String {
    match (due.overdue, &due.on) {
        (false, Some(on)) => format::date(on),
        (true, _) if !due.accidents.is_empty() => t!("desk.risk.overdue_accident").to_owned(),
        (true, Some(on)) => t!("desk.risk.overdue", day = format::date(on)),
        (_, None) => t!("desk.risk.overdue_never").to_owned(),
    }
}

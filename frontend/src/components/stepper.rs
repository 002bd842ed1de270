//! A number by plus and minus, and by typing for those who must.

use leptos::prelude::*;

use crate::i18n::format;
use crate::platform::dom;

/// A whole number between bounds, with buttons large enough for gloves.
#[component]
pub fn Stepper(
    /// What is counted.
    #[prop(into)]
    label: Signal<String>,
    /// The number; `None` shows a dash until the first press.
    #[prop(into)]
    value: Signal<Option<i64>>,
    /// Called with the new number.
    #[prop(into)]
    on_change: Callback<i64>,
    /// The least.
    #[prop(default = 0)]
    min: i64,
    /// The most.
    #[prop(default = 9_999)]
    max: i64,
    /// What one press adds.
    #[prop(default = 1)]
    step: i64,
    /// How the number is written; plainly unless given (hours from minutes, for one).
    #[prop(optional)]
    show: Option<fn(i64) -> String>,
    /// What the first press gives when there is no number yet.
    #[prop(optional)]
    first: Option<i64>,
    /// What is wrong with it.
    #[prop(optional, into)]
    problem: Signal<Option<String>>,
    /// The element's id.
    #[prop(optional, into)]
    id: Option<String>,
) -> impl IntoView {
    let show = show.unwrap_or(format::number);
    let change = move |by: i64| {
        let next = value.get_untracked().map_or(
            first.unwrap_or(if by > 0 { min + by } else { min }),
            |now| now + by,
        );
        on_change.run(next.clamp(min, max));
    };
    let written = move || value.get().map_or_else(|| "–".to_owned(), show);
    let name = move |word: &str| format!("{}: {word}", label.get());
    view! {
        <div class="field" class:has-problem=move || problem.with(Option::is_some)>
            <div class="step" id=id tabindex="-1" role="group" aria-label=label>
                <span class="step-label">{label}</span>
                <span class="stepper">
                    <button type="button" aria-label=move || name(t!("action.less")) on:click=move |_| change(-step)>"−"</button>
                    <output class="num" aria-live="polite">{written}</output>
                    <button type="button" aria-label=move || name(t!("action.more")) on:click=move |_| change(step)>"+"</button>
                </span>
            </div>
            {super::input::problem_line(problem)}
        </div>
    }
}

/// Reads a number that a person typed: decimal comma or point, spaces ignored. `None` when it is no number.
pub fn parse_decimal(text: &str, places: u32) -> Option<i64> {
    let text: String = text
        .trim()
        .replace(',', ".")
        .chars()
        .filter(|c| !c.is_whitespace())
        .collect();
    let (sign, digits) = text
        .strip_prefix(['-', '\u{2212}'])
        .map_or((1, text.as_str()), |rest| (-1, rest));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if (whole.is_empty() && fraction.is_empty())
        || !all_digits(whole)
        || !all_digits(fraction)
        || fraction.len() > places as usize
    {
        return None;
    }
    let joined = format!("{whole}{fraction:0<width$}", width = places as usize);
    joined.parse::<i64>().ok().map(|value| sign * value)
}

/// The value of the input that an event comes from, as a decimal.
pub fn decimal_of(event: &leptos::ev::Event, places: u32) -> Option<i64> {
    parse_decimal(&dom::value_of(event), places)
}

#[cfg(test)]
mod tests {
    use super::parse_decimal;

    #[test]
    fn people_type_commas_points_and_spaces() {
        assert_eq!(parse_decimal("12,5", 3), Some(12_500));
        assert_eq!(parse_decimal(" 1 250.25 ", 2), Some(125_025));
        assert_eq!(parse_decimal("-3", 0), Some(-3));
        assert_eq!(parse_decimal(".5", 1), Some(5));
    }

    #[test]
    fn what_is_no_number_is_none() {
        assert_eq!(parse_decimal("", 1), None);
        assert_eq!(parse_decimal("1.2.3", 3), None);
        assert_eq!(parse_decimal("12.345", 2), None);
        assert_eq!(parse_decimal("many", 0), None);
    }
}

//! Tables whose numbers align, lists of facts, and what changed.

use leptos::prelude::*;

/// What was, struck out, and what is, bold; the same value is shown once, plainly.
#[component]
pub fn OldNew(
    /// The value before; `None` when there was none.
    #[prop(into)]
    old: Option<String>,
    /// The value now.
    #[prop(into)]
    new: String,
) -> impl IntoView {
    let changed = old.as_ref() != Some(&new);
    let old = old.filter(|_| changed);
    view! {
        {old.map(|old| view! { <del><span class="sr">{t!("old_new.was")}" "</span>{old}</del>" " })}
        {if changed {
            view! { <ins><span class="sr">{t!("old_new.now")}" "</span>{new}</ins> }.into_any()
        } else {
            view! { <span>{new}</span> }.into_any()
        }}
    }
}

/// The frame of a list of facts: name at the left, value at the right.
#[component]
pub fn Facts(
    /// [`Fact`] after [`Fact`].
    children: Children,
) -> impl IntoView {
    view! { <dl class="facts num">{children()}</dl> }
}

/// One fact.
#[component]
pub fn Fact(
    /// Its name.
    #[prop(into)]
    name: Signal<String>,
    /// Its value: text or [`OldNew`].
    children: Children,
) -> impl IntoView {
    view! { <div class="fact"><dt>{name}</dt><dd>{children()}</dd></div> }
}

/// A column's head.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its words, with the unit.
    pub label: String,
    /// Whether it holds numbers, which align at the right.
    pub number: bool,
}

impl Column {
    /// A column of words.
    pub fn text(label: impl Into<String>) -> Self {
        Self {
            label: label.into(),
            number: false,
        }
    }

    /// A column of numbers.
    pub fn number(label: impl Into<String>) -> Self {
        Self {
            label: label.into(),
            number: true,
        }
    }
}

/// A table; it scrolls by itself where it is too wide.
#[component]
pub fn Table(
    /// What it is about, for screen readers.
    #[prop(into)]
    caption: Signal<String>,
    /// The heads.
    columns: Vec<Column>,
    /// The rows, each with as many cells as there are columns.
    #[prop(into)]
    rows: Signal<Vec<Vec<String>>>,
    /// Called with a row's index when it is pressed.
    #[prop(optional, into)]
    on_row: Option<Callback<usize>>,
    /// The row that is chosen.
    #[prop(optional, into)]
    chosen: Signal<Option<usize>>,
    /// Called with a figure's row and column when it is pressed: "explain this number".
    #[prop(optional, into)]
    on_cell: Option<Callback<(usize, usize)>>,
    /// The figure that is explained.
    #[prop(optional, into)]
    explained: Signal<Option<(usize, usize)>>,
    /// Whether the last row is the sum of the others.
    #[prop(optional)]
    sum: bool,
) -> impl IntoView {
    let numeric: Vec<bool> = columns.iter().map(|column| column.number).collect();
    let head = columns
        .into_iter()
        .map(|column| view! { <th scope="col" class:right=column.number>{column.label}</th> })
        .collect_view();
    let row = move |(index, cells): (usize, Vec<String>)| {
        let cell = |(column, (cell, number)): (usize, (String, &bool))| {
            match on_cell {
            // Nothing made a nought: there is nothing to explain.
            Some(on_cell) if *number && cell != "0" && !cell.is_empty() => view! {
                <td class="right">
                    <button
                        type="button" class="figure" class:on=move || explained.get() == Some((index, column))
                        on:click=move |_| on_cell.run((index, column))
                    >{cell}</button>
                </td>
            }.into_any(),
            _ => {
                let nought = *number && cell == "0";
                view! { <td class:right=*number class:nought=nought>{cell}</td> }.into_any()
            }
        }
        };
        let cells = cells
            .into_iter()
            .zip(&numeric)
            .enumerate()
            .map(cell)
            .collect_view();
        let press = move || {
            if let Some(on_row) = on_row {
                on_row.run(index);
            }
        };
        view! {
            <tr
                class:pressable=on_row.is_some()
                class:on=move || chosen.get() == Some(index)
                tabindex=on_row.is_some().then_some("0")
                on:click=move |_| press()
                on:keydown=move |event| if event.key() == "Enter" { press() }
            >
                {cells}
            </tr>
        }
    };
    view! {
        <div class="table-frame" tabindex="0">
            <table class="num" class:with-sum=sum>
                <caption class="sr">{caption}</caption>
                <thead><tr>{head}</tr></thead>
                <tbody>{move || rows.get().into_iter().enumerate().map(row.clone()).collect_view()}</tbody>
            </table>
        </div>
    }
}

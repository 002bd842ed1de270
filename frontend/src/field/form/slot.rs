//! One field of a draft: its value, how to set it, what is wrong with it, what was said about it.

use leptos::prelude::*;
use safelane_ledger::RecordId;
use safelane_model::check::{Context, Problem, Severity, problems};
use safelane_model::kinds::Kind;
use safelane_model::{Field, kinds};
use serde_json::Value;

use super::layout;
use crate::field::draft::{Editor, drafts};
use crate::field::engine::{Engine, engine};
use crate::field::local::World;
use crate::field::words;

/// A draft's form: what every widget of it needs.
#[derive(Clone, Copy)]
pub struct Form {
    /// The draft.
    pub editor: Editor,
    /// Its kind.
    pub kind: &'static Kind,
    /// Everything that is wrong or asked, now.
    pub problems: Memo<Vec<Problem>>,
    /// Whether unanswered questions are marked: after the person asked to go on or to send.
    pub tried: RwSignal<bool>,
    /// The engine, for the records that are here.
    pub engine: Engine,
}

impl Form {
    /// The form of a draft; `None` for a kind that is not known here.
    pub fn of(record: RecordId) -> Option<Self> {
        let (editor, engine) = (drafts().editor(record), engine());
        let kind = kinds::find(&editor.kind())?;
        let today = engine.today();
        let area = engine
            .programme(|programme| programme.area())
            .and_then(|ground| ground.shape.bbox());
        let context = Context { today, area };
        let problems = Memo::new(move |_| {
            editor.with(|body| problems(kind, &layout::cleaned(kind, body), &context))
        });
        Some(Self {
            editor,
            kind,
            problems,
            tried: RwSignal::new(false),
            engine,
        })
    }

    /// A field of the kind as a slot.
    pub fn slot(self, field: &'static Field) -> Slot {
        let editor = self.editor;
        Slot {
            form: self,
            field,
            path: field.key.to_owned(),
            value: editor.get(field.key),
            set: Callback::new(move |value| editor.set(field.key, value)),
        }
    }

    /// Looks at the records that are here, without subscribing: lists in a form do not jump about.
    pub fn world<T>(self, read: impl FnOnce(&World) -> T) -> T {
        self.engine.world.with_untracked(|world| read(world))
    }

    /// What was said about this field, this entry of a group or the whole (`""`) when an earlier version was returned.
    pub fn comments(self, path: &str) -> Vec<String> {
        self.said()
            .into_iter()
            .filter(|(about, _)| about == path)
            .map(|(_, text)| text)
            .collect()
    }

    /// All that was said when an earlier version was returned: the path that it is about, and the words.
    pub fn said(self) -> Vec<(String, String)> {
        self.world(|world| {
            let Some(record) = world.get(self.editor.record) else {
                return Vec::new();
            };
            let words = record.comments().iter().flat_map(|one| {
                let comments = one
                    .body
                    .comments
                    .iter()
                    .map(|comment| (comment.field.clone(), comment.text.clone()));
                let problems = one
                    .body
                    .problems
                    .iter()
                    .map(|problem| (problem.field.clone(), words::returned_problem(problem)));
                comments
                    .chain(problems)
                    .map(|(about, text)| (about.unwrap_or_default(), text))
                    .collect::<Vec<_>>()
            });
            words.collect()
        })
    }
}

/// What was said about one answer, above it.
pub fn beside(said: Vec<String>) -> AnyView {
    said.into_iter()
        .map(|text| view! { <p class="returned-comment"><span aria-hidden="true">"↩ "</span>{text}</p> })
        .collect_view()
        .into_any()
}

/// One field, at the top of a body or inside a group.
#[derive(Clone)]
pub struct Slot {
    /// Its form.
    pub form: Form,
    /// Its description.
    pub field: &'static Field,
    /// Where it stands in the body: `lanes.2.length`.
    pub path: String,
    /// What is in it.
    pub value: Signal<Option<Value>>,
    /// Sets or empties it.
    pub set: Callback<Option<Value>>,
}

impl Slot {
    /// Its label.
    pub fn label(&self) -> String {
        words::field(self.form.kind.name, &self.path)
    }

    /// The id of its element.
    pub fn id(&self) -> String {
        element_id(&self.path)
    }

    /// What is wrong with it or asked about it, as one sentence.
    ///
    /// A question that is merely unanswered is no problem before the person wants to go on.
    pub fn problem(&self) -> Signal<Option<String>> {
        let (path, form, value) = (self.path.clone(), self.form, self.value);
        Memo::new(move |_| {
            let show_open = form.tried.get();
            let filled = value.with(Option::is_some);
            form.problems.with(|problems| {
                problems
                    .iter()
                    .find(|problem| {
                        problem.field == path
                            && (show_open || (filled && problem.code != "required"))
                    })
                    .map(words::problem)
            })
        })
        .into()
    }

    /// Text in the field.
    pub fn text(&self) -> Signal<String> {
        let value = self.value;
        Memo::new(move |_| {
            value.with(|value| {
                value
                    .as_ref()
                    .and_then(Value::as_str)
                    .unwrap_or_default()
                    .to_owned()
            })
        })
        .into()
    }

    /// Number in the field.
    pub fn integer(&self) -> Signal<Option<i64>> {
        let value = self.value;
        Memo::new(move |_| value.with(|value| value.as_ref().and_then(Value::as_i64))).into()
    }

    /// Codes or ids in the field.
    pub fn texts(&self) -> Signal<Vec<String>> {
        let value = self.value;
        Memo::new(move |_| {
            value.with(|value| {
                let list = value
                    .as_ref()
                    .and_then(Value::as_array)
                    .map_or(&[][..], Vec::as_slice);
                list.iter()
                    .filter_map(Value::as_str)
                    .map(str::to_owned)
                    .collect()
            })
        })
        .into()
    }

    /// Sets text; empty text empties the field.
    pub fn set_text(&self) -> Callback<String> {
        let set = self.set;
        Callback::new(move |text: String| set.run((!text.is_empty()).then(|| text.into())))
    }

    /// Text that stays in the draft alone: what is half typed, which way of entering is open.
    pub fn scratch(&self, name: &str) -> (Signal<String>, Callback<String>) {
        let key = format!("~{}.{name}", self.path);
        let (editor, own) = (self.form.editor, key.clone());
        let read = Memo::new(move |_| {
            editor.with(|body| {
                body.get(&own)
                    .and_then(Value::as_str)
                    .unwrap_or_default()
                    .to_owned()
            })
        });
        let write = Callback::new(move |text: String| {
            editor.set(&key, (!text.is_empty()).then(|| text.into()));
        });
        (read.into(), write)
    }
}

/// The id of the element of a field.
pub fn element_id(path: &str) -> String {
    format!("field-{}", path.replace('.', "-"))
}

/// Problems that stop the record.
pub fn stops(problems: &[Problem]) -> Vec<Problem> {
    problems
        .iter()
        .filter(|problem| problem.severity == Severity::Stops)
        .cloned()
        .collect()
}

/// Problems that only ask.
pub fn asks(problems: &[Problem]) -> Vec<Problem> {
    problems
        .iter()
        .filter(|problem| problem.severity == Severity::Asks)
        .cloned()
        .collect()
}

//! The story of the isle: who stated, approved and returned what on which day. It is written in any
//! order and told in the order of its days, so that the hub receives each statement when it would
//! have: what was known on a past day can be asked.

mod teller;

use std::collections::{BTreeMap, BTreeSet};

use safelane_ledger::{Act, Comment, RecordId, RevisionId, SignedRevision, SubmissionId};
use safelane_model::Date;
use safelane_model::body::Body;

use super::signer::Signer;
use super::table::Fate;
pub use teller::Teller;

/// Seconds of a day.
const DAY: i64 = 86_400;
/// When statements are signed, minutes after midnight by the programme's clock.
const STATED: i64 = 16 * 60;

/// The record that a statement is about, and its kind.
pub type Target = (RecordId, &'static str);

/// A statement of the story.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Statement(usize);

/// When something is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct When {
    /// Days before the day of start.
    pub ago: i64,
    /// Minutes after midnight.
    pub minute: i64,
}

/// What the hub does next.
pub enum Step {
    /// The hub raises the next number of its references.
    NumbersFrom(u64),
    /// Devices push; those named last are to be held.
    Push(Vec<SignedRevision>, Vec<RevisionId>),
    /// A file is imported.
    Import(Import),
    /// A device is revoked.
    Revoke(String),
}

/// A made-up file.
#[derive(Clone, Debug)]
pub struct Import {
    /// The record that it becomes.
    pub record: RecordId,
    /// Its name.
    pub file: String,
    /// GeoJSON.
    pub bytes: Vec<u8>,
}

/// A step and the moment of the hub's clock at which it takes it, seconds since 1970.
pub struct Told {
    pub at: i64,
    pub step: Step,
}

enum Does {
    State(Stated),
    Approve(Statement),
    Return(Statement, Comment),
    NumbersFrom(u64),
    Import(Import),
    Revoke(String),
}

struct Stated {
    target: Target,
    act: Act,
    body: Body,
    parents: Vec<Statement>,
    /// Whether it replaces the import that its record began with.
    after_import: bool,
    press: Option<SubmissionId>,
    fate: Option<Fate>,
    approved: bool,
}

struct Deed {
    when: When,
    by: String,
    does: Does,
}

/// Everything that happens.
#[derive(Default)]
pub struct Story {
    deeds: Vec<Deed>,
    /// The last approved statement of each record.
    heads: BTreeMap<RecordId, Statement>,
    /// Records that begin with an import.
    imports: BTreeSet<RecordId>,
}

impl Story {
    /// A body about a record, in place of what was approved of it last.
    pub fn put(&mut self, by: &str, ago: i64, target: Target, body: Body) -> Statement {
        let parents = self.heads.get(&target.0).copied().into_iter().collect();
        self.state(by, ago, target, Act::Put, body, parents)
    }

    /// A body in place of statements that nobody approved.
    pub fn correct(&mut self, by: &str, ago: i64, old: Statement, body: Body) -> Statement {
        let target = self.stated(old).target;
        self.state(by, ago, target, Act::Put, body, vec![old])
    }

    /// A record is set aside.
    pub fn set_aside(&mut self, by: &str, ago: i64, target: Target, body: Body) -> Statement {
        let parents = self.heads.get(&target.0).copied().into_iter().collect();
        self.state(by, ago, target, Act::SetAside, body, parents)
    }

    fn state(
        &mut self,
        by: &str,
        ago: i64,
        target: Target,
        act: Act,
        body: Body,
        parents: Vec<Statement>,
    ) -> Statement {
        let statement = Stated {
            after_import: parents.is_empty() && self.imports.contains(&target.0),
            target,
            act,
            body,
            parents,
            press: None,
            fate: None,
            approved: false,
        };
        self.does(by, ago, STATED, Does::State(statement));
        Statement(self.deeds.len() - 1)
    }

    /// Approvals, an hour later on the day on which the hub receives the statement.
    pub fn approve<'a>(
        &mut self,
        statement: Statement,
        by: impl IntoIterator<Item = &'a str>,
    ) -> &mut Self {
        let When { ago, minute } = self.deeds[statement.0].when;
        let later = minute + 60;
        for person in by {
            self.does(person, received(ago), later, Does::Approve(statement));
            let stated = self.stated_mut(statement);
            stated.approved = true;
            let record = stated.target.0;
            self.heads.insert(record, statement);
        }
        self
    }

    /// A return with a comment.
    pub fn send_back(&mut self, statement: Statement, by: &str, comment: Comment) {
        let When { ago, minute } = self.deeds[statement.0].when;
        self.does(
            by,
            received(ago),
            minute + 60,
            Does::Return(statement, comment),
        );
    }

    /// From here on the hub's references begin at a number.
    pub fn numbers_from(&mut self, ago: i64, minute: i64, number: u64) {
        self.does("", ago, minute, Does::NumbersFrom(number));
    }

    /// A file of one record is imported.
    pub fn import(&mut self, when: When, file: Import) {
        self.imports.insert(file.record);
        self.does("", when.ago, when.minute, Does::Import(file));
    }

    /// A device is revoked.
    pub fn revoke(&mut self, ago: i64, label: &str) {
        self.does("", ago, 0, Does::Revoke(label.to_owned()));
    }

    /// All statements of one press.
    pub fn together(&mut self, press: SubmissionId, statements: &[Statement]) {
        for statement in statements {
            self.stated_mut(*statement).press = Some(press);
        }
    }

    /// Sets the minute at which a statement is signed.
    pub fn at_minute(&mut self, statement: Statement, minute: i64) {
        self.deeds[statement.0].when.minute = minute;
    }

    /// Sets what becomes of a statement.
    pub fn fate(&mut self, statement: Statement, fate: Option<Fate>) {
        self.stated_mut(statement).fate = fate;
    }

    fn does(&mut self, by: &str, ago: i64, minute: i64, does: Does) {
        let by = by.to_owned();
        let when = When { ago, minute };
        self.deeds.push(Deed { when, by, does });
    }

    fn stated(&self, statement: Statement) -> &Stated {
        match &self.deeds[statement.0].does {
            Does::State(stated) => stated,
            _ => unreachable!("a handle is only given for a statement"),
        }
    }

    fn stated_mut(&mut self, statement: Statement) -> &mut Stated {
        match &mut self.deeds[statement.0].does {
            Does::State(stated) => stated,
            _ => unreachable!("a handle is only given for a statement"),
        }
    }

    /// Everything in the order of its days.
    pub fn tell(self, today: Date, ahead_of_utc: i64, signers: BTreeMap<String, Signer>) -> Teller {
        let mut order: Vec<usize> = (0..self.deeds.len()).collect();
        order.sort_by_key(|at| {
            let When { ago, minute } = self.deeds[*at].when;
            (-received(ago), -ago, minute, *at)
        });
        Teller::new(self, order, today, ahead_of_utc, signers)
    }

    /// How many statements each press has.
    fn presses(&self) -> BTreeMap<SubmissionId, u32> {
        let mut pressed = BTreeMap::new();
        for deed in &self.deeds {
            if let Does::State(Stated {
                press: Some(press), ..
            }) = &deed.does
            {
                *pressed.entry(*press).or_default() += 1;
            }
        }
        pressed
    }
}

/// Days ago that the hub receives what was done so many days ago: tablets are without a network for
/// days, and old statements come in larger heaps.
fn received(ago: i64) -> i64 {
    match ago {
        ..=10 => ago,
        11..=60 => ago / 5 * 5,
        _ => ago / 10 * 10,
    }
}

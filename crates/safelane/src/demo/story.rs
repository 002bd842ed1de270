//! The story of the isle: who stated, approved and returned what on which day. It is written in any
//! order and told in the order of its days, so that the hub receives each statement when it would
//! have: what was known on a past day can be asked.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use anyhow::{Context as _, Result};
use safelane_ledger::{
    Act, Approval, AuthorTime, Comment, RecordId, ReturnBody, RevisionId, SignedRevision,
    Submission, SubmissionId,
};
use safelane_model::Date;
use safelane_model::body::Body;

use super::signer::Signer;
use super::table::Fate;

/// Seconds of a day.
const DAY: i64 = 86_400;
/// When statements are signed, minutes after midnight by the programme's clock.
const STATED: i64 = 16 * 60;
/// When tablets of the day have sent what they have, in UTC and minutes after midnight.
const RECEIVED: i64 = 20 * 60;
/// Revisions of one push.
const MOST: usize = safelane_wire::sync::MAX_PUSH_REVISIONS;

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
        Teller {
            pressed: self.presses(),
            story: self,
            order: order.into(),
            signers,
            midnight: today.days_since_1970() * DAY,
            ahead_of_utc,
            ids: BTreeMap::new(),
            imported: BTreeMap::new(),
            told: VecDeque::new(),
            push: Push::default(),
        }
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

#[derive(Default)]
struct Push {
    ago: i64,
    revisions: Vec<SignedRevision>,
    statements: Vec<Statement>,
    held: Vec<RevisionId>,
}

/// Tells the story step by step, signing as it goes: what is said of an import names it, and only
/// the hub that made it knows its id.
pub struct Teller {
    story: Story,
    /// What is still to be told.
    order: VecDeque<usize>,
    signers: BTreeMap<String, Signer>,
    midnight: i64,
    ahead_of_utc: i64,
    ids: BTreeMap<Statement, RevisionId>,
    imported: BTreeMap<RecordId, RevisionId>,
    pressed: BTreeMap<SubmissionId, u32>,
    told: VecDeque<Told>,
    push: Push,
}

impl Teller {
    /// The next step, to be taken before the one after it is asked for.
    pub fn next(&mut self) -> Result<Option<Told>> {
        while self.told.is_empty() {
            match self.order.pop_front() {
                Some(at) => self.tell(at)?,
                None => {
                    self.flush();
                    break;
                }
            }
        }
        Ok(self.told.pop_front())
    }

    /// Learns which revision an import made.
    pub fn learn(&mut self, record: RecordId, import: RevisionId) {
        self.imported.insert(record, import);
    }

    /// Seconds since 1970 at which the hub receives what was done so many days ago.
    fn hub_time(&self, ago: i64) -> i64 {
        self.midnight - ago * DAY + RECEIVED * 60
    }

    fn tell(&mut self, at: usize) -> Result<()> {
        let deed = &self.story.deeds[at];
        let (when, by) = (deed.when, deed.by.clone());
        let ago = received(when.ago);
        if ago != self.push.ago || self.push.revisions.len() >= MOST {
            self.flush();
        }
        self.push.ago = ago;
        match &self.story.deeds[at].does {
            Does::State(_) => self.state(Statement(at), when, &by),
            Does::Approve(statement) => {
                let statement = *statement;
                let body = Approval {
                    officials: self.officials(statement),
                    confirmed: Vec::new(),
                };
                self.judge((when, &by), statement, Act::Approve, &body)
            }
            Does::Return(statement, comment) => {
                let (statement, comments) = (*statement, vec![comment.clone()]);
                let problems = Vec::new();
                let body = ReturnBody { comments, problems };
                self.judge((when, &by), statement, Act::Return, &body)
            }
            Does::NumbersFrom(number) => {
                let step = Step::NumbersFrom(*number);
                self.step(step);
                Ok(())
            }
            Does::Import(file) => {
                let step = Step::Import(file.clone());
                self.step(step);
                Ok(())
            }
            Does::Revoke(label) => {
                let step = Step::Revoke(label.clone());
                self.step(step);
                Ok(())
            }
        }
    }

    fn state(&mut self, statement: Statement, when: When, by: &str) -> Result<()> {
        let at = self.author_time(when)?;
        let stated = self.story.stated(statement);
        let parents = self.parents(stated)?;
        let submission = stated.press.map(|id| Submission {
            id,
            count: self.pressed.get(&id).copied().unwrap_or(1),
        });
        let (fate, target, act, body) = (stated.fate, stated.target, stated.act, &stated.body);
        let signer = signer(&mut self.signers, by)?;
        let signed = signer.sign(act, target, parents, body, submission, at)?;
        self.ids.insert(statement, signed.id());
        match fate {
            Some(Fate::Never) => return Ok(()),
            Some(Fate::Held) => self.push.held.push(signed.id()),
            None => {}
        }
        self.push.statements.push(statement);
        self.push.revisions.push(signed);
        Ok(())
    }

    fn parents(&self, stated: &Stated) -> Result<Vec<RevisionId>> {
        if stated.after_import {
            let import = self.imported.get(&stated.target.0).copied();
            return Ok(vec![import.context("a file was not imported")?]);
        }
        (stated.parents.iter())
            .map(|parent| self.ids.get(parent).copied())
            .collect::<Option<Vec<_>>>()
            .context("a statement is told before the one that it replaces")
    }

    fn judge(
        &mut self,
        (when, by): (When, &str),
        statement: Statement,
        act: Act,
        body: &impl serde::Serialize,
    ) -> Result<()> {
        // What is judged is known to the hub first, so that its checks see it.
        if self.push.statements.contains(&statement) {
            let ago = self.push.ago;
            self.flush();
            self.push.ago = ago;
        }
        let judged = *(self.ids.get(&statement)).context("a judgement before its statement")?;
        let target = self.story.stated(statement).target;
        let at = self.author_time(when)?;
        let signer = signer(&mut self.signers, by)?;
        let signed = signer.sign(act, target, vec![judged], body, None, at)?;
        self.push.revisions.push(signed);
        Ok(())
    }

    /// The officials that an approver sees: what the statement replaces, where that was approved.
    fn officials(&self, statement: Statement) -> Vec<RevisionId> {
        let stated = self.story.stated(statement);
        let import = (stated.after_import).then(|| self.imported.get(&stated.target.0));
        let approved = (stated.parents.iter())
            .filter(|parent| self.story.stated(**parent).approved)
            .filter_map(|parent| self.ids.get(parent));
        import
            .flatten()
            .into_iter()
            .chain(approved)
            .copied()
            .collect()
    }

    fn author_time(&self, when: When) -> Result<AuthorTime> {
        let minutes = when.minute - self.ahead_of_utc;
        let at = self.midnight - when.ago * DAY + minutes * 60;
        Ok(AuthorTime::from_unix(at)?)
    }

    fn step(&mut self, step: Step) {
        let ago = self.push.ago;
        self.flush();
        self.push.ago = ago;
        let at = self.hub_time(ago);
        self.told.push_back(Told { at, step });
    }

    fn flush(&mut self) {
        let push = std::mem::take(&mut self.push);
        if !push.revisions.is_empty() {
            let at = self.hub_time(push.ago);
            let step = Step::Push(push.revisions, push.held);
            self.told.push_back(Told { at, step });
        }
    }
}

fn signer<'a>(signers: &'a mut BTreeMap<String, Signer>, by: &str) -> Result<&'a mut Signer> {
    (signers.get_mut(by)).with_context(|| format!("{by:?} has no device in the table"))
}

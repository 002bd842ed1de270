//! Tells a story step by step: signs, and gathers what a push holds.

use std::collections::{BTreeMap, VecDeque};

use anyhow::{Context as _, Result};
use safelane_ledger::{
    Act, Approval, AuthorTime, RecordId, ReturnBody, RevisionId, SignedRevision, Submission,
    SubmissionId,
};
use safelane_model::Date;

use super::{DAY, Does, Stated, Statement, Step, Story, Told, When, received};
use crate::demo::signer::Signer;
use crate::demo::table::Fate;

/// When tablets of the day have sent what they have, in UTC and minutes after midnight.
const RECEIVED: i64 = 20 * 60;
/// Revisions of one push.
const MOST: usize = safelane_wire::sync::MAX_PUSH_REVISIONS;

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
    /// Tells the deeds of a story in an order.
    pub(super) fn new(
        story: Story,
        order: Vec<usize>,
        today: Date,
        ahead_of_utc: i64,
        signers: BTreeMap<String, Signer>,
    ) -> Self {
        Self {
            pressed: story.presses(),
            story,
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

//! One hazardous area's account, from its timeline and what names it.

use std::collections::BTreeSet;
use std::rc::Rc;

use safelane_geometry::Area;
use safelane_ledger::{RecordId, RevisionId};
use safelane_model::Date;

use super::cut::{Cut, CutBy};
use super::timeline::{Snapshot, Step, Timeline};
use super::{Account, Movement, What};
use crate::content::{Class, Way};
use crate::ground::{Dm2, dm2, size};

/// Below this an outline has not grown: rounding.
const ROUNDING: Dm2 = 1;

/// The account of a hazardous area. `cuts` are those that name it, in any order; `transferred` is
/// what the hazardous area that it was confirmed out of handed over, dm².
pub fn account(timeline: &Timeline, cuts: &[&Cut], transferred: Dm2) -> Account {
    let mut cuts: Vec<&Cut> = cuts.to_vec();
    cuts.retain(|cut| cut.on.is_some());
    cuts.sort_by_key(|cut| cut.key());
    let mut run = Run::new(timeline.hazard, transferred);
    let transfers = |cut: &&&Cut| matches!(cut.by, CutBy::Transfer { .. });
    run.seams = cuts.iter().filter(transfers).map(|cut| cut.on).collect();
    let mut cuts = cuts.into_iter().peekable();
    for step in &timeline.steps {
        while let Some(cut) = cuts.next_if(|cut| cut.on < step.on) {
            run.release(cut);
        }
        run.grow(step);
        while let Some(cut) = cuts.next_if(|cut| cut.on == step.on) {
            run.release(cut);
        }
        run.shrink(step);
    }
    for cut in cuts {
        run.release(cut);
    }
    run.finish()
}

struct Run<'a> {
    account: Account,
    state: Option<Snapshot>,
    opening: Opening,
    /// Whether its area has ever counted.
    counted: bool,
    transferred: Dm2,
    /// Days on which a part changes hands.
    seams: BTreeSet<Option<Date>>,
    applied: Vec<Applied<'a>>,
}

/// A cut in the order of the account.
struct Applied<'a> {
    cut: &'a Cut,
    /// What a release without stated targets was for: the contamination on its day.
    contamination: Rc<BTreeSet<String>>,
}

/// The current opening.
#[derive(Clone, Copy, Default)]
struct Opening {
    /// Its first day; none for before every day.
    on: Option<Date>,
    /// A later one than the first: releases of its own first day belong to the one before.
    again: bool,
}

impl Opening {
    fn admits(self, on: Option<Date>) -> bool {
        if self.again {
            on > self.on
        } else {
            on >= self.on
        }
    }

    /// The opening of the next state, and whether it is a new one.
    fn next(
        self,
        before: Option<&Snapshot>,
        step: &Step,
        after: &Snapshot,
        counted: bool,
    ) -> (Self, bool) {
        let first = !counted;
        let shut = before.is_none_or(|before| !before.open) && !first;
        let stated = after.re_opened && after.opened_on > self.on && !first;
        if shut || stated {
            let on = if stated {
                after.opened_on
            } else {
                step.on.max(after.opened_on)
            };
            return (Self { on, again: true }, true);
        }
        if self.again {
            let on = self.on.max(after.opened_on);
            return (Self { on, again: true }, false);
        }
        (
            Self {
                on: after.opened_on,
                again: after.re_opened,
            },
            first,
        )
    }
}

impl<'a> Run<'a> {
    fn new(hazard: RecordId, transferred: Dm2) -> Self {
        Self {
            account: Account {
                hazard,
                district: None,
                contamination: BTreeSet::new(),
                classes: Vec::new(),
                movements: Vec::new(),
                remaining: 0,
                ground: Area::default(),
                outline: Area::default(),
            },
            state: None,
            opening: Opening::default(),
            counted: false,
            transferred,
            seams: BTreeSet::new(),
            applied: Vec::new(),
        }
    }

    /// What the state adds: new, enlarged or opened again; before the releases of its day.
    fn grow(&mut self, step: &Step) {
        let Some(after) = step.state.as_ref().filter(|state| state.counts()) else {
            return;
        };
        let before = self.state.take();
        let (opening, is_new) = self
            .opening
            .next(before.as_ref(), step, after, self.counted);
        self.opening = opening;
        if let Some(before) = before.as_ref().filter(|before| before.counts()) {
            self.reclassify(step, before.class, after.class);
        }
        let remaining = self.remaining_in(after);
        let added = match &before {
            Some(before) if before.counts() && self.account.ground == remaining => None,
            _ if self.account.ground.difference([&remaining]).is_empty() => Some(remaining),
            _ => Some(Area::union([&self.account.ground, &remaining])),
        };
        if let Some(ground) = added {
            let what = growth(before.as_ref(), after, self.counted, is_new);
            self.handed_over(step, after, &ground);
            self.move_to(
                ground,
                step.on,
                what,
                after.class,
                (self.account.hazard, step.revision),
            );
        }
        self.counted = true;
        self.state = Some(after.clone());
    }

    /// What the state leaves out or ends; after the releases of its day.
    fn shrink(&mut self, step: &Step) {
        let class = self.state.as_ref().map(|state| state.class);
        if let Some(after) = step.state.as_ref().filter(|state| state.counts()) {
            let ground = self.remaining_in(after);
            if ground != self.account.ground {
                let by = (self.account.hazard, step.revision);
                self.move_to(ground, step.on, What::Corrected, after.class, by);
            }
            self.account.outline = after.outline.clone();
        } else {
            if let Some(class) = class {
                let by = (self.account.hazard, step.revision);
                self.move_to(Area::default(), step.on, What::Corrected, class, by);
            }
            self.account.outline = Area::default();
            self.state.clone_from(&step.state);
        }
        if let Some(state) = &step.state {
            self.account.district = state.district;
            self.account.contamination.clone_from(&state.contamination);
        }
        let class = step.state.as_ref().filter(|s| s.counts()).map(|s| s.class);
        if self.account.class() != class || self.account.classes.is_empty() {
            self.account.classes.push((step.on, class));
        }
    }

    fn release(&mut self, cut: &'a Cut) {
        let contamination = self.state.as_ref().map(|state| state.contamination.clone());
        let applied = Applied {
            cut,
            contamination: Rc::new(contamination.unwrap_or_default()),
        };
        if let Some(state) = self.state.as_ref().filter(|state| state.counts())
            && counts(&applied, state, self.opening)
        {
            let ground = self.account.ground.difference([cut.ground.as_ref()]);
            let what = match &cut.by {
                CutBy::Release { way, .. } => (*way).into(),
                CutBy::Transfer { .. } => What::Reclassified,
            };
            let class = state.class;
            self.move_to(ground, cut.on, what, class, (cut.record, cut.revision));
        }
        self.applied.push(applied);
    }

    /// What remains of a state after all releases so far that count for it.
    fn remaining_in(&self, state: &Snapshot) -> Area {
        let cuts: Vec<&Area> = (self.applied.iter())
            .filter(|one| counts(one, state, self.opening))
            .map(|one| one.cut.ground.as_ref())
            .collect();
        if cuts.is_empty() {
            return state.outline.clone();
        }
        // One after the other, as the movements took them: the same ground to the last digit.
        (cuts.into_iter()).fold(state.outline.clone(), |left, cut| left.difference([cut]))
    }

    fn reclassify(&mut self, step: &Step, from: Class, to: Class) {
        let remaining = self.account.remaining;
        if from == to || remaining == 0 {
            return;
        }
        for (class, area) in [(from, -remaining), (to, remaining)] {
            self.push(
                step.on,
                What::Reclassified,
                class,
                area,
                (self.account.hazard, step.revision),
            );
        }
    }

    /// What another hazardous area handed over comes in as reclassified, not as new.
    fn handed_over(&mut self, step: &Step, after: &Snapshot, ground: &Area) {
        let area = std::mem::take(&mut self.transferred);
        if self.counted || area == 0 || ground.is_empty() {
            return;
        }
        let by = (self.account.hazard, step.revision);
        self.push(step.on, What::Reclassified, after.class, area, by);
        self.seams.insert(step.on);
    }

    fn move_to(
        &mut self,
        ground: Area,
        on: Option<Date>,
        what: What,
        class: Class,
        by: (RecordId, RevisionId),
    ) {
        let area = size(&ground) - self.account.remaining;
        let is_release = matches!(what, What::Cancelled | What::Reduced | What::Cleared);
        let seam = !is_release && self.is_seam(&ground, on, what, area);
        // What a part that is kept has outside the whole is no ground of the other part's either:
        // it comes with the outline that the day leaves.
        if !(seam && matches!(what, What::Enlarged | What::ReOpened)) {
            self.account.ground = ground;
        }
        if seam || (area == 0 && !is_release) {
            return;
        }
        // Rounding may make an addition negative by a dm²; the books then say what it is.
        let what = if area < 0 && matches!(what, What::New | What::Enlarged | What::ReOpened) {
            What::Corrected
        } else {
            what
        };
        self.push(on, what, class, area, by);
    }

    /// Whether a difference is only that of corners rounded where an outline was cut. On the day on
    /// which a part changes hands that moves nothing: what one hands over is what the other has.
    fn is_seam(&self, ground: &Area, on: Option<Date>, what: What, area: Dm2) -> bool {
        let restates = matches!(
            what,
            What::New | What::Enlarged | What::ReOpened | What::Corrected
        );
        let both = !ground.is_empty() && self.account.remaining > 0;
        let hair = || dm2(ground.hair()).max(ROUNDING);
        restates && both && self.seams.contains(&on) && area.abs() <= hair()
    }

    fn push(
        &mut self,
        on: Option<Date>,
        what: What,
        class: Class,
        area: Dm2,
        by: (RecordId, RevisionId),
    ) {
        self.account.remaining += area;
        self.account.movements.push(Movement {
            on,
            what,
            class,
            area,
            remaining: self.account.remaining,
            record: by.0,
            revision: by.1,
        });
    }

    fn finish(self) -> Account {
        self.account
    }
}

fn growth(before: Option<&Snapshot>, after: &Snapshot, counted: bool, new_opening: bool) -> What {
    match before {
        _ if !counted => What::New,
        Some(before) if before.counts() && !new_opening => {
            let outgrown = size(&after.outline.difference([&before.outline])) > ROUNDING;
            if outgrown {
                What::Enlarged
            } else {
                What::ReOpened
            }
        }
        _ => What::ReOpened,
    }
}

/// Whether a cut takes from this state: dated after its opening, for its contamination, and as
/// deep as it requires.
fn counts(applied: &Applied<'_>, state: &Snapshot, opening: Opening) -> bool {
    if !opening.admits(applied.cut.on) {
        return false;
    }
    match &applied.cut.by {
        CutBy::Release {
            way,
            depth,
            targets,
        } => {
            let targets = targets.as_ref().unwrap_or(&applied.contamination);
            let deep = *way != Way::Cleared
                || state.required_depth.is_none_or(|need| *depth >= Some(need));
            deep && state.contamination.is_subset(targets)
        }
        CutBy::Transfer {
            class,
            contamination,
            required_depth,
            reported_lifted,
        } => {
            *class >= state.class
                && (!reported_lifted || state.reported_lifted)
                && state.contamination.is_subset(contamination)
                && *required_depth >= state.required_depth
        }
    }
}

//! Who may do what: the one table (S9). Hub, app and documentation all read it here.
//!
//! To add a kind: a [`Rule`] in [`RULES`]; a test names the kind that lacks one, and the listing in
//! `docs/permissions.md` is held by another.

mod listing;

use std::collections::BTreeSet;

use safelane_ledger::{
    Act, ApprovalRight, Demand, PermissionTable, PersonId, Received, RevisionId, Role, State,
    Status,
};

use crate::effect::{Because, Effect, effect};

pub use listing::listing;

/// What is allowed for one kind.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    /// The kind.
    pub kind: &'static str,
    /// Roles that may state a body.
    pub put: &'static [Role],
    /// Roles that may say that a record is to leave the record.
    pub remove: &'static [Role],
    /// Roles that may say that a record is no statement about the world.
    pub set_aside: &'static [Role],
    /// Whether a hub may import it.
    pub import: bool,
    /// Whether a statement waits for judgement; if not it stands by its author's right.
    pub judged: bool,
    /// Why a statement may take two approvals by two people, one with the release right.
    pub two: &'static [Because],
}

impl Rule {
    /// Whether a statement of this kind can ever wait for judgement.
    const fn may_wait(&self) -> bool {
        self.judged || !self.two.is_empty()
    }
}

const FIELD: &[Role] = &[Role::Coordinator, Role::Field];
const DESK: &[Role] = &[Role::Coordinator];
const KEEPERS: &[Role] = &[Role::Administrator, Role::Coordinator, Role::Hub];
const HUB: &[Role] = &[Role::Hub];
const NOBODY: &[Role] = &[];
/// Who answers a check by name: whoever judges.
const ANSWER: &[Role] = APPROVE;

/// Roles that may approve.
pub const APPROVE: &[Role] = &[Role::Coordinator, Role::Approver];
/// Roles whose approval carries the release right.
pub const RELEASE: &[Role] = &[Role::Approver];
/// Roles that may return; the hub returns what validation refuses.
pub const RETURN: &[Role] = &[Role::Coordinator, Role::Approver, Role::Hub];

const fn judged(kind: &'static str, two: &'static [Because]) -> Rule {
    Rule {
        kind,
        put: FIELD,
        remove: DESK,
        set_aside: FIELD,
        import: true,
        judged: true,
        two,
    }
}

const fn kept(kind: &'static str, by: &'static [Role]) -> Rule {
    Rule {
        kind,
        put: by,
        remove: by,
        set_aside: by,
        import: true,
        judged: false,
        two: &[],
    }
}

/// Stands by its author's right; only the desk takes one back.
const fn answered(kind: &'static str) -> Rule {
    Rule {
        kind,
        put: ANSWER,
        remove: NOBODY,
        set_aside: DESK,
        import: false,
        judged: false,
        two: &[],
    }
}

const fn system(kind: &'static str) -> Rule {
    Rule {
        kind,
        put: HUB,
        remove: NOBODY,
        set_aside: NOBODY,
        import: false,
        judged: false,
        two: &[],
    }
}

/// Stands as the hub signs it for an administrator; what takes danger away waits for others.
const fn settings(kind: &'static str) -> Rule {
    Rule {
        two: &[
            Because::LesserDistance,
            Because::OnePerson,
            Because::NotHere,
        ],
        ..system(kind)
    }
}

/// The table: one rule for each kind.
pub const RULES: &[Rule] = &[
    judged(
        "hazardous-area",
        &[
            Because::Closed,
            Because::SmallerOutline,
            Because::LowerClass,
            Because::LessContamination,
            Because::LesserDepth,
            Because::EarlierOpening,
            Because::PlaceMoved,
            Because::ReportedLifted,
            Because::Removed,
            Because::NotHere,
        ],
    ),
    judged("clearance", &[Because::Completion, Because::NotHere]),
    judged(
        "non-technical-survey",
        &[Because::Cancellation, Because::NotHere],
    ),
    judged(
        "explosive-ordnance",
        &[
            Because::PlaceMoved,
            Because::Removed,
            Because::AlarmSettled,
            Because::NotHere,
        ],
    ),
    judged(
        "accident",
        &[
            Because::PlaceMoved,
            Because::Removed,
            Because::AlarmSettled,
            Because::NotHere,
        ],
    ),
    judged("civilian-risk-zone", &[]),
    judged("civilian-report", &[]),
    kept("task", DESK),
    kept("organisation", KEEPERS),
    kept("team", KEEPERS),
    kept("accreditation", KEEPERS),
    kept("settlement", KEEPERS),
    kept("admin-area", KEEPERS),
    answered("check-answer"),
    settings("programme"),
    system("device"),
    system("grant"),
    system("code-list"),
];

/// The rule of a kind; none for a kind that this program does not know.
pub fn rule(kind: &str) -> Option<&'static Rule> {
    RULES.iter().find(|rule| rule.kind == kind)
}

/// Whether somebody with these roles may sign this act on this kind at all.
///
/// A hub holds what this refuses; an app shows no button for it. Of unknown kinds nothing is
/// refused and nothing can be approved: they are carried until this program learns them.
pub fn may(roles: &BTreeSet<Role>, kind: &str, act: Act) -> bool {
    let Some(rule) = rule(kind) else {
        return act.is_statement() && act != Act::Import && has(roles, FIELD);
    };
    let allowed = match act {
        Act::Put => rule.put,
        Act::Remove => rule.remove,
        Act::SetAside => rule.set_aside,
        Act::Import if rule.import => HUB,
        Act::Approve if rule.may_wait() => APPROVE,
        Act::Return if rule.may_wait() => RETURN,
        Act::Import | Act::Approve | Act::Return => NOBODY,
    };
    has(roles, allowed)
}

fn has(roles: &BTreeSet<Role>, any_of: &[Role]) -> bool {
    any_of.iter().any(|role| roles.contains(role))
}

/// More than anybody can give.
const NOBODY_CAN: Demand = Demand {
    approvals: u8::MAX,
    needs_release_right: true,
};

/// What a statement of this effect needs.
pub fn needs(kind: &str, effect: &Effect, one_person_release: bool) -> Demand {
    match rule(kind) {
        None => NOBODY_CAN,
        // Never by what the settings themselves say: a statement that stands by them could not be
        // told from one that does not.
        Some(rule) if rule.kind == "programme" && effect.is_less() => Demand {
            approvals: if effect.because() == [Because::OnePerson] {
                1
            } else {
                2
            },
            needs_release_right: true,
        },
        Some(rule) if !rule.judged => Demand {
            approvals: 0,
            needs_release_right: false,
        },
        Some(_) if effect.is_less() => Demand {
            approvals: if one_person_release { 1 } else { 2 },
            needs_release_right: true,
        },
        Some(_) => Demand {
            approvals: 1,
            needs_release_right: false,
        },
    }
}

/// The table as `resolve` asks it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Table {
    /// The programme's setting that one person may release (S9); every report prints it.
    pub one_person_release: bool,
}

impl PermissionTable for Table {
    fn demand(&self, statement: &Received, replaced: &[&Received]) -> Demand {
        let kind = statement.revision.kind().name();
        // A record keeps its kind: a statement of another one could end a hazardous area as if it
        // were a task. Nobody can approve that.
        if (replaced.iter()).any(|one| one.revision.kind().name() != kind) {
            return NOBODY_CAN;
        }
        let effect = effect(statement, replaced);
        let mut demand = needs(kind, &effect, self.one_person_release);
        let (roles, act) = (&statement.verdict.roles, statement.revision.act());
        if !may(roles, kind, act) {
            // Let in by a coordinator without the author's own right. Settings, roles and devices are
            // the hub's to state: whoever could approve another's could give themselves any right.
            if rule(kind).is_some_and(|rule| rule.put == HUB) {
                return NOBODY_CAN;
            }
            // Anything else waits for judgement.
            demand.approvals = demand.approvals.max(1);
        }
        demand
    }

    fn approval_counts(&self, approval: &Received, statement: &Received) -> Option<ApprovalRight> {
        let roles = &approval.verdict.roles;
        rule(statement.revision.kind().name())?;
        has(roles, APPROVE).then(|| ApprovalRight {
            release: has(roles, RELEASE),
        })
    }

    fn return_counts(&self, judgement: &Received, statement: &Received) -> bool {
        let roles = &judgement.verdict.roles;
        let known = rule(statement.revision.kind().name()).is_some();
        (known && has(roles, RETURN)) || roles.contains(&Role::Hub)
    }
}

/// Why somebody may not approve a statement now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WhyNot {
    /// It is their own.
    Author,
    /// A paper entry, or one that this replaces, names them as who reported or entered it. They may
    /// still return it.
    Named,
    /// None of their roles may approve this kind.
    NoRight,
    /// They have approved it already.
    Already,
    /// It has been reviewed and waits for somebody with the release right.
    Waits,
    /// It does not wait for judgement.
    NotOpen,
}

impl WhyNot {
    /// Stable code; translation key `may-not-approve.<code>`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Author => "author",
            Self::Named => "named",
            Self::NoRight => "no-right",
            Self::Already => "already",
            Self::Waits => "waits",
            Self::NotOpen => "not-open",
        }
    }
}

/// Whether this person's approval of the statement would count now.
pub fn may_approve(
    statement: &Received,
    state: &State,
    person: PersonId,
    roles: &BTreeSet<Role>,
) -> Result<(), WhyNot> {
    let id: RevisionId = statement.id();
    let Some(entry) = state.statements.get(&id) else {
        return Err(WhyNot::NotOpen);
    };
    if !may(roles, statement.revision.kind().name(), Act::Approve) {
        return Err(WhyNot::NoRight);
    }
    if statement.revision.author() == person {
        return Err(WhyNot::Author);
    }
    if entry.named.contains(&person) {
        return Err(WhyNot::Named);
    }
    if entry.approvals.iter().any(|one| one.person == person) {
        return Err(WhyNot::Already);
    }
    if entry.status != Status::Open {
        return Err(WhyNot::NotOpen);
    }
    let demand = entry.demand.ok_or(WhyNot::NotOpen)?;
    let enough = entry.approvals.len() + 1 >= usize::from(demand.approvals);
    let release = has(roles, RELEASE) || entry.approvals.iter().any(|one| one.release);
    if demand.needs_release_right && enough && !release {
        return Err(WhyNot::Waits);
    }
    Ok(())
}

#[cfg(test)]
mod tests;

//! A small programme: people with roles, and a table for three kinds.

use safelane_ledger::testkit::Author;
use safelane_ledger::{
    ApprovalRight, Demand, PermissionTable, Received, Role, SignedRevision, State, resolve,
};

/// `clearance` asks one approval, `hazard` two with the release right, `team` none.
pub struct Table;

impl PermissionTable for Table {
    fn demand(&self, statement: &Received, _parents: &[&Received]) -> Demand {
        let (approvals, needs_release_right) = match statement.revision.kind().name() {
            "team" => (0, false),
            "hazard" => (2, true),
            _ => (1, false),
        };
        Demand {
            approvals,
            needs_release_right,
        }
    }

    fn approval_counts(&self, approval: &Received, _: &Received) -> Option<ApprovalRight> {
        let roles = &approval.verdict.roles;
        let release = roles.contains(&Role::Approver);
        (release || roles.contains(&Role::Coordinator)).then_some(ApprovalRight { release })
    }

    fn return_counts(&self, judgement: &Received, _: &Received) -> bool {
        let may = [Role::Coordinator, Role::Approver, Role::Hub];
        may.iter()
            .any(|role| judgement.verdict.roles.contains(role))
    }
}

/// Somebody with a device and roles.
pub struct Person {
    pub author: Author,
    pub roles: Vec<Role>,
}

impl Person {
    pub fn new(name: &str, role: Role) -> Self {
        Self {
            author: Author::new(name),
            roles: vec![role],
        }
    }
}

/// The people of most cases: Ana reports, Ben and Dara coordinate, Cleo holds the release right.
pub struct People {
    pub ana: Person,
    pub ben: Person,
    pub dara: Person,
    pub cleo: Person,
    pub hub: Person,
}

impl People {
    pub fn new() -> Self {
        Self {
            ana: Person::new("ana", Role::Field),
            ben: Person::new("ben", Role::Coordinator),
            dara: Person::new("dara", Role::Coordinator),
            cleo: Person::new("cleo", Role::Approver),
            hub: Person::new("hub", Role::Hub),
        }
    }

    fn all(&self) -> [&Person; 5] {
        [&self.ana, &self.ben, &self.dara, &self.cleo, &self.hub]
    }

    /// As the hub would have received it.
    pub fn receive(&self, signed: &SignedRevision) -> Received {
        let device = signed.read().expect("sound").claim().device();
        let person = self
            .all()
            .into_iter()
            .find(|p| p.author.device == device)
            .expect("known");
        person.author.received(signed, &person.roles)
    }

    /// Where the record stands when these are here.
    pub fn state(&self, here: &[&SignedRevision]) -> State {
        let received: Vec<_> = here.iter().map(|signed| self.receive(signed)).collect();
        resolve(&received, &Table)
    }
}

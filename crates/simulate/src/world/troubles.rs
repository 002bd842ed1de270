//! What goes wrong with devices, people's rights and the hub.

use std::collections::BTreeSet;

use safelane_ledger::{PersonId, RevisionId, Role};

use crate::planted::Planted;
use crate::scenario::Trouble;
use crate::{Held, fault};

use super::{World, ids_of, word};

/// Ten years, in seconds.
const TEN_YEARS: i64 = 315_576_000;

impl World {
    /// What goes wrong beside the network.
    pub(super) async fn trouble(&mut self) -> Held {
        let index = self.rng.below(self.devices.len());
        if self.strikes(Trouble::Partition, 60) {
            self.devices[index].cut_off_until = self.step + 5 + self.weather.below(30);
            self.tell(|| format!("device {index} is without a network"));
        }
        if self.strikes(Trouble::OneWay, 50) {
            self.one_way_until[index] = self.step + 5 + self.weather.below(15);
            self.tell(|| format!("answers to device {index} are lost"));
        }
        // Drawn in any case, so that the same run with right clocks meets the same weather.
        let jump = skewed(self.weather.draw());
        if self.strikes(Trouble::Skew, 60) {
            self.devices[index].skew = jump;
        }
        if self.strikes(Trouble::OldCopy, 60) {
            self.old_copy(index);
        }
        if self.strikes(Trouble::Clone, 15) && self.devices.len() < 20 {
            let copy = self.devices[index].cloned(self.devices.len());
            let place = copy.index;
            self.add(copy);
            self.vouched[place] = self.vouched[index].clone();
            self.tell(|| format!("device {index} is copied to {place}"));
        }
        if self.strikes(Trouble::Session, 60) {
            let person = self.devices[index].person;
            self.hubs[0].sign_out(person).await?;
            self.tell(|| format!("the sessions of device {index}'s person end"));
        }
        // People sign in again, sooner or later.
        if self.rng.chance(150) && self.devices[index].outcome.needs_sign_in {
            self.sign_in(index).await?;
        }
        if self.strikes(Trouble::Revoke, 15) {
            self.revoke(index).await?;
        }
        if self.strikes(Trouble::Roles, 60) {
            self.change_roles(index).await?;
        }
        if self.strikes(Trouble::Admit, 80) {
            self.admit().await?;
        }
        if self.strikes(Trouble::Restart, 25) {
            self.hubs[0].restart().await?;
            self.tell(|| "the hub starts again".to_owned());
        }
        if self.strikes(Trouble::Restore, 40) {
            self.hubs[0].back_up().await?;
            self.tell(|| "the hub makes a backup".to_owned());
        }
        if self.strikes(Trouble::Restore, 20) {
            let which = self.weather.below(3);
            if self.hubs[0].bring_back(which).await? {
                let size = self.hubs[0].model.point.size;
                self.tell(|| format!("the hub is restored to {size} leaves"));
            }
        }
        Ok(())
    }

    fn old_copy(&mut self, index: usize) {
        let device = &mut self.devices[index];
        let Some(copy) = device.copy.take() else {
            device.copy = Some(device.disk.clone());
            return;
        };
        device.forget_round();
        device.disk = copy;
        let here: BTreeSet<RevisionId> = ids_of(device.disk.outbox.values());
        device.signed.retain(|id| here.contains(id));
        // What the old copy says of the hub is of its own day: it is looked at again in the end.
        let said = self.devices[index].disk.sent.keys().copied().collect();
        self.vouched[index] = said;
        self.tell(|| format!("device {index} is put back to an older copy"));
    }

    async fn revoke(&mut self, index: usize) -> Held {
        let device = self.devices[index].id;
        if self.planted != Some(Planted::RevokeForgotten) {
            let path = format!("/api/devices/{device}/revoke");
            self.administers("POST", path, b"{}".to_vec()).await?;
        }
        self.hubs[0].model.revoked.insert(device);
        self.hubs[0].settle().await?;
        self.tell(|| format!("device {index} is revoked"));
        Ok(())
    }

    async fn change_roles(&mut self, index: usize) -> Held {
        use Role::{Approver, Coordinator, Field, Viewer};
        const SETS: [&[Role]; 5] = [
            &[Field],
            &[Coordinator],
            &[Approver],
            &[Viewer],
            &[Coordinator, Approver, Field],
        ];
        let person = self.devices[index].person;
        let Some(place) = self.people.iter().position(|one| one.id == person) else {
            return Ok(());
        };
        let same = self.rng.chance(400);
        let roles: BTreeSet<Role> = if same {
            self.people[place].roles.clone()
        } else {
            SETS[self.rng.below(SETS.len())].iter().copied().collect()
        };
        let mut team = self.people[place].team;
        if self.scenario.has(Trouble::Scope) {
            team = [None, Some(0), Some(1)][self.rng.below(3)];
        }
        let words: Vec<String> = roles.iter().map(|role| word(*role)).collect();
        let mut body = serde_json::json!({ "roles": words });
        if let Some(team) = team {
            body["team"] = self.teams[team].to_string().into();
        }
        let path = format!("/api/people/{person}/roles");
        let body = serde_json::to_vec(&body).map_err(fault)?;
        self.administers("POST", path, body).await?;
        self.people[place].team = team;
        self.hubs[0].model.roles.insert(person, roles.clone());
        self.hubs[0].settle().await?;
        self.tell(|| format!("device {index}'s person is {roles:?} of team {team:?} now"));
        Ok(())
    }

    /// What an administrator presses at the desk.
    async fn administers(&mut self, method: &'static str, path: String, body: Vec<u8>) -> Held {
        let secret = "the-administrators-session";
        let person = self.administrator;
        self.hubs[0].sign_in(person, secret).await?;
        let reply = self.hubs[0]
            .desk(method, path.clone(), secret, body)
            .await?;
        match reply {
            Some(reply) if (200..300).contains(&reply.status) => Ok(()),
            Some(reply) => Err(fault(format!(
                "{path}: {} {}",
                reply.status,
                String::from_utf8_lossy(&reply.body)
            ))),
            None => Err(fault(path)),
        }
    }

    /// A coordinator lets in one of those that are held.
    async fn admit(&mut self) -> Held {
        let held: Vec<RevisionId> = self.hubs[0].model.held.keys().copied().collect();
        let mut held: Vec<(usize, RevisionId)> = held
            .into_iter()
            .map(|id| (self.order.get(&id).copied().unwrap_or(0), id))
            .collect();
        held.sort_unstable();
        // Few of what is held are approvals, and those matter most: every other time one of them.
        let approvals: Vec<_> = (held.iter().copied())
            .filter(|(_, id)| self.approvals.contains(id))
            .collect();
        if self.step.is_multiple_of(2) && !approvals.is_empty() {
            held = approvals;
        }
        let roles = self.hubs[0].model.roles.clone();
        let coordinators = self.people.iter().map(|one| one.id).filter(|person| {
            roles
                .get(person)
                .is_some_and(|roles| roles.contains(&Role::Coordinator))
        });
        let coordinators: Vec<PersonId> = coordinators.collect();
        let (Some((_, id)), Some(person)) = (
            self.rng.pick(&held).copied(),
            self.rng.pick(&coordinators).copied(),
        ) else {
            return Ok(());
        };
        let secret = "a-coordinators-session";
        self.hubs[0].sign_in(person, secret).await?;
        let path = format!("/api/held/{id}/admit");
        let reply = self.hubs[0]
            .desk("POST", path, secret, b"{}".to_vec())
            .await?;
        self.hubs[0].settle().await?;
        let status = reply.map(|reply| reply.status);
        self.tell(|| format!("a held revision is let in: {status:?}"));
        Ok(())
    }
}

pub(super) fn skewed(chance: u64) -> i64 {
    (chance % (2 * TEN_YEARS as u64)) as i64 - TEN_YEARS
}

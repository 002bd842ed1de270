//! The messages between devices and hub, and what the weather makes of them.

use safelane_server::inside::{Asked, Reply};
use safelane_wire::sync::{PULL, PUSH};

use crate::Held;
use crate::device::{Power, Request};
use crate::scenario::Trouble;

use super::World;

/// Steps that a device waits for an answer.
const PATIENCE: usize = 6;

/// One message on its way.
#[derive(Clone, Debug)]
pub(super) struct Packet {
    pub(super) device: usize,
    pub(super) number: u64,
    pub(super) what: Message,
}

#[derive(Clone, Debug)]
pub(super) enum Message {
    Request(Asked),
    Reply {
        path: String,
        reply: Reply,
        /// Of the hub when it answered.
        epoch: u64,
    },
}

impl World {
    pub(super) fn begin_round(&mut self, index: usize) -> Held {
        if self.devices[index].is_busy() {
            return Ok(());
        }
        let anew = self.rng.chance(40);
        let request = self.devices[index].begin(anew)?;
        self.send(index, request);
        Ok(())
    }

    pub(super) fn send(&mut self, device: usize, request: Option<Request>) {
        self.devices[device].asked_at = self.step;
        if let Some(Request { number, asked }) = request {
            let what = Message::Request(asked);
            self.net.push(Packet {
                device,
                number,
                what,
            });
        }
    }

    /// Those who have waited too long, or whose page was closed.
    pub(super) fn give_up(&mut self) {
        for index in 0..self.devices.len() {
            let device = &mut self.devices[index];
            if device.is_busy() && self.step > device.asked_at + PATIENCE {
                device.gives_up();
                let number = device.index;
                self.tell(|| format!("device {number} has no answer"));
            }
        }
    }

    /// One message arrives, or what the weather makes of it.
    pub(super) async fn deliver(&mut self) -> Held {
        if self.net.is_empty() {
            return Ok(());
        }
        let last = self.net.len();
        let out_of_order = self.strikes(Trouble::Reorder, 500);
        let which = self.weather.below(last);
        let packet = self.net.remove(if out_of_order { which } else { 0 });
        self.remember(&packet);
        if self.strikes(Trouble::Duplicate, 100) {
            self.net.push(packet.clone());
        }
        if self.strikes(Trouble::Drop, 120) {
            return Ok(());
        }
        if self.troubled && self.devices[packet.device].cut_off_until > self.step {
            return Ok(());
        }
        match packet.what {
            Message::Request(asked) => self.arrive(packet.device, packet.number, asked).await,
            Message::Reply { path, reply, epoch } => {
                if self.troubled && self.one_way_until[packet.device] > self.step {
                    return Ok(());
                }
                let (reply, epoch) = self.weathered(&path, reply, epoch);
                let (device, status) = (packet.device, reply.status);
                self.tell(|| {
                    format!(
                        "device {device} is answered {status} to {path}: {}",
                        brief(&reply)
                    )
                });
                self.come_back(packet.device, packet.number, &reply, epoch)
            }
        }
    }

    fn remember(&mut self, packet: &Packet) {
        if !self.scenario.has(Trouble::Replay) {
            return;
        }
        if self.history.len() >= 60 {
            self.history.remove(0);
        }
        self.history.push(packet.clone());
        if self.strikes(Trouble::Replay, 80) {
            // From last week: nobody waits for its answer any more.
            let which = self.weather.below(self.history.len());
            let mut old = self.history[which].clone();
            if matches!(old.what, Message::Request(_)) {
                old.number = 0;
                self.net.push(old);
            }
        }
    }

    /// A request at the hub.
    async fn arrive(&mut self, device: usize, number: u64, mut asked: Asked) -> Held {
        let path = asked.path.clone();
        if self.strikes(Trouble::Portal, 60) {
            let page = b"<html>Welcome to the guest house. Please accept our terms.</html>";
            let reply = Reply::foreign(200, page.to_vec());
            self.reply(device, number, path, reply);
            return Ok(());
        }
        if !asked.body.is_empty() && self.strikes(Trouble::Cut, 100) {
            let at = self.weather.below(asked.body.len());
            asked.body.truncate(at);
        }
        let hangs_up = self.strikes(Trouble::Restart, 60);
        let home = self.devices[device].home;
        let reply = self.hubs[home].answer(asked, hangs_up).await?;
        if let Some(reply) = reply {
            self.reply(device, number, path, reply);
        } else {
            self.tell(|| format!("the connection of device {device} breaks at {path}"));
        }
        Ok(())
    }

    fn reply(&mut self, device: usize, number: u64, path: String, reply: Reply) {
        let epoch = self.hubs[self.devices[device].home].epoch;
        self.net.push(Packet {
            device,
            number,
            what: Message::Reply { path, reply, epoch },
        });
    }

    fn weathered(&mut self, path: &str, mut reply: Reply, mut epoch: u64) -> (Reply, u64) {
        if !reply.body.is_empty() && self.strikes(Trouble::Cut, 80) {
            let at = self.weather.below(reply.body.len());
            reply.body.truncate(at);
        }
        if path.starts_with(PULL) && self.strikes(Trouble::Tamper, 150) {
            reply.body = tampered(&reply.body, self.weather.draw());
        }
        // What is not signed (how much of a photo is here) is taken at its word: only what is signed
        // is replayed.
        let is_signed = path.starts_with(PULL) || path == PUSH;
        if self.strikes(Trouble::Replay, 30) && is_signed {
            let old: Vec<(&Reply, u64)> = self
                .history
                .iter()
                .filter_map(|packet| match &packet.what {
                    Message::Reply {
                        path: old,
                        reply,
                        epoch,
                    } if old == path => Some((reply, *epoch)),
                    _ => None,
                })
                .collect();
            if let Some((old, of)) = self.weather.pick(&old) {
                (reply, epoch) = ((*old).clone(), *of);
            }
        }
        (reply, epoch)
    }

    /// An answer at the device.
    fn come_back(&mut self, index: usize, number: u64, reply: &Reply, epoch: u64) -> Held {
        let dies = self.troubled && self.scenario.has(Trouble::Power);
        let weather = &mut self.weather;
        let mut power = || match weather.below(24) {
            0 if dies => Power::DiesBefore,
            1 if dies => Power::DiesAfter,
            _ => Power::On,
        };
        let before = self.devices[index].state().pulled;
        let next = self.devices[index].answered(number, reply, &mut power)?;
        let after = self.devices[index].state();
        if after.pulled != before {
            let seen = after.seen.size;
            let has = self.devices[index].disk.entries.len();
            self.tell(|| {
                format!(
                    "device {index} is at {} of {seen}, from {before}, with {has}",
                    after.pulled
                )
            });
        }
        let current = epoch == self.hubs[self.devices[index].home].epoch;
        self.check_receipts(index, current)?;
        self.send(index, next);
        Ok(())
    }
}

/// What an answer says, in a few words.
fn brief(reply: &Reply) -> String {
    if let Ok(page) = serde_json::from_slice::<safelane_wire::sync::PullAnswer>(&reply.body) {
        let numbers: Vec<String> = page
            .entries
            .iter()
            .filter_map(|one| Some(one.leaf().ok()?.n.to_string()))
            .collect();
        return format!("up to {} with {}", page.upto, numbers.join(" "));
    }
    if let Ok(answer) = serde_json::from_slice::<safelane_wire::sync::PushAnswer>(&reply.body) {
        let answers: Vec<String> = answer
            .answers
            .iter()
            .map(|one| format!("{:?}", one.answer))
            .collect();
        return answers.join(", ");
    }
    format!("{} bytes", reply.body.len())
}

/// The same page with one digit of one signature changed.
fn tampered(body: &[u8], chance: u64) -> Vec<u8> {
    let mut body = body.to_vec();
    let marks: Vec<usize> = body
        .windows(13)
        .enumerate()
        .filter(|(_, window)| *window == b"\"signature\":\"")
        .map(|(at, _)| at + 13)
        .collect();
    if let Some(at) = marks.get(chance as usize % marks.len().max(1)) {
        body[*at] = if body[*at] == b'0' { b'1' } else { b'0' };
    }
    body
}

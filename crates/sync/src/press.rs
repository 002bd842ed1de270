//! What one press signs: a chain of revisions, each naming the one before it.
//!
//! Take the device's last number, build, sign and write under one lock, the write keyed by device
//! and number so that a number can be taken once only.

use std::collections::BTreeMap;

use safelane_ledger::{
    Act, AuthorTime, DeviceId, Draft, KindVersion, LedgerId, PersonId, RecordId, RevisionId, Salt,
    StructureError, Submission, SubmissionId, Tier, Unsigned, Value, salt_body,
};

/// Who signs, where and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Signer {
    /// The programme.
    pub ledger: LedgerId,
    /// The person.
    pub person: PersonId,
    /// The person's device.
    pub device: DeviceId,
    /// By its clock, which decides nothing.
    pub at: AuthorTime,
}

/// One act of a press.
#[derive(Clone, Debug)]
pub struct Signable {
    /// The record.
    pub record: RecordId,
    /// Its kind.
    pub kind: KindVersion,
    /// What it does.
    pub act: Act,
    /// What it replaces, or the statement that it judges.
    pub parents: Vec<RevisionId>,
    /// The fields.
    pub body: BTreeMap<String, Value>,
    /// Makes the body's digest say nothing of it.
    pub salt: Salt,
}

/// The revisions of one press after the device's last one, `tip`. Several make one submission.
pub fn press(
    signer: Signer,
    tip: Option<(u64, RevisionId)>,
    acts: Vec<Signable>,
    submission: SubmissionId,
) -> Result<Vec<Unsigned>, StructureError> {
    let (mut seq, mut prev) = tip.map_or((0, None), |(seq, id)| (seq, Some(id)));
    let count = acts.len() as u32;
    let submission = (count > 1).then_some(Submission {
        id: submission,
        count,
    });
    let mut made = Vec::with_capacity(acts.len());
    for act in acts {
        seq += 1;
        let unsigned = Draft {
            ledger: signer.ledger,
            record: act.record,
            kind: act.kind,
            act: act.act,
            parents: act.parents,
            bodies: BTreeMap::from([(Tier::T1, salt_body(act.body, act.salt))]),
            submission,
            author: signer.person,
            device: signer.device,
            seq,
            prev,
            at: signer.at,
        }
        .finish()?;
        prev = Some(unsigned.id());
        made.push(unsigned);
    }
    Ok(made)
}

//! Faults that are planted on purpose, one at a time, to see that the simulator finds them.
//!
//! Each sits where the simulator wires the parts together, never in the parts: a device's disk and
//! its network, what the hub answers, what a device or the hub shows. So none can reach a build that
//! people get.

use crate::scenario::words;

words! {
    /// A fault.
    Planted {
        /// The device takes a push without an answer for sent, and deletes it.
        AnswerLostThenDropped = "answer-lost-then-dropped",
        /// The hub answers before its commit is on the disk.
        AckBeforeCommit = "ack-before-commit",
        /// The device goes on from where it was when its scope changes.
        SkipBackfill = "skip-backfill",
        /// What comes again is judged again, by the roles of now.
        VerdictJudgedTwice = "verdict-judged-twice",
        /// A second tab takes the number that the first one took.
        SeqTakenTwice = "seq-taken-twice",
        /// An approval counts only when its clock is later than the statement's.
        TrustTheClock = "trust-the-clock",
        /// Of several heads one is not shown.
        ForgetAHead = "forget-a-head",
        /// A second revision with the same number is dropped as a duplicate.
        DropDuplicateOtherBytes = "drop-duplicate-other-bytes",
        /// Two approvals by one person are two.
        OneApprovalTwice = "one-approval-twice",
        /// Progress takes m² away from a hazardous area.
        ProgressCuts = "progress-cuts",
        /// The device takes nothing back when the hub was restored.
        RestoreUnnoticed = "restore-unnoticed",
        /// The device says *received* when a push gets no answer.
        ReceivedWithoutReceipt = "received-without-receipt",
        /// The device believes every signature.
        BelieveAnySignature = "believe-any-signature",
        /// The hub says that it revoked a device, and did not.
        RevokeForgotten = "revoke-forgotten",
        /// A photo counts as sent when its first piece was.
        PhotoSentInPart = "photo-sent-in-part",
        /// A pull that broke off counts as complete.
        CursorSkips = "cursor-skips",
        /// What is no longer in the scope stays on the device.
        ScopeKeepsLeftovers = "scope-keeps-leftovers",
        /// An empty battery leaves half a transaction.
        TornWrite = "torn-write",
        /// An approval let in from outside the ledger counts.
        AdmittedApprovalCounts = "admitted-approval-counts",
        /// Authors approve their own.
        AuthorApproves = "author-approves",
        /// A statement that arrives after its correction is left aside.
        OrderMatters = "order-matters",
        /// The device deletes what the hub holds.
        HeldDropped = "held-dropped",
        /// The hub says *received* of what it holds.
        AckOfHeld = "ack-of-held",
        /// The device keeps a leaf under the rights of now, not those at receipt.
        RolesOfNow = "roles-of-now",
    }
}

//! The suite that every store passes, on SQLite.

use safelane_ledger::testkit;
use safelane_store_sqlite::{Temporary, temporary};

async fn open() -> Temporary {
    temporary(testkit::ledger(), &[7; 32])
        .await
        .expect("an empty store in a new folder")
}

safelane_store::store_conformance!(open);

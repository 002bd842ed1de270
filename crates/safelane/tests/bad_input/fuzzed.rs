//! Every file of the fuzzers' corpora, through the function that was fuzzed.

#[path = "../../../../fuzz/src/lib.rs"]
mod targets;

use std::fs;
use std::path::Path;

#[test]
fn what_fuzzing_found_worth_keeping_still_holds() {
    let corpora = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus");
    for (name, target) in targets::TARGETS {
        let entries = fs::read_dir(corpora.join(name)).expect("a corpus");
        let mut files = 0;
        for entry in entries {
            let path = entry.expect("an entry").path();
            println!("{}", path.display());
            target(&fs::read(&path).expect("a file"));
            files += 1;
        }
        assert!(files > 0, "no corpus of {name}");
    }
}

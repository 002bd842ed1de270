//! Where things lie.

use std::path::{Path, PathBuf};

/// The root of the source tree.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .ancestors()
        .nth(2)
        .expect("crates/xtask lies two folders below the root")
        .to_owned()
}

/// The folder of native builds: `CARGO_TARGET_DIR`, else `target` in the tree.
pub fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}

/// The folder of WASM builds, apart from the native one: the compilers may differ.
pub fn web_target() -> PathBuf {
    target().join("web")
}

/// The folder that the app is built into and served from.
pub fn dist() -> PathBuf {
    root().join("frontend/dist")
}

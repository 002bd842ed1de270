//! Debian packages.

use std::time::Duration;

use anyhow::{Context, Result, bail};

use crate::command::{command, run, say, succeeds};
use crate::places;

const LIMIT: Duration = Duration::from_mins(15);

/// Installs those of `packages` that are missing.
pub fn install(packages: &[&str]) -> Result<()> {
    let missing = missing(packages)?;
    if missing.is_empty() {
        return Ok(());
    }
    let root = places::root();
    say(&format!(
        "installing Debian packages: {}",
        missing.join(" ")
    ));
    let mut arguments = vec!["install", "--yes", "--no-install-recommends", "--quiet"];
    arguments.extend(&missing);
    let install = || {
        let mut install = command("apt-get", &arguments, &root);
        install.env("DEBIAN_FRONTEND", "noninteractive");
        install
    };
    // The lists may be there already: asking for new ones takes longer than the install.
    if succeeds(install(), LIMIT) {
        return Ok(());
    }
    run(command("apt-get", &["update", "--quiet"], &root), LIMIT).with_context(|| {
        format!(
            "install {} by hand, or run this once as root",
            missing.join(" ")
        )
    })?;
    run(install(), LIMIT).with_context(|| {
        format!(
            "install {} by hand, or run this once as root",
            missing.join(" ")
        )
    })
}

fn missing<'a>(packages: &[&'a str]) -> Result<Vec<&'a str>> {
    let mut query = command(
        "dpkg-query",
        &["--show", "--showformat=${Package} ${db:Status-Status}\n"],
        &places::root(),
    );
    query.args(packages);
    // It fails when a package is unknown, and still prints the others.
    let Ok(output) = query.output() else {
        bail!(
            "this is no Debian; install the counterparts of {} by hand",
            packages.join(" ")
        );
    };
    let listed = String::from_utf8_lossy(&output.stdout).into_owned();
    let is_installed = |package: &str| {
        listed
            .lines()
            .any(|line| line == format!("{package} installed"))
    };
    Ok(packages
        .iter()
        .copied()
        .filter(|package| !is_installed(package))
        .collect())
}

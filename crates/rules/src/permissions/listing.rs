//! The table as a page of documentation.

use std::fmt::Write as _;

use safelane_ledger::Role;

use super::{APPROVE, RELEASE, RETURN, RULES, Rule};

/// The permission table in Markdown: `docs/permissions.md` is this text.
pub fn listing() -> String {
    let mut page = String::from(HEAD);
    page.push_str(
        "\n| kind | put | remove | set aside | import | approvals | two approvals when |\n",
    );
    page.push_str("|---|---|---|---|---|---|---|\n");
    for rule in RULES {
        line(&mut page, rule);
    }
    let _ = write!(
        page,
        "\nApprove: {}. Release right: {}. Return: {}.\n",
        words(APPROVE),
        words(RELEASE),
        words(RETURN)
    );
    page.push_str(TAIL);
    page
}

const HEAD: &str = "# Who may do what

Written by `safelane_rules::permissions::listing`; a test compares it. Change the table there.

Everything is a statement (put, remove, set aside, import) or a judgement (approve, return).
What adds danger or only reports work takes one approval. Every act after which less ground is shown
as hazardous takes two, by two people, neither of them its author or named, in it or in what it
replaces, as who reported or entered it, one of them with the release right. Administrators judge
nothing.
";

const TAIL: &str = "
Settings stand as the hub signs them for an administrator. A shorter distance around danger waits
for two people like any other act after which less ground is shown as dangerous, whatever the
settings say; `one_person_release` waits for one with the release right, beside the administrator.

A programme too small for two people sets `one_person_release`: one approval with the release right
is then enough, and every report says so. Records of kinds that this program does not know are
carried; nobody can approve them. A record keeps its kind: a statement of another kind that would
replace one of its statements cannot be approved by anybody.

What is held may be let in by another coordinator. A statement then waits for judgement, also where
its author's would have stood at once; one that only the hub states nobody can approve. An approval
that was let in counts for nothing, and what a device signed in another person's name stays outside.
";

fn line(page: &mut String, rule: &Rule) {
    let two: Vec<_> = rule.two.iter().map(|because| because.code()).collect();
    let _ = writeln!(
        page,
        "| {} | {} | {} | {} | {} | {} | {} |",
        rule.kind,
        words(rule.put),
        words(rule.remove),
        words(rule.set_aside),
        if rule.import { "hub" } else { "–" },
        if rule.judged { "1" } else { "0" },
        if two.is_empty() {
            "–".to_owned()
        } else {
            two.join(", ")
        },
    );
}

fn words(roles: &[Role]) -> String {
    if roles.is_empty() {
        return "–".to_owned();
    }
    let words: Vec<_> = roles.iter().map(|role| word(*role)).collect();
    words.join(", ")
}

const fn word(role: Role) -> &'static str {
    match role {
        Role::Administrator => "administrator",
        Role::Coordinator => "coordinator",
        Role::Approver => "approver",
        Role::Field => "field",
        Role::Viewer => "viewer",
        Role::Hub => "hub",
    }
}

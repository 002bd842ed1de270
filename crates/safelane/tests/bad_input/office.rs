//! The hub that everything is tried on: a real programme, served, with people, a device and a token.

use std::path::{Path, PathBuf};

use safelane_ledger::document::Document as _;
use safelane_ledger::testkit::Author;
use safelane_ledger::{AuthorTime, Enrolment};
use serde_json::{Value, json};

use crate::Outcome;
use crate::http::{Answer, Ask};
use crate::hub::{Folder, Hub, succeeds};

/// The password of everybody here.
pub const PASSWORD: &str = "under the mango tree";

/// A served programme.
pub struct Office {
    hub: Hub,
    folder: Folder,
    people: Vec<(&'static str, String)>,
    session: Value,
    token: String,
    devices: usize,
}

impl Office {
    pub fn open() -> Self {
        let folder = Folder::new("bad-input");
        let data = folder.path().join("data");
        let hub = Hub::start("serve", &data);
        let mut this = Self {
            hub,
            folder,
            people: Vec::new(),
            session: Value::Null,
            token: String::new(),
            devices: 0,
        };
        for (name, role) in [
            ("admin", "administrator"),
            ("coordinator", "coordinator"),
            ("approver", "approver"),
            ("field", "field"),
        ] {
            let cookie = this.person(name, role);
            this.people.push((name, cookie));
        }
        let lines = this.command(&["token", "create", "qgis", "--role", "viewer"]);
        this.token = lines.lines().last().expect("the token").to_owned();
        this.session = this.ask(Ask::get("/api/session").by("field")).json();
        this
    }

    /// Adds a person by the command line, takes up the link, and gives the cookie.
    pub fn person(&mut self, name: &str, role: &str) -> String {
        let lines = self.command(&["user", "add", name, "--role", role]);
        let link = lines
            .lines()
            .find(|line| line.contains("http"))
            .expect("a link");
        let secret = link
            .rsplit(['/', '=', '#'])
            .next()
            .expect("a secret")
            .trim()
            .to_owned();
        let asked = json!({ "token": secret, "password": PASSWORD });
        let answer = self.ask(Ask::post("/api/invite", &asked));
        assert_eq!(answer.status, 200, "{}", answer.body);
        answer.cookie().expect("a session")
    }

    /// A device of the field person's, enrolled now.
    pub fn device(&mut self) -> Author {
        self.devices += 1;
        let id = |key: &str| self.session[key].as_str().expect("an id").to_owned();
        let mut author = Author::new(&format!("tablet {}", self.devices));
        author.person = id("person").parse().expect("a person");
        author.ledger = id("ledger").parse().expect("a ledger");
        let asked = json!({ "enrolment": self.enrolment(&author), "label": "tablet" });
        let answer = self.ask(Ask::post("/api/devices/enrol", &asked).by("field"));
        assert_eq!(answer.status, 200, "{}", answer.body);
        author
    }

    /// What a device signs to be enrolled here.
    pub fn enrolment(&self, author: &Author) -> safelane_ledger::SignedText {
        let enrolment = Enrolment {
            ledger: author.ledger,
            hub: self.session["hub"]
                .as_str()
                .expect("an id")
                .parse()
                .expect("a hub"),
            device: author.device,
            person: author.person,
            key: author.public_key(),
            at: AuthorTime::from_unix(1_795_000_000).expect("a time"),
        };
        enrolment.sign(author.signing_key()).expect("canonical")
    }

    /// The session of the field person, as the hub describes it.
    pub fn session(&self) -> &Value {
        &self.session
    }

    /// Asks with the credentials that the request names.
    pub fn ask(&self, ask: Ask) -> Answer {
        let credentials = match ask.who.as_str() {
            "nobody" => String::new(),
            "viewer" => format!("authorization: Bearer {}\r\n", self.token),
            name => {
                let found = self.people.iter().find(|(known, _)| *known == name);
                let (_, cookie) = found.unwrap_or_else(|| panic!("nobody is called {name}"));
                format!("cookie: {cookie}\r\n")
            }
        };
        ask.send(&self.hub.address, &credentials)
    }

    pub fn address(&self) -> String {
        self.hub.address.clone()
    }

    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// A path for a file of a case.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// A command on the data folder that must succeed.
    pub fn command(&self, arguments: &[&str]) -> String {
        let data = self.data();
        succeeds(&[arguments, &["--data", text(&data)]].concat())
    }

    /// How many leaves the log has.
    pub fn size(&self) -> u64 {
        let answer = self.pull("/api/sync/pull?after=0&limit=1");
        let head = answer.json()["head"]["bytes"]
            .as_str()
            .expect("a head")
            .to_owned();
        let head: Value = serde_json::from_str(&head).expect("a head");
        head["size"].as_u64().expect("a size")
    }

    /// A page of the log, once the hub is up with it.
    fn pull(&self, path: &str) -> Answer {
        for _ in 0..60 {
            let answer = self.ask(Ask::get(path).by("coordinator"));
            if answer.status != 503 {
                assert_eq!(answer.status, 200, "{}", answer.body);
                return answer;
            }
            std::thread::sleep(std::time::Duration::from_millis(250));
        }
        panic!("the hub is never up with its log");
    }

    /// The leaves after a number, each with its revision, as a coordinator pulls them.
    pub fn entries(&self, after: u64) -> Vec<Value> {
        let path = format!("/api/sync/pull?after={after}");
        let answer = self.pull(&path).json();
        answer["entries"].as_array().cloned().unwrap_or_default()
    }

    /// Memory that the hub has at hand, in MB.
    pub fn memory(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.hub.pid()));
        let status = status.unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kilobytes = line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok());
        kilobytes.unwrap_or(0_u64) / 1024
    }

    /// The hub answers, and can write.
    pub fn lives(&self) -> Outcome {
        let answer = self.ask(Ask::get("/readyz"));
        match answer.status {
            200 => Ok(()),
            status => Err(format!("the hub is not ready any more: {status}")),
        }
    }

    /// Stops the hub; what it kept must be whole.
    pub fn close(self) -> Outcome {
        let Self { hub, folder, .. } = self;
        hub.stop();
        let data = folder.path().join("data");
        let said = succeeds(&["verify", "--data", text(&data)]);
        if said.contains("Nothing is altered") {
            Ok(())
        } else {
            Err(said)
        }
    }
}

/// A path as an argument.
pub fn text(path: &Path) -> &str {
    path.to_str().expect("text")
}

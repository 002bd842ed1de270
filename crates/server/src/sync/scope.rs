//! What a person may read: the whole programme, or the ground around the organisation's tasks.

use std::collections::BTreeSet;

use safelane_geometry::{Bbox, Metres, measure};
use safelane_ledger::{Digest, PersonId, RecordId, Role};
use safelane_model::kinds::{self, Family};
use safelane_wire::sync::{Outline, Scope};

use crate::board::{BoardData, Known, Spot};
use crate::extract::Reader;

/// How far beyond its tasks a team sees hazards, releases, items and accidents.
const AROUND: Metres = Metres::new(5_000.0);

/// Roles that read the whole programme.
const WHOLE: [Role; 4] = [
    Role::Coordinator,
    Role::Approver,
    Role::Administrator,
    Role::Viewer,
];

/// What of the programme itself everybody reads; who holds which role is nobody's business.
const SYSTEM: [&str; 3] = ["programme", "code-list", "device"];

/// What one reader may read, as of one moment.
#[derive(Clone, Debug)]
pub struct ReaderScope {
    /// The whole programme.
    pub whole: bool,
    /// Without bodies of accidents and of items not yet destroyed: they hold exact points.
    pub exact_points: bool,
    person: Option<PersonId>,
    tasks: BTreeSet<RecordId>,
    boxes: Vec<Bbox>,
    version: String,
}

/// Whether a reader reads the whole programme.
pub fn reads_whole(reader: &Reader) -> bool {
    WHOLE.iter().any(|role| reader.roles.contains(role))
}

/// The scope of a reader on the board as it is.
pub fn reader_scope(board: &BoardData, reader: &Reader) -> ReaderScope {
    let whole = reads_whole(reader);
    let mut scope = ReaderScope {
        whole,
        exact_points: reader.sees_exact_points(),
        person: reader.person,
        tasks: BTreeSet::new(),
        boxes: Vec::new(),
        version: String::new(),
    };
    if !whole {
        scope.add_tasks(board, reader);
    }
    scope.version = scope.fingerprint(board);
    scope
}

impl ReaderScope {
    fn add_tasks(&mut self, board: &BoardData, reader: &Reader) {
        let mut teams: BTreeSet<RecordId> = reader.team.into_iter().collect();
        for team in board.of_kind("team") {
            let organisation = team
                .row
                .links
                .get("organisation")
                .and_then(|ids| ids.first());
            if organisation.is_some() && organisation == reader.organisation.as_ref() {
                teams.insert(team.summary.record);
            }
        }
        for task in board.of_kind("task") {
            let named = task.row.links.get("teams").into_iter().flatten();
            if !named.into_iter().any(|team| teams.contains(team)) {
                continue;
            }
            self.tasks.insert(task.summary.record);
            let hazards = task.row.links.get("hazards").into_iter().flatten();
            let boxes = hazards
                .filter_map(|id| board.get(*id)?.summary.bbox)
                .chain(task.summary.bbox);
            if let Some(bbox) = boxes.reduce(Bbox::join) {
                self.boxes.push(widened(bbox));
            }
        }
        self.boxes
            .sort_by_key(|b| (b.west, b.south, b.east, b.north));
        self.boxes.dedup();
    }

    /// Whether the reader may read a record.
    pub fn holds(&self, known: &Known) -> bool {
        if self.whole || self.tasks.contains(&known.summary.record) {
            return true;
        }
        if self
            .person
            .is_some_and(|person| known.authors.contains(&person))
        {
            return true;
        }
        let kind = known.summary.kind.as_str();
        match kinds::find(kind).map(|kind| kind.family) {
            Some(Family::Reference) => true,
            // Everybody checks signatures, so everybody gets the keys: ids and labels, no names.
            Some(Family::System) => SYSTEM.contains(&kind),
            // Wherever one of its statements was: who has read that an item is here must read that it
            // is there now, and a device that pulls by number would never hear of it otherwise.
            Some(Family::Activity | Family::Land | Family::Event) | None => {
                known.spots().iter().any(|spot| self.takes(kind, spot))
            }
        }
    }

    /// Whether a statement of this kind about this place is for the reader.
    fn takes(&self, kind: &str, spot: &Spot) -> bool {
        match kinds::find(kind).map(|kind| kind.family) {
            // Releases stand near the tasks; another organisation's tasks do not.
            Some(Family::Activity) if kind == "task" => false,
            Some(Family::Activity) => {
                spot.tasks.iter().any(|task| self.tasks.contains(task)) || self.reaches(spot.bbox)
            }
            Some(Family::Reference | Family::System | Family::Land | Family::Event) | None => {
                self.reaches(spot.bbox)
            }
        }
    }

    fn reaches(&self, bbox: Option<Bbox>) -> bool {
        bbox.is_some_and(|bbox| self.boxes.iter().any(|own| own.intersects(bbox)))
    }

    /// Whether a record came into the scope after its first revision was received: a device that
    /// has pulled past that would never see it.
    fn came_late(&self, known: &Known) -> bool {
        let kind = known.summary.kind.as_str();
        let family = kinds::find(kind).map(|kind| kind.family);
        if matches!(family, Some(Family::Reference | Family::System)) || !self.holds(known) {
            return false;
        }
        let spots = known.spots();
        let from_the_start = self.tasks.contains(&known.summary.record)
            || self.person == Some(known.first_author)
            || spots.first().is_some_and(|spot| self.takes(kind, spot));
        known.judged_first || !from_the_start
    }

    fn fingerprint(&self, board: &BoardData) -> String {
        if self.whole {
            return format!("whole{}", if self.exact_points { "" } else { "-coarse" });
        }
        let late: BTreeSet<RecordId> = board
            .all()
            .filter(|known| self.came_late(known))
            .map(|known| known.summary.record)
            .collect();
        let boxes: Vec<_> = self
            .boxes
            .iter()
            .map(|b| (b.west, b.south, b.east, b.north))
            .collect();
        // What everybody reads belongs to the version: a device that pulled without the keys pulls anew.
        let text = format!(
            "{SYSTEM:?} {:?} {boxes:?} {:?} {late:?}",
            self.person, self.tasks
        );
        Digest::of(text.as_bytes()).to_string()[..16].to_owned()
    }

    /// As a pull answers it.
    pub fn wire(&self) -> Scope {
        let outline = (!self.whole).then(|| -> Outline {
            self.boxes
                .iter()
                .map(|b| {
                    let (w, s, e, n) = (
                        i64::from(b.west),
                        i64::from(b.south),
                        i64::from(b.east),
                        i64::from(b.north),
                    );
                    vec![vec![[w, s], [e, s], [e, n], [w, n]]]
                })
                .collect()
        });
        Scope {
            version: self.version.clone(),
            outline,
        }
    }

    /// Whether the reader is given the bodies of a record.
    pub fn shows_bodies(&self, known: &Known) -> bool {
        self.exact_points || !known.has_exact_danger()
    }
}

fn widened(bbox: Bbox) -> Bbox {
    use safelane_geometry::Position;
    let corner = |lon, lat| Position::try_new_e7(i64::from(lon), i64::from(lat)).ok();
    let all = [
        (corner(bbox.west, bbox.south), 0.0),
        (corner(bbox.east, bbox.north), 0.0),
        (corner(bbox.west, bbox.north), 0.0),
        (corner(bbox.east, bbox.south), 0.0),
    ];
    let moved = all.iter().filter_map(|(at, _)| *at).flat_map(|at| {
        [0.0, 90.0, 180.0, 270.0].map(|bearing| measure::direct(at, bearing, AROUND))
    });
    Bbox::around(moved).map_or(bbox, |wide| wide.join(bbox))
}

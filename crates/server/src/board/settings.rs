//! The programme's settings, as its official record says.

use safelane_geometry::{Bbox, Metres};
use safelane_ledger::{ReceivedAt, Value};
use safelane_model::kinds::programme::key;
use safelane_model::{Date, body};
use safelane_rules::Table;
use safelane_store::{Limit, Order, RecordFilter, Store, StoreError, derive};
use safelane_wire::session::{MAP_AGE_WARNING_HOURS, Programme};

/// See the module.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// Its name.
    pub name: String,
    /// What references begin with.
    pub prefix: String,
    /// Everything is made up.
    pub demo: bool,
    /// Box around the programme's area.
    pub area: Option<Bbox>,
    /// What the rules take from them.
    pub rules: safelane_rules::Settings,
    /// Danger around an item or accident (S5).
    pub danger_distance: Metres,
    /// When the map's age warns (S6).
    pub map_age_warning_hours: u32,
    /// Language of a new device.
    pub language: String,
    /// Minutes that programme time is ahead of UTC.
    pub ahead_of_utc: i64,
}

impl Settings {
    /// From the store; what is not set yet is as a new programme has it.
    pub async fn read(store: &dyn Store) -> Result<Self, StoreError> {
        Ok(Self::of(store.programme().await?.as_ref()))
    }

    /// As they stood when the log had so many leaves.
    pub async fn read_at(store: &dyn Store, upto: u64) -> Result<Self, StoreError> {
        let filter = RecordFilter {
            kinds: vec!["programme".to_owned()],
            order: Order::Oldest,
            ..RecordFilter::default()
        };
        for summary in store.records(&filter, None, Limit::MAX).await?.items {
            let mut entries = store.history(summary.record).await?;
            entries.retain(|entry| entry.leaf.n <= upto);
            // Who may state them does not depend on what they say.
            if let Some(then) = derive::record(&entries, &Table::default())?
                && let Some(body) = derive::settings(&then.officials(&entries))?
            {
                return Ok(Self::of(Some(&body)));
            }
        }
        Ok(Self::of(None))
    }

    fn of(programme: Option<&Value>) -> Self {
        let map = programme
            .and_then(|value| crate::sync::to_map(value).ok())
            .unwrap_or_default();
        let text = |key: &str| body::text(&map, key).map(str::to_owned);
        let yes = |key: &str| body::text(&map, key) == Some("yes");
        let rules = safelane_rules::Settings::of(&map);
        let minutes = body::integer(&map, key::map_age_limit);
        let languages = text(key::languages).unwrap_or_default();
        Self {
            name: text(key::name).unwrap_or_else(|| "Safelane".to_owned()),
            prefix: text(key::prefix).unwrap_or_default(),
            demo: yes(key::demo),
            area: body::ground(&map, key::area).and_then(|ground| ground.shape.bbox()),
            rules,
            danger_distance: Metres::new(rules.danger_distance_mm as f64 / 1_000.0),
            map_age_warning_hours: minutes.map_or(MAP_AGE_WARNING_HOURS, |minutes| {
                (minutes as u32).div_ceil(60)
            }),
            language: languages
                .split(',')
                .map(str::trim)
                .find(|code| !code.is_empty())
                .unwrap_or("en")
                .to_owned(),
            ahead_of_utc: body::integer(&map, key::ahead_of_utc).unwrap_or(0),
        }
    }

    /// The last second of a day of the programme.
    pub fn end_of(&self, day: Date) -> Option<ReceivedAt> {
        let midnight = (day.days_since_1970() + 1) * 86_400 - self.ahead_of_utc * 60;
        ReceivedAt::from_unix(midnight - 1).ok()
    }

    /// The programme's day at a moment.
    pub fn day_of(&self, at: ReceivedAt) -> Date {
        let local = ReceivedAt::from_unix(at.unix() + self.ahead_of_utc * 60);
        crate::app::day(local.unwrap_or(at))
    }

    /// The permission table that they ask for.
    pub fn table(&self) -> Table {
        Table {
            one_person_release: self.rules.one_person_release,
        }
    }

    /// As every screen needs them.
    pub fn wire(&self) -> Programme {
        Programme {
            name: self.name.clone(),
            prefix: self.prefix.clone(),
            demo: self.demo,
            country: None,
            language: self.language.clone(),
            extent: self.area.map(|b| {
                [
                    i64::from(b.west),
                    i64::from(b.south),
                    i64::from(b.east),
                    i64::from(b.north),
                ]
            }),
            map_age_warning_hours: self.map_age_warning_hours,
        }
    }
}

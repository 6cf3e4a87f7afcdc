//! What figures say, section by section: shared by the coordinator's dashboard and the promeneur's own bilan, so that
//! neither is worded or drawn otherwise than the other.

pub mod acts;
#[cfg(any(feature = "ssr", feature = "office"))]
pub mod compare;
pub mod csv;
pub mod fact;
pub mod figures;
#[cfg(any(feature = "ssr", feature = "office"))]
pub mod life;
#[cfg(any(feature = "ssr", feature = "office"))]
pub mod needs;
#[cfg(any(feature = "ssr", feature = "office"))]
pub mod objectives;
#[cfg(any(feature = "ssr", feature = "office"))]
pub mod people;
pub mod places;
pub mod presence;
pub mod shares;
#[cfg(any(feature = "ssr", feature = "office"))]
pub mod stages;
#[cfg(any(feature = "ssr", feature = "office"))]
pub mod team;
#[cfg(any(feature = "ssr", feature = "office"))]
pub mod trend;
pub mod view;

#[cfg(any(feature = "ssr", feature = "office"))]
use crate::ui::table::Table;
use crate::{
    domain::indicators::{Indicator, Sums},
    ui::{
        bar_chart::{Bar, BarChart},
        heat_map::HeatRow,
    },
};

/// Whose activity the sections speak of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Voice {
    /// A network's, a structure's or a promeneur's, told by the coordination.
    Office {
        /// Days of the period that promeneurs counted for until today, summed over them.
        days_gone: i64,
    },
    /// The reader's own.
    Own {
        /// Minutes a week that they committed to, where that was agreed on.
        weekly_minutes: Option<i64>,
        /// Days of the period that they counted for until today: of the days to come nobody has worked yet.
        days_gone: i64,
    },
}

impl Voice {
    /// The office's words, or one's own.
    pub fn pick<T>(self, office: T, own: T) -> T {
        if matches!(self, Self::Office { .. }) { office } else { own }
    }
}

/// One question and its answer: the main fact in a sentence, what else to know, how it is counted, and a chart.
#[derive(Clone, Debug, PartialEq)]
pub struct Section {
    /// Its id on the page.
    pub id: &'static str,
    /// The question.
    pub heading: &'static str,
    /// The main fact.
    pub fact: String,
    /// More, in a lower voice.
    pub quiet: Vec<String>,
    /// How it is counted.
    pub indicators: Vec<Indicator>,
    /// The chart; none where there is nothing to draw.
    pub chart: Option<Chart>,
}

/// What a section draws.
#[derive(Clone, Debug, PartialEq)]
pub enum Chart {
    /// Bars and their table.
    Bars(BarChart),
    /// A week by its moments.
    Heat(Vec<HeatRow>),
    /// A table alone.
    #[cfg(any(feature = "ssr", feature = "office"))]
    Table(Table),
}

impl Chart {
    /// The chart; none where there is nothing to draw: of nothing there are no shares.
    fn of_bars(title: &'static str, heading: &'static str, bars: Vec<Bar>, is_whole: bool) -> Option<Self> {
        bars.iter().any(|bar| bar.value > 0).then_some(Self::Bars(BarChart {
            title,
            heading,
            bars,
            is_whole,
            #[cfg(any(feature = "ssr", feature = "office"))]
            sorting: None,
        }))
    }
}

/// Every section of a report, in order. `is_over` says whether the period is.
pub fn sections(sums: &Sums, voice: Voice, is_over: bool) -> Vec<Section> {
    vec![
        presence::section(sums, voice, is_over),
        acts::section(sums, voice),
        places::section(sums),
        shares::themes_section(sums),
        shares::outcomes_section(sums, voice),
    ]
}

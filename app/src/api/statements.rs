//! What the coordination reads of the monthly statements: who has handed theirs over, what has changed since, and the
//! promeneurs' own words about their work (`domain.md` C19, I15, I17).

use chrono::NaiveDate;

use crate::domain::{
    ids::PromeneurId,
    statement::{Handed, Statement},
};

/// The statement of one promeneur.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatementLine {
    /// Whose it is.
    pub promeneur: String,
    /// Their structure of today.
    pub structure: Option<String>,
    /// The month's figures as they stand now.
    pub now: Handed,
    /// The day on which it was last received.
    pub received_on: Option<NaiveDate>,
    /// What was handed over; none of what was entered by hand, before phones handed statements over.
    pub handed: Option<Statement>,
}

/// A text of a statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// What it is about: one of the three texts.
    pub about: &'static str,
    /// Who wrote it.
    pub whose: PromeneurId,
    /// Their name, which others may have too.
    pub promeneur: String,
    /// First day of the statement's month.
    pub month: NaiveDate,
    /// The text.
    pub text: String,
}

/// The statements of a month, by name. Those expected, and those received all the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statements {
    /// First day of the month.
    pub month: NaiveDate,
    /// Today, in the network's zone.
    pub today: NaiveDate,
    /// A line a promeneur.
    pub lines: Vec<StatementLine>,
}

//! Which versions of a record its present state holds, where the database has had more than one life (`offline.md` I14).

/// What a record holds of its past.
///
/// Within a life each version holds those before it. Of the lives before, a record holds the versions up to `stem`; what
/// was given above it and lost by a restore it does not hold, until a phone gives it back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Lineage {
    /// The last version of earlier lives that it holds, or nought.
    pub stem: i64,
    /// The highest version of the lives before the one in which it was last written.
    pub born: i64,
    /// Whether it stands as it was given back, unchanged since.
    pub refilled: bool,
}

/// How a version that a phone gives back stands to what is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kinship {
    /// It is held already.
    Held,
    /// It is later than what is there.
    Later,
    /// Both went on from something earlier, each for itself.
    Apart,
}

impl Lineage {
    /// Of a record that is new in a life whose predecessors ended at `born`.
    pub fn of_new(born: i64) -> Self {
        Self { stem: 0, born, refilled: false }
    }

    /// Of a record as an earlier life had it at `stem`.
    pub fn given_back(stem: i64, born: i64) -> Self {
        Self { stem, born, refilled: true }
    }

    /// After a change in this life on top of `version`.
    #[must_use]
    pub fn after_change(self, version: i64, born: i64) -> Self {
        let holds_its_life = version > born;
        if holds_its_life { Self { refilled: false, ..self } } else { Self { stem: version, born, refilled: false } }
    }

    /// How `other`, of an earlier life, stands to the record at `version`. `born` is that of the present life.
    pub fn kinship(self, version: i64, other: i64, born: i64) -> Kinship {
        let is_held = other <= self.stem || self.born < other && other <= version;
        let is_untouched = self.refilled || version <= born;
        if is_held {
            Kinship::Held
        } else if is_untouched && (other > version || self.refilled) {
            Kinship::Later
        } else {
            Kinship::Apart
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lost_change_is_later_than_what_the_backup_had() {
        let backup = Lineage::of_new(0);
        assert_eq!(backup.kinship(5, 5, 1_000), Kinship::Held);
        assert_eq!(backup.kinship(5, 4, 1_000), Kinship::Held);
        assert_eq!(backup.kinship(5, 7, 1_000), Kinship::Later);
    }

    #[test]
    fn what_was_changed_since_is_for_a_person_to_compare() {
        let changed = Lineage::of_new(0).after_change(5, 1_000);
        assert_eq!(changed.kinship(1_001, 5, 1_000), Kinship::Held);
        assert_eq!(changed.kinship(1_001, 7, 1_000), Kinship::Apart);
        let again = changed.after_change(1_001, 1_000);
        assert_eq!(again, changed);
    }

    #[test]
    fn of_two_phones_the_one_that_knew_more_counts() {
        let older = Lineage::given_back(6, 1_000);
        assert_eq!(older.kinship(1_001, 5, 1_000), Kinship::Held);
        assert_eq!(older.kinship(1_001, 7, 1_000), Kinship::Later);
        let changed = older.after_change(1_001, 1_000);
        assert_eq!(changed.kinship(1_002, 7, 1_000), Kinship::Apart);
    }

    #[test]
    fn a_second_restore_keeps_what_the_first_had_given_back() {
        let withdrawn = Lineage::given_back(1, 1_000).after_change(1_001, 1_000);
        assert_eq!(withdrawn.kinship(1_002, 1_001, 9_000), Kinship::Held);
        assert_eq!(withdrawn.kinship(1_002, 1_004, 9_000), Kinship::Later);
        assert_eq!(withdrawn.kinship(1_002, 3, 9_000), Kinship::Apart);
    }
}

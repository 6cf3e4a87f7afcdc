//! Three-way merge of two changes to one record, field by field (`offline.md` 2.7). Pure: no clock, no I/O.

use serde_json::{Map, Value};

use crate::domain::json;

/// The record that holds both changes, when they touch different fields; none when a person has to choose, or when a
/// text is no JSON object.
pub fn merge(base: &str, mine: &str, theirs: &str) -> Option<String> {
    combine(base, mine, theirs, false)
}

/// The record that holds both changes, and mine where they touch the same field; none when a text is no JSON object.
pub fn merge_mine(base: &str, mine: &str, theirs: &str) -> Option<String> {
    combine(base, mine, theirs, true)
}

fn combine(base: &str, mine: &str, theirs: &str, mine_counts: bool) -> Option<String> {
    let (base, mine, theirs) = (object(base)?, object(mine)?, object(theirs)?);
    let mut merged = Map::new();
    let only_mine = mine.keys().filter(|name| !theirs.contains_key(*name));
    for name in theirs.keys().chain(only_mine) {
        let (before, here, there) = (base.get(name), mine.get(name), theirs.get(name));
        let value = if here == there || there == before {
            here
        } else if here == before || planted!(MergeLosesMine) {
            there
        } else if mine_counts {
            here
        } else {
            return None;
        };
        if let Some(value) = value {
            merged.insert(name.clone(), value.clone());
        }
    }
    Some(json::text(merged))
}

fn object(text: &str) -> Option<Map<String, Value>> {
    json::object(text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn disjoint_changes_are_both_kept() {
        let merged = merge(r#"{"a":1,"b":1}"#, r#"{"a":2,"b":1}"#, r#"{"a":1,"b":3,"c":4}"#);
        assert_eq!(merged.as_deref(), Some(r#"{"a":2,"b":3,"c":4}"#));
    }

    #[test]
    fn the_same_field_is_for_a_person_to_choose() {
        assert_eq!(merge(r#"{"a":1}"#, r#"{"a":2}"#, r#"{"a":3}"#), None);
        assert_eq!(merge(r#"{"a":1}"#, "{}", r#"{"a":3}"#), None);
    }

    #[test]
    fn a_removed_field_stays_removed() {
        assert_eq!(merge(r#"{"a":1,"b":1}"#, r#"{"b":1}"#, r#"{"a":1,"b":2}"#).as_deref(), Some(r#"{"b":2}"#));
    }

    #[test]
    fn mine_counts_in_the_same_field_and_only_there() {
        let merged = merge_mine(r#"{"a":1,"b":1}"#, r#"{"a":2,"b":1}"#, r#"{"a":3,"b":3}"#);
        assert_eq!(merged.as_deref(), Some(r#"{"a":2,"b":3}"#));
    }

    fn body() -> impl Strategy<Value = String> {
        proptest::collection::btree_map("[a-d]", 0..3_u8, 0..4)
            .prop_map(|fields| serde_json::to_string(&fields).unwrap_or_default())
    }

    proptest! {
        #[test]
        fn merging_is_symmetric(base in body(), mine in body(), theirs in body()) {
            prop_assert_eq!(merge(&base, &mine, &theirs), merge(&base, &theirs, &mine));
        }

        #[test]
        fn one_sided_changes_win(base in body(), mine in body()) {
            prop_assert_eq!(merge(&base, &mine, &base), Some(mine.clone()));
            prop_assert_eq!(merge(&base, &base, &mine), Some(mine));
        }
    }
}

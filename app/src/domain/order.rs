//! Order in short lists. The library's sort is faster on long ones and ten times larger, once for every type: a phone
//! has no long lists, and downloads every copy.

/// Sorts a short list in place, keeping the order of equals.
pub fn sort_short<T>(items: &mut [T], mut before: impl FnMut(&T, &T) -> bool) {
    for end in 1..items.len() {
        let mut at = end;
        while at > 0 && before(&items[at], &items[at - 1]) {
            items.swap(at, at - 1);
            at -= 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::sort_short;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn like_the_library(items in proptest::collection::vec((0..9_u8, 0..9_u8), 0..40)) {
            let (mut ours, mut theirs) = (items.clone(), items);
            sort_short(&mut ours, |a, b| a.0 < b.0);
            theirs.sort_by_key(|item| item.0);
            prop_assert_eq!(ours, theirs);
        }
    }
}

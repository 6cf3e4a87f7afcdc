//! « Autre, précisez » (`domain.md` B2, B6): which network, or which theme, where the list has no word for it.

use super::{
    coded::{Code, Coded},
    record::Draft,
    taxonomy::{Network, Theme},
};

/// Longest text that specifies « Autre ».
pub const OTHER_LENGTH: usize = 60;

/// What « Autre » is one of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Other {
    /// A network (B2).
    Network,
    /// A theme (B6).
    Theme,
}

impl Other {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Network, Self::Theme];

    /// The field's name on the wire.
    pub fn field(self) -> &'static str {
        match self {
            Self::Network => "network_other",
            Self::Theme => "theme_other",
        }
    }
}

impl Draft {
    /// Whether « Autre » is chosen, so that it can be specified.
    pub fn is_other(&self, of: Other) -> bool {
        match (self, of) {
            (Self::Presence(it), Other::Network) => it.is_on_another_network(),
            (Self::Intervention(it), Other::Network) => it.is_on_another_network(),
            (Self::AccountSnapshot(it), Other::Network) => has(&it.network, Network::Other),
            (Self::Intervention(it), Other::Theme) => it.has_another_theme(),
            (Self::Meeting(it), Other::Theme) => has(&it.themes, Theme::Other),
            (Self::Project(it), Other::Theme) => has(&it.theme, Theme::Other),
            _ => false,
        }
    }

    /// Where it is specified; none where this kind of record asks no such thing.
    pub fn other_mut(&mut self, of: Other) -> Option<&mut Option<String>> {
        match (self, of) {
            (Self::Presence(it), Other::Network) => Some(&mut it.network_other),
            (Self::Intervention(it), Other::Network) => Some(&mut it.network_other),
            (Self::AccountSnapshot(it), Other::Network) => Some(&mut it.network_other),
            (Self::Intervention(it), Other::Theme) => Some(&mut it.theme_other),
            (Self::Meeting(it), Other::Theme) => Some(&mut it.theme_other),
            (Self::Project(it), Other::Theme) => Some(&mut it.theme_other),
            _ => None,
        }
    }

    /// What was specified: the network, the theme.
    pub fn others(&self) -> [Option<&String>; 2] {
        let (network, theme) = match self {
            Self::Presence(it) => (&it.network_other, &None),
            Self::Intervention(it) => (&it.network_other, &it.theme_other),
            Self::AccountSnapshot(it) => (&it.network_other, &None),
            Self::Meeting(it) => (&None, &it.theme_other),
            Self::Project(it) => (&None, &it.theme_other),
            Self::Statement(_) => (&None, &None),
        };
        [network.as_ref(), theme.as_ref()]
    }

    /// Without the answers to questions that no longer arise: a form hides them, and they must not count.
    #[must_use]
    pub fn tidied(mut self) -> Self {
        if let Self::Intervention(it) = self {
            self = Self::Intervention(Box::new(it.tidied()));
        }
        for of in Other::ALL {
            if !self.is_other(of)
                && let Some(text) = self.other_mut(of)
            {
                *text = None;
            }
        }
        self
    }
}

fn has<'a, T: Code + PartialEq>(values: impl IntoIterator<Item = &'a Coded<T>>, one: T) -> bool {
    values.into_iter().any(|value| value.is(one))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{account_snapshot::AccountSnapshotDraft, meeting::MeetingDraft, presence::PresenceDraft};

    #[test]
    fn what_is_no_longer_chosen_is_no_longer_specified() {
        let told = || Some("Bluesky".to_owned());
        let kept = Draft::Presence(PresenceDraft {
            networks: vec![Network::Discord.into(), Network::Other.into()],
            network_other: told(),
            ..PresenceDraft::default()
        });
        assert_eq!(kept.clone().tidied(), kept);
        let followers =
            AccountSnapshotDraft { network: Some(Network::Discord.into()), ..AccountSnapshotDraft::default() };
        let gone = Draft::AccountSnapshot(AccountSnapshotDraft { network_other: told(), ..followers });
        assert_eq!(gone.tidied().others(), [None, None]);
        let about = |themes: Vec<Coded<Theme>>| {
            let meeting = MeetingDraft { themes, theme_other: told(), ..MeetingDraft::default() };
            Draft::Meeting(meeting).tidied().others()[1].cloned()
        };
        assert_eq!(about(vec![Theme::Other.into()]), told());
        assert_eq!(about(Vec::new()), None);
    }
}

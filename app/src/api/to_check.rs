//! What waits for a coordinator's decision: records that were handed over or refused.

use chrono::NaiveDate;

use crate::domain::{
    coded::{Coded, codes},
    fault::Fault,
    ids::{OpId, PromeneurId},
    record::Draft,
};

codes! {
    /// How it came here. The label says so to the coordinator.
    Source {
        Escrow = "escrow", "Gardée par un téléphone qui a été retiré avant d’avoir tout envoyé.";
        Rescue = "rescue", "Vient d’un fichier de secours.";
        Refused = "refused", "Envoyée par le téléphone, et refusée.";
    }

    /// Why it is not simply taken. The label says so to the coordinator.
    Reason {
        Revoked = "revoked", "Rien ne s’oppose à ce qu’elle soit acceptée.";
        InvalidBody = "invalid_body", "Elle est à corriger.";
        MalformedOp = "malformed_op", "Elle n’a pas pu être lue en entier.";
        HashMismatch = "hash_mismatch", "Elle est arrivée abîmée : son empreinte ne lui correspond pas.";
        InvalidId = "invalid_id", "Son numéro n’est pas de ceux que le carnet donne.";
        OpReused = "op_reused", "Son numéro est déjà celui d’une autre saisie.";
        KindChanged = "kind_changed", "Elle a changé de nature depuis qu’elle a été envoyée une première fois.";
        NotYours = "not_yours", "Elle porte sur une saisie que le serveur n’a pas, ou qui est à une autre personne.";
        Withdrawn = "withdrawn", "Elle a été retirée depuis.";
        TooLarge = "too_large", "Elle est trop volumineuse pour être une saisie.";
        Conflict = "conflict", "Elle a aussi été modifiée ailleurs, depuis.";
        AwaitsPrevious = "awaits_previous", "Elle fait suite à une autre, qui manque.";
        NewLife = "new_life", "Elle date d’avant la restauration du serveur.";
        TryAgain = "try_again", "Le serveur était occupé : elle peut être acceptée maintenant.";
    }

    /// What has just been done, said above the list.
    Notice {
        Accepted = "acceptee", "La saisie est acceptée : elle compte dans les chiffres.";
        Corrected = "corrigee", "La saisie est corrigée : elle compte dans les chiffres.";
        Asked = "demandee", "La question est posée. Elle arrivera sur le téléphone dès qu’il aura du réseau.";
        Dropped = "ecartee", "La saisie est écartée : elle reste gardée, sans compter.";
        Conflict = "conflit", "Cette saisie a aussi été modifiée ailleurs. Comparez les deux, puis décidez.";
        Refused = "refusee", "Cette saisie ne peut pas être acceptée telle quelle. Corrigez-la, ou posez une question.";
        Gone = "traitee", "Cette saisie est déjà traitée.";
        Later = "plus_tard", "Le serveur est occupé. Réessayez dans un instant.";
        All = "toutes", "Les saisies qui pouvaient l’être sont acceptées. Celles qui restent demandent une décision.";
        Unfit = "impossible", "Cela ne peut pas se faire pour cette saisie.";
        Words = "mots", "Écrivez quelques mots, 280 caractères au plus.";
    }
}

/// Longest question or reason, in characters.
pub const WORDS_LENGTH: usize = 280;

impl Notice {
    /// Whether something was done.
    pub fn is_done(self) -> bool {
        matches!(self, Self::Accepted | Self::Corrected | Self::Asked | Self::Dropped | Self::All)
    }
}

/// What the server holds of the same record.
#[derive(Clone, Debug, PartialEq)]
pub struct Standing {
    /// Whether it was withdrawn.
    pub withdrawn: bool,
    /// How it stands; none when this release cannot read it.
    pub draft: Option<Draft>,
}

/// One that waits.
#[derive(Clone, Debug, PartialEq)]
pub struct Waiting {
    /// The operation's id.
    pub op: OpId,
    /// How it came.
    pub source: Coded<Source>,
    /// Why it waits.
    pub reason: Coded<Reason>,
    /// Whether it withdraws its record.
    pub withdraws: bool,
    /// The record, where it can be read.
    pub draft: Option<Draft>,
    /// What is wrong with it today.
    pub faults: Vec<Fault>,
    /// The day it came.
    pub received_on: NaiveDate,
    /// What the server holds of the record.
    pub standing: Option<Standing>,
    /// The question that was asked, and when.
    pub question: Option<(String, NaiveDate)>,
    /// Whether all of it could be read.
    pub whole: bool,
    /// Whether it names its record.
    pub named: bool,
}

impl Waiting {
    /// Whether it can be taken as it is.
    pub fn may_accept(&self) -> bool {
        let hopeless = [Reason::KindChanged, Reason::HashMismatch, Reason::TooLarge, Reason::InvalidId];
        let readable = self.withdraws || (self.draft.is_some() && self.faults.is_empty());
        self.whole && readable && !self.is_gone() && !hopeless.iter().any(|reason| self.reason.is(*reason))
    }

    /// Whether its record was withdrawn, for good.
    fn is_gone(&self) -> bool {
        self.reason.is(Reason::Withdrawn)
            || (!self.withdraws && self.standing.as_ref().is_some_and(|standing| standing.withdrawn))
    }

    /// Whether it can only be taken over what the server holds.
    pub fn replaces(&self) -> bool {
        self.reason.is(Reason::Conflict) && self.standing.is_some()
    }

    /// Whether a coordinator can correct it.
    pub fn may_correct(&self) -> bool {
        !self.withdraws && self.named && self.draft.is_some() && !self.is_gone()
    }

    /// Whether the promeneur can be asked about it.
    pub fn may_ask(&self) -> bool {
        !self.withdraws && self.named && self.draft.is_some()
    }
}

/// What waits of one promeneur.
#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    /// Who.
    pub promeneur: PromeneurId,
    /// What to call them.
    pub name: String,
    /// Their structure of today.
    pub structure: Option<String>,
    /// In the order in which they were made.
    pub waiting: Vec<Waiting>,
}

/// Everything that waits.
#[derive(Clone, Debug, PartialEq)]
pub struct ToCheck {
    /// Today, in the network's zone.
    pub today: NaiveDate,
    /// By promeneur.
    pub groups: Vec<Group>,
    /// Whether there is more than is shown.
    pub more: bool,
    /// What has just been done.
    pub notice: Option<Notice>,
}

/// What became of a rescue file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Imported {
    /// Operations taken.
    pub taken: i64,
    /// Operations that were here already.
    pub known: i64,
    /// Operations that wait for a decision.
    pub to_check: i64,
}

codes! {
    /// Why a rescue file is not taken. The label is the sentence shown.
    RescueFault {
        Missing = "rescue_missing", "Choisissez d’abord un fichier.";
        TooLarge = "rescue_too_large", "Ce fichier dépasse 5 Mo : ce n’est pas un fichier de secours.";
        Unreadable = "rescue_unreadable", "Ce fichier n’est pas un fichier de secours de Lanterne, ou il est abîmé. Rien n’a été pris ; gardez-le.";
        Newer = "rescue_newer", "Ce fichier vient d’une version plus récente de Lanterne. Rien n’a été pris ; gardez-le.";
        Foreign = "rescue_foreign", "Ce fichier vient d’un compte qui n’est pas un·e promeneur·euse de votre réseau. Rien n’a été pris.";
    }
}

impl RescueFault {
    /// The HTTP status that carries it.
    pub fn status(self) -> u16 {
        match self {
            Self::Missing | Self::Unreadable | Self::Newer => 400,
            Self::Foreign => 403,
            Self::TooLarge => 413,
        }
    }
}

//! « Réseau »: what the network lived through, its professional accounts, its territories, its school holidays.

pub mod accounts;
pub mod holidays;
pub mod journal;
pub mod territories;

use crate::domain::coded::codes;

codes! {
    /// What has just been done.
    Done {
        Noted = "note", "C’est noté.";
        ToRead = "a-relire", "C’est noté. Relisez le texte : il pourrait faire reconnaître quelqu’un.";
        Withdrawn = "retire", "C’est retiré du journal et des chiffres.";
        Restored = "remis", "C’est de nouveau dans le journal.";
        Checked = "verifie", "La vérification est enregistrée.";
        Removed = "compte-retire", "Le compte n’est plus dans la liste, sauf si un téléphone l’annonce.";
        Placed = "range", "Les territoires sont enregistrés.";
    }
}

//! The one error on the wire: a stable code, the field where there is one, and the sentence that goes with the code.

use leptos::server_fn::{
    codec::JsonEncoding,
    error::{FromServerFnError, ServerFnErrorErr},
};
use serde::{Deserialize, Serialize};

use crate::domain::{
    coded::{Code, Coded, codes},
    fr,
};

codes! {
    /// Why a request was refused as a whole. The label is the sentence shown.
    ErrorCode {
        SignedOut = "signed_out", "Votre session est terminée. Reconnectez-vous ; rien n’est perdu.";
        BadCredentials = "bad_credentials", "Cet identifiant et cette phrase de passe ne vont pas ensemble.";
        TooManyAttempts = "too_many_attempts", "Trop d’essais. Patientez quelques minutes, puis recommencez.";
        TooManyRequests = "too_many_requests", "Trop de demandes d’un coup. Attendez un instant, puis réessayez.";
        KeyUnknown = "key_unknown", "Cette clé n’ouvre rien, ou n’ouvre plus rien.";
        Forbidden = "forbidden", "Cette page n’est pas ouverte à votre compte.";
        ProofNeeded = "proof_needed", "Montrez d’abord que c’est bien vous.";
        PasskeyRefused = "passkey_refused", "Cette clé n’est pas reconnue ici. Utilisez votre phrase de passe.";
        TooManyPasskeys = "too_many_passkeys", "Dix clés au plus : retirez-en une d’abord.";
        WrongAccount = "wrong_account", "Ces saisies appartiennent à un autre compte : reconnectez-vous avec ce compte-là.";
        DeviceNotYours = "device_not_yours", "Ce téléphone est enregistré pour un autre compte.";
        DeviceRevoked = "device_revoked", "Ce téléphone a été retiré par la coordination.";
        MethodNotAllowed = "method_not_allowed", "Cette adresse ne se demande pas ainsi.";
        NotFound = "not_found", "Cette adresse n’existe pas.";
        Malformed = "malformed_request", "Cela n’a pas pu être lu. Réessayez.";
        TooLarge = "too_large", "C’est trop volumineux pour être envoyé d’un coup.";
        TooManyOps = "too_many_ops", "Trop de saisies en un seul envoi.";
        CursorMalformed = "cursor_malformed", "Le repère de lecture est illisible.";
        PeriodMalformed = "period_malformed", "Cette période n’existe pas.";
        OnlyYears = "only_years", "Seules des années entières s’ouvrent ici, civiles ou scolaires : de périodes plus courtes, on pourrait calculer ce qui est masqué.";
        ScopeMalformed = "scope_malformed", "Ce périmètre n’existe pas dans ce réseau.";
        NoObjectives = "objectives_of_a_person", "Des objectifs se fixent pour le réseau, un territoire ou une structure, pas pour une personne.";
        FilterUnknown = "filter_unknown", "Cette adresse demande quelque chose que cette page ne connaît pas.";
        CrossSite = "cross_site", "Cette demande vient d’un autre site et a été refusée.";
        Unavailable = "unavailable", "Le serveur n’est pas disponible pour le moment. Réessayez dans un instant.";
        Timeout = "timeout", "Le serveur a mis trop de temps à répondre. Réessayez dans un instant.";
        Internal = "internal", "Une erreur est survenue de notre côté. Elle a été notée.";
        Offline = "offline", "Il n’y a pas de réseau pour le moment.";
    }
}

impl ErrorCode {
    /// The HTTP status that carries it.
    pub fn status(self) -> u16 {
        match self {
            Self::SignedOut | Self::BadCredentials | Self::KeyUnknown | Self::PasskeyRefused => 401,
            Self::Forbidden
            | Self::ProofNeeded
            | Self::WrongAccount
            | Self::DeviceNotYours
            | Self::DeviceRevoked
            | Self::CrossSite => 403,
            Self::NotFound => 404,
            Self::MethodNotAllowed => 405,
            Self::TooManyPasskeys => 409,
            Self::Malformed
            | Self::CursorMalformed
            | Self::PeriodMalformed
            | Self::OnlyYears
            | Self::ScopeMalformed
            | Self::NoObjectives
            | Self::FilterUnknown => 400,
            Self::TooLarge | Self::TooManyOps => 413,
            Self::TooManyAttempts | Self::TooManyRequests => 429,
            Self::Unavailable | Self::Offline => 503,
            Self::Timeout => 504,
            Self::Internal => 500,
        }
    }
}

/// A refused request. Its text is the French sentence; it never holds a cause, which only the server's log knows.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[error("{sentence}")]
pub struct AppError {
    /// Stable code.
    pub code: Coded<ErrorCode>,
    /// The field at fault, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// The sentence for the person.
    pub sentence: String,
}

impl AppError {
    /// The error of a code.
    pub fn new(code: ErrorCode) -> Self {
        Self { code: code.into(), field: None, sentence: fr::spaced(code.label()) }
    }

    /// The error of a code, at a field.
    pub fn at(code: ErrorCode, field: &str) -> Self {
        Self { field: Some(field.to_owned()), ..Self::new(code) }
    }

    /// The HTTP status that carries it.
    pub fn status(&self) -> u16 {
        self.code.known().map_or(500, ErrorCode::status)
    }
}

impl From<ErrorCode> for AppError {
    fn from(code: ErrorCode) -> Self {
        Self::new(code)
    }
}

impl FromServerFnError for AppError {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        Self::new(match error {
            ServerFnErrorErr::Request(_) => ErrorCode::Offline,
            ServerFnErrorErr::Args(_) | ServerFnErrorErr::MissingArg(_) | ServerFnErrorErr::Deserialization(_) => {
                ErrorCode::Malformed
            }
            _ => ErrorCode::Internal,
        })
    }
}

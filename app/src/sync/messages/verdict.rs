//! What becomes of an operation: the lines of the answer to a push.

use serde::{Deserialize, Serialize};

use crate::{
    domain::{
        coded::{Coded, codes},
        fault::Fault,
        ids::OpId,
    },
    sync::hash::BodyHash,
};

codes! {
    /// Why an operation was refused for good, or put off. The label is the sentence shown.
    Refusal {
        InvalidBody = "invalid_body", "Cette saisie est à corriger.";
        MalformedOp = "malformed_op", "Cette saisie n’a pas pu être lue. Ouvrez-la, vérifiez-la, puis enregistrez-la de nouveau.";
        HashMismatch = "hash_mismatch", "Cette saisie est arrivée abîmée ; elle sera renvoyée.";
        InvalidId = "invalid_id", "Cette saisie n’a pas pu être envoyée. Ouvrez-la, vérifiez-la, puis enregistrez-la de nouveau.";
        OpReused = "op_reused", "Cette saisie n’a pas pu être envoyée. Ouvrez-la, vérifiez-la, puis enregistrez-la de nouveau.";
        KindChanged = "kind_changed", "Cette saisie a changé de nature ailleurs. Supprimez celle-ci, puis notez-la de nouveau.";
        NotYours = "not_yours", "Cette saisie n’est pas la vôtre.";
        Withdrawn = "withdrawn", "Cette saisie a déjà été retirée.";
        TooLarge = "too_large", "Cette saisie est trop volumineuse.";
        AwaitsPrevious = "awaits_previous", "Cette saisie attend la précédente.";
        TryAgain = "try_again", "Le serveur est occupé ; l’envoi reprendra.";
        NewLife = "new_life", "Le serveur a été restauré ; l’envoi reprendra.";
        AskedBack = "asked_back", "La coordination vous pose une question sur cette saisie.";
    }
}

/// What the server holds of a record.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ServerCopy {
    /// Its version.
    pub version: i64,
    /// Whether it was withdrawn.
    #[serde(default)]
    pub deleted: bool,
    /// Its body as text.
    #[serde(default)]
    pub body: Option<String>,
    /// The hash of the body.
    pub hash: BodyHash,
}

/// What became of one operation.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "status", rename_all = "snake_case")]
pub enum Verdict {
    /// It is in the ledger, and the record has this version.
    Applied {
        /// The record's version.
        version: i64,
        /// The hash of what was stored.
        hash: BodyHash,
    },
    /// It already was.
    Duplicate {
        /// The record's version after it.
        version: i64,
        /// The hash of what was stored.
        hash: BodyHash,
    },
    /// The record has changed since; a person or a merge decides.
    Conflict {
        /// What the server holds.
        server: ServerCopy,
    },
    /// It cannot be taken as it is, and will not be.
    Rejected {
        /// Why.
        code: Coded<Refusal>,
        /// The first field at fault, where one is.
        #[serde(skip_serializing_if = "Option::is_none")]
        field: Option<String>,
        /// Every fault.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        faults: Vec<Fault>,
    },
    /// Not now; send it again.
    Deferred {
        /// Why.
        code: Coded<Refusal>,
    },
    /// An answer of a newer server: not an acknowledgement.
    Unknown,
}

impl Verdict {
    /// A refusal without a field.
    pub fn rejected(code: Refusal) -> Self {
        Self::Rejected { code: code.into(), field: None, faults: Vec::new() }
    }

    /// Not now.
    pub fn deferred(code: Refusal) -> Self {
        Self::Deferred { code: code.into() }
    }
}

/// One line of the answer to a push.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(try_from = "Line")]
pub struct OpResult {
    /// The operation; none when not even its id could be read.
    pub op: Option<OpId>,
    /// What became of it.
    #[serde(flatten)]
    pub verdict: Verdict,
}

/// A line as it is read: every field that some verdict has. A tagged and flattened enumeration would be read through
/// four more copies of everything, each of which a phone downloads.
#[derive(Deserialize)]
struct Line {
    #[serde(default)]
    op: Option<OpId>,
    status: String,
    #[serde(default)]
    version: Option<i64>,
    #[serde(default)]
    hash: Option<BodyHash>,
    #[serde(default)]
    server: Option<ServerCopy>,
    #[serde(default)]
    code: Option<String>,
    #[serde(default)]
    field: Option<String>,
    #[serde(default)]
    faults: Vec<Fault>,
}

/// A line that lacks what its status needs.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("a line without what its status needs")]
struct IncompleteLine;

impl TryFrom<Line> for OpResult {
    type Error = IncompleteLine;

    fn try_from(line: Line) -> Result<Self, IncompleteLine> {
        let acknowledged = line.version.zip(line.hash).ok_or(IncompleteLine);
        let code = line.code.as_deref().map(Coded::from).ok_or(IncompleteLine);
        let verdict = match line.status.as_str() {
            "applied" => acknowledged.map(|(version, hash)| Verdict::Applied { version, hash })?,
            "duplicate" => acknowledged.map(|(version, hash)| Verdict::Duplicate { version, hash })?,
            "conflict" => Verdict::Conflict { server: line.server.ok_or(IncompleteLine)? },
            "rejected" => Verdict::Rejected { code: code?, field: line.field, faults: line.faults },
            "deferred" => Verdict::Deferred { code: code? },
            _ => Verdict::Unknown,
        };
        Ok(Self { op: line.op, verdict })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The texts are those of the protocol: a phone of last month reads and writes them so.
    #[test]
    fn a_line_is_read_as_it_is_written() {
        let id = "01890000-0000-7000-8000-000000000001";
        let hash = BodyHash::of("a");
        let texts = [
            format!(r#"{{"op":"{id}","status":"applied","version":3,"hash":"{hash}"}}"#),
            format!(r#"{{"op":"{id}","status":"duplicate","version":3,"hash":"{hash}"}}"#),
            format!(
                r#"{{"op":"{id}","status":"conflict","server":{{"version":3,"deleted":false,"body":"a","hash":"{hash}"}}}}"#
            ),
            format!(r#"{{"op":"{id}","status":"rejected","code":"withdrawn"}}"#),
            r#"{"op":null,"status":"rejected","code":"later","field":"x","faults":[{"field":"x","code":"missing"}]}"#
                .to_owned(),
            format!(r#"{{"op":"{id}","status":"deferred","code":"try_again"}}"#),
        ];
        for text in texts {
            let line: OpResult = crate::domain::json::read(&text).expect("a line");
            assert_eq!(serde_json::to_string(&line).expect("JSON"), text);
        }
        let later: OpResult =
            crate::domain::json::read(&format!(r#"{{"op":"{id}","status":"held","until":1}}"#)).expect("a line");
        assert!(matches!(later.verdict, Verdict::Unknown));
        for text in
            [r#"{"status":"applied","version":3}"#, r#"{"status":"rejected"}"#, r#"{"status":"conflict"}"#, "{}"]
        {
            assert!(crate::domain::json::read::<OpResult>(text).is_err(), "{text}");
        }
    }
}

//! What went wrong at a CSP: what the patient is told of it, and what the operator.

use std::fmt::Display;

use model::Timestamp;
use serde::{Deserialize, Serialize};
use store::{Proofing, StoreError};

use super::record;
use crate::Identity;

/// What went wrong at a CSP, as a proofing keeps it for the patient.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trouble {
    /// What the patient is told.
    pub kind: TroubleKind,
    /// The rule's code.
    pub code: String,
    /// Finds the line in the audit trail.
    pub request_id: String,
}

/// What a patient can do about a trouble.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TroubleKind {
    /// Try again: the CSP says that it did not come to an identity. The patient stopped, or the checks did not pass.
    Cancelled,
    /// Try again later: the CSP does not answer, or cannot now.
    Unavailable,
    /// Nothing: what we are registered as there, or what its entry says, is not right. Waiting does not help.
    Misconfigured,
    /// Try again, perhaps elsewhere: what it said about the patient does not stand.
    Refused,
}

impl Trouble {
    /// What a proofing kept, if anything.
    pub(super) fn read(proofing: &Proofing) -> Option<Self> {
        serde_json::from_str(proofing.trouble.as_deref()?).ok()
    }

    /// Tells the operator, the patient's next page and the audit trail. The cause names nobody.
    pub(super) async fn tell(
        &self,
        identity: &Identity,
        proofing: &Proofing,
        idp: &str,
        cause: &(impl Display + Sync),
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.warn(idp, cause);
        let mut tx = identity.store.write().await?;
        tx.note_proofing_trouble(&proofing.id, &self.kept()).await?;
        let detail = format!("{}: {cause}", self.code);
        record(&mut tx, &proofing.public_id, "proofing.refused", &detail, &self.request_id, now).await?;
        tx.commit().await
    }

    /// A patient's own change of mind does not concern the operator.
    fn warn(&self, idp: &str, cause: &impl Display) {
        if self.kind != TroubleKind::Cancelled {
            let Self { code, request_id, .. } = self;
            tracing::warn!(csp = idp, code, request_id, %cause, "a patient could not be proven at a CSP");
        }
    }

    /// As a proofing keeps it.
    fn kept(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

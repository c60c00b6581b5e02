//! Signs tokens of any header and any payload, with each algorithm.

use fuzzing::Mutator;
use openias_jose::Algorithm;
use serde_json::{Value, json};

use crate::texts;

/// One key of each algorithm.
pub(crate) struct Mint([fuzzing::Mint; 6]);

impl Mint {
    pub(crate) fn new() -> Self {
        Self(Algorithm::ALL.map(fuzzing::Mint::new))
    }

    pub(crate) fn jwks(&self) -> Value {
        json!({"keys": self.0.each_ref().map(|mint| mint.key.public_jwk())})
    }

    /// Whatever it says, its signature is right.
    pub(crate) fn token(&self, mutator: &mut Mutator) -> String {
        // RSA and P-384 sign slowly; P-256 is the third.
        let at = if mutator.one_in(6) { mutator.below(self.0.len()) } else { 2 };
        let mint = &self.0[at];
        let ids = self.0.each_ref().map(|mint| mint.key.kid());
        let header = texts::header(mutator, mint.key.algorithm(), mint.key.kid(), &ids);
        mint.sign(header, texts::payload(mutator))
    }
}

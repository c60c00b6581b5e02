//! The run itself.

use std::fmt;

use fuzzing::Mutator;

use crate::differences::{DIFFERENCES, Difference, explain};
use crate::judges::Judges;
use crate::mint::Mint;

/// Tokens made from one that is signed: itself and its mutations.
const LITTER: usize = 4;

/// What came out.
pub(crate) struct Tally {
    pub(crate) both_accept: usize,
    pub(crate) both_refuse: usize,
    /// How often each difference was seen.
    pub(crate) differences: Vec<(&'static Difference, usize)>,
}

/// Has `tokens` tokens judged twice. Panics at the first difference without a reason, with all that is needed to
/// look into it: keys are made anew on each run.
pub(crate) fn run(seed: u64, tokens: usize) -> Tally {
    let mint = Mint::new();
    let judges = Judges::new(&mint.jwks());
    let mut mutator = Mutator::seeded(seed);
    let mut tally = Tally {
        both_accept: 0,
        both_refuse: 0,
        differences: DIFFERENCES.iter().map(|difference| (difference, 0)).collect(),
    };
    let (mut token, mut donor) = (mint.token(&mut mutator), mint.token(&mut mutator));
    for number in 0..tokens {
        let candidate = if number % LITTER == 0 {
            donor = std::mem::replace(&mut token, mint.token(&mut mutator));
            token.clone()
        } else {
            mutator.token(&token, &donor)
        };
        let (ours, theirs) = (judges.ours(&candidate), judges.theirs(&candidate));
        match (&ours, &theirs) {
            (Ok(ours), Some(theirs)) if ours == theirs => tally.both_accept += 1,
            (Err(_), None) => tally.both_refuse += 1,
            _ => match explain(&candidate, ours, theirs, judges.their_signature(&candidate)) {
                Some(explained) => {
                    let same = |(it, _): &&mut (&Difference, _)| it.name == explained.name;
                    tally.differences.iter_mut().filter(same).for_each(|(_, seen)| *seen += 1);
                }
                None => panic!(
                    "token {number} of seed {seed}: here {ours:?}, there {theirs:?}\n{candidate}\n{}",
                    mint.jwks()
                ),
            },
        }
    }
    tally
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{:>9}  accepted by both", self.both_accept)?;
        writeln!(f, "{:>9}  refused by both", self.both_refuse)?;
        for (difference, seen) in &self.differences {
            writeln!(f, "{seen:>9}  {}: {}", difference.name, difference.reason)?;
        }
        Ok(())
    }
}

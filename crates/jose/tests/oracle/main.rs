//! An independent verifier, the `jsonwebtoken` crate, judges the same generated and mutated tokens: both say the
//! same, or the difference is one that is named and explained in `differences.rs`.
//!
//! `cargo run --release -p openias-jose --example oracle -- 3000000` does the same for millions.

#[cfg(test)]
mod differences;
#[cfg(test)]
mod judges;
#[cfg(test)]
mod mint;
#[cfg(test)]
mod texts;
#[cfg(test)]
mod trial;

#[test]
fn two_verifiers_agree_or_the_difference_has_a_reason() {
    let tally = trial::run(1, 60_000);
    // What was made has to reach every corner, or agreement means little.
    assert!(tally.both_accept > 3_000 && tally.both_refuse > 30_000, "{tally}");
    for (difference, seen) in &tally.differences {
        assert!(*seen > 0, "never seen: {}", difference.name);
    }
}

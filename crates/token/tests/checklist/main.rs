//! The attack checklist of ID tokens (V21 to V40 of the project's validator list), the positive vectors P1 to P6,
//! every rule under every profile, what is said of any text, and our own tokens.

#[cfg(test)]
mod answer;
#[cfg(test)]
mod audience;
#[cfg(test)]
mod bits;
#[cfg(test)]
mod claims;
#[cfg(test)]
mod conflicts;
#[cfg(test)]
mod demographics;
#[cfg(test)]
mod forge;
#[cfg(test)]
mod issue;
#[cfg(test)]
mod lint;
#[cfg(test)]
mod profiles;
#[cfg(test)]
mod quirks;
#[cfg(test)]
mod sample;
#[cfg(test)]
mod times;
#[cfg(test)]
mod vectors;

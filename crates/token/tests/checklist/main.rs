//! The attack checklist of ID tokens (V21 to V40 of the project's validator list), the published sample, and
//! our own tokens.

#[cfg(test)]
mod audience;
#[cfg(test)]
mod bits;
#[cfg(test)]
mod claims;
#[cfg(test)]
mod demographics;
#[cfg(test)]
mod forge;
#[cfg(test)]
mod issue;
#[cfg(test)]
mod quirks;
#[cfg(test)]
mod sample;
#[cfg(test)]
mod times;

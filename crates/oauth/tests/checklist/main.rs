//! The checklist for the authorization server's JWTs, by id: J1 to J14, T8, T9, T10, PAR-13, PAR-14.

#[cfg(test)]
mod access_token;
#[cfg(test)]
mod assertion;
#[cfg(test)]
mod bits;
#[cfg(test)]
mod dpop;
#[cfg(test)]
mod forge;
#[cfg(test)]
mod others;

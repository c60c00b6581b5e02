//! Sealing: what is kept of patients is unreadable without the key file.
//!
//! A sealed value is `version (1) || nonce (12) || ciphertext || tag (16)` under AES-256-GCM-SIV. The
//! associated data names table, column and row, so a value moved to another place does not open.

use std::io::Write as _;
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use ambient::Entropy;
use aws_lc_rs::aead::{AES_256_GCM_SIV, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::hmac;
use zeroize::{Zeroize as _, Zeroizing};

use crate::StoreError;

const FORMAT: u8 = 1;
const KEY_LINE: &str = "openias-key-1 ";

/// Why the key file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum KeyFileError {
    /// It cannot be read or made.
    #[error("the key file {path} cannot be read or made: {source}")]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// Others than its owner may read it.
    #[error("the key file {0} can be read by others: chmod 600 it")]
    Readable(PathBuf),
    /// It is not there, and the store holds what only it can open.
    #[error(
        "the key file {0} is missing, and the store holds data sealed with it: restore it from your backup; a new key would open nothing"
    )]
    Missing(PathBuf),
    /// It is not a key file.
    #[error("the key file {0} is damaged: restore it from a backup, sealed data cannot be read without it")]
    Damaged(PathBuf),
}

/// Seals and opens values with the key of the key file.
#[derive(Clone)]
pub(crate) struct Sealer {
    key: Arc<LessSafeKey>,
    link_key: Arc<hmac::Key>,
    lookup_key: Arc<hmac::Key>,
    entropy: Entropy,
}

/// Where a sealed value stands.
#[derive(Clone, Copy)]
pub(crate) struct Place<'a> {
    pub(crate) table: &'static str,
    pub(crate) column: &'static str,
    pub(crate) row: &'a str,
}

impl Place<'_> {
    fn associated_data(&self) -> Vec<u8> {
        // Table and column are our own words without a NUL, so the three parts cannot run together.
        [self.table, self.column, self.row].join("\0").into_bytes()
    }
}

impl Sealer {
    /// Reads the key file; none when there is no such file.
    pub(crate) fn read(path: &Path, entropy: &Entropy) -> Result<Option<Self>, KeyFileError> {
        match path.try_exists() {
            Ok(false) => Ok(None),
            Ok(true) => Self::with(&read_key(path)?, path, entropy.clone()).map(Some),
            Err(source) => Err(KeyFileError::Io { path: path.to_owned(), source }),
        }
    }

    /// Makes a key file that is not there, with a fresh key.
    pub(crate) fn make(path: &Path, entropy: Entropy) -> Result<Self, KeyFileError> {
        Self::with(&make_key(path, &entropy)?, path, entropy)
    }

    fn with(key: &Zeroizing<[u8; 32]>, path: &Path, entropy: Entropy) -> Result<Self, KeyFileError> {
        let unbound = UnboundKey::new(&AES_256_GCM_SIV, key.as_ref())
            .map_err(|_| KeyFileError::Damaged(path.to_owned()))?;
        // A key of its own for each other use: HKDF's expansion step with one block (RFC 5869).
        let root = hmac::Key::new(hmac::HMAC_SHA256, key.as_ref());
        let derived =
            |info: &[u8]| Arc::new(hmac::Key::new(hmac::HMAC_SHA256, hmac::sign(&root, info).as_ref()));
        Ok(Self {
            key: Arc::new(LessSafeKey::new(unbound)),
            link_key: derived(b"openias download links\x01"),
            lookup_key: derived(b"openias lookups\x01"),
            entropy,
        })
    }

    /// Where its randomness comes from.
    pub(crate) fn entropy(&self) -> Entropy {
        self.entropy.clone()
    }

    /// A name that no other file has.
    pub(crate) fn fresh_name(&self) -> String {
        model::id::hex(&self.entropy.bytes::<8>())
    }

    /// The signature of a link.
    pub(crate) fn sign_link(&self, text: &str) -> String {
        model::id::hex(hmac::sign(&self.link_key, text.as_bytes()).as_ref())
    }

    /// Whether a link's signature is ours, in constant time.
    pub(crate) fn is_our_link(&self, text: &str, signature: &str) -> bool {
        from_hex(signature)
            .is_some_and(|tag| hmac::verify(&self.link_key, text.as_bytes(), tag.as_ref()).is_ok())
    }

    /// Stands for a value that is looked up and never read: equal for equal values, and tells nothing of it
    /// to whoever lacks the key file. The parts cannot run together, because each is led by its length.
    pub(crate) fn tag(&self, parts: &[&str]) -> Vec<u8> {
        let mut context = hmac::Context::with_key(&self.lookup_key);
        for part in parts {
            context.update(&(part.len() as u64).to_be_bytes());
            context.update(part.as_bytes());
        }
        context.sign().as_ref().to_vec()
    }

    /// Seals a value for its place.
    pub(crate) fn seal(&self, place: Place<'_>, plain: &[u8]) -> Vec<u8> {
        self.seal_with(&place.associated_data(), plain)
    }

    /// Opens a value found at its place.
    pub(crate) fn open_sealed(
        &self,
        place: Place<'_>,
        sealed: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, StoreError> {
        self.open_with(&place.associated_data(), sealed)
            .ok_or(StoreError::Damaged { table: place.table, column: place.column })
    }

    /// Seals a value as JSON for its place. It is written once, where it is sealed.
    pub(crate) fn seal_json<T: serde::Serialize>(&self, place: Place<'_>, value: &T) -> Vec<u8> {
        const USUAL: usize = 4096;
        let nonce: [u8; NONCE_LEN] = self.entropy.bytes();
        let mut sealed = Vec::with_capacity(USUAL);
        sealed.push(FORMAT);
        sealed.extend_from_slice(&nonce);
        let tag = serde_json::to_writer(&mut sealed, value).ok().and_then(|()| {
            let (_, text) = sealed.split_at_mut_checked(1 + NONCE_LEN)?;
            let aad = Aad::from(place.associated_data());
            self.key.seal_in_place_separate_tag(Nonce::assume_unique_for_key(nonce), aad, text).ok()
        });
        // What cannot be sealed is not kept.
        match tag {
            Some(tag) => sealed.extend_from_slice(tag.as_ref()),
            None => sealed.zeroize(),
        }
        sealed
    }

    pub(crate) fn seal_with(&self, associated_data: &[u8], plain: &[u8]) -> Vec<u8> {
        let nonce: [u8; NONCE_LEN] = self.entropy.bytes();
        let mut sealed = Vec::with_capacity(1 + NONCE_LEN + plain.len() + AES_256_GCM_SIV.tag_len());
        sealed.push(FORMAT);
        sealed.extend_from_slice(&nonce);
        let mut text = Zeroizing::new(plain.to_vec());
        // Sealing fails only beyond 64 GiB, and then nothing readable is kept.
        if let Ok(tag) = self.key.seal_in_place_separate_tag(
            Nonce::assume_unique_for_key(nonce),
            Aad::from(associated_data),
            &mut text,
        ) {
            sealed.extend_from_slice(&text);
            sealed.extend_from_slice(tag.as_ref());
        }
        sealed
    }

    pub(crate) fn open_with(&self, associated_data: &[u8], sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let (&format, rest) = sealed.split_first()?;
        let (nonce, text) = rest.split_first_chunk::<NONCE_LEN>()?;
        if format != FORMAT {
            return None;
        }
        let mut plain = Zeroizing::new(text.to_vec());
        let nonce = Nonce::assume_unique_for_key(*nonce);
        let length = self.key.open_in_place(nonce, Aad::from(associated_data), &mut plain).ok()?.len();
        plain.truncate(length);
        Some(plain)
    }
}

fn read_key(path: &Path) -> Result<Zeroizing<[u8; 32]>, KeyFileError> {
    let failed = |source| KeyFileError::Io { path: path.to_owned(), source };
    let mode = std::fs::metadata(path).map_err(failed)?.permissions().mode();
    if mode & 0o077 != 0 {
        return Err(KeyFileError::Readable(path.to_owned()));
    }
    let bytes = Zeroizing::new(std::fs::read(path).map_err(failed)?);
    std::str::from_utf8(&bytes)
        .ok()
        .and_then(|text| from_hex(text.trim().strip_prefix(KEY_LINE)?))
        .ok_or_else(|| KeyFileError::Damaged(path.to_owned()))
}

fn make_key(path: &Path, entropy: &Entropy) -> Result<Zeroizing<[u8; 32]>, KeyFileError> {
    let failed = |source| KeyFileError::Io { path: path.to_owned(), source };
    let key = Zeroizing::new(entropy.bytes::<32>());
    let line = Zeroizing::new(format!("{KEY_LINE}{}\n", model::id::hex(key.as_ref())));
    let mut file =
        std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path).map_err(failed)?;
    file.write_all(line.as_bytes()).and_then(|()| file.sync_all()).map_err(failed)?;
    Ok(key)
}

fn from_hex(text: &str) -> Option<Zeroizing<[u8; 32]>> {
    let mut key = Zeroizing::new([0; 32]);
    if text.len() != 64 || !text.is_ascii() {
        return None;
    }
    for (byte, at) in key.iter_mut().zip((0..64).step_by(2)) {
        *byte = u8::from_str_radix(text.get(at..at + 2)?, 16).ok()?;
    }
    Some(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: Place<'_> = Place { table: "consents", column: "identity", row: "1" };

    fn sealer(dir: &Path) -> Sealer {
        let (path, entropy) = (dir.join("key"), Entropy::seeded(1));
        match Sealer::read(&path, &entropy).expect("a key file") {
            Some(kept) => kept,
            None => Sealer::make(&path, entropy).expect("a key file"),
        }
    }

    #[test]
    fn a_sealed_value_opens_only_at_its_place() {
        let dir = tempfile::tempdir().expect("a directory");
        let ours = sealer(dir.path());
        let sealed = ours.seal(HERE, b"Camila");
        assert_eq!(ours.open_sealed(HERE, &sealed).expect("opens").as_slice(), b"Camila");
        assert!(ours.open_sealed(Place { row: "2", ..HERE }, &sealed).is_err());
        assert!(ours.open_sealed(Place { column: "id_token", ..HERE }, &sealed).is_err());
        assert!(!sealed.windows(6).any(|window| window == b"Camila"));
    }

    #[test]
    fn any_changed_byte_and_any_shorter_text_is_refused() {
        let dir = tempfile::tempdir().expect("a directory");
        let ours = sealer(dir.path());
        let sealed = ours.seal(HERE, b"x");
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert!(ours.open_sealed(HERE, &changed).is_err(), "byte {at}");
            assert!(ours.open_sealed(HERE, &sealed[..at]).is_err(), "length {at}");
        }
    }

    #[test]
    fn the_key_file_is_for_its_owner_alone_and_is_kept() {
        let dir = tempfile::tempdir().expect("a directory");
        let sealed = sealer(dir.path()).seal(HERE, b"x");
        let path = dir.path().join("key");
        assert_eq!(std::fs::metadata(&path).expect("made").permissions().mode() & 0o777, 0o600);
        assert!(sealer(dir.path()).open_sealed(HERE, &sealed).is_ok(), "a second start reads the same key");
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).expect("chmod");
        assert!(matches!(Sealer::read(&path, &Entropy::seeded(1)), Err(KeyFileError::Readable(_))));
    }

    #[test]
    fn a_damaged_key_file_is_named() {
        let dir = tempfile::tempdir().expect("a directory");
        let path = dir.path().join("key");
        sealer(dir.path());
        std::fs::write(&path, "openias-key-1 zz\n").expect("written");
        assert!(matches!(Sealer::read(&path, &Entropy::seeded(1)), Err(KeyFileError::Damaged(_))));
    }
}

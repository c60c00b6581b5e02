//! Object files: export files, sealed in chunks, so that neither writing nor reading holds one in memory.
//!
//! A file is a row of `length (4, big endian) || sealed chunk`. Each chunk's associated data names the
//! file, the chunk's number and whether it is the last, so that chunks cannot be moved, dropped or cut off
//! unnoticed.

use std::path::{Path, PathBuf};
use std::time::{Duration, UNIX_EPOCH};

use bytes::Bytes;
use model::Timestamp;
use tokio::fs::File;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, BufReader, BufWriter};

use crate::sealing::Sealer;
use crate::{Result, StoreError};

const CHUNK: usize = 64 * 1024;
/// How the names of files end that are being written.
const UNFINISHED: &str = ".part";
/// A sealed chunk: format byte, nonce, text, tag.
const SEALED_CHUNK: usize = 1 + 12 + CHUNK + 16;

/// The folder of object files.
#[derive(Clone)]
pub struct Objects {
    folder: PathBuf,
    sealer: Sealer,
}

/// The name of an object file: letters, digits, `-`, `_` and single dots, so that it stays in its folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ObjectName(String);

impl ObjectName {
    /// Reads a name.
    pub fn parse(text: &str) -> Option<Self> {
        let plain = text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'));
        let tame = !text.starts_with('.') && !text.contains("..");
        ((1..=128).contains(&text.len()) && plain && tame).then(|| Self(text.to_owned()))
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Objects {
    /// The folder where it is, made when absent.
    pub(crate) fn make(folder: PathBuf, sealer: Sealer) -> Result<Self> {
        use std::os::unix::fs::DirBuilderExt as _;
        std::fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&folder)
            .map_err(|source| StoreError::DataDir { path: folder.clone(), source })?;
        Ok(Self::at(folder, sealer))
    }

    /// The folder where it is.
    pub(crate) fn at(folder: PathBuf, sealer: Sealer) -> Self {
        Self { folder, sealer }
    }

    /// Begins a file. It appears under its name only when finished; a file of that name is replaced then.
    pub async fn create(&self, name: &ObjectName) -> Result<ObjectWriter> {
        // Two workers may write the same file, when one was taken for dead: each its own until it is whole.
        let unfinished = self.folder.join(format!("{}.{}{UNFINISHED}", name.0, self.sealer.fresh_name()));
        let file = File::create_new(&unfinished).await.map_err(StoreError::Object)?;
        Ok(ObjectWriter {
            file: BufWriter::new(file),
            unfinished: Unfinished(unfinished),
            folder: self.folder.clone(),
            sealer: self.sealer.clone(),
            name: name.clone(),
            pending: Vec::with_capacity(CHUNK),
            chunk: 0,
        })
    }

    /// Opens a finished file; none when there is none.
    pub async fn read(&self, name: &ObjectName) -> Result<Option<ObjectReader>> {
        match File::open(self.folder.join(&name.0)).await {
            Ok(file) => Ok(Some(ObjectReader {
                file: BufReader::new(file),
                sealer: self.sealer.clone(),
                name: name.clone(),
                chunk: 0,
                ended: false,
            })),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(StoreError::Object(error)),
        }
    }

    /// Deletes unfinished files that nobody has written to since `before`: a crash left them behind.
    pub async fn forget_unfinished(&self, before: Timestamp) -> Result<()> {
        let mut entries = tokio::fs::read_dir(&self.folder).await.map_err(StoreError::Object)?;
        while let Some(entry) = entries.next_entry().await.map_err(StoreError::Object)? {
            let unfinished = entry.file_name().to_str().is_some_and(|name| name.ends_with(UNFINISHED));
            let Ok(written) = entry.metadata().await.and_then(|metadata| metadata.modified()) else {
                continue;
            };
            let age = UNIX_EPOCH + Duration::from_millis(u64::try_from(before.millis()).unwrap_or_default());
            if unfinished && written < age {
                // Its writer may have ended it in this moment.
                let _ = tokio::fs::remove_file(entry.path()).await;
            }
        }
        Ok(())
    }

    /// Deletes a file for good; a missing one is fine.
    pub async fn delete(&self, name: &ObjectName) -> Result<()> {
        match tokio::fs::remove_file(self.folder.join(&name.0)).await {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(StoreError::Object(error)),
            _ => sync_folder(&self.folder).await,
        }
    }
}

/// A file being written.
pub struct ObjectWriter {
    file: BufWriter<File>,
    unfinished: Unfinished,
    folder: PathBuf,
    sealer: Sealer,
    name: ObjectName,
    pending: Vec<u8>,
    chunk: u64,
}

impl ObjectWriter {
    /// Appends bytes.
    pub async fn write(&mut self, mut bytes: &[u8]) -> Result<()> {
        while !bytes.is_empty() {
            if self.pending.len() == CHUNK {
                self.write_chunk(false).await?;
            }
            let (now, later) = bytes.split_at(bytes.len().min(CHUNK - self.pending.len()));
            self.pending.extend_from_slice(now);
            bytes = later;
        }
        Ok(())
    }

    /// Makes the file durable and visible under its name.
    pub async fn finish(mut self) -> Result<()> {
        self.write_chunk(true).await?;
        self.file.flush().await.map_err(StoreError::Object)?;
        self.file.get_ref().sync_all().await.map_err(StoreError::Object)?;
        let finished = self.folder.join(&self.name.0);
        tokio::fs::rename(&self.unfinished.0, finished).await.map_err(StoreError::Object)?;
        sync_folder(&self.folder).await
    }

    async fn write_chunk(&mut self, last: bool) -> Result<()> {
        let sealed = self.sealer.seal_with(&associated_data(&self.name, self.chunk, last), &self.pending);
        let length = u32::try_from(sealed.len()).unwrap_or(u32::MAX);
        self.file.write_all(&length.to_be_bytes()).await.map_err(StoreError::Object)?;
        self.file.write_all(&sealed).await.map_err(StoreError::Object)?;
        self.pending.clear();
        self.chunk += 1;
        Ok(())
    }
}

/// Makes the names in a folder durable: a file that was synced may still lose its name in a power cut, and
/// one that was deleted may have it back.
async fn sync_folder(folder: &Path) -> Result<()> {
    let folder = File::open(folder).await.map_err(StoreError::Object)?;
    folder.sync_all().await.map_err(StoreError::Object)
}

/// Where an unfinished file stands; given up, it goes. A finished one has moved away from here.
struct Unfinished(PathBuf);

impl Drop for Unfinished {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

/// A file being read.
pub struct ObjectReader {
    file: BufReader<File>,
    sealer: Sealer,
    name: ObjectName,
    chunk: u64,
    ended: bool,
}

impl ObjectReader {
    /// The next bytes; none after the last. A file that was cut off or altered ends in an error.
    pub async fn next(&mut self) -> Result<Option<Bytes>> {
        if self.ended {
            return Ok(None);
        }
        let length = self.file.read_u32().await.map_err(StoreError::Object)? as usize;
        if length > SEALED_CHUNK {
            return Err(damaged());
        }
        let mut sealed = vec![0; length];
        self.file.read_exact(&mut sealed).await.map_err(StoreError::Object)?;
        let middle = self.sealer.open_with(&associated_data(&self.name, self.chunk, false), &sealed);
        let plain = if let Some(plain) = middle {
            plain
        } else {
            self.ended = true;
            self.sealer
                .open_with(&associated_data(&self.name, self.chunk, true), &sealed)
                .ok_or_else(damaged)?
        };
        self.chunk += 1;
        Ok(Some(Bytes::copy_from_slice(&plain)))
    }
}

fn associated_data(name: &ObjectName, chunk: u64, last: bool) -> Vec<u8> {
    format!("object\0{}\0{chunk}\0{last}", name.0).into_bytes()
}

fn damaged() -> StoreError {
    StoreError::Object(std::io::Error::new(
        std::io::ErrorKind::InvalidData,
        "the file was cut off or altered",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use ambient::Entropy;

    async fn written(folder: &std::path::Path, bytes: &[u8]) -> (Objects, ObjectName) {
        let sealer = Sealer::make(&folder.join("key"), Entropy::seeded(1)).expect("a key");
        let objects = Objects::make(folder.join("objects"), sealer).expect("a folder");
        let name = ObjectName::parse("a.ndjson").expect("a name");
        let mut writer = objects.create(&name).await.expect("created");
        for part in bytes.chunks(1000) {
            writer.write(part).await.expect("written");
        }
        writer.finish().await.expect("finished");
        (objects, name)
    }

    async fn read_back(objects: &Objects, name: &ObjectName) -> Result<Vec<u8>> {
        let mut reader = objects.read(name).await?.expect("there");
        let mut all = Vec::new();
        while let Some(bytes) = reader.next().await? {
            all.extend_from_slice(&bytes);
        }
        Ok(all)
    }

    #[tokio::test]
    async fn what_was_written_is_read_back_and_is_unreadable_on_disk() {
        for length in [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK] {
            let dir = tempfile::tempdir().expect("a directory");
            let bytes: Vec<u8> = b"Camila Lopez ".iter().copied().cycle().take(length).collect();
            let (objects, name) = written(dir.path(), &bytes).await;
            assert_eq!(read_back(&objects, &name).await.expect("read"), bytes, "{length}");
            let raw = std::fs::read(dir.path().join("objects/a.ndjson")).expect("the file");
            assert!(!raw.windows(6).any(|window| window == b"Camila"));
        }
    }

    #[tokio::test]
    async fn a_file_cut_off_at_a_chunk_is_noticed() {
        let dir = tempfile::tempdir().expect("a directory");
        let (objects, name) = written(dir.path(), &vec![7; 2 * CHUNK + 5]).await;
        let path = dir.path().join("objects/a.ndjson");
        let raw = std::fs::read(&path).expect("the file");
        std::fs::write(&path, &raw[..2 * (4 + SEALED_CHUNK)]).expect("cut");
        assert!(read_back(&objects, &name).await.is_err());
    }

    #[tokio::test]
    async fn swapped_chunks_are_noticed() {
        let dir = tempfile::tempdir().expect("a directory");
        let (objects, name) = written(dir.path(), &vec![7; 2 * CHUNK + 5]).await;
        let path = dir.path().join("objects/a.ndjson");
        let mut raw = std::fs::read(&path).expect("the file");
        let (first, rest) = raw.split_at_mut(4 + SEALED_CHUNK);
        first.swap_with_slice(&mut rest[..4 + SEALED_CHUNK]);
        std::fs::write(&path, &raw).expect("swapped");
        assert!(read_back(&objects, &name).await.is_err());
    }

    fn names(folder: &std::path::Path) -> Vec<String> {
        let entries = std::fs::read_dir(folder.join("objects")).expect("the folder");
        entries.map(|entry| entry.expect("an entry").file_name().into_string().expect("a name")).collect()
    }

    #[tokio::test]
    async fn a_file_that_is_given_up_leaves_nothing_and_one_that_is_written_twice_is_whole() {
        let dir = tempfile::tempdir().expect("a directory");
        let (objects, name) = written(dir.path(), b"first").await;
        let mut given_up = objects.create(&name).await.expect("created");
        given_up.write(&vec![1; 2 * CHUNK]).await.expect("written");
        let mut second = objects.create(&name).await.expect("created beside it");
        second.write(b"second").await.expect("written");
        second.finish().await.expect("finished");
        drop(given_up);
        assert_eq!(read_back(&objects, &name).await.expect("read"), b"second");
        assert_eq!(names(dir.path()), ["a.ndjson"]);
    }

    #[tokio::test]
    async fn what_a_crash_left_behind_goes_when_it_is_old() {
        let dir = tempfile::tempdir().expect("a directory");
        let (objects, _) = written(dir.path(), b"whole").await;
        std::fs::write(dir.path().join("objects/b.ndjson.1f.part"), b"half").expect("written");
        objects.forget_unfinished(Timestamp::from_seconds(0)).await.expect("asked");
        assert_eq!(names(dir.path()).len(), 2);
        objects.forget_unfinished(Timestamp::from_seconds(1 << 40)).await.expect("asked");
        assert_eq!(names(dir.path()), ["a.ndjson"]);
    }

    #[test]
    fn names_stay_in_the_folder() {
        for text in ["", ".", "..", "../a", "a/b", ".a", "a..b", "a b", "a\0b"] {
            assert!(ObjectName::parse(text).is_none(), "{text:?}");
        }
    }
}

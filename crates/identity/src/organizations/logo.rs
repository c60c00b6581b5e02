//! An organisation's logo: kept inside its record as a `data:` URI, so that no page fetches it from anyone.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use model::Organization;
use model::id::OrganizationId;

use super::{Fault, Refusal, keep};
use crate::Identity;

/// The largest logo, in bytes.
pub const MAX_LOGO: usize = 64 * 1024;

/// Replaces an organisation's logo by a PNG, JPEG or WebP image of at most [`MAX_LOGO`] bytes; no image removes
/// it. `actor` and `request_id` stand in the audit trail.
pub async fn set_logo(
    identity: &Identity,
    id: &OrganizationId,
    image: Option<&[u8]>,
    actor: &str,
    request_id: &str,
) -> Result<Organization, Refusal> {
    let logo_uri = image.map(data_uri).transpose().map_err(|fault| Refusal::Draft(vec![fault]))?;
    let mut tx = identity.store.write().await?;
    let before = tx.organization(id).await?.ok_or(Refusal::Unknown)?;
    let after = Organization { logo_uri, ..before.clone() };
    keep(identity, tx, &before, &after, actor, request_id).await?;
    Ok(after)
}

fn data_uri(image: &[u8]) -> Result<String, Fault> {
    if image.len() > MAX_LOGO {
        return Err(Fault::LogoTooLarge);
    }
    let media_type = media_type(image).ok_or(Fault::LogoNotAnImage)?;
    Ok(format!("data:{media_type};base64,{}", STANDARD.encode(image)))
}

/// By its first bytes, never by what it calls itself.
fn media_type(image: &[u8]) -> Option<&'static str> {
    match image {
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => Some("image/png"),
        [0xff, 0xd8, 0xff, ..] => Some("image/jpeg"),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some("image/webp"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_image_is_known_by_its_first_bytes() {
        assert_eq!(data_uri(b"\x89PNG\r\n\x1a\n"), Ok("data:image/png;base64,iVBORw0KGgo=".to_owned()));
        assert_eq!(data_uri(b"\xff\xd8\xff\xe0"), Ok("data:image/jpeg;base64,/9j/4A==".to_owned()));
        assert!(
            data_uri(b"RIFF\0\0\0\0WEBPVP8 ").is_ok_and(|uri| uri.starts_with("data:image/webp;base64,"))
        );
        for image in [
            &b""[..],
            b"<svg xmlns='http://www.w3.org/2000/svg'/>",
            b"GIF89a",
            b"\x89PNG",
            b"RIFF\0\0\0\0AVI ",
        ] {
            assert_eq!(data_uri(image), Err(Fault::LogoNotAnImage));
        }
    }

    #[test]
    fn a_logo_is_small() {
        let mut image = b"\xff\xd8\xff".to_vec();
        image.resize(MAX_LOGO, 0);
        assert!(data_uri(&image).is_ok());
        image.push(0);
        assert_eq!(data_uri(&image), Err(Fault::LogoTooLarge));
    }
}

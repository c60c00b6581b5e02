//! The logo: a form with a file.

use testkit::{Answer, TestServer};

use super::{Desk, shows_fault};

const PNG: &[u8] = b"\x89PNG\r\n\x1a\nand the rest";

/// Sends the form as a browser does.
async fn upload(desk: &Desk<'_>, csrf: &str, file: &[u8], cookie: &str) -> Answer {
    let mut body = format!(
        "--b\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\n{csrf}\r\n\
         --b\r\nContent-Disposition: form-data; name=\"logo\"; filename=\"logo.png\"\r\n\
         Content-Type: image/png\r\n\r\n"
    )
    .into_bytes();
    body.extend_from_slice(file);
    body.extend_from_slice(b"\r\n--b--\r\n");
    let http = &desk.server.http;
    let call = http.post(&desk.path("/logo"), "multipart/form-data; boundary=b", body);
    call.header("cookie", cookie).send().await
}

async fn logo(server: &TestServer) -> Option<String> {
    let mut tx = server.store().read().await.expect("a transaction");
    tx.organization(&server.organization.id).await.expect("read").expect("the organisation").logo_uri
}

#[tokio::test]
async fn a_logo_is_kept_shown_and_removed() {
    let server = TestServer::start().await;
    let desk = Desk::open(&server).await;
    let csrf = desk.csrf().await;
    let answer = upload(&desk, &csrf, PNG, &desk.cookie).await.is(303);
    assert!(answer.header("location").ends_with("done=organization-saved"));
    let kept = logo(&server).await.expect("a logo");
    assert!(kept.starts_with("data:image/png;base64,"));
    assert!(
        desk.get(&desk.path("")).await.text().contains(&format!("src=\"{}\"", kept.replace('+', "&#43;")))
    );
    let id = &server.organization.id;
    assert_eq!(desk.last_change().await, format!("operator organization.changed {id} logo"));
    upload(&desk, &csrf, b"", &desk.cookie).await.is(303);
    assert_eq!(logo(&server).await, None);
}

#[tokio::test]
async fn what_is_no_small_image_is_told_beside_the_field() {
    let server = TestServer::start().await;
    let desk = Desk::open(&server).await;
    let (csrf, before) = (desk.csrf().await, logo(&server).await);
    let page = upload(&desk, &csrf, b"<svg onload='alert(1)'/>", &desk.cookie).await.is(422);
    shows_fault(&page, "logo", "not a PNG, JPEG or WebP image");
    let page = upload(&desk, &csrf, &vec![0x89; 65 * 1024], &desk.cookie).await.is(422);
    shows_fault(&page, "logo", "at most 64 KiB");
    upload(&desk, &csrf, &vec![0x89; 3 << 20], &desk.cookie).await.is(413);
    assert_eq!(logo(&server).await, before);
}

#[tokio::test]
async fn the_form_is_guarded_like_every_other() {
    let server = TestServer::start().await;
    let (desk, other) = (Desk::open(&server).await, Desk::open(&server).await);
    let before = logo(&server).await;
    upload(&desk, &desk.csrf().await, PNG, "openias_operator=guess").await.is(303);
    upload(&desk, &other.csrf().await, PNG, &desk.cookie).await.is(403);
    upload(&desk, "", PNG, &desk.cookie).await.is(403);
    assert_eq!(logo(&server).await, before);
}

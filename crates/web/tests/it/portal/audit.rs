//! The audit trail.

use store::Happening;
use testkit::{Answer, TestServer};

use super::Desk;

#[tokio::test]
async fn the_trail_shows_who_did_what_to_what_and_when() {
    let server = TestServer::start().await;
    let (desk, party) = (Desk::open(&server).await, server.party().await);
    party.push(&server.id_token()).await;
    party.par("nonsense").send().await.is(400);
    server.app.write_request_log().await.expect("written");
    let answer = desk.post("/portal", &[("name", "Example Health")]).await.is(303);
    let page = desk.get("/portal/audit").await.is(200).text();
    let request_id = answer.header("x-request-id");
    for text in [
        "datetime=\"2026-05-28T20:26:40Z\"",
        request_id,
        "operator.signed_in",
        "organization.added",
        "par.accepted",
        "par.refused",
        &party.public_id,
    ] {
        assert!(page.contains(text), "{text}");
    }
    assert!(!page.contains(party.private_key.expose()));
    let at = |text: &str| page.find(text).unwrap_or(usize::MAX);
    assert!(at("organization.added") < at("par.accepted"), "the newest line stands first");
}

#[tokio::test]
async fn the_lines_of_a_refused_push_are_found_by_its_answer() {
    let server = TestServer::start().await;
    let (desk, party) = (Desk::open(&server).await, server.party().await);
    party.push(&server.id_token()).await;
    let refused = party.par("nonsense").send().await.is(400);
    server.app.write_request_log().await.expect("written");
    let id = refused.header("x-request-id");
    let page = desk.get(&format!("/portal/audit?request_id={id}")).await.is(200).text();
    assert!(page.contains("par.refused") && !page.contains("par.accepted"), "{page}");
    assert!(page.contains(&format!("name=\"request_id\" value=\"{id}\"")), "the filter stands in its form");
    assert!(page.contains(&format!("href=\"/portal/audit?request_id={id}&#38;lang=en\"")), "{page}");
    let page = desk.get(&format!("/portal/audit?actor={}", party.public_id)).await.is(200).text();
    assert!(page.contains("par.refused") && page.contains("par.accepted"));
    assert!(!page.contains("<code>operator</code>"));
    let none = desk.get(&format!("/portal/audit?request_id={id}&actor=operator")).await.is(200);
    assert!(none.text().contains("No line is like this"));
}

/// Adds lines with the actions `test.0`, `test.1`, `test.0` and so on, about `subject-0`, `subject-1` and so on.
async fn add_lines(server: &TestServer, count: usize) {
    let mut tx = server.store().write().await.expect("a transaction");
    for number in 0..count {
        let (action, subject) = (format!("test.{}", number % 2), format!("subject-{number}"));
        let line =
            Happening { request_id: "", actor: "test", action: &action, subject: &subject, detail: "" };
        tx.audit(line, server.clock.now()).await.expect("added");
    }
    tx.commit().await.expect("committed");
}

/// The subjects on a page that begin so, in their order.
fn subjects(page: &Answer) -> Vec<String> {
    let html = page.text();
    let cells = html.split("<code>").filter(|cell| cell.starts_with("subject-"));
    cells.filter_map(|cell| cell.split('<').next()).map(str::to_owned).collect()
}

/// Where a link of a page leads.
fn link(page: &Answer, rel: &str) -> Option<String> {
    let html = page.text();
    let before =
        html.split(&format!("\" rel=\"{rel}\"")).next().filter(|before| before.len() < html.len())?;
    before.rsplit("href=\"").next().map(|href| href.replace("&#38;", "&"))
}

#[tokio::test]
async fn the_trail_is_read_page_by_page_and_by_what_is_asked_for() {
    let server = TestServer::start().await;
    let desk = Desk::open(&server).await;
    add_lines(&server, 240).await;
    let named = |numbers: std::ops::Range<usize>| {
        numbers.rev().map(|number| format!("subject-{number}")).collect::<Vec<_>>()
    };
    let first = desk.get("/portal/audit?lang=es").await.is(200);
    assert_eq!((subjects(&first), link(&first, "prev")), (named(140..240), None));
    let second = desk.get(&link(&first, "next").expect("older lines")).await.is(200);
    assert_eq!(subjects(&second), named(40..140));
    assert!(second.text().contains("<html lang=\"es\""));
    let back = desk.get(&link(&second, "prev").expect("newer lines")).await.is(200);
    assert_eq!((subjects(&back), link(&back, "prev")), (named(140..240), None));
    let third = desk.get(&link(&second, "next").expect("older lines")).await.is(200);
    assert_eq!((subjects(&third), link(&third, "next")), (named(0..40), None));

    let odd = desk.get("/portal/audit?action=test.1").await.is(200);
    let rest = desk.get(&link(&odd, "next").expect("older lines")).await.is(200);
    let numbers = (0..240).rev().filter(|number| number % 2 == 1);
    let wanted: Vec<_> = numbers.map(|number| format!("subject-{number}")).collect();
    assert_eq!([subjects(&odd), subjects(&rest)].concat(), wanted);
    assert!(rest.text().contains("name=\"action\" value=\"test.1\""), "the filter stands in its form");

    let one = desk.get("/portal/audit?action=+&subject=+subject-7+").await.is(200);
    assert_eq!((subjects(&one), link(&one, "next")), (named(7..8), None));
    let none = desk.get("/portal/audit?action=test.0&subject=subject-7").await.is(200);
    assert!(subjects(&none).is_empty() && none.text().contains("No line is like this"));
    for odd in [
        "before=x",
        "before=9999999999999999999999",
        "after=-5",
        "after=1&before=2",
        "subject=%27%20OR%201=1",
    ] {
        desk.get(&format!("/portal/audit?{odd}")).await.is(200);
    }
}

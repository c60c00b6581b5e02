//! What machines watch.

use testkit::{Setup, TestServer};

#[tokio::test]
async fn a_running_server_is_alive_ready_and_measured() {
    let server = TestServer::start().await;
    for (path, text) in [("/healthz", "ok\n"), ("/readyz", "ready\n"), ("/metrics", "openias_tests 1\n")] {
        let answer = server.http.get(path).send().await.is(200);
        assert_eq!(answer.text(), text);
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        assert_eq!(answer.header("x-request-id").len(), 36);
    }
}

#[tokio::test]
async fn a_handler_that_panics_answers_like_any_other_and_the_server_goes_on() {
    let setup = Setup { metrics: || panic!("the cause"), ..Setup::default() };
    let server = TestServer::with(setup).await;
    for _ in 0..2 {
        let answer = server.http.get("/metrics").send().await.is(500);
        assert_eq!(answer.text(), "Something went wrong on our side. Please try again.\n");
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        assert_eq!(answer.header("x-request-id").len(), 36);
    }
    server.http.get("/healthz").send().await.is(200);
}

#[tokio::test]
async fn a_path_that_leads_nowhere_says_so() {
    let server = TestServer::start().await;
    for path in ["/nowhere", "/oauth2", "/v1", "/authenticate/other/jwks"] {
        server.http.get(path).send().await.is_problem(404, "not_found");
    }
    for path in ["/v1/nowhere", "/v1/bridge/nowhere", "/bridge/fhir/nowhere", "/v1/oauth2/nowhere"] {
        server.http.get(path).send().await.is_bridge_error(404, "not_found");
    }
}

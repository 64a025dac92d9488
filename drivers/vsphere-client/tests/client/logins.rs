//! Logins that are refused: how soon they are tried again, and what is said of them.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use crate::support::{Answer, Scripted};
use vsphere_client::{ClientError, ClientOptions, Credentials};
use vsphere_types::{InvalidLogin, Method, TypedFault};

/// No holder of these locks panics.
const UNPOISONED: &str = "nothing panics while it is locked";

/// What the file says now, and what was logged.
#[derive(Clone, Default)]
struct Around {
    password: Arc<Mutex<String>>,
    said: Arc<Mutex<Vec<String>>>,
}

impl Around {
    fn rotate(&self, password: &str) {
        password.clone_into(&mut self.password.lock().expect(UNPOISONED));
    }

    fn said(&self) -> Vec<String> {
        self.said.lock().expect(UNPOISONED).clone()
    }

    fn options(&self, options: &mut ClientOptions) {
        let (password, said) = (Arc::clone(&self.password), Arc::clone(&self.said));
        options.renew = Some(Arc::new(move || {
            let password = Some(password.lock().expect(UNPOISONED).clone()).filter(|password| !password.is_empty());
            password.map(|password| Credentials { user: "user@vsphere.local".to_owned(), password })
        }));
        options.report = Arc::new(move |line| said.lock().expect(UNPOISONED).push(line.to_owned()));
    }
}

fn refusing(times: usize) -> Scripted {
    let vcenter = Scripted::new();
    for _ in 0..times {
        vcenter.then(Method::Login, Answer::Throws(InvalidLogin::default().fault()));
    }
    vcenter
}

#[tokio::test(start_paused = true)]
async fn a_refused_login_is_tried_again_more_and_more_seldom_and_said_once() {
    let (vcenter, around) = (refusing(3), Around::default());
    let client = vcenter.client_with(|options| around.options(options));
    let mut tried = Vec::new();
    let began = tokio::time::Instant::now();
    loop {
        let outcome = client.session_key().await;
        let logins = vcenter.seen(Method::Login).len();
        if tried.len() < logins {
            tried.push(began.elapsed().as_secs() / 60);
        }
        match outcome {
            Ok(_) => break,
            Err(error) => assert!(error.is_refused_login() && error.had_no_effect(), "{error}"),
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    assert_eq!(tried, [0, 2, 6, 14]);
    let said = around.said();
    assert_eq!(said.len(), 2, "{said:?}");
    assert!(said[0].contains("correct the password") && said[1].contains("lets user@vsphere.local in again"), "{said:?}");
    assert!(!said.concat().contains("secret"));
}

#[tokio::test(start_paused = true)]
async fn another_password_is_tried_at_once_and_one_that_is_refused_too_is_said() {
    let (vcenter, around) = (refusing(2), Around::default());
    let client = vcenter.client_with(|options| around.options(options));
    for _ in 0..5 {
        client.session_key().await.unwrap_err();
    }
    assert_eq!(vcenter.seen(Method::Login).len(), 1);
    around.rotate("also wrong");
    for _ in 0..5 {
        assert!(matches!(client.session_key().await.unwrap_err(), ClientError::Login { .. } | ClientError::LoginHeld { .. }));
    }
    around.rotate("right");
    client.session_key().await.unwrap();
    assert_eq!((vcenter.seen(Method::Login).len(), around.said().len()), (3, 3));
}

#[tokio::test(start_paused = true)]
async fn the_words_stay_the_same_while_nothing_is_tried() {
    let client = refusing(1).client();
    let first = client.session_key().await.unwrap_err().to_string();
    let held: Vec<String> = words_of(&client).await;
    assert!(held.iter().all(|text| text.starts_with(&first) && *text == held[0]), "{held:?}");
}

async fn words_of(client: &vsphere_client::VsphereClient) -> Vec<String> {
    let mut texts = Vec::new();
    for _ in 0..3 {
        texts.push(client.session_key().await.expect_err("the login is refused").to_string());
        tokio::time::sleep(Duration::from_secs(10)).await;
    }
    texts
}

#[tokio::test(start_paused = true)]
async fn without_holding_refused_logins_each_call_tries_again() {
    let vcenter = refusing(5);
    let client = vcenter.client_with(|options| options.hold_refused_logins = false);
    for _ in 0..5 {
        client.session_key().await.unwrap_err();
    }
    client.session_key().await.unwrap();
    assert_eq!(vcenter.seen(Method::Login).len(), 6);
}

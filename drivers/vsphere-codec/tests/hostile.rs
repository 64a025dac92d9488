//! Input that nobody sends in good faith is refused with an error that says what and where, and never panics.

use proptest::prelude::*;
use vsphere_codec::CodecError;
use vsphere_codec::soap::{ResponseError, decode_request, decode_response};
use vsphere_codec::versions::decode_versions;
use vsphere_types::Method;

fn request(body: &str) -> Vec<u8> {
    format!(
        r#"<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><soapenv:Body>{body}</soapenv:Body></soapenv:Envelope>"#
    )
    .into_bytes()
}

fn refused(body: &str) -> String {
    decode_request(&request(body)).expect_err("it is refused").to_string()
}

#[test]
fn a_wrong_value_is_named_with_its_type_and_place() {
    let text = refused(
        r#"<CreateFilter xmlns="urn:vim25"><_this type="PropertyCollector">p</_this><partialUpdates>perhaps</partialUpdates></CreateFilter>"#,
    );
    assert_eq!(text, "partialUpdates at byte 233 is not of type boolean");
}

#[test]
fn a_value_that_may_be_a_secret_is_not_repeated() {
    let text = refused(
        r#"<Login xmlns="urn:vim25"><_this type="SessionManager">s</_this><userName>u</userName><password>hush<b/></password></Login>"#,
    );
    assert!(text.starts_with("password at byte"), "{text}");
    assert!(!text.contains("hush"), "{text}");
}

#[test]
fn what_is_missing_is_named() {
    assert!(refused("").starts_with("missing element in Body"));
    assert!(refused(r#"<Logout xmlns="urn:vim25"></Logout>"#).starts_with("missing _this in Logout"));
    assert!(refused(r#"<Logout xmlns="urn:vim25"><_this>s</_this></Logout>"#).starts_with("missing attribute type in _this"));
    let login = refused(r#"<Login xmlns="urn:vim25"><_this type="SessionManager">s</_this><userName>u</userName></Login>"#);
    assert!(login.starts_with("missing password in Login"), "{login}");
}

#[test]
fn a_namespace_that_is_none_of_ours_is_refused() {
    assert!(
        refused(r#"<Logout xmlns="urn:other"><_this type="S">s</_this></Logout>"#).starts_with("unknown namespace urn:other of Logout")
    );
    assert!(refused(r#"<x:Logout><_this type="S">s</_this></x:Logout>"#).contains("unbound prefix"));
}

#[test]
fn a_method_that_the_table_does_not_have_is_told_apart_from_rubbish() {
    let call = decode_request(&request(r#"<Dance xmlns="urn:vim25"><_this type="Folder">f</_this><steps>3</steps></Dance>"#))
        .expect("it is a call");
    assert_eq!(call.method, Err("Dance".to_owned()));
    assert!(call.arguments.get("steps").is_some());
}

#[test]
fn a_type_that_does_not_fit_its_slot_is_refused() {
    let text = refused(
        r#"<CreateFilter xmlns="urn:vim25"><_this type="PropertyCollector">p</_this><spec xsi:type="TaskInfo"></spec><partialUpdates>true</partialUpdates></CreateFilter>"#,
    );
    assert!(text.contains("is TaskInfo instead of PropertyFilterSpec"), "{text}");
}

#[test]
fn a_depth_bomb_is_stopped() {
    let bomb = request(&("<a>".repeat(100_000) + &"</a>".repeat(100_000)));
    assert!(matches!(decode_request(&bomb), Err(CodecError::TooDeep { .. })));
    assert!(matches!(decode_response(Method::Logout, &bomb), Err(ResponseError::Codec(CodecError::TooDeep { .. }))));
}

#[test]
fn too_much_of_anything_is_stopped() {
    assert!(matches!(decode_request(&request(&"<a/>".repeat(300_000))), Err(CodecError::TooMany { what: "elements", .. })));
    assert!(matches!(decode_request(&vec![b' '; 9 << 20]), Err(CodecError::TooLarge { .. })));
    let attributes: String = (0..100).map(|n| format!(" a{n}='x'")).collect();
    assert!(matches!(decode_request(&request(&format!("<a{attributes}/>"))), Err(CodecError::TooMany { what: "attributes", .. })));
}

#[test]
fn entities_of_ones_own_are_refused() {
    let billion = br#"<!DOCTYPE a [<!ENTITY b "bbbb">]><a>&b;</a>"#;
    assert!(matches!(decode_request(billion), Err(CodecError::DocumentType { .. })));
    assert!(refused("<a>&b;</a>").contains("unknown entity b"));
}

#[test]
fn broken_documents_are_refused() {
    for broken in ["", "<", "<a", "<a>", "</a>", "<a></b>", "<a/><b/>", "text", "\u{0}", "<a>&#xFFFFFFFF;</a>", "<a b></a>"] {
        assert!(decode_request(broken.as_bytes()).is_err(), "{broken:?}");
    }
    assert!(matches!(decode_request(b"<a>\xff</a>"), Err(CodecError::NotUtf8 { place: 3 })));
}

/// Pieces that make documents which come far before they fail.
fn piece() -> impl Strategy<Value = String> {
    let pieces = [
        "<Login xmlns='urn:vim25'>",
        "</Login>",
        "<_this type='SessionManager'>",
        "</_this>",
        "<specSet>",
        "</specSet>",
        "<a xsi:type='ArrayOfString'>",
        "<a xsi:type='VirtualDisk'>",
        "<a xsi:nil='true'>",
        "</a>",
        "<key>",
        "</key>",
        "&amp;",
        "&#10;",
        "<![CDATA[",
        "]]>",
        "<!--",
        "-->",
        "text",
        "<?pi?>",
        "5",
        "\u{fffd}",
    ];
    proptest::sample::select(pieces.to_vec()).prop_map(str::to_owned)
}

proptest! {
    #[test]
    fn arbitrary_bytes_do_not_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = decode_request(&bytes);
        let _ = decode_versions(&bytes);
        for method in Method::ALL {
            let _ = decode_response(*method, &bytes);
        }
    }

    #[test]
    fn arbitrary_pieces_of_requests_do_not_panic(pieces in proptest::collection::vec(piece(), 0..40)) {
        let bytes = request(&pieces.concat());
        let _ = decode_request(&bytes);
        let _ = decode_response(Method::RetrievePropertiesEx, &bytes);
    }
}

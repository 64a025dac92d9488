//! Which call a request is.

use fake_vcenter_world::{VapiCall, VapiError};
use http::Method;

use super::body::Fields;
use super::path::Resource;

/// Reads a request.
pub fn call(
    verb: &Method,
    resource: &Resource,
    body: &[u8],
    credentials: Result<(String, String), VapiError>,
) -> Result<VapiCall, VapiError> {
    let action = resource.action.as_deref();
    match resource.path.as_str() {
        "cis/session" => session(verb, action, credentials),
        "cis/tagging/category" => category(verb, resource, body),
        "cis/tagging/tag" => tag(verb, resource, body),
        "cis/tagging/tag-association" if *verb == Method::POST => association(resource, body),
        _ => Err(VapiError::no_resource(&resource.path)),
    }
}

fn session(verb: &Method, action: Option<&str>, credentials: Result<(String, String), VapiError>) -> Result<VapiCall, VapiError> {
    match (verb, action) {
        (&Method::POST, None) => credentials.map(|(user, password)| VapiCall::Login { user, password }),
        (&Method::GET, None) | (&Method::POST, Some("get")) => Ok(VapiCall::Session),
        (&Method::DELETE, None) => Ok(VapiCall::Logout),
        _ => Err(VapiError::no_resource("cis/session")),
    }
}

fn category(verb: &Method, resource: &Resource, body: &[u8]) -> Result<VapiCall, VapiError> {
    match (verb, resource.id.clone()) {
        (&Method::GET, None) => Ok(VapiCall::ListCategories),
        (&Method::GET, Some(id)) => Ok(VapiCall::GetCategory(id)),
        (&Method::POST, None) => Fields::read(body)?.within("create_spec")?.category().map(VapiCall::CreateCategory),
        (&Method::PATCH, Some(id)) => Ok(VapiCall::UpdateCategory(id, Fields::read(body)?.within("update_spec")?.category()?)),
        (&Method::DELETE, Some(id)) => Ok(VapiCall::DeleteCategory(id)),
        _ => Err(VapiError::no_resource(&resource.path)),
    }
}

fn tag(verb: &Method, resource: &Resource, body: &[u8]) -> Result<VapiCall, VapiError> {
    match (verb, resource.id.clone(), resource.action.as_deref()) {
        (&Method::GET, None, None) => Ok(VapiCall::ListTags),
        (&Method::GET, Some(id), None) => Ok(VapiCall::GetTag(id)),
        // The category stands in the path, in the body, or in both.
        (&Method::POST, Some(id), Some("list-tags-for-category")) => Ok(VapiCall::ListTagsForCategory(id)),
        (&Method::POST, None, Some("list-tags-for-category")) => {
            Fields::read(body)?.required("category_id").map(VapiCall::ListTagsForCategory)
        }
        (&Method::POST, None, None) => Fields::read(body)?.within("create_spec")?.tag().map(VapiCall::CreateTag),
        (&Method::PATCH, Some(id), None) => Ok(VapiCall::UpdateTag(id, Fields::read(body)?.within("update_spec")?.tag()?)),
        (&Method::DELETE, Some(id), None) => Ok(VapiCall::DeleteTag(id)),
        _ => Err(VapiError::no_resource(&resource.path)),
    }
}

fn association(resource: &Resource, body: &[u8]) -> Result<VapiCall, VapiError> {
    let action = resource.action.as_deref().ok_or_else(|| VapiError::no_resource(&resource.path))?;
    let fields = Fields::read(body)?;
    let tag = || resource.id.clone().map_or_else(|| fields.required("tag_id"), Ok);
    Ok(match action {
        "attach" => VapiCall::Attach(tag()?, fields.object("object_id")?),
        "detach" => VapiCall::Detach(tag()?, fields.object("object_id")?),
        "attach-tag-to-multiple-objects" => VapiCall::AttachTagToObjects(tag()?, fields.objects("object_ids")?),
        "detach-tag-from-multiple-objects" => VapiCall::DetachTagFromObjects(tag()?, fields.objects("object_ids")?),
        "attach-multiple-tags-to-object" => VapiCall::AttachTagsToObject(fields.required_texts("tag_ids")?, fields.object("object_id")?),
        "detach-multiple-tags-from-object" => {
            VapiCall::DetachTagsFromObject(fields.required_texts("tag_ids")?, fields.object("object_id")?)
        }
        "list-attached-tags" => VapiCall::ListAttachedTags(fields.object("object_id")?),
        "list-attached-tags-on-objects" => VapiCall::ListAttachedTagsOnObjects(fields.objects("object_ids")?),
        "list-attached-objects" => VapiCall::ListAttachedObjects(tag()?),
        "list-attached-objects-on-tags" => VapiCall::ListAttachedObjectsOnTags(fields.required_texts("tag_ids")?),
        _ => return Err(VapiError::no_resource(&resource.pattern())),
    })
}

//! The topology views that were read, one for each vCenter, kept for a while.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Mutex;

use super::view::TopologyView;
use crate::config::Category;
use crate::vcenter::{VCenter, VCenterError};

/// How long a view is good for where nothing speaks against it.
pub(crate) const KEPT: Duration = Duration::from_secs(300);

/// A view that does not show what is asked for is read anew unless it is as young as this.
pub(crate) const RECENT: Duration = Duration::from_secs(10);

/// The views. Those who need one at the same time wait for one read.
pub(crate) struct TopologyViews {
    categories: Vec<Category>,
    /// Whether tags that say two things are told.
    strict: bool,
    views: std::sync::Mutex<BTreeMap<String, Slot>>,
}

type Slot = Arc<Mutex<Option<Arc<TopologyView>>>>;

impl TopologyViews {
    /// No views yet.
    pub(crate) fn new(categories: Vec<Category>, strict: bool) -> Self {
        Self { categories, strict, views: std::sync::Mutex::default() }
    }

    /// The categories that views show.
    pub(crate) fn categories(&self) -> &[Category] {
        &self.categories
    }

    fn slot(&self, vcenter: &dyn VCenter) -> Slot {
        let mut views = self.views.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        Arc::clone(views.entry(vcenter.host().to_owned()).or_default())
    }

    /// A vCenter's view, no older than this.
    pub(crate) async fn view(&self, vcenter: &dyn VCenter, age: Duration) -> Result<Arc<TopologyView>, VCenterError> {
        let slot = self.slot(vcenter);
        let mut kept = slot.lock().await;
        if let Some(view) = kept.as_ref().filter(|view| view.read_at.elapsed() < age) {
            return Ok(Arc::clone(view));
        }
        let view = Arc::new(TopologyView::read(vcenter, &self.categories, self.strict).await?);
        *kept = Some(Arc::clone(&view));
        Ok(view)
    }

    /// A vCenter's view as it was kept, however old; nothing is asked.
    pub(crate) async fn kept(&self, vcenter: &dyn VCenter) -> Option<Arc<TopologyView>> {
        self.slot(vcenter).lock().await.clone()
    }
}

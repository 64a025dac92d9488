//! The charts that were drawn, one for each vCenter, kept for a while.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Mutex;

use super::chart::Chart;
use crate::config::Category;
use crate::vcenter::{Vcenter, VcenterError};

/// How long a chart is good for where nothing speaks against it.
pub(crate) const KEPT: Duration = Duration::from_secs(300);

/// The charts. Those who need one at the same time wait for one drawing.
pub(crate) struct Charts {
    categories: Vec<Category>,
    /// Whether tags that say two things are told.
    strict: bool,
    charts: std::sync::Mutex<BTreeMap<String, Slot>>,
}

type Slot = Arc<Mutex<Option<Arc<Chart>>>>;

impl Charts {
    /// No charts yet.
    pub(crate) fn new(categories: Vec<Category>, strict: bool) -> Self {
        Self { categories, strict, charts: std::sync::Mutex::default() }
    }

    /// The categories that charts show.
    pub(crate) fn categories(&self) -> &[Category] {
        &self.categories
    }

    fn slot(&self, vcenter: &dyn Vcenter) -> Slot {
        let mut charts = self.charts.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        Arc::clone(charts.entry(vcenter.host().to_owned()).or_default())
    }

    /// A vCenter's chart, no older than this.
    pub(crate) async fn chart(&self, vcenter: &dyn Vcenter, age: Duration) -> Result<Arc<Chart>, VcenterError> {
        let slot = self.slot(vcenter);
        let mut kept = slot.lock().await;
        if let Some(chart) = kept.as_ref().filter(|chart| chart.drawn.elapsed() < age) {
            return Ok(Arc::clone(chart));
        }
        let chart = Arc::new(Chart::draw(vcenter, &self.categories, self.strict).await?);
        *kept = Some(Arc::clone(&chart));
        Ok(chart)
    }

    /// A vCenter's chart as it was kept, however old; nothing is asked.
    pub(crate) async fn kept(&self, vcenter: &dyn Vcenter) -> Option<Arc<Chart>> {
        self.slot(vcenter).lock().await.clone()
    }
}

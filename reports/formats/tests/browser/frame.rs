//! A browser without a window, a page in a frame, and a probe in the page.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};

use serde_json::Value;

/// What the probe has at hand.
const HELPERS: &str = include_str!("helpers.js");

#[expect(clippy::disallowed_methods, reason = "a test has no main.rs to read the environment for it")]
pub fn environment(name: &str) -> String {
    std::env::var(name).unwrap_or_default()
}

/// The browser, if it is installed.
pub fn chromium() -> Option<PathBuf> {
    let names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
    let path = environment("PATH");
    let folders = || path.split(':').filter(|folder| !folder.is_empty()).map(Path::new);
    names.iter().find_map(|name| folders().map(|folder| folder.join(name)).find(|file| file.is_file()))
}

/// Loads the page in a frame of this width at this fragment, runs the probe's body in it once nothing moves, and answers what
/// that returned. Fails when a script of the page failed, when its policy was broken, or when something is wider than the frame.
pub fn seen(page: &str, width: u32, fragment: &str, probe: &str) -> Value {
    let folder = Folder::new();
    let (before, after) = page.split_once("<style>").unwrap();
    let watched = format!("{before}<script>\n{HELPERS}</script>\n<style>{after}");
    let end = format!("<script>report(async () => {{ {probe} }});</script>\n</body>");
    folder.write("page.html", &watched.replace("</body>", &end));
    let script = "addEventListener('message', (event) => { document.getElementById('seen').textContent = JSON.stringify(event.data); });";
    let frame = format!("<iframe width=\"{width}\" height=\"844\" style=\"border: 0\" src=\"page.html#{fragment}\"></iframe>");
    folder.write("frame.html", &format!("<!DOCTYPE html><pre id=\"seen\"></pre><script>{script}</script>{frame}"));
    let mut seen = folder.load("frame.html");
    let members = seen.as_object_mut().unwrap_or_else(|| panic!("the page said nothing of itself"));
    assert_eq!(members.remove("errors"), Some(Value::Array(Vec::new())), "scripts of the page failed");
    assert_eq!(members.remove("wide"), Some(Value::Array(Vec::new())), "something is wider than {width} pixels");
    seen
}

/// How many folders there have been.
static FOLDERS: AtomicU32 = AtomicU32::new(0);

/// A folder that goes when the test does; the browser keeps its profile there.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        let number = FOLDERS.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("seatrial-page-{}-{number}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.0.join(name), text).unwrap();
    }

    /// What stands in the element `seen` when the browser has loaded the file and time enough has passed in it.
    fn load(&self, name: &str) -> Value {
        let output = Command::new(chromium().unwrap())
            // Root, as CI is, has no sandbox; what is loaded is the test's own.
            .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--window-size=1400,900"])
            .args(["--virtual-time-budget=60000", "--dump-dom"])
            .arg(format!("--user-data-dir={}", self.0.join("profile").display()))
            .arg(format!("file://{}", self.0.join(name).display()))
            .output()
            .unwrap();
        let dom = String::from_utf8_lossy(&output.stdout);
        let said = dom.split_once("<pre id=\"seen\">").and_then(|(_, rest)| rest.split_once("</pre>")).map(|(said, _)| said);
        let said = said.unwrap_or_else(|| panic!("the browser showed nothing: {}", String::from_utf8_lossy(&output.stderr)));
        serde_json::from_str(&said.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")).unwrap_or_default()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What is left behind lies in the temporary folder.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

//! The embedded Kubernetes: API server and control loops.

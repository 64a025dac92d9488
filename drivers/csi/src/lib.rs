//! The CSI driver: identity, controller and node services.

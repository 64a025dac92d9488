//! The Container Storage Interface as protobuf, written from its specification, with tonic clients and servers.

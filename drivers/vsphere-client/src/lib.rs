//! A client of vCenter: sessions, property reads, task waits, CNS.

//! The real binary, its real files, over real connections.

mod command_line;
mod demo;
mod failing_disk;
mod hub;
mod power_cut;
mod worker;

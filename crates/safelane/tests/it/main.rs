//! The real binary, its real files, over real connections.

mod command_line;
mod hub;
mod power_cut;

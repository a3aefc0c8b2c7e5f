//! A network: its description, building it layer by layer, checking it, asking it, saving and loading it.

pub(crate) mod building;
pub(crate) mod check;
mod foreign;
pub(crate) mod inference;
pub(crate) mod inputs;
mod keras;
mod keras_layers;
mod layer_info;
pub(crate) mod loading;
mod naming;
pub(crate) mod provenance;
pub(crate) mod samples;
pub(crate) mod saving;
pub(crate) mod sequential;
pub(crate) mod spec;
pub(crate) mod start;
pub(crate) mod summary;
pub(crate) mod tape;
pub(crate) mod tensors;
pub(crate) mod transfer;

pub(crate) use foreign::LIMIT as WEIGHTS_LIMIT;
pub use inputs::Inputs;
pub use layer_info::LayerInfo;
pub use provenance::Provenance;
pub(crate) use samples::{BLOCK, Samples};
pub use sequential::Sequential;
pub(crate) use spec::NetworkSpec;
pub(crate) use start::Start;
pub use summary::Summary;
pub(crate) use tape::Tape;

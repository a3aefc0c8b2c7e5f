//! How gradients change weights: one optimizer a file.

pub(crate) mod adam;
pub(crate) mod adamw;
pub(crate) mod clip;
pub(crate) mod muon;
pub(crate) mod optimizer;
pub(crate) mod rmsprop;
pub(crate) mod sgd;
pub(crate) mod update;

pub use adam::Adam;
pub use adamw::AdamW;
pub use muon::Muon;
pub use optimizer::Optimizer;
pub use rmsprop::RmsProp;
pub use sgd::Sgd;

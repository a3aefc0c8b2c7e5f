//! What ties the notebooks together.

//! Intake as a whole.

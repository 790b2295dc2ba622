//! Files to responses: one file per format; `detect` for headers and question types.

//! How thoroughly personal data is looked for.

heard_models::vocabulary! {
    /// How thoroughly personal data is looked for. Recall and speed are always told for a mode.
    #[derive(Default)]
    Mode {
        /// Patterns only: numbers, addresses, e-mail. Names stay.
        Structured = "structured",
        /// Patterns, name lists and context, and the name finder where these leave a word in doubt.
        #[default]
        Standard = "standard",
        /// The name finder reads every sentence, and its word is enough.
        Strict = "strict",
    }
}

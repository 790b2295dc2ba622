//! `heard --version`, `heard completions` and `heard man`: what the program says of itself to people
//! and to the system that it is installed on.

use std::fmt::Write as _;
use std::path::Path;

use anyhow::Context as _;
use clap_complete::Shell;
use heard_models::{Codebook, Model};

use super::{Outcome, print};

pub(super) const COMPLETIONS: &str = "\
Examples:
  echo 'source <(heard completions bash)' >> ~/.bashrc
  heard completions fish > ~/.config/fish/completions/heard.fish
  heard completions powershell >> $PROFILE";

/// The program's version, and those of the codebooks and models that ship in it.
pub(super) fn version() -> anyhow::Result<String> {
    let mut out = format!("heard {}\n", env!("CARGO_PKG_VERSION"));
    for id in Codebook::builtin_ids() {
        let _ = writeln!(out, "codebook {id} {}", Codebook::builtin(id)?.version);
    }
    for codebook in Model::builtin_codebooks() {
        let accurate = Model::builtin_accurate(codebook);
        for model in std::iter::once(Model::builtin(codebook)).chain(accurate) {
            let model = model?;
            let _ = writeln!(out, "model {} {} {}", model.id(), model.version(), model.sha256());
        }
    }
    Ok(out)
}

pub(super) fn completions(shell: Shell, command: &clap::Command) -> anyhow::Result<Outcome> {
    let mut out = Vec::new();
    clap_complete::generate(shell, &mut offered(command), "heard", &mut out);
    print(&String::from_utf8(out)?)
}

/// The program without the commands that are for other programs: no key should offer them.
fn offered(command: &clap::Command) -> clap::Command {
    let commands = command.get_subcommands().filter(|command| !command.is_hide_set());
    clap::Command::new("heard")
        .version(env!("CARGO_PKG_VERSION"))
        .args(command.get_arguments())
        .subcommands(commands.cloned())
}

/// Writes a manual page for the program and one for each command.
pub(super) fn manual(folder: &Path, command: &clap::Command) -> anyhow::Result<Outcome> {
    std::fs::create_dir_all(folder)
        .with_context(|| format!("{} could not be made; name another folder", folder.display()))?;
    clap_mangen::generate_to(command.clone(), folder)
        .with_context(|| format!("the pages could not be written to {}", folder.display()))?;
    Ok(Outcome::Done)
}

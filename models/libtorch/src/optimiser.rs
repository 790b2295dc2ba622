//! `AdamW` with a rate and a decay for each tensor, on f32 masters of weights that may be in bf16.
//!
//! tch's own optimisers update the tensors that have the gradients, so that steps smaller than the
//! precision of bf16 would be lost.

use tch::{Kind, Tensor};

use crate::error::LibtorchError;

const FIRST: f64 = 0.9;
const SECOND: f64 = 0.999;
const EPSILON: f64 = 1e-8;

struct Parameter {
    /// What the model computes with, and has the gradient.
    used: Tensor,
    master: Tensor,
    /// Running means of the gradient and of its square.
    first: Tensor,
    second: Tensor,
    rate: f64,
    decay: f64,
}

#[derive(Default)]
pub(crate) struct AdamW {
    parameters: Vec<Parameter>,
    steps: i32,
}

impl AdamW {
    /// Adds a tensor that will be used in f32 or in bf16, with the highest rate that it will have.
    pub(crate) fn add(
        &mut self,
        used: &Tensor,
        half: bool,
        rate: f64,
        decay: f64,
    ) -> Result<(), LibtorchError> {
        let master = if half { used.f_detach_copy()? } else { used.f_detach()? };
        let (first, second) = (master.f_zeros_like()?, master.f_zeros_like()?);
        let used = used.shallow_clone();
        self.parameters.push(Parameter { used, master, first, second, rate, decay });
        Ok(())
    }

    /// The exact numbers of the tensors, in the order in which they were added.
    pub(crate) fn masters(&self) -> impl Iterator<Item = &Tensor> {
        self.parameters.iter().map(|parameter| &parameter.master)
    }

    /// Follows the gradients, shortened to a length of `clip` all together, at a share of the highest
    /// rates; and forgets them.
    pub(crate) fn step(&mut self, share: f64, clip: f64) -> Result<(), LibtorchError> {
        tch::no_grad(|| {
            self.steps += 1;
            let gradient = |parameter: &Parameter| parameter.used.grad();
            let gradients: Vec<Tensor> = self.parameters.iter().map(gradient).collect();
            let defined = gradients.iter().filter(|gradient| gradient.defined());
            let norms = defined
                .map(|gradient| gradient.f_norm()?.f_to_kind(Kind::Float))
                .collect::<Result<Vec<_>, _>>()?;
            let norm = f64::try_from(Tensor::f_stack(&norms, 0)?.f_norm()?)?;
            let shorten = if norm > clip { clip / norm } else { 1.0 };
            for (parameter, gradient) in self.parameters.iter_mut().zip(gradients) {
                if gradient.defined() {
                    parameter.step(gradient, shorten, share, self.steps)?;
                }
            }
            Ok(())
        })
    }
}

impl Parameter {
    fn step(
        &mut self,
        mut gradient: Tensor,
        shorten: f64,
        share: f64,
        steps: i32,
    ) -> Result<(), LibtorchError> {
        let rate = self.rate * share;
        if rate <= 0.0 {
            return Ok(());
        }
        let mut exact = gradient.f_to_kind(Kind::Float)?;
        if shorten < 1.0 {
            let _ = exact.f_mul_scalar_(shorten)?;
        }
        let _ = self.first.f_lerp_(&exact, 1.0 - FIRST)?;
        let _ = self.second.f_lerp_(&exact.f_square()?, 1.0 - SECOND)?;
        // master -= rate * first / c1 / (sqrt(second / c2) + epsilon), as one quotient.
        let (c1, c2) = (1.0 - FIRST.powi(steps), 1.0 - SECOND.powi(steps));
        let scale = -c1 / rate;
        let mut divisor = self.second.f_sqrt()?;
        let _ = divisor.f_mul_scalar_(scale / c2.sqrt())?.f_add_scalar_(scale * EPSILON)?;
        if self.decay > 0.0 {
            let _ = self.master.f_mul_scalar_(1.0 - rate * self.decay)?;
        }
        let _ = self.master.f_addcdiv_(&self.first, &divisor)?;
        if self.used.kind() != Kind::Float {
            self.used.f_copy_(&self.master)?;
        }
        let _ = gradient.f_zero_()?;
        Ok(())
    }
}

//! rust-bert's `BertModel` with an encoder's tensors in it.

use std::collections::BTreeMap;

use heard_encoder::Config;
use rust_bert::bert::{BertConfig, BertEmbeddings, BertModel};
use safetensors::{Dtype, SafeTensors};
use tch::nn::VarStore;
use tch::{Kind, Tensor};

use crate::batch::Batch;
use crate::error::{LibtorchError, unusable};

/// The embedding of words, by its name in transformers.
pub(crate) const WORDS: &str = "embeddings.word_embeddings.weight";

/// Where libtorch computes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Device {
    /// On the processor.
    #[default]
    Cpu,
    /// On the first GPU; needs a libtorch with CUDA.
    Cuda,
}

impl Device {
    /// Fails when libtorch sees no GPU and one is asked for.
    pub(crate) fn tch(self) -> Result<tch::Device, LibtorchError> {
        match self {
            Self::Cpu => Ok(tch::Device::Cpu),
            Self::Cuda if tch::Cuda::is_available() => Ok(tch::Device::Cuda(0)),
            Self::Cuda => {
                Err(unusable("libtorch finds no GPU that it can use; take the device cpu"))
            }
        }
    }
}

/// An encoder's tensors by their names, each with its shape.
pub(crate) type Tensors = BTreeMap<String, (Vec<usize>, Vec<f32>)>;

/// Reads f32 safetensors; a leading `bert.` of a name is dropped.
pub(crate) fn read(safetensors: &[u8]) -> Result<Tensors, LibtorchError> {
    let mut tensors = Tensors::new();
    for (name, view) in SafeTensors::deserialize(safetensors)?.iter() {
        if view.dtype() != Dtype::F32 {
            // Ids of positions, which some files hold, are not weights.
            continue;
        }
        let words = view.data().as_chunks::<4>().0;
        let numbers = words.iter().map(|word| f32::from_le_bytes(*word)).collect();
        let name = name.strip_prefix("bert.").unwrap_or(name);
        tensors.insert(name.to_owned(), (view.shape().to_vec(), numbers));
    }
    Ok(tensors)
}

/// A BERT on libtorch.
pub(crate) struct Model {
    pub(crate) store: VarStore,
    pub(crate) device: tch::Device,
    pub(crate) width: usize,
    bert: BertModel<BertEmbeddings>,
}

impl Model {
    /// Puts the tensors on a device. Fails when one is missing or has not the configuration's shape.
    pub(crate) fn new(
        tensors: &Tensors,
        config: &Config,
        dropout: f64,
        device: Device,
    ) -> Result<Self, LibtorchError> {
        // rust-bert knows no other epsilon.
        if (config.epsilon - 1e-12).abs() > 1e-13 || config.hidden_act != "gelu" {
            return Err(unusable("rust-bert runs encoders with gelu and an epsilon of 1e-12 only"));
        }
        let device = device.tch()?;
        let store = VarStore::new(device);
        let rust_bert = BertConfig {
            attention_probs_dropout_prob: dropout,
            hidden_dropout_prob: dropout,
            hidden_size: config.width as i64,
            intermediate_size: config.inner as i64,
            max_position_embeddings: config.positions as i64,
            num_attention_heads: config.heads as i64,
            num_hidden_layers: config.layers as i64,
            type_vocab_size: config.types as i64,
            vocab_size: config.vocabulary as i64,
            ..BertConfig::default()
        };
        let bert = BertModel::new_with_optional_pooler(store.root(), &rust_bert, false);
        for (name, mut variable) in store.variables() {
            let (shape, numbers) =
                tensors.get(&name).ok_or_else(|| unusable(format!("{name} is missing")))?;
            let shape: Vec<i64> = shape.iter().map(|size| *size as i64).collect();
            if shape != variable.size() {
                return Err(unusable(format!("{name} is {shape:?}, not {:?}", variable.size())));
            }
            let tensor = Tensor::f_from_slice(numbers)?.f_view(&*shape)?;
            tch::no_grad(|| variable.f_copy_(&tensor))?;
        }
        Ok(Self { store, device, width: config.width, bert })
    }

    /// The vectors of a batch's tokens: sequences x length x width, in the weights' precision.
    pub(crate) fn forward(&self, batch: &Batch, train: bool) -> Result<Tensor, LibtorchError> {
        let place = |numbers: &[i64]| -> Result<Tensor, LibtorchError> {
            let shape = [-1, batch.length as i64];
            Ok(Tensor::f_from_slice(numbers)?.f_view(shape)?.f_to(self.device)?)
        };
        let (ids, types) = (place(&batch.ids)?, place(&batch.types)?);
        let mask = place(&batch.mask)?;
        let (ids, mask, types) = (Some(&ids), Some(&mask), Some(&types));
        let output = self.bert.forward_t(ids, mask, types, None, None, None, None, train)?;
        Ok(output.hidden_state)
    }
}

/// A tensor's numbers, row after row.
pub(crate) fn numbers(tensor: &Tensor) -> Result<Vec<f32>, LibtorchError> {
    let tensor = tensor.f_detach()?.f_to_device(tch::Device::Cpu)?.f_to_kind(Kind::Float)?;
    let tensor = tensor.f_contiguous()?;
    let mut numbers = vec![0.0; tensor.numel()];
    tensor.f_copy_data(&mut numbers, tensor.numel())?;
    Ok(numbers)
}

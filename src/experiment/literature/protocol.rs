//! The experiments that the claims of the literature are held against.

use crate::{config::ExperimentConfig, settings::Settings, url_fragment::experiment_setting_values};
use strum::{IntoStaticStr, VariantArray};

/// An experiment of this lab that tests claims. Its settings are written down before any run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "snake_case")]
pub enum Protocol {
    /// Tickets and what is changed about them, beside masks made before training.
    Arms,
    /// Tickets of the weights whose magnitude has grown most.
    Increase,
    /// Tickets of the largest weights that kept their sign.
    SameSign,
    /// Untrained weights under learnt masks of twelve sizes.
    Supermask,
    /// Masks made before training, down to a thousandth of the weights.
    Collapse,
    /// Tickets, each trained twice.
    Twins,
    /// Tickets of MNIST on Fashion-MNIST.
    Transfer,
    /// SGD with momentum at a large step size.
    Momentum,
    /// The same at a tenth of the step size.
    SmallRate,
    /// Pruning to a twelfth without rewinding.
    Compression,
    /// Tickets where a fifth of the training labels is wrong.
    WrongLabels,
}

impl Protocol {
    /// Every protocol, in the order of the list.
    pub const ALL: &[Protocol] = Protocol::VARIANTS;

    /// The name, which is that of the recorded file without its ending.
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// The settings as a URL fragment without its `#`. Whatever it does not say is as in the preset `quick`: LeNet-300-100 on
    /// MNIST, Adam, half of the weights a round.
    pub fn fragment(self) -> &'static str {
        match self {
            Protocol::Arms => {
                "arms=ticket,reinit,shuffled,sign,norewind,late,snip,grasp,synflow,magnitude_init,random_global\
                 &iterations=3000&eval_every=100&seeds=1-8"
            }
            Protocol::Increase => {
                "criterion=increase&arms=ticket,shuffled&iterations=3000&eval_every=100&seeds=1-8"
            }
            Protocol::SameSign => "criterion=same_sign&arms=ticket&iterations=3000&eval_every=100&seeds=1-8",
            Protocol::Supermask => {
                "arms=ticket,supermask&iterations=3000&eval_every=100&rate=0.2&output_rate=0.2&rounds=12&seeds=1-8"
            }
            Protocol::Collapse => {
                "arms=snip,grasp,synflow&iterations=1000&eval_every=100&output_rate=0.5&rounds=10&seeds=1-8"
            }
            Protocol::Twins => "twins=1&arms=ticket&iterations=3000&eval_every=100&seeds=1-8",
            Protocol::Transfer => {
                "transfer=fashion&arms=ticket,other_ticket,transferred,transferred_reinit,transferred_random\
                 &iterations=3000&eval_every=100&seeds=1-8"
            }
            Protocol::Momentum => {
                "optimizer=momentum&learning_rate=0.1&batch=100&arms=ticket,reinit,snip\
                 &iterations=6000&eval_every=100&rate=0.6316&output_rate=0.6316&rounds=4&seeds=1-8"
            }
            Protocol::SmallRate => {
                "optimizer=momentum&learning_rate=0.01&batch=100&arms=ticket,reinit\
                 &iterations=6000&eval_every=100&rate=0.6316&output_rate=0.6316&rounds=3&seeds=1-8"
            }
            Protocol::Compression => {
                "arms=ticket,reinit,norewind&iterations=10000&eval_every=100&rate=0.465&rounds=4&seeds=1-8"
            }
            Protocol::WrongLabels => {
                "label_noise=0.2&arms=ticket,reinit&iterations=15000&eval_every=500&seeds=1-8"
            }
        }
    }

    /// The settings.
    pub fn config(self) -> ExperimentConfig {
        Settings::from_fragment(self.fragment()).0.config
    }

    /// The protocol of an experiment, whatever its seeds. An error names the protocol that has most settings in common, and
    /// the first setting in which it differs.
    pub(super) fn of(config: &ExperimentConfig) -> Result<Protocol, OtherSetting> {
        let differences = |protocol: &Protocol| -> Vec<OtherSetting> {
            let its_own = protocol.config();
            let pairs = experiment_setting_values(config).zip(experiment_setting_values(&its_own));
            let differing = pairs.filter(|(here, there)| here != there);
            let other = |((name, here), (_, there))| OtherSetting { protocol: *protocol, name, here, there };
            differing.map(other).collect()
        };
        let mut nearest = Protocol::ALL.iter().map(|protocol| (*protocol, differences(protocol)));
        let first = nearest.next().expect("there are protocols");
        let fewer = |one: (Protocol, Vec<_>), other: (Protocol, Vec<_>)| {
            if other.1.len() < one.1.len() { other } else { one }
        };
        let (protocol, differences) = nearest.fold(first, fewer);
        differences.into_iter().next().map_or(Ok(protocol), Err)
    }
}

/// The first setting in which an experiment differs from the protocol that it is most like.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OtherSetting {
    /// The protocol.
    pub protocol: Protocol,
    /// The setting's name.
    pub name: &'static str,
    /// Its value in the experiment.
    pub here: String,
    /// Its value in the protocol.
    pub there: String,
}

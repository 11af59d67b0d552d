//! The words of the claims of the literature, in English. What a paper says is said in our own words, with the place where it
//! says it: its abstract, or a section by its subject.

use crate::literature::{ScoreError, claim::LiteratureClaimId, protocol::OtherSetting};
use std::fmt;
use strum::VariantArray;

/// A paper beyond Frankle & Carbin 2019.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, VariantArray)]
#[allow(missing_docs, reason = "each is its authors and its year")]
pub enum Paper {
    Han2015,
    Lee2019,
    Liu2019,
    Zhou2019,
    Morcos2019,
    Hooker2019,
    MuGilmer2019,
    Ramanujan2020,
    Evci2020,
    Frankle2020,
    Wang2020,
    Renda2020,
    Tanaka2020,
    Su2020,
    Frankle2021,
    Ma2021,
    He2022,
    PellegriniBiroli2022,
    Redman2024,
}

impl Paper {
    /// The authors and the year, and the paper's number on arXiv.
    pub fn citation(self) -> (&'static str, &'static str) {
        match self {
            Paper::Han2015 => ("Han et al. 2015", "1506.02626"),
            Paper::Lee2019 => ("Lee et al. 2019, SNIP", "1810.02340"),
            Paper::Liu2019 => ("Liu et al. 2019", "1810.05270"),
            Paper::Zhou2019 => ("Zhou et al. 2019", "1905.01067"),
            Paper::Morcos2019 => ("Morcos et al. 2019", "1906.02773"),
            Paper::Hooker2019 => ("Hooker et al. 2019", "1911.05248"),
            Paper::MuGilmer2019 => ("Mu & Gilmer 2019, MNIST-C", "1906.02337"),
            Paper::Ramanujan2020 => ("Ramanujan et al. 2020", "1911.13299"),
            Paper::Evci2020 => ("Evci et al. 2020, RigL", "1911.11134"),
            Paper::Frankle2020 => ("Frankle et al. 2020", "1912.05671"),
            Paper::Wang2020 => ("Wang et al. 2020, GraSP", "2002.07376"),
            Paper::Renda2020 => ("Renda et al. 2020", "2003.02389"),
            Paper::Tanaka2020 => ("Tanaka et al. 2020, SynFlow", "2006.05467"),
            Paper::Su2020 => ("Su et al. 2020", "2009.11094"),
            Paper::Frankle2021 => ("Frankle et al. 2021", "2009.08576"),
            Paper::Ma2021 => ("Ma et al. 2021", "2107.00166"),
            Paper::He2022 => ("He et al. 2022, sparse double descent", "2206.08684"),
            Paper::PellegriniBiroli2022 => ("Pellegrini & Biroli 2022", "2104.13343"),
            Paper::Redman2024 => ("Redman et al. 2024", "2412.06545"),
        }
    }
}

/// What a paper says, and what this lab does instead of what the paper did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Statement {
    /// The paper.
    pub paper: Paper,
    /// Where it says it.
    pub place: &'static str,
    /// What it says, in our words.
    pub says: &'static str,
    /// How it is asked here, as far as settings and bounds do not say it.
    pub here: &'static str,
}

/// What a claim says.
pub fn statement(id: LiteratureClaimId) -> Statement {
    use LiteratureClaimId::*;
    use Paper::*;
    let (paper, place, says, here) = match id {
        Z1 => (
            Zhou2019,
            "abstract",
            "Surviving weights can get new magnitudes and train about as well as with their first values, if they keep their signs",
            "new magnitudes are drawn from the first distribution",
        ),
        Z2 => (
            Zhou2019,
            "abstract",
            "It is the signs that matter: with new signs too, the same mask trains worse",
            "",
        ),
        Z3 => (
            Zhou2019,
            "section on mask criteria",
            "Keeping the weights whose magnitude has grown most works as well as keeping the largest ones",
            "held against the dense network, which tickets of the largest weights reach",
        ),
        Z4 => (
            Zhou2019,
            "section on mask criteria",
            "Such a mask is better than a random one of the same size in each layer",
            "",
        ),
        Z5 => (
            Zhou2019,
            "abstract",
            "The masks alone, on untrained weights, give accuracies far better than chance",
            "far better is taken as five times chance, for the best of six sizes",
        ),
        Z6 => (
            Zhou2019,
            "abstract",
            "Without any training, masked weights reach 86% on MNIST (large final, same sign)",
            "the paper's figure is for signed constants; here the first weights keep their values, so the bound is lower",
        ),
        Z7 => (
            Ramanujan2020,
            "abstract",
            "With width and depth, a subnetwork of untrained weights approaches a network with trained weights",
            "approaches is taken as within a point, for the best of twelve sizes; LeNet-300-100 is narrow",
        ),
        Z8 => (
            Ramanujan2020,
            "experiments on the share of weights",
            "Untrained subnetworks are best at middling sizes: with few weights they are worse",
            "",
        ),
        Z9 => (
            Ramanujan2020,
            "experiments on the share of weights",
            "With nearly all weights they are worse too",
            "nearly all are 80%",
        ),
        Z10 => (
            Lee2019,
            "experiments, LeNet-300-100",
            "With 5% of the weights, chosen before training, the error is 1.6%, virtually that of the dense network",
            "6,000 iterations at a constant step size and without weight decay; 600 images give the scores",
        ),
        Z11 => (
            Lee2019,
            "experiments, LeNet-300-100",
            "From 5% to 2% of the weights the error rises by 0.8 points, to 2.4%",
            "from 5.0% to 1.8%",
        ),
        Z12 => (
            Wang2020,
            "abstract",
            "At extreme sparsity the choice by gradient flow is significantly better than the one by connection sensitivity (SNIP)",
            "with the sign of the authors' code",
        ),
        Z13 => (
            Tanaka2020,
            "abstract",
            "Gradient-based pruning before training loses whole layers",
            "at 258 of 266,200 weights; the paper has deeper networks with convolutions",
        ),
        Z14 => (Tanaka2020, "abstract", "SynFlow avoids losing a layer entirely", ""),
        Z15 => (
            Tanaka2020,
            "abstract",
            "Without data, SynFlow competes with or outperforms the other methods at every sparsity",
            "",
        ),
        Z16 => (
            Frankle2021,
            "abstract",
            "SNIP, GraSP, SynFlow and magnitudes before training surpass random pruning",
            "",
        ),
        Z17 => (
            Frankle2021,
            "abstract",
            "They all remain below magnitude pruning after training",
            "pruned round by round and trained on from the trained weights",
        ),
        Z18 => (
            Frankle2021,
            "abstract",
            "Pruning after training does suffer where its mask is shuffled within layers or its weights are drawn anew",
            "rewound to the first weights, not to later ones",
        ),
        Z19 => (
            Su2020,
            "abstract and the authors' code",
            "Moving the surviving weights about within each layer does not change what initial tickets reach, those of Frankle & Carbin included",
            "no change is taken as half a point either way; it contradicts Z18",
        ),
        Z20 => (
            Morcos2019,
            "abstract",
            "Tickets of another data set often perform nearly as well as those of the same one",
            "from MNIST to Fashion-MNIST with all weights rewound to their first values; the paper has natural images and convolutions",
        ),
        Z21 => (
            Morcos2019,
            "results on data sets",
            "Transferred tickets are better than random ones",
            "random is, in turn, the mask within its layers and the weights",
        ),
        Z22 => (
            Renda2020,
            "results",
            "Going on from the trained weights at the first learning rates does as well as weight rewinding, or better",
            "with a constant rate and a fresh optimiser this is the arm norewind; late rewinds to a tenth",
        ),
        Z23 => (
            Frankle2020,
            "section on unpruned networks",
            "LeNet on MNIST is stable to the order of its batches from its initialisation on: the barrier is below 2 points",
            "on the test images",
        ),
        Z24 => (Frankle2020, "abstract", "So are its tickets", ""),
        Z25 => (
            Frankle2020,
            "abstract",
            "Stable tickets reach the full accuracy, on MNIST from the initialisation",
            "",
        ),
        Z26 => (
            Han2015,
            "LeNet on MNIST",
            "LeNet-300-100 is pruned to a twelfth without loss of accuracy",
            "four prunings within each layer, without regularisation",
        ),
        Z27 => (
            Han2015,
            "section on retraining",
            "What survives had better keep its trained weights than be initialised again",
            "re-initialised under the ticket's mask, which is the same one after the first pruning",
        ),
        Z28 => (
            Liu2019,
            "abstract",
            "At the best learning rate, which is a large one, the first values bring no improvement over new ones",
            "SGD with momentum at 0.1; the paper has deep networks with convolutions",
        ),
        Z29 => (
            Ma2021,
            "introduction",
            "At a small learning rate winning tickets are found: as good as the dense network, better than with new weights",
            "SGD with momentum at 0.01; the paper has deep networks with convolutions",
        ),
        Z30 => (
            He2022,
            "abstract",
            "Where networks overfit, pruning makes the accuracy first worse, then better, at last worse again",
            "a fifth of the training labels is wrong; half of the weights a round within each layer",
        ),
        Z31 => (
            He2022,
            "abstract",
            "The winning ticket may then not win",
            "held against the same mask with new weights",
        ),
    };
    Statement { paper, place, says, here }
}

/// Claims that this lab cannot test: what they say, and why not. They do not count.
pub fn not_tested() -> Vec<Statement> {
    use Paper::*;
    let all = [
        (
            Zhou2019,
            "section on what pruned weights are set to",
            "Pruned weights had better be zero than stay at their first values",
            "pruned weights are always zero",
        ),
        (
            Lee2019,
            "experiments",
            "More images for the scores make the pruned network better",
            "the number of images is fixed",
        ),
        (
            Frankle2021,
            "abstract",
            "Masks made before training can be shuffled within layers without loss",
            "no arm shuffles these masks",
        ),
        (
            Su2020,
            "abstract",
            "Random tickets with simple ratios for each layer do as well as initial tickets",
            "rates cannot be set layer by layer",
        ),
        (
            Morcos2019,
            "abstract",
            "Tickets of larger data sets transfer better",
            "both data sets have the same size",
        ),
        (
            Renda2020,
            "abstract",
            "Rewinding is better than fine-tuning at a small fixed learning rate",
            "all rounds have the same learning rate",
        ),
        (
            Han2015,
            "experiments on regularisation",
            "The best regularisation is L1 before retraining and L2 with it",
            "there is no regularisation of weights",
        ),
        (
            Evci2020,
            "experiments, LeNet-300-100",
            "A mask that changes during training reaches the accuracy of pruning",
            "masks do not change during training",
        ),
        (
            Hooker2019,
            "abstract",
            "Pruning costs some classes and images far more than others",
            "reports have no readings of single classes and images",
        ),
        (
            MuGilmer2019,
            "abstract",
            "Corruptions of the images cost much of the accuracy",
            "no claim here reads corrupted images, and those of the paper are others",
        ),
        (
            PellegriniBiroli2022,
            "abstract",
            "Pruning round by round makes the first layer's connections local",
            "reports have no reading of locality",
        ),
        (
            Redman2024,
            "abstract",
            "Pruning round by round makes the first layer's fields local",
            "reports have no reading of locality",
        ),
    ];
    all.map(|(paper, place, says, here)| Statement { paper, place, says, here }).into()
}

impl fmt::Display for ScoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ScoreError::NoProtocol(OtherSetting { protocol, name, here, there }) => write!(
                f,
                "no claim of the literature is about these settings; the nearest protocol is {}, where {name} is “{there}” and not “{here}”: run '#{}'",
                protocol.name(),
                protocol.fragment(),
            ),
            ScoreError::DifferentResults(job) => {
                write!(f, "{job} has other results than in a report before; leave one of the two out")
            }
        }
    }
}

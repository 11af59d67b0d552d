//! The passes over images that read a network, before, during and after its training.

/// Images evaluated at a time: a multiple of the vector width, and few enough to keep a slice of work short.
pub(crate) const EVALUATION_BATCH: usize = 64;

/// An evaluation pass that is not finished.
pub(crate) struct EvaluationProgress {
    pub(crate) pass: EvaluationPass,
    pub(crate) next_image: usize,
    pub(crate) loss: f64,
    pub(crate) correct: u32,
}

impl EvaluationProgress {
    pub(crate) fn new(pass: EvaluationPass) -> EvaluationProgress {
        EvaluationProgress { pass, next_image: 0, loss: 0.0, correct: 0 }
    }
}

/// The images of an evaluation pass and the weights that it uses.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum EvaluationPass {
    ValidationStart,
    TestStart,
    Validation,
    TestEnd,
    TrainEnd,
    TestEarly,
    TrainEarly,
}

/// The evaluation passes at the end of a job, in order.
pub(crate) const END_PASSES: [EvaluationPass; 4] = [
    EvaluationPass::TestEnd,
    EvaluationPass::TrainEnd,
    EvaluationPass::TestEarly,
    EvaluationPass::TrainEarly,
];

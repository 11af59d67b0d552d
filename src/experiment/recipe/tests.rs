//! Checks that the recipes fit together.

use super::*;
use crate::{job_graph::all_jobs, preset::Preset};

/// Only a job that prunes can supply a mask, and [`Dependencies`] can name only one set of parameters.
#[test]
fn what_a_recipe_takes_is_there() {
    let config =
        ExperimentConfig { arms: Arm::ALL.iter().copied().collect(), rounds: 4, ..Preset::Quick.config() };
    for job in all_jobs(&config) {
        let recipe = recipe(job);
        let dependencies = recipe.dependencies();
        assert!(dependencies.mask.is_none_or(|parent| self::recipe(parent).prunes), "{job}");
        let (cuts, trained) = (
            matches!(recipe.mask, MaskSource::OneShotFrom(_)),
            matches!(recipe.weights, WeightSource::TrainedBy(..)),
        );
        assert!(!(cuts && trained), "{job}");
        assert!(dependencies.jobs().all(|parent| parent.round < job.round), "{job}");
    }
}

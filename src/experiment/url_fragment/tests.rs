//! Tests of reading and writing URL fragments.

use crate::{arm::Arm, initializer::Initializer, refusals::texts::allowed_values, url_fragment::*};
use numbers::parse_decimal;
use proptest::prelude::*;
use std::collections::BTreeSet;

proptest! {
    #[test]
    fn decimals_read_as_the_standard_library_reads_them(digits in 0u64..1 << 53, exponent in -22i32..=22) {
        let text = format!("{digits}e{exponent}");
        prop_assert_eq!(parse_decimal(&text), text.parse().ok());
    }

    #[test]
    fn decimals_read_back_what_is_printed(thousandths in 0u32..1000, millionths in 1u32..10_000) {
        let (share, rate) = (f64::from(thousandths) / 1e3, (f64::from(millionths) / 1e6) as f32);
        prop_assert_eq!(parse_decimal(&share.to_string()), Some(share));
        prop_assert_eq!(parse_decimal(&rate.to_string()).map(|x| x as f32), Some(rate));
    }
}

#[test]
fn what_is_no_decimal_is_none() {
    for text in
        ["", ".", "e", "-1", "+1", "1e", "1e400", "0x1", "1,5", "inf", "nan", "1.2.3", "99999999999999999999"]
    {
        assert_eq!(parse_decimal(text), None, "{text}");
    }
    for text in [
        "-0", "-inf", "+nan", "infinity", "INF", "NaN", "1E5", "e5", "1e--5", "1e5.5", " 1", "1 ", "1_000",
        "1f64", "٣",
    ] {
        assert_eq!(parse_decimal(text), None, "{text}");
    }
    assert_eq!(
        (parse_decimal(".5"), parse_decimal("2."), parse_decimal("1.2e-3")),
        (Some(0.5), Some(2.0), Some(0.0012))
    );
}

#[test]
fn digits_that_would_be_rounded_away_are_refused() {
    assert_eq!(
        (parse_decimal("0.30000000000000004"), parse_decimal("0.300000000000000044")),
        (Some(0.1 + 0.2), None)
    );
    // Leading zeros only place the decimal point, so they do not count as significant digits.
    assert_eq!(parse_decimal(&1e-30_f64.to_string()), Some(1e-30));
}

#[test]
fn a_fragment_reads_back_as_itself() {
    let text = "preset=paper&seed=7&iterations=20000&rounds=3";
    let (settings, rejected) = Settings::from_fragment(&format!("#{text}"));
    assert_eq!(
        (settings.config.seeds.first(), settings.config.iterations, settings.config.rate),
        (7, 20_000, 0.2)
    );
    assert!(rejected.is_empty() && !settings.autoplay);
    assert_eq!(settings.to_fragment(), text);
}

#[test]
fn the_preset_counts_wherever_it_stands() {
    let (settings, _) = Settings::from_fragment("rounds=2&preset=paper&autoplay=1");
    assert_eq!((settings.config.rounds, settings.config.iterations, settings.autoplay), (2, 50_000, true));
}

#[test]
fn a_bad_value_is_named_and_the_rest_is_used() {
    let (settings, rejected) = Settings::from_fragment("rate=1.5&seed=-1&rounds=2&colour=red&rate=nan");
    assert_eq!((settings.config.rate, settings.config.seeds.first(), settings.config.rounds), (0.5, 1, 2));
    let said: Vec<_> = rejected.iter().map(RejectedSetting::to_string).collect();
    assert_eq!(said[0], "rate=1.5 was not used: rate must be a number from 0 to below 1.");
    assert!(said[1].contains("seed=-1") && said[2].contains("“colour”") && said[3].contains("rate=nan"));
}

#[test]
fn every_setting_reads_back() {
    let text = "preset=quick&seed=4294967291&trials=5&data=fashion&arms=dense,ticket,norewind,late,oneshot&draws=3&iterations=900\
                &rate=0.25&output_rate=0.1234567890123456&criterion=movement&rounds=9&eval_every=7&rewind_to=0&batch=64\
                &optimizer=momentum&learning_rate=0.0001&momentum=0.5&warmup=30&dropout=0.25&label_noise=0.2\
                &init=he_normal&hidden=20,10";
    let (settings, rejected) = Settings::from_fragment(text);
    assert_eq!((settings.to_fragment(), rejected), (text.to_string(), vec![]));
    assert_eq!(Settings::from_config(&settings.config).config, settings.config);
    assert_eq!(settings.unused_setting_notes(), Vec::<&str>::new());
    let (global, _) = Settings::from_fragment("criterion=global&momentum=0.5");
    assert!(global.unused_setting_notes()[0].contains("output_rate is not used"));
    assert!(global.unused_setting_notes()[1].contains("momentum is not used"));
    let paper = Settings::preset(Preset::Paper);
    assert_eq!(Settings::from_config(&paper.config), paper);
}

#[test]
fn the_number_of_workers_is_in_the_link_if_set_and_never_in_the_experiment() {
    let (settings, _) = Settings::from_fragment("seed=2&workers=3&rounds=4");
    assert_eq!(
        (settings.workers, settings.to_fragment().as_str()),
        (Some(3), "preset=quick&seed=2&rounds=4&workers=3")
    );
    let (plain, rejected) = Settings::from_fragment("seed=2&workers=&rounds=4");
    assert_eq!((plain.workers, rejected), (None, vec![]));
    assert_eq!(
        (plain.to_fragment().as_str(), &plain.config),
        ("preset=quick&seed=2&rounds=4", &settings.config)
    );
    assert!(experiment_setting_values(&settings.config).all(|(name, _)| name != "workers"));
}

#[test]
fn arms_are_checked_and_rewinding_ends_before_the_iterations() {
    let (settings, rejected) =
        Settings::from_fragment("arms=ticket,magic&arms=&draws=6&rewind_to=100&iterations=100");
    assert_eq!(settings.config, ExperimentConfig { iterations: 100, ..Preset::Quick.config() });
    let fields: Vec<_> = rejected.iter().map(|r| r.field.as_str()).collect();
    assert_eq!(fields, ["arms", "arms", "draws", "rewind_to"]);
    let (settings, _) = Settings::from_fragment("arms=reinit,dense,reinit");
    assert_eq!(settings.config.arms, BTreeSet::from([Arm::Dense, Arm::Reinit]));
    assert_eq!(settings.config.rewind_iteration(), 50);
}

const HASHED_INIT: &str = "init=file:000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
const HASHED_OWN: &str = "own=000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

#[test]
fn files_are_settings_that_read_back() {
    let text = format!("preset=quick&seed=1&arms=ticket,own&{HASHED_INIT}&{HASHED_OWN}.133100");
    let (settings, rejected) = Settings::from_fragment(&text);
    assert_eq!((settings.to_fragment(), rejected), (text.clone(), vec![]));
    assert_eq!(Settings::from_config(&settings.config).config, settings.config);
    let config = &settings.config;
    // Half of the 266,200 weights are left after one pruning at the rates of the quick look.
    assert_eq!((config.own_round(), config.rounds_of(Arm::Own), config.last_round()), (1, 1..=1, 6));
    // A drawn distribution takes the place of a file, and the other way round.
    let (drawn, _) = Settings::from_fragment(&format!("{HASHED_INIT}&init=he_normal"));
    assert_eq!((drawn.config.first_weights, drawn.config.init), (None, Initializer::HeNormal));
    let (file, _) = Settings::from_fragment(&format!("init=he_normal&{HASHED_INIT}"));
    assert_eq!((file.config.first_weights.is_some(), file.config.init), (true, Initializer::GlorotNormal));
    // A link need not say how many weights the mask has.
    let (short, rejected) = Settings::from_fragment(&format!("arms=own&{HASHED_OWN}"));
    assert_eq!((short.config.own.unwrap().weights, rejected), (None, vec![]));
    assert!(short.to_fragment().ends_with(HASHED_OWN));
}

#[test]
fn a_mask_without_its_arm_and_the_arm_without_its_mask_are_said() {
    let (settings, rejected) = Settings::from_fragment("arms=ticket,own");
    assert_eq!((settings.config.arms, rejected.len()), (BTreeSet::from([Arm::Ticket]), 1));
    assert_eq!(rejected[0].reason, RejectionReason::OwnWithoutMask);
    let (settings, _) = Settings::from_fragment("arms=own");
    assert_eq!(settings.config.arms, Preset::Quick.config().arms);
    let (settings, rejected) = Settings::from_fragment(HASHED_OWN);
    assert_eq!((settings.unused_setting_notes().len(), rejected), (1, vec![]));
}

#[test]
fn arms_of_another_data_set_need_one_and_it_is_not_the_same() {
    let text = "preset=quick&seed=1&transfer=fashion&arms=ticket,other_ticket,transferred";
    let (settings, rejected) = Settings::from_fragment(text);
    assert_eq!((settings.to_fragment().as_str(), rejected), (text, vec![]));
    assert_eq!(Settings::from_config(&settings.config).config, settings.config);
    let config = &settings.config;
    let of = |arm| &*config.data_of(arm).name;
    assert_eq!([Arm::Ticket, Arm::OtherTicket, Arm::Transferred].map(of), ["mnist", "fashion", "fashion"]);
    assert_eq!(config.data_sets().len(), 2);
    assert_eq!((config.rounds_of(Arm::OtherTicket), config.rounds_of(Arm::Transferred)), (0..=6, 1..=6));
    // Without it they are left out, and the preset's own arms take their place where none is left.
    let (settings, rejected) = Settings::from_fragment("arms=ticket,transferred,other_reinit");
    assert_eq!((settings.config.arms, rejected.len()), (BTreeSet::from([Arm::Ticket]), 1));
    assert_eq!(
        (&*rejected[0].value, rejected[0].reason.clone()),
        ("other_reinit,transferred", RejectionReason::ArmWithoutTransfer)
    );
    let (settings, _) = Settings::from_fragment("preset=transfer&transfer=&arms=transferred");
    assert_eq!(settings.config.arms, BTreeSet::from([Arm::Ticket]));
    let (settings, rejected) = Settings::from_fragment("data=fashion&transfer=fashion");
    assert_eq!((settings.config.transfer, rejected.len()), (None, 1));
    assert_eq!(rejected[0].reason, RejectionReason::TransferToSameData);
    // No arm uses it, so that it is not even fetched.
    let (settings, rejected) = Settings::from_fragment("transfer=fashion");
    let notes = settings.unused_setting_notes().len();
    assert_eq!((settings.config.data_sets().len(), notes, rejected), (1, 1, vec![]));
    // The preset both ways.
    let (settings, rejected) = Settings::from_fragment("preset=transfer&data=fashion&transfer=mnist");
    let titles = settings.config.data_sets().into_iter().map(|data| data.title).collect::<Vec<_>>();
    assert_eq!((titles.join(" "), rejected), ("Fashion-MNIST MNIST".into(), vec![]));
}

#[test]
fn data_of_the_user_gives_the_network_its_shape() {
    let hex = "7".repeat(64);
    let text = format!("preset=quick&seed=1&data={hex}.12x9x3.26.500.100");
    let (settings, rejected) = Settings::from_fragment(&text);
    assert_eq!((settings.to_fragment(), rejected), (text.clone(), vec![]));
    let config = &settings.config;
    assert_eq!(Settings::from_config(config).config, *config);
    assert_eq!((config.model.input.values(), config.model.output_count()), (12 * 9 * 3, 26));
    assert_eq!(config.data.training_images + config.data.validation_images, 500);
    // What the data set is too small for is refused, and the rest used.
    let (settings, rejected) = Settings::from_fragment(&format!("{text}&batch=459&net=lenet5"));
    let reasons: Vec<_> = rejected.iter().map(|rejected| rejected.reason.clone()).collect();
    assert_eq!(reasons, [RejectionReason::NetBeyondImage(12, 9), RejectionReason::BatchAboveImages(458)]);
    assert_eq!((settings.config.batch, settings.config.model.hidden_units()), (458, vec![300, 100]));
    assert_eq!(settings.config.model.input.values(), 12 * 9 * 3);
    assert_eq!(Settings::from_fragment(&format!("{text}&batch=458&net=conv2s")).1, []);
    // A mask fits two data sets of the same shape only, and the other one is built in.
    let (settings, rejected) = Settings::from_fragment(&format!("{text}&transfer=fashion"));
    assert_eq!(
        (settings.config.transfer, &rejected[0].reason),
        (None, &RejectionReason::TransferToOtherShape)
    );
    let like_mnist = format!("data={hex}.28x28x1.10.500.100");
    assert_eq!(Settings::from_fragment(&format!("{like_mnist}&transfer=mnist")).1, []);
    let rejected = Settings::from_fragment(&format!("transfer={hex}.28x28x1.10.500.100")).1;
    assert_eq!(rejected[0].reason, RejectionReason::NotAllowed);
}

#[test]
fn every_range_ends_where_it_says() {
    for (good, bad) in [
        ("optimizer=sgd", "optimizer=rmsprop"),
        ("momentum=0", "momentum=1"),
        ("warmup=1000000", "warmup=1000001"),
        ("dropout=0.999", "dropout=1"),
        ("label_noise=0", "label_noise=1"),
        ("init=glorot_uniform", "init=zeros"),
        ("criterion=random", "criterion=snip"),
        (HASHED_INIT, "init=file:00"),
        (HASHED_OWN, "own=00"),
        ("learning_rate=10", "learning_rate=0"),
        ("batch=1000", "batch=1001"),
        ("hidden=1,1000", "hidden=0,10"),
        ("workers=16", "workers=17"),
        ("trials=1000", "trials=1001"),
        ("draws=5", "draws=6"),
        ("rounds=40", "rounds=41"),
        ("preset=rewinding", "preset=none"),
    ] {
        assert_eq!(Settings::from_fragment(good).1, [], "{good}");
        let rejected = Settings::from_fragment(bad).1;
        let (field, value) = bad.split_once('=').expect("a pair");
        let said = rejected.first().expect("a refusal").to_string();
        assert!(said.starts_with(&format!("{field}={value} was not used: {field} must be ")), "{said}");
    }
}

#[test]
fn what_is_allowed_names_every_variant() {
    let allowed = allowed_values;
    assert!(SETTINGS.iter().all(|setting| !allowed(setting.name).is_empty()));
    assert_eq!(allowed("optimizer"), "adam, sgd or momentum");
    assert_eq!(
        allowed("arms"),
        "one or more of dense, ticket, reinit, shuffled, random, sign, norewind, late, oneshot, own, snip, grasp, synflow, \
         magnitude_init, random_global, supermask, other_ticket, other_reinit, transferred, transferred_reinit and \
         transferred_random, with commas between"
    );
    assert_eq!(
        allowed("criterion"),
        "magnitude, global (over all layers; output_rate is not used then), initial, movement, increase, random or \
         same_sign"
    );
}

#[test]
fn names_and_values_may_be_percent_encoded() {
    let (settings, rejected) =
        Settings::from_fragment("#%73eed=7&seeds=&arms=ticket%2Creinit%2clate&hidden=20%2C10");
    assert_eq!(rejected, []);
    assert_eq!(settings.to_fragment(), "preset=quick&seed=7&arms=ticket,reinit,late&hidden=20,10");
    // What is decoded is not taken apart again, so no setting can hide in the value of another.
    let (settings, rejected) = Settings::from_fragment("rounds=3%26seed%3D9&rate=%ff");
    assert_eq!((settings.config, rejected.len()), (Preset::Quick.config(), 2));
    assert!(rejected[0].to_string().starts_with("rounds=3&seed=9 was not used"), "{}", rejected[0]);
}

#[test]
fn seeds_stand_in_the_place_of_seed_and_trials() {
    let (settings, rejected) = Settings::from_fragment("preset=paper&seeds=9-12,1,5&rounds=3");
    assert_eq!((settings.config.seeds.to_string().as_str(), rejected.len()), ("1,5,9-12", 0));
    assert_eq!(settings.to_fragment(), "preset=paper&seeds=1,5,9-12&rounds=3");
    assert_eq!(Settings::from_config(&settings.config).config, settings.config);
    // Seeds that follow each other are written as before.
    let (settings, _) = Settings::from_fragment("seeds=3-5");
    assert_eq!(settings.to_fragment(), "preset=quick&seed=3&trials=3");
    // Both together contradict each other, and the list counts.
    let (settings, rejected) = Settings::from_fragment("seeds=4,6&seed=1&trials=2");
    let fields: Vec<&str> = rejected.iter().map(|rejected| rejected.field.as_str()).collect();
    assert_eq!((settings.config.seeds.to_string().as_str(), fields), ("4,6", vec!["seed", "trials"]));
    assert!(rejected.iter().all(|rejected| rejected.reason == RejectionReason::BesideSeeds));
}

#[test]
fn seeds_end_at_the_largest_and_do_not_wrap_around() {
    let (settings, rejected) = Settings::from_fragment("seed=4294967295&trials=2");
    assert_eq!(rejected.len(), 1);
    let said =
        "trials=2 was not used: with the first seed 4294967295 the last one would be above 4294967295.";
    assert_eq!(rejected[0].to_string(), said);
    assert_eq!(settings.config.seeds.to_string(), "4294967295");
    let (settings, rejected) = Settings::from_fragment("preset=paper&seed=4294967292");
    assert_eq!((settings.config.seeds.count(), rejected.len()), (1, 1));
    assert!(rejected[0].to_string().starts_with("trials=5 was not used"), "{}", rejected[0]);
    let (settings, rejected) = Settings::from_fragment("trials=1&seed=4294967295");
    assert_eq!((settings.config.seeds.first(), rejected), (u32::MAX, vec![]));
}

#[test]
fn a_data_set_is_chosen_by_name() {
    let (settings, rejected) = Settings::from_fragment("data=fashion&seed=2");
    assert_eq!((settings.config.data.title.as_str(), rejected), ("Fashion-MNIST", vec![]));
    assert_eq!(settings.to_fragment(), "preset=quick&seed=2&data=fashion");
    let (settings, rejected) = Settings::from_fragment("data=cifar");
    assert_eq!((settings.config.data.name.as_str(), rejected.len()), ("mnist", 1));
    let said = rejected[0].to_string();
    assert!(said.contains("data must be mnist, fashion, or the SHA-256 of data of your own"), "{said}");
}

#[test]
fn what_is_refused_is_shown_in_a_line_however_long_it_is() {
    let long = "x".repeat(5_000);
    let (_, rejected) = Settings::from_fragment(&format!("rounds={long}&{long}=1"));
    assert!(rejected.iter().all(|rejected| rejected.to_string().chars().count() < 160), "{rejected:?}");
    let (settings, rejected) =
        Settings::from_fragment(&format!("seed=2&rounds={}", "1".repeat(LONGEST_FRAGMENT)));
    assert_eq!(settings, Settings::preset(Preset::Quick));
    assert_eq!(rejected.len(), 1);
    assert!(rejected[0].to_string().contains("at most 16384 are read"), "{}", rejected[0]);
}

#[test]
fn another_preset_keeps_the_seeds_and_the_workers() {
    let (settings, _) = Settings::from_fragment("seed=7&workers=2&rounds=3");
    assert_eq!(settings.with_preset(Preset::Paper).to_fragment(), "preset=paper&seed=7&workers=2");
    let (settings, _) = Settings::from_fragment("seeds=7,9");
    assert_eq!(settings.with_preset(Preset::Paper).to_fragment(), "preset=paper&seeds=7,9");
    let (settings, _) = Settings::from_fragment("seed=4294967295");
    assert_eq!(settings.with_preset(Preset::Paper).to_fragment(), "preset=paper&seed=4294967295&trials=1");
}

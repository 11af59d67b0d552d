use super::*;
use crate::{made_results::own_data, network_view::network_shape};
use experiment::settings::Settings;

#[test]
fn captions_say_how_many_lines_are_drawn() {
    let whole = caption(40, 40, 0, &[KnownValues::FirstAndLast]);
    assert!(whole.starts_with("All 40 surviving connections are drawn."), "{whole}");
    let some =
        caption(600, 133_350, 26_620, &[KnownValues::FirstAndLast, KnownValues::Nothing { trained: false }]);
    assert!(some.starts_with("600 of 133,350 surviving connections"), "{some}");
    assert!(some.contains("26,620 are being struck out") && some.contains("not known yet"), "{some}");
}

#[test]
fn things_are_named_with_what_is_known_of_them() {
    let config = Settings::from_fragment("hidden=300,100").0.config;
    let shape = network_shape(&config);
    let network = |name: &str, values, connections| PointedNetwork {
        name: name.into(),
        values,
        connections,
        strongest: vec![],
    };
    let say =
        |thing, fate, networks: &[PointedNetwork]| thing_in_words(&config, &shape, thing, fate, networks);
    let thing = Thing::Connection { layer: 0, output: 203, input: 401 };
    let networks = [
        network("ticket", (Some(0.0312), Some(-0.112)), (0, 0)),
        network("re-init", (Some(0.5), None), (0, 0)),
    ];
    assert_eq!(
        say(thing, WeightFate::Alive, &networks),
        "Pixel in row 14, column 9 → unit 203 of layer 1: ticket: first value +0.031, last −0.112; re-init: first \
         value +0.500, last not known yet. It survives so far."
    );
    assert!(say(thing, WeightFate::PrunedAfter(3), &networks).ends_with("It was struck out after round 3."));
    let same = [network("ticket", (None, None), (392, 48)), network("re-init", (None, None), (392, 48))];
    assert_eq!(
        say(Thing::Unit { layer: 0, index: 203 }, WeightFate::Alive, &same),
        "Unit 203 of layer 1: reads 392 of 784 pixels, is read by 48 of 100 units or classes."
    );
    assert_eq!(
        say(Thing::Unit { layer: 2, index: 7 }, WeightFate::Alive, &same[..1]),
        "Digit 7: reads 392 of 100 units."
    );
    assert_eq!(
        say(Thing::Pixel { input: 0 }, WeightFate::Alive, &same),
        "Pixel in row 0, column 0: 48 of 300 units still listen to it."
    );
}

#[test]
fn channels_are_named_with_their_windows() {
    let config = Settings::from_fragment("net=lenet5").0.config;
    let shape = network_shape(&config);
    let ticket =
        PointedNetwork { name: "ticket".into(), connections: (75, 1_200), ..PointedNetwork::default() };
    let say =
        |thing| thing_in_words(&config, &shape, thing, WeightFate::Alive, std::slice::from_ref(&ticket));
    assert_eq!(
        say(Thing::Unit { layer: 1, index: 3 }),
        "Channel 3 of layer 2: keeps 75 of the 150 weights of its windows, is read by 1200 of 3,000 weights."
    );
    let from = |thing| say(thing).split(':').next().unwrap_or_default().to_owned();
    assert_eq!(
        from(Thing::Connection { layer: 0, output: 2, input: 7 }),
        "Row 1, column 2 of the window → channel 2 of layer 1"
    );
    assert_eq!(
        from(Thing::Connection { layer: 1, output: 2, input: 57 }),
        "Row 1, column 2 of the window on channel 2 of layer 1 → channel 2 of layer 2"
    );
    assert_eq!(
        from(Thing::Connection { layer: 2, output: 9, input: 57 }),
        "Row 1, column 2 of channel 2 of layer 2 → unit 9 of layer 3"
    );
    let names: Vec<String> = (0..6).map(|column| column_name(&config, &shape, column, false)).collect();
    assert_eq!(names[..4], ["28 × 28 pixels", "6 channels", "16 channels", "120 units"]);
}

#[test]
fn what_is_read_of_a_coloured_image_is_named_with_its_colour() {
    let data = own_data("24x32x3.37.1000.100").name;
    let config = Settings::from_fragment(&format!("data={data}&hidden=20")).0.config;
    let shape = network_shape(&config);
    let ticket = PointedNetwork { connections: (9, 40), ..PointedNetwork::default() };
    let say = |thing| {
        let ticket = std::slice::from_ref(&ticket);
        thing_in_words(&config, &shape, thing, WeightFate::Alive, ticket)
    };
    assert_eq!(
        say(Thing::Pixel { input: 33 }),
        "Pixel in row 1, column 1: 40 of 60 weights still listen to its three colours."
    );
    assert_eq!(
        say(Thing::Unit { layer: 0, index: 3 }),
        "Unit 3 of layer 1: reads 9 of 2,304 values of pixels, is read by 40 of 37 units or classes."
    );
    let blue = Thing::Connection { layer: 0, output: 3, input: 2 * 768 + 33 };
    assert!(
        say(blue).starts_with("Blue of the pixel in row 1, column 1 → unit 3 of layer 1"),
        "{}",
        say(blue)
    );
    assert!(say(Thing::Connection { layer: 1, output: 36, input: 3 }).contains("→ class 36"));
    assert_eq!(column_name(&config, &shape, 0, false), "24 × 32 pixels");
    assert_eq!(reading_caption("ticket", true, 3), "ticket, last values: red, green, blue");
    assert_eq!(reading_caption("ticket", true, 1), "ticket, last values");
    let config = Settings::from_fragment(&format!("data={data}&net=lenet5")).0.config;
    let shape = network_shape(&config);
    let from = |input| input_name(&config, &shape, 0, input);
    assert_eq!(
        [from(7), from(57)],
        ["red, row 1, column 2 of the window".to_owned(), "blue, row 1, column 2 of the window".to_owned()]
    );
}

#[test]
fn another_language_has_its_words_and_the_visitor_his_numbers() {
    texts::speak(texts::Language::from_json(include_str!("../../../www/texts/de.json")).unwrap());
    numbers::write_numbers_as(numbers::NumberStyle { decimal: ",", group: ".", percent: "\u{a0}%" });
    let config = Settings::from_fragment("hidden=300,100").0.config;
    let shape = network_shape(&config);
    let network = |name: &str, values| PointedNetwork {
        name: name.into(),
        values,
        connections: (392, 48),
        strongest: vec![("Ziffer 7".into(), 0.25), ("Ziffer 1".into(), -0.1)],
    };
    let networks = [network("Los", (Some(0.0312), Some(-0.112))), network("Neu-Init", (Some(0.5), None))];
    let say = |thing| thing_in_words(&config, &shape, thing, WeightFate::Alive, &networks);
    assert_eq!(
        say(Thing::Connection { layer: 0, output: 203, input: 401 }),
        "Pixel in Zeile 14, Spalte 9 → Einheit 203 von Schicht 1: Los: erster Wert +0,031, letzter −0,112; Neu-Init: \
         erster Wert +0,500, letzter noch nicht bekannt. Sie überlebt bisher."
    );
    assert_eq!(
        say(Thing::Unit { layer: 1, index: 20 }),
        "Einheit 20 von Schicht 2: liest 392 von 300 Einheiten, wird gelesen von 48 der 10 Einheiten oder Klassen. Am \
         stärksten bei „Los“: Ziffer 7 +0,250, Ziffer 1 −0,100. Am stärksten bei „Neu-Init“: Ziffer 7 +0,250, Ziffer 1 \
         −0,100."
    );
    assert_eq!(
        caption(600, 133_350, 1, &[KnownValues::FirstAndLast]),
        "600 von 133.350 überlebenden Verbindungen sind gezeichnet: eine feste Zufallsstichprobe, gerecht in jeder \
         Schicht; je weniger überleben, desto größer der gezeichnete Anteil. 1 wird gestrichen."
    );
}

use super::*;
use crate::{
    headline::{at_the_last_round, headline, intervals},
    made_results::{MadeJob, in_german, made_results},
    metric::Metric,
    titles,
};
use experiment::job::JobId;

/// Headline, what stands below it, its intervals, and the titles, in German.
fn german(fragment: &str, made: fn(JobId) -> MadeJob) -> Vec<String> {
    in_german(|| {
        let results = made_results(fragment, 40, made);
        let shown = results.everything();
        let down = at_the_last_round(shown).map(|last| text(&last)).unwrap_or_default();
        let titles = titles::by_element_id(shown, Metric::TestEnd).map(|(_, title)| title);
        [texts(&headline(shown)), down, texts(&intervals(shown))].into_iter().chain(titles).collect()
    })
}

#[test]
fn sentences_are_german_where_german_is_spoken() {
    let made = |job: JobId| MadeJob {
        test: match job {
            JobId { round: 0, .. } => 9_500,
            JobId { arm: Arm::Reinit, .. } => 9_000,
            JobId { round: 3, .. } => 9_200,
            _ => 9_495,
        },
        validation: 4_000,
        stop: if job.arm == Arm::Reinit { 500 } else { 250 },
        ..MadeJob::default()
    };
    assert_eq!(
        german("rounds=3", made),
        [
            "In diesem Lauf zeigt das Los mit 25,1\u{a0}% der Gewichte keinen klaren Unterschied gegenüber dem dichten Netz \
             und liegt 5,0 Punkte über derselben Maske mit neuen Zufallsgewichten. Damit ist es ein Gewinnlos.",
            "Nach 3 Prunings, mit 12,6\u{a0}% der Gewichte, liegt es 3,0 Punkte unter dem dichten Netz, aber 2,0 Punkte \
             über der Neu-Init.",
            "Testgenauigkeit am Ende von Runde 2, Unterschiede mit ihren 95-%-Konfidenzintervallen: −0,1 Punkte gegenüber \
             dem dichten Netz (−0,7 bis +0,6); +5,0 Punkte gegenüber derselben Maske mit neuen Zufallsgewichten (+4,2 bis \
             +5,7). Testgenauigkeit am Ende von Runde 3, Unterschiede mit ihren 95-%-Konfidenzintervallen: −3,0 Punkte \
             gegenüber dem dichten Netz (−3,7 bis −2,3); +2,0 Punkte gegenüber derselben Maske mit neuen \
             Zufallsgewichten (+1,2 bis +2,8).",
            "In diesem Lauf zeigt das Los in Iteration 50 der fertigen Runde 3 keinen klaren Unterschied gegenüber der \
             Neu-Init",
            "In diesem Lauf liegt das Los bis hinab zu 25,1\u{a0}% der Gewichte nicht klar unter dem dichten Netz, bei \
             12,6\u{a0}% aber 3,0 Punkte darunter; dort liegt es 2,0 Punkte über der Neu-Init",
            "In diesem Lauf ist der Validierungsverlust des Loses mit 12,6\u{a0}% der Gewichte in Iteration 250 am \
             kleinsten, jener der Neu-Init nicht vor Iteration 500",
            "Nach 3 Prunings sind 12,5\u{a0}% von Schicht 1, 12,5\u{a0}% von Schicht 2 und 42,1\u{a0}% der \
             Ausgabeschicht übrig",
            "4 Runden des Loses kosten 47,0\u{a0}% der Multiply-Adds derselben Schritte in einem dichten Netz",
            "Wie weit auseinander enden zwei Trainings?",
        ]
    );
}

#[test]
fn twins_are_spoken_of_in_german() {
    let made = |job: JobId| MadeJob {
        test: 9_500,
        validation: 4_000,
        stop: 50,
        least_on_line: Some(if job.arm == Arm::Ticket { 9_480 } else { 9_000 }),
    };
    let said = german("rounds=1&twins=1", made);
    assert!(
        said[0].ends_with(
            "Auf der Linie zwischen zwei Trainings, mit zwei Reihenfolgen der Stapel, steigt der Fehler um 0,2 Punkte: \
             klar weniger als die 2 Punkte, unter denen ein Netz als stabil gilt."
        ),
        "{}",
        said[0]
    );
    assert_eq!(
        said.last().unwrap(),
        "In diesem Lauf steigt der Fehler um 0,2 Punkte zwischen zwei Trainings des Loses mit 50,1\u{a0}% der Gewichte, \
         und um 5,0 Punkte zwischen zweien der Neu-Init"
    );
}

#[test]
fn every_network_has_its_cases_and_its_gender() {
    let made = |job: JobId| MadeJob {
        test: match job.arm {
            Arm::Sign => 9_300,
            Arm::Reinit => 8_900,
            _ => 9_400,
        },
        validation: 4_000,
        stop: 50 * (job.trial + job.round),
        ..MadeJob::default()
    };
    let of = |fragment: &str| german(fragment, made);
    assert_eq!(
        of("rounds=1&arms=ticket,reinit,sign")[0],
        "In diesem Lauf liegt das Vorzeichen-Netz mit 50,1\u{a0}% der Gewichte 1,0 Punkte unter dem dichten Netz, 1,0 Punkte \
         unter dem Los, aber 4,0 Punkte über derselben Maske mit neuen Zufallsgewichten. Die Vorzeichen allein bewahren \
         80\u{a0}% des Vorsprungs, den das Los hat."
    );
    let shuffled = of("rounds=2&arms=shuffled,random&trials=2");
    assert_eq!(
        shuffled[4],
        "Im Mittel von 2 Versuchen liegt die gemischte Maske bis hinab zu 25,1\u{a0}% der Gewichte nicht klar unter dem dichten \
         Netz; dort zeigt sie keinen klaren Unterschied gegenüber der Zufallsmaske mit Zufallsgewichten"
    );
    assert_eq!(
        of("rounds=1&arms=ticket,late&trials=2")[5],
        "Im Mittel von 2 Versuchen unterscheidet sich der frühe Stopp des spät zurückgesetzten Netzes mit 50,1\u{a0}% der \
         Gewichte nicht klar von jenem des Loses"
    );
    assert_eq!(
        of("preset=transfer&rounds=1&trials=2")[0],
        "Im Mittel von 2 Versuchen auf Fashion-MNIST zeigt das übertragene Los mit 50,1\u{a0}% der Gewichte keinen klaren \
         Unterschied gegenüber dem dichten Netz, keinen gegenüber dem eigenen Los der anderen Daten, keinen gegenüber der \
         gemischten übertragenen Maske und keinen gegenüber der übertragenen Maske mit neuen Zufallsgewichten. Dort zeigt \
         das eigene Los der anderen Daten keinen klaren Unterschied gegenüber der Neu-Init des Loses der anderen Daten."
    );
    assert_eq!(
        of("rounds=6&arms=norewind,ticket")[0].rsplit_once(". ").map(|(_, last)| last.to_owned()),
        Some("Es hat 3.500 Iterationen trainiert, das Los 500.".into())
    );
    let asked = [Question::LearnsFaster { subject: Arm::Reinit, rival: Arm::Dense }, Question::Dropout];
    assert_eq!(
        in_german(|| asked.map(question)),
        [
            "Lernt die Neu-Init schneller als das dichte Netz?",
            "Steckt im großen Netz ein kleines, wenn beim Training die Hälfte der Einheiten ausgelassen wird?"
        ]
    );
}

#[test]
fn every_arm_has_its_names() {
    for arm in Arm::ALL {
        for section in ["subject", "rival", "owner", "it"] {
            assert!(texts::find(&format!("{section}.{}", arm.name())).is_some(), "{section}, {arm:?}");
        }
        // What is said beside its name above the picture of the network, and beside its box among the settings.
        for id in [format!("network.of_{}", arm.name()), format!("field.arm_{}", arm.name())] {
            assert!(texts::find(&id).is_some(), "{id}");
        }
    }
}

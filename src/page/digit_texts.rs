//! The texts of the figure in which the networks vote on a drawing or a test image.

use crate::{
    digit_image::can_be_drawn,
    letter_case::upper_first,
    votes::{Vote, VoteRow},
};
use experiment::{
    arm::Arm,
    data_words::{a_class, class_name, class_with_article, text_name},
};
use model::data_set::DataSet;
use numbers::{fixed, percent_sign, with_commas};
use texts::{count, fill, fill_places, find, text};

/// The name of the canvas for a screen reader, with the keys that work on it.
pub fn canvas_name(data: &DataSet) -> String {
    match can_be_drawn(data.image) {
        true => fill!("digits.canvas", class = a_class(data)),
        false => fill!("digits.canvas_of_images"),
    }
}

/// What stands on the empty canvas.
pub fn empty_canvas(data: &DataSet) -> String {
    match can_be_drawn(data.image) {
        true => fill!("digits.empty", class = a_class(data)),
        false => fill!("digits.empty_of_images"),
    }
}

/// The title of the figure while nothing is read.
pub fn question(data: &DataSet) -> String {
    if !can_be_drawn(data.image) {
        return fill!("digits.question_of_images");
    }
    let class = a_class(data);
    fill!("digits.question", class = class, Class = upper_first(&class))
}

/// What the small picture beside the canvas shows.
pub fn seen_caption(data: &DataSet, drawn: bool) -> String {
    let id = if drawn && can_be_drawn(data.image) { "digits.seen_drawn" } else { "digits.seen" };
    fill!(id, width = data.image.width, height = data.image.height)
}

/// What is on the canvas, in words: a test image with what it shows, a drawing, or nothing.
pub fn on_canvas(data: &DataSet, test_image: Option<(u32, usize)>, drawn: bool) -> String {
    match test_image {
        Some((image, label)) => {
            fill!("digits.test_image", image = number(image), class = class_with_article(data, label))
        }
        None if drawn => fill!("digits.drawing"),
        None => fill!("digits.nothing"),
    }
}

/// The number of a test image as people read it. The first is 0, as in the files.
fn number(image: u32) -> String {
    with_commas(f64::from(image))
}

/// A class that is pointed at, as the object of a sentence: “this 7”.
fn this_class(data: &DataSet, label: usize) -> String {
    let set = text_name(data);
    let own = text_of_class("vote", &format!("this_{set}_{label}"));
    let words = own.or_else(|| text_of_class("vote", &format!("this_{set}")));
    let name = class_name(data, label);
    fill_places(words.unwrap_or_else(|| text("vote.this_other")), &[("name", &name)])
}

fn text_of_class(section: &str, name: &str) -> Option<&'static str> {
    find(&format!("{section}.{name}"))
}

/// How the votes stand, in a sentence. `standing` has each class that was read with the number of votes for it, most votes
/// first; `label` is what the image shows, where that is known.
pub fn verdict(data: &DataSet, standing: &[(usize, usize)], label: Option<usize>) -> String {
    let voters: usize = standing.iter().map(|(_, count)| count).sum();
    let Some(&(most_read, _)) = standing.first() else { return String::new() };
    // Where it is known what the image shows, that is said first, and how many see it. One vote is said as it is.
    let first = label.filter(|_| voters > 1).unwrap_or(most_read);
    let count = standing.iter().find(|(read, _)| *read == first).map_or(0, |(_, count)| *count);
    let class_read = class_with_article(data, first);
    let this = label.map_or(String::new(), |label| this_class(data, label));
    let mut votes = match (count, label) {
        (1, None) if voters == 1 => fill!("vote.only", class = class_read),
        (1, Some(_)) if voters == 1 => fill!("vote.only_known", this = this, class = class_read),
        (0, _) => fill!("vote.none_known", voters = voters, this = this, class = class_read),
        (_, None) if count == voters => fill!("vote.all", voters = voters, class = class_read),
        (_, Some(_)) if count == voters => {
            fill!("vote.all_known", voters = voters, this = this, class = class_read)
        }
        (_, None) => {
            count!("vote.some", count as u32, count = count, voters = voters, class = class_read)
        }
        (_, Some(_)) => count!(
            "vote.some_known",
            count as u32,
            count = count,
            voters = voters,
            this = this,
            class = class_read
        ),
    };
    for (index, (read, others)) in standing.iter().filter(|(read, _)| *read != first).enumerate() {
        let id = match label {
            None => "vote.others",
            Some(_) if index == 0 && count == 0 => "vote.others_instead",
            Some(_) => "vote.others_known",
        };
        votes += &fill!(id, count = others, class = class_with_article(data, *read));
    }
    fill!("vote.verdict", votes = votes)
}

/// Why there are no votes. `finished` says whether any network is trained, `voters` how many can be asked.
pub fn no_votes(data: &DataSet, finished: bool, voters: usize) -> String {
    match voters {
        0 if finished => fill!("digits.nobody_here"),
        0 => fill!("digits.nobody_yet"),
        _ => count!("digits.waiting", voters as u32, voters = voters, class = a_class(data)),
    }
}

/// What is said of the stored votes of the recorded run.
pub fn recorded_votes() -> &'static str {
    text("digits.recorded_votes")
}

/// What is said of a stored image before its first vote.
pub fn no_recorded_votes() -> &'static str {
    text("digits.no_recorded_votes")
}

/// Why nobody votes on what is on the canvas while the recorded run is shown.
pub fn only_stored_votes() -> &'static str {
    text("digits.only_stored_votes")
}

/// What is said where two recorded networks agree on all stored images.
pub fn no_stored_disagreement() -> &'static str {
    text("digits.no_stored_disagreement")
}

/// The title over the stored votes, if they say `verdict`.
pub fn recorded_verdict(verdict: &str) -> String {
    fill!("digits.recorded_verdict", verdict = verdict)
}

/// What is on the canvas, if it is a stored image with recorded votes.
pub fn recorded_image(on_canvas: &str) -> String {
    fill!("digits.recorded_image", image = on_canvas)
}

/// The name of a network for a screen reader.
pub fn voter(row: &VoteRow) -> String {
    let draw = match (row.job.arm, row.job.draw) {
        (Arm::Reinit, draw) if draw > 0 => format!(" {}", draw + 1),
        _ => String::new(),
    };
    match row.job.arm {
        Arm::Dense => fill!("vote.dense"),
        _ => {
            let arm = String::from(row.style.chart_label()) + &draw;
            fill!("vote.voter", arm = arm, round = row.job.round)
        }
    }
}

/// How certain a network is, for people. No network is certain without a doubt.
pub fn certainty(vote: Vote) -> String {
    let percent = match 100.0 * vote.certainty {
        percent if percent > 99.0 => ">99".into(),
        percent => fixed(percent, 0),
    };
    percent + percent_sign()
}

/// The head of the column that says how many weights the networks of a round have left.
pub fn weights_left() -> &'static str {
    text("digits.weights_left")
}

/// What the lines below the votes are.
pub fn certainty_note() -> &'static str {
    text("digits.certainty")
}

/// What stands for the vote of a network whose logits are no numbers.
pub const NO_VOTE: &str = "–";

/// The label of the button for the next image on which two arms disagree.
pub fn disagreement_button(arms: Option<(&str, &str)>) -> String {
    match arms {
        Some((one, other)) => fill!("digits.disagree", one = one, other = other),
        None => fill!("digits.disagree_two"),
    }
}

/// What is said of a network pair that agrees on everything.
pub fn no_disagreement(arms: (&str, &str), round: u32) -> String {
    fill!("digits.no_disagreement", round = round, one = arms.0, other = arms.1)
}

/// Why test images cannot be shown yet.
pub fn images_on_their_way() -> &'static str {
    text("digits.images_loading")
}

/// Says that the test images cannot be shown. `why` is a sentence.
pub fn no_images(why: &str) -> String {
    fill!("digits.no_images", why = why)
}

/// Says that a file of images cannot be unpacked. `why` is a phrase.
pub fn file_broken(file: &str, why: &str) -> String {
    fill!("digits.file_broken", file = file, why = why)
}

/// Why a file is broken that has more in it than it should.
pub fn file_too_long() -> &'static str {
    text("digits.file_too_long")
}

/// The title of the shelf of what a round has forgotten and learnt.
pub fn shelf_title(round: Option<(u32, usize, usize)>) -> String {
    match round {
        None => fill!("shelf.question"),
        Some((round, forgotten, learnt)) => fill!(
            "shelf.title",
            round = round,
            forgotten = with_commas(forgotten as f64),
            learnt = with_commas(learnt as f64)
        ),
    }
}

/// What the shelf says below its title. `shown` is how many of how many classes stand on it.
pub fn shelf_note(round: Option<u32>, (shown, classes): (usize, usize)) -> String {
    let Some(round) = round else { return fill!("shelf.empty") };
    let note = fill!("shelf.note", before = round - 1, round = round);
    match shown < classes {
        true => fill!("shelf.note_of_most", note = note, shown = shown, classes = classes),
        false => note,
    }
}

/// An entry of the list of rounds beside the shelf.
pub fn shelf_round(round: u32, forgotten: usize, learnt: usize) -> String {
    let [forgotten, learnt] = [forgotten, learnt].map(|images| with_commas(images as f64));
    fill!("shelf.round", round = round, forgotten = forgotten, learnt = learnt)
}

/// The name of an image on the shelf: what it shows, and what it is read as before and after the pruning.
pub fn shelf_image(data: &DataSet, image: u32, label: usize, read: (usize, usize)) -> String {
    fill!(
        "shelf.image",
        image = number(image),
        class = class_with_article(data, label),
        now = class_with_article(data, read.1),
        before = class_with_article(data, read.0)
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        made_results::{in_german, own_data, with_each_page},
        strings::arm_label,
    };

    #[test]
    fn verdicts_count_every_vote() {
        let mnist = DataSet::mnist();
        let says = |standing: &[(usize, usize)], label, expected: &str| {
            assert_eq!(verdict(&mnist, standing, label), expected);
        };
        says(&[], None, "");
        says(&[(8, 1)], None, "The one network so far reads an 8.");
        says(&[(8, 13)], None, "All 13 networks read an 8.");
        says(&[(9, 8), (4, 4), (8, 1)], None, "8 of 13 networks read a 9, 4 a 4, 1 an 8.");
        says(&[(2, 1), (7, 1)], None, "1 of 2 networks reads a 2, 1 a 7.");
        says(&[(9, 13)], Some(9), "All 13 networks read this 9 as a 9.");
        says(&[(9, 8), (4, 5)], Some(4), "5 of 13 networks read this 4 as a 4, 8 as a 9.");
        says(&[(9, 12), (4, 1)], Some(4), "1 of 13 networks reads this 4 as a 4, 12 as a 9.");
        says(&[(9, 2)], Some(4), "None of 2 networks reads this 4 as a 4: 2 as a 9.");
        says(&[(9, 1)], Some(4), "The one network so far reads this 4 as a 9.");
        says(&[(9, 1)], Some(9), "The one network so far reads this 9 as a 9.");
    }

    #[test]
    fn words_are_those_of_the_data() {
        let fashion = DataSet::fashion();
        assert_eq!(question(&fashion), "Draw a garment: who reads what?");
        assert_eq!(on_canvas(&fashion, Some((1234, 1)), false), "Test image 1,234: a trouser");
        assert_eq!(question(&DataSet::mnist()), "Draw a digit: who reads what?");
    }

    #[test]
    fn images_of_the_user_have_numbers_for_classes() {
        let (grey, colours) = (own_data("20x30x1.12.1000.100"), own_data("32x32x3.100.1000.100"));
        assert_eq!(question(&grey), "Draw an image: who reads what?");
        assert_eq!(seen_caption(&grey, true), "20 × 30 pixels, centred: what the networks get");
        assert_eq!(question(&colours), "Choose a test image: who reads what?");
        assert_eq!(seen_caption(&colours, true), "32 × 32 pixels: what the networks get");
        assert!(empty_canvas(&colours).contains("A drawing has no colours"), "{}", empty_canvas(&colours));
        assert!(!canvas_name(&colours).contains("Draw"));
        assert_eq!(on_canvas(&colours, Some((7, 88)), false), "Test image 7: class 88");
        assert_eq!(
            verdict(&colours, &[(88, 8), (4, 5)], Some(88)),
            "8 of 13 networks read this image of class 88 as class 88, 5 as class 4."
        );
        assert_eq!(verdict(&grey, &[(9, 8), (4, 5)], None), "8 of 13 networks read class 9, 5 class 4.");
        let note = shelf_note(Some(2), (10, 100));
        assert!(note.ends_with("Classes shown: 10 of 100, those in which most has changed."), "{note}");
    }

    #[test]
    fn nobody_is_certain_without_a_doubt() {
        let said = |certainty| self::certainty(Vote { label: 0, certainty });
        assert_eq!([1.0, 0.9901, 0.99, 0.304].map(said), [">99%", ">99%", "99%", "30%"]);
    }

    /// The texts in `index.html` are those before anything is drawn.
    #[test]
    fn the_page_begins_with_the_texts_of_mnist() {
        with_each_page(|page| {
            let mnist = DataSet::mnist();
            for text in [
                question(&mnist),
                empty_canvas(&mnist),
                canvas_name(&mnist),
                seen_caption(&mnist, true),
                on_canvas(&mnist, None, false),
                no_votes(&mnist, false, 0),
                disagreement_button(Some((arm_label(Arm::Ticket), arm_label(Arm::Reinit)))),
                shelf_title(None),
                shelf_note(None, (0, 0)),
            ] {
                assert!(page.contains(&text), "{text}");
            }
        });
    }

    #[test]
    fn votes_are_told_in_german() {
        in_german(|| {
            let (mnist, fashion) = (DataSet::mnist(), DataSet::fashion());
            let says = |data, standing: &[(usize, usize)], label| verdict(data, standing, label);
            assert_eq!(
                says(&mnist, &[(9, 12), (4, 1)], Some(4)),
                "1 von 13 Netzen liest diese 4 als eine 4, 12 als eine 9."
            );
            assert_eq!(
                says(&fashion, &[(2, 8), (6, 5)], Some(2)),
                "8 von 13 Netzen lesen diesen Pullover als einen Pullover, 5 als ein Hemd."
            );
            assert_eq!(question(&mnist), "Eine Ziffer zeichnen: Wer liest was?");
            assert_eq!(on_canvas(&fashion, Some((1234, 4)), false), "Testbild 1.234 zeigt einen Mantel");
            assert_eq!(certainty(Vote { label: 0, certainty: 1.0 }), ">99\u{a0}%");
        });
    }
}

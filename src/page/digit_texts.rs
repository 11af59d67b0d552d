//! The texts of the figure in which the networks vote on a drawing or a test image.

use crate::votes::{Vote, VoteRow};
use experiment::arm::Arm;
use model::data_set::DataSet;
use numbers::{fixed, with_commas};

/// The name of the canvas for a screen reader, with the keys that work on it.
pub fn canvas_name(data: &DataSet) -> String {
    let noun = &data.class_noun;
    format!(
        "Draw {} here, or choose a test image: arrow keys for the previous and the next, Home and End for the first and \
         the last, Delete to clear",
        with_article(noun)
    )
}

/// What stands on the empty canvas.
pub fn empty_canvas(data: &DataSet) -> String {
    format!("Draw {} here", with_article(&data.class_noun))
}

/// The title of the figure while nothing is read.
pub fn question(data: &DataSet) -> String {
    format!("Draw {}: who reads what?", with_article(&data.class_noun))
}

/// What the small picture beside the canvas shows.
pub fn seen_caption(data: &DataSet, drawn: bool) -> String {
    let size = format!("{} × {} pixels", data.image.width, data.image.height);
    format!("{size}{}: what the networks get", if drawn { ", centred" } else { "" })
}

/// What is on the canvas, in words: a test image with what it shows, a drawing, or nothing.
pub fn on_canvas(data: &DataSet, test_image: Option<(u32, usize)>, drawn: bool) -> String {
    match test_image {
        Some((image, label)) => format!("Test image {}: {}", number(image), class(data, label)),
        None if drawn => "Your drawing".into(),
        None => "Nothing yet".into(),
    }
}

/// The number of a test image as people read it. The first is 0, as in the files.
fn number(image: u32) -> String {
    with_commas(f64::from(image))
}

/// A class with its article: “a 7”, “an ankle boot”.
pub fn class(data: &DataSet, label: usize) -> String {
    with_article(&class_name(data, label))
}

/// The name of a class: “7”, “ankle boot”.
pub fn class_name(data: &DataSet, label: usize) -> String {
    data.classes.get(label).cloned().unwrap_or_else(|| label.to_string())
}

fn with_article(noun: &str) -> String {
    // Of the digits, only “eight” begins with a vowel.
    let vowel = noun.starts_with(['a', 'e', 'i', 'o', 'u', '8']);
    format!("{} {noun}", if vowel { "an" } else { "a" })
}

/// How the votes stand, in a sentence. `standing` has each class that was read with the number of votes for it, most votes
/// first; `label` is what the image shows, where that is known.
pub fn verdict(data: &DataSet, standing: &[(usize, usize)], label: Option<usize>) -> String {
    let voters: usize = standing.iter().map(|(_, count)| count).sum();
    let Some(&(most_read, _)) = standing.first() else { return String::new() };
    // Where it is known what the image shows, that is said first, and how many see it. One vote is said as it is.
    let first = label.filter(|_| voters > 1).unwrap_or(most_read);
    let count = standing.iter().find(|(read, _)| *read == first).map_or(0, |(_, count)| *count);
    let (image, read_as) = match label {
        Some(label) => (format!("this {} as ", class_name(data, label)), "as "),
        None => (String::new(), ""),
    };
    let who = match (count, voters) {
        (1, 1) => "The one network so far reads".into(),
        (0, _) => format!("None of {voters} networks reads"),
        (1, _) => format!("1 of {voters} networks reads"),
        _ if count == voters => format!("All {voters} networks read"),
        _ => format!("{count} of {voters} networks read"),
    };
    let mut sentence = format!("{who} {image}{}", class(data, first));
    for (index, (read, others)) in standing.iter().filter(|(read, _)| *read != first).enumerate() {
        let comma = if index == 0 && count == 0 { ": " } else { ", " };
        sentence += &format!("{comma}{others} {read_as}{}", class(data, *read));
    }
    sentence + "."
}

/// Why there are no votes. `finished` says whether any network is trained, `voters` how many can be asked.
pub fn no_votes(data: &DataSet, finished: bool, voters: usize) -> String {
    match voters {
        0 if finished => "No network shown here is at hand to be asked. “Train again”, below the table, brings back those of \
                          a report."
            .into(),
        0 => "The votes appear here as soon as the first network is trained, at the end of round 0.".into(),
        1 => format!("One network waits for {} to read.", with_article(&data.class_noun)),
        _ => format!("{voters} networks wait for {} to read.", with_article(&data.class_noun)),
    }
}

/// What is said of the stored votes of the recorded run.
pub const RECORDED_VOTES: &str = "Votes recorded with the Quick look, seed 1, for 14 test images: the first of each class, and the \
    first 4 others on which its smallest ticket and re-init disagree.";

/// What is said of a stored image before its first vote.
pub const NO_RECORDED_VOTES: &str = "The first recorded vote comes at the end of round 0.";

/// Why nobody votes on what is on the canvas while the recorded run is shown.
pub const ONLY_STORED_VOTES: &str = "Of the recorded networks only their votes on 14 test images are here. The networks trained here \
    vote as soon as the first one is trained, at the end of round 0.";

/// What is said where two recorded networks agree on all stored images.
pub const NO_STORED_DISAGREEMENT: &str = "In this round, the two agree on every stored image.";

/// The title over the stored votes, if they say `verdict`.
pub fn recorded_verdict(verdict: &str) -> String {
    String::from("Recorded: ") + verdict
}

/// What is on the canvas, if it is a stored image with recorded votes.
pub fn recorded_image(on_canvas: String) -> String {
    on_canvas + ", recorded"
}

/// The name of a network for a screen reader.
pub fn voter(row: &VoteRow) -> String {
    let draw = match (row.job.arm, row.job.draw) {
        (Arm::Reinit, draw) if draw > 0 => format!(" {}", draw + 1),
        _ => String::new(),
    };
    match row.job.arm {
        Arm::Dense => "dense network".into(),
        _ => format!("{}{draw}, round {}", row.style.chart_label(), row.job.round),
    }
}

/// How certain a network is, for people. No network is certain without a doubt.
pub fn certainty(vote: Vote) -> String {
    match 100.0 * vote.certainty {
        percent if percent > 99.0 => ">99%".into(),
        percent => format!("{}%", fixed(percent, 0)),
    }
}

/// The head of the column that says how many weights the networks of a round have left.
pub const WEIGHTS_LEFT: &str = "weights left";

/// What the lines below the votes are.
pub const CERTAINTY_NOTE: &str = "The line below a vote is how certain the network is of it: its softmax.";

/// What stands for the vote of a network whose logits are no numbers.
pub const NO_VOTE: &str = "–";

/// The label of the button for the next image on which two arms disagree.
pub fn disagreement_button(arms: Option<(&str, &str)>) -> String {
    match arms {
        Some((one, other)) => format!("Next where {one} and {other} disagree"),
        None => "Next where two arms disagree".into(),
    }
}

/// What is said of a network pair that agrees on everything.
pub fn no_disagreement(arms: (&str, &str), round: u32) -> String {
    format!("In round {round}, {} and {} agree on every test image.", arms.0, arms.1)
}

/// Why test images cannot be shown yet.
pub const IMAGES_ON_THEIR_WAY: &str = "The test images come with the data, which is still being loaded.";

/// Says that the test images cannot be shown. `why` is a sentence.
pub fn no_images(why: &str) -> String {
    format!("The test images cannot be shown: {why}")
}

/// The title of the shelf of what a round has forgotten and learnt.
pub fn shelf_title(round: Option<(u32, usize, usize)>) -> String {
    match round {
        None => "What each pruning makes the ticket forget, and learn".into(),
        Some((round, forgotten, learnt)) => format!(
            "Round {round}: the ticket has forgotten {} test images, learnt {}",
            with_commas(forgotten as f64),
            with_commas(learnt as f64)
        ),
    }
}

/// What the shelf says below its title.
pub fn shelf_note(round: Option<u32>) -> String {
    match round {
        None => {
            "It fills when round 1 is done: which test images are read otherwise than before the pruning."
                .into()
        }
        Some(round) => format!(
            "Forgotten: right in round {}, wrong in round {round}. Learnt: the other way round. Choose one to see who reads it.",
            round - 1
        ),
    }
}

/// An entry of the list of rounds beside the shelf.
pub fn shelf_round(round: u32, forgotten: usize, learnt: usize) -> String {
    format!("round {round}: −{}, +{}", with_commas(forgotten as f64), with_commas(learnt as f64))
}

/// The name of an image on the shelf: what it shows, and what it is read as before and after the pruning.
pub fn shelf_image(data: &DataSet, image: u32, label: usize, read: (usize, usize)) -> String {
    format!(
        "Test image {}, {}: read as {}, before as {}",
        number(image),
        class(data, label),
        class(data, read.1),
        class(data, read.0)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

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
        assert_eq!(class(&fashion, 9), "an ankle boot");
        assert_eq!(question(&fashion), "Draw a garment: who reads what?");
        assert_eq!(on_canvas(&fashion, Some((1234, 1)), false), "Test image 1,234: a trouser");
        assert_eq!(question(&DataSet::mnist()), "Draw a digit: who reads what?");
    }

    #[test]
    fn nobody_is_certain_without_a_doubt() {
        let said = |certainty| self::certainty(Vote { label: 0, certainty });
        assert_eq!([1.0, 0.9901, 0.99, 0.304].map(said), [">99%", ">99%", "99%", "30%"]);
    }

    /// The texts in `index.html` are those before anything is drawn.
    #[test]
    fn the_page_begins_with_the_texts_of_mnist() {
        let (page, mnist) = (include_str!("../../index.html"), DataSet::mnist());
        for text in [
            question(&mnist),
            empty_canvas(&mnist),
            canvas_name(&mnist),
            seen_caption(&mnist, true),
            on_canvas(&mnist, None, false),
            no_votes(&mnist, false, 0),
            disagreement_button(Some(("ticket", "re-init"))),
            shelf_title(None),
            shelf_note(None),
        ] {
            assert!(page.contains(&text), "{text}");
        }
    }
}

//! The settings of the display: what is shown of a run, and how fast. They change no result.

use crate::{expected_digest::ExpectedDigest, moment::Moment};
use std::{
    fmt::{self, Display, Formatter, Write},
    str::FromStr,
};
use strum::{EnumString, IntoStaticStr, VariantArray};

/// How fast the display plays what the engine has computed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "lowercase")]
pub enum Speed {
    /// A round takes about twelve seconds.
    Slow,
    /// A round takes about three seconds.
    #[default]
    Normal,
    /// What is computed is shown at once.
    Computed,
}

impl Speed {
    /// Every speed, in the order of menus.
    pub const ALL: &[Speed] = Speed::VARIANTS;

    /// The name used in the URL.
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// The speed with this name, or `None` if there is none.
    pub fn from_name(name: &str) -> Option<Speed> {
        name.parse().ok()
    }
}

/// The part of the page that is shown below the timeline.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "lowercase")]
pub enum View {
    /// All parts, one below the other.
    #[default]
    All,
    /// The network, its connections and the charts of accuracy.
    Network,
    /// The masks.
    Masks,
    /// Drawn digits and what each network reads.
    Digits,
    /// What a round costs.
    Cost,
    /// The paper's claims and the table of all numbers.
    Numbers,
}

impl View {
    /// Every view, in the order of the menu.
    pub const ALL: &[View] = View::VARIANTS;

    /// The name used in the URL.
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// The view with this name, or `None` if there is none.
    pub fn from_name(name: &str) -> Option<View> {
        name.parse().ok()
    }
}

/// The one part of the page that is shown where it is embedded in another page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "lowercase")]
pub enum Panel {
    /// The headline.
    Headline,
    /// The network and its connections.
    Network,
    /// Accuracy while training.
    Curves,
    /// A reading against the weights left.
    Rounds,
    /// The masks.
    Masks,
    /// The early stops.
    Stop,
    /// The weights left by layer.
    Layers,
    /// Drawn digits and what each network reads.
    Digits,
    /// What a round costs.
    Cost,
    /// Milliseconds a step.
    Speed,
}

impl Panel {
    /// Every panel.
    pub const ALL: &[Panel] = Panel::VARIANTS;

    /// The name used in the URL.
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// The panel with this name, or `None` if there is none.
    pub fn from_name(name: &str) -> Option<Panel> {
        name.parse().ok()
    }
}

/// The tag of a language: two or three lower-case letters, as in ISO 639.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LanguageTag([u8; 3]);

impl FromStr for LanguageTag {
    type Err = NoLanguageTag;

    fn from_str(text: &str) -> Result<LanguageTag, NoLanguageTag> {
        let letters = text.as_bytes();
        if !matches!(letters.len(), 2 | 3) || !letters.iter().all(u8::is_ascii_lowercase) {
            return Err(NoLanguageTag);
        }
        let mut tag = [b' '; 3];
        tag[..letters.len()].copy_from_slice(letters);
        Ok(LanguageTag(tag))
    }
}

/// A text is not the tag of a language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoLanguageTag;

impl Display for LanguageTag {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.0
            .iter()
            .filter(|letter| **letter != b' ')
            .try_for_each(|letter| f.write_char(char::from(*letter)))
    }
}

/// The number of steps of the lesson.
pub const LESSON_STEPS: u32 = 10;

/// The settings of the display.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DisplaySettings {
    /// How fast a run is played.
    pub speed: Speed,
    /// The part of the page that is shown.
    pub view: View,
    /// The moment at which the display begins and stays, as far as the run has come; `None` begins at the start and goes
    /// on.
    pub at: Option<Moment>,
    /// Whether everything is as large as a hall needs it.
    pub present: bool,
    /// The validation accuracy in percent, above 0 and below 100, whose first iteration is read off.
    pub reach: f64,
    /// The panel that is shown alone, in another page; `None` shows the whole page.
    pub embed: Option<Panel>,
    /// What the first jobs have to give if the run is the one that a link was made of.
    pub digest: Option<ExpectedDigest>,
    /// The step of the lesson that is open, from 1 to [`LESSON_STEPS`]; 0 is none.
    pub lesson: u32,
    /// The language of the page; `None` is the visitor's, if the page has it. Which languages there are, the page knows.
    pub lang: Option<LanguageTag>,
}

impl Default for DisplaySettings {
    fn default() -> DisplaySettings {
        DisplaySettings {
            speed: Speed::default(),
            view: View::default(),
            at: None,
            present: false,
            reach: 95.0,
            embed: None,
            digest: None,
            lesson: 0,
            lang: None,
        }
    }
}

//! What any worker is asked beside training: to write reports, to read them and to score claims. The page links no
//! JSON and formats none of these numbers.

use crate::state::{Scored, State};
use crate::{
    fleet::{Bulk, Effect},
    words,
};
use experiment::{journal::ExperimentReport, settings::Settings};
use protocol::{Command, Event, Sent};

impl State {
    /// Asks a worker that listens, best one that does not train, for what is wanted.
    pub(super) fn ask(&mut self, effects: &mut Vec<Effect>) {
        let listening = self.slots.iter().filter(|slot| slot.listens());
        let Some(to) = listening.min_by_key(|slot| slot.runs()).map(|slot| slot.id) else { return };
        let mut send = |command, bulk| effects.push(Effect::Send { to, command, bulk });
        if std::mem::take(&mut self.asks.export) {
            let ask = self.asks.next();
            let (parts, deaths) = self.record.journal().to_parts();
            self.asks.exporting = Some((ask, words::file(&self.settings)));
            send(Command::Export { ask, journal: Box::new(parts) }, Bulk::Deaths(deaths));
        }
        if let Some((names, texts)) = self.asks.import.take() {
            let ask = self.asks.next();
            self.asks.importing = Some(ask);
            send(Command::Import { ask, names }, Bulk::Texts(texts));
        }
        if std::mem::take(&mut self.asks.score) {
            let ask = self.asks.next();
            self.asks.scoring = Some(ask);
            let journal = Box::new(self.record.journal().scoring_parts());
            send(Command::Score { ask, journal }, Bulk::None);
        }
    }

    /// Takes an answer; one that nobody waits for any more is dropped.
    pub(super) fn answered(&mut self, event: Event, sent: Sent, effects: &mut Vec<Effect>) {
        match (event, sent) {
            (Event::Exported { ask }, Sent::Text(text)) => {
                if let Some((_, name)) = self.asks.exporting.take_if(|(asked, _)| *asked == ask) {
                    effects.push(Effect::Save { name, text });
                }
            }
            (Event::Imported { ask, journal }, Sent::Deaths(deaths)) if self.asks.importing == Some(ask) => {
                match ExperimentReport::from_parts(*journal, deaths) {
                    Some(journal) => self.open(journal, effects),
                    None => self.refuse("The report did not arrive whole; open it again.".into()),
                }
            }
            (Event::Scored { ask, claims, summary }, _) if self.asks.scoring == Some(ask) => {
                self.asks.scoring = None;
                self.scored = Some(Scored { claims, summary });
                self.changes.claims = true;
            }
            (Event::Refused { ask, message }, _) => {
                let exporting = self.asks.exporting.take_if(|(asked, _)| *asked == ask).is_some();
                if self.asks.importing.take_if(|asked| *asked == ask).is_some() || exporting {
                    self.refuse(message);
                }
            }
            _ => {}
        }
    }

    /// Shows the run that a report holds; Play goes on with what it lacks.
    fn open(&mut self, journal: ExperimentReport, effects: &mut Vec<Effect>) {
        let settings = Settings { workers: self.settings.workers, ..Settings::from_config(journal.config()) };
        self.said = Some(words::opened(&journal));
        self.begin(settings, journal, effects);
        self.asks.score = !self.untouched();
        effects.push(Effect::ShowSettings);
    }
}

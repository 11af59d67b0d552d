//! Tests of the page as a panel of another page.

use super::page_under_test::{PageUnderTest, RUN_TIMEOUT};
use anyhow::{Result, ensure};

/// Puts the page with one panel into a frame of this page, gives the frame the height that it asks for, and says when its run
/// is done: what is seen of it, and whether anything would have to scroll.
const EMBED: &str = "
    const [panel] = ARGUMENTS;
    const frame = document.createElement('iframe');
    frame.style.cssText = 'display: block; width: 640px; height: 120px; border: 0';
    let told = 0;
    addEventListener('message', (event) => {
        if (event.source !== frame.contentWindow || event.data?.ticketLab !== 'height') return;
        told += 1;
        frame.style.height = `${event.data.height}px`;
    });
    frame.src = `${location.href.split('#')[0]}#embed=${panel}&seed=3&iterations=60&rounds=1&eval_every=20&speed=computed&autoplay=1`;
    document.body.prepend(frame);
    return new Promise((done) => {
        const look = () => {
            const inside = frame.contentDocument;
            if (inside?.body?.dataset.state !== 'done') return setTimeout(look, 100);
            setTimeout(() => {
                const seen = [...inside.querySelectorAll('.figures > figure, .answer, #claims, #rounds, #views, .lead')]
                    .filter((element) => element.checkVisibility()).map((element) => element.id || element.className);
                const root = inside.documentElement;
                const play = inside.querySelector('#play').checkVisibility() && inside.querySelector('#timeline').checkVisibility();
                const home = inside.querySelector('#embed-home').href;
                done({ seen, told, play, home, over: inside.body.getBoundingClientRect().bottom - root.clientHeight });
            }, 700);
        };
        look();
    })";

/// Each of two panels is seen alone, with Play and timeline, and is as high as it tells its parent.
pub(crate) async fn a_panel_tells_its_height(page: &mut PageUnderTest) -> Result<()> {
    page.visit("").await?;
    page.wait_state("ready", RUN_TIMEOUT).await?;
    for (panel, seen) in [("rounds", "fig-rounds"), ("network", "fig-network"), ("headline", "answer")] {
        page.visit("seed=2").await?;
        page.wait_state("ready", RUN_TIMEOUT).await?;
        let script = EMBED.replace("ARGUMENTS", &format!("['{panel}']"));
        let found = page.browser.eval(&script).await?;
        ensure!(found["seen"] == serde_json::json!([seen]), "{panel}: {found}");
        ensure!(found["told"].as_u64() > Some(0) && found["play"] == true, "{panel}: {found}");
        ensure!(found["over"].as_f64().is_some_and(|over| over < 1.0), "{panel} has to scroll: {found}");
        let home = found["home"].as_str().unwrap_or_default();
        ensure!(home.contains("seed=3") && !home.contains("embed"), "the way out is {home}");
    }
    Ok(())
}

//! The site's content security policy: what the page and its workers may load and run.

/// All comes from the site itself, and nothing is written as code or style into the page. WebAssembly may be compiled, which
/// is what `wasm-unsafe-eval` allows and no more. The page has the policy too, so that it holds on every host.
pub const POLICY: &str = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; object-src 'none'; \
     base-uri 'none'; form-action 'none'";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cargo;

    #[test]
    fn the_page_has_the_policy_before_anything_that_it_rules() {
        let page = std::fs::read_to_string(cargo::root().join("index.html")).expect("the page");
        let element = format!("<meta http-equiv=\"Content-Security-Policy\" content=\"{POLICY}\">");
        let (before, _) = page.split_once(&element).expect("the page has the policy");
        assert!(!before.contains("<link") && !before.contains("<script"));
    }
}

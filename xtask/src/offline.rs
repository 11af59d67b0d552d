//! What the service worker needs to keep a site for times without a network: the site's version, and its files with
//! their hashes.

use crate::cargo;
use anyhow::{Context, Result, ensure};
use flate2::read::MultiGzDecoder;
use serde_json::json;
use sha2::{Digest, Sha256};
use std::{
    collections::BTreeMap,
    fs,
    io::{self, Read},
    path::Path,
};

/// The service worker's file, in the project and in a site. It lies at the root of the site, because it is in charge of
/// what lies beside and below it.
pub const SERVICE_WORKER: &str = "service_worker.js";
/// The page's file in a site.
const PAGE: &str = "index.html";
/// The element of the page that names the version, before and behind its value.
const VERSION_ELEMENT: [&str; 2] = [r#"<meta name="version" content=""#, "\">"];
/// Beginnings of paths that a visitor may never ask for. They are kept when they have been opened once.
const ON_REQUEST: [&str; 6] = [
    "assets/fashion/",
    "assets/recorded/literature/",
    "assets/recorded/paper.",
    "assets/recorded/quick.",
    "assets/recorded/trials.",
    "assets/screenshot.",
];

/// The hashes that a file of the site may have where it arrives, by its path. There are two if it is packed, because
/// some hosts unpack such files on the way.
type FileHashes = BTreeMap<String, Vec<String>>;

/// Gives a site its version, which is a hash over all its files, writes it into the page, and writes the service worker.
/// Returns the version. A site that has changed can be finished again.
pub fn finish(site: &Path) -> Result<String> {
    let page_file = site.join(PAGE);
    let page =
        fs::read_to_string(&page_file).with_context(|| format!("cannot read {}", page_file.display()))?;
    fs::write(&page_file, with_version(&page, "")?)?;
    let worker =
        fs::read_to_string(cargo::root().join(SERVICE_WORKER)).context("the service worker is missing")?;
    let mut files = FileHashes::new();
    hash_files(site, "", &mut files)?;
    let version = version_of(&files, &worker);
    let page = with_version(&page, &version)?;
    fs::write(&page_file, &page)?;
    files.insert(PAGE.into(), vec![hash(page.as_bytes())]);
    let (needed, others): (FileHashes, FileHashes) = files.into_iter().partition(|(path, _)| is_needed(path));
    let list = json!({ "version": version, "needed": needed, "others": others });
    fs::write(site.join(SERVICE_WORKER), format!("const SITE = {list};\n{worker}"))?;
    Ok(version)
}

/// The page with this version in the place of the one it names.
pub fn with_version(page: &str, version: &str) -> Result<String> {
    let [before, behind] = VERSION_ELEMENT;
    let split = page.split_once(before).and_then(|(start, rest)| Some((start, rest.split_once(behind)?.1)));
    let (start, end) = split.context("the page has no element for its version")?;
    ensure!(!end.contains(before), "the page has two elements for its version");
    Ok(format!("{start}{before}{version}{behind}{end}"))
}

/// Whether every visitor needs the file. Licences and the like lie on the host for those who look for them there.
fn is_needed(path: &str) -> bool {
    !path.ends_with(".md") && !ON_REQUEST.iter().any(|start| path.starts_with(start))
}

/// Sixteen hexadecimal digits that change with any file and with the service worker.
fn version_of(files: &FileHashes, worker: &str) -> String {
    let mut all: String = files.iter().map(|(path, hashes)| format!("{path} {}\n", hashes[0])).collect();
    all.push_str(worker);
    hash(all.as_bytes())[..16].to_owned()
}

/// Hashes all files below the directory `dir`, whose path within the site is `path`, empty or with a slash at the end.
/// An older service worker is left out.
fn hash_files(dir: &Path, path: &str, files: &mut FileHashes) -> Result<()> {
    for entry in fs::read_dir(dir).with_context(|| format!("cannot read {}", dir.display()))? {
        let entry = entry?;
        let path = format!("{path}{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() {
            hash_files(&entry.path(), &format!("{path}/"), files)?;
        } else if path != SERVICE_WORKER {
            files.insert(path, file_hashes(&entry.path())?);
        }
    }
    Ok(())
}

/// The hash of a file, and of what it holds if it is packed.
fn file_hashes(file: &Path) -> Result<Vec<String>> {
    let bytes = fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
    let mut hashes = vec![hash(&bytes)];
    if file.extension().is_some_and(|ending| ending == "gz") {
        let unpacked = unpack(&bytes).with_context(|| format!("{} cannot be unpacked", file.display()))?;
        hashes.push(hash(&unpacked));
    }
    Ok(hashes)
}

/// Unpacks gzip.
fn unpack(bytes: &[u8]) -> io::Result<Vec<u8>> {
    let mut unpacked = Vec::new();
    MultiGzDecoder::new(bytes).read_to_end(&mut unpacked)?;
    Ok(unpacked)
}

/// The SHA-256 in hexadecimal digits.
fn hash(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;
    use std::{io::Write, path::PathBuf};

    const HTML: &str = "<head><meta name=\"version\" content=\"\">\n</head>";

    /// A small site in a directory of its own.
    fn site(name: &str) -> PathBuf {
        let dir = std::env::temp_dir().join(format!("ticket-lab-offline-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&dir);
        for folder in ["www", "assets/fashion"] {
            fs::create_dir_all(dir.join(folder)).unwrap();
        }
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        packed.write_all(b"pixels").unwrap();
        fs::write(dir.join(PAGE), HTML).unwrap();
        fs::write(dir.join("www/page.js"), "code").unwrap();
        fs::write(dir.join("assets/LICENSE.md"), "terms").unwrap();
        fs::write(dir.join("assets/fashion/images.gz"), packed.finish().unwrap()).unwrap();
        dir
    }

    /// What the service worker of a site knows.
    fn list(site: &Path) -> Value {
        let worker = fs::read_to_string(site.join(SERVICE_WORKER)).unwrap();
        let line = worker.lines().next().unwrap();
        serde_json::from_str(line.strip_prefix("const SITE = ").unwrap().trim_end_matches(';')).unwrap()
    }

    #[test]
    fn every_file_is_listed_as_it_arrives() {
        let dir = site("list");
        let version = finish(&dir).unwrap();
        let list = list(&dir);
        let page = fs::read_to_string(dir.join(PAGE)).unwrap();
        assert_eq!(page, HTML.replace("content=\"\"", &format!("content=\"{version}\"")));
        assert_eq!(list["version"], version.as_str());
        let needed = json!({ "index.html": [hash(page.as_bytes())], "www/page.js": [hash(b"code")] });
        assert_eq!(list["needed"], needed);
        assert_eq!(list["others"]["assets/LICENSE.md"], json!([hash(b"terms")]));
        assert_eq!(list["others"]["assets/fashion/images.gz"][1], hash(b"pixels").as_str());
        fs::remove_dir_all(dir).unwrap();
    }

    #[test]
    fn any_change_makes_another_version_and_none_makes_the_same() {
        let dir = site("versions");
        let first = finish(&dir).unwrap();
        assert_eq!(finish(&dir).unwrap(), first);
        fs::write(dir.join("www/page.js"), "other code").unwrap();
        let second = finish(&dir).unwrap();
        fs::rename(dir.join("www/page.js"), dir.join("www/pages.js")).unwrap();
        let third = finish(&dir).unwrap();
        assert!(first != second && second != third && third != first, "{first} {second} {third}");
        fs::remove_dir_all(dir).unwrap();
    }

    #[test]
    fn a_first_visitor_needs_no_second_data_set_and_no_report() {
        for path in ["index.html", "wasm/worker_bg.wasm", "assets/mnist/a.gz", "assets/recorded/preview.gz"] {
            assert!(is_needed(path), "{path}");
        }
        for path in [
            "assets/fashion/a.gz",
            "assets/recorded/paper.jsonl",
            "assets/recorded/literature/a.jsonl",
            "assets/recorded/trials.jsonl",
            "assets/mnist/LICENSE.md",
        ] {
            assert!(!is_needed(path), "{path}");
        }
    }

    #[test]
    fn a_page_without_a_place_for_the_version_is_refused() {
        assert!(with_version("<head></head>", "7").is_err());
        assert!(with_version(&[HTML, HTML].concat(), "7").is_err());
    }
}

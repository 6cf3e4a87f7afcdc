//! `docs/asvs.csv`: every requirement of OWASP ASVS 5.0, levels 1 and 2, is bound to something that exists.

use std::{collections::BTreeSet, fs, path::PathBuf};

fn repository() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).parent().expect("a workspace").to_owned()
}

fn read(path: &str) -> Result<String, String> {
    fs::read_to_string(repository().join(path)).map_err(|error| format!("{path}: {error}"))
}

/// The heading of a document by which an address names it.
fn anchors(text: &str) -> BTreeSet<String> {
    let headings = text.lines().filter_map(|line| line.strip_prefix("## ").or_else(|| line.strip_prefix("### ")));
    let anchor = |heading: &str| -> String {
        let kept = heading.to_lowercase();
        kept.chars()
            .filter(|it| it.is_alphanumeric() || matches!(it, ' ' | '-'))
            .map(|it| if it == ' ' { '-' } else { it })
            .collect()
    };
    headings.map(anchor).collect()
}

/// What is wrong with the evidence of a row, where something is.
fn fault(state: &str, evidence: &str) -> Result<(), String> {
    let each = |check: &dyn Fn(&str) -> Result<(), String>| evidence.split(" ; ").try_for_each(check);
    match state {
        "test" => each(&|one| {
            if let Some((path, name)) = one.split_once("::") {
                let text = read(path)?;
                let found = text.contains(&format!("fn {name}("))
                    && (text.contains("#[test]") || text.contains("#[tokio::test"));
                return if found { Ok(()) } else { Err(format!("no test {name} in {path}")) };
            }
            let (path, title) = one.split_once(": ").ok_or_else(|| format!("no test is named: {one}"))?;
            let text = read(path)?;
            let is_named = [format!("\"{title}\""), format!("`{title}`")].iter().any(|title| text.contains(title));
            if is_named { Ok(()) } else { Err(format!("no test « {title} » in {path}")) }
        }),
        "document" => each(&|one| {
            let (path, anchor) = one.split_once('#').ok_or_else(|| format!("no section is named: {one}"))?;
            if anchors(&read(path)?).contains(anchor) { Ok(()) } else { Err(format!("no section {anchor} in {path}")) }
        }),
        "code" => {
            let path = evidence.split([':', ' ', ';', ',']).next().unwrap_or_default();
            if repository().join(path).exists() { Ok(()) } else { Err(format!("there is no {path}")) }
        }
        "not-applicable" | "open" => {
            let day = evidence.get(evidence.len().saturating_sub(10)..).unwrap_or_default();
            let is_dated = day.parse::<chrono::NaiveDate>().is_ok();
            if is_dated && evidence.len() > ", 2026-11-29".len() {
                Ok(())
            } else {
                Err(format!("no dated reason: {evidence}"))
            }
        }
        other => Err(format!("no such state: {other}")),
    }
}

#[test]
fn every_requirement_is_bound_to_something_that_exists() {
    let table = read("docs/asvs.csv").expect("the table");
    let mut reader = csv::Reader::from_reader(table.as_bytes());
    let (mut ids, mut faults, mut levels) = (BTreeSet::new(), Vec::new(), [0, 0]);
    for row in reader.records() {
        let row = row.expect("a row");
        let [id, level, state, evidence, requirement] = std::array::from_fn(|at| row.get(at).unwrap_or_default());
        assert!(ids.insert(id.to_owned()), "{id} is decided twice");
        levels[level.parse::<usize>().expect("a level") - 1] += 1;
        assert!(!requirement.is_empty(), "{id}");
        if let Err(fault) = fault(state, evidence) {
            faults.push(format!("{id}: {fault}"));
        }
    }
    assert_eq!(levels, [70, 183], "those of the standard");
    assert_eq!(faults, Vec::<String>::new());
}

/// The check finds what it is for.
#[test]
fn an_orphan_is_found() {
    for (state, evidence) in [
        ("test", "server/tests/integration/rows.rs::no_such_test"),
        ("test", "end2end/staff.spec.ts: no such title"),
        ("test", "server/tests/integration/none.rs::a_test"),
        ("document", "docs/security.md#no-such-section"),
        ("code", "server/src/none.rs: guard"),
        ("open", "Some day, and nobody says when"),
        ("maybe", "docs/security.md"),
    ] {
        assert!(fault(state, evidence).is_err(), "{state} {evidence}");
    }
    assert_eq!(fault("document", "docs/security.md#ways-in"), Ok(()));
}

/// The register of processing names every table that there is (article 30 of the RGPD).
#[tokio::test]
async fn the_register_names_every_table() {
    let office = crate::harness::Office::open().await;
    let register = read("docs/registre.md").expect("the register");
    let tables: Vec<String> = sqlx::query_scalar(
        "select table_name::text from information_schema.tables where table_schema = 'public' order by 1",
    )
    .fetch_all(&mut office.owner().await)
    .await
    .expect("tables");
    assert!(tables.len() > 35, "{tables:?}");
    let missing: Vec<&String> = tables.iter().filter(|table| !register.contains(&format!("`{table}`"))).collect();
    assert_eq!(missing, Vec::<&String>::new(), "docs/registre.md does not say what these hold");
}

//! Passphrases, kept as argon2id hashes (19 MiB, two passes: OWASP's minimum) and never computed on an async thread.

use std::{
    hash::{BuildHasher, RandomState},
    sync::{Arc, Mutex, OnceLock, mpsc},
    time::Duration,
};

use argon2::{
    Algorithm, Argon2, Params, Version,
    password_hash::{
        PasswordHasher, PasswordVerifier,
        phc::{Output, ParamsString, PasswordHash, Salt},
    },
};
use tokio::sync::{Semaphore, oneshot};

/// Shortest passphrase accepted: length counts, rules do not.
pub const SHORTEST: usize = 12;

/// Longest one, in bytes: whatever is longer is not looked at when signing in either.
pub const LONGEST: usize = 512;
/// How long a sign-in waits for its turn.
const LONGEST_WAIT: Duration = Duration::from_secs(3);

/// A passphrase that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum PasswordFault {
    /// Too short.
    #[error("La phrase de passe doit compter au moins {SHORTEST} caractères.")]
    TooShort,
    /// Too long.
    #[error("La phrase de passe est trop longue.")]
    TooLong,
    /// Too easy to guess.
    #[error("Cette phrase de passe est trop facile à deviner : prenez quelques mots sans rapport entre eux.")]
    Common,
    /// The hash could not be made.
    #[error("La phrase de passe n’a pas pu être enregistrée.")]
    Hash,
}

/// Words that the ranking does not know, being English: what people here take first.
const COMMON_HERE: [&str; 24] = [
    "motdepasse",
    "mot de passe",
    "phrasedepasse",
    "phrase de passe",
    "azerty",
    "azertyuiop",
    "qsdfgh",
    "bonjour",
    "bienvenue",
    "soleil",
    "lanterne",
    "promeneur",
    "promeneurs",
    "promeneursdunet",
    "promeneurs du net",
    "coordination",
    "carnet",
    "doudou",
    "loulou",
    "chouchou",
    "marseille",
    "jetaime",
    "vacances",
    "auvergne",
];

/// Whether a passphrase is among those that are tried first, or little else than the words that `own` holds: a machine would
/// find it within a hundred million tries.
pub fn is_common(passphrase: &str, own: &[&str]) -> bool {
    // The ranking takes its time: of what is longer, its beginning is ranked.
    let passphrase: String = passphrase.chars().take(60).collect();
    let passphrase = passphrase.as_str();
    let mut words: Vec<String> = COMMON_HERE.map(str::to_owned).into();
    for text in own {
        words.push(text.to_lowercase());
        let parts = text.split(|letter: char| !letter.is_alphanumeric());
        words.extend(parts.filter(|part| part.chars().count() > 2).map(str::to_lowercase));
    }
    // Names beside a year count as several words to the ranking, and are the first that somebody who knows one tries.
    words.sort_by_key(|word| std::cmp::Reverse(word.len()));
    let rest = words.iter().fold(passphrase.to_lowercase(), |rest, word| rest.replace(word.as_str(), " "));
    let count = |is: fn(char) -> bool| rest.chars().filter(|letter| is(*letter)).count();
    if count(char::is_alphabetic) < 4 && count(char::is_alphanumeric) < SHORTEST {
        return true;
    }
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    zxcvbn::zxcvbn(passphrase, &words).score() < zxcvbn::Score::Three
}

/// The hash of a passphrase that somebody of these names chooses, where it is good enough.
pub async fn fresh(passphrase: String, own: &[&str]) -> Result<String, PasswordFault> {
    if passphrase.chars().count() >= SHORTEST && is_common(&passphrase, own) {
        return Err(PasswordFault::Common);
    }
    hash(passphrase).await
}

/// The hash to store.
pub async fn hash(passphrase: String) -> Result<String, PasswordFault> {
    if passphrase.chars().count() < SHORTEST {
        return Err(PasswordFault::TooShort);
    }
    if passphrase.len() > LONGEST {
        return Err(PasswordFault::TooLong);
    }
    at_work(move || hash_now(&passphrase)).await.ok_or(PasswordFault::Hash)?
}

/// So many are at work that this one was not looked at.
#[derive(Debug, thiserror::Error)]
#[error("too many passphrases at once")]
pub struct Crowded;

/// One hash a core: each takes 19 MiB, and a crowd at the door must not take all there is.
fn turns() -> &'static Arc<Semaphore> {
    static TURNS: OnceLock<Arc<Semaphore>> = OnceLock::new();
    TURNS.get_or_init(|| Arc::new(Semaphore::new(cores())))
}

type Job = Box<dyn FnOnce() + Send>;

/// Does it on one of the few threads that hash, one a core. Each keeps the 19 MiB that it worked in, so that a crowd of guesses leaves
/// no more than that behind.
async fn at_work<T: Send + 'static>(job: impl FnOnce() -> T + Send + 'static) -> Option<T> {
    static QUEUE: OnceLock<mpsc::Sender<Job>> = OnceLock::new();
    let queue = QUEUE.get_or_init(|| {
        let (queue, jobs) = mpsc::channel::<Job>();
        let jobs = Arc::new(Mutex::new(jobs));
        for _ in 0..cores() {
            let jobs = jobs.clone();
            std::thread::spawn(move || {
                loop {
                    // The guard is let go before the work begins. Poisoned it cannot be: nothing under it panics.
                    let next = jobs.lock().ok().and_then(|jobs| jobs.recv().ok());
                    let Some(job) = next else { break };
                    job();
                }
            });
        }
        queue
    });
    let (done, answer) = oneshot::channel();
    let job: Job = Box::new(move || {
        // Whoever asked may have gone.
        let _ = done.send(job());
    });
    queue.send(job).ok()?;
    answer.await.ok()
}

fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
}

/// Whether the passphrase is the one of the hash.
pub async fn verify(passphrase: String, stored: String) -> Result<bool, Crowded> {
    let turn = tokio::time::timeout(LONGEST_WAIT, turns().clone().acquire_owned()).await;
    let Ok(Ok(turn)) = turn else { return Err(Crowded) };
    let work = at_work(move || {
        let _turn = turn;
        let Ok(parsed) = PasswordHash::new(&stored) else { return false };
        Argon2::default().verify_password(passphrase.as_bytes(), &parsed).is_ok()
    });
    Ok(work.await.unwrap_or(false))
}

fn hash_now(passphrase: &str) -> Result<String, PasswordFault> {
    let hash = Argon2::default().hash_password(passphrase.as_bytes()).map_err(|_| PasswordFault::Hash)?;
    Ok(hash.to_string())
}

/// What stands in the place of a hash for a name that nobody has, as long as the server runs: [`verify`] has the same work with
/// it, so that time tells nothing. No passphrase is known to have it; whoever asks lets nobody in by it all the same.
pub fn decoy(login: &str) -> String {
    static KEYS: OnceLock<[RandomState; 2]> = OnceLock::new();
    let keys = KEYS.get_or_init(Default::default);
    // Each name has a salt of its own: one for all would make what one sees of one name true of the others.
    let drawn = keys.each_ref().map(|key| key.hash_one(login).to_le_bytes()).concat();
    like_a_hash(&drawn, &drawn.repeat(2)).map_or_else(String::new, |hash| hash.to_string())
}

/// By the parameters that [`hash`] takes.
fn like_a_hash(salt: &[u8], output: &[u8]) -> Option<PasswordHash> {
    Some(PasswordHash {
        algorithm: Algorithm::default().ident(),
        version: Some(Version::default().into()),
        params: ParamsString::try_from(Params::default()).ok()?,
        salt: Some(Salt::new(salt).ok()?),
        hash: Some(Output::new(output).ok()?),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_the_right_passphrase_opens() {
        let hash = hash("une lanterne allumée".to_owned()).await.expect("long enough");
        assert!(hash.starts_with("$argon2id$"));
        for (typed, stored, opens) in [
            ("une lanterne allumée", &hash, true),
            ("une lanterne éteinte", &hash, false),
            ("", &hash, false),
            ("une lanterne allumée", &String::new(), false),
        ] {
            assert_eq!(verify(typed.to_owned(), stored.clone()).await.ok(), Some(opens), "{typed}");
        }
    }

    #[test]
    fn what_stands_for_a_name_without_account_is_built_like_a_hash_and_stays_the_same() {
        let (decoys, real) = (["personne@essai", "personne2@essai"].map(decoy), hash_now("une lanterne allumée"));
        let real = PasswordHash::new(&real.expect("a hash")).expect("a hash");
        for decoy in &decoys {
            let decoy = PasswordHash::new(decoy).expect("as a hash is written");
            assert_eq!((decoy.algorithm, decoy.version), (real.algorithm, real.version));
            assert_eq!(decoy.params, real.params);
            assert_eq!(decoy.salt.map(|salt| salt.len()), real.salt.as_ref().map(|salt| salt.len()));
            let lengths = [&decoy, &real].map(|hash| hash.hash.as_ref().map(Output::len));
            assert_eq!(lengths[0], lengths[1]);
        }
        assert_ne!(decoys[0], decoys[1]);
        assert_eq!(decoys[0], decoy("personne@essai"));
    }

    #[test]
    fn what_is_tried_first_is_refused() {
        let own = ["anne.martin@mjc-brioude.fr", "Anne Martin", "Réseau de Haute-Loire"];
        for common in [
            "123456789012",
            "motdepasse123",
            "azertyuiop12",
            "password1234",
            "aaaaaaaaaaaaaa",
            "annemartin2026",
            "promeneursdunet1",
            "brioudebrioude",
            &"a".repeat(61),
        ] {
            assert!(is_common(common, &own), "{common}");
        }
        for good in
            ["8402 7713 5096 2284 61", "cheval pile agrafe correct", "une lanterne allumée", "Le 3e tilleul penche !"]
        {
            assert!(!is_common(good, &own), "{good}");
        }
    }

    #[tokio::test]
    async fn a_short_one_is_refused() {
        assert!(matches!(hash("onze lettre".to_owned()).await, Err(PasswordFault::TooShort)));
        assert!(matches!(hash("é".repeat(257)).await, Err(PasswordFault::TooLong)));
    }
}

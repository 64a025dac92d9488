//! `seatrial.toml`: flags of `seatrial run` under a name, as nextest has them. `[profile.default]` counts always, another one
//! with `--profile`; what the command line says counts more.

use std::num::NonZeroUsize;
use std::ops::Range;
use std::path::{Path, PathBuf};

use clap::ValueEnum;
use seatrial_engine::Subject;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::partition::{Partition, PartitionError};
use super::ways::{Place, Way};
use crate::subjects::{self, DriverError, ImageError};

/// The file's name; it is looked for in the working directory and upward.
pub const FILE: &str = "seatrial.toml";
/// The profile that counts without being asked for.
const DEFAULT: &str = "default";
/// What all of the file is.
const TOP: &str = "profile";

/// Why there is no profile.
#[derive(Debug, thiserror::Error)]
pub enum ProfileError {
    /// `--profile` without a file.
    #[error("--profile {0}: there is no {FILE} in this folder or above it; write one with [profile.{0}] in it")]
    NoFile(String),
    /// A file that cannot be read.
    #[error("failed to read {file}: {source}")]
    Read {
        /// Which.
        file: PathBuf,
        /// What stood in the way.
        source: std::io::Error,
    },
    /// What is wrong in the file, each with its place.
    #[error("{}", .0.join("\n"))]
    Wrong(Vec<String>),
    /// A profile that the file does not have.
    #[error("--profile {name}: {file} has no [profile.{name}]; {remedy}")]
    Nameless {
        /// Which.
        name: String,
        /// The file.
        file: PathBuf,
        /// What was probably meant, and what there is.
        remedy: String,
    },
}

/// Flags, each where the profile has it.
#[derive(Clone, Debug, Default)]
pub struct Profile {
    /// `--tag`
    pub tag: Option<Vec<String>>,
    /// `--only`
    pub only: Option<Vec<String>>,
    /// `--skip`
    pub skip: Option<Vec<String>>,
    /// `--case`
    pub case: Option<Vec<String>>,
    /// `--seed`
    pub seed: Option<u64>,
    /// `--repeat`
    pub repeat: Option<u64>,
    /// `--jobs`
    pub jobs: Option<NonZeroUsize>,
    /// `--retries`
    pub retries: Option<u32>,
    /// `--partition`
    pub partition: Option<Partition>,
    /// `--fail-fast`
    pub fail_fast: Option<bool>,
    /// `--strict`
    pub strict: Option<bool>,
    /// `--out`
    pub out: Option<PathBuf>,
    /// `--baseline`
    pub baseline: Option<PathBuf>,
    /// `--mode`
    pub mode: Option<Way>,
    /// `--drivers`
    pub place: Option<Place>,
    /// `--driver`
    pub driver: Option<Vec<(Subject, String)>>,
    /// `--image`
    pub image: Option<Vec<(String, String)>>,
}

/// Why a value is not one of its key's.
#[derive(Debug, thiserror::Error)]
enum ValueError {
    /// Something else was wanted.
    #[error("wants {0}")]
    Wanted(&'static str),
    /// No part of a run.
    #[error(transparent)]
    Partition(#[from] PartitionError),
    /// No driver.
    #[error(transparent)]
    Driver(#[from] DriverError),
    /// No program of an image.
    #[error(transparent)]
    Image(#[from] ImageError),
}

type Value<'a> = DeValue<'a>;
type Setter = fn(&mut Profile, &Path, &Value<'_>) -> Result<(), ValueError>;

/// Every key and what it sets; paths are meant from the file's folder.
const KEYS: &[(&str, Setter)] = &[
    ("tag", |profile, _, value| texts(value).map(|texts| profile.tag = Some(texts))),
    ("only", |profile, _, value| texts(value).map(|texts| profile.only = Some(texts))),
    ("skip", |profile, _, value| texts(value).map(|texts| profile.skip = Some(texts))),
    ("case", |profile, _, value| texts(value).map(|texts| profile.case = Some(texts))),
    ("seed", |profile, _, value| number(value, 0, "a whole number").map(|number| profile.seed = Some(number))),
    ("repeat", |profile, _, value| number(value, 1, FROM_ONE).map(|number| profile.repeat = Some(number))),
    ("jobs", |profile, _, value| number(value, 1, FROM_ONE).map(|number| profile.jobs = NonZeroUsize::new(number))),
    ("retries", |profile, _, value| number(value, 0, "a whole number").map(|number| profile.retries = Some(number))),
    ("partition", |profile, _, value| {
        profile.partition = Some(text(value)?.parse::<Partition>()?);
        Ok(())
    }),
    ("fail-fast", |profile, _, value| truth(value).map(|truth| profile.fail_fast = Some(truth))),
    ("strict", |profile, _, value| truth(value).map(|truth| profile.strict = Some(truth))),
    ("out", |profile, folder, value| text(value).map(|path| profile.out = Some(folder.join(path)))),
    ("baseline", |profile, folder, value| text(value).map(|path| profile.baseline = Some(folder.join(path)))),
    ("mode", |profile, _, value| one_of(value, "\"virtual\" or \"live\"").map(|mode| profile.mode = Some(mode))),
    ("drivers", |profile, _, value| one_of(value, "\"in-process\" or \"processes\"").map(|place| profile.place = Some(place))),
    ("driver", |profile, _, value| {
        let drivers: Result<Vec<_>, DriverError> = texts(value)?.iter().map(|text| subjects::asked(text)).collect();
        profile.driver = Some(drivers?);
        Ok(())
    }),
    ("image", |profile, _, value| {
        let images: Result<Vec<_>, ImageError> = texts(value)?.iter().map(|text| subjects::image(text)).collect();
        profile.image = Some(images?);
        Ok(())
    }),
];

const FROM_ONE: &str = "a whole number from 1 on";

fn text<'a>(value: &'a Value<'_>) -> Result<&'a str, ValueError> {
    value.as_str().ok_or(ValueError::Wanted("a text"))
}

fn texts(value: &Value<'_>) -> Result<Vec<String>, ValueError> {
    let wanted = ValueError::Wanted("a list of texts: [\"zones/*\"]");
    let texts = value.as_array().map(|items| items.iter().map(|item| item.get_ref().as_str().map(str::to_owned)).collect());
    texts.flatten().ok_or(wanted)
}

fn truth(value: &Value<'_>) -> Result<bool, ValueError> {
    value.as_bool().ok_or(ValueError::Wanted("true or false"))
}

fn number<T: TryFrom<u64>>(value: &Value<'_>, least: u64, wanted: &'static str) -> Result<T, ValueError> {
    let number = value.as_integer().and_then(|number| u64::from_str_radix(number.as_str(), number.radix()).ok());
    number.filter(|number| *number >= least).and_then(|number| T::try_from(number).ok()).ok_or(ValueError::Wanted(wanted))
}

fn one_of<T: ValueEnum>(value: &Value<'_>, wanted: &'static str) -> Result<T, ValueError> {
    value.as_str().and_then(|text| T::from_str(text, false).ok()).ok_or(ValueError::Wanted(wanted))
}

/// The profile of this name, on top of the default one; nothing where there is no file and none was asked for.
///
/// # Errors
/// See [`ProfileError`]. All that is wrong in the file, be it in another profile.
pub fn find(folder: &Path, name: Option<&str>) -> Result<Profile, ProfileError> {
    let Some(file) = folder.ancestors().map(|folder| folder.join(FILE)).find(|file| file.is_file()) else {
        return name.map_or(Ok(Profile::default()), |name| Err(ProfileError::NoFile(name.to_owned())));
    };
    let text = std::fs::read_to_string(&file).map_err(|source| ProfileError::Read { file: file.clone(), source })?;
    choose(&read(&file, &text)?, &file, name.unwrap_or(DEFAULT))
}

/// The names of all profiles that can be asked for; none where the file is not there or wrong.
pub fn names(folder: &Path) -> Vec<String> {
    let file = folder.ancestors().map(|folder| folder.join(FILE)).find(|file| file.is_file());
    let read = file.and_then(|file| read(&file, &std::fs::read_to_string(&file).ok()?).ok());
    read.unwrap_or_default().into_iter().map(|(name, _)| name).collect()
}

fn choose(read: &[(String, Profile)], file: &Path, name: &str) -> Result<Profile, ProfileError> {
    let named = |name: &str| read.iter().find(|(known, _)| known == name).map(|(_, profile)| profile.clone());
    let default = named(DEFAULT).unwrap_or_default();
    match named(name) {
        Some(profile) => Ok(profile.or(default)),
        None if name == DEFAULT => Ok(default),
        None => {
            let remedy = seatrial_scenario::remedy(name, "profiles", read.iter().map(|(known, _)| known.as_str()));
            Err(ProfileError::Nameless { name: name.to_owned(), file: file.to_owned(), remedy })
        }
    }
}

impl Profile {
    /// This one's flags, and where it has none, the other's.
    fn or(self, other: Self) -> Self {
        Self {
            tag: self.tag.or(other.tag),
            only: self.only.or(other.only),
            skip: self.skip.or(other.skip),
            case: self.case.or(other.case),
            seed: self.seed.or(other.seed),
            repeat: self.repeat.or(other.repeat),
            jobs: self.jobs.or(other.jobs),
            retries: self.retries.or(other.retries),
            partition: self.partition.or(other.partition),
            fail_fast: self.fail_fast.or(other.fail_fast),
            strict: self.strict.or(other.strict),
            out: self.out.or(other.out),
            baseline: self.baseline.or(other.baseline),
            mode: self.mode.or(other.mode),
            place: self.place.or(other.place),
            driver: self.driver.or(other.driver),
            image: self.image.or(other.image),
        }
    }
}

/// All profiles of a file.
fn read(file: &Path, text: &str) -> Result<Vec<(String, Profile)>, ProfileError> {
    let mut source = Source { file, text, wrong: Vec::new() };
    let top = match DeTable::parse(text) {
        Ok(top) => top,
        Err(error) => {
            source.complain(error.span().unwrap_or(0..0), error.message());
            return Err(ProfileError::Wrong(source.into_lines()));
        }
    };
    let mut profiles = Vec::new();
    for (key, value) in top.get_ref() {
        match value.get_ref().as_table() {
            Some(tables) if key.get_ref() == TOP => profiles.extend(source.profiles(tables)),
            _ => source.complain(key.span(), &format!("`{}` is not known here; the file has tables [profile.NAME] only", key.get_ref())),
        }
    }
    if source.wrong.is_empty() { Ok(profiles) } else { Err(ProfileError::Wrong(source.into_lines())) }
}

/// A file while it is read, and what is wrong in it.
struct Source<'a> {
    file: &'a Path,
    text: &'a str,
    wrong: Vec<(usize, String)>,
}

impl Source<'_> {
    fn profiles(&mut self, tables: &DeTable<'_>) -> Vec<(String, Profile)> {
        let mut profiles = Vec::new();
        for (name, table) in tables {
            match table.get_ref().as_table() {
                Some(table) => profiles.push((name.get_ref().to_string(), self.profile(name.get_ref(), table))),
                None => self.complain(name.span(), &format!("`{0}` is no table; write [profile.{0}]", name.get_ref())),
            }
        }
        profiles
    }

    fn profile(&mut self, name: &str, table: &DeTable<'_>) -> Profile {
        let folder = self.file.parent().unwrap_or(Path::new("")).to_owned();
        let mut profile = Profile::default();
        for (key, value) in table {
            match KEYS.iter().find(|(known, _)| known == key.get_ref()) {
                Some((known, set)) => {
                    if let Err(error) = set(&mut profile, &folder, value.get_ref()) {
                        self.complain(value.span(), &format!("`{known}` {error}"));
                    }
                }
                None => self.unknown(name, key),
            }
        }
        profile
    }

    fn unknown(&mut self, profile: &str, key: &Spanned<std::borrow::Cow<'_, str>>) {
        let remedy = seatrial_scenario::remedy(key.get_ref(), "keys", KEYS.iter().map(|(known, _)| *known));
        self.complain(key.span(), &format!("profile {profile} has an unknown key `{}`; {remedy}", key.get_ref()));
    }

    fn complain(&mut self, span: Range<usize>, what: &str) {
        let before = self.text.get(..span.start).unwrap_or_default();
        let (line, column) = (before.matches('\n').count() + 1, before.chars().rev().take_while(|letter| *letter != '\n').count() + 1);
        self.wrong.push((span.start, format!("{}:{line}:{column}: {what}", self.file.display())));
    }

    /// What is wrong, in the order of the text.
    fn into_lines(mut self) -> Vec<String> {
        self.wrong.sort();
        self.wrong.into_iter().map(|(_, line)| line).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> String {
        match read(Path::new("seatrial.toml"), text) {
            Ok(_) => "nothing is wrong".to_owned(),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn what_is_wrong_is_named_with_its_line_and_what_was_meant() {
        let all = told(
            "[profile.ci]\nretires = 2\njobs = \"four\"\npartition = \"hash:5/4\"\ndriver = [\"cis=ours\"]\nmode = \"life\"\nseed = -1\n",
        );
        let lines: Vec<&str> = all.lines().collect();
        assert_eq!(lines.len(), 6, "{all}");
        assert!(
            lines[0].starts_with("seatrial.toml:2:1: profile ci has an unknown key `retires`; did you mean `retries`? keys: tag,"),
            "{all}"
        );
        assert_eq!(lines[1], "seatrial.toml:3:8: `jobs` wants a whole number from 1 on");
        assert_eq!(lines[2], "seatrial.toml:4:13: `partition` parts are numbered from 1 to 4; there is no part 5");
        assert!(lines[3].starts_with("seatrial.toml:5:10: `driver` write csi=NAME"), "{all}");
        assert_eq!(lines[4], "seatrial.toml:6:8: `mode` wants \"virtual\" or \"live\"");
        assert_eq!(lines[5], "seatrial.toml:7:8: `seed` wants a whole number");
        assert!(told("retries = 2\n").contains("seatrial.toml:1:1: `retries` is not known here"), "{}", told("retries = 2\n"));
        assert!(told("[profile.ci]\nretries = = 2\n").starts_with("seatrial.toml:2:"), "{}", told("[profile.ci]\nretries = = 2\n"));
    }

    #[test]
    fn a_profile_stands_on_the_default_one() {
        let text = "[profile.default]\nretries = 1\nskip = [\"a\"]\n[profile.ci]\nskip = []\njobs = 4\nout = \"reports\"\n";
        let file = Path::new("/project/seatrial.toml");
        let read = read(file, text).unwrap();
        let ci = choose(&read, file, "ci").unwrap();
        assert_eq!(
            (ci.retries, ci.jobs.map(NonZeroUsize::get), ci.skip, ci.out),
            (Some(1), Some(4), Some(Vec::new()), Some("/project/reports".into()))
        );
        assert_eq!(choose(&read, file, "default").unwrap().jobs, None);
        let unknown = choose(&read, file, "ic").unwrap_err().to_string();
        assert_eq!(unknown, "--profile ic: /project/seatrial.toml has no [profile.ic]; did you mean `ci`? profiles: ci, default");
    }

    #[test]
    fn every_key_has_its_line_in_the_documentation() {
        let page = include_str!("../../../../docs/comparing.md");
        let absent: Vec<&str> = KEYS.iter().map(|(key, _)| *key).filter(|key| !page.contains(&format!("`{key}`"))).collect();
        assert!(absent.is_empty(), "docs/comparing.md does not tell of {absent:?}");
    }
}

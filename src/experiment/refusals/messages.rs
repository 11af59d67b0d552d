//! Every refusal as a message: its id and its arguments, by which [`texts`](super::texts) finds and fills its words.

use crate::{
    arm::Arm,
    data_error::{DataError, DataFileContents},
    experiment_report::{
        merge::MergeError,
        report_file::{HeadFault, LineFault, ReportFileError, VERSION},
    },
    job::JobId,
    job_data::{JobArray, JobDataError},
    network_file_error::NetworkFileError,
    own_data_error::{OwnDataError, OwnDataFault},
    refusals::{Argument, MessageFault, Refusal, RefusalMessage},
    report_check::ReportFault,
    seeds::{Seeds, SeedsError},
    url_fragment::{LONGEST_FRAGMENT, RejectedSetting, RejectionReason},
};
use model::ImageSize;
use std::{error::Error, fmt};

/// A message from its id and its arguments, which are variables or have a name and a value.
macro_rules! message {
    ($id:literal $(, $name:ident $(= $value:expr)?)*) => {
        RefusalMessage {
            id: $id.into(),
            arguments: vec![$((stringify!($name).into(), message!(@ $name $(= $value)?))),*],
        }
    };
    (@ $name:ident) => { Argument::from($name) };
    (@ $name:ident = $value:expr) => { Argument::from($value) };
}

impl From<&Refusal> for RefusalMessage {
    fn from(refusal: &Refusal) -> RefusalMessage {
        match refusal {
            Refusal::ReportNotWhole => message!("report_not_whole"),
            Refusal::FilesNotWhole => message!("files_not_whole"),
            Refusal::ReportFile { name, error } => message!("named", name, error),
            Refusal::Merge(error) => message!("merge", error),
            Refusal::NetworksNotWhole => message!("networks_not_whole"),
            Refusal::NetworkImages { most, pixels } => message!("network_images", most, pixels),
            Refusal::NetworkLabels => message!("network_labels"),
            Refusal::NoSuchNetwork(job) => message!("no_such_network", job),
            Refusal::NetworkFile { name, error } => message!("named", name, error),
            Refusal::OwnData(OwnDataFault { name, error }) => message!("named", name, error),
            Refusal::NoDataFiles => message!("no_data_files"),
            Refusal::Data { name, error } => message!("named", name, error),
            Refusal::JobNotWhole(error) => message!("job_not_whole", error),
            Refusal::OtherData { job, needed, loaded } => message!("other_data", job, needed, loaded),
            Refusal::JobNotStarted { job, why } => message!("job_not_started", job, why),
            Refusal::JobFailed { job, why } => message!("job_failed", job, why),
            Refusal::Unreadable(fault) => message!("command_unreadable", fault),
            Refusal::Foreign(words) => message!("foreign", words),
        }
    }
}

impl From<&MessageFault> for RefusalMessage {
    fn from(fault: &MessageFault) -> RefusalMessage {
        match fault {
            MessageFault::NoList => message!("message_is_no_list"),
            MessageFault::Unreadable(why) => message!("message_unreadable", why),
            MessageFault::Unwritable(why) => message!("message_unwritable", why),
        }
    }
}

impl From<&ReportFileError> for RefusalMessage {
    fn from(error: &ReportFileError) -> RefusalMessage {
        match error {
            ReportFileError::NotAReport => message!("not_a_report"),
            ReportFileError::NewerVersion(version) => {
                message!("newer_version", version, newest = &VERSION)
            }
            ReportFileError::InvalidHead(fault) => message!("invalid_head", fault),
            ReportFileError::Contradiction(fault) => message!("file_contradiction", fault),
            ReportFileError::InvalidLine { line, fault } => message!("invalid_line", line, fault),
        }
    }
}

impl From<&HeadFault> for RefusalMessage {
    fn from(fault: &HeadFault) -> RefusalMessage {
        match fault {
            HeadFault::Unreadable(why) => message!("line_unreadable", why),
            HeadFault::UnknownSetting(name) => message!("unknown_setting_in_head", name),
            HeadFault::Setting(rejected) => rejected.into(),
            HeadFault::NoSeeds => message!("no_seeds"),
            HeadFault::Seeds => (&SeedsError).into(),
            HeadFault::NoData => message!("no_data"),
            HeadFault::OtherData { name, sha256, expected_name, expected_sha256 } => {
                message!("head_of_other_data", name, sha256, expected_name, expected_sha256)
            }
        }
    }
}

impl From<&LineFault> for RefusalMessage {
    fn from(fault: &LineFault) -> RefusalMessage {
        match fault {
            LineFault::Unreadable(why) => message!("line_unreadable", why),
            LineFault::NoSuchJob(job) => message!("no_such_job", job),
            LineFault::Contradiction(fault) => fault.into(),
            LineFault::DeathsNotBase64(why) => message!("deaths_not_base64", why),
            LineFault::DeathsDamaged(why) => message!("deaths_damaged", why),
            LineFault::DeathsCount(weights) => message!("deaths_count", weights),
            LineFault::DeathsRound { round, last } => {
                message!("deaths_round", round = &u32::from(*round), last)
            }
            LineFault::HalfOfStart(job) => message!("half_of_start", job),
            LineFault::Twice(job) => message!("job_twice", job),
        }
    }
}

impl From<&MergeError> for RefusalMessage {
    fn from(error: &MergeError) -> RefusalMessage {
        match error {
            MergeError::NoReports => message!("no_reports"),
            MergeError::DifferentSettings { field, one, other } => {
                message!("different_settings", field = *field, one, other)
            }
            MergeError::DifferentResults(job) => message!("different_results", job),
            MergeError::TooManySeeds => message!("too_many_seeds", most = &Seeds::MOST),
            MergeError::Contradiction(fault) => message!("merge_contradiction", fault),
        }
    }
}

impl From<&ReportFault> for RefusalMessage {
    fn from(fault: &ReportFault) -> RefusalMessage {
        match fault {
            ReportFault::ImageCount { job, reading, found, expected } => {
                message!("image_count", job, reading = *reading, found, expected)
            }
            ReportFault::TooManyCorrect { job, reading, correct, total } => {
                message!("too_many_correct", job, reading = *reading, correct, total)
            }
            ReportFault::TooManySurvivors { job, found, weights } => {
                message!("too_many_survivors", job, found, weights)
            }
            ReportFault::Survivors { job, found, expected } => message!("survivors", job, found, expected),
            ReportFault::SurvivorSum { job, found, expected } => {
                message!("survivor_sum", job, found, expected)
            }
            ReportFault::CurvePoints(job) => message!("curve_points", job),
            ReportFault::Loss { job, iteration } => message!("loss", job, iteration),
            ReportFault::EarlyStop { job, found, expected } => message!("early_stop", job, found, expected),
            ReportFault::Interpolated(job) => message!("interpolated", job),
            ReportFault::EarlyIsEnd(job) => message!("early_is_end", job),
            ReportFault::Iterations { job, found, expected } => message!("iterations", job, found, expected),
            ReportFault::Batch { job, found, expected } => message!("batch", job, found, expected),
            ReportFault::Seconds(job) => message!("seconds", job),
            ReportFault::Digest(job) => message!("digest", job),
            ReportFault::DerivedNumber { job, field } => message!("derived_number", job, field = *field),
            ReportFault::NoSuchMask { trial, arm, round } => message!("no_such_mask", trial, arm, round),
            ReportFault::MaskCounts { trial, arm, round, found, expected } => {
                message!("mask_counts", trial, arm, round, found, expected)
            }
            ReportFault::DifferentMasks { trial, arm } => message!("different_masks", trial, arm),
        }
    }
}

impl From<&JobDataError> for RefusalMessage {
    fn from(JobDataError { job, what, expected, found }: &JobDataError) -> RefusalMessage {
        message!("job_data", job, what, expected, found)
    }
}

impl From<&JobArray> for RefusalMessage {
    fn from(array: &JobArray) -> RefusalMessage {
        match array {
            JobArray::Mask => message!("mask_bytes"),
            JobArray::Parameters => message!("parameters"),
            JobArray::FirstParameters => message!("first_parameters"),
            JobArray::SiblingParameters => message!("sibling_parameters"),
            JobArray::RewindParameters => message!("rewinding_parameters"),
            JobArray::FinalParameters => message!("final_parameters"),
        }
    }
}

impl From<&NetworkFileError> for RefusalMessage {
    fn from(error: &NetworkFileError) -> RefusalMessage {
        match error {
            NetworkFileError::TooLarge { bytes, most } => message!("file_too_large", bytes, most),
            NetworkFileError::NotSafetensors(why) => message!("not_safetensors", why),
            NetworkFileError::OtherFile { expected, found } => {
                message!("other_file", expected = &expected.prefix(), found = &found.prefix())
            }
            NetworkFileError::NoLayers { exported, plain } => message!("no_layers", exported, plain),
            NetworkFileError::LayerCount { expected, found } => message!("layer_count", expected, found),
            NetworkFileError::Shape { tensor, layer, expected, found } => {
                message!("tensor_shape", tensor, layer, expected, found)
            }
            NetworkFileError::Kind { tensor, kind } => message!("tensor_kind", tensor, kind),
            NetworkFileError::NotFinite { tensor, index } => message!("not_finite", tensor, index),
            NetworkFileError::NotAMask { tensor, index } => message!("not_a_mask", tensor, index),
            NetworkFileError::EmptyMask => message!("empty_mask"),
            NetworkFileError::OtherWeights { expected, found } => message!("other_weights", expected, found),
        }
    }
}

impl From<&DataError> for RefusalMessage {
    fn from(error: &DataError) -> RefusalMessage {
        match error {
            DataError::Gzip(why) => message!("gzip", why),
            DataError::NoHeader(bytes) => message!("no_header", bytes),
            DataError::Magic { expected, found } => {
                message!("magic", expected, found = &format!("{found:#010x}"))
            }
            DataError::Dimensions { found, expected } => message!(
                "dimensions",
                found_rows = &found.0,
                found_columns = &found.1,
                rows = &expected.0,
                columns = &expected.1
            ),
            DataError::TooLarge(most) => message!("data_too_large", most),
            DataError::Length { promised, found } => message!("length", promised, found),
            DataError::Label { index, label, largest } => {
                message!("label", index, label = &u32::from(*label), largest)
            }
            DataError::Count { images, labels, expected } => message!("count", images, labels, expected),
            DataError::OtherImages { found, expected } => message!("other_images", found, expected),
        }
    }
}

impl From<&OwnDataError> for RefusalMessage {
    fn from(error: &OwnDataError) -> RefusalMessage {
        match error {
            OwnDataError::Damaged(error) => error.into(),
            OwnDataError::TooLarge { most } => message!("own_data_too_large", most),
            OwnDataError::UnknownFormat { bytes } => message!("unknown_format", bytes),
            OwnDataError::ValueKind { kind } => message!("value_kind", kind = &format!("{kind:#04x}")),
            OwnDataError::DimensionCount { found } => message!("dimension_count", found = &u32::from(*found)),
            OwnDataError::ImageSize { found, most } => {
                message!("image_size", rows = &found.0, columns = &found.1, most)
            }
            OwnDataError::Channels { found } => {
                message!("channels", second = &found.0, last = &found.1)
            }
            OwnDataError::OtherSize { found, other, expected } => {
                message!("other_size", found = &size_text(*found), other, expected = &size_text(*expected))
            }
            OwnDataError::SecondFile { other } => message!("second_file", other),
            OwnDataError::NoPartner => message!("no_partner"),
            OwnDataError::Counts { labels, other, images } => message!("label_count", labels, other, images),
            OwnDataError::TwoFormats { other } => message!("two_formats", other),
            OwnDataError::TooFewImages { found, least } => message!(
                "too_few_images",
                training = &found.0,
                test = &found.1,
                least_training = &least.0,
                least_test = &least.1
            ),
            OwnDataError::OneClass => message!("one_class"),
            OwnDataError::OtherData { found, expected } => message!("other_own_data", found, expected),
            OwnDataError::OtherShape { found } => message!("other_shape", found),
        }
    }
}

/// Rows, columns and channels.
fn size_text(ImageSize { channels, height, width }: ImageSize) -> String {
    format!("{height} × {width} × {channels}")
}

impl From<&DataFileContents> for RefusalMessage {
    fn from(contents: &DataFileContents) -> RefusalMessage {
        match contents {
            DataFileContents::Images => message!("images"),
            DataFileContents::Labels => message!("labels"),
        }
    }
}

impl From<&SeedsError> for RefusalMessage {
    fn from(_: &SeedsError) -> RefusalMessage {
        message!("seeds", most = &Seeds::MOST)
    }
}

impl From<&RejectedSetting> for RefusalMessage {
    fn from(RejectedSetting { field, value, reason }: &RejectedSetting) -> RefusalMessage {
        match reason {
            RejectionReason::UnknownSetting => message!("unknown_setting", field),
            RejectionReason::NotAllowed => message!("value_not_allowed", field, value),
            RejectionReason::LastSeedTooLarge(first) => {
                message!("last_seed_too_large", field, value, first, largest = &u32::MAX)
            }
            RejectionReason::BesideSeeds => message!("beside_seeds", field, value),
            RejectionReason::BesideNet => message!("beside_net", field, value),
            RejectionReason::OwnWithoutMask => message!("own_without_mask"),
            RejectionReason::TransferToSameData => message!("transfer_to_same_data", value),
            RejectionReason::TransferToOtherShape => message!("transfer_to_other_shape", value),
            RejectionReason::BatchAboveImages(images) => message!("batch_above_images", value, images),
            RejectionReason::NetBeyondImage(height, width) => {
                message!("net_beyond_image", value, rows = height, columns = width)
            }
            RejectionReason::ArmWithoutTransfer => message!("arm_without_transfer", arms = value),
            RejectionReason::ArmWithoutClaims => message!("arm_without_claims", arms = value),
            RejectionReason::TwinsWithoutClaims => message!("twins_without_claims"),
            RejectionReason::RoundsWithoutClaims(last) => message!("rounds_without_claims", value, last),
            RejectionReason::FragmentTooLong(bytes) => {
                message!("fragment_too_long", bytes, most = &LONGEST_FRAGMENT)
            }
        }
    }
}

impl From<&str> for Argument {
    fn from(text: &str) -> Argument {
        Argument::Text(text.into())
    }
}

impl From<&String> for Argument {
    fn from(text: &String) -> Argument {
        Argument::Text(text.clone())
    }
}

impl From<&Arm> for Argument {
    fn from(arm: &Arm) -> Argument {
        arm.name().into()
    }
}

impl From<&u32> for Argument {
    fn from(number: &u32) -> Argument {
        Argument::Number(f64::from(*number))
    }
}

impl From<&u64> for Argument {
    fn from(number: &u64) -> Argument {
        Argument::Number(*number as f64)
    }
}

impl From<&usize> for Argument {
    fn from(number: &usize) -> Argument {
        Argument::Number(*number as f64)
    }
}

impl From<&Vec<u32>> for Argument {
    fn from(numbers: &Vec<u32>) -> Argument {
        Argument::Numbers(numbers.clone())
    }
}

impl From<&JobId> for Argument {
    fn from(job: &JobId) -> Argument {
        Argument::Job(*job)
    }
}

/// What has a message can stand in another one.
macro_rules! causes {
    ($($Cause:ty),+) => {
        $(impl From<&$Cause> for Argument {
            fn from(cause: &$Cause) -> Argument {
                Argument::Message(Box::new(cause.into()))
            }
        })+
    };
}

causes!(
    MessageFault,
    ReportFileError,
    HeadFault,
    LineFault,
    MergeError,
    ReportFault,
    JobDataError,
    JobArray,
    NetworkFileError,
    DataError,
    DataFileContents,
    OwnDataError
);

/// What is said of a value is what is said of its message.
macro_rules! said {
    ($($Refused:ty),+) => {
        $(impl fmt::Display for $Refused {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                RefusalMessage::from(self).fmt(f)
            }
        }

        impl Error for $Refused {})+
    };
}

said!(
    Refusal,
    MessageFault,
    ReportFileError,
    MergeError,
    ReportFault,
    JobDataError,
    NetworkFileError,
    DataError,
    OwnDataError,
    RejectedSetting
);
